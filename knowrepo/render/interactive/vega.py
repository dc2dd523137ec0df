"""Vega and Vega-Lite: their MIME types, and what Altair 1 to 6 and jupyter-vega write into HTML and JavaScript.

Source of the shapes: ``altair/utils/html.py``, ``altair/utils/display.py`` of these versions and ``vega/vegaembed.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from knowrepo.render.interactive import literals, selections
from knowrepo.render.interactive.payload import Answer, Payload, Refused, label

MIME = re.compile(r"application/vnd\.(vega|vegalite)\.v([0-9]{1,2})[+.]json")
OLDEST = {"vega": 3, "vega-lite": 2}
"""Older majors have another grammar, which the vendored Vega does not read."""

WITH_PARAMETERS = 5

NO_DATA = "This chart takes its data from another place, so it cannot be drawn here."

_SCHEMA = re.compile(r"/schema/(vega|vega-lite)/v([0-9]{1,2})")
_MARKS = {"mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat", "spec", "marks"}
_CALLS = (re.compile(r"\}\s?\)\s?\("), re.compile(r"\bvegaEmbed\("))
_SPEC = re.compile(r"\b(?:var|let|const) spec\s?=")
_OPTIONS = re.compile(r"\b(?:var|let|const) (?:embedOpt|embed_options|opt)\s?=")
_LARGE = {"values", "datasets"}
_MOST_NODES = 20_000


def chart(spec: Any, options: Any = None, *, mode: str = "vega-lite", version: int = 0) -> Answer:
    """The chart of a specification; None if it is none. ``mode`` and ``version`` are what its MIME type says; its own ``$schema`` goes before."""
    if not _is_spec(spec):
        return None
    schema = _SCHEMA.search(str(spec.get("$schema", "")))
    if schema:
        mode, version = schema[1], int(schema[2])
    if 0 < version < OLDEST[mode]:
        return Refused(f"This chart was made with {mode.title()} {version}, which is too old to be drawn here.")
    if _has_remote_data(spec):
        return Refused(NO_DATA)
    if mode == "vega-lite" and 0 < version < WITH_PARAMETERS:
        spec = selections.modern(spec)
    data = {"spec": spec, "mode": mode, "options": _mapping(options)}
    return Payload("vega", data, ("vega",), label("Interactive chart", spec.get("title")))


def bundled(mime: str, value: Any) -> Answer:
    """The chart of a MIME type of Vega's."""
    found = MIME.fullmatch(mime)
    return chart(value, mode="vega" if found[1] == "vega" else "vega-lite", version=int(found[2])) if found else None


def drawn(codes: Iterable[str]) -> Answer:
    """The chart that scripts draw, if it is just one."""
    charts = [made for code in codes if "vega" in code for spec, options in islice(_specs(code), 2) if (made := chart(spec, options))]
    return charts[0] if len(charts) == 1 else None


def _specs(code: str) -> Iterator[tuple[Any, Any]]:
    options = next((call[0] for call in literals.after(_OPTIONS, code) if call), None)
    for call in literals.after(_SPEC, code):
        if call and _is_spec(call[0]):
            yield call[0], options
    for pattern in _CALLS:
        for call in literals.after(pattern, code):
            at = next((at for at, value in enumerate(call[:2]) if _is_spec(value)), None)
            if at is not None:
                yield call[at], call[at + 1] if len(call) > at + 1 else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_spec(value: Any) -> bool:
    return isinstance(value, dict) and bool(_MARKS & value.keys())


def _nodes(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The mappings of a specification without its data, up to a bound."""
    waiting: list[Any] = [spec]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += [value for name, value in node.items() if name not in _LARGE and isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += [value for value in node[:_MOST_NODES] if isinstance(value, dict | list)]


def _has_remote_data(spec: Mapping[str, Any]) -> bool:
    for node in _nodes(spec):
        data = node.get("data")
        for source in data if isinstance(data, list) else [data]:
            if isinstance(source, dict) and isinstance(source.get("url"), str) and not source["url"].startswith("data:"):
                return True
    return False
