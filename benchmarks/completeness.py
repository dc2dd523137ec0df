"""Does every text and every picture of nbconvert's page of a notebook stand in ours? ``python benchmarks/completeness.py FOLDER``.

The folder is built once; then each notebook's page is compared cell by cell with what nbconvert's ``HTMLExporter`` (template lab) shows to a
reader without script. Each difference is put down to a cause by one of the rules below; exit status 1 if any is left over.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import nbformat
import trialrepo
import visible
import yaml
from nbconvert import HTMLExporter
from visible import HEADER, Piece, words

PREFORMATTED = frozenset({"code", "text/plain", "application/vnd.jupyter.stderr"})
EXAMPLES = 60
_HEADER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something of nbconvert's page that is not so in ours. ``cause`` is "" where no rule explains it."""

    path: str
    cell: int
    what: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook with both of its pages in pieces. ``header`` is the number of the cell that holds the YAML, or -1."""

    path: str
    cells: list[Any]
    title: str
    header: int
    yaml: str
    theirs: dict[int, list[Piece]]
    ours: dict[int, list[Piece]]


@dataclass(frozen=True, slots=True)
class Lost:
    """Words of nbconvert's that do not stand at that place in ours, and the words that do."""

    words: list[str]
    instead: list[str]
    cell: Any
    notebook: Notebook
    in_header: bool


def _is_header(lost: Lost) -> bool:
    return lost.in_header and set(lost.words) <= set(words(f"--- {lost.notebook.yaml} ---"))


def _is_title(lost: Lost) -> bool:
    return bool(lost.words) and _letters(lost.words) == _letters(words(lost.notebook.title))


def _is_tagged(lost: Lost) -> bool:
    return bool({"remove-cell", "remove-input", "remove-output"} & set(lost.cell.metadata.get("tags", ())))


def _is_alert(lost: Lost) -> bool:
    found = re.fullmatch(r"\[!([A-Z]+)\]", "".join(lost.words))
    return bool(found and found[1].capitalize() in lost.instead)


def _is_fence(lost: Lost) -> bool:
    return bool(re.search(rf"^\s*(```|~~~)\s*{re.escape(''.join(lost.words))}\s*$", lost.cell.source, re.MULTILINE))


def _is_mark(lost: Lost) -> bool:
    return lost.cell.cell_type == "markdown" and set(lost.words) <= set("*_`~#\\") and not lost.instead


RULES: dict[str, Callable[[Lost], bool]] = {
    "the YAML header: its values stand above the post": _is_header,
    "the heading that repeats the title: it is the page's own": _is_title,
    "a cell tag takes the cell away": _is_tagged,
    "the marker of an alert: shown as its label": _is_alert,
    "the language of a fence: nbconvert prints it": _is_fence,
    "marks of Markdown: nbconvert leaves them unread": _is_mark,
}


def text_differences(notebook: Notebook) -> Iterator[Difference]:
    """The words that are missing, run by run, and the preformatted lines that are laid out in another way."""
    for number, pieces in notebook.theirs.items():
        mine = [word for piece in notebook.ours[number] for word in words(piece.text)]
        wanted = [word for piece in pieces for word in words(piece.text)]
        if not _stands(wanted, mine):
            final = [word for text in _streams(pieces) for word in words(visible.settled(text))]
            if final != wanted:
                yield Difference(notebook.path, number, "frames that were written over", "a progress bar: its last frame is kept")
            cell = notebook.cells[max(number, 0)]
            for run, instead in _missing(final, mine):
                lost = Lost(run, instead, cell, notebook, number == notebook.header)
                cause = next((name for name, explains in RULES.items() if explains(lost)), "")
                yield Difference(notebook.path, number, " ".join(run), cause)
        yield from _layout(notebook, number, pieces)


def _layout(notebook: Notebook, number: int, pieces: list[Piece]) -> Iterator[Difference]:
    """Line breaks and indentation of code and text. What is missing altogether is told by the words."""
    mine = "\n".join(line for piece in notebook.ours[number] for line in _lines(piece.text))
    squeezed = "".join(mine.split())
    for kind, group in groupby(pieces, lambda piece: piece.kind):
        same = list(group)
        for piece in same if kind in PREFORMATTED else ():
            text = "\n".join(_lines(visible.settled(piece.text)))
            if f"\n{text}\n" not in f"\n{mine}\n" and "".join(text.split()) in squeezed:
                cause = "a stream in several pieces: joined in mid-line" if len(same) > 1 else ""
                yield Difference(notebook.path, number, f"line breaks or indentation: {text}", cause)


def header_differences(notebook: Notebook) -> Iterator[Difference]:
    """The values of the header that do not stand in the head of the page."""
    shown = _letters([word for piece in notebook.ours[HEADER] for word in words(piece.text)])
    values = yaml.safe_load(notebook.yaml) if notebook.yaml else {}
    for key in ("title", "authors", "tags", "tldr"):
        value = values.get(key) or ()
        for item in value if isinstance(value, list) else [value]:
            if item and _letters(words(str(item))) not in shown:
                yield Difference(notebook.path, notebook.header, f"{key} in the header: {item}")


def picture_differences(notebook: Notebook, repo: Path, page: Path) -> Iterator[Difference]:
    """The pictures that are not there, byte for byte, or as a link where they lie on another host."""
    for number, pieces in notebook.theirs.items():
        mine = Counter(_picture(source, page.parent) for piece in notebook.ours[number] for source in piece.pictures)
        links = {link for piece in notebook.ours[number] for link in piece.links}
        for source in (source for piece in pieces for source in piece.pictures):
            found = _picture(source, (repo / notebook.path).parent)
            if mine[found] > 0:
                mine[found] -= 1
                continue
            yield Difference(notebook.path, number, f"picture {source[:120]}", _no_picture(source, found, links))
        for source in (source for piece in pieces for source in piece.frames):
            yield Difference(notebook.path, number, f"frame or player {source[:120]}", _no_frame(source, links, (repo / notebook.path).parent))


def _no_picture(source: str, found: str, links: set[str]) -> str:
    if found.startswith("remote"):
        return "a picture on another host: linked" if source in links else ""
    return {"missing": "a picture that is missing in the repository", "damaged": "a picture that is damaged"}.get(found.partition(" ")[0], "")


def _no_frame(source: str, links: set[str], folder: Path) -> str:
    if not source:
        return "a frame that only a script fills"
    if source in links:
        return "a frame on another host: linked"
    there = re.match(r"[a-z]+:|//", source) or (folder / unquote(source)).is_file()
    return "" if there else "a film that is missing in the repository"


def _picture(source: str, folder: Path) -> str:
    """What tells whether two pictures are the same: a digest of the bytes, or the address."""
    if source == visible.INLINE_SVG:
        return "svg"
    if source.startswith("data:"):
        head, _, data = source.partition(",")
        try:
            content = base64.b64decode("".join(unquote(data).split()), validate=True) if head.endswith(";base64") else unquote_to_bytes(data)
        except ValueError:
            return f"damaged {source}"
        return "svg" if head.startswith("data:image/svg+xml") and b"<svg" not in content else hashlib.sha256(content.strip()).hexdigest()
    if re.match(r"https?:|//", source):
        return f"remote {source}"
    file = folder / unquote(re.split(r"[?#]", source)[0])
    return hashlib.sha256(file.read_bytes().strip()).hexdigest() if file.is_file() else f"missing {source}"


def _stands(wanted: list[str], mine: list[str]) -> bool:
    """Whether the words stand there in one piece; white space does not matter."""
    return "".join(wanted) in "".join(mine)


def _streams(pieces: list[Piece]) -> Iterator[str]:
    """The texts of the pieces, those of one kind that follow each other as one: a carriage return reaches back across them."""
    for _, same in groupby(pieces, lambda piece: piece.kind):
        yield "".join(piece.text for piece in same)


def _missing(wanted: list[str], mine: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    for operation, start, end, our_start, our_end in SequenceMatcher(None, wanted, mine, autojunk=False).get_opcodes():
        run, instead = wanted[start:end], mine[our_start:our_end]
        if operation in ("delete", "replace") and not _stands(run, instead):
            yield run, instead


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in visible.seen(text).split("\n") if line.strip()]


def _letters(these: list[str]) -> str:
    return "".join(word for word in these if word.isalnum()).casefold()


def _by_cell(pieces: list[Piece], kinds: list[str]) -> dict[int, list[Piece]]:
    """The pieces by the number of their cell; raw cells that follow each other count as the first of them."""
    cells: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        number = piece.cell
        if piece.kind == "raw" and kinds[number + 1 : number + 2] == ["raw"]:
            number += 1
        while number > 0 and kinds[number] == kinds[number - 1] == "raw":
            number -= 1
        cells[number].append(piece)
    return cells


def _notebook(repo: Path, out: Path, post: dict[str, str], exporter: HTMLExporter) -> tuple[Notebook, str]:
    """A post's two pages, and what nbconvert fell over ("" if it did not)."""
    path = post["path"]
    node = nbformat.read(repo / path, as_version=4)  # type: ignore[no-untyped-call]
    own = [cell.get("id") for cell in json.loads((repo / path).read_bytes()).get("cells", ())]
    ids = {own_id if own_id and own.index(own_id) == number else f"cell-{number}": number for number, own_id in enumerate(own or node.cells) if own or True}
    for number, cell in enumerate(node.cells):
        cell.id = f"k{number}"
    failure = ""
    try:
        page, _ = exporter.from_notebook_node(node)
    except KeyError as error:
        failure = f"KeyError: {error}"
        node.metadata.pop("widgets")
        page, _ = exporter.from_notebook_node(node)
    kinds = [cell.cell_type for cell in node.cells]
    first = next((number for number, cell in enumerate(node.cells) if cell.source.strip()), 0)
    header = _HEADER.match(node.cells[first].source)
    mine = visible.ours((out / post["url"]).read_text("utf-8"), ids)
    title = post["title"]
    return Notebook(path, node.cells, title, first if header else -2, header[1] if header else "", _by_cell(visible.theirs(page), kinds), _by_cell(mine, kinds)), failure
