"""Interactive outputs: what a notebook stores for them → what a frame draws. Pure functions; nothing of an output is run here.

A file per kind of chart; ``MAKERS`` is the table by MIME type, the richest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from knowrepo.render.interactive import bokeh, foreign, geography, plotly, vega, widgets
from knowrepo.render.interactive.payload import Answer, Payload, Refused, Static

__all__ = ["Bundle", "Payload", "Refused", "Static", "diagram", "of"]

Bundle = Mapping[str, Any]
"""MIME type → what an output stores in this form."""

Maker = Callable[[str, Bundle, Mapping[str, Any]], Answer]
"""(the MIME type, the bundle, the notebook's widget models) → what a frame is given, or None where the next form is to be tried."""


def of(bundle: Bundle, models: Mapping[str, Any]) -> Answer:
    """What a frame is given to draw of an output; None for one that is to be shown as what it is. Whatever the bundle holds, nothing is raised."""
    for pattern, make in MAKERS:
        for mime in bundle:
            if pattern.fullmatch(mime) and (answer := make(mime, bundle, models)):
                return answer
    return None


def diagram(source: str) -> Payload:
    """The drawing of a Mermaid source."""
    return Payload("mermaid", {"text": source}, ("mermaid",), "Diagram")


def _widget(mime: str, bundle: Bundle, models: Mapping[str, Any]) -> Answer:
    return widgets.view(bundle[mime], models, str(bundle.get("text/plain", "")))


def _plotly(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return plotly.figure(bundle[mime])


def _vega(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return vega.bundled(mime, bundle[mime])


def _bokeh(_mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    code = str(bundle.get("application/javascript", ""))
    return bokeh.drawn([code], {}) or foreign.html(str(bundle.get("text/html", ""))) or Refused(bokeh.SERVED)


def _loader(_mime: str, _bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return Refused()


def _mermaid(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return diagram(str(bundle[mime]))


def _html(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return foreign.html(str(bundle[mime]))


def _geography(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    return geography.layer(bundle[mime])


def _javascript(mime: str, bundle: Bundle, _models: Mapping[str, Any]) -> Answer:
    """Script goes after any plain form that says more than a name."""
    return None if str(bundle.get("text/html", "")).strip() else foreign.javascript(str(bundle[mime]))


MAKERS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"application/vnd\.jupyter\.widget-view\+json", _widget),
        (r"application/vnd\.plotly\.v[0-9]+\+json", _plotly),
        (vega.MIME.pattern, _vega),
        (r"application/vnd\.bokehjs_exec\.v[0-9]+\+json", _bokeh),
        (r"application/vnd\.(?:bokehjs|holoviews)_load\.v[0-9]+\+json", _loader),
        (r"application/geo\+json", _geography),
        (r"text/vnd\.mermaid", _mermaid),
        (r"text/html", _html),
        (r"application/(?:javascript|x-javascript)|text/javascript", _javascript),
    )
)
