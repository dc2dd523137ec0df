"""What a site decides about how its posts are rendered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """``stderr`` (show, fold, remove): what becomes of what a cell wrote there. ``pictures`` (webp, original): whether PNG pictures are re-encoded.

    ``max_html_mb`` bounds the HTML of one post, in megabytes. ``language`` is that of posts that do not name theirs.
    """

    stderr: str = "fold"
    pictures: str = "webp"
    max_html_mb: int = 10
    language: str = "en"
