"""The browser's index: small static files of which a query loads a few. ``themes/scripts/search/engine.js`` asks them.

    index.bin         names the others: where each stretch of terms stands, the blocks of posts
    t/<hash>.bin      terms and their posts (see ``postings``); where a site has many, ``index.bin`` names lists of them
    p/<block>/<n>.bin a post: what a result shows, and its passages for excerpts and for phrases
    w/<hash>.bin      the words that begin with a letter, for spelling mistakes, and the names of these files
    c/<hash>.bin      dates, tags and so on of all posts, for counting

Posts are numbered by date, those without one first, so that a new post is the last. Terms are cut into files where a term's own hash says so (content-defined
chunking, as rsync's relatives do it): a changed post rewrites the files of its terms and no others.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import orjson

from knowrepo.analysis import entry
from knowrepo.cache import load
from knowrepo.model import Artifact, Content, Post, Site
from knowrepo.search import cards, postings, spelling, wording
from knowrepo.search.postings import Posting, named, packed

FOLDER = "search/"
INDEX = f"{FOLDER}index.bin"
BLOCK = 128
"""So many posts share a folder, whose name changes with their addresses alone."""
SHARD, LONGEST_SHARD = 3_000, 12_000
"""A file of terms is cut after so many bytes before compression, at the latest after the second number."""
CUT = 64
"""One term in so many may end a file of terms."""
MANY, LISTS = 160, 64
"""More files of terms than the first number are named by lists, of which there are about as many as the second."""
RECENCY = 0.1
"""How much more the newest post counts than the oldest."""

Remember = Callable[[object, Callable[[], bytes]], Content]
"""Makes what depends on nothing but the first argument, or remembers it."""


def files(site: Site, remember: Remember, *, recency: bool = True) -> Iterator[Artifact]:
    """The files of the index. The order of ``site.posts`` is newest first."""
    posts = tuple(reversed(site.posts))
    found: list[Artifact] = []

    def publish(folder: str, data: bytes) -> str:
        name = named(data)
        found.append(Artifact(f"{FOLDER}{folder}/{name}.bin", data))
        return name

    wordings = [wording.of(post, site.language) for post in posts]
    rows, forms = _rows(posts, wordings)
    shards = []
    last = ""
    for some in _cut(rows):
        shards.append((_border(last, some[0].term), publish("t", postings.shard(some, lambda data: publish("t", data)))))
        last = some[-1].term
    undated = sum(post.meta.created_at is None for post in posts)
    blocks = [_block(posts[at : at + BLOCK]) for at in range(0, len(posts), BLOCK)]
    letters = {letter: publish("w", packed(orjson.dumps(words))) for letter, words in _lexicon(rows, forms).items()}
    index = {
        "version": 1,
        "posts": len(posts),
        "undated": undated,
        "recency": RECENCY if recency else 0,
        "languages": list(site.languages),
        "fields": wording.fields_of(posts),
        "blocks": "".join(blocks),
        "words": publish("w", packed(orjson.dumps(letters))),
        "columns": publish("c", packed(orjson.dumps(cards.columns(posts, wordings)))),
    }
    index |= {"terms": _flat(shards)} if len(shards) <= MANY else {"lists": _flat(list(_lists(shards, publish)))}
    yield from found
    for number, (post, said) in enumerate(zip(posts, wordings, strict=True)):
        path = f"{FOLDER}p/{number // BLOCK}-{blocks[number // BLOCK]}/{number % BLOCK}.bin"
        yield Artifact(path, remember(("card", cards.about(post, said)), partial(_card, post, said)))
    yield Artifact(INDEX, packed(orjson.dumps(index)))


def _card(post: Post, said: wording.Wording) -> bytes:
    return packed(orjson.dumps(cards.card(post, said)))


def _rows(posts: tuple[Post, ...], wordings: list[wording.Wording]) -> tuple[list[Posting], spelling.Forms]:
    """The terms of all posts in their order, and how stems are written."""
    found: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))
    entries = []
    for number, (post, said) in enumerate(zip(posts, wordings, strict=True)):
        own = entry.load(load(post.body.entry))
        entries.append(own)
        base = number << 16
        for term, impact, mask in zip(own.terms, own.impacts, own.masks, strict=True):
            found[term].append(base | impact << 8 | mask)
        for value in said.exact:
            found[value].append(base)
    return [_posting(term, found[term]) for term in sorted(found)], spelling.written(enumerate(entries))


def _posting(term: str, rows: array[int]) -> Posting:
    """Rows of 64 bits: the number of a post, in the last two bytes the impact and the mask."""
    if sys.byteorder == "big":
        rows.byteswap()
    data = rows.tobytes()
    return Posting(term, [row >> 16 for row in rows], data[1::8], data[::8])


def _cut(rows: list[Posting]) -> Iterator[list[Posting]]:
    """The rows of each file of terms."""
    start = size = 0
    for at, row in enumerate(rows):
        size += len(row.term) // 2 + 4 + 3 * min(len(row.posts), postings.INLINE)
        if (size >= SHARD and zlib.crc32(row.term.encode()) % CUT == 0) or size >= LONGEST_SHARD:
            yield rows[start : at + 1]
            start, size = at + 1, 0
    if start < len(rows):
        yield rows[start:]


def _border(last: str, first: str) -> str:
    """The shortest beginning of the first term of a file that comes after the last term of the file before."""
    return next(first[:end] for end in range(1, len(first) + 1) if first[:end] > last)


def _lists(shards: list[tuple[str, str]], publish: Callable[[str, bytes], str]) -> Iterator[tuple[str, str]]:
    start, length = 0, 1 << (len(shards) // LISTS).bit_length()
    for at, (_term, _) in enumerate(shards, start=1):
        if at == len(shards) or zlib.crc32(shards[at][0].encode()) % length == 0 or at - start == 4 * length:
            yield shards[start][0], publish("t", packed(orjson.dumps(_flat(shards[start:at]))))
            start = at


def _flat(named_files: list[tuple[str, str]]) -> list[str]:
    """Where a file begins, its name, where the next begins, its name, …"""
    return [text for pair in named_files for text in pair]


def _block(posts: tuple[Post, ...]) -> str:
    """What tells a block from the one of another build in its place: four hexadecimal digits."""
    return named("\n".join(post.url for post in posts).encode())[:4]


def _lexicon(rows: list[Posting], forms: spelling.Forms) -> dict[str, list[object]]:
    """By first letter the stems of words, and parallel to them how else they are written, how many posts have each, and in which posts rare forms stand.

    Forms have blanks between; so have the posts of each, which have commas between them.
    """
    found: defaultdict[str, tuple[list[str], list[str], list[int], list[str]]] = defaultdict(lambda: ([], [], [], []))
    for row in rows:
        if spelling.is_word(row.term):
            stems, words, counts, places = found[row.term[0]]
            ways = forms.get(row.term, {})
            rare = [",".join(map(str, held)) if spelling.is_rare(len(held), len(row.posts)) else "" for held in ways.values()]
            stems.append(row.term)
            words.append(" ".join(ways))
            counts.append(len(row.posts))
            places.append(" ".join(rare) if any(rare) else "")
    return {letter: list(columns) for letter, columns in sorted(found.items())}
