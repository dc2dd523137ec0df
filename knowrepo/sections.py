"""The settings that are maps with keys of their own: places to open posts in, audiences."""

from __future__ import annotations

from typing import Any

from knowrepo.fields import Field, booleans, kinds, templates
from knowrepo.fields.records import records
from knowrepo.model import Audience, Opener

_NAME = kinds.word(r"^[A-Za-z0-9][A-Za-z0-9_-]*$", "a name of letters, digits and hyphens")
_SUFFIX = kinds.word(r"^\.[A-Za-z0-9]{1,10}$", "a suffix such as .ipynb")
_OPENER = (
    Field("name", kinds.LINE, "What the link says.", "Colab"),
    Field(
        "url",
        templates.address("path", "dir", "name", "commit", "branch", "project_url"),
        "Where it leads.",
        "https://hub.example.org/{path}",
    ),
    Field("for", kinds.listed("list of suffixes", _SUFFIX.parse, _SUFFIX.schema), "The suffixes of the posts that it is for.", [".ipynb"]),
)


def _opener(name: str, url: str, **more: tuple[str, ...]) -> Opener:
    return Opener(name, url, tuple(suffix.lower() for suffix in more.get("for", (".ipynb",))))


_AUDIENCE = (
    Field("name", _NAME, "What it is called, here and in messages.", "finance"),
    Field("groups", kinds.GROUPS, "The groups whose private posts it may read. If missing: the one of its name.", ["finance", "board"]),
    Field("out", kinds.FOLDERS, "The folder of its site. If missing: `public-` and its name.", "public-finance"),
    Field("title", kinds.LINE, "The name of its site. If missing: that of the site for everybody.", "What finance found out"),
    Field("site_url", kinds.SITE, "Where its site will be published.", "https://finance.pages.example.org/"),
    Field("drafts", booleans.ANY, "It may read drafts too.", True),
)


def _audience(name: str, **more: Any) -> Audience:
    out = more.get("out", (f"public-{name}",))[0]
    return Audience(name, more.get("groups", (name,)), out, more.get("title", ""), more.get("site_url", ""), more.get("drafts", False))


OPENERS = records("a place to open posts in", _OPENER, ("name", "url"), _opener)
AUDIENCES = records("an audience", _AUDIENCE, ("name",), _audience)
