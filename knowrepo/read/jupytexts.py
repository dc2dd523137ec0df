"""Text that jupytext cuts into cells: ``# %%`` scripts, and R Markdown that nobody has knitted. Owner of jupytext."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

from knowrepo.model import CellKind, Problem
from knowrepo.read import cells
from knowrepo.read.manuscript import Content
from knowrepo.text import excerpt

Raw = dict[str, Any]

_RULE = re.compile(r"\A\s*---(?=[ \t]*\n)")
_MAGIC = re.compile(r"%%([\w+#.-]+)[^\n]*\n?")
_BOOKKEEPING = frozenset({"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker", "region_name"})


def percent(path: str, body: str) -> Content | Problem:
    """The cells of a Python script; what stands before the first ``# %%`` is a cell too."""
    return _content(path, "# %%\n\n" + body, "py:percent", "python", dict)


def rmarkdown(path: str, body: str) -> Content | Problem:
    """The chunks and the text of R Markdown. Chunk options stand in ``metadata["options"]``, another language in ``metadata["language"]``.

    A rule at the start is written ``***`` and blank lines stand before it, or jupytext takes the first lines for settings of its own.
    """
    return _content(path, "\n\n" + _RULE.sub("***", body), "Rmd", "r", _chunk)


def _content(path: str, text: str, form: str, language: str, rewrite: Callable[[Raw], Raw]) -> Content | Problem:
    import jupytext  # type: ignore[import-untyped]
    from jupytext.cell_metadata import RMarkdownOptionParsingError  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = jupytext.reads(text, fmt=form)
    except (RMarkdownOptionParsingError, ValueError, TypeError, LookupError, AttributeError, SyntaxError, RecursionError) as error:
        message = f"jupytext cannot find the cells: {excerpt(' '.join(str(error).split()), 200)}"
        return Problem(path, message, "cells-unreadable", hint="check the options of the cells")
    main = str(notebook.metadata.get("jupytext", {}).get("main_language", language)).lower()
    repairs: cells.Repairs = {}
    made = cells.make([rewrite(_plain(raw)) for raw in notebook.cells if raw["source"].strip()], repairs)
    return Content(made, main, "\n\n".join(cell.text for cell in made if cell.kind is CellKind.MARKDOWN))


def _plain(raw: Raw) -> Raw:
    """The cell without what jupytext notes for itself and the id that it drew by lot."""
    metadata = {key: value for key, value in raw["metadata"].items() if key not in _BOOKKEEPING}
    return {"cell_type": raw["cell_type"], "source": raw["source"].strip("\n"), "metadata": metadata, "outputs": []}


def _chunk(raw: Raw) -> Raw:
    """jupytext writes another language than the main one as a ``%%`` line, and tags with an underscore."""
    if raw["cell_type"] != "code":
        return raw
    options = dict(raw["metadata"])
    tags = options.pop("tags", [])
    metadata: dict[str, Any] = {"tags": [str(tag).replace("_", "-") for tag in tags] if isinstance(tags, list) else tags}
    language = options.pop("language", None)
    text = raw["source"]
    magic = _MAGIC.match(text)
    if magic:
        language, text = magic[1], text[magic.end() :]
    if language:
        metadata["language"] = str(language).lower()
    if options:
        metadata["options"] = options
    return {**raw, "source": text, "metadata": metadata}
