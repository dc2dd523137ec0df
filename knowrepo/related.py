"""How posts relate to each other: which are alike, which mention which, which are parts of one series.

Likeness is the cosine of TF-IDF vectors (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988): a word counts
``1 + log2(how often)`` times the rarity of its posts. Rarity is a whole number of bits, so that one more post rarely changes the lists of others.
Only posts that share one of their strongest words are compared, by an inverted list; words of very many posts are left out, which bounds the work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import fsum, log2, sqrt
from operator import attrgetter

from knowrepo import text
from knowrepo.model import Post, Site

STRONGEST = 30
"""So many words of a post are compared."""
FEW, MANY = 20, 200
"""A word that a fifth of all posts have is left out if these are more than ``FEW``; one that more than ``MANY`` have in any case."""
LEAST = 0.1
"""Posts that are less alike than this (from 0 to 1) are not related."""

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """Posts that belong together, in the order in which they are to be read."""

    name: str
    parts: tuple[Post, ...]


def alike(posts: Mapping[str, Mapping[str, int]], number: int = 5) -> dict[str, tuple[str, ...]]:
    """For each post the names of those that are most like it, the likest first; ``posts`` maps a name to its words and how often they occur.

    The order of ``posts`` does not matter: of posts that are equally alike the first by name comes first.
    """
    vectors = _vectors(posts)
    names = sorted(vectors)
    holders: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for name in reversed(names):
        for word, weight in vectors[name].items():
            holders[word].append((name, weight))
    near: dict[str, list[tuple[float, str]]] = {name: [] for name in names}
    for name in names:
        for other, value in _later(vectors[name], holders).items():
            if value >= LEAST:
                near[name].append((-round(value, 2), other))
                near[other].append((-round(value, 2), name))
    return {name: tuple(other for _, other in sorted(near[name])[:number]) for name in posts}


def _vectors(posts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """The strongest words of each post as a vector of length 1."""
    spread = Counter(word for words in posts.values() for word in words)
    most = min(max(FEW, len(posts) // 5), MANY, len(posts) // 2)
    rarity = {word: (len(posts) // held).bit_length() - 1 for word, held in spread.items() if 1 < held <= most}
    return {name: _vector(words, rarity) for name, words in posts.items()}


def _vector(words: Mapping[str, int], rarity: Mapping[str, int]) -> dict[str, float]:
    weights = {word: (1 + log2(count)) * rarity[word] for word, count in words.items() if word in rarity}
    strongest = sorted(weights, key=lambda word: (-weights[word], word))[:STRONGEST]
    length = sqrt(fsum(weights[word] ** 2 for word in strongest))  # sum() differs from Python 3.12 on
    return {word: weights[word] / length for word in strongest}


def _later(vector: Mapping[str, float], holders: Mapping[str, list[tuple[str, float]]]) -> dict[str, float]:
    """The likeness of a post, the last in the lists of all its words, to each that stands before it. It leaves the lists: each pair is compared once."""
    likeness: defaultdict[str, float] = defaultdict(float)
    for word, weight in vector.items():
        held = holders[word]
        held.pop()
        for other, its_weight in held:
            likeness[other] += weight * its_weight
    return likeness


def mentions(site: Site) -> dict[str, tuple[Post, ...]]:
    """The posts, and the folders' own pages, whose text links to a post, by that post's URL: each once, newest first."""
    pages = [*site.posts, *(group.readme for group in site.folders if group.readme)]
    known = {post.url for post in site.posts}
    found: defaultdict[str, list[Post]] = defaultdict(list)
    for page in sorted(pages, key=attrgetter("newest_first")):
        for url in {target.url.partition("#")[0] for target in page.targets if target.local}:
            if url in known and url != page.url:
                found[url].append(page)
    return {url: tuple(mentioning) for url, mentioning in found.items()}


def series(posts: Iterable[Post]) -> dict[str, Series]:
    """The series of each post that names one and is not alone in it, by the post's URL.

    The parts stand by date of creation, then path; the name is the spelling that most of them use.
    """
    found: defaultdict[str, list[Post]] = defaultdict(list)
    for post in posts:
        if post.meta.series:
            found[text.same_key(post.meta.series)].append(post)
    made: dict[str, Series] = {}
    for members in found.values():
        spellings = sorted(post.meta.series for post in members)
        name = max(dict.fromkeys(spellings), key=spellings.count)
        parts = tuple(sorted(members, key=lambda post: (post.meta.created_at or _LAST, post.path)))
        made |= {post.url: Series(name, parts) for post in parts if len(parts) > 1}
    return made
