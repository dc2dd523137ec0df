"""Vega-Lite 2 to 4 → 5: selections are parameters since then (https://vega.github.io/vega-lite/docs/parameter.html), and older ones are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

DEEPEST = 60
"""Deeper parts of a specification, such as data, stay as they are."""

_DATA = {"data", "datasets", "values"}
_OWN = {"type", "init", "bind", "empty"}


def modern(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The specification with parameters in place of its selections."""
    return dict(_converted(dict(spec), frozenset(), DEEPEST))


def _converted(value: Any, unempty: frozenset[str], depth: int) -> Any:
    """``unempty`` are the selections that select nothing as long as they are empty."""
    if depth == 0:
        return value
    if isinstance(value, list):
        return [_converted(item, unempty, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    selection = value.get("selection")
    defined = selection if _is_definition(selection) else {}
    if defined:
        unempty |= {name for name, about in defined.items() if about.get("empty") == "none"}
    rest = {name: item if name in _DATA else _converted(item, unempty, depth - 1) for name, item in value.items() if name != "selection"}
    if defined:
        return rest | {"params": [_parameter(name, about) for name, about in defined.items()]}
    predicate = _predicate(selection, unempty, depth)
    return rest | predicate if isinstance(predicate, dict) else rest


def _is_definition(selection: Any) -> TypeGuard[dict[str, dict[str, Any]]]:
    return isinstance(selection, dict) and all(isinstance(about, dict) and "type" in about for about in selection.values())


def _parameter(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    kind = "interval" if about["type"] == "interval" else "point"
    select = {"type": kind} | {key: value for key, value in about.items() if key not in _OWN}
    if about["type"] == "single":
        select.setdefault("toggle", False)
    made = {"name": name, "select": select}
    if "bind" in about:
        made["bind"] = about["bind"]
    if "init" in about:
        made["value"] = about["init"] if kind == "interval" or isinstance(about["init"], list) else [about["init"]]
    return made


def _predicate(selection: Any, unempty: frozenset[str], depth: int) -> Any:
    """A test by name, or ``and``, ``or`` and ``not`` of tests."""
    if isinstance(selection, str):
        return {"param": selection} | ({"empty": False} if selection in unempty else {})
    if isinstance(selection, list) and depth:
        return [_predicate(item, unempty, depth - 1) for item in selection]
    if isinstance(selection, dict) and depth:
        return {name: _predicate(item, unempty, depth - 1) for name, item in selection.items()}
    return selection
