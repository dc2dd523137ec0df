"""What every reader makes: a manuscript, whose header is known before anything is made of its cells."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowrepo import text
from knowrepo.frontmatter import Split
from knowrepo.model import EMPTY, Cell, Problem, Severity, Source

_CONFLICT = re.compile(r"^<{7} \S", re.MULTILINE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Content:
    """The cells of a post. ``prose`` is its Markdown, for the title and the summary that the header does not give. ``kernel`` is its name or "".

    ``widgets`` is as in ``Document``.
    """

    cells: tuple[Cell, ...]
    language: str
    prose: str
    problems: tuple[Problem, ...] = ()
    kernel: str = ""
    widgets: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """An opened file; ``content`` is called only for what will be published.

    ``cell`` is the cell that the header stands in, or None where a file is one text; ``opening`` is the text that it begins with. A script that has
    no cells is a post only if it has a header.
    """

    header: Split | None
    cell: int | None
    opening: str
    content: Callable[[], Content | Problem]
    problems: tuple[Problem, ...] = ()
    has_cells: bool = True


Reader = Callable[[Source, bytes, Mapping[str, bytes]], Manuscript | Problem]
"""(source, its bytes, its companions' bytes by path) → the manuscript, or why it cannot be read."""


def lfs_pointer(path: str, data: bytes) -> Problem | None:
    """The Problem with a file whose content Git LFS keeps elsewhere."""
    if not data.startswith(b"version https://git-lfs.github.com/spec/v1"):
        return None
    hint = "git lfs pull; in GitLab CI, is GIT_LFS_SKIP_SMUDGE set?"
    return Problem(path, "a Git LFS pointer: its content is not here", "lfs-pointer", hint=hint)


def from_text(
    path: str,
    data: bytes,
    split: Callable[[str], Split | None],
    content: Callable[[str], Content | Problem],
    has_cells: Callable[[str], bool] = lambda _body: True,
) -> Manuscript | Problem:
    """The manuscript of a text file: ``split`` finds its header, ``content`` and ``has_cells`` are about the text below it."""
    decoded = decode(path, data)
    if isinstance(decoded, Problem):
        return decoded
    whole, problems = decoded
    header = split(whole)
    body = header.body if header else whole
    return Manuscript(header, None, whole, lambda: content(body), problems, has_cells(body))


def conflict(path: str, value: str) -> tuple[Problem, ...]:
    """A warning where a merge was left unfinished."""
    found = _CONFLICT.search(value)
    if not found or "\n=======\n" not in value[found.end() :]:
        return ()
    line = value.count("\n", 0, found.start()) + 1
    message, hint = "merge conflict markers are published as text", "finish the merge"
    return (Problem(path, message, "merge-conflict", line=line, hint=hint, severity=Severity.WARNING),)


def decode(path: str, data: bytes) -> tuple[str, tuple[Problem, ...]] | Problem:
    """The text with ``\\n`` as its only line ends: UTF-8, UTF-16 with a byte order mark, or else Windows' Latin with a warning."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            whole = _clean(data[len(mark) :].decode(encoding, "replace"))
            return whole, conflict(path, whole)
    if b"\0" in data:
        return Problem(path, "not a text file: it holds zero bytes", "not-text", hint="is the suffix right?")
    try:
        whole = _clean(data.decode())
        return whole, conflict(path, whole)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(
            path, "not UTF-8: read as Windows-1252", "not-utf8", line=line, hint="save the file as UTF-8", severity=Severity.WARNING
        )
        return _clean(data.decode("cp1252", "replace")), (problem,)


def _clean(value: str) -> str:
    return text.legal(value.replace("\r\n", "\n").replace("\r", "\n"))
