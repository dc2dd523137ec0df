"""A notebook without what changes each time that somebody runs or opens it, so that `git diff` shows what was worked on. Outputs stay.

The layout is that of Jupyter (nbformat's ``writes``: sorted keys, one blank of indentation, texts in lists of lines), whoever wrote the file.
"""

from __future__ import annotations

import json
from typing import Any

_CELL = frozenset(
    {
        "ExecuteTime",
        "execution",
        "collapsed",
        "scrolled",
        "colab",
        "outputId",
        "executionInfo",
        "vscode",
        "pycharm",
        "heading_collapsed",
        "hidden",
    }
    | {"lc_cell_meme", "lc_wrapper", "papermill", "azdata_cell_guid", "datalore", "scrolled", "ExecutionTime"}
)
"""Keys of a cell's metadata that say when and where it was run, or how it was folded."""
_NOTEBOOK = frozenset(
    {
        "vscode",
        "varInspector",
        "toc",
        "toc-autonumbering",
        "toc-showcode",
        "toc-showmarkdowntxt",
        "toc-showtags",
        "latex_envs",
        "nbTranslate",
    }
    | {
        "notify_time",
        "papermill",
        "colab",
        "interpreter",
        "accelerator",
        "datalore",
        "hide_input",
        "celltoolbar",
        "save_output",
        "mimetype",
    }
)
"""Keys of the notebook's metadata that belong to a tool and not to the notebook."""
_LANGUAGE = frozenset({"version"})
_TEXTS = ("source", "text")


def calm(data: bytes) -> bytes:
    """The notebook in its calm form; whatever is no notebook of nbformat 4 in UTF-8 stays as it is."""
    try:
        notebook = json.loads(data.decode())
        if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
            return data
        text = json.dumps(_notebook(notebook), ensure_ascii=False, indent=1, sort_keys=True)
        return text.encode() + b"\n"
    except (ValueError, RecursionError):  # no JSON, not UTF-8, or a lone surrogate
        return data


def _notebook(notebook: dict[str, Any]) -> dict[str, Any]:
    metadata = _without(notebook.get("metadata"), _NOTEBOOK)
    if isinstance(metadata, dict) and "language_info" in metadata:
        metadata["language_info"] = _without(metadata["language_info"], _LANGUAGE)
    return {**notebook, "metadata": metadata, "cells": [_cell(cell) if isinstance(cell, dict) else cell for cell in notebook["cells"]]}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    outputs = cell.get("outputs")
    made = {**cell, "metadata": _without(cell.get("metadata", {}), _CELL)}
    if isinstance(outputs, list):
        made["outputs"] = [_lines(output) if isinstance(output, dict) else output for output in outputs]
    return _lines(made)


def _without(metadata: Any, keys: frozenset[str]) -> Any:
    return {key: value for key, value in metadata.items() if key not in keys} if isinstance(metadata, dict) else metadata


def _lines(value: dict[str, Any]) -> dict[str, Any]:
    """The texts of a cell or of a stream as lists of lines, cut at line feeds alone."""
    return {key: _cut(text) if key in _TEXTS and isinstance(text, str) else text for key, text in value.items()}


def _cut(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
