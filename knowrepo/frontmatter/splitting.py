"""Where a header stands: between ``---`` lines at the start of a text, or so in the first comment of a script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from knowrepo.frontmatter.table import NAMES
from knowrepo.text import same_key

_OPENING = re.compile(r"---[ \t]*(?:[ \t]#.*)?")
_CLOSING = re.compile(r"(?:---|\.\.\.)[ \t]*")
_KEY = re.compile(r"""["']?([\w.-]+(?: [\w.-]+){0,3})["']?\s*:(?=\s|$)""")
_FIRST_KEY = re.compile(r"""["']?[\w.$+/-]+["']?\s*:(?=\s|$)|\{\s*["'\w]""")
_BEFORE_HEADER = re.compile(r"\s*|#!.*|#.*coding[:=].*|#\s*%%.*")
_KNOWN = frozenset(same_key(name) for name in NAMES)


@dataclass(frozen=True, slots=True)
class Split:
    """A text that begins with a header.

    ``first_line`` and ``body_line`` are the numbers (from 1) that the first lines of ``yaml`` and ``body`` have in the text.
    A header that is not ``closed`` is a mistake, which ``parse`` reports.
    """

    yaml: str
    first_line: int
    body: str
    body_line: int
    closed: bool = True


def split(text: str) -> Split | None:
    """The header and the rest (with ``\\n`` as line ends), or None: prose between two thematic breaks is no header.

    A ``---`` inside a value is indented or in quotes, so the first one that stands alone at the start of a line ends the header.
    """
    if not text.lstrip("\ufeff\u200b \t\r\n").startswith("---"):
        return None
    return _split(_lines(text))


def split_comments(text: str) -> Split | None:
    """The same for a script whose first comment, or first ``# %%`` cell, holds the header. What stands before it stays in the body."""
    lines = _lines(text)
    start = next((number for number, line in enumerate(lines) if not _BEFORE_HEADER.fullmatch(line)), len(lines))
    comment = [re.sub(r"^# ?", "", line) for line in takewhile(lambda line: line.startswith("#"), lines[start:])]
    found = _split(comment)
    if found is None:
        return None
    rest = lines[start + found.body_line - 1 :]
    return replace(found, first_line=start + found.first_line, body="\n".join([*lines[:start], *rest]))


def _lines(text: str) -> list[str]:
    return text.lstrip("\ufeff\u200b").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _split(lines: Sequence[str]) -> Split | None:
    start = next((number for number, line in enumerate(lines) if line.strip()), None)
    if start is None or not _OPENING.fullmatch(lines[start]):
        return None
    first = start + 1
    end = next((number for number in range(first, len(lines)) if _CLOSING.fullmatch(lines[number])), None)
    if not _is_header(lines[first:end], closed=end is not None):
        return None
    if end is None:
        return Split("\n".join(lines[first:]), first + 1, "", len(lines) + 1, closed=False)
    return Split("\n".join(lines[first:end]), first + 1, "\n".join(lines[end + 1 :]), end + 2)


def _is_header(lines: Sequence[str], *, closed: bool) -> bool:
    """Whether they begin like a mapping; also if their first lines hold a known key, so that a slip above ``private`` does not publish a post."""
    said = list(dropwhile(_says_nothing, lines))
    if not said:
        return closed
    keys = (_KEY.match(line) for line in takewhile(str.strip, said))
    return bool(_FIRST_KEY.match(said[0])) or any(found is not None and same_key(found[1]) in _KNOWN for found in keys)


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.startswith("#")
