"""What a query asks for, as values: a Query of Clauses of Leaves. ``plain`` gives what ``themes/scripts/search/query.js`` makes of the same text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was typed, which may be several to the analyser; a ``prefix`` is only its beginning."""

    text: str
    prefix: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": "word", "text": self.text, "prefix": self.prefix}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in this order with nothing between them."""

    text: str

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": "phrase", "text": self.text}


@dataclass(frozen=True, slots=True)
class Exact:
    """A post has this value in its header: ``tag``, ``author``, ``folder``, ``kind``, ``lang`` or another key."""

    name: str
    value: str

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": "field", "name": self.name, "value": self.value}


@dataclass(frozen=True, slots=True)
class Title:
    """Words of the title."""

    text: str
    prefix: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": "title", "text": self.text, "prefix": self.prefix}


@dataclass(frozen=True, slots=True)
class Dated:
    """``before`` the start of a year, month or day, or from its start on (``after``)."""

    name: str
    value: str

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kind": "date", "name": self.name, "value": self.value}


Leaf = Word | Phrase | Exact | Title | Dated


@dataclass(frozen=True, slots=True)
class Clause:
    """What holds if any of its leaves holds; a post must not have it if it is ``excluded``."""

    any: tuple[Leaf, ...]
    excluded: bool = False

    @property
    def is_filter(self) -> bool:
        """Whether it is about the header alone, and says nothing of how well a post answers."""
        return all(isinstance(leaf, (Exact, Dated)) for leaf in self.any)

    @property
    def is_optional(self) -> bool:
        """Whether a post may lack it: it is made of words."""
        return all(isinstance(leaf, Word) for leaf in self.any)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"not": self.excluded, "any": [leaf.plain() for leaf in self.any]}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a part of the query. ``at`` and ``length`` count UTF-16 code units; ``hint`` is the name that was probably meant, or ""."""

    key: str
    at: int
    length: int
    value: str = ""
    hint: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"key": self.key, "at": self.at, "length": self.length, "value": self.value, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Query:
    """A query; ``places`` are where its words may stand, none: anywhere."""

    clauses: tuple[Clause, ...] = ()
    places: tuple[str, ...] = ()
    problems: tuple[Mistake, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON has it; the same in both languages."""
        return {
            "clauses": [clause.plain() for clause in self.clauses],
            "in": list(self.places),
            "problems": [problem.plain() for problem in self.problems],
        }
