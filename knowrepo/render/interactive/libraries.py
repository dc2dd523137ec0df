"""Which of the vendored libraries a script means: by the URL it is loaded from, by its first comment, or by how it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

ORDER = ("jquery", "d3", "bootstrap", "leaflet", "vis-network", "plotly", "vega", "bokeh", "mermaid")
"""In this order libraries are loaded: some use those before them."""

NEEDLESS = ""
"""What a library is called that nothing needs here: it typesets maths, loads other scripts, or is a font."""

_FILES = (
    (NEEDLESS, re.compile(r"mathjax|/require(?:js)?[.@/-]|fonts\.googleapis|/es-module-shims|polyfill")),
    ("plotly", re.compile(r"/plotly(?:[-.@/][^/]*)?(?:\.js)?$|/plotly\.js|plotly-(?:latest|[0-9])")),
    ("vega", re.compile(r"/vega(?:-lite|-embed|-lib|-tooltip)?[@./]")),
    ("bokeh", re.compile(r"/bokeh(?:-gl|-widgets|-tables|-mathjax|-api)?-3\.[0-9.]+(?:rc[0-9]+)?(?:\.min)?\.js$")),
    (
        "leaflet",
        re.compile(r"/leaflet(?:[.-](?:awesome[.-](?:markers|rotate)|markercluster(?:-src|\.default)?|heat))?(?:\.min)?\.(?:js|css)$"),
    ),
    (
        "leaflet",
        re.compile(r"/marker-?cluster(?:\.default)?(?:\.min)?\.(?:js|css)$|/font-?awesome|/all(?:\.min)?\.css$|bootstrap-glyphicons\.css$"),
    ),
    ("bootstrap", re.compile(r"/bootstrap(?:[.-](?:bundle|theme))?(?:\.min)?\.(?:js|css)$")),
    ("vis-network", re.compile(r"/vis(?:-network)?(?:\.min)?\.(?:js|css)$")),
    ("d3", re.compile(r"/d3(?:@[4-9]|\.v[4-9]|/[4-9]\.)|/d3(?:\.min)?\.js$")),
    ("mermaid", re.compile(r"/mermaid(?:@[0-9.]+)?(?:/|\.min\.js$|$)")),
    ("jquery", re.compile(r"/jquery(?:-[0-9.]+)?(?:\.slim)?(?:\.min)?\.js$")),
)
_BANNERS = (
    ("plotly", "plotly.js v"),
    ("vis-network", "vis-network"),
    ("leaflet", "Leaflet 1"),
    ("jquery", "jQuery v"),
    ("d3", "d3js.org v"),
    ("bokeh", "Bokeh v3"),
)
_BANNER_LENGTH = 1000
_INLINED = 20_000
"""A script that begins with the banner of a library and is longer than this is that library."""

_CALLS = (
    ("jquery", re.compile(r"\bjQuery\b|\$\(")),
    ("d3", re.compile(r"\bd3\.[a-z]+[A-Za-z]*\(")),
    ("leaflet", re.compile(r"\bL\.map\(")),
    ("vis-network", re.compile(r"\bvis\.(?:Network|DataSet)\b")),
    ("plotly", re.compile(r"\bPlotly\.")),
    ("vega", re.compile(r"\bvegaEmbed\(")),
)
_OLD_D3 = re.compile(r"\bd3\.(?:svg\.|scale\.|layout\.|time\.)|/d3(?:\.v|@|/)3\b")


def at(url: str) -> str | None:
    """The library that lies at a URL; None for one that is not vendored."""
    parts = urlsplit_or_empty(url)
    where = f"{parts[0]}{parts[1]}".lower()
    return next((name for name, file in _FILES if file.search(where)), None)


def inlined(code: str) -> str | None:
    """The library whose whole text this is; None for a script of the author's."""
    if len(code) < _INLINED:
        return None
    return next((name for name, banner in _BANNERS if banner in code[:_BANNER_LENGTH]), None)


def called(code: str) -> set[str]:
    """The libraries that a script calls, wherever the notebook had them from. (d3 changed its interface after version 3, which is not vendored.)"""
    return {name for name, call in _CALLS if call.search(code)} - ({"d3"} if _OLD_D3.search(code) else set())


def host(url: str) -> str:
    """How a note names a file: by its host, or by its path where it has none."""
    where, path = urlsplit_or_empty(url)
    return where or path


def urlsplit_or_empty(url: str) -> tuple[str, str]:
    """Host and path of a URL; "" for what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.netloc, parts.path


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """The names once each, in the order of loading."""
    wanted = set(names)
    return tuple(name for name in ORDER if name in wanted)
