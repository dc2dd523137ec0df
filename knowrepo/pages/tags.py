"""Tags: what each means, who looks after it, what it goes with, and its posts; an index by letter."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Artifact, Group
from knowrepo.pages import gathering
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens, most_used

RELATED = 8
MOST = 16
FEWEST_LETTERS = 30
"""An index of fewer tags is one list."""
ABOUT = 110


@dataclass(frozen=True, slots=True)
class TagPage:
    """What the page of a tag says besides its posts. ``owner`` has no URL where it is nobody who has written here."""

    about: Markup
    owner: Link | None
    related: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag in the index; ``about`` is its description in one line."""

    link: Link
    about: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The tags that begin with ``name``; ``id`` is its anchor. "" both, where there is one list of all."""

    name: str
    id: str
    tags: tuple[TagLine, ...]


@dataclass(frozen=True, slots=True)
class TagIndex:
    """All tags. ``most`` are those with the most posts, () where the list is short."""

    count: int
    most: tuple[Link, ...]
    letters: tuple[Letter, ...]


def pages(lens: Lens) -> Iterator[Artifact]:
    """The index of tags and a page for each."""
    tags = lens.site.tags
    authors = gathering.by_name(lens.site.authors)
    title = lens.texts("tags")
    yield lens.theme.show(urls.TAGS, "tags.html", frame=lens.frame(urls.TAGS, title), index=_index(lens, tags))
    near = related(tags)
    for tag in tags:
        cards = tuple(lens.card(tag.url, post) for post in tag.posts)
        own = TagPage(gathering.about(tag.entry), _owner(lens, tag, authors), tuple(lens.group(tag.url, other) for other in near[tag.url]))
        yield lens.theme.page(
            tag.url, "tag.html", (lens.surroundings, tag.name, tag.entry, cards, own), partial(_views, lens, title, tag, own)
        )


def _views(lens: Lens, title: str, tag: Group, own: TagPage) -> Mapping[str, object]:
    frame = lens.frame(tag.url, tag.name, gathering.line(tag.entry, 200), feeds=tag.url)
    return {"frame": frame, "group": gathering.view(lens, title, tag.name, urls.TAGS, tag), "tag": own}


def related(tags: tuple[Group, ...], most: int = RELATED) -> dict[str, tuple[Group, ...]]:
    """For each tag (by URL) those that it shares the most posts with: by Jaccard's index, the posts with both tags among the posts with either."""
    by_url = {tag.url: tag for tag in tags}
    of_post: dict[str, list[str]] = {}
    for tag in tags:
        for post in tag.posts:
            of_post.setdefault(post.url, []).append(tag.url)
    found = {}
    for tag in tags:
        shared = Counter(url for post in tag.posts for url in of_post[post.url])
        del shared[tag.url]
        either = {url: len(tag.posts) + len(by_url[url].posts) - both for url, both in shared.items()}
        ranked = sorted(shared, key=lambda url: (-shared[url] / either[url], url))
        found[tag.url] = tuple(by_url[url] for url in ranked[:most])
    return found


def _owner(lens: Lens, tag: Group, authors: Mapping[str, Group]) -> Link | None:
    if not tag.entry or not tag.entry.owner:
        return None
    author = authors.get(text.same_key(tag.entry.owner))
    return lens.group(tag.url, author) if author else Link(text.legal(tag.entry.owner), "")


def _index(lens: Lens, tags: tuple[Group, ...]) -> TagIndex:
    lines = [(letter(tag.name), TagLine(lens.group(urls.TAGS, tag), gathering.line(tag.entry, ABOUT))) for tag in tags]
    if len(tags) < FEWEST_LETTERS:
        return TagIndex(len(tags), (), (Letter("", "", tuple(line for _, line in lines)),) if lines else ())
    lines.sort(key=lambda pair: pair[0])
    letters = [
        Letter(name, f"_letter-{number}", tuple(line for _, line in members))
        for number, (name, members) in enumerate(groupby(lines, key=lambda pair: pair[0]), start=1)
    ]
    return TagIndex(len(tags), most_used((line.link for _, line in lines), MOST), tuple(letters))


def letter(name: str) -> str:
    """The letter that a name stands under: its first, without marks; of a script that has no capitals, as it is spelt in Latin; ``#`` where there is none."""
    first = next(iter(unicodedata.normalize("NFKD", name.strip())), "")
    if first.lower() == first.upper():
        first = text.slug(name, fallback="#")[0]
    return first.upper() if first.isalpha() else "#"
