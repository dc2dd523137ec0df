"""Site to Artifacts: a file per kind of page, each a function ``(Lens) -> Iterator[Artifact]`` in ``PAGES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from knowrepo.model import Artifact, Content, Site
from knowrepo.pages import (
    archive,
    assets,
    catalogue,
    feed,
    feeds,
    groups,
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
    search.index,
    feeds.pages,
    notfound.pages,
    catalogue.site_json,
    listing.pages,
    catalogue.sitemap,
    catalogue.web_manifest,
    social.pages,
)


def artifacts(site: Site, theme: Theme) -> Iterator[Artifact]:
    """Every file of the site; what two posts publish alike comes once. Redirects come last and give way."""
    lens = Lens(site, theme)
    seen: dict[str, Content] = {}
    for pages in PAGES:
        for artifact in pages(lens):
            if seen.get(artifact.path) != artifact.content:
                seen[artifact.path] = artifact.content
                yield artifact
    yield from redirects.pages(site, theme, seen)
