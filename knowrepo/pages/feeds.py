"""Atom (RFC 4287) and JSON Feed 1.1 for the site and for each tag, author and folder.

Links are absolute where the site's address is known, else relative to the feed. Ids come from the project's address and the path of a
post's source, so that a reader knows a post again when the site moves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree

from knowrepo import text, urls
from knowrepo.model import Artifact, Post, Site
from knowrepo.pages.catalogue import as_json, as_xml
from knowrepo.pages.views import Lens, summary

MOST = 50
UNDATED = "1970-01-01T00:00:00Z"
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed before it has a format: ``page`` is the page that it belongs to."""

    site: Site
    title: str
    page: str
    posts: tuple[Post, ...]

    def link(self, target: str) -> str:
        """The link to ``target`` as it stands in this feed."""
        return urls.absolute(self.site.site_url, target) if self.site.site_url else urls.relative(self.page, target)

    def beside(self, name: str) -> str:
        """The link to a file beside the page."""
        return self.link(urls.beside(self.page, name))


def pages(lens: Lens) -> Iterator[Artifact]:
    """Both feeds beside the first page of the feed and beside each group's page."""
    site, theme = lens.site, lens.theme
    feeds = [_Feed(site, text.legal(site.title), urls.HOME, site.posts[:MOST])]
    for group in (*site.tags, *site.authors, *site.folders):
        title = f"{group.name} – {site.title}" if group.name else site.title
        feeds += [_Feed(site, text.legal(title), group.url, group.posts[:MOST])]
    for feed in feeds:
        entries = [(post.path, post.url, post.meta) for post in feed.posts]
        about = (feed.title, feed.page, site.title, site.description, site.language, site.site_url, site.project_url, entries)
        yield theme.file(urls.beside(feed.page, urls.ATOM), ("atom", about), partial(_atom, feed))
        yield theme.file(urls.beside(feed.page, urls.JSON_FEED), ("json", about), partial(_json, feed))


def _atom(feed: _Feed) -> bytes:
    root = ElementTree.Element("feed", xmlns=_ATOM)
    place = f"{feed.site.site_url or feed.site.project_url}#{feed.page}"
    _add(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, place).urn)
    _add(root, "title", feed.title)
    _add(root, "updated", max((_updated(post) for post in feed.posts), key=_instant, default=UNDATED))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.beside(urls.ATOM))
    _add(root, "link", rel="alternate", type="text/html", href=feed.link(feed.page))
    _add(_add(root, "author"), "name", text.legal(feed.site.title))
    for post in feed.posts:
        entry = _add(root, "entry")
        _add(entry, "id", _id(feed, post))
        _add(entry, "title", text.legal(post.meta.title))
        _add(entry, "updated", _updated(post))
        if post.meta.created_at:
            _add(entry, "published", _moment(post.meta.created_at))
        _add(entry, "link", rel="alternate", type="text/html", href=feed.link(post.url))
        for person in post.meta.authors:
            _add(_add(entry, "author"), "name", text.legal(person.name))
        for tag in post.meta.tags:
            _add(entry, "category", term=text.legal(tag))
        _add(entry, "summary", summary(post))
    return as_xml(root)


def _add(parent: ElementTree.Element, name: str, value: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = value
    return element


def _json(feed: _Feed) -> bytes:
    value: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link(feed.page),
        "feed_url": feed.beside(urls.JSON_FEED),
        "language": text.legal(feed.site.language),
        "items": [_item(feed, post) for post in feed.posts],
    }
    if feed.site.description:
        value["description"] = text.legal(feed.site.description)
    return as_json(value)


def _item(feed: _Feed, post: Post) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": _id(feed, post),
        "url": feed.link(post.url),
        "title": text.legal(post.meta.title),
        "summary": summary(post),
        "content_text": text.legal(text.plain(post.meta.tldr)),
    }
    if post.meta.created_at:
        item["date_published"] = _moment(post.meta.created_at)
    if post.meta.updated_at:
        item["date_modified"] = _moment(post.meta.updated_at)
    if post.meta.authors:
        item["authors"] = [{"name": text.legal(person.name)} for person in post.meta.authors]
    if post.meta.tags:
        item["tags"] = [text.legal(tag) for tag in post.meta.tags]
    return item


def _id(feed: _Feed, post: Post) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{feed.site.project_url}#{post.path}".encode("utf-8", "replace").decode()).urn


def _updated(post: Post) -> str:
    moment = post.meta.updated_at or post.meta.created_at
    return _moment(moment) if moment else UNDATED


def _moment(moment: datetime) -> str:
    """RFC 3339, in the offset of the author."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
