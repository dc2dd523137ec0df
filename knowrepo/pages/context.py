"""What stands around the body of a post: where it comes from, whether its results are current, and where a reader can go on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

import orjson

from knowrepo import marker, related, text, urls
from knowrepo.cache import load
from knowrepo.model import Post, Site
from knowrepo.pages import cite
from knowrepo.pages.cite import Citation
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens, date
from knowrepo.related import Series

RELATED = 5
STALE = 5
"""So many cells are named; of others only the number."""

LONGEST_TITLE = 250
CELL = "knowrepo-cell"
"""Stands for the anchor of a cell in an address, since one for each would be a fifth of many a page."""

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

    ``source``, ``history`` and ``discuss`` are addresses; in that of ``discuss_cell`` ``CELL`` stands for a cell of code;
    ``older`` and ``newer`` are the neighbours in the series, or else in the folder. ``changed`` is
    the day of the ``commit``.
    """

    source: str
    history: str
    downloads: tuple[Link, ...]
    openers: tuple[Link, ...]
    discuss: str
    discuss_cell: str
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
        self._alike = _alike(lens)
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
            discuss=discuss(site, post),
            discuss_cell=discuss(site, post, CELL) if post.body.code else "",
            commit=lens.commit(post.commit),
            changed=date(post.source.updated) if post.commit else "",
            stale=self._stale(post),
            part=_part(post, row) if row else None,
            older=_link(post, older) if older else None,
            newer=_link(post, newer) if newer else None,
            related=_links(post, self._alike[post.path]),
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


def about(site: Site, post: Post) -> Mapping[str, str]:
    """What an address of the team's own, or an issue, says of a post."""
    url = urls.absolute(site.site_url, post.url) if site.site_url else post.source_url
    return {"title": text.legal(post.meta.title), "url": url, "path": site.prefix + post.path, "project_url": site.project_url}


def discuss(site: Site, post: Post, cell: str = "") -> str:
    """Where readers answer a post, or one of its cells, or "": the issue that is open about the post, else a new one, or where the team says.

    A new issue on GitLab has the mark by which ``knowrepo discuss sync`` finds it.
    """
    if site.discuss_url is not None:
        return "" if cell else urls.fill(site.discuss_url, about(site, post))
    there = next((thread.first.url for thread in post.threads if not thread.closed and thread.first.url), "")
    if there and not cell:
        return there
    known = about(site, post)
    description = issue_text(site, post, cell) if urls.is_gitlab(site.discuss_project) else "{url}\n{path}".format(**known)
    return urls.new_issue(site.discuss_project, issue_title(post), f"{description}\n\n")


def issue_title(post: Post) -> str:
    """The title of an issue about a post, no longer than GitLab takes one (https://docs.gitlab.com/api/issues/#create-an-issue)."""
    return text.excerpt(text.legal(post.meta.title), LONGEST_TITLE)


def issue_text(site: Site, post: Post, cell: str = "", *, label: bool = True) -> str:
    """The beginning of an issue: the mark with the post's address and path. With ``label`` it asks for the label too."""
    known = about(site, post)
    at = f"#{cell}" if cell and site.site_url else ""
    lines = (known["url"] + at, known["path"], f"/label ~{marker.LABEL}" if label else "")
    return marker.mark(known["path"], cell, "\n".join(filter(None, lines)))


def _alike(lens: Lens) -> dict[str, tuple[Post, ...]]:
    """By the path of a post those that are most like it, as an earlier build found them if no post has come to tell something else."""
    posts = sorted(lens.site.posts, key=attrgetter("path"))
    terms = {f"{number:07}": post.body.terms for number, post in enumerate(posts)}
    made = lens.theme.drawn("related", ("related", RELATED, terms), lambda: orjson.dumps(related.alike(terms, RELATED)))
    found = orjson.loads(load(made.content))
    return {post.path: tuple(posts[int(other)] for other in found[name]) for name, post in zip(terms, posts, strict=True)}


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
