"""What people say about posts, as pages show it: below the post, at its cells, and the latest beside the feed.

A comment is Markdown of anybody. Of its HTML no id, no style and no class of ours stays, so that it can neither be found in the place of something else nor
look like it; nor a picture from elsewhere, for which a reader's browser would ask another host.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from knowrepo import discussion, text, urls
from knowrepo.model import Comment, Post, Thread
from knowrepo.pages.frame import Link
from knowrepo.pages.texts import Texts
from knowrepo.pages.views import Lens, date
from knowrepo.render import markdown, sanitize

LATEST = 5
EXCERPT = 120

_CELL = re.compile(r'<div class="cell (code|markdown|raw)[^"]*" id="([^"<>]*)"[^<>]*>')
_SHOWN = {("a", "href"), ("code", "class"), ("pre", "class"), ("span", "class"), ("ol", "start"), ("details", "open"), ("img", "alt")}


@dataclass(frozen=True, slots=True)
class Said:
    """A comment; ``id`` is its anchor, ``cell`` the place in the post that it is about. ``url`` is where it can be answered, or ""."""

    id: str
    author: str
    created: str
    url: str
    body: Markup
    cell: Link | None
    replies: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """An issue. ``title`` is "" where it says the post's title again."""

    title: str
    url: str
    closed: bool
    comments: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """All that is said about a post; ``count`` comments and so many ``likes``."""

    count: int
    likes: int
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """One of the latest comments of the site: a link to it, who wrote it when, and how it begins."""

    post: Link
    author: str
    created: str
    words: str


def view(lens: Lens, post: Post) -> Talk | None:
    """What is said about a post, None if nothing is."""
    if not post.threads:
        return None
    topics = tuple(_topic(lens, post, thread) for thread in post.threads)
    return Talk(discussion.count(post), discussion.likes(post), topics)


def recent(lens: Lens, page: str) -> tuple[Recent, ...]:
    """The latest comments as seen from ``page``, the latest first."""
    return tuple(
        Recent(
            Link(text.legal(post.meta.title), f"{urls.relative(page, post.url)}#{discussion.anchor(thread, comment)}"),
            comment.author,
            date(comment.created),
            text.excerpt(" ".join(text.plain(comment.text).split()), EXCERPT),
        )
        for post, thread, comment in discussion.latest(lens.site.posts, LATEST)
    )


def at_cells(body: Markup, post: Post, address: Callable[[str], str], texts: Texts) -> Markup:
    """The body with a line at each cell that somebody has written about, and at each cell of code one to do so; ``address`` is where, or ""."""
    about: dict[str, list[str]] = {}
    for thread in post.threads:
        for comment in thread.every:
            if comment.text and (cell := comment.cell or thread.first.cell):
                about.setdefault(cell, []).append(discussion.anchor(thread, comment))
    if not about and not address("x"):
        return body

    def line(found: re.Match[str]) -> str:
        cell = html.unescape(found[2])
        said, new = about.get(cell, []), address(cell) if found[1] == "code" else ""
        links = [Markup('<a href="#{}">{}</a>').format(said[0], texts("comments", count=len(said)))] if said else []
        links += [Markup('<a href="{}" rel="noopener">{}</a>').format(new, texts("discuss-cell"))] if new else []
        if not links:
            return found[0]
        more = Markup('<p class="talk{}">{}</p>').format(" answered" if said else "", Markup(" ").join(links))
        return f"{found[0]}{more}"

    return Markup(_CELL.sub(line, body))  # noqa: S704 - what was Markup, and links that are escaped


def _topic(lens: Lens, post: Post, thread: Thread) -> Topic:
    repeated = text.same_key(thread.title) == text.same_key(post.meta.title)
    comments = (thread.first, *thread.comments) if thread.first.text else thread.comments
    shown = tuple(_said(lens, post, thread, comment) for comment in comments)
    return Topic("" if repeated else thread.title, thread.first.url, thread.closed, shown)


def _said(lens: Lens, post: Post, thread: Thread, comment: Comment) -> Said:
    cell = comment.cell or (thread.first.cell if comment is thread.first else "")
    return Said(
        id=discussion.anchor(thread, comment),
        author=comment.author or lens.texts("somebody"),
        created=date(comment.created),
        url=comment.url,
        body=shown(comment.text),
        cell=Link(lens.texts("about-cell"), f"#{cell}") if cell in post.body.anchors else None,
        replies=tuple(_said(lens, post, thread, reply) for reply in comment.replies),
    )


@lru_cache(maxsize=4096)
def shown(words: str) -> Markup:
    """The HTML of a comment."""
    return Markup(_cleaner().clean(markdown.to_html(words)))  # noqa: S704 - sanitised here


@lru_cache(maxsize=1)
def _cleaner() -> sanitize.Cleaner:
    return sanitize.cleaner(attribute=lambda tag, name, value: value if (tag, name) in _SHOWN else None, styles=False)
