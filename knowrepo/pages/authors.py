"""Authors: who each is, what they write about, and their posts; an index with a card for each."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Artifact, Group
from knowrepo.pages import gathering
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Card, Lens, date

MOST = 12


@dataclass(frozen=True, slots=True)
class Avatar:
    """Initials on a ground of ``hue`` (degrees)."""

    initials: str
    hue: int


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """What the page of an author says besides the posts; ``tags`` count the author's own posts, the most used first."""

    avatar: Avatar
    role: str
    about: Markup
    links: tuple[Link, ...]
    tags: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class AuthorCard:
    """An author in the index; ``latest`` is the date of the newest post."""

    link: Link
    avatar: Avatar
    role: str
    latest: str


def pages(lens: Lens) -> Iterator[Artifact]:
    """The index of authors and a page for each."""
    authors = lens.site.authors
    title = lens.texts("authors")
    cards = tuple(_card(lens, author) for author in authors)
    yield lens.theme.show(urls.AUTHORS, "authors.html", frame=lens.frame(urls.AUTHORS, title), index=cards)
    for author in authors:
        posts = tuple(lens.card(author.url, post) for post in author.posts)
        own = _own(author, posts)
        about = (lens.surroundings, author.name, author.entry, posts, own)
        yield lens.theme.page(author.url, "author.html", about, partial(_views, lens, title, author, own))


def _views(lens: Lens, title: str, author: Group, own: AuthorPage) -> Mapping[str, object]:
    frame = lens.frame(author.url, author.name, gathering.line(author.entry, 200), feeds=author.url)
    return {"frame": frame, "group": gathering.view(lens, title, author.name, urls.AUTHORS, author), "author": own}


def avatar(name: str) -> Avatar:
    """The initials of the first and the last word; one letter in scripts without capitals, where two would make another word."""
    words = [initial for word in unicodedata.normalize("NFC", text.legal(name)).split() if (initial := _initial(word))]
    ends = words[:1] if len(words) < 2 or words[0].lower() == words[0].upper() else [words[0], words[-1]]
    return Avatar("".join(ends) or "·", int(text.short_hash(name), 16) % 360)


def _initial(word: str) -> str:
    """The first letter or digit of a word, as a capital, with the marks that belong to it."""
    start = next((at for at, letter in enumerate(word) if letter.isalnum()), len(word))
    end = start + 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    capital = word[start:end].upper()
    return capital if len(capital) == end - start else word[start:end]


def _own(author: Group, posts: tuple[Card, ...]) -> AuthorPage:
    entry = author.entry
    tags = Counter(tag for post in posts for tag in post.tags if tag.url)
    ranked = sorted(tags, key=lambda tag: (-tags[tag], tag.text.casefold(), tag.url))
    return AuthorPage(
        avatar=avatar(author.name),
        role=text.legal(entry.role) if entry else "",
        about=gathering.about(entry),
        links=tuple(Link(text.legal(name), url) for name, url in entry.links) if entry else (),
        tags=tuple(replace(tag, count=tags[tag]) for tag in ranked[:MOST]),
    )


def _card(lens: Lens, author: Group) -> AuthorCard:
    role = text.legal(author.entry.role) if author.entry else ""
    latest = max((date(post.meta.created_at) for post in author.posts), default="")
    return AuthorCard(lens.group(urls.AUTHORS, author), avatar(author.name), role, latest)
