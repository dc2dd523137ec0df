"""The feed: all posts, newest first, on ``index.html`` and the pages after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowrepo import urls
from knowrepo.model import Artifact, Post
from knowrepo.pages import curated, listing, review, talk, texts
from knowrepo.pages.curated import Curated
from knowrepo.pages.frame import Link
from knowrepo.pages.review import Review
from knowrepo.pages.talk import Recent
from knowrepo.pages.theme import FEED_SCRIPT
from knowrepo.pages.views import Card, Lens, most_used

MOST = 24


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of the feed; ``number`` counts from 1. ``tags`` and ``folders`` are those with the most posts, ``all_…`` lead to the rest.

    ``recent`` are the latest comments, ``review`` is what a merge request does. ``ways`` are the ways to look at all posts. ``listing`` is the file that the
    filters are made from, ``words`` (JSON) are theirs.
    """

    number: int
    count: int
    posts: int
    cards: tuple[Card, ...]
    review: Review | None
    curated: Curated | None
    recent: tuple[Recent, ...]
    tags: tuple[Link, ...]
    all_tags: Link | None
    folders: tuple[Link, ...]
    all_folders: Link | None
    newer: str
    older: str
    ways: tuple[Link, ...]
    listing: str
    words: str


def pages(lens: Lens) -> Iterator[Artifact]:
    """The pages of the feed; one even if there are no posts."""
    size = max(1, lens.site.posts_per_page)
    chunks = [lens.site.posts[at : at + size] for at in range(0, len(lens.site.posts), size)] or [()]
    for number, posts in enumerate(chunks, start=1):
        page = urls.feed_page(number)
        title = lens.texts("untitled-page", number=number) if number > 1 else ""
        commit = lens.commit(lens.site.commit) if number == 1 else None
        frame = lens.frame(page, title, script=FEED_SCRIPT, commit=commit)
        yield lens.theme.show(page, "feed.html", frame=frame, feed=_view(lens, page, number, len(chunks), posts))


def _view(lens: Lens, page: str, number: int, count: int, posts: tuple[Post, ...]) -> FeedPage:
    site = lens.site
    above = {post.url for post in site.pinned} if number == 1 else set()
    said = talk.recent(lens, page) if number == 1 else ()
    tags = [lens.group(page, group) for group in site.tags]
    folders = [lens.group(page, group) for group in site.folders if group.url != urls.FOLDERS]
    return FeedPage(
        number=number,
        count=count,
        posts=len(site.posts),
        cards=tuple(lens.card(page, post) for post in posts if post.url not in above),
        review=review.view(lens, page) if number == 1 else None,
        curated=curated.view(lens, page) if number == 1 else None,
        recent=said,
        tags=most_used(tags, MOST),
        all_tags=Link(lens.texts("all-tags", count=len(tags)), urls.relative(page, urls.TAGS)) if len(tags) > MOST else None,
        folders=most_used(folders, MOST),
        all_folders=Link(lens.texts("all-folders", count=len(folders)), urls.relative(page, urls.FOLDERS)) if len(folders) > MOST else None,
        newer=urls.relative(page, urls.feed_page(number - 1)) if number > 1 else "",
        older=urls.relative(page, urls.feed_page(number + 1)) if number < count else "",
        ways=listing.ways(lens, page),
        listing=urls.relative(page, urls.POSTS_JSON),
        words=lens.texts.script(texts.FEED),
    )
