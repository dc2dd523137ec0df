"""The outputs of a code cell to HTML: the richest representation that can be shown safely."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from markupsafe import Markup

from knowrepo import text
from knowrepo.model import Cell
from knowrepo.render import formulas, frames, highlight, images, interactive, limits, markdown, media, streams, styles
from knowrepo.render.collect import Collector

Output = Mapping[str, Any]
Maker = Callable[[Any, Output, Cell, Collector], Markup | None]

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/tiff")
RICH = ("text/html", "text/markdown", "image/svg+xml", "text/latex")
POOR = (*media.TYPES, "application/json", "text/plain")
PRIORITY = (*RICH, *PICTURES, *POOR)
"""The richest form that can be shown safely comes first."""
STILLS = (*PICTURES, "image/svg+xml", *RICH, *POOR)
"""Of what a frame draws a picture is the best still."""

_TAG = re.compile(r"<[^>]*>")
_SHOWS = re.compile(r"<(?:img|table|hr|audio|video|iframe|span class=\"missing\")")
_NAME = re.compile(r"\s*(?:<[^<>\n]*>|alt\.\w+\(\.\.\.\)|<Vega(?:Lite)? [0-9] object>.{,400})\s*", re.DOTALL)
"""A text that only names a chart's class: it says less than the line that stands in for it."""
_TABLE = re.compile(
    r'<table[^>]* class="[^">]*\b(?:dataframe|gt_table)\b|<t[dh][^>]* class="(?:data|row_heading|col_heading|index_name|blank)[ "]'
)
"""A table of pandas, its Styler, polars, R or great_tables: it gets a box of its own."""
_PIXELS = range(1, 20_001)

NOTE_UNKNOWN = "This output has no form that can be shown here."


def to_html(cell: Cell, collector: Collector) -> Markup:
    """All outputs of a cell, one ``<div class="output …">`` each; "" if there are none."""
    shown, note = limits.some(list(joined(cell.outputs)), collector)
    parts = [part for output in shown if (part := one(output, cell, collector))]
    return Markup("\n").join(parts) + note


def joined(outputs: tuple[Output, ...]) -> Iterator[Output]:
    """The outputs, with consecutive pieces of one stream made one."""
    waiting: dict[str, Any] | None = None
    for output in outputs:
        if waiting and output["output_type"] == "stream" and output.get("name") == waiting["name"]:
            waiting["texts"].append(output.get("text", ""))
            continue
        if waiting:
            yield {**waiting, "text": "".join(waiting["texts"])}
            waiting = None
        if output["output_type"] == "stream":
            waiting = {"output_type": "stream", "name": output.get("name"), "texts": [output.get("text", "")]}
        else:
            yield output
    if waiting:
        yield {**waiting, "text": "".join(waiting["texts"])}


def one(output: Output, cell: Cell, collector: Collector) -> Markup:
    """One output; "" if nothing of it is shown."""
    match output["output_type"]:
        case "stream":
            return streams.stream(str(output["text"]), str(output.get("name")), collector)
        case "error":
            return streams.error(output, collector)
        case _:
            return _display(output, cell, collector)


def _display(output: Output, cell: Cell, collector: Collector) -> Markup:
    data: Mapping[str, Any] = output.get("data") or {}
    found = interactive.of(data, collector.document.widgets)
    if found is None:
        blank = all(mime == "text/html" or (isinstance(value, str) and not value.strip()) for mime, value in data.items())
        return _still(PRIORITY, output, cell, collector) or (Markup("") if blank else frames.note(NOTE_UNKNOWN))
    if isinstance(found, interactive.Refused):
        return _still(_telling(data), output, cell, collector) + frames.note(found.note) if found.note else Markup("")
    if isinstance(found, interactive.Static):
        return _still([found.mime], {**output, "data": {found.mime: found.value}}, cell, collector)
    still = _still([mime for mime in _telling(data) if mime not in found.replaces], output, cell, collector)
    return frames.frame(found, still, cell, collector)


def _telling(data: Mapping[str, Any]) -> list[str]:
    """The kinds of stills, without a text that says nothing."""
    return [mime for mime in STILLS if mime != "text/plain" or not _NAME.fullmatch(str(data.get(mime)))]


def _still(kinds: Iterable[str], output: Output, cell: Cell, collector: Collector) -> Markup:
    """The first of these forms that shows something, "" if none does."""
    data: Mapping[str, Any] = output.get("data") or {}
    made = (_MAKERS[mime](data[mime], output, cell, collector) for mime in kinds if mime in data)
    return next((shown for shown in made if shown), Markup(""))


def _html(value: Any, _output: Output, cell: Cell, collector: Collector) -> Markup | None:
    value, cut = limits.html(str(value), collector)
    cleaned = collector.clean(styles.inlined(value))
    if not _SHOWS.search(cleaned) and not _TAG.sub("", cleaned).strip():
        return None
    if not _TABLE.search(cleaned):
        return Markup('<div class="output html">{}</div>').format(Markup(formulas.marked(cleaned, prose=False))) + cut  # noqa: S704 - marks in what is sanitised
    name = text.plain(collector.said.caption) or f"output of cell {cell.index}"
    return Markup(
        '<div class="output html"><div class="box" data-table role="region" aria-label="Table: {}" tabindex="0">{}</div>{}</div>'
    ).format(name, cleaned, cut)


def _markdown(value: Any, _output: Output, cell: Cell, collector: Collector) -> Markup | None:
    value, cut = limits.prose(str(value), collector)
    cleaned = collector.clean(markdown.to_html(value))
    return Markup('<div class="output markdown">{}</div>').format(frames.diagrams(cleaned, cell, collector)) + cut


def _latex(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    found = formulas.latex(str(value))
    return Markup('<div class="output latex">{}</div>').format(collector.clean(found)) if found else None


def _json(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    pretty, cut = limits.text(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode(), collector)
    shown = collector.clean(highlight.to_html(pretty, "json"))
    return Markup('<div class="output text"><pre class="code">{}</pre></div>').format(shown) + cut


def _plain(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    return streams.plain(str(value), collector)


def _media(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    shown = collector.media(images.decode(str(value)))
    return Markup('<div class="output media">{}</div>').format(shown) if shown else None


def _picture(mime: str) -> Maker:
    def make(value: Any, output: Output, cell: Cell, collector: Collector) -> Markup | None:
        data = str(value).encode("utf-8", "replace") if mime == "image/svg+xml" else images.decode(str(value))
        metadata = output.get("metadata") or {}
        about = metadata.get(mime)
        about = about if isinstance(about, Mapping) else {}
        said = (about.get("alt"), metadata.get("alt"), cell.metadata.get("alt"), collector.said.alt, text.plain(collector.said.caption))
        alt = next((str(words) for words in said if words), "")
        width, height = (
            str(side) if isinstance(side, int) and side in _PIXELS else "" for side in (about.get("width"), about.get("height"))
        )
        shown = collector.picture(data, alt=alt or f"Figure, output of cell {cell.index}", width=width, height=height)
        return Markup('<div class="output figure">{}</div>').format(shown) if shown else None

    return make


_MAKERS: dict[str, Maker] = (
    {
        "text/html": _html,
        "text/markdown": _markdown,
        "text/latex": _latex,
        "application/json": _json,
        "text/plain": _plain,
    }
    | {mime: _picture(mime) for mime in (*PICTURES, "image/svg+xml")}
    | dict.fromkeys(media.TYPES, _media)
)
