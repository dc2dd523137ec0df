"""ipywidgets: the part of a notebook's saved widget state that one view needs.

Source of the format: "Jupyter widget state JSON schema" (version 2) of ipywidgets' documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from knowrepo.render.interactive import plotly, vega
from knowrepo.render.interactive.payload import Answer, Payload, Refused, Static

MODULES = {"@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output"}
"""The modules whose widgets the vendored manager can draw."""

NOT_SAVED = "This was an interactive widget. Its state was not saved with the notebook, so only its text is here."
NOT_OURS = "This was an interactive widget of another package, which cannot run here."

_BARS = {"FloatProgressModel", "IntProgressModel"}
_BAR = re.compile(r"[0-9]%\||/s\]|\?it|it \[")
_TAG = re.compile(r"<[^<>]*>")
_REFERENCE = "IPY_MODEL_"
_LINKS = {"LinkModel", "DirectionalLinkModel"}


def view(value: Any, models: Mapping[str, Any], plain: str = "") -> Answer:
    """What a widget view becomes; ``models`` is the saved state of the whole notebook, ``plain`` the view's text."""
    own = value.get("model_id") if isinstance(value, Mapping) else None
    needed = _needed(own, models) if isinstance(own, str) else None
    if needed is None or not isinstance(own, str):
        return Static("text/plain", plain) if _BAR.search(plain) else Refused(NOT_SAVED)
    if bar := _progress(own, needed):
        return Static("text/plain", bar)
    if all(model["model_module"] in MODULES for model in needed.values()):
        return Payload("widgets", {"state": needed, "model_id": own}, ("widgets",), "Interactive widget")
    return _chart(needed[own]) or Refused(NOT_OURS)


def _progress(own: str, needed: Mapping[str, Any]) -> str:
    """The words of a progress bar (a bar between words, as tqdm makes it), "" for any other widget."""
    parts = [needed[name] for name in _references(needed[own]["state"].get("children"))]
    names = [str(part.get("model_name")) for part in parts]
    if sum(name in _BARS for name in names) != 1 or not set(names) <= {"HTMLModel", "LabelModel", *_BARS}:
        return ""
    said = [part["state"].get("description" if name in _BARS else "value") for part, name in zip(parts, names, strict=True)]
    return " ".join(unescape(_TAG.sub(" ", " ".join(words for words in said if isinstance(words, str)))).split())


def _chart(model: Mapping[str, Any]) -> Answer:
    """The chart inside of a widget that is one: Plotly's ``FigureWidget``, Altair's ``JupyterChart``."""
    state = model["state"]
    if model.get("buffers"):
        return None
    return plotly.figure({"data": state.get("_data"), "layout": state.get("_layout")}) or vega.chart(state.get("spec"))


def _needed(own: str, models: Mapping[str, Any]) -> dict[str, Any] | None:
    """The model with all that it refers to, and the links between them; None if one of them is not there."""
    needed: dict[str, Any] = {}
    waiting = [own]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        if not _is_model(models.get(name)):
            return None
        needed[name] = models[name]
        waiting += _references(models[name]["state"])
    for name, model in models.items():
        if (
            name not in needed
            and _is_model(model)
            and str(model.get("model_name")) in _LINKS
            and needed.keys() >= set(_references(model["state"]))
        ):
            needed[name] = model
    return needed


def _is_model(model: Any) -> bool:
    return isinstance(model, Mapping) and isinstance(model.get("state"), Mapping) and isinstance(model.get("model_module"), str)


def _references(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if item.startswith(_REFERENCE):
                yield item.removeprefix(_REFERENCE)
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += reversed(item)
