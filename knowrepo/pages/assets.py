"""The files that pages share."""

from __future__ import annotations

from collections.abc import Iterator

from knowrepo.model import Artifact
from knowrepo.pages import libraries
from knowrepo.pages.theme import stemmers
from knowrepo.pages.views import Lens


def pages(lens: Lens) -> Iterator[Artifact]:
    """Those of the theme, and what the languages and the interactive outputs of the site's posts need."""
    site, theme = lens.site, lens.theme
    yield from theme.artifacts
    yield from (Artifact(stemmer.path, stemmer.source) for stemmer in stemmers(site, theme))
    bodies = [post.body for post in libraries.posts(site)]
    if any(map(libraries.has_frames, bodies)):
        yield theme.frame
    yield from libraries.used(bodies, theme.libraries)
