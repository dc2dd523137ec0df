"""What a merge request does to the posts, first on the first page of its preview."""

from __future__ import annotations

from dataclasses import dataclass

from knowrepo import text, urls
from knowrepo.model import Reviewed
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens

_COUNTED = (("added", "review-added"), ("removed", "review-removed"), ("changed", "review-changed"), ("outputs", "review-outputs"))
_KINDS = {"new": "review-new", "moved": "review-moved", "gone": "review-gone"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A post: the link to it (without an address where it is gone), its path, what is different, in words, and where that is shown, or ""."""

    post: Link
    path: str
    words: tuple[str, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class Review:
    """All that a merge request does; nothing, if ``entries`` is empty."""

    entries: tuple[Entry, ...]


def view(lens: Lens, page: str) -> Review | None:
    """What the site's merge request does, None if it shows none."""
    if lens.site.reviewed is None:
        return None
    places = {post.path: post.url for post in lens.site.posts}
    return Review(tuple(_entry(lens, reviewed, page, places.get(reviewed.path, "")) for reviewed in lens.site.reviewed))


def _entry(lens: Lens, reviewed: Reviewed, page: str, url: str) -> Entry:
    words = [lens.texts(_KINDS[reviewed.kind])] if reviewed.kind in _KINDS else []
    if reviewed.header:
        words.append(lens.texts("review-header", names=", ".join(reviewed.header)))
    words += (lens.texts(key, count=count) for name, key in _COUNTED if (count := getattr(reviewed, name)))
    difference = urls.relative(page, urls.review(url)) if url and lens.chronicle and reviewed.kind != "gone" else ""
    post = Link(text.legal(reviewed.title), urls.relative(page, url) if url else "")
    return Entry(post, text.legal(reviewed.path), tuple(words or [lens.texts("review-other")]), difference)
