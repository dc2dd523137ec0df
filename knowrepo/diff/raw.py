"""Git's own lines, with the places that GitLab gives them.

A line's code in GitLab is ``<sha1(path)>_<old>_<new>``, where old and new are the running counters of lines before the line is counted
(https://docs.gitlab.com/api/discussions/#line-code, and ``lib/gitlab/diff/parser.rb``); a comment, a link and the page all name a line so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff: ``sign`` is ``+``, ``-`` or a space, ``old`` and ``new`` are the counters before it is counted, which
    begin at 1, or at 0 where there is no file.

    ``ends``: a line break follows it in the file.
    """

    sign: str
    old: int
    new: int
    text: str
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that stand together; ``about`` is what Git says of the place."""

    lines: tuple[Line, ...]
    about: str = ""


def hunks(patch: str) -> tuple[Hunk, ...]:
    """The hunks of one file's patch, as ``git diff`` prints them."""
    found: list[Hunk] = []
    lines: list[Line] = []
    about, old, new, left = "", 0, 0, [0, 0]
    for text in patch.split("\n"):
        start = _HUNK.match(text) if not any(left) else None
        if start:
            found += [Hunk(tuple(lines), about)] if lines else []
            lines, about = [], start[5].strip()
            left = [int(start[2] or 1), int(start[4] or 1)]
            old, new = int(start[1]), int(start[3])
        elif text.startswith("\\") and lines:
            last = lines[-1]
            lines[-1] = Line(last.sign, last.old, last.new, last.text, ends=False)
        elif any(left) and text[:1] in ("+", "-", " ", ""):
            sign = text[:1] or " "
            lines.append(Line(sign, old, new, text[1:]))
            taken = sign != "+", sign != "-"
            old, new = old + taken[0], new + taken[1]
            left = [count - one for count, one in zip(left, taken, strict=True)]
    return (*found, Hunk(tuple(lines), about)) if lines else tuple(found)


def name(path: str) -> str:
    """What GitLab calls a file: the SHA-1 of its path (the new one, unless it is gone)."""
    return hashlib.sha1(path.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def code(path: str, old: int, new: int) -> str:
    """The code of a line with these counters."""
    return f"{name(path)}_{old}_{new}"


def link(merge_request: str, path: str, old: int, new: int) -> str:
    """The address of a line in a merge request (whose own address ends without a slash); lines that are folded there are unfolded."""
    return f"{merge_request}/diffs?file={name(path)}#{code(path, old, new)}"


def counters(found: Iterable[Hunk], *, old: int | None = None, new: int | None = None) -> tuple[int, int]:
    """The counters of a line of the old or of the new file, also of one that stands in no hunk: there the files run side by side."""
    shift = 0
    for hunk in found:
        for line in hunk.lines:
            if (new is not None and line.sign != "-" and line.new == new) or (new is None and line.sign != "+" and line.old == old):
                return line.old, line.new
            if (new is not None and line.new > new) or (new is None and old is not None and line.old > old):
                break
            shift += {"+": 1, "-": -1}.get(line.sign, 0)
    return (new - shift, new) if new is not None else (old or 1, (old or 1) + shift)


def of_lines(found: Iterable[Hunk]) -> Iterator[Line]:
    """All lines of all hunks."""
    for hunk in found:
        yield from hunk.lines
