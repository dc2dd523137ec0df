"""HTML and JavaScript that an output brought along: a chart that one of our views can draw, or a page of its own for the frame."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowrepo.render.interactive import bokeh, libraries, markup, plotly, tables, vega
from knowrepo.render.interactive.markup import Element
from knowrepo.render.interactive.payload import Answer, Payload, Refused, Static

SERVED = "This output needs a program on its author's computer, which is not part of the notebook."

_NOTEBOOK = re.compile(
    r"MathJax|PlotlyConfig|\brequire(?:js)?\.(?:config|undef)|google\.colab|code_(?:toggle|show)|hide_code"
    r"|(?:IPython|Jupyter)\.(?:notebook|OutputArea|CodeCell|toolbar)|div\.(?:input|prompt|cell)|_bokeh_onload_callbacks|holoviews_load"
    r"|function copyToClipboard|nbextensions/"
)
"""Scripts that prepare a notebook's page, or do something to it: on our page there is nothing that they could do."""
_OPENING = 20_000
_OPENING_TAG = 300
_DRAWS = re.compile(r"newPlot|vegaEmbed|embed_items|L\.map\(|vis\.Network|d3\.select")
_ESTIMATOR = re.compile(r"""class=["']sk-(?:top-)?container["']""")
"""scikit-learn's estimators: made of styles, and of words that stand for themselves without them."""
_SERVER = re.compile(r"tensorboard-frame|https?://(?:localhost|127\.0\.0\.1)[:/]")
_IMPORTS = re.compile(r"""\b(?:from|import)\s?\(?["'](https?://[^"'\s]{1,300})["']""")
_IMPORTS_ALONE = re.compile(r"""(?:\s*import\s?["'][^"']*["'];?)*\s*""")
_BUTTONS = re.compile(
    r"<(?:button|i|a)\s[^<>]{0,2000}\son[a-z]{3,30}\s?=[^<>]{0,40}(?:convertToInteractive|quickchart|copyToClipboard|colab)", re.IGNORECASE
)
_MAP = re.compile(r"""\bL\.map\(\s*["']map_[0-9a-f]{32}["']""")
"""What folium writes, in a page with an element of its class: such a map draws by itself. Any other page with a script waits for a click."""
_MOST_NAMED = 3


def html(value: str) -> Answer:
    """What becomes of an output's ``text/html``; None if it needs no script, so that sanitising alone makes it fit for the page."""
    inner = markup.framed(value)
    page = inner or value
    if _ESTIMATOR.search(page):
        return Payload("html", {"html": page, "inert": True}, (), "Diagram of the model")
    if not inner and "<script" not in page.lower() and not markup.has_handlers(page):
        return Refused() if bokeh.LOADER.search(page) else None
    found = markup.elements(page)
    scripts = [element for element in found if element.name == "script" and not element.url and not element.inert]
    own = [script for script in scripts if not libraries.inlined(script.code)]
    texts = {element.id: element.code for element in found if element.inert and element.id}
    drawn = _chart([script.code for script in own], texts) or tables.static(page)
    if drawn:
        return drawn
    if bokeh.LOADER.search(page):
        return Refused()
    if _SERVER.search(page):
        return Refused(SERVED)
    live = [script for script in own if not _prepares(script.code)]
    unknown = [element for element in found if element.url and not element.inert and libraries.at(element.url) is None]
    handlers = markup.has_handlers(_BUTTONS.sub("<", page))
    if not live and not handlers and not any(element.name == "script" for element in unknown):
        return _page(page, found, own, []) if inner else _without_buttons(page)
    return _page(page, found, live, unknown)


def _without_buttons(page: str) -> Static | None:
    """The HTML without the buttons that Colab puts beside a data frame, if there are any."""
    if "colab-df" not in page:
        return None
    first, *rest = page.split("<button")
    kept = (part.partition("</button>")[2] if "colab-df" in part[:_OPENING_TAG] else "<button" + part for part in rest)
    return Static("text/html", first + "".join(kept))


def javascript(value: str) -> Answer:
    """What becomes of an output's ``application/javascript``."""
    chart = _chart([value], {})
    if chart:
        return chart
    if not value.strip() or _prepares(value) or libraries.inlined(value):
        return Refused()
    used = libraries.ordered(libraries.called(value))
    return Payload("javascript", {"code": value}, used, "Interactive output", click=True, note=_note(_IMPORTS.findall(value)))


def _chart(codes: list[str], texts: dict[str, str]) -> Answer:
    return plotly.drawn(codes) or vega.drawn(codes) or bokeh.drawn(codes, texts)


def _prepares(code: str) -> bool:
    return _IMPORTS_ALONE.fullmatch(code) is not None or (_NOTEBOOK.search(code, 0, _OPENING) is not None and not _DRAWS.search(code))


def _page(page: str, found: tuple[Element, ...], live: list[Element], unknown: list[Element]) -> Payload:
    """The page for the frame, without what loads or is a library: the frame has them ready, or cannot have them."""
    loaded = {libraries.at(element.url) for element in found if element.url}
    inlined = {libraries.inlined(element.code) for element in found}
    called = libraries.called("\n".join([*(script.code for script in live), *(element.url for element in found)]))
    names = libraries.ordered(name for name in loaded | inlined | called if name)
    gone = tuple(element for element in found if element.url or libraries.inlined(element.code))
    imported = [url for script in live for url in _IMPORTS.findall(script.code) if libraries.at(url) is None]
    foreign = [*(element.url for element in unknown), *imported]
    is_map = 'class="folium-map"' in page and _MAP.search(page) is not None
    return Payload(
        "html",
        {"html": markup.without(page, gone)},
        names,
        "Interactive map" if is_map else "Interactive output",
        click=bool(foreign) or not is_map,
        note=_note(foreign),
        replaces=("text/html", "application/javascript") if is_map else ("application/javascript",),
    )


def _note(urls: Iterable[str]) -> str:
    named = sorted({libraries.host(url) for url in urls} - {""})
    if not named:
        return ""
    shown = ", ".join(named[:_MOST_NAMED]) + (" and others" if len(named) > _MOST_NAMED else "")
    return f"It also asks for files of {shown}, which are not loaded."
