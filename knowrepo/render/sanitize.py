"""Sanitising with nh3: every HTML fragment passes here, after whatever renderer made it.

The allow-list is explicit. SVG, MathML, forms, frames, scripts and style sheets are not on it; a ``style`` attribute keeps a few harmless
properties. nh3 is the spec's own parser (html5ever), and its serialisation is canonical: ``<`` and ``>`` never stand inside an attribute,
which is always in double quotes. The regular expressions of this package and of ``pages.post`` rely on that and on nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

import nh3
from markupsafe import Markup

_TEXT_TAGS = """a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font
    h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table
    tbody td tfoot th thead time tr tt u ul var wbr"""
TAGS = frozenset(_TEXT_TAGS.split())
GONE_WITH_CONTENT = frozenset({"script", "style", "svg", "math", "template", "noscript", "title", "iframe", "object"})
ATTRIBUTES = {
    "*": {"id", "class", "style", "title", "lang", "dir", "align"},
    "a": {"href", "name"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "del": {"datetime"},
    "details": {"open"},
    "font": {"color"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked", "disabled"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "table": {"border"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
}
_STYLE_NAMES = """background background-color border-collapse border-color border-radius border-spacing border-style border-width caption-side
    color float font-size font-style font-variant font-weight max-width min-width text-align text-decoration text-transform vertical-align
    white-space width"""
_SIDES = ("", "-top", "-right", "-bottom", "-left")
STYLES = frozenset(_STYLE_NAMES.split()) | {name + side for name in ("border", "padding") for side in _SIDES}
_FUNCTIONS = {"calc", "hsl", "hsla", "hwb", "lab", "lch", "light-dark", "linear-gradient", "max", "min", "oklab", "oklch", "rgb", "rgba"}
_FUNCTION = re.compile(r"([\w-]*)\s*\(")
SCHEMES = {"http", "https", "mailto"}


class Cleaner(Protocol):
    """Makes a fragment safe."""

    def clean(self, html: str) -> str:
        """The fragment without what is not allowed."""


class Sanitising(Protocol):
    """Makes cleaners; see ``cleaner``, which is the one that is used."""

    def __call__(
        self,
        *,
        schemes: frozenset[str] = ...,
        attribute: Callable[[str, str, str], str | None] | None = ...,
        relative: Callable[[str], str | None] | None = ...,
    ) -> Cleaner:
        """A cleaner for one post."""


def cleaner(
    *,
    schemes: frozenset[str] = frozenset(),
    attribute: Callable[[str, str, str], str | None] | None = None,
    relative: Callable[[str], str | None] | None = None,
    styles: frozenset[str] = STYLES,
) -> nh3.Cleaner:
    """A cleaner with our allow-list.

    ``attribute`` sees every attribute but styles (tag, name, value) first and returns its value, or None to drop it; ``relative`` does so for relative URLs,
    which are dropped without it. ``styles`` are the properties that stay. ``schemes`` come on top of http, https and mailto: what is let in here, ``attribute``
    has to replace.
    """
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(GONE_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_styled(attribute),
        filter_style_properties=set(styles),
        set_tag_attribute_values={"input": {"type": "checkbox"}},  # one only: nh3 adds several in random order
        url_schemes=SCHEMES | schemes,
        url_relative=relative or "deny",
        link_rel="noopener noreferrer",
    )


def _styled(attribute: Callable[[str, str, str], str | None] | None) -> Callable[[str, str, str], str | None]:
    """``attribute``, which does not see styles: of those every declaration goes that calls an unknown function, such as ``url(…)``."""

    def seen(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return ";".join(filter(_harmless, value.split(";")))
        return attribute(tag, name, value) if attribute else value

    return seen


def _harmless(declaration: str) -> bool:
    return "\\" not in declaration and all(name.lower() in _FUNCTIONS for name in _FUNCTION.findall(declaration))


_PLAIN = cleaner()
_TEXT = r"(?:[^<>&\x00\r\xa0\ufeff]|&(?:amp|lt|gt|quot|#39);)*+"
_COLOURED = re.compile(rf'{_TEXT}(?:<span class="[A-Za-z][A-Za-z0-9 -]*">{_TEXT}</span>{_TEXT})*+')


def coloured(html: str) -> Markup | None:
    """Highlighted text, which is most of what there is to sanitise: what a cleaner would return, in a tenth of the time. None if it is anything else."""
    if not _COLOURED.fullmatch(html):
        return None
    return Markup(str.replace(html, "&quot;", '"').replace("&#39;", "'"))  # noqa: S704 - text, and spans with a class


def clean(html: str) -> Markup:
    """A fragment that stands by itself (a tldr, a comment): relative links are dropped."""
    return Markup(_PLAIN.clean(html))  # noqa: S704 - this is the place where HTML becomes trusted
