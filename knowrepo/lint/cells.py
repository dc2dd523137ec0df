"""What is wrong with a notebook as its readers see it: errors in outputs, paths of somebody's laptop, secrets, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from knowrepo.lint import secrets
from knowrepo.model import Cell, CellKind, Document, Problem, Severity

LONGEST = 2_000_000
"""Of a text so many characters are looked at."""

_ANSI = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
_LAPTOP = re.compile(
    r"""(?<![\w.:/\\])(/home/[a-z_][\w.-]*/|/Users/[A-Za-z][\w.-]*/|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[\w. -]+[\\/])[^\s"'`)\]>]*"""
)
_NOBODY = re.compile(
    r"^/home/(?:jovyan|runner|ubuntu|user|username|you|me|gitlab-runner|vscode|codespace)/"
    r"|^/Users/(?:Shared|user|username|you|me)/|[\\/](?:Public|username)[\\/]"
)
_EMAIL = re.compile(r"(?<![\w.+/:-])([A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24})(?![\w@])")
_NO_ONE = re.compile(r"(?:@|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$|^(?:no-?reply|git)@", re.IGNORECASE)


def problems(document: Document, *, emails: bool) -> Iterator[Problem]:
    """All of them, in the order of the cells; the same thing twice in a cell once."""
    notebook = document.path.endswith(".ipynb")
    for cell in document.cells:
        place = cell.index if notebook else None
        yield from _failed(document.path, place, cell)
        yield from _laptop(document.path, place, cell)
        texts = [("", cell.text), *(("the output of ", text) for output in cell.outputs for text in _texts(output))]
        yield from dict.fromkeys(problem for where, text in texts for problem in _secrets(document.path, place, where, text))
        if emails:
            yield from dict.fromkeys(problem for where, text in texts for problem in _emails(document.path, place, where, text))


def _failed(path: str, place: int | None, cell: Cell) -> Iterator[Problem]:
    error = next((output for output in cell.outputs if output["output_type"] == "error"), None)
    if error and "raises-exception" not in cell.tags:
        hint = "mend it and run it again; if the error is meant, give the cell the tag raises-exception"
        yield Problem(
            path, f"this cell ended with an error: {error['ename']}", "output-error", cell=place, hint=hint, severity=Severity.WARNING
        )


def _laptop(path: str, place: int | None, cell: Cell) -> Iterator[Problem]:
    """Only in code: that a path stands in an output is nothing that others stumble over."""
    if cell.kind is not CellKind.CODE:
        return
    for found in _LAPTOP.finditer(cell.text[:LONGEST]):
        if not _NOBODY.search(found[1]):
            line = cell.text.count("\n", 0, found.start()) + 1 if place is not None else None
            message = f"this path is one of a single computer: {found[1]}…"
            hint = "write it relative to the repository, or read it from the environment"
            yield Problem(path, message, "laptop-path", line, place, hint, Severity.WARNING)
            return


def _secrets(path: str, place: int | None, where: str, text: str) -> Iterator[Problem]:
    for secret in secrets.find(text):
        message = f"{secret.kind} stands in {where}this {'cell' if place is not None else 'file'}: {secret.shown}"
        hint = (
            "revoke it at once, for Git remembers it; then read it from the environment. Is it none? The rule can be switched off: `ignore`"
        )
        yield Problem(path, message, "secret", secret.line if place is not None and not where else None, place, hint)


def _emails(path: str, place: int | None, where: str, text: str) -> Iterator[Problem]:
    for found in _EMAIL.finditer(text):
        if not _NO_ONE.search(found[1]):
            message = f"an e-mail address stands in {where}this {'cell' if place is not None else 'file'}: {found[1]}"
            yield Problem(path, message, "email", cell=place, hint="take it out, or make it up: ada@example.org", severity=Severity.WARNING)


def _texts(output: Mapping[str, Any]) -> Iterator[str]:
    """What can be read in an output."""
    if output["output_type"] == "stream":
        yield _ANSI.sub("", output["text"][:LONGEST])
    elif output["output_type"] == "error":
        yield _ANSI.sub("", "\n".join([output["evalue"], *output["traceback"]])[:LONGEST])
    else:
        for mime, value in output["data"].items():
            if isinstance(value, str) and mime.startswith("text/"):
                yield value[:LONGEST]
            elif not isinstance(value, str):
                yield orjson.dumps(value, default=str)[:LONGEST].decode("utf-8", "ignore")
