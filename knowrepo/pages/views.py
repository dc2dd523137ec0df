"""What templates see: small frozen views with plain text and links relative to the page, instead of the values of the model.

All text in them is free of characters that HTML may not hold. A ``date`` is ``YYYY-MM-DD`` or "". The views are the interface of themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from urllib.parse import urlsplit

from markupsafe import Markup

from knowrepo import discussion, text, urls
from knowrepo.chronicle import Chronicle
from knowrepo.model import Group, Post, Site, Target
from knowrepo.pages.frame import Link, surround, surroundings
from knowrepo.pages.theme import Theme

WORDS_PER_MINUTE = 220
EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the site (or a ``data:`` one); width and height in pixels, 0 if unknown. ``dense`` is a finer one for screens that can show it."""

    url: str
    width: int
    height: int
    dense: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A post in a list.

    Without a ``picture`` a card is drawn: ``initial`` on a ground of ``hue`` (degrees). ``minutes`` is the reading time. ``host`` is
    where a link post leads, or "". So many ``comments`` are there.
    """

    title: str
    url: str
    subtitle: str
    summary: str
    authors: tuple[Link, ...]
    tags: tuple[Link, ...]
    created: str
    updated: str
    minutes: int
    picture: Picture | None
    initial: str
    hue: int
    host: str
    comments: int


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of a table of contents with those below it."""

    text: str
    url: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post on its own page.

    ``lang`` is its language, "" the site's. ``anchor`` is the id of the body's own title, which the page's title has taken over. ``code`` (shown,
    hidden) is how the page opens, "" where there is no code; ``kernel`` is what ran it. What there is not is None or "".
    """

    card: Card
    lang: str
    anchor: str
    tldr: Markup
    body: Markup
    code: str
    kernel: str
    contents: tuple[Section, ...]
    folder: Link | None
    source_path: str
    link: Link | None


class Lens:
    """A site as seen from its pages: finds the pages of tags, authors and folders, and makes views of them.

    The groups are looked up once; every method takes the URL of the page on which the view stands. Links in cards lead by way of the site's root, so that
    pages of one depth share them. ``chronicle`` knows what posts were, where the site shows it.
    """

    def __init__(self, site: Site, theme: Theme, chronicle: Chronicle | None = None) -> None:
        self.site = site
        self.chronicle = chronicle
        self.theme = theme
        self.texts = theme.texts
        self.surroundings = surroundings(site, theme)
        self.frame = partial(surround, self.surroundings, theme)
        self._tags = {text.same_key(group.name): group for group in site.tags}
        self._authors = {text.same_key(group.name): group for group in site.authors}
        self._folders = {post.url: group for group in site.folders for post in group.posts}
        self._cards: dict[tuple[str, str], Card] = {}
        self._rows: dict[tuple[str, str], Markup] = {}
        self._links: dict[tuple[str, str], Link] = {}
        self._below = Counter(above for group in site.folders for above in _above(group.url) for _ in group.posts)

    def commit(self, name: str) -> Link | None:
        """A commit by its full id."""
        return Link(name[:8], urls.commit(self.site.project_url, name)) if name else None

    def past(self, post: Post) -> str:
        """The page of a post's history, or "" if it has none."""
        known = self.chronicle and self.chronicle.limit and post.path in self.chronicle.revisions
        return urls.past(post.url) if known else ""

    def card(self, page: str, post: Post) -> Card:
        """A post in a list."""
        root = urls.climb(page)
        if (root, post.url) not in self._cards:
            self._cards[root, post.url] = self._card(root, post)
        return self._cards[root, post.url]

    def row(self, page: str, post: Post) -> Markup:
        """A post in a list without pictures, as HTML."""
        root = urls.climb(page)
        if (root, post.url) not in self._rows:
            row = self.theme.render("row.html", card=self.card(page, post)).decode()
            self._rows[root, post.url] = Markup(row)  # noqa: S704 - a template of ours made it
        return self._rows[root, post.url]

    def _card(self, root: str, post: Post) -> Card:
        title = text.legal(post.meta.title)
        return Card(
            title=title,
            url=root + post.url,
            subtitle=text.legal(post.meta.subtitle),
            summary=summary(post),
            authors=tuple(self._named(root, person.name, self._authors) for person in post.meta.authors),
            tags=tuple(self._named(root, tag, self._tags) for tag in post.meta.tags),
            created=date(post.meta.created_at),
            updated=date(post.meta.updated_at),
            minutes=max(1, round(post.body.words / WORDS_PER_MINUTE)),
            picture=picture(root, post.thumbnail),
            initial=next((letter for letter in title if letter.isalnum()), "·").upper()[:1],
            hue=int(text.short_hash(post.meta.title), 16) % 360,
            host=text.legal(urlsplit(post.meta.proxy).hostname or "") if urls.is_web(post.meta.proxy) else "",
            comments=discussion.count(post),
        )

    def folder(self, post: Post) -> Group | None:
        """The folder that the post lies in."""
        return self._folders.get(post.url)

    def group(self, page: str, group: Group) -> Link:
        """A link to a group, with the number of its posts; a folder's are also those below it."""
        return Link(text.legal(group.name), urls.climb(page) + group.url, len(group.posts) + self._below[group.url])

    def _named(self, root: str, name: str, groups: Mapping[str, Group]) -> Link:
        """Without a count, so that a new post does not change the pages of all others that share a tag with it."""
        if (root, name) not in self._links:
            group = groups.get(text.same_key(name))
            self._links[root, name] = Link(text.legal(group.name), root + group.url) if group else Link(text.legal(name), "")
        return self._links[root, name]


def summary(post: Post, length: int = EXCERPT) -> str:
    """The tldr as running text, at most ``length`` characters."""
    return _summary(post.meta.tldr, length)


@lru_cache(maxsize=4096)
def _summary(tldr: str, length: int) -> str:
    return text.excerpt(text.legal(text.plain(tldr)), length)


def date(moment: datetime | None) -> str:
    """The day where the author was, as ``YYYY-MM-DD``; "" if unknown."""
    return moment.date().isoformat() if moment else ""


def picture(root: str, target: Target | None) -> Picture | None:
    """A picture that a page may show: one of the site or a ``data:`` one; others would be a request to another host.

    ``root`` is the page's way to the site's root.
    """
    if not target or not target.url or not (target.local or target.url.startswith("data:image/")):
        return None
    size = target.picture
    url = root + target.url if target.local else target.url
    return Picture(url, size.width if size else 0, size.height if size else 0, root + target.dense if target.dense else "")


def _above(page: str) -> Iterator[str]:
    """The pages of the folders that a folder with this page lies in."""
    folder, _, name = page.rpartition("/")
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield f"{folder}/{name}"


def most_used(links: Iterable[Link], number: int) -> tuple[Link, ...]:
    """The links with the most posts behind them, in the order in which they stood."""
    links = tuple(links)
    kept = sorted(range(len(links)), key=lambda at: (-links[at].count, at))[:number]
    return tuple(links[at] for at in sorted(kept))
