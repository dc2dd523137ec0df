"""What templates see: small frozen views with plain text and links relative to the page, instead of the values of the model.

All text in them is free of characters that HTML may not hold. A ``date`` is ``YYYY-MM-DD`` or "". The views are the interface of themes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

import orjson
from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Group, Post, Site, Target
from knowrepo.pages import libraries
from knowrepo.pages.theme import SCRIPT, Theme, policy

WORDS_PER_MINUTE = 220
EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; ``url`` is "" where there is nowhere to go. ``count`` is the number of posts behind it."""

    text: str
    url: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A script of a page; only one with this ``integrity`` runs."""

    url: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the interactive outputs of a page need: the link of the frame document, JSON that maps a library to its links, and the hosts of pictures."""

    document: str
    libraries: str
    hosts: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page.

    ``title`` is the page's own, "" on the first page of the feed. ``assets`` maps a name in the theme to its link, ``styles`` are links.
    ``canonical`` is the absolute address or "". ``commit`` stands on the first page alone, so that a commit does not change them all.
    ``atom`` and ``json_feed`` are the feeds that belong to this page. ``policy`` is its Content-Security-Policy, which lets ``scripts`` run and no
    other; ``outputs`` is None on a page without interactive outputs.
    """

    title: str
    description: str
    site_title: str
    language: str
    home: str
    navigation: tuple[Link, ...]
    assets: Mapping[str, str]
    styles: tuple[str, ...]
    canonical: str
    atom: str
    json_feed: str
    site_json: str
    commit: Link | None
    policy: Markup
    scripts: tuple[Script, ...]
    outputs: Outputs | None


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
    where a link post leads, or "".
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


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of a table of contents with those below it."""

    text: str
    url: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post on its own page.

    ``anchor`` is the id of the body's own title, which the page's title has taken over. ``code`` (shown, hidden) is how the page opens, "" where there
    is no code; ``kernel`` is what ran it. What there is not is None or "".
    """

    card: Card
    anchor: str
    tldr: Markup
    body: Markup
    code: str
    kernel: str
    contents: tuple[Section, ...]
    folder: Link | None
    source: str
    source_path: str
    download: str
    commit: Link | None
    link: Link | None
    older: Link | None
    newer: Link | None


class Lens:
    """A site as seen from its pages: finds the pages of tags, authors and folders, and makes views of them.

    The groups are looked up once; every method takes the URL of the page on which the view stands. Links in cards lead by way of the site's root, so that
    pages of one depth share them.
    """

    def __init__(self, site: Site, theme: Theme) -> None:
        self.site = site
        self.theme = theme
        self.texts = theme.texts
        self._tags = {text.same_key(group.name): group for group in site.tags}
        self._authors = {text.same_key(group.name): group for group in site.authors}
        self._folders = {post.url: group for group in site.folders for post in group.posts}
        self._cards: dict[tuple[str, str], Card] = {}
        self._rows: dict[tuple[str, str], Markup] = {}
        self._below = {group.url: sum(len(other.posts) for other in site.folders if lies_in(other, group)) for group in site.folders}

    def frame(self, page: str, title: str = "", description: str = "", *, feeds: str = urls.HOME, post: Post | None = None) -> Frame:
        """The frame of a page; ``feeds`` is the page whose feeds it announces, ``post`` the one whose body it shows."""
        site = self.site
        parts = [("posts", urls.HOME, True), ("tags", urls.TAGS, site.tags), ("authors", urls.AUTHORS, site.authors)]
        parts += [("folders", urls.FOLDERS, len(site.folders) > 1), ("archive", urls.ARCHIVE, True)]
        scripts, outputs = self._scripts(page, post), self._outputs(page, post)
        framed = outputs is not None or (post is not None and libraries.has_documents(post.body))
        assets = {name: urls.relative(page, path) for name, path in self.theme.assets.items()}
        return Frame(
            title=text.legal(title),
            description=text.legal(description or site.description),
            site_title=text.legal(site.title),
            language=text.legal(site.language),
            home=urls.relative(page, urls.HOME),
            navigation=tuple(Link(self.texts(name), urls.relative(page, url), current=url == page) for name, url, shown in parts if shown),
            assets=MappingProxyType(assets),
            styles=tuple(assets[name] for name in self.theme.styles),
            canonical=urls.absolute(site.site_url, page) if site.site_url else "",
            atom=urls.relative(page, urls.beside(feeds, urls.ATOM)),
            json_feed=urls.relative(page, urls.beside(feeds, urls.JSON_FEED)),
            site_json=urls.relative(page, urls.SITE_JSON),
            commit=self.commit(self.site.commit) if page == urls.HOME else None,
            policy=Markup(policy(tuple(script.integrity for script in scripts), frames=framed)),  # noqa: S704 - hashes alone
            scripts=scripts,
            outputs=outputs,
        )

    def _scripts(self, page: str, post: Post | None) -> tuple[Script, ...]:
        """The scripts of a page in the order in which they run."""
        maths = self.theme.libraries[libraries.MATHS] if post and post.body.maths else ()
        vendored = (Script(urls.relative(page, file.path), libraries.integrity(file)) for file in maths)
        return (*vendored, Script(urls.relative(page, self.theme.assets[SCRIPT]), self.theme.integrity))

    def _outputs(self, page: str, post: Post | None) -> Outputs | None:
        if not post or not libraries.has_frames(post.body):
            return None
        root, known = urls.climb(page), self.theme.libraries
        links = {name: [root + file.path for file in known[name]] for name in sorted(known.keys() & frozenset(post.body.libraries))}
        return Outputs(root + self.theme.frame.path, orjson.dumps(links).decode(), " ".join(self.theme.hosts))

    def commit(self, name: str) -> Link | None:
        """A commit by its full id."""
        return Link(name[:8], urls.commit(self.site.project_url, name)) if name else None

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
        )

    def folder(self, post: Post) -> Group | None:
        """The folder that the post lies in."""
        return self._folders.get(post.url)

    def group(self, page: str, group: Group) -> Link:
        """A link to a group, with the number of its posts; a folder's are also those below it."""
        return self._group(urls.climb(page), group)

    def _group(self, root: str, group: Group) -> Link:
        return Link(text.legal(group.name), root + group.url, count=len(group.posts) + self._below.get(group.url, 0))

    def _named(self, root: str, name: str, groups: Mapping[str, Group]) -> Link:
        group = groups.get(text.same_key(name))
        return self._group(root, group) if group else Link(text.legal(name), "")


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


def lies_in(folder: Group, above: Group) -> bool:
    """Whether a folder lies somewhere below another one."""
    return folder is not above and folder.url.startswith(urls.beside(above.url, ""))


def most_used(links: Iterable[Link], number: int) -> tuple[Link, ...]:
    """The links with the most posts behind them, in the order in which they stood."""
    links = tuple(links)
    kept = sorted(range(len(links)), key=lambda at: (-links[at].count, at))[:number]
    return tuple(links[at] for at in sorted(kept))
