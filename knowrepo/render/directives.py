"""What the author asks for about one cell: tags, option lines and comments in it, and the header's word for all cells.

Five vocabularies say the same things, the later one winning: the header (Quarto's ``execute`` and ``format: html``), the cell's metadata (JupyterLab), its
tags (Jupyter Book, papermill), comments (``#hide``, ``#collapse``: nbdev 1 and fastpages) and option lines (``#| echo: false``: Quarto, nbdev 2). Each is a
table from words to fields of ``Directives``.

Sources: https://quarto.org/docs/computations/execution-options.html, https://jupyterbook.org/en/stable/interactive/hiding.html,
https://nbdev.fast.ai/explanations/directives.html, https://github.com/fastai/fastpages#hideshow-code-cells.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowrepo.fields import NodeError, Table, data, tree
from knowrepo.model import Cell, CellKind, Meta

Wishes = Mapping[str, Any]
"""Values for fields of ``Directives``."""


class Fold(enum.Enum):
    """Whether a part stands behind a line that opens it."""

    NO = 0
    OPEN = 1
    SHUT = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """An option that cannot be read; ``line`` counts from 1 in the cell."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Directives:
    """How one cell is shown.

    ``code`` is its text without option lines. ``include``, ``echo`` and ``results`` keep the cell, its code and its outputs on the page; ``fold``,
    ``fold_results`` and ``fold_cell`` fold them. ``summary`` stands on the folded code. ``caption`` is Markdown, above the output for a table. ``label`` is a
    wanted anchor. ``asis``: what was printed is Markdown. ``expected``: an error in the outputs is meant to be there.
    """

    code: str
    include: bool = True
    echo: bool = True
    results: bool = True
    stderr: bool = True
    fold: Fold = Fold.NO
    fold_results: Fold = Fold.NO
    fold_cell: Fold = Fold.NO
    summary: str = ""
    caption: str = ""
    caption_above: bool = False
    alt: str = ""
    label: str = ""
    asis: bool = False
    expected: bool = False
    scroll: bool = False
    wide: bool = False
    parameters: bool = False
    mistakes: tuple[Mistake, ...] = ()


_TAGS: Mapping[str, Wishes] = {
    "hide-input": {"fold": Fold.SHUT},
    "hide-output": {"fold_results": Fold.SHUT},
    "hide-cell": {"fold_cell": Fold.SHUT},
    "remove-input": {"echo": False},
    "remove-output": {"results": False},
    "remove-cell": {"include": False},
    "remove-stderr": {"stderr": False},
    "raises-exception": {"expected": True},
    "scroll-output": {"scroll": True},
    "output-scroll": {"scroll": True},
    "full-width": {"wide": True},
    "parameters": {"parameters": True},
    "injected-parameters": {"parameters": True},
}
_COMMENTS: Mapping[str, Wishes] = {
    "hide": {"include": False},
    "hide-input": {"echo": False},
    "hide-output": {"results": False},
    "collapse": {"fold": Fold.SHUT},
    "collapse-hide": {"fold": Fold.SHUT},
    "collapse-show": {"fold": Fold.OPEN},
    "collapse-input": {"fold": Fold.SHUT},
    "collapse-input open": {"fold": Fold.OPEN},
    "collapse-output": {"fold_results": Fold.SHUT},
    "collapse-output open": {"fold_results": Fold.OPEN},
}
_FOLDS: Mapping[str, Wishes] = {"true": {"fold": Fold.SHUT}, "show": {"fold": Fold.OPEN}, "false": {"fold": Fold.NO}}
_OPTIONS: Mapping[str, Mapping[str, Wishes]] = {
    "echo": {"true": {"echo": True}, "fenced": {"echo": True}, "false": {"echo": False}},
    "include": {"true": {"include": True}, "false": {"include": False}},
    "output": {"true": {"results": True}, "asis": {"results": True, "asis": True}, "false": {"results": False}},
    "warning": {"true": {"stderr": True}, "false": {"stderr": False}},
    "error": {"true": {"expected": True}, "false": {"expected": False}},
    "code-fold": _FOLDS,
}
_TEXTS = {"code-summary": "summary", "fig-cap": "caption", "tbl-cap": "caption", "fig-alt": "alt", "label": "label"}

_SLASHES = "c c++ c# cpp csharp dot go java javascript js kotlin ojs php rust scala swift ts typescript"
_DASHES = "haskell lua mysql plpgsql postgresql sql sqlite3"
_STARTS = dict.fromkeys(_SLASHES.split(), "//") | dict.fromkeys(_DASHES.split(), "--") | {"matlab": "%", "octave": "%", "mermaid": "%%"}
"""What an option line begins with in these languages; in all others with ``#``."""
_COMMENT = re.compile(
    r"#[ \t]*((?:hide|collapse)(?:[-_](?:input|output|hide|show))?(?: open)?)|#(?:export[ies]?|default_exp)(?:[ \t]+[\w.]+)?"
)
_WORDS = re.compile(r"[A-Za-z][\w-]*(?:[ \t]+[\w .-]*)?")
_OPTION = re.compile(r"[A-Za-z][\w.-]*[ \t]*:(?:[ \t].*)?")
_CONTINUED = re.compile(r"[ \t].*|- .*|")
_MAGICS = {"sh": "bash", "script": "bash", "HTML": "html", "js": "javascript", "R": "r"} | {
    name: name for name in ("bash", "cython", "html", "javascript", "latex", "markdown", "perl", "ruby", "sql")
}


def for_all(meta: Meta) -> Wishes:
    """What a header asks for about every code cell: Quarto's ``execute:``, and its folding for ``html``."""
    formats = meta.extra.get("format")
    html = formats.get("html") if isinstance(formats, Mapping) else None
    folding = {key: value for key, value in meta.extra.items() if key.startswith("code-")}
    asked: dict[str, Any] = {}
    for said in (folding, html, meta.extra.get("execute")):
        if isinstance(said, Mapping):
            asked |= {name: value for key, value in said.items() for name, value in _wishes(key, str(value)).items()}
    return {name: value for name, value in asked.items() if name not in _TEXTS.values() or name == "summary"}


def language(cell: Cell, usual: str) -> str:
    """The language of a cell: its own, that of its ``%%`` magic, or the ``usual`` one of the document."""
    own = cell.metadata.get("language")
    if isinstance(own, str) and own:
        return own
    magic = cell.text[2:].split(maxsplit=1) if cell.text.startswith("%%") else ()
    return _MAGICS.get(magic[0], usual) if magic else usual


def read(cell: Cell, language: str, wishes: Wishes) -> Directives:
    """How this cell is shown; ``language`` is its own, ``wishes`` hold for all code cells of the document."""
    asked = {**wishes, **_metadata(cell.metadata)} if cell.kind is CellKind.CODE else {}
    for tag in cell.tags:
        asked |= _TAGS.get(tag.lower().replace("_", "-"), {})
    if cell.kind is not CellKind.CODE:
        return Directives(cell.text, **asked)
    code, lines = _opening(cell.text, _STARTS.get(language.lower(), "#"))
    for words in lines.values():
        asked |= _COMMENTS.get(words.strip().replace("_", "-"), {})
    options = [(number, words) for number, words in lines.items() if words and not _WORDS.fullmatch(words)]
    said, mistakes = _options(options) if options else ({}, ())
    return Directives(code, **{**asked, **said}, mistakes=mistakes)


def _metadata(metadata: Mapping[str, Any]) -> Wishes:
    """JupyterLab's collapsed parts, and ``hide_input`` of the classic notebook's extensions and templates."""
    jupyter = metadata.get("jupyter")
    collapsed = jupyter if isinstance(jupyter, Mapping) else {}
    asked: dict[str, Any] = {"echo": False} if metadata.get("hide_input") is True else {}
    asked |= {"fold": Fold.SHUT} if collapsed.get("source_hidden") is True else {}
    return asked | ({"fold_results": Fold.SHUT} if collapsed.get("outputs_hidden") is True else {})


def _opening(text: str, start: str) -> tuple[str, dict[int, str]]:
    """The code without the lines at its top that are for us, and what they say by their number in the cell (from 1)."""
    lines = text.split("\n")
    mark = re.compile(re.escape(start) + r"[ \t]?\|[ \t]?(.*)")
    magic = int(lines[0].startswith("%%") and not mark.fullmatch(lines[0]))
    said: dict[int, str] = {}
    end = magic
    for number, line in enumerate(lines[magic:], magic + 1):
        words = _for_us(line.strip(), mark, continued=number - 1 in said)
        if words is not None:
            said[number] = words
            end = number
        elif line.strip():
            break
    return ("\n".join([*lines[:magic], *lines[end:]]), said) if said else (text, said)


def _for_us(line: str, mark: re.Pattern[str], *, continued: bool) -> str | None:
    """What a line says that is an option, the rest of one, or a comment that asks for something; None for a line of code."""
    if marked := mark.fullmatch(line):
        words = marked[1]
        ours = _WORDS.fullmatch(words) or _OPTION.fullmatch(words) or (continued and _CONTINUED.fullmatch(words))
        return words if ours else None
    comment = _COMMENT.fullmatch(line)
    return (comment[1] or "") if comment else None


def _options(lines: list[tuple[int, str]]) -> tuple[Wishes, tuple[Mistake, ...]]:
    """Option lines as one piece of YAML."""
    first, last = lines[0][0], lines[-1][0]
    by_number = dict(lines)
    try:
        root = tree("\n".join(by_number.get(number, "") for number in range(first, last + 1)), first)
    except NodeError as error:
        return {}, tuple(Mistake(complaint.line or first, complaint.message) for complaint in error.complaints)
    if not isinstance(root, Table):
        return {}, (Mistake(first, "the options are no mapping"),)
    asked: dict[str, Any] = {}
    mistakes = []
    for key, node in root.pairs:
        value = data(node)
        words = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        wishes = _wishes(key.text, words)
        asked |= wishes
        if not wishes and (known := _OPTIONS.get(key.text)):
            mistakes.append(Mistake(key.line, f'"{key.text}" must be {", ".join(known)}'))
    return asked, tuple(mistakes)


def _wishes(key: str, value: str) -> Wishes:
    """What one option asks for; nothing if it is none of ours."""
    key = key.replace("_", "-").replace(".", "-")
    if key in _TEXTS:
        return {_TEXTS[key]: value.strip()} | ({"caption_above": True} if key == "tbl-cap" else {})
    return _OPTIONS.get(key, {}).get(value.strip().lower(), {})
