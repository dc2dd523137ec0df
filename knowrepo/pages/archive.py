"""The archive: every post on one page, by year and month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from knowrepo import urls
from knowrepo.model import Artifact, Post
from knowrepo.pages.views import Card, Lens


@dataclass(frozen=True, slots=True)
class Month:
    """The posts of one month; ``name`` is "" for those without a date."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The months of one year, newest first."""

    name: str
    posts: int
    months: tuple[Month, ...]


def pages(lens: Lens) -> Iterator[Artifact]:
    """The archive."""
    page = urls.ARCHIVE
    posts = sorted(lens.site.posts, key=_month, reverse=True)
    years = tuple(_year(lens, number, list(members)) for number, members in groupby(posts, key=lambda post: _month(post)[0]))
    yield lens.theme.show(page, "archive.html", frame=lens.frame(page, lens.texts("archive")), years=years)


def _month(post: Post) -> tuple[int, int]:
    created = post.meta.created_at
    return (created.year, created.month) if created else (0, 0)


def _year(lens: Lens, number: int, posts: list[Post]) -> Year:
    months = tuple(
        Month(lens.texts("months").split()[month - 1] if number else "", tuple(lens.card(urls.ARCHIVE, post) for post in members))
        for (_, month), members in groupby(posts, key=_month)
    )
    return Year(str(number) if number else lens.texts("no-date"), len(posts), months)
