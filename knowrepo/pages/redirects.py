"""Old addresses of posts (``aliases`` in the header) lead to where the post is now.

Each has a small page, which works wherever the site lies. ``_redirects`` answers beside it what a page cannot: other spellings, and addresses below a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from knowrepo import text, urls
from knowrepo.model import Artifact, Site
from knowrepo.pages.frame import Link
from knowrepo.pages.theme import Theme

MAX_RULES = 1000
MAX_BYTES = 64 * 1024
MAX_SLASHES = 25
"""GitLab takes no more rules, no larger file and no longer paths (https://docs.gitlab.com/user/project/pages/redirects/)."""

_UNWRITABLE = re.compile(r"[\s%\ud800-\udfff]")
"""What a rule cannot hold: its parts are divided by blanks, and it is compared with decoded addresses."""


def pages(site: Site, theme: Theme, taken: Iterable[str]) -> Iterator[Artifact]:
    """A small page per old address, but none where another file of the site (``taken``) is or would need a folder; and ``_redirects``."""
    files: set[str] = set()
    folders: set[str] = set()
    for path in map(_key, taken):
        files.add(path)
        folders.update(_above(path))
    for path, target, title in _old(site):
        key = _key(path)
        if key not in files and key not in folders and not files.intersection(_above(key)):
            files.add(key)
            folders.update(_above(key))
            link = Link(text.legal(title), urls.relative(path, target))
            canonical = urls.absolute(site.site_url, target) if site.site_url else ""
            yield Artifact(path, theme.render("redirect.html", language=text.legal(site.language), link=link, canonical=canonical))
    if found := b"".join(_rules(site)):
        yield Artifact(urls.REDIRECTS, found)


def _old(site: Site) -> Iterator[tuple[str, str, str]]:
    """Every old address, as the file that answers there, with the page of its post and its title."""
    for post in site.posts:
        for alias in post.meta.aliases:
            if path := urls.alias(alias):
                yield path, post.url, post.meta.title


def _rules(site: Site) -> Iterator[bytes]:
    """The lines of ``_redirects`` (https://docs.gitlab.com/user/project/pages/redirects/): GitLab wants the whole path, so the site's has to be known."""
    if not site.site_url:
        return
    top = unquote(urlsplit(site.site_url).path)
    known: set[str] = set()
    size = 0
    for path, target, _ in _old(site):
        old = top + path.removesuffix("/index.html")
        if _key(old) in known or _UNWRITABLE.search(old) or old.count("/") > MAX_SLASHES:
            continue
        line = f"{old} {urls.absolute(top, target)} 301\n".encode()
        size += len(line)
        if size > MAX_BYTES or len(known) == MAX_RULES:
            return
        known.add(_key(old))
        yield line


def _key(path: str) -> str:
    """Paths with the same key are one file on some file systems."""
    return unicodedata.normalize("NFC", path).casefold()


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
