"""What the team puts first on the first page: the way in for newcomers (the repository's README), and the posts that knowrepo.yml pins."""

from __future__ import annotations

from dataclasses import dataclass

from knowrepo import text, urls
from knowrepo.model import Post
from knowrepo.pages.views import Card, Lens, summary

LENGTH = 260


@dataclass(frozen=True, slots=True)
class Start:
    """The box that leads newcomers to the repository's README."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Curated:
    """The team's choice; not both are empty."""

    start: Start | None
    pinned: tuple[Card, ...]


def view(lens: Lens, page: str) -> Curated | None:
    """The team's choice as seen from ``page``, None if it has made none."""
    site = lens.site
    if not site.readme and not site.pinned:
        return None
    return Curated(_start(page, site.readme) if site.readme else None, tuple(lens.card(page, post) for post in site.pinned))


def _start(page: str, readme: Post) -> Start:
    return Start(text.legal(readme.meta.title), summary(readme, LENGTH), urls.relative(page, readme.url))
