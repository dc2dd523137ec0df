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

import hashlib
import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
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

Row = tuple[str, "array[int]"]
"""A term and its posts, in 64 bits each: the number of the post, in the last two bytes the impact and the mask."""

Remember = Callable[[object, Callable[[], bytes]], Content]
"""Makes what depends on nothing but the first argument, or remembers it."""


def files(site: Site, remember: Remember, *, recency: bool = True) -> Iterator[Artifact]:
    """The files of the index. The order of ``site.posts`` is newest first."""
    posts = tuple(reversed(site.posts))
    found: list[Artifact] = []

    def publish(folder: str, data: Content) -> str:
        name = named(data)
        found.append(Artifact(f"{FOLDER}{folder}/{name}.bin", data))
        return name

    wordings = [wording.of(post, site.language) for post in posts]
    rows, forms = _rows(posts, wordings)
    shards: list[tuple[str, str]] = []
    counts: list[tuple[str, int]] = []
    last = ""
    for some in _cut(rows):
        long = [row for row in some if len(row[1]) > postings.INLINE]
        others = {row[0]: publish("t", remember(("rest", _digest([row])), partial(_rest, row))) for row in long}
        shard = remember(("terms", _digest(some)), partial(_shard, some, others))
        shards.append((_border(last, some[0][0]), publish("t", shard)))
        counts += [(term, len(columns)) for term, columns in some if spelling.is_word(term)]
        last = some[-1][0]
        yield from found
        found.clear()
    undated = sum(post.meta.created_at is None for post in posts)
    blocks = [_block(posts[at : at + BLOCK]) for at in range(0, len(posts), BLOCK)]
    letters = {letter: publish("w", packed(orjson.dumps(words))) for letter, words in _lexicon(counts, forms).items()}
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


def _rows(posts: tuple[Post, ...], wordings: list[wording.Wording]) -> tuple[dict[str, array[int]], spelling.Forms]:
    """The posts of each term, and how stems are written."""
    found: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))

    def entries() -> Iterator[tuple[int, entry.Entry]]:
        for number, (post, said) in enumerate(zip(posts, wordings, strict=True)):
            own = entry.load(load(post.body.entry))
            base = number << 16
            for term, impact, mask in zip(own.terms, own.impacts, own.masks, strict=True):
                found[term].append(base | impact << 8 | mask)
            for value in said.exact:
                found[value].append(base)
            yield number, own

    forms = spelling.written(entries())
    return found, forms


def _cut(rows: dict[str, array[int]]) -> Iterator[list[Row]]:
    """The terms of each file, in their order. ``rows`` are used up: all of them in both forms at once would be too much for the memory."""
    some: list[Row] = []
    size = 0
    for term in sorted(rows):
        columns = rows.pop(term)
        some.append((term, columns))
        size += len(term) // 2 + 4 + 3 * min(len(columns), postings.INLINE)
        if (size >= SHARD and zlib.crc32(term.encode()) % CUT == 0) or size >= LONGEST_SHARD:
            yield some
            some, size = [], 0
    if some:
        yield some


def _digest(rows: list[Row]) -> str:
    """The hash of terms with their posts."""
    digest = hashlib.sha256()
    for term, columns in rows:
        digest.update(b"%s\0%d\0" % (term.encode(), len(columns)))
        digest.update(columns)
    return digest.hexdigest()


def _shard(rows: list[Row], others: Mapping[str, str]) -> bytes:
    return postings.shard(map(_posting, rows), others)


def _rest(row: Row) -> bytes:
    return postings.rest(_posting(row))


def _posting(row: Row) -> Posting:
    term, columns = row
    posts = [row >> 16 for row in columns]
    if sys.byteorder == "big":
        columns = columns[:]
        columns.byteswap()
    data = columns.tobytes()
    return Posting(term, posts, data[1::8], data[::8])


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


def _lexicon(known: Iterable[tuple[str, int]], forms: spelling.Forms) -> dict[str, list[object]]:
    """By first letter the stems of words, and parallel to them how else they are written, how many posts have each, and in which posts rare forms stand.

    Forms have blanks between; so have the posts of each, which have commas between them.
    """
    found: defaultdict[str, tuple[list[str], list[str], list[int], list[str]]] = defaultdict(lambda: ([], [], [], []))
    for stem, holders in known:
        stems, words, counts, places = found[stem[0]]
        ways = forms.get(stem, {})
        rare = [",".join(map(str, held)) if spelling.is_rare(len(held), holders) else "" for held in ways.values()]
        stems.append(stem)
        words.append(" ".join(ways))
        counts.append(holders)
        places.append(" ".join(rare) if any(rare) else "")
    return {letter: list(columns) for letter, columns in sorted(found.items())}
