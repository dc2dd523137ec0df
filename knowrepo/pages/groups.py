"""Tags, authors and folders. One Lens sees them all, so that the posts in their lists are made once."""

from __future__ import annotations

from collections.abc import Iterator

from knowrepo.model import Artifact
from knowrepo.pages import authors, folders, tags
from knowrepo.pages.views import Lens


def pages(lens: Lens) -> Iterator[Artifact]:
    """The indexes and the pages of every kind of group."""
    yield from tags.pages(lens)
    yield from authors.pages(lens)
    yield from folders.pages(lens)
