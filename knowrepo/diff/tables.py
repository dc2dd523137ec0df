"""Tables cell by cell: rows and columns are aligned first, so that one new row changes no other."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from knowrepo.diff import rows, sequences

LARGEST = 40_000
"""Tables of more cells are not compared cell by cell."""

_TABLE = re.compile(r"<table\b[^>]*>.*?</table>", re.DOTALL)
_ROW = re.compile(r"(<tr\b[^>]*>)(.*?)(</tr>)", re.DOTALL)
_CELL = re.compile(r"(<t([hd])\b[^>]*>)(.*?)(</t[hd]>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CLASS = re.compile(r' class="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Compared:
    """Both tables with marks in them; how many cells, rows and columns differ, as words."""

    old: Markup
    new: Markup
    words: str


@dataclass(frozen=True, slots=True)
class _Table:
    html: str
    rows: tuple[tuple[str, ...], ...]
    """The plain text of each cell."""


def compared(old: str, new: str) -> Compared | None:
    """Two pieces of sanitised HTML with one table each, compared; None if they are anything else."""
    one, other = _read(old), _read(new)
    if not one or not other:
        return None
    columns = _columns(one, other)
    pairs = _rows(one, other, columns)
    marks: tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]] = ({}, {})
    changed = 0
    for before, after in pairs:
        for left, right in columns:
            was, now = _at(one, before, left), _at(other, after, right)
            if was != now and was is not None and now is not None:
                marks[0][before, left], marks[1][after, right] = "cell-gone", "cell-come"
                changed += 1
    whole = [
        ({before for before, _ in pairs}, {left for left, _ in columns}),
        ({after for _, after in pairs}, {right for _, right in columns}),
    ]
    counts = [(len(table.rows) - len(kept), _width(table) - len(held)) for table, (kept, held) in zip((one, other), whole, strict=True)]
    shown = [_marked(table, marks[side], *whole[side], ("cell-gone", "cell-come")[side]) for side, table in enumerate((one, other))]
    return Compared(shown[0], shown[1], ", ".join(_words(changed, counts)))


def _words(changed: int, counts: list[tuple[int, int]]) -> Iterator[str]:
    """``3 cells changed, 1 row added``."""
    if changed:
        yield f"{changed} {'cell' if changed == 1 else 'cells'} changed"
    for (lines, columns), verb in ((counts[1], "added"), (counts[0], "removed")):
        if lines:
            yield f"{lines} {'row' if lines == 1 else 'rows'} {verb}"
        if columns:
            yield f"{columns} {'column' if columns == 1 else 'columns'} {verb}"


def _read(html: str) -> _Table | None:
    """The one table of a piece of HTML, if it is plain: none inside it, no cell that spans others, not too large."""
    found = _TABLE.findall(html)
    if len(found) != 1 or html.count("<table") != 1 or "span=" in html:
        return None
    lines = tuple(tuple(_plain(cell[2]) for cell in _CELL.findall(row[1])) for row in _ROW.findall(html))
    return _Table(html, lines) if lines and sum(map(len, lines)) <= LARGEST else None


def _plain(html: str) -> str:
    return " ".join(entities.unescape(_TAG.sub("", html)).split())


def _width(table: _Table) -> int:
    return max(map(len, table.rows))


def _at(table: _Table, row: int, column: int) -> str | None:
    return table.rows[row][column] if column < len(table.rows[row]) else None


def _columns(old: _Table, new: _Table) -> list[tuple[int, int]]:
    """The columns that are one: by what the first row calls them; by number, if as many have new names."""
    one, other = old.rows[0], new.rows[0]
    found: list[tuple[int, int]] = []
    for run in sequences.runs(one, other):
        befores, afters = range(run.old_start, run.old_end), range(run.new_start, run.new_end)
        if run.same or len(befores) == len(afters):
            found += zip(befores, afters, strict=True)
    width, length = _width(old), _width(new)
    return found + list(zip(range(len(one), width), range(len(other), length), strict=False))


def _rows(old: _Table, new: _Table, columns: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The rows that are one: the same, or those between the same that are most alike."""
    left, right = ([number for number, _ in columns], [number for _, number in columns])
    befores, afters = (
        ["\x1f".join(row[number] for number in kept if number < len(row)) for row in table.rows]
        for table, kept in ((old, left), (new, right))
    )
    return [(row.old, row.new) for row in rows.of(befores, afters) if row.old is not None and row.new is not None]


def _marked(table: _Table, marks: dict[tuple[int, int], str], lines: set[int], columns: set[int], whole: str) -> Markup:
    """The table with a class on each cell that differs; cells of rows and columns that the other lacks have ``whole``."""
    number = -1

    def row(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        column = -1

        def cell(inside: re.Match[str]) -> str:
            nonlocal column
            column += 1
            mark = marks.get((number, column)) or (whole if number not in lines or column not in columns else "")
            return _classed(inside[1], mark) + inside[3] + inside[4] if mark else inside[0]

        return found[1] + _CELL.sub(cell, found[2]) + found[3]

    return Markup(_ROW.sub(row, table.html))  # noqa: S704 - sanitised before; the classes are ours


def _classed(tag: str, name: str) -> str:
    if _CLASS.search(tag):
        return _CLASS.sub(lambda found: f' class="{found[1]} {name}"', tag, count=1)
    return f'{tag[:-1]} class="{name}">'
