"""What a header may say. The parser, the JSON Schema and the documentation are made from ``FIELDS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knowrepo.fields import Field, booleans, kinds
from knowrepo.fields import json_schema as _json_schema
from knowrepo.model import EMPTY, Person

FIELDS = (
    Field(
        "title",
        kinds.LINE,
        "The title. If missing: the first heading, or else the file's name, with a warning.",
        "Why customers leave",
    ),
    Field(
        "authors",
        kinds.PEOPLE,
        "Who wrote it: names, separated by commas or as a list, or maps with `name`, `email` (never shown), `affiliation` and `orcid`."
        " If missing: who committed the file, with a warning.",
        ["Ana Abbott", {"name": "Bo Endo", "affiliation": "Growth", "orcid": "0000-0002-1825-0097"}],
        aliases=("author",),
    ),
    Field(
        "tldr",
        kinds.MARKDOWN,
        "One or two sentences (Markdown) that say what was found out. If missing: the first paragraph, with a warning.",
        "Customers who call **twice** in a week leave twice as often.",
        aliases=("summary", "description", "abstract"),
    ),
    Field(
        "created_at",
        kinds.DATE,
        "When it was written: a date, or a date and time (UTC if it names no zone). If missing: the file's first commit.",
        "2024-05-31",
        aliases=("date", "publish_date"),
    ),
    Field(
        "updated_at",
        kinds.DATE,
        "When it was changed last. If missing: the last commit that touched the file.",
        "2024-06-30 14:00",
    ),
    Field(
        "tags",
        kinds.TAGS,
        "What it is about: a list, or a text with commas. Every tag is taken as it is written, without a leading `#`.",
        ["churn", "customer-care"],
        aliases=("categories", "keywords"),
    ),
    Field("subtitle", kinds.LINE, "A second line below the title.", "A survival analysis of 2023"),
    Field(
        "path",
        kinds.URL_PATH,
        "Where the post stands on the site, if not where its file stands in the repository.",
        "projects/churn",
    ),
    Field(
        "thumbnail",
        kinds.THUMBNAIL,
        "The picture on the card: its number among the pictures (from 0), an attachment, or the path of a file. If missing: the first of a decent size.",
        0,
    ),
    Field(
        "private",
        booleans.PLAIN,
        "Left out of the site, unless `--audience` names one of `allowed_groups`.",
        True,
        guard=True,
    ),
    Field(
        "allowed_groups",
        kinds.GROUPS,
        "Makes the post private: it is left out of the site unless `--audience` names one of these groups.",
        ["finance"],
        guard=True,
    ),
    Field("draft", booleans.ANY, "Left out of the site, unless it is built with `--drafts`.", True, guard=True),
    Field(
        "proxy",
        kinds.WEB,
        "Makes a post of a page elsewhere: a card with tags, and a link to this address.",
        "https://dashboards.example.org/churn",
    ),
    Field(
        "aliases",
        kinds.OLD_URLS,
        "Old addresses on this site, which then lead to the post.",
        ["post/projects/churn.kp"],
    ),
    Field(
        "series",
        kinds.LINE,
        "The name of a series: posts that name the same one are its parts, in the order in which they were written.",
        "Why bikes break",
    ),
    Field(
        "lang",
        kinds.LANGUAGE,
        "The language that it is written in. If missing: as knowrepo.yml says.",
        "de",
    ),
    Field(
        "dialect",
        kinds.choice("commonmark", "classic"),
        "How its Markdown is read: `commonmark`, as JupyterLab and GitLab do, or `classic`, as Python-Markdown and knowledge-repo do."
        " If missing: as knowrepo.yml says.",
        "classic",
    ),
    Field(
        "code",
        kinds.choice("shown", "hidden"),
        "How the post opens: with its code `shown` (Notebook) or `hidden` (Report); readers can switch. If missing: as knowrepo.yml says.",
        "hidden",
    ),
    Field("ignore", kinds.RULES, "Rules that `knowrepo check` is silent about in this post.", ["laptop-path"]),
)

NAMES = tuple(name for row in FIELDS for name in row.names)
GUARDS = tuple(row.name for row in FIELDS if row.guard)


def _nothing() -> Mapping[str, Any]:
    return EMPTY


@dataclass(frozen=True, slots=True)
class Header:
    """What the author has said, and nothing else: a field for every row of ``FIELDS``, "" or () or None where nothing is said."""

    title: str = ""
    authors: tuple[Person, ...] = ()
    tldr: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    subtitle: str = ""
    path: str = ""
    thumbnail: str = ""
    private: bool = False
    allowed_groups: tuple[str, ...] = ()
    draft: bool = False
    proxy: str = ""
    aliases: tuple[str, ...] = ()
    series: str = ""
    lang: str = ""
    dialect: str = ""
    code: str = ""
    ignore: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_nothing)


def json_schema() -> dict[str, Any]:
    """The table as JSON Schema, for editors."""
    return _json_schema(FIELDS, title="The header of a post", closed=False)
