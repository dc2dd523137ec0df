"""The words of a text, in any language: lower case, identifiers split, scripts that put no blanks between words as pairs of characters.

Pairs are how search engines index Chinese, Japanese and Korean (Lucene's CJKBigramFilter); Thai, Lao, Burmese and Khmer are treated alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

SHORTEST, LONGEST = 3, 30
"""Shorter words say little, longer ones are no words but hashes and data."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
"""Accents and vowel signs, which stand inside words though they are no letters."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_RUN = re.compile(rf"[^\W\d_][^\W_{_SIGNS}]*(?:[{_SIGNS}][^\W_]*)*")
_PIECE = re.compile(rf"([{_UNSPACED}]+)|[^{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """The words in their order: ``DataFrame.drop_na`` is data, frame, drop; a number is none."""
    return [word for run in _runs(text) for word in _words(run)]


def counted(texts: Iterable[tuple[str, int]]) -> Counter[str]:
    """How often each word occurs in texts of some weight; a word in a title may count as ten in the prose."""
    counts: Counter[str] = Counter()
    for text, weight in texts:
        for run, number in Counter(_runs(text)).items():
            for word in _words(run):
                counts[word] += number * weight
    return counts


def telling(counts: Mapping[str, int], number: int) -> dict[str, int]:
    """The words that tell most, as far as one text alone can know it: frequent ones, and long ones rather than short ones.

    In most languages the words that every text has are short (Zipf's law of abbreviation), so that no list of stop words is needed.
    """
    kept = sorted(counts, key=lambda word: (-counts[word] * _length(word), word))[:number]
    return {word: counts[word] for word in sorted(kept)}


def _length(word: str) -> int:
    """What a word's length counts for; a pair of CJK characters is a word."""
    return 4 if len(word) < SHORTEST else min(len(word) - 2, 8)


def _runs(text: str) -> list[str]:
    """Letters, digits and signs without a break, from a letter on."""
    split = _HUMP.sub(" ", text)
    return _RUN.findall((split if split.isascii() else unicodedata.normalize("NFKC", split)).casefold())


def _words(run: str) -> list[str]:
    if run.isascii():
        return [run] if SHORTEST <= len(run) <= LONGEST else []
    found: list[str] = []
    for piece in _PIECE.finditer(run):
        if unspaced := piece[1]:
            found += [unspaced[at : at + 2] for at in range(len(unspaced) - 1)]
        elif SHORTEST <= len(piece[0]) <= LONGEST:
            found.append(piece[0])
    return found
