"""Tags that sanitising would drop together with words: seen to before it, so that nothing a reader should know of is lost silently.

What is no HTML element at all (``vector<int>``, ``--out <path>``) is text and is escaped; so is an element that would swallow the rest because it is
never closed. Frames and media become links to what they would have loaded, or an image of what they hold themselves: of that the collector makes a
player. An inline ``<svg>`` becomes an image, a ``<picture>`` with a dark variant two of them.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from functools import cache as once

from knowrepo.render import formulas, images, sanitize

_STRIPPED = """address applet area article aside audio base basefont bgsound big blink body button canvas data datalist dialog dir embed
    fieldset footer form frame frameset head header hgroup html keygen label legend link main map marquee menu menuitem meta meter nobr
    noembed noframes optgroup option output param picture plaintext progress rb rbc rtc search slot source spacer track video xmp"""
_KNOWN = sanitize.TAGS | sanitize.GONE_WITH_CONTENT | frozenset(_STRIPPED.split())
_SWALLOWING = sanitize.GONE_WITH_CONTENT | {"noembed", "noframes", "plaintext", "select", "textarea", "xmp"}
_MEDIA = frozenset({"audio", "embed", "iframe", "object", "source", "video"})
_TAG = re.compile(r"<(?!/?span>|span class=\"[\w -]*\">)(/?)([a-zA-Z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>?")
"""A tag; the spans of highlighted code, which are most of all, need no look."""
_CLOSED = re.compile("</([a-z]+)")
_ADDRESS = re.compile(r"""\s(?:src|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_PLAYER = re.compile(
    r"<(audio|video)((?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)>((?:[^<]|<(?!/?(?:audio|video)\b))*+)</\1\s*>", re.IGNORECASE
)
_PICTURE = re.compile(r"<picture\s*>((?:[^<]|<(?!/?picture\b))*+)</picture\s*>", re.IGNORECASE)
_DARK = re.compile(r"<source\s(?=[^<>]*prefers-color-scheme:\s*dark)[^<>]*\ssrcset=[\"']([^\"'\s,]+)[\"'][^<>]*>", re.IGNORECASE)
_IMG = re.compile(r"<img(?=\s)", re.IGNORECASE)
_SVG = re.compile(r"<svg(?=[\s>])", re.IGNORECASE)
_SVG_END = re.compile("</svg>", re.IGNORECASE)
_SVG_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
_PLAYABLE = re.compile(r"data:(?:audio/|video/|application/(?:pdf|ogg)[;,])", re.IGNORECASE)


def seen_to(fragment: str) -> str:
    """The fragment with its stray tags made into text, links and images; what is left is for sanitising."""
    fragment = _PICTURE.sub(_two_schemes, _PLAYER.sub(_player, _drawn(formulas.from_mathml(fragment))))
    closed = once(lambda: frozenset(_CLOSED.findall(fragment.lower())))

    def seen(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name not in _KNOWN or (name in _SWALLOWING and not found[1] and name not in closed()):
            return "&lt;" + found[0][1:].replace("<", "&lt;")
        return _link(name, found[3]) if name in _MEDIA and not found[1] else found[0]

    return _TAG.sub(seen, fragment)


def _player(found: re.Match[str]) -> str:
    """A player without the words for browsers that have none; as it is, if nothing says what it would play."""
    for attributes in (found[2], *(source[3] for source in _TAG.finditer(found[3]) if source[2].lower() == "source")):
        if shown := _link(found[1].lower(), attributes):
            return shown
    return found[0]


def _two_schemes(found: re.Match[str]) -> str:
    dark, image = _DARK.search(found[1]), _IMG.search(found[1])
    if not dark or not image:
        return found[0]
    light = found[1][image.start() :]
    return f'<img class="only-dark" src="{dark[1]}" alt="">' + _IMG.sub('<img class="only-light"', light, count=1)


def _link(name: str, attributes: str) -> str:
    address = _ADDRESS.search(attributes)
    url = html.unescape(next((value for value in address.groups() if value), "")).strip() if address else ""
    if not url:
        return ""
    if url[:5].lower() == "data:":
        return f'<img src="{html.escape(url)}" alt="{name}">' if _PLAYABLE.match(url) else f'<span class="missing">{name}</span>'
    label = re.sub(r"^https?://(?:www\.)?", "", url.partition("?")[0])
    return f'<a class="remote" href="{html.escape(url)}">{html.escape(label)}</a>'


def _drawn(fragment: str) -> str:
    """The fragment with every inline SVG as an image."""
    parts, end = [], 0
    while (start := _SVG.search(fragment, end)) and (close := _SVG_END.search(fragment, start.end())):
        parts += [fragment[end : start.start()], _drawing(fragment[start.start() : close.end()])]
        end = close.end()
    return "".join([*parts, fragment[end:]])


def _drawing(drawing: str) -> str:
    """An SVG as an image; one that is no XML is named where it stood."""
    opening = drawing[: drawing.index(">")]
    for name, value in _SVG_SPACES.items():
        if f"{name}=" not in opening:
            drawing = f'<svg {name}="{value}"' + drawing[4:]
    try:
        if len(drawing) > images.LONGEST_SVG or "<!" in drawing:
            raise ValueError(drawing[:20])
        ET.fromstring(drawing)
    except (ET.ParseError, ValueError):
        return '<span class="missing">drawing</span>'
    return f'<img src="{images.data_url(drawing.encode("utf-8", "replace"))}" alt="Drawing">'
