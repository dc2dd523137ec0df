"""Old addresses of posts (``aliases`` in the header) lead to where the post is now."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from knowrepo import text, urls
from knowrepo.model import Artifact, Site
from knowrepo.pages.frame import Link
from knowrepo.pages.theme import Theme


def pages(site: Site, theme: Theme, taken: Iterable[str]) -> Iterator[Artifact]:
    """A small page per old address, but none where another file of the site (``taken``) is or would need a folder."""
    files: set[str] = set()
    folders: set[str] = set()
    for path in map(_key, taken):
        files.add(path)
        folders.update(_above(path))
    for post in site.posts:
        for alias in post.meta.aliases:
            path = urls.alias(alias)
            key = _key(path)
            if path and key not in files and key not in folders and not files.intersection(_above(key)):
                files.add(key)
                folders.update(_above(key))
                link = Link(text.legal(post.meta.title), urls.relative(path, post.url))
                canonical = urls.absolute(site.site_url, post.url) if site.site_url else ""
                yield Artifact(path, theme.render("redirect.html", language=text.legal(site.language), link=link, canonical=canonical))


def _key(path: str) -> str:
    """Paths with the same key are one file on some file systems."""
    return unicodedata.normalize("NFC", path).casefold()


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
