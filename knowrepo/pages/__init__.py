"""Site to Artifacts: a file per kind of page, each a function ``(Lens) -> Iterator[Artifact]`` in ``PAGES``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

from knowrepo.chronicle import Chronicle
from knowrepo.model import Artifact, Content, Site
from knowrepo.pages import (
    archive,
    assets,
    catalogue,
    feed,
    feeds,
    groups,
    history,
    listing,
    notfound,
    post,
    redirects,
    search,
    social,
    statistics,
    table,
    tree,
)
from knowrepo.pages.theme import Theme
from knowrepo.pages.views import Lens

Pages = Callable[[Lens], Iterator[Artifact]]
Beside = Callable[[Callable[[], Iterable[Artifact]]], AbstractContextManager[Iterable[Artifact]]]
"""Begins to make something; see ``workers.beside``."""

PAGES: tuple[Pages, ...] = (
    assets.pages,
    feed.pages,
    post.pages,
    groups.pages,
    table.pages,
    tree.pages,
    archive.pages,
    statistics.pages,
    search.pages,
    feeds.pages,
    notfound.pages,
    catalogue.site_json,
    listing.pages,
    catalogue.sitemap,
    catalogue.web_manifest,
)

BESIDE: tuple[Pages, ...] = (search.index, social.pages, history.pages)
"""What takes long, and needs no other page."""


def in_turn(make: Callable[[], Iterable[Artifact]]) -> AbstractContextManager[Iterable[Artifact]]:
    """Makes it when it is asked for."""
    return nullcontext(make())


def artifacts(site: Site, theme: Theme, beside: Beside = in_turn, chronicle: Chronicle | None = None) -> Iterator[Artifact]:
    """Every file of the site; what two posts publish alike comes once. What stands in ``BESIDE`` is made ``beside`` the pages.

    Redirects come last and give way.
    """
    lens = Lens(site, theme, chronicle)
    seen: dict[str, Content] = {}
    with beside(lambda: itertools.chain(*(pages(lens) for pages in BESIDE))) as others:
        for artifact in itertools.chain(*(pages(lens) for pages in PAGES), others):
            if seen.get(artifact.path) != artifact.content:
                seen[artifact.path] = artifact.content
                yield artifact
    yield from redirects.pages(site, theme, seen)
