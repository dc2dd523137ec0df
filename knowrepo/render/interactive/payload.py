"""What a frame is given to draw, or why it is given nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TAG = re.compile(r"<[^<>]*>")
LABEL_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Payload:
    """Data for one of the frame's views, and what the page says about it.

    ``view`` is plotly, vega, bokeh, widgets, mermaid, html or javascript; ``data`` is JSON in the shape that this view takes. ``libraries`` are names
    of vendored libraries, in the order they are loaded in. ``click``: it runs only when the reader asks for it. ``note`` is one line, or "".
    ``replaces`` are the MIME types that say nothing without script, so that no still is made of them.
    """

    view: str
    data: Mapping[str, Any]
    libraries: tuple[str, ...]
    label: str
    click: bool = False
    note: str = ""
    replaces: tuple[str, ...] = ("text/html", "application/javascript")


@dataclass(frozen=True, slots=True)
class Refused:
    """An output that no view can draw: ``note`` says why. Without a note it is one that only prepared the notebook, and nothing of it is shown."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Static:
    """An output that needs no script to be read, such as a progress bar: it is shown as this ``value`` of the type ``mime``."""

    mime: str
    value: str


Answer = Payload | Refused | Static | None
"""``None``: not for us, show it as what it is."""


def label(kind: str, title: Any = "") -> str:
    """The name of a frame: what it is, with the title of a chart that has one (a text, or a mapping with one, as Plotly and Vega have it)."""
    if isinstance(title, Mapping):
        title = title.get("text")
    words = " ".join(_TAG.sub(" ", title[: 4 * LABEL_LENGTH]).split()) if isinstance(title, str) else ""
    return f"{kind}: {words[:LABEL_LENGTH]}" if words else kind
