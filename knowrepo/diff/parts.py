"""A file as parts, each a cell that knows the lines of the file that it stands on. Unlike a post a file is taken here whatever it is: with its header,
a draft or private, or damaged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from knowrepo import frontmatter
from knowrepo.diff import cutting, scanner
from knowrepo.diff.cutting import Piece
from knowrepo.model import EMPTY, Cell, CellKind, Problem, Severity
from knowrepo.read import cells, ipynb, manuscript

Lines = tuple[int, int]
"""The first and the last line, counted from 1."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cell and its place. ``own_id`` is the id that it has in the file, or ""; ``options`` is the line that opens it in a script or in R Markdown.

    ``first`` and ``last`` are its lines in the file, counted from 1; ``lines`` has the line of the file for each line of its text, ``places`` those of each
    output. ``header``: it is the header of the post.
    """

    cell: Cell
    first: int
    last: int
    lines: tuple[int, ...]
    own_id: str = ""
    options: str = ""
    places: tuple[Lines, ...] = ()
    header: bool = False

    @property
    def text(self) -> str:
        """The text of the cell."""
        return self.cell.text


@dataclass(frozen=True, slots=True)
class File:
    """A file as parts; no ``parts`` if there is none. ``language`` and ``widgets`` are as in ``Document``.

    ``problem`` says why it is taken as one text. ``length`` is the number of its lines.
    """

    path: str
    parts: tuple[Part, ...]
    length: int
    language: str = "python"
    widgets: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    problem: Problem | None = None


def read(path: str, data: bytes | None) -> File:
    """The parts of a file with these bytes; None: it is not there. Whatever the bytes are, nothing is raised."""
    if data is None:
        return File(path, (), 0)
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".ipynb":
        return _notebook(path, data)
    decoded = manuscript.lfs_pointer(path, data) or manuscript.decode(path, data)
    if isinstance(decoded, Problem):
        return as_text(path, data, decoded)
    pieces = cutting.cut(decoded[0], suffix)
    language = "r" if suffix == ".rmd" else "python"
    return File(path, tuple(map(_part, range(len(pieces)), pieces)), _length(data), language)


def as_text(path: str, data: bytes | None, why: Problem) -> File:
    """The file as one text, with a Problem that says why it has no parts."""
    if data is None:
        return File(path, (), 0, problem=why)
    message = f"compared as text: {why.message}"
    problem = Problem(path, message, "diff-as-text", why.line, hint=why.hint or "look at the raw lines", severity=Severity.WARNING)
    text = cells.unix(data.decode("utf-8", "replace"))
    whole = text.removesuffix("\n")
    lines = tuple(range(1, whole.count("\n") + 2))
    part = Part(Cell(CellKind.RAW, whole, id="cell-0"), 1, lines[-1], lines)
    return File(path, (part,) if data else (), _length(data), problem=problem)


def _length(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def _notebook(path: str, data: bytes) -> File:
    notebook = ipynb.load(path, data)
    if isinstance(notebook, Problem):
        return as_text(path, data, notebook)
    repairs: cells.Repairs = {}
    language, widgets = ipynb.about(notebook, repairs)
    made = cells.make(notebook["cells"], repairs)
    places = _places(data, len(notebook["cells"]))
    parts = [_cell(cell, notebook["cells"][cell.index], places[cell.index]) for cell in made]
    first = next((number for number, part in enumerate(parts) if part.cell.kind is not CellKind.CODE and part.text.strip()), None)
    if first is not None and frontmatter.split(parts[first].text):
        cell = parts[first]
        parts[first] = Part(cell.cell, cell.first, cell.last, cell.lines, cell.own_id, header=True)
    return File(path, tuple(parts), _length(data), language, widgets)


def _places(data: bytes, wanted: int) -> list[scanner.Place]:
    """The place of each cell; line 1 for all where the file cannot be followed."""
    try:
        found = scanner.places(data.decode(json.detect_encoding(data), "replace").removeprefix("\ufeff"))
    except scanner.Unsound:
        found = []
    return found if len(found) == wanted else [scanner.Place(1, 1) for _ in range(wanted)]


def _cell(cell: Cell, raw: Mapping[str, Any], place: scanner.Place) -> Part:
    whole = (place.first, place.last)
    places = tuple(place.outputs) if len(place.outputs) == len(cell.outputs) else (whole,) * len(cell.outputs)
    own_id = raw.get("id")
    lines = _lines(raw.get("source"), place, cell.text)
    return Part(cell, *whole, lines, own_id if own_id == cell.id else "", places=places)


def _lines(source: Any, place: scanner.Place, text: str) -> tuple[int, ...]:
    """The line of the file for each line of a cell's text."""
    wanted = text.count("\n") + 1
    pieces = source if isinstance(source, list) else [source]
    found: list[int] = []
    if len(pieces) == len(place.source):
        begins = True
        for piece, line in zip(pieces, place.source, strict=True):
            plain = cells.unix(piece) if isinstance(piece, str) else str(piece)
            found += [line] * (plain.count("\n") + begins - plain.endswith("\n")) if plain else []
            begins = plain.endswith("\n") if plain else begins
    else:
        found = place.source  # before nbformat 4, whose lists have a line in each string
    last = found[-1] if found else (place.source or [place.first])[-1]
    return (*found[:wanted], *[last] * (wanted - len(found)))


def _part(number: int, piece: Piece) -> Part:
    metadata = {"language": piece.language} if piece.language else {}
    cell = Cell(piece.kind, piece.text, id=f"cell-{number}", metadata=metadata, index=number)
    return Part(cell, piece.first, piece.last, piece.lines, options=piece.options, header=piece.header)
