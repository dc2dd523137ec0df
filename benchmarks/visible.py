"""What a page shows to a reader without script: the text, pictures and frames of each cell, from nbconvert's page and from ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

HEADER = -1
"""The number of the cell that stands for all that is above the first one: title, authors, tags."""

CARRIAGE_RETURN, BACKSPACE = "\ue00d", "\ue008"
"""What the two control characters that matter become, since an HTML parser would drop them."""

INLINE_SVG = "<svg>"

Element: TypeAlias = Any  # an lxml_html.HtmlElement
Place = Callable[[Element], tuple[int | None, str] | None]
"""The cell (None: the one around it) and kind of the piece that begins with an element, or None if none begins."""
Hidden = Callable[[Element], bool]

_GONE = frozenset({"script", "style", "template", "head", "title", "svg"})
_TEXT_TAGS = "a abbr b bdi big cite code del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup tt u var"
_INLINE = frozenset(_TEXT_TAGS.split())
_FRAMES = frozenset({"iframe", "video", "audio", "object", "embed"})
_ILLEGAL = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_INVISIBLE = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]|[\x1b\u00ad\u200b-\u200f\ufeff\ufffd]")
_DISPLAY_NONE = re.compile(r"display\s*:\s*none")
_OUR_OWN = frozenset({"prompt", "about", "views", "contents", "toc", "remote", "missing", "control"})
"""Classes of what only we show: prompts, tables of contents, the words in place of a picture."""
_OUR_FORMULA = re.compile(
    r'<span class="math (inline|display)[^>]*>(?:\\[(\[]|<math.*?<annotation[^>]*>)(.*?)(?:\\[)\]]|</annotation></semantics></math>)</span>',
    re.DOTALL,
)
"""A formula with its TeX, typeset or not."""
_DOLLARS = {"inline": "$", "display": "$$"}


@dataclass(slots=True)
class Piece:
    """A text, an input or an output of a cell.

    ``lighter`` pairs a WebP that is shown with the picture that it stands for; ``in_links`` are the pictures that stand in a link.
    ``kind`` is "code", "prose", "raw" or the MIME type of an output.
    """

    cell: int
    kind: str
    parts: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    lighter: list[tuple[str, str]] = field(default_factory=list)
    in_links: set[str] = field(default_factory=set)
    frames: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of its text."""
        return "".join(self.parts)


def theirs(page: str) -> list[Piece]:
    """The pieces of a page of nbconvert's (template lab) of a notebook whose cells have the ids ``k0``, ``k1``, ….

    A raw cell has no element there: its text is a piece "raw" of the cell before it.
    """
    return _pieces(_parse(page).find("body"), "raw", _their_place, _their_hidden)


def ours(page: str, cells: Mapping[str, int]) -> list[Piece]:
    """The pieces of a page of ours. ``cells`` maps the ids of cells to their numbers."""

    def place(element: Element) -> tuple[int | None, str] | None:
        index = cells.get(element.get("id")) if "cell" in element.classes else None
        return None if index is None else (index, "cell")

    dollars = _OUR_FORMULA.sub(lambda found: f"<span>{_DOLLARS[found[1]]}{found[2]}{_DOLLARS[found[1]]}</span>", page)
    (article,) = _parse(dollars).xpath("//main//article[contains(@class, 'column')]")
    return _pieces(article, "page", place, _our_hidden)


def seen(text: str) -> str:
    """The text without colours and without characters that have no width."""
    return _INVISIBLE.sub("", text)


def words(text: str) -> list[str]:
    """The text as words and single marks."""
    return re.findall(r"[^\W_]+|[^\w\s]|_", seen(text))


def settled(text: str) -> str:
    """What a terminal leaves of the text: the last frame of a line that was written several times."""
    if BACKSPACE in text:
        kept: list[str] = []
        for character in text:
            if character != BACKSPACE:
                kept.append(character)
            elif kept and kept[-1] != "\n":
                kept.pop()
        text = "".join(kept)
    lines = text.replace(f"{CARRIAGE_RETURN}\n", "\n").split("\n")
    return "\n".join(next((frame for frame in reversed(line.split(CARRIAGE_RETURN)) if frame.strip()), "") for line in lines)


def _parse(page: str) -> Element:
    marked = page.replace("\r", CARRIAGE_RETURN).replace("\b", BACKSPACE)
    return lxml_html.document_fromstring(_ILLEGAL.sub("", marked), parser=lxml_html.HTMLParser(huge_tree=True))


def _pieces(root: Element, outside: str, place: Place, hidden: Hidden) -> list[Piece]:
    """A walk in document order. ``outside`` is the kind of the pieces before, between and after the cells."""
    pieces = [Piece(HEADER, outside)]

    def walk(element: Element, piece: Piece) -> Piece:
        """Note the element and what is in it; the piece that the text after it belongs to."""
        if hidden(element) or _DISPLAY_NONE.search(element.get("style", "")):
            if element.tag in ("svg", "a"):
                _note(piece, element)
            return piece
        found = place(element)
        inner = piece
        if found:
            inner = Piece(piece.cell if found[0] is None else found[0], found[1])
            pieces.append(inner)
        _note(inner, element)
        inner.parts.append("" if element.tag in _INLINE else "\n")
        inner.parts.append(element.text or "")
        inside = inner
        for child in element:
            inside = walk(child, inside) if isinstance(child.tag, str) else inside
            inside.parts.append(child.tail or "")
        inside.parts.append("" if element.tag in _INLINE else "\n")
        if found and found[0] is not None:
            pieces.append(Piece(found[0], outside))
            return pieces[-1]
        return piece if found else inside

    walk(root, pieces[0])
    return pieces


def _note(piece: Piece, element: Element) -> None:
    """Pictures, frames and links; an inline ``<svg>`` is a picture."""
    source = element.get("src") or ""
    if element.tag in ("img", "svg"):
        original = (source.endswith(".webp") and element.get("data-original")) or source
        piece.pictures.append(original if element.tag == "img" else INLINE_SVG)
        if original != source:
            piece.lighter.append((source, original))
        if next(element.iterancestors("a"), None) is not None:
            piece.in_links.add(source)
    elif element.tag in _FRAMES:
        within = element.find("source")
        piece.frames.append(source or element.get("data") or element.get("srcdoc") or ("" if within is None else within.get("src") or ""))
    elif element.tag == "a":
        piece.links.append(element.get("href") or "")


def _their_place(element: Element) -> tuple[int | None, str] | None:
    classes = element.classes
    if "jp-Cell" in classes and element.get("id", "").startswith("cell-id=k"):
        return int(element.get("id")[9:]), "cell"
    if "jp-MarkdownOutput" in classes:
        return None, "prose"
    if "jp-Editor" in classes:
        return None, "code"
    if "jp-OutputArea-output" in classes:
        return None, element.get("data-mime-type") or "image"
    return None


def _their_hidden(element: Element) -> bool:
    classes = element.classes
    return element.tag in _GONE or "anchor-link" in classes or "jp-InputPrompt" in classes or "jp-OutputPrompt" in classes


def _our_hidden(element: Element) -> bool:
    if element.tag == "summary":
        about = element.getparent()
        return bool({"long", "hidden"} & set(about.classes)) or "stderr" in about.getparent().classes
    return element.tag in _GONE or not _OUR_OWN.isdisjoint(element.classes)
