"""What the search of a page is told where a server answers it, as in the preview: in JSON what ``themes/scripts/search/engine.js`` finds in static files."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from knowrepo import text
from knowrepo.analysis.query import FIELDS
from knowrepo.search import cards, finding
from knowrepo.search.finding import Found, Library, Result
from knowrepo.search.wording import PLACES

WAYS = 8
"""So many ways to go on are offered."""
MARKS = 8
"""So many words are marked on the page of a post."""

_TYPED = re.compile(r'(?:^|[\s(])-?(?P<name>[^\s:"]+)(?:(?P<colon>:)"?(?P<value>[^\s"]*))?$')
_WITHOUT_VALUES = ("title", "before", "after")


def found(books: Library, query: str, *, limit: int, newest: bool, recency: bool, typing: bool, facets: bool) -> dict[str, Any]:
    """The answer to a query, its first ``limit`` posts with their sections, and with ``facets`` how many posts have each value."""
    made = finding.search(books, query, limit=limit, newest=newest, recency=recency, typing=typing)
    return {
        "total": made.total,
        "full": made.full,
        "results": [_result(books, result) for result in made.results],
        "facets": _facets(books, made) if facets else None,
        "suggestion": made.suggestion,
        "problems": [problem.plain() for problem in made.problems],
        "missing": 0,
        "waiting": made.waiting,
    }


def completions(books: Library, before: str) -> list[dict[str, Any]]:
    """The ways to go on from what stands ``before`` the caret: ``made`` in its place, a label, and for a value how many posts have it."""
    typed = _TYPED.search(before)
    if not typed:
        return []
    name = typed["name"].lower()
    ways = _values(books, name, typed["value"] or "") if typed["colon"] else [(f"{field}:", None) for field in _fields(books, name)]
    start = before[: typed.start("name")]
    return [{"made": start + way + ("" if way.endswith(":") else " "), "label": way, "count": count} for way, count in ways[:WAYS]]


def _fields(books: Library, begin: str) -> list[str]:
    return [name for name in (*FIELDS, *books.fields) if name.startswith(begin) and name != begin]


def _values(books: Library, name: str, begin: str) -> list[tuple[str, int | None]]:
    if name == "in":
        return [(f"in:{place}", None) for place in PLACES if place.startswith(begin)]
    if name not in (*FIELDS, *books.fields) or name in _WITHOUT_VALUES:
        return []
    terms = books.index.beginning(f"{name}={text.same_key(begin)}", ["exact"])
    counts = {term: len(books.index.postings("exact", term)) for term in terms}
    return [(term.replace("=", ":", 1), counts[term]) for term in sorted(counts, key=lambda term: (-counts[term], term))]


def _result(books: Library, result: Result) -> dict[str, Any]:
    post, own = result.post, books.wordings[result.post.path]
    url, title, date, authors, tags, summary, *_ = cards.head(post, own)
    pieces = [piece for section in result.sections for piece in (*section.parts, *section.above)]
    return {
        **{"url": url, "title": title, "name": result.name, "date": date, "authors": authors, "tags": tags, "summary": summary},
        "full": result.full,
        "marks": list(dict.fromkeys(piece.lower() for piece, matches in pieces if matches))[:MARKS],
        "sections": [
            {"anchor": section.anchor, "heading": section.heading, "kind": section.kind, "parts": section.parts}
            for section in result.sections
        ],
    }


def _facets(books: Library, made: Found) -> dict[str, list[tuple[str, int, str]]]:
    """For each facet (value, number of posts, name), the most frequent first; years the latest first."""
    posts, wordings = [books.posts[path] for path in made.paths], [books.wordings[path] for path in made.paths]
    counted: dict[str, list[tuple[str, int, str]]] = {}
    for name, (values, names, rows) in cards.facets(posts, wordings).items():
        counts = Counter(number for row in rows for number in row)
        counted[name] = sorted(
            ((values[number], count, names[number]) for number, count in counts.items()), key=lambda row: (-row[1], row[0])
        )
    years = Counter(str(own.day.year) for own in wordings if own.day)
    counted["year"] = [(year, count, year) for year, count in sorted(years.items(), reverse=True)]
    return counted
