"""What holds where the header says nothing, and whether the post may be published at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from datetime import datetime
from pathlib import PurePosixPath

from knowrepo.frontmatter.table import Header
from knowrepo.model import Meta, Person, Problem, Severity, Source
from knowrepo.text import excerpt, same_key

_NAMELESS = frozenset({"index", "readme", "knowledge"})


def left_out(said: Header | Meta, *, drafts: bool, audience: Set[str], exclude_tags: Iterable[str] = ()) -> str:
    """Why the post is not published: "private", "excluded tag", "draft", or "" if it is. ``audience`` are the groups that the site is built for."""
    if (said.private or said.allowed_groups) and audience.isdisjoint(said.allowed_groups):
        return "private"
    if not {same_key(tag) for tag in exclude_tags}.isdisjoint(map(same_key, said.tags)):
        return "excluded tag"
    return "draft" if said.draft and not drafts else ""


def complete(
    header: Header, source: Source, *, heading: str, paragraph: str, cell: int | None = None, dialect: str = "commonmark"
) -> tuple[Meta, tuple[Problem, ...]]:
    """The header with the text's first ``heading`` and ``paragraph`` and Git's authors and dates where it says nothing, and warnings about that.

    ``cell`` is where the header stands; ``dialect`` is the repository's.
    """
    authors, tldr = header.authors or source.authors, header.tldr or excerpt(paragraph)
    created, updated = _dates(header, source)
    meta = Meta(
        title=header.title or heading or _readable(source.path),
        authors=authors,
        tags=header.tags,
        created_at=created,
        updated_at=updated,
        tldr=tldr,
        subtitle=header.subtitle,
        thumbnail=header.thumbnail,
        url_path=header.path,
        proxy=header.proxy,
        aliases=header.aliases,
        series=header.series,
        dialect=header.dialect or dialect,
        code=header.code,
        lang=header.lang,
        draft=header.draft,
        private=header.private,
        allowed_groups=header.allowed_groups,
        ignore=header.ignore,
        extra=header.extra,
    )
    found = (
        ("no-title", not (header.title or heading), f'no title: "{meta.title}" is taken from the file\'s name', 'add `title: "…"`'),
        ("no-authors", not header.authors, f"no authors: {_taken(authors)}", "add `authors: [Your Name]`"),
        ("no-tldr", not header.tldr, f"no tldr: {'the first paragraph is taken' if tldr else 'the card stays empty'}", 'add `tldr: "…"`'),
        ("dates", _in_wrong_order(header), "updated_at is before created_at: created_at is taken for both", "correct one of them"),
    )
    return meta, tuple(
        Problem(source.path, message, f"header-{rule}", cell=cell, hint=f"{hint} in the header", severity=Severity.WARNING)
        for rule, is_so, message, hint in found
        if is_so
    )


def _in_wrong_order(header: Header) -> bool:
    """Days count, not hours: a day without an hour is its midnight."""
    return bool(header.created_at and header.updated_at and header.updated_at.date() < header.created_at.date())


def _taken(authors: tuple[Person, ...]) -> str:
    names = ", ".join(person.name for person in authors)
    return f"{names} from Git" if names else "Git names none either"


def _dates(header: Header, source: Source) -> tuple[datetime | None, datetime | None]:
    """Creation and update, never in the wrong order: what Git says yields to what the author says."""
    created, updated = header.created_at or source.created, header.updated_at or source.updated or header.created_at
    if created and updated and updated < created:
        return (created, created) if header.created_at else (updated, updated)
    return created, updated


def _readable(path: str) -> str:
    """``posts/2024_churn-model.ipynb`` is called "2024 churn model"; a file that is named like any other, after its folder."""
    file = PurePosixPath(path)
    stem = PurePosixPath(file.parent.name).stem if file.stem.lower() in _NAMELESS and file.parent.name else file.stem
    words = re.sub(r"[-_\s]+", " ", stem).strip() or file.name
    return words[0].upper() + words[1:]
