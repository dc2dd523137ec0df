"""Tags, authors and folders. One Lens sees them all, so that the posts in their lists are made once."""

from __future__ import annotations

from collections.abc import Iterator

from knowrepo.model import Artifact, Site
from knowrepo.pages import authors, folders, tags
from knowrepo.pages.theme import Theme
from knowrepo.pages.views import Lens


def pages(site: Site, theme: Theme) -> Iterator[Artifact]:
    """The indexes and the pages of every kind of group."""
    lens = Lens(site, theme)
    yield from tags.pages(lens)
    yield from authors.pages(lens)
    yield from folders.pages(lens)
