"""Markdown files: a header and one Markdown cell."""

from __future__ import annotations

from collections.abc import Mapping

from knowrepo import frontmatter
from knowrepo.model import Cell, CellKind, Problem, Source
from knowrepo.read.manuscript import Content, Manuscript, from_text


def read(source: Source, data: bytes, _companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The file; without a header all of it is the post."""
    return from_text(source.path, data, frontmatter.split, content)


def content(body: str) -> Content:
    """The text as a single Markdown cell."""
    return Content((Cell(CellKind.MARKDOWN, body, id="cell-0"),), "python", body)
