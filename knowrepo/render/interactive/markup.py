"""A look at HTML that is not sanitised: its script elements, the document inside of its frame. Linear in its length, whatever it is."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

_OPENING = re.compile(r"<(script|link)(?=[\s>/])([^<>]{0,4000})>", re.IGNORECASE)
_CLOSING = re.compile(r"</script[^<>]{0,100}>", re.IGNORECASE)
_ATTRIBUTE = r"""(?i)\s{0}\s{{0,5}}=\s{{0,5}}(?:"([^"]*)"|'([^']*)'|([^\s>"']+))"""
_HANDLER = re.compile(r"<[a-z][^<>]{0,2000}\son[a-z]{3,30}\s?=", re.IGNORECASE)
_FRAME = re.compile(r"<iframe(?=\s)", re.IGNORECASE)
_NO_SCRIPT = re.compile(r"json|template|text/x-|math/|text/html", re.IGNORECASE)
_DATA_URL = re.compile(r"data:text/html(?:;charset=[a-z0-9-]{1,20})?(;base64)?,", re.IGNORECASE)
_FRAMED = {name: re.compile(_ATTRIBUTE.format(name)) for name in ("srcdoc", "data-html", "src", "id", "type", "href", "rel")}


@dataclass(frozen=True, slots=True)
class Element:
    """A script or link element: where it stands, what it loads (``url``), the ``code`` inside. ``inert``: a browser does not run it."""

    name: str
    start: int
    end: int
    url: str = ""
    code: str = ""
    id: str = ""
    inert: bool = False


def elements(html: str) -> tuple[Element, ...]:
    """The script and link elements in their order. A script that is never closed reaches to the end, as in a browser."""
    found, at = [], 0
    while opening := _OPENING.search(html, at):
        name, attributes, at = opening[1].lower(), " " + opening[2], opening.end()
        if name == "link":
            rel = attribute(attributes, "rel").lower()
            found.append(Element(name, opening.start(), at, url=attribute(attributes, "href"), inert="stylesheet" not in rel))
            continue
        closing = _CLOSING.search(html, at)
        code = html[at : closing.start() if closing else len(html)]
        at = closing.end() if closing else len(html)
        inert = bool(_NO_SCRIPT.search(attribute(attributes, "type")))
        found.append(Element(name, opening.start(), at, attribute(attributes, "src"), code, attribute(attributes, "id"), inert))
    return tuple(found)


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute, "" where it is not there."""
    found = _FRAMED[name].search(attributes)
    return unescape(next((value for value in found.groups() if value), "")).strip() if found else ""


def without(html: str, gone: tuple[Element, ...]) -> str:
    """The HTML without these elements of it."""
    parts, at = [], 0
    for element in gone:
        parts.append(html[at : element.start])
        at = element.end
    return "".join([*parts, html[at:]])


def has_handlers(html: str) -> bool:
    """Whether an element listens to events by an attribute."""
    return _HANDLER.search(html) is not None


def framed(html: str) -> str:
    """The document that a frame carries in itself, as folium's maps do: in ``srcdoc``, ``data-html`` or a ``data:`` URL; "" if there is none."""
    opening = _FRAME.search(html)
    if not opening:
        return ""
    rest = html[opening.end() :]
    if document := attribute(rest, "srcdoc"):
        return document
    if document := attribute(rest, "data-html"):
        return unquote(document) if "%3" in document[:200] else _decoded(document)
    url = attribute(rest, "src")
    found = _DATA_URL.match(url)
    if not found:
        return ""
    return _decoded(url[found.end() :]) if found[1] else unquote(url[found.end() :])


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
