"""The pictures of cards: which one of a post it is, and small ones made of it, once per picture, whichever posts show it."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable
from functools import cache as once

from knowrepo import links, urls
from knowrepo.cache import Cache, load
from knowrepo.model import Content, Draft, Picture, Stored, Target
from knowrepo.render import images, recode

Shrink = Callable[[Content], tuple[Stored, Stored] | None]
"""A picture to two small ones, for screens with one and with two pixels to a point; None if there can be none."""

_SMALL = 120
"""A picture below this, in pixels, is a badge or a logo and makes no thumbnail unless the header names it."""


def of(draft: Draft, targets: tuple[Target, ...], book: links.Book, shelf: links.Shelf, shrink: Shrink | None) -> Target | None:
    """The picture of a post's card, which without ``shrink`` is as large as it is; None if there is none. A wrong name is a Target with a complaint.

    ``targets`` are where the links of the body lead; ``shelf`` gets the small pictures.
    """
    if not shrink:
        return _chosen(draft, targets, book, shelf)
    aside = links.Shelf(shelf.url, set(shelf.names))
    chosen = _chosen(draft, targets, book, aside)
    if not chosen or not chosen.local or not chosen.picture:
        return chosen
    contents: dict[str, Content] = {urls.beside(shelf.url, asset.name): asset.content for asset in draft.body.assets}
    contents |= {copy.path: copy.content for copy in (*shelf.copies, *aside.copies)}
    made = shrink(contents[chosen.url])
    if not made:
        return None
    width, height = chosen.picture.width, chosen.picture.height
    size = recode.fitted(width, height, 1)
    dense = shelf.add("thumbnail-2x", ".webp", made[1]) if recode.fitted(width, height, 2) != size else ""
    return Target(shelf.add("thumbnail", ".webp", made[0]), picture=Picture("webp", *size), dense=dense)


def likely(draft: Draft) -> Content | None:
    """The picture that ``of`` will choose, as far as the post alone tells: where its first one is its own, and the header names none."""
    first = next(iter(draft.body.pictures), "")
    asset = next((asset for asset in draft.body.assets if asset.name == first), None)
    large = asset and min(asset.width, asset.height) >= _SMALL
    return asset.content if asset and large and not draft.meta.thumbnail else None


def remembering(cache: Cache) -> Shrink:
    """``recode.thumbnails``, which keeps what it made under the content it was made from."""

    def shrink(content: Content) -> tuple[Stored, Stored] | None:
        digest = content.digest if isinstance(content, Stored) else hashlib.sha256(content).hexdigest()
        made = once(lambda: recode.thumbnails(load(content)) or (b"", b""))
        small = cache.remember(("thumbnail", digest, 1), lambda: made()[0])
        large = cache.remember(("thumbnail", digest, 2), lambda: made()[1])
        return (small, large) if small.size else None

    return shrink


def _chosen(draft: Draft, targets: tuple[Target, ...], book: links.Book, shelf: links.Shelf) -> Target | None:
    """The picture that the header names, else the first of a decent size."""
    shown = [target for source in draft.body.pictures if (target := _shown(source, draft, targets, shelf)).url]
    wanted = draft.meta.thumbnail
    if not wanted:
        return next((target for target in shown if target.picture and min(target.picture.width, target.picture.height) >= _SMALL), None)
    if re.fullmatch("[0-9]{1,4}", wanted):
        return shown[int(wanted)] if int(wanted) < len(shown) else Target("", complaint=f"there is no picture number {wanted} in the post")
    if urls.is_web(wanted):
        return Target("", complaint="a picture of another host is not loaded")
    label = wanted.removeprefix("attachment:")
    for asset in draft.body.assets:
        if asset.label == label:
            return Target(urls.beside(shelf.url, asset.name), picture=_picture(asset.name, asset.width, asset.height))
    target = links.resolve(links.at(wanted), draft.source.path, book, shelf)
    return target if target.picture else Target("", complaint=target.complaint or f"{wanted} is no picture")


def _shown(source: str, draft: Draft, targets: tuple[Target, ...], shelf: links.Shelf) -> Target:
    if source.startswith("\x02"):
        target = targets[int(source[1:-1])]
        return target if target.picture and not images.too_large(target.picture.width, target.picture.height) else Target("")
    if source.startswith("data:"):
        return Target(source, local=False, picture=Picture("svg", 640, 480))
    asset = next(asset for asset in draft.body.assets if asset.name == source)
    return Target(urls.beside(shelf.url, source), picture=_picture(source, asset.width, asset.height))


def _picture(name: str, width: int, height: int) -> Picture:
    return Picture(posixpath.splitext(name)[1][1:], width, height)
