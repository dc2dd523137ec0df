"""What can be found in a post: its text in passages, each with the anchor where it stands. Taken from the HTML, so that the search finds what readers see."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import orjson

from knowrepo.analysis import entry as entries
from knowrepo.analysis.entry import Entry
from knowrepo.model import Meta

PROSE, CODE, COMMENT, OUTPUT = "prose", "code", "comment", "output"
KINDS = (PROSE, CODE, COMMENT, OUTPUT)

LONGEST = 400_000
"""Of the prose and code of a post only so many characters can be found."""
OUTPUT_LONGEST, OUTPUTS_LONGEST = 2_000, 30_000
"""The same for the outputs of one cell and of all: logs and tables are long and say little."""

_CELL = re.compile(r'\n<div class="cell (markdown|code|raw)[^"]*" id="([^"]*)"')
_INPUT, _INPUT_END = '<pre class="code"><code', "</code></pre>"
"""Around the code of a cell, or what stands between fences in Markdown."""
_OUTPUTS = '<div class="outputs"', '<figure class="outputs"'
_HEADING = re.compile(r'<h[1-6] id="([^"]*)"[^>]*>(.*?)(?:<a class="anchor"[^>]*></a>)?</h[1-6]>', re.DOTALL)
_COMMENT = re.compile(r'<span class="(?:c|c1|ch|cm|cs|sd)">(.*?)</span>', re.DOTALL)
_UNREAD = re.compile(r"<(math|svg|nav|style|template)\b.*?</\1>", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|t[dhr]|table|br|pre|blockquote|d[ltd]|h[1-6]|summary|details|figcaption|section)\b[^>]*>")
_TAG = re.compile("<[^<>]*>")
_HEX = re.compile(r"[0-9a-fA-F](?<!\w.)[0-9a-fA-F][ :](?:[0-9a-fA-F]{2}[ :]){7,}[0-9a-fA-F]{2}\b")
_LONGEST_WORD = 40
"""Longer words, and hex dumps, are data: base64, minified script, hashes."""


class Passage(NamedTuple):
    """A piece of text. ``anchor`` is an id of the page, ``heading`` the words of the section that it lies in, or "". Code keeps its lines."""

    kind: str
    anchor: str
    heading: str
    text: str


def of(page: str) -> list[Passage]:
    """The passages of a body, in their order; a heading begins the prose below it."""
    page = f"\n{page}"
    cells = list(_CELL.finditer(page))
    ends = [*(cell.start() for cell in cells[1:]), len(page)][: len(cells)]
    found: list[Passage] = []
    heading, left, outputs_left = "", LONGEST, OUTPUTS_LONGEST
    for cell, end in zip(cells, ends, strict=True):
        if cell[1] == "code":
            inside = page[cell.end() : end]
            _, shown = _inputs(inside, 1)
            made = [
                *(passage for code in shown for passage in _code(code, cell[2], heading, left)),
                *_outputs(inside, cell[2], heading, outputs_left),
            ]
        else:
            made = list(_prose(page[cell.end() : end], cell[2], heading, left))
            heading = made[-1].heading if made else heading
        for passage in made:
            if passage.kind == OUTPUT:
                outputs_left -= len(passage.text)
            else:
                left -= len(passage.text)
        found += made
    return found


def dump(passages: list[Passage]) -> bytes:
    """The passages as bytes."""
    return orjson.dumps([tuple(passage) for passage in passages])


def load(data: bytes) -> tuple[Passage, ...]:
    """What ``dump`` wrote."""
    return tuple(Passage(*passage) for passage in orjson.loads(data or b"[]"))


def entry(path: str, meta: Meta, passages: list[Passage], language: str) -> Entry:
    """What the post at ``path`` puts into the index; ``language`` is a tag such as ``en`` or ``pt-BR``."""
    said = texts(f"{meta.title} {meta.subtitle}", names(path, meta), meta.tldr, passages)
    return entries.of(said, language[:2].lower())


def names(path: str, meta: Meta) -> tuple[str, ...]:
    """The names by which a post is found: its tags, its authors, its file."""
    return (*meta.tags, *(person.name for person in meta.authors), PurePosixPath(path).stem.replace("-", " "))


def texts(title: str, names: Iterable[str], summary: str, passages: Iterable[Passage]) -> Iterator[tuple[str, str]]:
    """All texts of a post, each with the name of its field."""
    yield "title", title
    yield from (("tags", name) for name in names)
    yield "prose", summary
    heading = ""
    for passage in passages:
        if passage.heading != heading:
            heading = passage.heading
            yield "heading", heading
        yield passage.kind, passage.text


def _prose(inside: str, cell: str, heading: str, left: int) -> Iterator[Passage]:
    """The text of a Markdown cell, a passage for each heading in it."""
    inside = _UNREAD.sub(" ", inside[inside.find(">") + 1 :])
    at, anchor = 0, cell
    for found in [*_HEADING.finditer(inside), None]:
        part = inside[at : found.start() if found else len(inside)]
        prose, fenced = _inputs(part)
        words = _words(prose, left)
        if words or at:
            yield Passage(PROSE, anchor, heading, words)
        for code in fenced:
            yield from _code(code, anchor, heading, left)
        if found:
            at, anchor, heading = found.end(), html.unescape(found[1]), _words(found[2], left)


def _inputs(page: str, most: int = -1) -> tuple[str, list[str]]:
    """The text without code, and each piece of code."""
    first, *rest = page.split(_INPUT, most)
    found = [piece.partition(_INPUT_END) for piece in rest]
    return " ".join([first, *(after for _, _, after in found)]), [code.partition(">")[2] for code, _, _ in found]


def _code(code: str, anchor: str, heading: str, left: int) -> Iterator[Passage]:
    comments = _COMMENT.findall(code)
    lines = map(str.rstrip, _plain(_COMMENT.sub("", code) if comments else code, left).split("\n"))
    if text := "\n".join(filter(None, lines)).strip():
        yield Passage(CODE, anchor, heading, text)
    if comments:
        yield Passage(COMMENT, anchor, heading, _plain("\n".join(comments), left).strip())


def _outputs(inside: str, cell: str, heading: str, left: int) -> Iterator[Passage]:
    start = min((at for first in _OUTPUTS if (at := inside.find(first)) >= 0), default=-1)
    if start < 0 or left <= 0:
        return
    text = _words(_UNREAD.sub(" ", inside[start : start + 60_000]), min(left, OUTPUT_LONGEST))
    if text:
        yield Passage(OUTPUT, cell, heading, text)


def _words(fragment: str, longest: int) -> str:
    """The text of a fragment on one line, without what is data."""
    words = _HEX.sub(" ", _plain(_BLOCK.sub(" ", fragment), longest * 4)).split()
    if max(map(len, words), default=0) > _LONGEST_WORD:
        words = [word for word in words if len(word) <= _LONGEST_WORD]
    return " ".join(words)[: max(0, longest)].strip()


def _plain(fragment: str, longest: int) -> str:
    return html.unescape(_TAG.sub("", fragment.replace("</span>", "")))[: max(0, longest)]
