"""Markdown files: a header and one Markdown cell."""

from __future__ import annotations

from collections.abc import Mapping

from knowrepo import frontmatter
from knowrepo.model import Cell, CellKind, Problem, Source
from knowrepo.read.manuscript import Content, Manuscript, decode


def read(source: Source, data: bytes, _companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The file; without a header all of it is the post."""
    decoded = decode(source.path, data)
    if isinstance(decoded, Problem):
        return decoded
    whole, problems = decoded
    header = frontmatter.split(whole)
    body = header.body if header else whole
    return Manuscript(header, None, whole, lambda: content(body), problems)


def content(body: str) -> Content:
    """The text as a single Markdown cell."""
    return Content((Cell(CellKind.MARKDOWN, body, id="cell-0"),), "python", body)
