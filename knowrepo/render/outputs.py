"""The outputs of a code cell to HTML: the richest representation that can be shown safely."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from markupsafe import Markup

from knowrepo.model import Cell
from knowrepo.render import ansi, highlight, images, markdown
from knowrepo.render.collect import Collector

Output = Mapping[str, Any]
Maker = Callable[[Any, Output, Cell, Collector], Markup | None]

FOLD = 30
"""Text longer than this many lines folds; the first ``HEAD`` lines stay visible."""
HEAD = 20

PRIORITY = (
    "application/vnd.jupyter.widget-view+json",
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "text/vnd.mermaid",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/json",
    "text/plain",
)
_NEEDS_SCRIPT = re.compile(r"<(?:script|iframe|object|embed)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SHOWS = re.compile(r"<(?:img|table|hr|span class=\"missing\")")
_PIXELS = range(1, 20_001)

NOTE_SCRIPT = "This output is interactive and cannot be shown here. Download the notebook to see it."
NOTE_WIDGET = "This is an interactive widget; what it showed was not saved as a picture."
NOTE_UNKNOWN = "This output has no form that can be shown here."


def to_html(cell: Cell, collector: Collector) -> Markup:
    """All outputs of a cell, one ``<div class="output …">`` each; "" if there are none."""
    parts = [part for output in _joined(cell.outputs) if (part := _output(output, cell, collector))]
    return Markup("\n").join(parts)


def settle(value: str) -> str:
    """What a terminal shows in the end: after ``\\r`` the line is written anew, ``\\b`` takes a character back."""
    if "\b" in value:
        kept: list[str] = []
        for character in value:
            if character != "\b":
                kept.append(character)
            elif kept and kept[-1] != "\n":
                kept.pop()
        value = "".join(kept)
    if "\r" not in value:
        return value
    lines = value.replace("\r\n", "\n").split("\n")
    return "\n".join(next((frame for frame in reversed(line.split("\r")) if frame.strip()), "") for line in lines)


def _joined(outputs: tuple[Output, ...]) -> Iterator[Output]:
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


def _output(output: Output, cell: Cell, collector: Collector) -> Markup:
    match output["output_type"]:
        case "stream":
            return _stream(settle(output["text"]), str(output.get("name")), collector)
        case "error":
            return _error(output, collector)
        case _:
            return _display(output, cell, collector)


def _stream(value: str, name: str, collector: Collector) -> Markup:
    value = value.rstrip()
    if not value:
        return Markup("")
    if name != "stderr":
        return Markup('<div class="output stream stdout">{}</div>').format(_long(value, collector))
    lines = value.count("\n") + 1
    return Markup('<div class="output stream stderr"><details><summary>Warnings ({} {})</summary>{}</details></div>').format(
        lines, "line" if lines == 1 else "lines", _pre(value, collector)
    )


def _error(output: Output, collector: Collector) -> Markup:
    last = f"{output.get('ename', '')}: {output.get('evalue', '')}".strip(": ")
    lines = settle("\n".join(output.get("traceback") or ())).rstrip().split("\n")
    if not any(line.strip() for line in lines):
        return Markup('<div class="output error">{}</div>').format(_pre(last, collector))
    if len(lines) <= FOLD:
        return Markup('<div class="output error">{}</div>').format(_pre("\n".join(lines), collector))
    return Markup('<div class="output error"><details class="long"><summary>Traceback ({} lines)</summary>{}</details>{}</div>').format(
        len(lines), _pre("\n".join(lines[:-1]), collector), _pre(lines[-1], collector)
    )


def _pre(value: str, collector: Collector) -> Markup:
    return Markup("<pre>{}</pre>").format(collector.clean(ansi.to_html(value)))


def _long(value: str, collector: Collector) -> Markup:
    """Preformatted text; what exceeds ``FOLD`` lines is folded behind its first lines."""
    lines = value.split("\n")
    if len(lines) <= FOLD:
        return _pre(value, collector)
    return Markup('{}<details class="long"><summary>Show all {} lines</summary>{}</details>').format(
        _pre("\n".join(lines[:HEAD]), collector), len(lines), _pre("\n".join(lines[HEAD:]), collector)
    )


def _display(output: Output, cell: Cell, collector: Collector) -> Markup:
    data: Mapping[str, Any] = output.get("data") or {}
    note = ""
    for mime in PRIORITY:
        if mime not in data:
            continue
        if mime == "application/vnd.jupyter.widget-view+json":
            note = NOTE_WIDGET
            continue
        shown = _MAKERS[mime](data[mime], output, cell, collector)
        if shown:
            return shown + _note(note)
        if mime == "text/html" and _NEEDS_SCRIPT.search(str(data[mime])):
            note = NOTE_SCRIPT
    if not note and data and not _empty(data):
        note = NOTE_SCRIPT if any("javascript" in mime or mime.endswith("+json") for mime in data) else NOTE_UNKNOWN
    return _note(note)


def _empty(data: Mapping[str, Any]) -> bool:
    """Whether there was nothing to show: only blank text, or the call that loads a plot library."""
    return all(
        mime.startswith("application/vnd.bokehjs_load") or (isinstance(value, str) and not value.strip()) for mime, value in data.items()
    )


def _note(words: str) -> Markup:
    return Markup('<div class="output note">{}</div>').format(words) if words else Markup("")


def _html(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    cleaned = collector.clean(str(value))
    if not _SHOWS.search(cleaned) and not _TAG.sub("", cleaned).strip():
        return None
    return Markup('<div class="output html">{}</div>').format(cleaned)


def _markdown(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    return Markup('<div class="output markdown">{}</div>').format(collector.clean(markdown.to_html(str(value))))


def _latex(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    tex = str(value).strip()
    display = not re.fullmatch(r"\$[^$]+\$", tex) or tex.startswith(("$\\displaystyle", "$\\begin"))
    for mark in ("$$", "$"):
        if len(tex) > 2 * len(mark) and tex.startswith(mark) and tex.endswith(mark) and mark not in tex[len(mark) : -len(mark)]:
            tex = tex[len(mark) : -len(mark)].strip()
            break
    return Markup('<div class="output latex">{}</div>').format(collector.clean(markdown.math(tex, display=display)))


def _json(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    pretty = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()
    return Markup('<div class="output text"><pre class="code">{}</pre></div>').format(collector.clean(highlight.to_html(pretty, "json")))


def _plain(value: Any, _output: Output, _cell: Cell, collector: Collector) -> Markup | None:
    shown = settle(str(value)).rstrip()
    return Markup('<div class="output text">{}</div>').format(_long(shown, collector)) if shown else None


def _picture(mime: str) -> Maker:
    def make(value: Any, output: Output, cell: Cell, collector: Collector) -> Markup | None:
        data = str(value).encode("utf-8", "replace") if mime == "image/svg+xml" else images.decode(str(value))
        metadata = output.get("metadata") or {}
        about = metadata.get(mime)
        about = about if isinstance(about, Mapping) else {}
        alt = next((str(words) for words in (about.get("alt"), metadata.get("alt"), cell.metadata.get("alt")) if words), "")
        width, height = (
            str(side) if isinstance(side, int) and side in _PIXELS else "" for side in (about.get("width"), about.get("height"))
        )
        shown = collector.picture(data, alt=alt or f"Figure, output of cell {cell.index}", width=width, height=height)
        return Markup('<div class="output figure">{}</div>').format(shown) if shown else None

    return make


_MAKERS: dict[str, Maker] = {
    "text/html": _html,
    "text/markdown": _markdown,
    "text/latex": _latex,
    "application/json": _json,
    "text/plain": _plain,
    "text/vnd.mermaid": _plain,
} | {mime: _picture(mime) for mime in PRIORITY if mime.startswith("image/")}
