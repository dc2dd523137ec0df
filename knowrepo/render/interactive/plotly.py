"""Plotly: the MIME type of its JSON, and the calls that plotly.py 2 to 7 write into HTML.

Source of the shapes: ``plotly/io/_html.py`` and ``plotly/offline/offline.py`` of these versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from knowrepo.render.interactive import literals
from knowrepo.render.interactive.payload import Payload, label

_CALL = re.compile(r"\bPlotly\.(?:newPlot|plot|react)\(")
_FRAMES = re.compile(r"\bPlotly\.addFrames\(")


def figure(value: Any) -> Payload | None:
    """The chart of a figure as Plotly writes it to JSON; None if it is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("data"), list):
        return None
    data = {"data": value["data"]} | {name: _mapping(value.get(name)) for name in ("layout", "config")}
    data["frames"] = value["frames"] if isinstance(value.get("frames"), list) else []
    return Payload("plotly", data, ("plotly",), label("Interactive chart", data["layout"].get("title")))


def drawn(codes: Iterable[str]) -> Payload | None:
    """The chart that scripts draw, if it is just one."""
    figures = [made for code in codes if "Plotly" in code for call in literals.after(_CALL, code) if (made := _figure(call, code))]
    return figure(figures[0]) if len(figures) == 1 else None


def _figure(call: list[Any], code: str) -> dict[str, Any] | None:
    """From the call ``newPlot(id, data, layout, config)``, or ``newPlot(id, figure)``."""
    if len(call) < 2 or not isinstance(call[0], str):
        return None
    if isinstance(call[1], dict) and isinstance(call[1].get("data"), list):
        return call[1]
    if not isinstance(call[1], list):
        return None
    frames: Any = next((added[1] for added in literals.after(_FRAMES, code) if len(added) > 1 and added[0] == call[0]), [])
    return dict(zip(("data", "layout", "config"), call[1:], strict=False)) | {"frames": frames}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
