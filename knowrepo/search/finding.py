"""What ``knowrepo search`` and ``knowrepo similar`` find among the posts of a site."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from knowrepo.analysis import entry, query, words
from knowrepo.analysis.clauses import Clause, Mistake, Word
from knowrepo.analysis.entry import FIELDS, WEIGHTS
from knowrepo.cache import load
from knowrepo.model import Post
from knowrepo.search import asking, engine, excerpts, loosening, spelling, wording
from knowrepo.search.asking import Answer, Hit
from knowrepo.search.engine import Index
from knowrepo.search.excerpts import Section
from knowrepo.search.wording import Wording
from knowrepo.text import legal

LOOKED_AT = 5
"""So many posts are looked at for the way in which a word is written."""


@dataclass(frozen=True, slots=True)
class Library:
    """The posts by path, what of them is indexed, and the index. ``fields`` are the other keys of their headers, ``language`` is the site's."""

    posts: Mapping[str, Post]
    wordings: Mapping[str, Wording]
    index: Index
    fields: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """A post that was found; ``full``: it has all that was asked for. ``name`` is its title in pieces, as (text, whether it matches)."""

    post: Post
    full: bool
    score: float
    sections: tuple[Section, ...] = ()
    name: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the ``paths`` of all posts, ``full`` of them have all that was asked for. ``suggestion`` is the query that was probably meant, or "".

    ``waiting``: only one letter of a word is typed yet, which says nothing.
    """

    results: tuple[Result, ...]
    paths: tuple[str, ...]
    full: int
    suggestion: str = ""
    problems: tuple[Mistake, ...] = ()
    waiting: bool = False

    @property
    def total(self) -> int:
        """How many posts there are."""
        return len(self.paths)


def library(folder: Path, secret: bytes, posts: Iterable[Post], language: str) -> Library:
    """The posts of a site with their index, which is kept in this folder under this secret. Raises what ``engine.index`` raises."""
    by_path = {post.path: post for post in posts}
    wordings = {path: wording.of(post, language) for path, post in by_path.items()}
    index = engine.index(folder, secret, wordings.values())
    return Library(by_path, wordings, index, wording.fields_of(by_path.values()), language[:2].lower())


def search(books: Library, text: str, *, limit: int, newest: bool = False, recency: bool = True, typing: bool = False) -> Found:
    """The posts that answer a query, the best first or the ``newest`` first; with ``recency`` younger posts are a little better.

    While somebody is ``typing``, the last word is only a beginning.
    """
    asked = query.parse(legal(text), books.fields, typing=typing)
    said = tuple(clause for clause in asked.clauses if not _is_begun(clause))
    waiting = said != asked.clauses and all(clause.excluded for clause in said)
    asked = replace(asked, clauses=said)
    languages = sorted({books.language, *(one.language for one in books.wordings.values())})
    younger = asking.YOUNGER if recency else 0.0
    forms = cache(partial(_written, books))
    answer = asking.ask(books.index, asked, languages, younger, forms)
    if not answer.hits and (in_words := loosening.loosened(asked)):
        asked = in_words
        answer = loosening.partly(asking.ask(books.index, asked, languages, younger, forms))
    hits = sorted(answer.hits, key=lambda hit: books.posts[hit.path].newest_first) if newest else answer.hits
    results = tuple(_result(books, hit, answer, asked.places) for hit in hits[:limit])
    paths, full = tuple(hit.path for hit in hits), sum(hit.full for hit in hits)
    return Found(results, paths, full, _suggestion(books, legal(text), answer), (*asked.problems, *answer.problems), waiting)


def similar(books: Library, given: str | Wording, *, limit: int) -> Found:
    """The posts most like a text or a post, which may be one of them: it is not like itself."""
    if isinstance(given, str):
        hits = asking.alike(books.index, _weighed({"prose": wording.placed([legal(given)], books.language)}))
    else:
        hits = asking.alike(books.index, _weighed(given.fields()), given.path)
    results = tuple(Result(books.posts[hit.path], hit.full, hit.score) for hit in hits[:limit])
    return Found(results, tuple(hit.path for hit in hits), len(hits))


def _result(books: Library, hit: Hit, answer: Answer, places: tuple[str, ...]) -> Result:
    post = books.wordings[hit.path]
    sections = excerpts.sections(post.passages(), answer.terms, post.language, places)
    name = excerpts.marked(legal(books.posts[hit.path].meta.title), answer.terms, post.language)
    return Result(books.posts[hit.path], hit.full, hit.score, sections, name)


def _is_begun(clause: Clause) -> bool:
    """One letter of a word that is being typed says nothing yet."""
    first = clause.any[0] if clause.any else None
    return isinstance(first, Word) and first.prefix and len(first.text) == 1 and first.text.isascii() and first.text.isalnum()


def _written(books: Library) -> spelling.Forms:
    return spelling.written((document, entry.load(load(books.posts[path].body.entry))) for document, path in books.index.paths.items())


def _weighed(fields: Mapping[str, str]) -> dict[str, float]:
    """How much of each term there is, over all fields; numbers and single letters say nothing."""
    found: defaultdict[str, float] = defaultdict(float)
    for field, places in fields.items():
        for term, often in Counter(places.split()).items():
            if len(term) > 1 and not term[0].isdecimal():
                found[term] += WEIGHTS[FIELDS.index(field)] * often
    return found


def _suggestion(books: Library, text: str, answer: Answer) -> str:
    """The query with the words that somebody wrote in place of those that nobody did, or ""."""
    suggestion = text
    for word, meant in answer.instead:
        forms = {form for hit in answer.hits[:LOOKED_AT] for form in _forms(books.wordings[hit.path], set(meant))}
        if forms:
            form = min(forms, key=lambda form: (query.distance(word.lower(), form), form))
            suggestion = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", form, suggestion, count=1)
    return suggestion if suggestion != text else ""


def _forms(post: Wording, terms: set[str]) -> Iterator[str]:
    """How a post writes some terms, in lower case."""
    for text in (post.title, post.summary, *(f"{passage.heading} {passage.text}" for passage in post.passages())):
        for chunk in words.chunks(text):
            made = words.terms(chunk, post.language)
            if made.parts and made.parts[0] in terms and len(made.parts) == 1 and not made.joined:
                yield chunk.lower()
