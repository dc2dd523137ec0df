"""Text formats cut into pieces that keep their lines: Markdown into its blocks, R Markdown and Quarto into chunks and the blocks between them, scripts
into the cells that ``# %%`` begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowrepo import frontmatter
from knowrepo.model import CellKind
from knowrepo.render import markdown

_CHUNK = re.compile(r"^(\s*)(`{3,}|~{3,})\s*\{+([\w.+-]*)[^}]*\}+\s*$")
_MARKER = re.compile(r"^# ?%%(?!%)(.*)$")
_PROSE = re.compile(r"\[(?:markdown|md)\]", re.IGNORECASE)
_QUOTES = re.compile(r'^[rR]?("""|\'\'\')')


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text from line ``first`` to ``last`` (from 1); ``lines`` has the line for each line of its ``text``, which lacks the marks of its format.

    ``options`` is the line that opens it, or "".
    """

    kind: CellKind
    text: str
    first: int
    last: int
    lines: tuple[int, ...]
    options: str = ""
    language: str = ""
    header: bool = False


def cut(text: str, suffix: str) -> list[Piece]:
    """The pieces of a text (with ``\\n`` as line ends); ``suffix`` is one of the formats of posts."""
    lines = text.removesuffix("\n").split("\n") if text else []
    script = suffix == ".py"
    split = frontmatter.split_comments(text) if script else frontmatter.split(text)
    if not split:
        return [*(_script(lines, 1) if script else _chunks(lines, 1, whole=suffix == ".md"))]
    start = split.first_line - 2 if script else 0
    rest = min(split.body_line - 1 + (start if script else 0), len(lines))
    while rest < len(lines) and not lines[rest].strip():
        rest += 1
    header = _piece(CellKind.RAW, lines[start:rest], start + 1, header=True)
    if script:
        return [*_script(lines[:start], 1), header, *_script(lines[rest:], rest + 1)]
    return [header, *_chunks(lines[rest:], rest + 1, whole=suffix == ".md")]


def _piece(kind: CellKind, lines: Sequence[str], first: int, *, header: bool = False) -> Piece:
    """A piece of consecutive lines; blank ones at its ends belong to it, but not to its text."""
    said = [number for number, line in enumerate(lines) if line.strip()]
    start, end = (said[0], said[-1] + 1) if said else (0, 1)
    return Piece(kind, "\n".join(lines[start:end]), first, first + len(lines) - 1, tuple(range(first + start, first + end)), header=header)


def _chunks(lines: Sequence[str], first: int, *, whole: bool) -> Iterator[Piece]:
    """Chunks and the blocks between them; ``whole``: there are no chunks in Markdown."""
    at = 0
    while at < len(lines):
        start = at
        while at < len(lines) and (whole or not _CHUNK.match(lines[at])):
            at += 1
        yield from _blocks(lines[start:at], first + start)
        if at < len(lines):
            end = _end(lines, at)
            yield _chunk(lines, at, end, first)
            at = end


def _end(lines: Sequence[str], at: int) -> int:
    """The line behind the chunk that begins at ``at``, with the blank lines that follow it."""
    opened = _CHUNK.match(lines[at])
    fence = opened[2] if opened else "```"
    closing = re.compile(rf"\s*{re.escape(fence[0])}{{{len(fence)},}}\s*")
    end = next((number + 1 for number in range(at + 1, len(lines)) if closing.fullmatch(lines[number])), len(lines))
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end


def _chunk(lines: Sequence[str], at: int, end: int, first: int) -> Piece:
    opened = _CHUNK.match(lines[at])
    last = end
    while last > at + 1 and not lines[last - 1].strip():
        last -= 1
    closed = last - 1 > at and bool(re.fullmatch(r"\s*[`~]{3,}\s*", lines[last - 1]))
    inside = range(at + 1, last - closed)
    numbers = tuple(first + number for number in inside) or (first + at,)
    text = "\n".join(lines[number] for number in inside)
    language = (opened[3] if opened else "").lower()
    return Piece(CellKind.CODE, text, first + at, first + end - 1, numbers, lines[at].strip(), language)


def _blocks(lines: Sequence[str], first: int) -> Iterator[Piece]:
    """The blocks of Markdown. What belongs to none (a link's definition) is a block too; blank lines belong to the block above."""
    found = markdown.blocks("\n".join(lines))
    starts = {start for start, _ in found}
    inside = {number for start, end in found for number in range(start, end)}
    begins = [
        number for number, line in enumerate(lines) if number in starts or (line.strip() and number not in inside and number - 1 in inside)
    ]
    if lines and 0 not in begins and any(line.strip() for line in lines):
        begins.insert(0, 0)
    for start, end in pairwise([*begins, len(lines)]):
        yield _piece(CellKind.MARKDOWN, lines[start:end], first + start)


def _script(lines: Sequence[str], first: int) -> Iterator[Piece]:
    """The cells of a script; what stands before the first marker is one too, if it is not blank."""
    begins = [number for number, line in enumerate(lines) if _MARKER.match(line)]
    if any(line.strip() for line in lines[: begins[0] if begins else len(lines)]):
        begins.insert(0, 0)
    for start, end in pairwise([*begins, len(lines)]):
        yield _script_cell(lines[start:end], first + start)


def _script_cell(lines: Sequence[str], first: int) -> Piece:
    marker = _MARKER.match(lines[0])
    last = first + len(lines) - 1
    if not marker:
        return _piece(CellKind.CODE, lines, first)
    numbers = list(range(1, len(lines)))
    while numbers and not lines[numbers[-1]].strip():
        numbers.pop()
    while numbers and not lines[numbers[0]].strip():
        numbers.pop(0)
    kind = CellKind.RAW if "[raw]" in marker[1].lower() else CellKind.MARKDOWN if _PROSE.search(marker[1]) else CellKind.CODE
    texts = [lines[number] for number in numbers]
    if kind is not CellKind.CODE:
        numbers, texts = _uncommented(numbers, texts)
    places = tuple(first + number for number in numbers) or (first,)
    return Piece(kind, "\n".join(texts), first, last, places, lines[0].strip())


def _uncommented(numbers: list[int], lines: list[str]) -> tuple[list[int], list[str]]:
    """Text without the comment signs, or the triple quotes, that make it no code."""
    if all(not line.strip() or line.startswith("#") for line in lines):
        return numbers, [re.sub(r"^# ?", "", line) for line in lines]
    opened = _QUOTES.match(lines[0]) if lines else None
    if not opened or not lines[-1].rstrip().endswith(opened[1]):
        return numbers, lines
    lines = [lines[0][opened.end() :], *lines[1:]]
    lines[-1] = lines[-1].rstrip().removesuffix(opened[1])
    kept = [place for place, line in enumerate(lines) if line.strip() or 0 < place < len(lines) - 1]
    return [numbers[place] for place in kept], [lines[place] for place in kept]
