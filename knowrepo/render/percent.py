"""The code of a post as one file with ``# %%`` marks, which Jupytext, VS Code, Spyder and PyCharm read as cells.

Format: https://jupytext.readthedocs.io/en/latest/formats-scripts.html#the-percent-format. As Jupytext does, magics and cells in another language are
commented out. Its own writer is not used, since importing it costs more than rendering most posts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowrepo.model import Cell, CellKind, Document
from knowrepo.render import directives

SUFFIXES: Mapping[str, str] = {"python": ".py", "r": ".r", "julia": ".jl"}
"""The languages that have scripts, all with ``#`` for comments: so a file never begins like HTML."""

_USUAL = {"python3": "python", "ipython": "python", "ipython3": "python", "py": "python", "ir": "r"}
_MAGIC = re.compile(r"\s*(?:[\w.]+\s*=\s*)?(?:%{1,2}[A-Za-z]|!\s*\w)|.*\w\?{1,2}\s*$")
_ASIDE = re.compile(r"%%(?!(?:time|timeit|capture|prun|memit)\b)|[\];?]")
"""What begins a cell that is no code of the main language, though its language is not known: another magic, IJulia's package and shell modes, help."""


def suffix(language: str) -> str:
    """The suffix of scripts in this language, with its dot, or "" where there are none."""
    return SUFFIXES.get(_usual(language), "")


def script(document: Document) -> bytes:
    """The script; empty if the post has no code in its main language, or is a script already."""
    language = _usual(document.language)
    cells = [cell for cell in document.cells if cell.kind is CellKind.CODE and cell.text.strip()]
    own = [_usual(directives.language(cell, language)) == language for cell in cells]
    if not suffix(language) or not any(own) or document.path.lower().endswith(suffix(language)):
        return b""
    parts = [_cell(cell, main=main, magics=language == "python") for cell, main in zip(cells, own, strict=True)]
    return "\n\n".join(parts).encode("utf-8", "replace") + b"\n"


def _cell(cell: Cell, *, main: bool, magics: bool) -> str:
    lines = cell.text.strip("\n").split("\n")
    whole = not main or _ASIDE.match(lines[0])
    return "\n".join(["# %%", *(f"# {line}".rstrip() if whole or (magics and _MAGIC.match(line)) else line for line in lines)])


def _usual(language: str) -> str:
    return _USUAL.get(language.lower(), language.lower())
