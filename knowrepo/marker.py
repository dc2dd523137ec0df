"""The hidden mark in an issue by which it is known what it is about: the path of a post, from Git's top level on, and the anchor of a cell.

A path is percent-encoded, so that it can neither end the comment nor begin another place. Between the mark and its end stands what was filled in for readers
of the issue, so that what people write may stand above or below.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

FILE = "discussion.json"
"""Where what was found lies, beside the settings."""
LABEL = "knowrepo"
"""The label of issues about posts."""
WORD = "knowrepo"
"""What stands in every issue with a mark: those without the label are found by it."""
NOTE = f"What is said here is shown below the post ({WORD})."
"""Tells people so, and GitLab's search: of what stands in a comment of HTML it knows nothing (PostgreSQL's parser takes it for a tag)."""

_MARK = re.compile(
    r"<!-- knowrepo:(?: post=(\S{1,2000}))?(?: cell=(\S{1,500}))? -->(?:(?:(?!<!--).){0,5000}?<!-- /knowrepo -->)?", re.DOTALL
)


class Marked(NamedTuple):
    """What a text is about, "" where it does not say, and the text without marks."""

    post: str
    cell: str
    text: str


def mark(path: str, cell: str, shown: str) -> str:
    """The mark of a post, and of a cell if there is one; ``shown`` is for people."""
    about = f" cell={_encoded(cell)}" if cell else ""
    return f"<!-- knowrepo: post={_encoded(path)}{about} -->\n{shown}\n\n{NOTE}\n<!-- /knowrepo -->"


def read(text: str) -> Marked:
    """The first mark of a text."""
    found = [(unquote(each[1] or ""), unquote(each[2] or "")) for each in _MARK.finditer(text)]
    post = next((post for post, _ in found if post), "")
    return Marked(post, next((cell for _, cell in found if cell), ""), _MARK.sub("", text).strip())


def _encoded(value: str) -> str:
    return quote(value, safe="/", errors="replace").replace("--", "-%2D")
