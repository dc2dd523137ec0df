"""What nbconvert's page of a notebook shows and ours does not, each with the rule that explains it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import visible
import yaml
from PIL import Image
from visible import HEADER, Piece, words

PREFORMATTED = frozenset({"code", "text/plain", "application/vnd.jupyter.stderr"})
LINKED = "it lies on another host: linked"
IN_LINK = "it lies on another host, in a link: its words are the link"
MISSING = "it is missing in the repository"
_NOT_BEGUN = re.compile(r"(.+?:) +0(?:%\||\s\w+ \[00:00)")
"""What tqdm shows at first: a name, and nothing done yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something of nbconvert's page that is not so in ours. ``cause`` is "" where no rule explains it."""

    path: str
    cell: int
    what: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook with the pieces of both pages by cell. ``yaml`` is its header, which stands in the cell number ``header``."""

    path: str
    title: str
    cells: Sequence[Any]
    header: int
    yaml: str
    theirs: Mapping[int, Sequence[Piece]]
    ours: Mapping[int, Sequence[Piece]]

    def difference(self, cell: int, what: str, cause: str = "") -> Difference:
        """A difference in one of its cells."""
        return Difference(self.path, cell, " ".join(what[:160].split()), cause)


@dataclass(frozen=True, slots=True)
class Lost:
    """Words of nbconvert's that do not stand at that place in ours, and the words that do."""

    words: list[str]
    instead: list[str]
    number: int
    notebook: Notebook

    @property
    def cell(self) -> Any:
        """The notebook's cell."""
        return self.notebook.cells[max(self.number, 0)]


def _is_header(lost: Lost) -> bool:
    return lost.number == lost.notebook.header and set(lost.words) <= set(words(html.unescape(f"--- {lost.notebook.yaml} ---")))


def _is_title(lost: Lost) -> bool:
    return _letters(lost.words) == _letters(words(lost.notebook.title))


def _is_tagged(lost: Lost) -> bool:
    return bool({"remove-cell", "remove-input", "remove-output"} & set(lost.cell.metadata.get("tags", ())))


def _is_hidden_code(lost: Lost) -> bool:
    return lost.cell.metadata.get("hide_input") is True and _stands(lost.words, words(lost.cell.source))


def _is_first_frame(lost: Lost) -> bool:
    """Words of a saved progress bar that had not begun, where a bar of that name stands in ours."""
    views = (output.get("data", {}) for output in lost.cell.get("outputs", ()))
    plain = [str(data.get("text/plain", "")) for data in views if "application/vnd.jupyter.widget-view+json" in data]
    bars = [found for found in map(_NOT_BEGUN.match, plain) if found and set(lost.words) <= set(words(found.string))]
    mine = [word for piece in lost.notebook.ours[lost.number] for word in words(piece.text)]
    return any(_stands(words(bar[1]), mine) for bar in bars)


def _is_alert(lost: Lost) -> bool:
    found = re.fullmatch(r"\[!([A-Z]+)\]", "".join(lost.words))
    return bool(found and found[1].capitalize() in lost.instead)


def _is_fence(lost: Lost) -> bool:
    return bool(re.search(rf"^\s*(```|~~~)\s*{re.escape(''.join(lost.words))}\s*$", lost.cell.source, re.MULTILINE))


def _is_mark(lost: Lost) -> bool:
    return lost.cell.cell_type == "markdown" and set(lost.words) <= set("*_`~#\\") and not lost.instead


RULES: Mapping[str, Callable[[Lost], bool]] = {
    "the YAML header: its values stand above the post": _is_header,
    "the heading that repeats the title: the page has it": _is_title,
    "a cell tag takes it away": _is_tagged,
    "the cell's metadata hide its code": _is_hidden_code,
    "the first frame of a progress bar: its last, saved one is shown": _is_first_frame,
    "the marker of an alert: shown as its label": _is_alert,
    "the language of a fence: nbconvert prints it": _is_fence,
    "marks of Markdown: nbconvert leaves them unread": _is_mark,
}


def header(notebook: Notebook) -> Iterator[Difference]:
    """The values of the header that do not stand in the head of the page."""
    shown = _letters([word for piece in notebook.ours[HEADER] for word in words(piece.text)])
    values = yaml.safe_load(notebook.yaml) if notebook.yaml else {}
    for key in ("title", "authors", "tags", "tldr"):
        value = values.get(key) or ()
        for item in value if isinstance(value, list) else [value]:
            if item and _letters(words(html.unescape(str(item)))) not in shown:
                yield notebook.difference(notebook.header, f"{key} in the header: {item}")


def text(notebook: Notebook) -> Iterator[Difference]:
    """The words that are missing, run by run, and the code and plain text whose lines are laid out in another way."""
    for number, pieces in notebook.theirs.items():
        mine = [word for piece in notebook.ours[number] for word in words(piece.text)]
        wanted = [word for piece in pieces for word in words(piece.text)]
        if not _stands(wanted, mine):
            last = [word for joined in _joined(pieces) for word in words(visible.settled(joined))]
            if last != wanted:
                yield notebook.difference(number, "frames that were written over", "a progress bar: its last frame is shown")
            for run, instead in _missing(last, mine):
                lost = Lost(run, instead, number, notebook)
                cause = next((name for name, explains in RULES.items() if explains(lost)), "")
                yield notebook.difference(number, " ".join(run), cause)
        yield from _layout(notebook, number)


def _layout(notebook: Notebook, number: int) -> Iterator[Difference]:
    """Line breaks and indentation. What is missing altogether is told by the words."""
    mine = "\n".join(line for piece in notebook.ours[number] for line in _lines(piece.text))
    squeezed = "".join(mine.split())
    for kind, group in groupby(notebook.theirs[number], lambda piece: piece.kind):
        same = list(group)
        for piece in same if kind in PREFORMATTED else ():
            lines = "\n".join(_lines(visible.settled(piece.text)))
            if lines and f"\n{lines}\n" not in f"\n{mine}\n" and "".join(lines.split()) in squeezed:
                cause = "a stream in several pieces: joined in mid-line" if len(same) > 1 else ""
                yield notebook.difference(number, f"line breaks or indentation of: {lines}", cause)


def pictures(notebook: Notebook, folder: Path, page: Path) -> Iterator[Difference]:
    """The pictures that are not there, byte for byte, and the frames that are neither there nor linked.

    ``folder`` is the notebook's, ``page`` our page's. A picture that is shown as WebP counts as the original beside it, if the pixels are the same.
    """
    for number, pieces in notebook.theirs.items():
        for shown, original in (pair for piece in notebook.ours[number] for pair in piece.lighter):
            if _pixels(page / shown) != _pixels(page / original):
                yield notebook.difference(number, f"{shown} has other pixels than {original}")
        in_links = {source for piece in pieces for source in piece.in_links if _identity(source, folder).startswith("remote")}
        players = {_identity(source, page) for piece in notebook.ours[number] for source in piece.frames}
        mine = Counter(_identity(source, page) for piece in notebook.ours[number] for source in piece.pictures)
        links = {link for piece in notebook.ours[number] for link in piece.links}
        for source in (source for piece in pieces for source in piece.pictures):
            wanted = _identity(source, folder)
            found = next((name for name in mine if mine[name] and (name == wanted or (wanted == "svg" and name.startswith("svg")))), "")
            if found:
                mine[found] -= 1
            else:
                yield notebook.difference(
                    number, f"picture {source}", LINKED if source in links else IN_LINK if source in in_links else _no_picture(wanted)
                )
        for source in (source for piece in pieces for source in piece.frames if _identity(source, folder) not in players):
            yield notebook.difference(number, f"frame or player {source}", LINKED if source in links else _no_frame(source, folder))


def _pixels(file: Path) -> tuple[tuple[int, int], bytes]:
    with Image.open(file) as image:
        return image.size, image.convert("RGBA").tobytes()


def _no_picture(wanted: str) -> str:
    return {"missing": MISSING, "damaged": "it is damaged in the notebook"}.get(wanted.partition(" ")[0], "")


def _no_frame(source: str, folder: Path) -> str:
    if not source:
        return "a frame that only a script fills"
    return "" if re.match(r"[a-z]+:|//", source) or (folder / unquote(source)).is_file() else MISSING


def _identity(source: str, folder: Path) -> str:
    """What tells whether two pictures are the same: a digest of the bytes, or the address."""
    if source == visible.INLINE_SVG:
        return "svg"
    if source.startswith("data:"):
        about, _, data = source.partition(",")
        try:
            content = (
                base64.b64decode("".join(unquote(data).split()), validate=True) if about.endswith(";base64") else unquote_to_bytes(data)
            )
        except ValueError:
            return f"damaged {source}"
        return ("svg " if "svg" in about else "") + _digest(content)
    if re.match(r"https?:|//", source):
        return f"remote {source}"
    file = folder / unquote(re.split(r"[?#]", source)[0])
    return _digest(file.read_bytes()) if file.is_file() else f"missing {source}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content.strip()).hexdigest()


def _stands(wanted: list[str], mine: list[str]) -> bool:
    """Whether the words stand there in one piece; white space does not matter."""
    return "".join(wanted) in "".join(mine)


def _joined(pieces: Sequence[Piece]) -> Iterator[str]:
    """The texts of the pieces, those of one kind that follow each other as one: a carriage return reaches back across them."""
    for _, same in groupby(pieces, lambda piece: piece.kind):
        yield "".join(piece.text for piece in same)


def _missing(wanted: list[str], mine: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    for operation, start, end, our_start, our_end in SequenceMatcher(None, wanted, mine, autojunk=False).get_opcodes():
        run, instead = wanted[start:end], mine[our_start:our_end]
        if operation in ("delete", "replace") and not _stands(run, instead):
            yield run, instead


def _lines(value: str) -> list[str]:
    return [line.rstrip() for line in visible.seen(value).split("\n") if line.strip()]


def _letters(these: list[str]) -> str:
    return "".join(word for word in these if word.isalnum()).casefold()
