"""The grammar of queries: what somebody typed → a Query. ``themes/scripts/search/query.js`` is the same, line for line.

    random forest            words; posts that have all of them come first
    "random forest"          an exact phrase            random for*        a word that begins so
    -draft  -"no data"       what a post must not have  lasso OR ridge     either of them
    tag:churn  author:"Ana Abbott"  folder:  kind:  lang:  title:          and any other key of the headers
    in:code  in:prose  in:output  in:comment            where the words may stand
    before:2024-05  after:2023                          a year, a month or a day

Every text is a query: what is wrong with it is told beside the rest, which counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from knowrepo.analysis import words
from knowrepo.analysis.clauses import Clause, Dated, Exact, Leaf, Mistake, Phrase, Query, Title, Word

PLACES = ("code", "prose", "output", "comment")
FIELDS = ("tag", "author", "folder", "kind", "lang", "title", "in", "before", "after")

_BLANKS = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space, spelt out: ``\\s`` is not the same in Python and in JavaScript."""
_QUOTES = '"“”„'
"""Phones type the curved ones."""

_BLANK = re.compile(f"[{_BLANKS}]*")
_MINUS = re.compile(f"(?:-|NOT[{_BLANKS}]+)(?=[^-{_BLANKS}])")
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)([{_QUOTES}]?)")
_NAME = re.compile(f"([^:{_BLANKS}{_QUOTES}]+):(?!:|//)")
_BARE = re.compile(f"[^{_BLANKS}]*")
_BETWEEN = re.compile(f"[{_BLANKS}]+")
_LIKE_A_FIELD = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
_DATE = re.compile("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse(query: str, fields: Iterable[str] = (), *, typing: bool = False) -> Query:
    """What a query asks for. ``fields`` are the other keys of the headers, in lower case.

    While somebody is ``typing`` the last word is only a beginning, and what is not finished yet is no mistake.
    """
    reading = _Reading(query, (*FIELDS, *fields), typing)
    while not reading.done():
        reading.part()
    return reading.result()


class _Reading:
    """A query on its way from left to right."""

    def __init__(self, query: str, known: Sequence[str], typing: bool) -> None:
        self.query = query
        self.known = known
        self.typing = typing
        self.at = 0
        self.start = 0
        self.closed = False
        self.clauses: list[Clause] = []
        self.places: list[str] = []
        self.problems: list[Mistake] = []
        self.last = ""  # what stands before: "word", "place", "not", "nothing" (something that says nothing) or ""
        self.waiting: tuple[int, int] | None = None  # the place of an OR that has its left side only

    def done(self) -> bool:
        self.at = self._matched(_BLANK).end()
        return self.at == len(self.query)

    def part(self) -> None:
        """One word, phrase or field, with the sign before it."""
        self.start = self.at
        minus = _MINUS.match(self.query, self.at)
        excluded = minus is not None
        self.at = minus.end() if minus else self.at
        self.closed = False
        if _QUOTED.match(self.query, self.at):
            text = self._quoted()
            self._leaf(Phrase(text) if text else None, excluded)
            return
        name = _NAME.match(self.query, self.at)
        if name and self._is_field(name[1], name.end()):
            self.at = name.end()
            self._field(name[1], excluded)
            return
        text = self._bare()
        if text == "OR" and not excluded:
            self._or()
        elif text != "AND" or excluded or not self.last:  # all words are wanted anyway
            self._leaf(self._word(text, excluded), excluded)

    def result(self) -> Query:
        if self.waiting:
            self._problem("lonely-or", self.waiting, "OR")
        if self.clauses and all(clause.excluded for clause in self.clauses):
            self._problem("only-not", (0, len(self.query)))
        ordered = sorted(self.problems, key=lambda problem: problem.at)
        return Query(tuple(self.clauses), tuple(dict.fromkeys(self.places)), tuple(ordered))

    def _matched(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """What a pattern that always matches finds here."""
        found = pattern.match(self.query, self.at)
        assert found  # noqa: S101 - for mypy
        return found

    def _bare(self) -> str:
        found = self._matched(_BARE)
        self.at = found.end()
        return found[0]

    def _quoted(self) -> str:
        """What stands in quotes, from the first to the second or the end."""
        found = self._matched(_QUOTED)
        if not found[2]:
            self._problem("unclosed-quote", (self.at, found.end()))
        self.closed = bool(found[2])
        self.at = found.end()
        return " ".join(filter(None, _BETWEEN.split(found[1])))

    def _value(self) -> str:
        return self._quoted() if _QUOTED.match(self.query, self.at) else self._bare()

    def _is_field(self, name: str, end: int) -> bool:
        """Whether this is a field's name. One that nobody knows is only meant as one if something follows."""
        followed = self._follows(end)
        return name.lower() in self.known or (followed and _LIKE_A_FIELD.fullmatch(name) is not None)

    def _follows(self, end: int) -> bool:
        found = _BARE.match(self.query, end)
        return found is not None and found[0] != ""

    def _field(self, written: str, excluded: bool) -> None:
        name = written.lower()
        value = self._value()
        if name not in self.known:
            self._problem("unknown-field", (self.start, self.at), written, near(name, self.known))
            self._leaf(self._word(f"{written} {value}" if value else written, excluded), excluded)
        elif not value:
            self._problem("empty-field", (self.start, self.at), name)
            self._leaf(None, excluded)
        elif name == "in":
            self._place(value, excluded)
        elif name in ("before", "after"):
            self._date(name, value, excluded)
        elif name == "title":
            word = self._word(value, excluded)
            self._leaf(Title(word.text, word.prefix), excluded)
        else:
            self._leaf(Exact(name, value), excluded)

    def _place(self, value: str, excluded: bool) -> None:
        place = value.lower()
        self._joined("place")
        self.last = "place"
        if excluded:
            self._problem("bad-place", (self.start, self.at), f"-in:{value}")
        elif place not in PLACES:
            self._problem("bad-place", (self.start, self.at), value, near(place, PLACES))
        else:
            self.places.append(place)

    def _date(self, name: str, value: str, excluded: bool) -> None:
        right = first_day(value) is not None
        if not right:
            self._problem("bad-date", (self.start, self.at), value)
        self._leaf(Dated(name, value) if right else None, excluded)

    def _word(self, text: str, excluded: bool) -> Word:
        """A word; with a star at its end, or as the last one while somebody types, the beginning of one."""
        bare = text.rstrip("*")
        if bare and bare != text and not self.closed:
            return Word(bare, prefix=True)
        return Word(text, prefix=self.typing and not excluded and not self.closed and self.at == len(self.query))

    def _or(self) -> None:
        if self.waiting or self.last in ("", "not"):
            self._problem("lonely-or", (self.start, self.at), "OR")
        elif self.last != "nothing":
            self.waiting = (self.start, self.at)

    def _joined(self, kind: str) -> bool:
        """Whether an OR joins what stands before with this."""
        waiting, self.waiting = self.waiting, None
        if waiting and self.last != kind:
            self._problem("lonely-or", waiting, "OR")
        return waiting is not None and self.last == kind

    def _leaf(self, leaf: Leaf | None, excluded: bool) -> None:
        """Take a leaf; None is one that says nothing, which an OR beside it is not blamed for."""
        if leaf is None:
            self.waiting, self.last = None, "nothing"
            return
        kind = "not" if excluded else "word"
        if self._joined(kind):
            self.clauses[-1] = Clause((*self.clauses[-1].any, leaf))
        else:
            self.clauses.append(Clause((leaf,), excluded))
        self.last = kind

    def _problem(self, key: str, span: tuple[int, int], value: str = "", hint: str = "") -> None:
        start, end = span
        if self.typing and end == len(self.query) and key not in ("unknown-field", "only-not"):
            return
        self.problems.append(Mistake(key, _units(self.query[:start]), _units(self.query[start:end]), value, hint))


def first_day(value: str) -> date | None:
    """The first day of YYYY, YYYY-MM or YYYY-MM-DD; None if it is no such date."""
    found = _DATE.fullmatch(value)
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def near(word: str, known: Iterable[str]) -> str:
    """The first name that begins like ``word`` or that it begins with, else the one with the fewest letters different (at most a third); or ""."""
    names = list(known)
    for name in names:
        if len(word) > 1 and (name.startswith(word) or (len(name) > 2 and word.startswith(name))):
            return name
    distances = [distance(word, name) for name in names]
    least = min(distances, default=0)
    return names[distances.index(least)] if names and least * 3 <= len(word) else ""


def distance(one: str, other: str) -> int:
    """How many letters to add, leave out, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        above, row = row, [at + 1]
        for place, its in enumerate(other):
            least = min(above[place] + (letter != its), above[place + 1] + 1, row[place] + 1)
            if at and place and letter == other[place - 1] and one[at - 1] == its:
                least = min(least, before[place - 1] + 1)
            row.append(least)
        before = above
    return row[-1]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def in_words(text: str, *, prefix: bool = False) -> list[Clause]:
    """A clause for each word of a text; of a ``prefix`` the last may go on."""
    chunks = words.chunks(text)
    return [Clause((Word(chunk, prefix and at == len(chunks)),)) for at, chunk in enumerate(chunks, start=1)]


def spread(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """A word with a hyphen is several words: a post that has some of them answers in part."""
    for clause in clauses:
        match clause:
            case Clause(any=(Word(text, prefix),), excluded=False) if len(parts := in_words(text, prefix=prefix)) > 1:
                yield from parts
            case _:
                yield clause
