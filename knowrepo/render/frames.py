"""What stands in the page for an output that a frame draws: a still form of it, and beside the page a file with the data for the frame."""

from __future__ import annotations

import html
import re

import orjson
from markupsafe import Markup

from knowrepo import text
from knowrepo.model import Asset, Cell
from knowrepo.render import interactive
from knowrepo.render.collect import Collector
from knowrepo.render.interactive import Payload

LARGEST = 20_000_000
"""Larger data, in bytes, is not published: a reader would wait for it longer than for a look at the notebook."""

TOO_LARGE = "This output is interactive, but too large to be drawn here ({} MB)."
NOT_SOUND = "This output is interactive, but what was stored of it is damaged."

_MERMAID = re.compile(r'<pre class="mermaid">([^<]*)</pre>')


def frame(payload: Payload, still: Markup, cell: Cell, collector: Collector) -> Markup:
    """The placeholder of an interactive output, with ``still`` (sanitised, may be "") where it is not drawn or not yet."""
    try:
        data = orjson.dumps({"view": payload.view, "libraries": payload.libraries, "data": payload.data}, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return still + note(NOT_SOUND)
    if len(data) > LARGEST:
        return still + note(TOO_LARGE.format(len(data) // 1_000_000))
    name = _name(cell, collector)
    collector.assets[name] = Asset(name, data, 0, 0)
    collector.libraries.update(payload.libraries)
    shown = still or Markup('<p class="note">{}. It is drawn by a script.</p>').format(payload.label)
    remark = Markup('<p class="note">{}</p>').format(payload.note) if payload.note else ""
    return Markup('<div class="output frame" data-frame="{}" data-run="{}" data-label="{}"><div class="still">{}</div>{}</div>').format(
        name, "click" if payload.click else "auto", payload.label, shown, remark
    )


def diagrams(fragment: Markup, cell: Cell, collector: Collector) -> Markup:
    """A sanitised fragment with frames in place of its Mermaid sources (``markdown`` marks them by a class, which anybody may write)."""

    def drawn(found: re.Match[str]) -> str:
        return frame(interactive.diagram(html.unescape(found[1])), Markup(found[0]), cell, collector)  # noqa: S704 - a part of what is sanitised

    return Markup(_MERMAID.sub(drawn, fragment))  # noqa: S704 - sanitised, and frames of our own


def note(words: str) -> Markup:
    """One line about an output."""
    return Markup('<div class="output note">{}</div>').format(words)


def _name(cell: Cell, collector: Collector) -> str:
    stem, number = text.slug(cell.id), 1
    while (name := f"{stem}-out-{number}.json") in collector.assets:
        number += 1
    return name
