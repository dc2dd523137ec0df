"""The words that tell what a post is about, for finding posts that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from knowrepo import terms as words
from knowrepo.model import CellKind, Document, Heading
from knowrepo.text import same_key

NUMBER = 60
"""So many words are kept. Of 239 real notebooks six of ten lists of related posts' entries are then as if all words were, and the others as good."""
LENGTH = 200_000
"""Of longer texts, in characters, only so much is read."""

TITLE, TAG, HEADING, TLDR, PROSE, CODE = 8, 8, 4, 4, 2, 1


def terms(document: Document, headings: Iterable[Heading]) -> Mapping[str, int]:
    """The words by name with their weights; a tag is a word as a whole too, with a ``#`` in front."""
    counts = words.counted(_texts(document, headings))
    counts.update({f"#{same_key(tag)}": TAG for tag in document.meta.tags})
    return words.telling(counts, NUMBER)


def _texts(document: Document, headings: Iterable[Heading]) -> Iterator[tuple[str, int]]:
    meta = document.meta
    yield f"{meta.title} {meta.subtitle}", TITLE
    yield from ((tag, TAG) for tag in meta.tags)
    yield meta.tldr[:LENGTH], TLDR
    yield from ((heading.text, HEADING) for heading in headings)
    left = LENGTH
    for cell in document.cells:
        if cell.kind is not CellKind.RAW:
            yield cell.text[:left], PROSE if cell.kind is CellKind.MARKDOWN else CODE
            left -= len(cell.text)
        if left <= 0:
            return
