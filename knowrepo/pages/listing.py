"""``posts.json``: what the feed's filters are made from, fetched on their first use.

Columns instead of objects, names as numbers into tables: 5,000 posts stay small. ``themes/scripts/posts.js`` reads them. It is no interface for other
programs; ``site.json`` is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from knowrepo import text, urls
from knowrepo.model import Artifact, Group, Post, Site
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Card, Lens, summary
from knowrepo.search.wording import KINDS

EXCERPT = 160
"""A card shows two or three lines of a summary."""


def pages(lens: Lens) -> Iterator[Artifact]:
    """``posts.json``."""
    cards = [(post, lens.card(urls.HOME, post)) for post in lens.site.posts]
    value = {
        "tag": _table(lens.site.tags),
        "author": _table(lens.site.authors),
        "folder": _table(lens.site.folders),
        "kind": [[kind, label] for kind, label in zip(KINDS.values(), _labels(lens), strict=True)],
        "posts": _shown(lens, cards) | _sorted_by(lens.site, cards),
    }
    yield Artifact(urls.POSTS_JSON, orjson.dumps(value))


def ways(lens: Lens, page: str) -> tuple[Link, ...]:
    """The ways to look at all posts: as cards, as a table, as a tree. ``page`` is the one on which these links stand."""
    tops = {"table": urls.table_page(1), "tree": urls.TREE}
    here = page.split("/")[0]
    places = ((lens.texts("cards"), urls.HOME), (lens.texts("table"), tops["table"]), (lens.texts("tree"), tops["tree"]))
    return tuple(Link(label, urls.relative(page, url), current=url == tops.get(here, urls.HOME)) for label, url in places)


def _labels(lens: Lens) -> tuple[str, ...]:
    return (
        lens.texts("kind-notebook"),
        lens.texts("kind-markdown"),
        lens.texts("kind-rmarkdown"),
        lens.texts("kind-quarto"),
        lens.texts("kind-script"),
    )


def _table(groups: Iterable[Group]) -> list[list[str]]:
    return [[text.legal(group.name), group.url] for group in groups]


def _shown(lens: Lens, cards: list[tuple[Post, Card]]) -> dict[str, list[Any]]:
    """What a card shows: a list per property, each as long as there are posts, newest first as in the feed."""
    return {
        "title": [card.title for _, card in cards],
        "url": [post.url for post, _ in cards],
        "summary": [summary(post, EXCERPT) for post, _ in cards],
        "created": [card.created for _, card in cards],
        "updated": [card.updated if card.updated != card.created else "" for _, card in cards],
        "minutes": [card.minutes for _, card in cards],
        "host": [card.host for _, card in cards],
        "comments": [lens.texts("comments", count=card.comments) if card.comments else "" for _, card in cards],
        "picture": [_picture(post) or card.hue for post, card in cards],
    }


def _sorted_by(site: Site, cards: list[tuple[Post, Card]]) -> dict[str, list[list[int]]]:
    """What a filter asks for, as numbers of rows of the tables."""
    kinds = {suffix: [number] for number, suffix in enumerate(KINDS)}
    groups = {"tag": _numbers(site.tags), "author": _numbers(site.authors), "folder": _numbers(site.folders)}
    found = {name: [numbers.get(post.path, []) for post, _ in cards] for name, numbers in groups.items()}
    return found | {"kind": [kinds.get(post.source.suffix, []) for post, _ in cards]}


def _numbers(groups: Iterable[Group]) -> dict[str, list[int]]:
    """The groups of every post by its path."""
    found: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for post in group.posts:
            found.setdefault(post.path, []).append(number)
    return found


def _picture(post: Post) -> list[Any] | None:
    """The picture of a card as a file of the site: its link and that of the finer one from the post's page, width and height in pixels."""
    target = post.thumbnail
    if not target or not target.url or not target.local:
        return None
    size = target.picture
    dense = urls.relative(post.url, target.dense) if target.dense else ""
    return [urls.relative(post.url, target.url), dense, size.width if size else 0, size.height if size else 0]
