"""What stands around the body of a post: where it comes from, whether its results are current, and where a reader can go on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowrepo import related, text, urls
from knowrepo.model import Post
from knowrepo.pages import cite
from knowrepo.pages.cite import Citation
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens, date
from knowrepo.related import Series

RELATED = 5
STALE = 5
"""So many cells are named; of others only the number."""

_KNITTED = (".html", ".md")


@dataclass(frozen=True, slots=True)
class Part:
    """The post as a part of a series: ``number`` counts from 1, ``parts`` are all of them."""

    series: str
    number: int
    parts: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """Why the results may not be those of the code: ``cells`` and how many ``more``, or the day on which they were ``made`` and the source ``changed``."""

    cells: tuple[Link, ...] = ()
    more: int = 0
    made: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The links around a post. What there is not is None, "" or ().

    ``source``, ``history`` and ``discuss`` are addresses; ``older`` and ``newer`` are the neighbours in the series, or else in the folder. ``changed`` is
    the day of the ``commit``.
    """

    source: str
    history: str
    downloads: tuple[Link, ...]
    openers: tuple[Link, ...]
    discuss: str
    commit: Link | None
    changed: str
    stale: Stale | None
    part: Part | None
    older: Link | None
    newer: Link | None
    related: tuple[Link, ...]
    mentions: tuple[Link, ...]
    citation: Citation


class Contexts:
    """Makes the context of each post; what depends on all posts is found once."""

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        self._posts = {post.path: post for post in lens.site.posts}
        self._alike = related.alike({post.path: post.body.terms for post in lens.site.posts}, RELATED)
        self._mentions = related.mentions(lens.site)
        self._series = related.series(lens.site.posts)
        self._neighbours = _in_folders(lens)

    def of(self, post: Post) -> Context:
        """The context of one post."""
        lens, site = self._lens, self._lens.site
        row = self._series.get(post.url)
        older, newer = _in_row(row.parts, post) if row else self._neighbours.get(post.url, (None, None))
        return Context(
            source=post.source_url,
            history=self._history(post),
            downloads=tuple(self._downloads(post)),
            openers=tuple(self._openers(post)),
            discuss=self._discuss(post),
            commit=lens.commit(post.commit),
            changed=date(post.source.updated) if post.commit else "",
            stale=self._stale(post),
            part=_part(post, row) if row else None,
            older=_link(post, older) if older else None,
            newer=_link(post, newer) if newer else None,
            related=_links(post, (self._posts[path] for path in self._alike[post.path])),
            mentions=_links(post, self._mentions.get(post.url, ())),
            citation=cite.of(post, site, lens.texts),
        )

    def _history(self, post: Post) -> str:
        """The page of its history, or else the commits in the project's web interface."""
        own = self._lens.past(post)
        site = self._lens.site
        return urls.relative(post.url, own) if own else urls.history(site.project_url, post.commit, site.prefix + post.path)

    def _downloads(self, post: Post) -> Iterable[Link]:
        texts = self._lens.texts
        for url, label in ((post.download, "download-source"), (post.script, "download-script")):
            if url:
                yield Link(texts(label, suffix=posixpath.splitext(url)[1]), urls.relative(post.url, url))

    def _openers(self, post: Post) -> Iterable[Link]:
        site = self._lens.site
        path = site.prefix + post.path
        folder, name = posixpath.split(path)
        values = {"path": path, "dir": folder, "name": name, "commit": post.commit, "branch": site.branch, "project_url": site.project_url}
        for opener in site.openers:
            url = urls.fill(opener.url, values) if post.source.suffix in opener.suffixes else ""
            if url:
                yield Link(text.legal(opener.name), url)

    def _discuss(self, post: Post) -> str:
        site = self._lens.site
        template = urls.new_issue(site.project_url) if site.discuss_url is None else site.discuss_url
        return urls.fill(template, self._about(post))

    def _about(self, post: Post) -> Mapping[str, str]:
        site = self._lens.site
        url = urls.absolute(site.site_url, post.url) if site.site_url else post.source_url
        return {"title": text.legal(post.meta.title), "url": url, "path": site.prefix + post.path, "project_url": site.project_url}

    def _stale(self, post: Post) -> Stale | None:
        cells = post.body.stale
        if cells:
            links = tuple(
                Link(self._lens.texts("cell", number=cell.cell), f"#{cell.anchor}" if cell.anchor else "") for cell in cells[:STALE]
            )
            return Stale(links, more=len(cells) - len(links))
        knitted = next((beside for beside in post.source.companions if beside.path.endswith(_KNITTED)), None)
        changed, made = post.source.updated, knitted.updated if knitted else None
        return Stale(made=date(made), changed=date(changed)) if changed and made and changed > made else None


def _part(post: Post, row: Series) -> Part:
    parts = tuple(Link(text.legal(part.meta.title), urls.relative(post.url, part.url), current=part is post) for part in row.parts)
    return Part(text.legal(row.name), row.parts.index(post) + 1, parts)


def _link(post: Post, other: Post) -> Link:
    return Link(text.legal(other.meta.title), urls.relative(post.url, other.url))


def _links(post: Post, others: Iterable[Post]) -> tuple[Link, ...]:
    return tuple(_link(post, other) for other in others)


def _in_row(row: tuple[Post, ...], post: Post) -> tuple[Post | None, Post | None]:
    at = row.index(post)
    return (row[at - 1] if at else None), (row[at + 1] if at + 1 < len(row) else None)


def _in_folders(lens: Lens) -> dict[str, tuple[Post | None, Post | None]]:
    """The next older and the next newer post of the same folder, by the URL of the post between them."""
    rows: dict[str, list[Post]] = {}
    for post in lens.site.posts:
        if folder := lens.folder(post):
            rows.setdefault(folder.url, []).append(post)
    return {
        post.url: (older, newer)
        for row in rows.values()
        for newer, post, older in zip([None, *row[:-1]], row, [*row[1:], None], strict=True)
    }
