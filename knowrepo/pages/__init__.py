"""Site to Artifacts: a file per kind of page, each a function ``(Lens) -> Iterator[Artifact]`` in ``PAGES``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

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
Maker = Callable[[], Iterable[Artifact]]
Spread = Callable[[Sequence[Maker]], Iterable[Artifact]]
"""Everything that some makers make; see ``workers.spread``."""

PAGES: tuple[Pages, ...] = (
    search.index,
    social.pages,
    history.pages,
    assets.pages,
    feed.pages,
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
"""What takes long comes first."""


def in_turn(makers: Sequence[Maker]) -> Iterable[Artifact]:
    """Everything that the makers make, by this process alone."""
    return itertools.chain.from_iterable(maker() for maker in makers)


def artifacts(site: Site, theme: Theme, spread: Spread = in_turn, chronicle: Chronicle | None = None) -> Iterator[Artifact]:
    """Every file of the site; what two posts publish alike comes once. Redirects come last and give way."""
    lens = Lens(site, theme, chronicle)
    seen: dict[str, Content] = {}
    for artifact in spread([*(partial(pages, lens) for pages in PAGES), *post.parts(lens)]):
        if seen.get(artifact.path) != artifact.content:
            seen[artifact.path] = artifact.content
            yield artifact
    yield from redirects.pages(site, theme, seen)
