"""Small sites made by hand, for the tests of pages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowrepo import chain, text, urls
from knowrepo.model import Body, Group, Heading, Meta, Person, Post, Site, Source
from knowrepo.pages import artifacts, theme
from knowrepo.pages.theme import Theme

EVIL = "<script>alert(1)</script> \"quoted\" 'single' ]]> & \x00\x08\ud800 end"


_BASE = theme.load(chain.read(chain.base()))


def base(*folders: Path) -> Theme:
    """The base theme below the given folders."""
    return theme.load(chain.read(*folders, chain.base())) if folders else _BASE


def post(path: str, title: str = "", *, html: str = "<p>Text</p>", created: str = "2024-03-01", **changes: Any) -> Post:
    """A post; ``changes`` go to the Post, the Meta or the Body, whichever has a field of that name."""
    moment = datetime.fromisoformat(created).replace(tzinfo=UTC) if created else None
    meta: dict[str, Any] = {
        "title": title or path,
        "authors": (Person("Ada Lovelace"),),
        "tags": ("churn",),
        "created_at": moment,
        "updated_at": moment,
        "tldr": "What we **found**.",
    }
    body: dict[str, Any] = {"html": html.encode(), "words": 440}
    whole: dict[str, Any] = {"commit": "c0ffee" + "0" * 34}
    for name, value in changes.items():
        chosen = whole if name in Post.__dataclass_fields__ else body if name in Body.__dataclass_fields__ else meta
        chosen[name] = value
    stem = path.rpartition(".")[0] or path
    whole.setdefault("url", urls.post(stem))
    return Post(source=Source(path, "b" * 40, moment, moment), meta=Meta(**meta), body=Body(**body), language="python", **whole)


def site(posts: Iterable[Post], **changes: Any) -> Site:
    """A site with the groups that its posts ask for."""
    posts = tuple(posts)
    tags = {tag: None for post in posts for tag in post.meta.tags}
    authors = {person.name: None for post in posts for person in post.meta.authors}
    folders = {"": None} | {above: None for post in posts for above in _above(post.path)}
    values: dict[str, Any] = {
        "title": "Lab notes",
        "description": "What we learnt.",
        "language": "en",
        "site_url": "",
        "project_url": "https://gitlab.example/team/lab",
        "commit": "c0ffee" + "0" * 34,
        "posts_per_page": 3,
        "code": "shown",
        "posts": posts,
        "tags": tuple(group("tags", name, [post for post in posts if name in post.meta.tags]) for name in sorted(tags)),
        "authors": tuple(
            group("authors", name, [post for post in posts if name in [person.name for person in post.meta.authors]])
            for name in sorted(authors)
        ),
        "folders": tuple(
            group("folders", name, [post for post in posts if name == posixpath.dirname(post.path)]) for name in sorted(folders)
        ),
    }
    values |= changes
    return Site(**{"discuss_project": values["project_url"], **values})


def group(kind: str, name: str, posts: Iterable[Post], readme: Post | None = None) -> Group:
    """A group with a page of its own; the root folder's is the index of folders."""
    slug = urls.folder_slug(name) if kind == "folders" else text.slug(name)
    return Group(kind, name, urls.group(kind, slug) if name else urls.FOLDERS, tuple(posts), readme)


def headings(*texts: str) -> tuple[Heading, ...]:
    """Headings from ``## Title``."""
    return tuple(Heading(words.count("#"), text.slug(words), words.strip("# ")) for words in texts)


def build(site: Site, *folders: Path) -> dict[str, bytes]:
    """The site's files by path."""
    return {artifact.path: artifact.content for artifact in artifacts(site, base(*folders)) if isinstance(artifact.content, bytes)}


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]
