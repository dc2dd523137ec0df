"""What a result shows of a post, and what all posts are counted by."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from knowrepo import text
from knowrepo.model import Post
from knowrepo.render.passages import KINDS, Passage
from knowrepo.search.wording import Wording

SUMMARY = 200
EACH, ALL = 115, 4200
"""So many characters of a post are kept for excerpts, in equal parts of each passage up to so many; what is left goes to the first."""

_EPOCH = date(1970, 1, 1)


def about(post: Post, said: Wording) -> object:
    """All that ``card`` is made from."""
    return post.url, said.digest, [person.name for person in post.meta.authors]


def card(post: Post, said: Wording) -> list[Any]:
    """A post as ``themes/scripts/search/engine.js`` reads it.

    Its address, title, date, authors, tags and summary, 1 if text is missing, and its passages: kind (a number), anchor, heading, text.
    """
    passages = said.passages()
    kept = _kept(passages)
    return [
        *head(post, said),
        int(any(len(whole.text) > len(part) for whole, part in zip(passages, kept, strict=True))),
        [
            [KINDS.index(passage.kind), passage.anchor, passage.heading, part]
            for passage, part in zip(passages, kept, strict=True)
            if part or passage.heading
        ],
    ]


def head(post: Post, said: Wording) -> tuple[str, str, str, list[str], list[str], str]:
    """Its address, title, date, authors, tags and summary."""
    return (
        post.url,
        text.legal(post.meta.title),
        said.day.isoformat() if said.day else "",
        [text.legal(person.name) for person in post.meta.authors],
        [text.legal(tag) for tag in post.meta.tags],
        text.excerpt(text.legal(text.plain(post.meta.tldr)), SUMMARY),
    )


def columns(posts: Sequence[Post], wordings: Sequence[Wording]) -> dict[str, Any]:
    """What posts are counted and chosen by, in the order of their numbers: ``days`` since 1970, -1 if unknown, and ``facets``."""
    return {"days": [(said.day - _EPOCH).days if said.day else -1 for said in wordings], **facets(posts, wordings)}


def facets(posts: Sequence[Post], wordings: Sequence[Wording]) -> dict[str, list[Any]]:
    """For tag, author, folder, kind and language a table of the values as ``tag:`` takes them, their names, and the numbers of each post's values."""
    return {
        "tag": _column(post.meta.tags for post in posts),
        "author": _column([person.name for person in post.meta.authors] for post in posts),
        "folder": _column([posixpath.dirname(post.path)] if "/" in post.path else [] for post in posts),
        "kind": _column([value.partition("=")[2] for value in said.exact if value.startswith("kind=")] for said in wordings),
        "lang": _column([said.language] for said in wordings),
    }


def _column(values: Iterable[Iterable[str]]) -> list[Any]:
    """The values, their names, and for each post the numbers of its values."""
    numbers: dict[str, int] = {}
    names: list[str] = []
    rows = []
    for own in values:
        row = []
        for name in own:
            value = text.same_key(text.legal(name))
            if value not in numbers:
                numbers[value] = len(names)
                names.append(text.legal(name))
            row.append(numbers[value])
        rows.append(sorted(set(row)))
    return [list(numbers), names, rows]


def _kept(passages: Sequence[Passage]) -> list[str]:
    """The text of each passage as far as it is kept."""
    each = min(EACH, ALL // max(1, len(passages)))
    left = ALL - sum(min(each, len(passage.text)) for passage in passages)
    kept = []
    for passage in passages:
        more = min(left, max(0, len(passage.text) - each))
        left -= more
        kept.append(_cut(passage.text, each + more))
    return kept


def _cut(value: str, length: int) -> str:
    """The first characters, without the beginning of a word that goes on."""
    if len(value) <= length or value[length].isspace():
        return value[:length]
    end = max(value.rfind(" ", 0, length), value.rfind("\n", 0, length))
    return value[: end if end > length // 2 else length]
