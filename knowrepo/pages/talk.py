"""What people say about posts, as pages show it: below the post, at its cells, and the latest beside the feed.

A comment is Markdown of anybody. Of its HTML no id, no look and no class but those of Markdown stays, so that it can neither be found in the place of
something else nor look like it; nor any picture, for which a reader's browser might ask another host.
"""

from __future__ import annotations

import html
import re
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

_CELL = re.compile(r'<div class="cell (?:code|markdown|raw)[^"]*" id="([^"<>]*)"[^<>]*>')
_ATTRIBUTES = {
    *(("a", name) for name in ("href", "rel")),
    *(("input", name) for name in ("type", "checked", "disabled")),
    ("img", "alt"),
    ("ol", "start"),
    ("details", "open"),
}
_CLASSES = {
    "code": re.compile(r"language-[\w+#.-]+"),
    "pre": re.compile("code"),
    "span": re.compile("math|inline|display|[a-z][a-z0-9]{0,2}"),
    "ul": re.compile("contains-task-list"),
    "li": re.compile("task-list-item"),
    "div": re.compile("markdown-alert(-[a-z]+)?"),
    "p": re.compile("markdown-alert-title"),
}
"""Those that Markdown and the colours of code need."""
_ALIGNED = frozenset({"text-align"})
_HEADING = re.compile("(</?)h[1-6]>")
_INLINE = re.compile("</?(?:a|b|code|del|em|i|s|span|strong|sub|sup)(?: [^<>]*)?>")
_TAG = re.compile("<[^<>]*>")
_PICTURE = re.compile('<img(?: alt="([^"]*)")?>')


@dataclass(frozen=True, slots=True)
class Said:
    """A comment; ``id`` is its anchor, ``cell`` the place in the post that it is about. ``url`` is where it comes from, or "". ``cut``: there it goes on."""

    id: str
    author: str
    created: str
    url: str
    body: Markup
    cut: bool
    cell: Link | None
    replies: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """An issue. ``title`` is "" where it says no more than the page around it; ``opening`` is what it says itself. Between that and the ``comments`` so many
    ``earlier`` ones stand there alone.
    """

    title: str
    url: str
    closed: bool
    opening: Said | None
    earlier: int
    comments: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """All that is said about a post; ``count`` comments and so many ``likes``. ``others`` are the issues that are not shown, with what is said there."""

    count: int
    likes: int
    topics: tuple[Topic, ...]
    others: Link | None


@dataclass(frozen=True, slots=True)
class Recent:
    """One of the latest comments of the site: a link to it, who wrote it when, and how it begins."""

    post: Link
    author: str
    created: str
    words: str


def view(lens: Lens, post: Post) -> Talk | None:
    """What is said about a post, None if nothing is."""
    count, likes = discussion.count(post), discussion.likes(post)
    if not count and not likes:
        return None
    shown = [thread for thread in post.threads if any(comment.text for comment in thread.every)]
    topics = tuple(_topic(lens, post, thread, alone=len(shown) == 1) for thread in shown)
    elsewhere = sum(thread.earlier for thread in post.threads) - sum(thread.earlier for thread in shown)
    issues = urls.issues_about(lens.site.discuss_project, lens.site.prefix + post.path)
    others = Link(lens.texts("earlier-comments", count=elsewhere), issues) if elsewhere else None
    return Talk(count, likes, topics, others)


def recent(lens: Lens, page: str) -> tuple[Recent, ...]:
    """The latest comments as seen from ``page``, the latest first."""
    return tuple(
        Recent(
            Link(text.legal(post.meta.title), f"{urls.relative(page, post.url)}#{discussion.anchor(thread, comment)}"),
            comment.author,
            date(comment.created),
            text.excerpt(_words(shown(comment.text[: discussion.LONGEST], lens.texts("picture"))), EXCERPT),
        )
        for post, thread, comment in discussion.latest(lens.site.posts, LATEST)
    )


def at_cells(body: Markup, post: Post, texts: Texts) -> Markup:
    """The body with a link at each cell that somebody has written about, to the first comment on it."""
    about: dict[str, list[str]] = {}
    for thread in post.threads:
        for comment in thread.every:
            if comment.text and (cell := comment.cell or thread.first.cell):
                about.setdefault(cell, []).append(discussion.anchor(thread, comment))
    if not about:
        return body

    def line(found: re.Match[str]) -> str:
        said = about.get(html.unescape(found[1]))
        link = Markup('<p class="talk"><a href="#{}">{}</a></p>').format(said[0], texts("comments", count=len(said))) if said else ""
        return f"{found[0]}{link}"

    return Markup(_CELL.sub(line, body))  # noqa: S704 - what was Markup, and links that are escaped


def _topic(lens: Lens, post: Post, thread: Thread, *, alone: bool) -> Topic:
    repeated = alone and not thread.closed and text.same_key(thread.title) == text.same_key(post.meta.title)
    opening = _said(lens, post, thread, thread.first) if thread.first.text else None
    comments = tuple(_said(lens, post, thread, comment) for comment in thread.comments)
    return Topic("" if repeated else thread.title, thread.first.url, thread.closed, opening, thread.earlier, comments)


def _said(lens: Lens, post: Post, thread: Thread, comment: Comment) -> Said:
    cell = comment.cell or (thread.first.cell if comment is thread.first else "")
    return Said(
        id=discussion.anchor(thread, comment),
        author=comment.author or lens.texts("somebody"),
        created=date(comment.created),
        url=comment.url,
        body=shown(comment.text[: discussion.LONGEST], lens.texts("picture")),
        cut=len(comment.text) > discussion.LONGEST,
        cell=Link(lens.texts("about-cell"), f"#{cell}") if cell in post.body.anchors else None,
        replies=tuple(_said(lens, post, thread, reply) for reply in comment.replies),
    )


def _words(body: Markup) -> str:
    """The text of a comment in one line."""
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", body))).split())


@lru_cache(maxsize=4096)
def shown(words: str, picture: str) -> Markup:
    """The HTML of a comment. Its headings stand below those of the page, and for a picture stand its words, or else ``picture``."""
    clean = _HEADING.sub(r"\1h4>", _cleaner().clean(markdown.to_html(words)))
    put = Markup('<span class="missing">{}</span>')
    return Markup(_PICTURE.sub(lambda found: put.format(html.unescape(found[1] or "") or picture), clean))  # noqa: S704 - sanitised here


@lru_cache(maxsize=1)
def _cleaner() -> sanitize.Cleaner:
    return sanitize.cleaner(attribute=_attribute, styles=_ALIGNED)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class" and tag in _CLASSES:
        return " ".join(word for word in value.split() if _CLASSES[tag].fullmatch(word)) or None
    return value if (tag, name) in _ATTRIBUTES else None
