"""For programs: every post in one JSON file, and what search engines read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from knowrepo import text, urls
from knowrepo.model import Artifact, Post
from knowrepo.pages.theme import ICON
from knowrepo.pages.views import Lens

SCHEMA_VERSION = 1
SHORT = 20
"""Of a name below an icon, in characters."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site_json(lens: Lens) -> Iterator[Artifact]:
    """``site.json``."""
    site = lens.site
    value = {
        "schema_version": SCHEMA_VERSION,
        "title": text.legal(site.title),
        "description": text.legal(site.description),
        "site_url": site.site_url,
        "project_url": site.project_url,
        "commit": site.commit,
        "posts": [_post(post, site.commit) for post in site.posts],
    }
    yield Artifact(urls.SITE_JSON, as_json(value))


def sitemap(lens: Lens) -> Iterator[Artifact]:
    """``sitemap.xml`` and ``robots.txt``, both only where the site's address is known: they need absolute links. A site that is not to be listed says that."""
    site = lens.site
    if not site.robots:
        yield Artifact(urls.ROBOTS, b"User-agent: *\nDisallow: /\n")
    if not site.robots or not site.site_url:
        return
    root = ElementTree.Element("urlset", xmlns=_SITEMAP)
    changed = {post.url: post.meta.updated_at or post.meta.created_at for post in site.posts}
    groups = [group.url for group in (*site.tags, *site.authors, *site.folders)]
    for url in dict.fromkeys(
        [urls.HOME, urls.table_page(1), urls.TREE, urls.ARCHIVE, urls.STATISTICS, urls.TAGS, urls.AUTHORS, urls.FOLDERS, *changed, *groups]
    ):
        entry = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(entry, "loc").text = urls.absolute(site.site_url, url)
        if moment := changed.get(url):
            ElementTree.SubElement(entry, "lastmod").text = moment.date().isoformat()
    yield Artifact(urls.SITEMAP, as_xml(root))
    yield Artifact(urls.ROBOTS, f"User-agent: *\nAllow: /\nSitemap: {urls.absolute(site.site_url, urls.SITEMAP)}\n".encode())


def web_manifest(lens: Lens) -> Iterator[Artifact]:
    """``manifest.webmanifest`` (https://www.w3.org/TR/appmanifest/), by which a browser puts the site on a home screen."""
    site, theme = lens.site, lens.theme
    icons = [("any", ICON), *((size, f"icon-{size[: size.index('x')]}.png") for size in ("192x192", "512x512"))]
    title = text.legal(site.title)
    value = {
        "name": title,
        "short_name": text.excerpt(title, SHORT),
        "description": text.legal(site.description),
        "lang": text.legal(site.language),
        "start_url": urls.HOME,
        "display": "minimal-ui",
        "background_color": theme.colours["paper"][0],
        "theme_color": theme.colours["paper"][0],
        "icons": [
            {"src": theme.assets[name], "sizes": sizes, "type": "image/svg+xml" if sizes == "any" else "image/png"}
            for sizes, name in icons
            if name in theme.assets
        ],
    }
    yield Artifact(urls.WEB_MANIFEST, as_json(value))


def as_json(value: Any) -> bytes:
    """JSON as UTF-8, indented so that a person can read it and Git can compare it."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def as_xml(root: ElementTree.Element) -> bytes:
    """An XML document as UTF-8."""
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'.encode()


def _post(post: Post, commit: str) -> dict[str, Any]:
    return {
        "path": text.legal(post.path),
        "url": post.url,
        "title": text.legal(post.meta.title),
        "authors": [text.legal(person.name) for person in post.meta.authors],
        "tags": [text.legal(tag) for tag in post.meta.tags],
        "created_at": _moment(post.meta.created_at),
        "updated_at": _moment(post.meta.updated_at),
        "tldr": text.legal(post.meta.tldr),
        "blob": post.source.blob,
        "commit": commit,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
