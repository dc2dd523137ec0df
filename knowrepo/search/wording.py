"""What of a post can be asked for: its words by field, each with its place, and the exact values of its header."""

from __future__ import annotations

import hashlib
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from knowrepo import text
from knowrepo.analysis import words
from knowrepo.cache import load
from knowrepo.model import Content, Draft, Post, Stored
from knowrepo.render import passages
from knowrepo.render.passages import Passage

PLACES = {"prose": ("heading", "prose"), "code": ("code",), "comment": ("comment",), "output": ("output",)}
"""The fields that ``in:`` means."""

KINDS = {".ipynb": "notebook", ".md": "markdown", ".rmd": "rmarkdown", ".qmd": "quarto", ".py": "script"}
"""The formats by suffix, as they stand in a query and in an address."""

_GAP = "\n\n"
"""No phrase goes from one passage into the next."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A post as it is indexed. ``exact`` are its values as ``name=value``, ``day`` is when it was written, ``language`` has two letters."""

    path: str
    language: str
    title: str
    names: tuple[str, ...]
    summary: str
    exact: tuple[str, ...]
    day: date | None
    content: Content

    @property
    def digest(self) -> str:
        """The hash of all that is indexed."""
        content = self.content.digest if isinstance(self.content, Stored) else hashlib.sha256(self.content).hexdigest()
        known = [self.path, self.language, self.title, self.names, self.summary, self.exact, self.day, content]
        return hashlib.sha256(orjson.dumps(known)).hexdigest()

    def passages(self) -> tuple[Passage, ...]:
        """Its text. Raises CacheDamaged where it is no longer what it was."""
        return passages.load(load(self.content))

    def fields(self) -> dict[str, str]:
        """The terms of each field as ``placed`` writes them."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for field, said in passages.texts(self.title, self.names, self.summary, self.passages()):
            found[field].append(said)
        return {field: placed(texts, self.language) for field, texts in found.items()}


def of(post: Post | Draft, language: str) -> Wording:
    """What can be asked for in a post; ``language`` is the site's."""
    meta, path = post.meta, post.source.path
    own = (meta.lang or language)[:2].lower()
    return Wording(
        path=text.legal(path),
        language=own,
        title=text.legal(f"{meta.title} {meta.subtitle}"),
        names=tuple(text.legal(name) for name in passages.names(path, meta)),
        summary=text.legal(meta.tldr),
        exact=tuple(sorted({exact(name, value) for name, value in _values(post, own)})),
        day=meta.created_at.date() if meta.created_at else None,
        content=post.body.passages,
    )


def exact(name: str, value: str) -> str:
    """A value of a field as it is indexed; spellings that differ in case, blanks, hyphens or underscores are one value."""
    return f"{name}={text.same_key(text.legal(value.strip('/') if name == 'folder' else value))}"


def fields_of(posts: Iterable[Post]) -> tuple[str, ...]:
    """The keys of the headers that knowrepo does not know, in lower case: each is a field of the grammar."""
    return tuple(sorted({name.lower() for post in posts for name in post.meta.extra}))


def placed(texts: Iterable[str], language: str) -> str:
    """The terms of a field's texts: a line for each place, with those that stand there; an identifier as a whole stands where its first part stands."""
    return _GAP.join("\n".join(" ".join(terms) for terms in _places(value, language)) for value in texts if value)


def _places(value: str, language: str) -> Iterator[tuple[str, ...]]:
    for chunk in words.chunks(value):
        parts, joined = words.terms(chunk, language)
        first, rest = parts[:1], parts[1:]
        if first or joined:
            yield (*first, *joined)
        for part in rest:
            yield (part,)


def _values(post: Post | Draft, language: str) -> Iterator[tuple[str, str]]:
    meta = post.meta
    yield from (("tag", tag) for tag in meta.tags)
    yield from (("author", person.name) for person in meta.authors)
    folder = posixpath.dirname(post.source.path)
    while folder:
        yield "folder", folder
        folder = posixpath.dirname(folder)
    yield "kind", KINDS.get(post.source.suffix, post.source.suffix.lstrip("."))
    yield "lang", language
    for name, value in meta.extra.items():
        yield from ((name.lower(), scalar) for scalar in _scalars(value))


def _scalars(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _scalars(each)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (str, int, float)):
        yield str(value)
