"""Sources to Documents: every format becomes cells. A file per format; ``READERS`` is the table by suffix.

The header comes first: of what is no post, a draft, private or has a mistake in its header nothing else is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from types import MappingProxyType

from knowrepo import frontmatter, text
from knowrepo.frontmatter import Header
from knowrepo.model import Cell, CellKind, Document, Meta, Problem, Severity, Skipped, Source
from knowrepo.read import ipynb, markdown, rmarkdown, script
from knowrepo.read.manuscript import Content, Manuscript, Reader, lfs_pointer

__all__ = ["READERS", "Content", "Manuscript", "Options", "Reader", "document"]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".ipynb": ipynb.read,
        ".md": markdown.read,
        ".rmd": rmarkdown.read,
        ".qmd": rmarkdown.read,
        ".py": script.read,
    }
)
"""The readers by suffix, in lower case."""

NO_POST = ("no header", "no cells")
"""Reasons of what is left out because it was never meant to be a post. All other files that are left out are to be seen by nobody."""

OPENING_LINES = 30
"""Of a file without a header so many lines are looked at for words that would keep it off the site."""

_GUARD = re.compile(
    r"""[\s?#>"'*+-]*(?:(?:private|draft)["']?\s*(?:[:=]\s*(?!false|no|off|0)\S|$)|allowed_groups["']?\s*[:=]|published["']?\s*[:=]\s*(?:false|no\b))""",
    re.IGNORECASE,
)
_NAMED_SIDECARS = (".meta.yml", ".meta.yaml")
_SIDECARS = (*_NAMED_SIDECARS, "report.json", "report.toml")


@dataclass(frozen=True, slots=True)
class Options:
    """``included``: a post even without a header. ``drafts`` and ``audience`` let in what is left out else; ``dialect`` is the site's.

    What has one of ``exclude_tags`` is left out.
    """

    included: bool
    drafts: bool
    audience: frozenset[str]
    dialect: str
    exclude_tags: tuple[str, ...] = ()


def document(source: Source, data: bytes, companions: Mapping[str, bytes], options: Options) -> Document | Skipped:
    """The post that a file holds, or why it holds none; ``companions`` are the bytes of ``source.companions`` by path.

    ``source.suffix`` is one of ``READERS``. Whatever the bytes are, nothing is raised. A ``report.json`` beside a file may be anything: it makes
    a post only if it has a title, and its mistakes count only for what is a post already.
    """
    manuscript = lfs_pointer(source.path, data) or READERS[source.suffix](source, data, companions)
    if isinstance(manuscript, Problem):
        return _refused(source, manuscript)
    header, problems = _header(source, manuscript, companions)
    mistake = next((problem for problem in problems if problem.severity is Severity.ERROR), None)
    own = manuscript.header is not None or any(path.lower().endswith(_NAMED_SIDECARS) for path in companions)
    if not (own or options.included) and (mistake or header is None or not header.title):
        return Skipped(source.path, "no header", hint=str(mistake or ""))
    if mistake:
        return _refused(source, mistake, problems)
    if not own and (guard := _unread_guard(source.path, manuscript)):
        return _refused(source, guard)
    if not (own or manuscript.has_cells):
        return Skipped(source.path, "no cells")
    header = header or Header()
    reason = frontmatter.left_out(header, drafts=options.drafts, audience=options.audience, exclude_tags=options.exclude_tags)
    if reason:
        return Skipped(source.path, reason)
    content = manuscript.content()
    if isinstance(content, Problem):
        return _refused(source, content)
    meta, more = _meta(header, source, manuscript, content, options)
    cells = _without_title(content.cells, meta.title)
    every = (*manuscript.problems, *problems, *more, *content.problems)
    return Document(source.path, meta, cells, content.language, every, content.widgets, kernel=content.kernel)


def _unread_guard(path: str, manuscript: Manuscript) -> Problem | None:
    """A post without a header that begins with what reads like ``private: true``: perhaps a header that was not understood, so it stays off the site."""
    lines = manuscript.opening.splitlines()[:OPENING_LINES]
    prose = takewhile(lambda line: not line.lstrip().startswith(("```", "~~~")), lines)
    found = next((line.strip() for line in prose if _GUARD.match(line)), "")
    if not found:
        return None
    hint = "begin the file (or its first raw or Markdown cell) with a header between two lines `---`"
    message = f'"{text.excerpt(found, 60)}" stands outside of a header, so it is not known whether this is to be published'
    return Problem(path, message, "header-guard", cell=manuscript.cell, hint=hint)


def _refused(source: Source, problem: Problem, problems: tuple[Problem, ...] = ()) -> Skipped:
    return Skipped(source.path, problem.message, problem.line, problem.hint, problems or (problem,))


def _header(source: Source, manuscript: Manuscript, companions: Mapping[str, bytes]) -> frontmatter.Result:
    """What the file says of itself, and below it what its sidecars say."""
    results = [frontmatter.parse(manuscript.header, source.path, manuscript.cell)] if manuscript.header else []
    results += [frontmatter.sidecar(path, companions[path], source.path) for path in sorted(companions) if path.lower().endswith(_SIDECARS)]
    header = None
    for said, _ in results:
        header = frontmatter.merge(header, said) if header and said else header or said
    return header, tuple(problem for _, problems in results for problem in problems)


def _meta(header: Header, source: Source, manuscript: Manuscript, content: Content, options: Options) -> tuple[Meta, tuple[Problem, ...]]:
    heading = "" if header.title else text.first_heading(content.prose)
    paragraph = "" if header.tldr else text.first_paragraph(content.prose)
    return frontmatter.complete(header, source, heading=heading, paragraph=paragraph, cell=manuscript.cell, dialect=options.dialect)


def _without_title(cells: tuple[Cell, ...], title: str) -> tuple[Cell, ...]:
    """The cells without a first heading that repeats the title, which the page shows itself."""
    at = next((index for index, cell in enumerate(cells) if cell.text.strip() or cell.outputs), len(cells))
    if at == len(cells) or cells[at].kind is not CellKind.MARKDOWN:
        return cells
    line, _, rest = cells[at].text.lstrip("\n").partition("\n")
    if not re.match(" {0,3}# ", line):
        underline, _, rest = rest.partition("\n")
        line += "\n" + underline
        if not re.fullmatch(" {0,3}=+ *", underline):
            return cells
    if text.first_heading(line) != text.plain(title):
        return cells
    kept = (replace(cells[at], text=rest.lstrip("\n")),) if rest.strip() else ()
    return (*cells[:at], *kept, *cells[at + 1 :])
