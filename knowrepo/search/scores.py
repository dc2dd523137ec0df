"""Documents by number with their scores, and how they are joined."""

from __future__ import annotations

from math import log

Scores = dict[int, float]


def rarity(documents: int, holders: int) -> float:
    """How much a term tells that so many of the documents have (BM25's idf)."""
    return log(1 + (documents - holders + 0.5) / (holders + 0.5))


def both(one: Scores, other: Scores) -> Scores:
    """The documents that are in both."""
    return {document: score + other[document] for document, score in one.items() if document in other}


def either(one: Scores, other: Scores) -> Scores:
    """The documents that are in one of them, with the better score."""
    return {document: max(one.get(document, 0.0), other.get(document, 0.0)) for document in {**one, **other}}
