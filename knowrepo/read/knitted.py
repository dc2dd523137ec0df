"""HTML that R Markdown, an R Notebook or Quarto made → cells: code with its outputs, and HTML between. Owner of Beautiful Soup.

R Notebooks (``.nb.html``) say in comments where source, outputs, plots and tables begin and end, with the text as base64; elsewhere
code is a ``pre`` with a language class, and what directly follows it is taken for its output.
"""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import orjson

from knowrepo.model import Cell
from knowrepo.read import cells, figures

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.element import PageElement

DEPTH = 50

_MAIN = ("main#quarto-document-content", "div.main-container", "body", "html")
_NOT_CONTENT = (
    "script:not([data-pagedtable-source]), style, link, meta, nav, button, template, noscript, #TOC, ul.nav-tabs, #rmd-source-code,"
    "#header, header#title-block-header, .quarto-title-banner, .btn-group, #quarto-embedded-source-code-modal"
)
_MARK = re.compile(r"\s*rnb-(source|output|message|warning|error|plot|frame|html|htmlwidget)-(begin|end)\s*(\S*)\s*$")
_FENCE = re.compile(r"\A```\w*[^\n]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_LANGUAGE = re.compile(r"(?:language-)?([a-z0-9+#._-]{1,40})")
_NO_LANGUAGE = re.compile(r"source(code)?|code-.*|.*-code|number.*|hljs|highlight|knitr|default|text|plain|plaintext|output|.*:.*")
_HEADING = re.compile(r"h[1-6]")


@dataclass(frozen=True, slots=True)
class _Code:
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class _Plain:
    """Preformatted text: an output if it follows code, else what it is."""

    text: str
    html: str


_Piece = str | _Code | _Plain | figures.Output


def html(page: str) -> tuple[Cell, ...]:
    """The cells of a knitted page without its title block, table of contents and scripts; none if there is nothing to show."""
    import bs4

    try:
        with warnings.catch_warnings(action="ignore"):
            soup = bs4.BeautifulSoup(page, "html.parser")
    except bs4.exceptions.ParserRejectedMarkup:
        return ()
    main = next((found for found in map(soup.select_one, _MAIN) if found), soup)
    for block in main.select(".html-widget[id]"):
        source = soup.find("script", attrs={"data-for": block["id"]})
        block["data-widget"] = source.get_text() if source else ""
    for unwanted in main.select(_NOT_CONTENT):
        unwanted.decompose()
    return cells.make(_raw_cells(_pieces(main.children, DEPTH)), {})


def _raw_cells(pieces: Iterable[_Piece]) -> list[dict[str, Any]]:
    """Cells as nbformat 4 has them. An output without code gets a cell of its own, whose empty input is not shown."""
    raw_cells: list[dict[str, Any]] = []
    between: list[str] = []

    def after_code() -> bool:
        return bool(raw_cells) and raw_cells[-1]["cell_type"] == "code" and not any(part.strip() for part in between)

    def close() -> None:
        text = "".join(between).strip()
        between.clear()
        if text:
            raw_cells.append({"cell_type": "raw", "source": text, "metadata": {"format": "text/html"}})

    def code(language: str, text: str, *tags: str) -> None:
        close()
        metadata = {"language": language, "tags": list(tags)}
        raw_cells.append({"cell_type": "code", "source": text, "metadata": metadata, "outputs": []})

    for piece in pieces:
        if isinstance(piece, str):
            between.append(piece)
        elif isinstance(piece, _Code):
            code(piece.language, piece.text)
        elif not isinstance(piece, _Plain):
            if not after_code():
                code("r", "", "remove-input")
            raw_cells[-1]["outputs"].append(piece)
        elif after_code():
            raw_cells[-1]["outputs"].append(figures.stream(piece.text))
        else:
            between.append(piece.html)
    close()
    return raw_cells


def _pieces(nodes: Iterable[PageElement], depth: int) -> Iterator[_Piece]:
    """The pieces of siblings; between the marks of an R Notebook the mark's own text counts, if it has any."""
    from bs4.element import Comment, NavigableString, Tag

    mark, held = "", list[Tag]()
    for node in list(nodes):
        if isinstance(node, Comment):
            found = _MARK.match(node)
            if found and found[2] == "end":
                yield from (piece for block in held for piece in _shown(block, depth))
                mark, held = "", []
            elif found:
                known = _marked(found[1], found[3])
                mark = "skip" if known else "hold" if found[1] in ("plot", "frame", "html", "htmlwidget") else ""
                yield from known
        elif isinstance(node, Tag):
            if mark == "hold":
                held.append(node)
            elif not mark:
                yield from _block(node, depth)
        elif not mark and type(node) is NavigableString:
            yield escape(node, quote=False)
    yield from (piece for block in held for piece in _block(block, depth))


def _marked(kind: str, payload: str) -> tuple[_Piece, ...]:
    """What the text of an R Notebook's mark stands for: source or output, nothing if it cannot be read."""
    try:
        value = orjson.loads(base64.b64decode(payload, validate=True))
    except (binascii.Error, orjson.JSONDecodeError):
        return ()
    data = value.get("data") if isinstance(value, dict) else None
    if data is None or kind not in ("source", "output", "message", "warning", "error"):
        return ()
    text = cells.joined(data)
    if kind == "source":
        fenced = _FENCE.match(text)
        return (_Code("r", fenced[1] if fenced else text),)
    return (figures.stream(text, "stdout" if kind == "output" else "stderr"),)


def _block(block: Tag, depth: int) -> Iterator[_Piece]:
    """The pieces of an element: a container of code or results is opened, everything else stays HTML."""
    classes = {str(name) for name in block.get_attribute_list("class")}
    if block.name == "pre":
        language = _language(block)
        yield _Code(language, block.get_text().rstrip("\n")) if language else _Plain(block.get_text(), str(block))
    elif output := _figure(block, classes):
        yield output
    elif any(name.startswith("cell-output") for name in classes):
        yield from _shown(block, depth, "stderr" if "cell-output-stderr" in classes else "stdout")
    elif depth and block.name in ("div", "section", "article", "details") and _holds_results(block):
        _keep_anchor(block)
        yield from _pieces((child for child in block.children if getattr(child, "name", "") != "summary"), depth - 1)
    else:
        yield str(block)


def _figure(block: Tag, classes: set[str]) -> figures.Output | None:
    if "html-widget" in classes:
        return figures.widget(block, str(block.get("data-widget", "")))
    if block.has_attr("data-pagedtable"):
        return figures.table(block)
    return figures.picture(block) if block.name in ("div", "figure", "img", "p") else None


def _shown(block: Tag, depth: int, name: str = "stdout") -> Iterator[_Piece]:
    """An element that is known to be an output: what is no picture, table or text is shown as HTML."""
    inner = block.children if any(str(part).startswith("cell-output") for part in block.get_attribute_list("class")) else [block]
    for piece in _pieces(inner, depth - 1) if depth else ():
        if isinstance(piece, _Plain | _Code):
            yield figures.stream(piece.text, name)
        elif not isinstance(piece, str):
            yield piece
        elif piece.strip():
            yield figures.display({"text/html": piece})


def _holds_results(block: Tag) -> bool:
    import bs4

    if block.select_one("pre, .html-widget, [data-pagedtable], [class*=cell-output], img[src^='data:image/']"):
        return True
    return block.find(string=lambda text: isinstance(text, bs4.Comment) and "rnb-" in text) is not None


def _keep_anchor(block: Tag) -> None:
    """Links lead to a section by its id: the section's heading inherits it."""
    heading = block.find(_HEADING, recursive=False)
    if heading and block.get("id") and not heading.get("id"):
        heading["id"] = block["id"]


def _language(pre: Tag) -> str:
    """The language of a ``pre`` by its class or its code's, or ""."""
    names = [name for tag in (pre, *pre.find_all("code", limit=1)) for name in tag.get_attribute_list("class")]
    for name in names:
        found = _LANGUAGE.fullmatch(str(name or "").lower())
        if found and not _NO_LANGUAGE.fullmatch(found[1]):
            return found[1]
    return ""
