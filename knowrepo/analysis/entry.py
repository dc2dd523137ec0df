"""What one post puts into the index: its terms, how much each says of the post, and where it stands. It is made with the post and kept with it.

How much a term says is BM25F's saturated frequency (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004), its root in
255 steps, so that what says little is as exact as what says much. Lengths are compared with fixed ones instead of the site's mean, so that one more post
changes nothing in the others.
"""

from __future__ import annotations

import heapq
import operator
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import orjson

from knowrepo.analysis import words

FIELDS = ("title", "tags", "heading", "prose", "comment", "code", "output")
"""In the order of their numbers; ``1 << number`` stands for a field in a mask."""
WEIGHTS = (2.0, 2.0, 1.5, 1.0, 0.8, 0.6, 0.3)
USUAL = (8, 5, 30, 60, 30, 90, 60)
"""Lengths in words that neither add nor take away."""
SLOPE = (0.3, 0.5, 0.5, 0.85, 0.7, 0.7, 0.7)
"""How much length counts, from 0 to 1 (BM25's b)."""
SATURATION = 2.0
"""BM25's k1."""
STEPS = 255
TELLING = 45
"""So many terms tell what a post is about. With them the posts that are related in 239 real notebooks are as good as with all."""
MOST_KNOWN = 50_000
"""So many chunks of a language are remembered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The terms of a post. ``impacts`` and ``masks`` are parallel to ``terms``: a byte each, the root of how much a term says (from 1 to 255) and its fields.

    ``surfaces`` maps a stem to the words of the post that have it, in lower case, sorted; the stem itself is not among them.
    """

    terms: tuple[str, ...]
    impacts: bytes
    masks: bytes
    surfaces: Mapping[str, Sequence[str]]


def of(texts: Iterable[tuple[str, str]], language: str) -> Entry:
    """The entry of texts with the names of their fields; ``language`` is that of the prose (two letters)."""
    chunks: defaultdict[int, list[str]] = defaultdict(list)
    for field, text in texts:
        chunks[FIELDS.index(field)] += words.chunks(text)
    weighed: dict[str, float] = {}
    masks: dict[str, int] = {}
    forms: set[tuple[str, str]] = set()
    for number in sorted(chunks):
        length, counts = _counted(Counter(chunks[number]), language, forms)
        share = WEIGHTS[number] / (1 - SLOPE[number] + SLOPE[number] * length / USUAL[number])
        for term, often in counts.items():
            if term in weighed:
                weighed[term] += often * share
                masks[term] |= 1 << number
            else:
                weighed[term] = often * share
                masks[term] = 1 << number
    surfaces: defaultdict[str, list[str]] = defaultdict(list)
    for stem, word in sorted(forms):
        surfaces[stem].append(word)
    return Entry(tuple(weighed), bytes(map(_impact, weighed.values())), bytes(masks.values()), surfaces)


def telling(entry: Entry) -> dict[str, int]:
    """The terms that say most of a post, without numbers and short words, each with how much: 8 for a word of the prose, more for one of the title."""
    says = ((-impact, term) for term, impact in zip(entry.terms, entry.impacts, strict=True) if _says(term))
    return {term: _weight(-impact) for impact, term in sorted(heapq.nsmallest(TELLING, says), key=operator.itemgetter(1))}


def _says(term: str) -> bool:
    return (len(term) > 2 or not term.isascii()) and not term[0].isdecimal()


@lru_cache(maxsize=STEPS)
def _weight(impact: int) -> int:
    """About what ``_impact`` was made of, in eighths."""
    share = (impact / STEPS) ** 2
    return max(1, round(8 * SATURATION * share / (1.001 - share)))


def dump(entry: Entry) -> bytes:
    """The entry as bytes."""
    return orjson.dumps(["\n".join(entry.terms), entry.surfaces]) + b"\0" + entry.impacts + entry.masks


def load(data: bytes) -> Entry:
    """What ``dump`` wrote; nothing is the entry of a post without words."""
    if not data:
        return Entry((), b"", b"", {})
    head, _, columns = data.partition(b"\0")
    terms, surfaces = orjson.loads(head)
    half = len(columns) // 2
    return Entry(tuple(terms.split("\n")) if terms else (), columns[:half], columns[half:], surfaces)


@lru_cache(maxsize=10_000)
def _impact(weight: float) -> int:
    return round(STEPS * sqrt(weight / (SATURATION + weight))) or 1


class _Known(dict[str, tuple[tuple[str, ...], int, tuple[str, str] | None]]):
    """Of every chunk in a language its terms, the number of words in it, and its stem with the word itself if it is one word and they differ.

    They are made when they are first asked for.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, chunk: str) -> tuple[tuple[str, ...], int, tuple[str, str] | None]:
        if len(self) > MOST_KNOWN:
            self.clear()
        parts, joined = words.terms(chunk, self.language)
        word = chunk.lower()
        plain = not joined and len(parts) == 1 and chunk.isalpha() and word != parts[0]
        made = self[chunk] = parts + joined, len(parts), (parts[0], word) if plain else None
        return made


_known = lru_cache(maxsize=None)(_Known)


def _counted(chunks: Mapping[str, int], language: str, forms: set[tuple[str, str]]) -> tuple[int, dict[str, int]]:
    """The number of words, and how often each term occurs; ``forms`` learns how words are written."""
    length = 0
    counts: dict[str, int] = {}
    known = _known(language)
    for chunk, often in chunks.items():
        terms, number, form = known[chunk]
        length += often * number
        for term in terms:
            counts[term] = counts.get(term, 0) + often
        if form:
            forms.add(form)
    return length, counts
