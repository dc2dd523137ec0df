"""All posts as a tree of folders: what the feed's tree view shows without script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowrepo import text, urls
from knowrepo.model import Artifact, Group
from knowrepo.pages import listing
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Card, Lens

FEW = 40
"""The tree of so few posts stands open."""
DEEPEST = 8
"""Branches lie in each other so deep; what is deeper has a longer name."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder: ``name`` is the last part of its path (or what is deeper), ``link`` leads to its page and counts the posts in it and below."""

    name: str
    link: Link
    branches: tuple[Branch, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class TreePage:
    """The tree. ``ways`` are the other ways to look at all posts; ``open`` says whether the branches are unfolded."""

    branches: tuple[Branch, ...]
    cards: tuple[Card, ...]
    ways: tuple[Link, ...]
    tags: str
    authors: str
    open: bool


def pages(lens: Lens) -> Iterator[Artifact]:
    """The tree."""
    below: dict[str, list[Group]] = {}
    for group in lens.site.folders:
        if group.name:
            below.setdefault(_above(group.name), []).append(group)
    page = urls.TREE
    tree = TreePage(
        branches=tuple(_branch(lens, group, below) for group in below.get("", ())),
        cards=tuple(lens.card(page, post) for group in lens.site.folders if not group.name for post in group.posts),
        ways=listing.ways(lens, page),
        tags=urls.relative(page, urls.TAGS),
        authors=urls.relative(page, urls.AUTHORS),
        open=len(lens.site.posts) <= FEW,
    )
    yield lens.theme.show(page, "tree.html", frame=lens.frame(page, lens.texts("all-posts")), tree=tree)


def _above(folder: str) -> str:
    return "/".join(folder.split("/")[:-1][:DEEPEST])


def _branch(lens: Lens, group: Group, below: Mapping[str, list[Group]]) -> Branch:
    return Branch(
        text.legal(group.name.removeprefix(_above(group.name)).removeprefix("/")),
        lens.group(urls.TREE, group),
        tuple(_branch(lens, inner, below) for inner in below.get(group.name, ())),
        tuple(lens.card(urls.TREE, post) for post in group.posts),
    )
