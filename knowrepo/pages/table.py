"""All posts as a table, newest first: what the feed's table view shows without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowrepo import urls
from knowrepo.model import Artifact
from knowrepo.pages import listing
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Card, Lens

SIZE = 500
"""So many rows stand on one page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A post in the table."""

    card: Card
    folder: Link | None


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of the table; ``number`` counts from 1. ``ways`` are the other ways to look at all posts."""

    number: int
    count: int
    rows: tuple[Row, ...]
    ways: tuple[Link, ...]
    newer: str
    older: str


def pages(lens: Lens) -> Iterator[Artifact]:
    """The pages of the table; one even if there are no posts."""
    chunks = [lens.site.posts[at : at + SIZE] for at in range(0, len(lens.site.posts), SIZE)] or [()]
    for number, posts in enumerate(chunks, start=1):
        page = urls.table_page(number)
        groups = [lens.folder(post) for post in posts]
        table = TablePage(
            number=number,
            count=len(chunks),
            rows=tuple(
                Row(lens.card(page, post), lens.group(page, group) if group else None) for post, group in zip(posts, groups, strict=True)
            ),
            ways=listing.ways(lens, page),
            newer=urls.relative(page, urls.table_page(number - 1)) if number > 1 else "",
            older=urls.relative(page, urls.table_page(number + 1)) if number < len(chunks) else "",
        )
        yield lens.theme.show(page, "table.html", frame=lens.frame(page, lens.texts("all-posts")), table=table)
