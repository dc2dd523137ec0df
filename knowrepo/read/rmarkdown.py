"""R Markdown and Quarto: what somebody has knitted is shown; else the code alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from knowrepo import frontmatter
from knowrepo.model import Cell, CellKind, Problem, Severity, Source
from knowrepo.read import jupytexts, knitted
from knowrepo.read.manuscript import Content, Manuscript, decode, from_text, lfs_pointer

_KNITTED = (".nb.html", ".html", ".md")


def read(source: Source, data: bytes, companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The file's own header, and the cells of the first knitted companion that has any."""
    return from_text(source.path, data, frontmatter.split, lambda body: _content(source.path, body, companions))


def _content(path: str, body: str, companions: Mapping[str, bytes]) -> Content | Problem:
    stem = path[: path.rindex(".")]
    problems: list[Problem] = []
    for suffix in _KNITTED:
        found = companions.get(stem + suffix)
        made = None if found is None else _knitted(stem + suffix, found)
        if isinstance(made, Problem):
            problems.append(made)
        elif made:
            return Content(made, _language(made), body, tuple(problems))
    content = jupytexts.rmarkdown(path, body)
    if isinstance(content, Problem):
        return content
    if not problems:
        hint = f"knit it and commit {stem}.html or {stem}.md beside it"
        problems.append(
            Problem(path, "not knitted: the post shows its code without results", "not-knitted", hint=hint, severity=Severity.INFO)
        )
    return replace(content, problems=(*problems, *content.problems))


def _knitted(path: str, data: bytes) -> tuple[Cell, ...] | Problem:
    """The cells of a knitted file."""
    decoded = lfs_pointer(path, data) or decode(path, data)
    if isinstance(decoded, Problem):
        return replace(decoded, severity=Severity.WARNING)
    whole, _ = decoded
    if not path.endswith(".md"):
        cells = knitted.html(whole)
    else:
        header = frontmatter.split(whole)
        body = header.body if header else whole
        cells = (Cell(CellKind.MARKDOWN, body, id="cell-0"),) if body.strip() else ()
    if cells:
        return cells
    return Problem(path, "nothing to show in the knitted file", "not-knitted", hint="knit it again", severity=Severity.WARNING)


def _language(cells: tuple[Cell, ...]) -> str:
    """The language of most code cells; R where there are none."""
    languages = [str(cell.metadata["language"]) for cell in cells if "language" in cell.metadata]
    return max(sorted(set(languages)), key=languages.count, default="r")
