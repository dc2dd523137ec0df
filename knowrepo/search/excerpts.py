"""Where in a post it stands: the sections and cells with the most of what was looked for, and from each the lines that show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import NamedTuple

from knowrepo.analysis import words
from knowrepo.render.passages import CODE, COMMENT, PROSE, Passage

LENGTH = 220
"""An excerpt has about so many characters."""
BEFORE = 60
"""So many of them stand before the first match, where there is room."""
LINES = 4
"""Of code, so many lines."""
SECTIONS = 3

_FIRST = {PROSE: 3, COMMENT: 2, CODE: 1}
"""Of passages that match alike, the one that people read first."""


@dataclass(frozen=True, slots=True)
class Section:
    """A passage that matches: its anchor in the page, the heading it stands under, its kind, and an excerpt in pieces: (text, whether it matches).

    ``above`` is the heading in such pieces.
    """

    anchor: str
    heading: str
    kind: str
    parts: tuple[tuple[str, bool], ...]
    above: tuple[tuple[str, bool], ...] = ()

    @property
    def text(self) -> str:
        """The excerpt."""
        return "".join(part for part, _ in self.parts)


class _Match(NamedTuple):
    start: int
    end: int
    terms: frozenset[str]


def sections(passages: Iterable[Passage], terms: Set[str], language: str, places: Iterable[str] = ()) -> tuple[Section, ...]:
    """The best sections of a post, best first; only of these kinds if any are named."""
    wanted = tuple(places)
    found = []
    for number, passage in enumerate(passages):
        if wanted and passage.kind not in wanted:
            continue
        matches = list(_matches(passage.text, terms, language))
        heading = frozenset().union(*(match.terms for match in _matches(passage.heading, terms, language)))
        both = heading.union(*(match.terms for match in matches))
        if both:
            found.append((-len(both) - len(heading), -_FIRST.get(passage.kind, 0), number, passage, matches))
    found.sort(key=lambda each: each[:3])
    best = [(passage, matches) for *_, passage, matches in found[:SECTIONS]]
    return tuple(
        Section(passage.anchor, passage.heading, passage.kind, _excerpt(passage, matches), marked(passage.heading, terms, language))
        for passage, matches in best
    )


def marked(text: str, terms: Set[str], language: str) -> tuple[tuple[str, bool], ...]:
    """A title or heading in pieces: (text, whether it is one of the terms)."""
    return tuple(_pieces(text, 0, len(text), list(_matches(text, terms, language))))


def _matches(text: str, terms: Set[str], language: str) -> Iterator[_Match]:
    """The chunks that have one of the terms."""
    at = 0
    for chunk in words.chunks(text):
        at = text.index(chunk, at)
        made = words.terms(chunk, language)
        own = terms & {*made.parts, *made.joined}
        if own:
            yield _Match(at, at + len(chunk), frozenset(own))
        at += len(chunk)


def _excerpt(passage: Passage, matches: list[_Match]) -> tuple[tuple[str, bool], ...]:
    start, end = _window(matches)
    text = passage.text
    if passage.kind in (CODE, COMMENT):
        start = text.rfind("\n", 0, start) + 1
        ends = [at for at, letter in enumerate(text[start : start + 3 * LENGTH], start) if letter == "\n"]
        end = ends[LINES - 1] if len(ends) >= LINES else min(len(text), start + 3 * LENGTH)
    else:
        start = text.find(" ", max(0, start - BEFORE), start) + 1 or start if start > BEFORE else 0
        end = min(len(text), max(end, start + LENGTH))
        end = end if end == len(text) else max(text.rfind(" ", start, end), start) or end
    inside = [match for match in matches if start <= match.start and match.end <= end]
    return tuple(_pieces(text, start, end, inside))


def _window(matches: list[_Match]) -> tuple[int, int]:
    """The stretch with the most different terms, the first of those that have as many."""
    best, most = (0, 0), 0
    for number, first in enumerate(matches):
        within = [match for match in matches[number : number + 20] if match.end <= first.start + LENGTH - BEFORE]
        different = len(frozenset().union(*(match.terms for match in within)))
        if different > most:
            best, most = (first.start, within[-1].end), different
    return best


def _pieces(text: str, start: int, end: int, matches: list[_Match]) -> Iterator[tuple[str, bool]]:
    at = start
    if start and text[start - 1] != "\n":
        yield "…", False
    for match in matches:
        if match.start > at:
            yield text[at : match.start], False
        yield text[match.start : match.end], True
        at = match.end
    rest = text[at:end] + ("…" if end < len(text) else "")
    if rest:
        yield rest, False
