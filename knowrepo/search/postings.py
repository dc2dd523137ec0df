"""The binary form of the browser's index: which posts have a term, how much it says of them, and in which fields it stands.

A shard holds the terms of one stretch of the alphabet, in columns, because like compresses with like:

    number of terms, then per term: letters shared with the one before, bytes of the rest, the rest
    per term: number of posts, and 1 if only some of them are in the shard, followed by the five bytes that name the file with the others
    per post of each term: its number (the first as it is, the others as the distance to the one before), in a byte each its impact, and its mask

Numbers are LEB128. ``themes/scripts/search/postings.js`` reads it. Everything is compressed with gzip without a time, so the same posts make the same bytes.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from knowrepo.blobs import gzipped
from knowrepo.model import Content, Stored

INLINE = 512
"""Of a term of more posts the shard holds those of which it says most; the others stand in a file of their own."""

_COARSE = bytes(impact & 224 | 16 for impact in range(256))
"""The impacts of the others: of a term that so many posts have, little is lost."""


class Posting(NamedTuple):
    """The posts of a term by number in rising order, with the impact of the term on each and the mask of its fields."""

    term: str
    posts: list[int]
    impacts: bytes
    masks: bytes


def shard(rows: Iterable[Posting], others: Mapping[str, str]) -> bytes:
    """The bytes of some terms in their order; ``others`` names the file with the other posts (see ``rest``) of each term that has more than ``INLINE``."""
    terms, counts, posts, impacts, masks = bytearray(), bytearray(), bytearray(), bytearray(), bytearray()
    many, before = 0, b""
    for row in rows:
        many += 1
        term = row.term.encode()
        shared = _shared(before, term)
        terms += _number(shared) + _number(len(term) - shared) + term[shared:]
        before = term
        counts += _number(len(row.posts))
        if len(row.posts) > INLINE:
            counts += b"\1" + bytes.fromhex(others[row.term])
            row, _ = _parted(row)
        else:
            counts += b"\0"
        posts += _distances(row.posts)
        impacts += row.impacts
        masks += row.masks
    return packed(
        _number(many) + b"".join(_number(len(part)) + part for part in (bytes(terms), bytes(counts), bytes(posts))) + impacts + masks
    )


def rest(row: Posting) -> bytes:
    """The bytes of the posts of a term that its shard has no room for."""
    _, others = _parted(row)
    posts = _distances(others.posts)
    return packed(_number(len(others.posts)) + _number(len(posts)) + posts + others.impacts.translate(_COARSE) + others.masks)


def packed(data: bytes) -> bytes:
    """The bytes as gzip makes them. Level 9 would save a thousandth more, in twice the time."""
    return gzipped(data, 7)


def named(content: Content) -> str:
    """The name of a file: ten hexadecimal digits of the hash of its bytes."""
    return (content.digest if isinstance(content, Stored) else hashlib.sha256(content).hexdigest())[:10]


def _parted(row: Posting) -> tuple[Posting, Posting]:
    """The posts of which the term says most, and the others."""
    most = set(sorted(range(len(row.posts)), key=lambda at: (-row.impacts[at], -at))[:INLINE])
    return _some(row, [at for at in range(len(row.posts)) if at in most]), _some(
        row, [at for at in range(len(row.posts)) if at not in most]
    )


def _some(row: Posting, places: list[int]) -> Posting:
    return Posting(
        row.term, [row.posts[at] for at in places], bytes(row.impacts[at] for at in places), bytes(row.masks[at] for at in places)
    )


def _distances(posts: list[int]) -> bytes:
    if len(posts) == 1:
        return _number(posts[0])
    distances = [posts[0], *map(operator.sub, posts[1:], posts)]
    return bytes(distances) if max(distances) < 128 else b"".join(map(_number, distances))


@lru_cache(maxsize=20_000)
def _number(value: int) -> bytes:
    """LEB128: seven bits to a byte, the lowest first, the highest bit set where more follow."""
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)


def _shared(first: bytes, second: bytes) -> int:
    most = min(len(first), len(second))
    for at in range(most):
        if first[at] != second[at]:
            return at
    return most
