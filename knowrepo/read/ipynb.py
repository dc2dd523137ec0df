"""Jupyter notebooks: JSON of nbformat 4, or an older form, which nbformat upgrades."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from knowrepo import frontmatter, text
from knowrepo.model import Cell, CellKind, Problem, Severity, Source
from knowrepo.read import cells
from knowrepo.read.manuscript import Content, Manuscript

_CONFLICT = re.compile(rb"^<{7}(?=[ \r\n]|$)", re.MULTILINE)
_LANGUAGE = re.compile(r"[a-z0-9+#._-]{1,40}")
_TEXT = (CellKind.MARKDOWN, CellKind.RAW)
OPENING_CELLS = 4
KERNEL_LENGTH = 60
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_REOPEN = "is it a notebook? Open it in Jupyter and save it again"


def read(source: Source, data: bytes, _companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The notebook; its header is its first raw or Markdown cell that is not blank."""
    notebook = load(source.path, data)
    if isinstance(notebook, Problem):
        return notebook
    raw_cells = notebook["cells"]
    texts = (index for index, raw in enumerate(raw_cells) if cells.kind(raw) in _TEXT and cells.source(raw).strip())
    first = next(texts, None)
    header = frontmatter.split(cells.source(raw_cells[first])) if first is not None else None
    body = header.body if header else None
    opening = "\n".join(cells.source(raw) for raw in raw_cells[:OPENING_CELLS] if cells.kind(raw) in _TEXT)
    return Manuscript(header, first, opening, partial(_content, source.path, notebook, first, body))


def load(path: str, data: bytes) -> dict[str, Any] | Problem:
    """The notebook as nbformat 4, with a list of cells, or why it cannot be read."""
    notebook = _load(path, data)
    if isinstance(notebook, dict):
        notebook = _current(path, notebook)
    if isinstance(notebook, dict) and not isinstance(notebook.get("cells"), list):
        return Problem(path, "the notebook has no list of cells", "notebook-cells", hint=_REOPEN)
    return notebook


def about(notebook: Mapping[str, Any], repairs: cells.Repairs) -> tuple[str, dict[str, Any]]:
    """What a loaded notebook says of all its cells: their language, and the saved state of its widgets."""
    metadata = cells.mapping(notebook.get("metadata"), "notebook metadata", 0, repairs)
    return _language(metadata), _widgets(metadata, repairs)


def _content(path: str, notebook: Mapping[str, Any], first: int | None, body: str | None) -> Content:
    """The cells, with ``body`` in place of the text of the header's cell."""
    repairs: cells.Repairs = {}
    made = cells.make(notebook["cells"], repairs)
    if body is not None:
        made = tuple(replace(cell, text=body) if cell.index == first else cell for cell in made if cell.index != first or body.strip())
    metadata = cells.mapping(notebook.get("metadata"), "notebook metadata", 0, repairs)
    prose = "\n\n".join(cell.text for cell in made if cell.kind is CellKind.MARKDOWN)
    widgets = _widgets(metadata, repairs)
    problems = (*_warnings(path, notebook, repairs), *_without_outputs(path, made))
    return Content(made, _language(metadata), prose, problems, _kernel(metadata), widgets)


def _load(path: str, data: bytes) -> dict[str, Any] | Problem:
    if not data.strip():
        return Problem(path, "the file is empty", "notebook-json", hint=_REOPEN)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _load_leniently(path, data)
    if isinstance(value, dict | Problem):
        return value
    return Problem(path, "not a notebook: its JSON is no object", "notebook-json", hint=_REOPEN)


def _load_leniently(path: str, data: bytes) -> Any:
    """What the standard library reads and orjson does not: NaN, Infinity, huge numbers, lone surrogates, UTF-16, a byte order mark."""
    conflict = _CONFLICT.search(data)
    if conflict:
        hint = "finish the merge (nbdime merges notebooks: nbdime mergetool), then save the notebook again"
        line = data.count(b"\n", 0, conflict.start()) + 1
        return Problem(path, "merge conflict markers: the notebook is no valid JSON", "merge-conflict", line=line, hint=hint)
    try:
        decoded = data.decode(json.detect_encoding(data), "replace")
        return _sound(json.loads(decoded, parse_int=_number), cells.DEPTH)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} (column {error.colno})"
        return Problem(path, message, "notebook-json", line=error.lineno, hint="restore it with git checkout, or save it again in Jupyter")
    except RecursionError:
        return Problem(path, "the JSON is nested too deeply for a notebook", "notebook-json", hint=_REOPEN)


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _sound(value: Any, depth: int) -> Any:
    """The value with U+FFFD for lone surrogates. Raises RecursionError if it is deeper than ``depth``."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if depth == 0 and isinstance(value, dict | list):
        raise RecursionError
    if isinstance(value, dict):
        return {_sound(key, depth): _sound(item, depth - 1) for key, item in value.items()}
    return [_sound(item, depth - 1) for item in value] if isinstance(value, list) else value


def _current(path: str, notebook: dict[str, Any]) -> dict[str, Any] | Problem:
    """The notebook in nbformat 4."""
    major = notebook.get("nbformat", 3 if "worksheets" in notebook else 4)
    if not isinstance(major, int) or major == 4:
        return notebook
    if major > 4:
        message = f"nbformat {major} is newer than this version of knowrepo knows (4)"
        return Problem(path, message, "notebook-version", hint="update knowrepo, or save the notebook as nbformat 4")
    return _upgraded(path, notebook, major)


def _upgraded(path: str, notebook: dict[str, Any], major: int) -> dict[str, Any] | Problem:
    """A notebook of nbformat 1 to 3 as nbformat 4. Its cells had no ids; those that nbformat makes up are dropped."""
    import nbformat
    from nbformat.reader import reads

    usual = {"metadata": {}, **notebook, "nbformat": major, "nbformat_minor": 0}
    try:
        upgraded: dict[str, Any] = nbformat.convert(reads(json.dumps(usual)), 4)  # type: ignore[no-untyped-call]
    except (nbformat.ValidationError, ValueError, TypeError, AttributeError, LookupError, NameError, RecursionError) as error:
        message = f"nbformat {major} that nbformat cannot upgrade ({type(error).__name__})"
        return Problem(path, message, "notebook-version", hint=_REOPEN)
    for cell in upgraded["cells"]:
        cell.pop("id", None)
    return upgraded


def _language(metadata: Mapping[str, Any]) -> str:
    """The lexer's name if the kernel gives one, else the language's; ``ipython3`` is a lexer of IPython's own."""
    info, kernel = (value if isinstance(value := metadata.get(key), dict) else {} for key in ("language_info", "kernelspec"))
    for name in (info.get("pygments_lexer"), info.get("name"), kernel.get("language")):
        plain = name.strip().lower() if isinstance(name, str) else ""
        if _LANGUAGE.fullmatch(plain) and not plain.startswith("ipython"):
            return plain
    return "python"


def _kernel(metadata: Mapping[str, Any]) -> str:
    kernel = metadata.get("kernelspec")
    name = kernel.get("display_name") if isinstance(kernel, dict) else None
    return text.excerpt(" ".join(text.legal(name).split()), KERNEL_LENGTH) if isinstance(name, str) else ""


def _widgets(metadata: Mapping[str, Any], repairs: cells.Repairs) -> dict[str, Any]:
    """The saved models of interactive widgets by id. Google Colab leaves out the level ``state``."""
    stored = cells.mapping(metadata.get("widgets"), "widget metadata", 0, repairs)
    saved = cells.mapping(stored.get(_WIDGET_STATE), "saved widget state", 0, repairs)
    if saved and "state" not in saved:
        repairs.setdefault("saved widget state without the level `state`", 0)
        return saved
    return cells.mapping(saved.get("state"), "saved widget state", 0, repairs)


def _without_outputs(path: str, made: tuple[Cell, ...]) -> tuple[Problem, ...]:
    """A warning about a notebook whose outputs were taken away: the site shows those that are stored."""
    code = [cell for cell in made if cell.kind is CellKind.CODE and cell.text.strip()]
    if not code or any(cell.outputs for cell in code):
        return ()
    message = "the notebook stores no outputs, so the post shows code alone"
    hint = "run it and save it; if a hook such as nbstripout takes outputs away, exclude this file from it"
    return (Problem(path, message, "no-outputs", hint=hint, severity=Severity.WARNING),)


def _warnings(path: str, notebook: Mapping[str, Any], repairs: cells.Repairs) -> tuple[Problem, ...]:
    problems = []
    minor = notebook.get("nbformat_minor")
    if isinstance(minor, int) and minor > 5 and notebook.get("nbformat") == 4:
        message = f"nbformat 4.{minor} is newer than this version of knowrepo knows (4.5): what is new in it is not shown"
        problems.append(Problem(path, message, "notebook-version", hint="update knowrepo", severity=Severity.WARNING))
    if repairs:
        first = min(repairs.values())
        message = "mended: " + ", ".join(f"{what} (cell {index})" for what, index in repairs.items())
        problems.append(Problem(path, message, "notebook-mended", cell=first, hint=_REOPEN, severity=Severity.WARNING))
    return tuple(problems)
