"""What two sequences have in common, near-linear in their length: of a log of 100,000 lines as of the words of a line.

Patience: what begins and ends alike is put aside, then what occurs once on both sides and in the same order divides the rest, and so on; what is left
without such a landmark goes to difflib while it is small. (Bram Cohen's algorithm, https://bramcohen.livejournal.com/73318.html.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

LARGEST = 60_000
"""Pieces of more comparisons, without a landmark in them, count as replaced."""


class Run(NamedTuple):
    """A stretch of both sequences, which is the ``same`` or not; each end is one behind its last item."""

    same: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Both sequences from their beginnings to their ends, same and different in turn."""
    matched: list[tuple[int, int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        first, last, start, end = waiting.pop()
        head = 0
        while first + head < last and start + head < end and old[first + head] == new[start + head]:
            head += 1
        tail = 0
        while first + head < last - tail and start + head < end - tail and old[last - tail - 1] == new[end - tail - 1]:
            tail += 1
        if head:
            matched.append((first, start, head))
        if tail:
            matched.append((last - tail, end - tail, tail))
        waiting += _divided(old, new, first + head, last - tail, start + head, end - tail, matched)
    return _whole(sorted(matched), len(old), len(new))


def _divided(
    old: Sequence[Hashable], new: Sequence[Hashable], first: int, last: int, start: int, end: int, matched: list[tuple[int, int, int]]
) -> Iterable[tuple[int, int, int, int]]:
    """What lies between the landmarks of two pieces; the same in small pieces without any are added to ``matched``."""
    if first == last or start == end:
        return ()
    marks = _landmarks(old[first:last], new[start:end])
    if not marks:
        if (last - first) * (end - start) <= LARGEST:
            matcher = SequenceMatcher(None, old[first:last], new[start:end], autojunk=False)
            matched += [(first + one, start + other, size) for one, other, size in matcher.get_matching_blocks() if size]
        return ()
    parts = []
    for one, other in [*((first + one, start + other) for one, other in marks), (last, end)]:
        parts.append((first, one, start, other))
        first, start = one, other
    return [part for part in parts if part[0] < part[1] or part[2] < part[3]]


def _landmarks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of what occurs once on both sides, in an order that both have."""
    counted, others = Counter(old), Counter(new)
    places = {item: place for place, item in enumerate(new) if others[item] == 1}
    pairs = [(place, places[item]) for place, item in enumerate(old) if counted[item] == 1 and item in places]
    return [pairs[index] for index in rising([other for _, other in pairs])]


def rising(values: Sequence[int]) -> list[int]:
    """The indices of a longest rising subsequence."""
    ends: list[int] = []
    tops: list[int] = []
    before = [-1] * len(values)
    for index, value in enumerate(values):
        at = bisect_left(ends, value)
        before[index] = tops[at - 1] if at else -1
        ends[at : at + 1] = [value]
        tops[at : at + 1] = [index]
    found = []
    index = tops[-1] if tops else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def _whole(matched: Iterable[tuple[int, int, int]], old_end: int, new_end: int) -> list[Run]:
    found: list[Run] = []
    one = other = 0
    for first, start, size in [*matched, (old_end, new_end, 0)]:
        if first > one or start > other:
            found.append(Run(False, one, first, other, start))
        if size and found and found[-1].same:
            found[-1] = found[-1]._replace(old_end=first + size, new_end=start + size)
        elif size:
            found.append(Run(True, first, first + size, start, start + size))
        one, other = first + size, start + size
    return found
