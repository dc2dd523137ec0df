"""What a chat or a social network shows of a link to a page (Open Graph, https://ogp.me), and the cards that it shows with it.

Both need the site's address. A post has a drawn card even where it has a thumbnail: a card says in any chat what the link is, in the form that all of
them show whole (1.91 : 1), while a thumbnail is a plot of any form, 304 pixels wide, whose axes nobody can read at that size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from knowrepo import text, urls
from knowrepo.model import Artifact, Post, Site
from knowrepo.render import socialcards
from knowrepo.render.socialcards import Words

if TYPE_CHECKING:
    from knowrepo.pages.views import Lens


@dataclass(frozen=True, slots=True)
class Preview:
    """Open Graph's words for a page, beyond those of its ``Frame``: ``image`` is absolute; dates (ISO 8601), authors and tags only a post has."""

    kind: str
    image: str
    width: int
    height: int
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def preview(site_url: str, page: str, post: Post | None) -> Preview | None:
    """What to say of a page; ``post`` is the one whose body it shows. None where the site's address is unknown."""
    if not site_url:
        return None
    image = urls.absolute(site_url, urls.card(page))
    if post is None or not urls.is_post(page):
        return Preview("website", image, socialcards.WIDTH, socialcards.HEIGHT)
    meta = post.meta
    published, modified = (moment.isoformat(timespec="seconds") if moment else "" for moment in (meta.created_at, meta.updated_at))
    return Preview("article", image, socialcards.WIDTH, socialcards.HEIGHT, published, modified, _authors(post), _tags(post))


def pages(lens: Lens) -> Iterator[Artifact]:
    """A card per post, and one for all other pages; none where the site's address is unknown."""
    site, theme = lens.site, lens.theme
    if not site.site_url:
        return
    ground = theme.colours["accent"][0]
    whole = Words("", text.legal(site.title), _initial(site.title), text.legal(site.description), (), ground)
    for path, words in [(urls.CARD, whole), *((urls.card(post.url), _words(site, post, ground)) for post in site.posts)]:
        shaping = socialcards.needs_shaping(words) and socialcards.can_shape()
        yield theme.drawn(path, ("card", words, shaping), partial(socialcards.draw, words))


def _words(site: Site, post: Post, ground: str) -> Words:
    day = post.meta.created_at.date().isoformat() if post.meta.created_at else ""
    byline = " · ".join(filter(None, (", ".join(_authors(post)), day)))
    return Words(text.legal(site.title), text.legal(post.meta.title), _initial(post.meta.title), byline, _tags(post), ground)


def _authors(post: Post) -> tuple[str, ...]:
    return tuple(text.legal(person.name) for person in post.meta.authors)


def _tags(post: Post) -> tuple[str, ...]:
    return tuple(text.legal(tag) for tag in post.meta.tags)


def _initial(title: str) -> str:
    return next((letter for letter in title if letter.isalnum()), "").upper()[:1]
