"""The feed: all posts, newest first, on ``index.html`` and the pages after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowrepo import text, urls
from knowrepo.model import Artifact, Post, Site
from knowrepo.pages.theme import Theme
from knowrepo.pages.views import Card, Lens, Link, most_used, summary

MOST = 24
START_LENGTH = 220


@dataclass(frozen=True, slots=True)
class Start:
    """The box that leads newcomers to the repository's README."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of the feed; ``number`` counts from 1. ``tags`` and ``folders`` are those with the most posts, ``all_…`` lead to the rest."""

    number: int
    count: int
    posts: int
    cards: tuple[Card, ...]
    start: Start | None
    tags: tuple[Link, ...]
    all_tags: Link | None
    folders: tuple[Link, ...]
    all_folders: Link | None
    newer: str
    older: str


def pages(site: Site, theme: Theme) -> Iterator[Artifact]:
    """The pages of the feed; one even if there are no posts."""
    lens = Lens(site, theme)
    size = max(1, site.posts_per_page)
    chunks = [site.posts[at : at + size] for at in range(0, len(site.posts), size)] or [()]
    for number, posts in enumerate(chunks, start=1):
        page = urls.feed_page(number)
        frame = lens.frame(page, "" if number == 1 else lens.texts("untitled-page", number=number))
        yield theme.show(page, "feed.html", frame=frame, feed=_view(lens, page, number, len(chunks), posts))


def _view(lens: Lens, page: str, number: int, count: int, posts: tuple[Post, ...]) -> FeedPage:
    site = lens.site
    tags = [lens.group(page, group) for group in site.tags]
    folders = [lens.group(page, group) for group in site.folders if group.url != urls.FOLDERS]
    return FeedPage(
        number=number,
        count=count,
        posts=len(site.posts),
        cards=tuple(lens.card(page, post) for post in posts),
        start=_start(page, site.readme) if site.readme and number == 1 else None,
        tags=most_used(tags, MOST),
        all_tags=Link(lens.texts("all-tags", count=len(tags)), urls.relative(page, urls.TAGS)) if len(tags) > MOST else None,
        folders=most_used(folders, MOST),
        all_folders=Link(lens.texts("all-folders", count=len(folders)), urls.relative(page, urls.FOLDERS)) if len(folders) > MOST else None,
        newer=urls.relative(page, urls.feed_page(number - 1)) if number > 1 else "",
        older=urls.relative(page, urls.feed_page(number + 1)) if number < count else "",
    )


def _start(page: str, readme: Post) -> Start:
    return Start(text.legal(readme.meta.title), summary(readme, START_LENGTH), urls.relative(page, readme.url))
