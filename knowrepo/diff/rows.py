"""Two texts line by line, with the words marked that differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowrepo.diff import sequences

ALIKE = 0.35
"""Two lines that have less of their words in common were not made of each other."""
LARGEST = 10_000
"""Of runs with more pairs of lines the lines are paired in their order."""
LONGEST = 5_000
"""In longer lines no words are compared."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A line before and after, by their indices; None where there was or is none. The ranges of characters that are gone, and those that are new."""

    old: int | None
    new: int | None
    same: bool
    gone: tuple[Range, ...] = ()
    come: tuple[Range, ...] = ()


def of(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Every line of both texts, in the order in which they are read."""
    found: list[Row] = []
    for run in sequences.runs(old, new):
        if run.same:
            found += (Row(one, run.new_start + one - run.old_start, True) for one in range(run.old_start, run.old_end))
            continue
        one, other = run.old_start, run.new_start
        for before, after in [*_pairs(old, new, run), (run.old_end, run.new_end)]:
            found += (Row(number, None, False) for number in range(one, before))
            found += (Row(None, number, False) for number in range(other, after))
            if before < run.old_end:
                found.append(Row(before, after, False, *words(old[before], new[after])))
            one, other = before + 1, after + 1
    return found


def words(old: str, new: str) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """The ranges of characters of each text that the other lacks."""
    if len(old) > LONGEST or len(new) > LONGEST:
        return ((0, len(old)),), ((0, len(new)),)
    befores, afters = (_WORD.findall(text) for text in (old, new))
    gone: list[Range] = []
    come: list[Range] = []
    at = place = 0
    for run in sequences.runs(befores, afters):
        removed = sum(map(len, befores[run.old_start : run.old_end]))
        added = sum(map(len, afters[run.new_start : run.new_end]))
        if not run.same:
            gone += [(at, at + removed)] if removed else []
            come += [(place, place + added)] if added else []
        at, place = at + removed, place + added
    return tuple(gone), tuple(come)


def _pairs(old: Sequence[str], new: Sequence[str], run: sequences.Run) -> Iterator[Range]:
    """The lines of a run that were made of each other, in order: those with most words in common, all in all."""
    ones, others = range(run.old_start, run.old_end), range(run.new_start, run.new_end)
    if len(ones) * len(others) > LARGEST:
        yield from zip(ones, others, strict=False)
        return
    said = [[Counter(_WORD.findall(text[number][:LONGEST])) for number in numbers] for text, numbers in ((old, ones), (new, others))]
    best = [[0.0] * (len(others) + 1) for _ in range(len(ones) + 1)]
    likeness = [[_likeness(before, after) for after in said[1]] for before in said[0]]
    for one in reversed(range(len(ones))):
        for other in reversed(range(len(others))):
            paired = likeness[one][other] + best[one + 1][other + 1] if likeness[one][other] else 0.0
            best[one][other] = max(paired, best[one + 1][other], best[one][other + 1])
    one = other = 0
    while one < len(ones) and other < len(others):
        if likeness[one][other] and best[one][other] == likeness[one][other] + best[one + 1][other + 1]:
            yield ones[one], others[other]
            one, other = one + 1, other + 1
        elif best[one][other] == best[one + 1][other]:
            one += 1
        else:
            other += 1


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of their words that two lines have in common (Dice's), by length; 0.0 below ``ALIKE``."""
    both = sum(len(word) * min(count, other[word]) for word, count in one.items() if word in other and word.strip())
    whole = sum(len(word) * count for side in (one, other) for word, count in side.items() if word.strip())
    found = 2 * both / whole if whole else 0.0
    return found if found >= ALIKE else 0.0
