"""Which part of one file became which of the other: by id, then by content, then by similarity. Near-linear in the number of parts.

Parts that share an id are one, unless the text of either stands in another part too (tools that number cells by position give all ids anew when one is
put in). Parts with the same content are one; of several with the same content, those whose neighbours are one. What is left is compared by its words,
rare ones counting more, but only with parts that share a rare word with it, or lie between the same neighbours.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from knowrepo.diff.parts import Part

ALIKE = 0.45
"""Parts that share so much of their words, by weight, are one."""
ALIKE_IN_PLACE = 0.2
"""The same for parts between the same neighbours."""
COMMON = 12
"""A word in more parts of one side is no reason to compare two parts."""
NEAR = 4
"""Of the parts between the same neighbours those are compared whose places there differ by no more than this."""

_WORD = re.compile(r"\w+")
_SIGNS = re.compile(r"\S")


def pairs(old: Sequence[Part], new: Sequence[Part]) -> dict[int, int]:
    """The indices of the new parts, each with that of the old part which it was."""
    found = _Pairs(old, new)
    _by_id(found)
    for identity in (_whole, _said):
        _by_content(found, identity)
    _by_words(found)
    return found.old


class _Pairs:
    """The pairs found so far, in both directions."""

    def __init__(self, before: Sequence[Part], after: Sequence[Part]) -> None:
        self.before, self.after = before, after
        self.old: dict[int, int] = {}
        self.new: dict[int, int] = {}

    def add(self, one: int, other: int) -> None:
        self.new[one] = other
        self.old[other] = one

    def left(self) -> tuple[list[int], list[int]]:
        """What has no counterpart yet."""
        return (
            [number for number in range(len(self.before)) if number not in self.new],
            [number for number in range(len(self.after)) if number not in self.old],
        )


def _said(part: Part) -> Hashable:
    return part.cell.kind, part.header, part.text


def _whole(part: Part) -> Hashable:
    """What a part says and shows; outputs are told apart by the beginnings and lengths of what they are."""
    return _said(part), part.options, tuple(_signature(output) for output in part.cell.outputs)


def _signature(output: Mapping[str, object]) -> Hashable:
    data = output.get("data")
    shown = data.items() if isinstance(data, Mapping) else [("text", output.get("text") or output.get("evalue") or "")]
    return output["output_type"], tuple((mime, hash(value) if isinstance(value, str) else len(repr(value))) for mime, value in shown)


def _by_id(found: _Pairs) -> None:
    here = {part.own_id: number for number, part in enumerate(found.after) if part.own_id}
    texts = [Counter(_said(part) for part in side if part.text.strip()) for side in (found.before, found.after)]
    for number, part in enumerate(found.before):
        other = here.get(part.own_id) if part.own_id else None
        if other is None or found.after[other].cell.kind is not part.cell.kind:
            continue
        was, now = _said(part), _said(found.after[other])
        if was == now or not (texts[1][was] or texts[0][now]):
            found.add(number, other)


def _by_content(found: _Pairs, identity: Callable[[Part], Hashable]) -> None:
    befores, afters = found.left()
    places: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, numbers, parts in ((0, befores, found.before), (1, afters, found.after)):
        for number in numbers:
            places[identity(parts[number])][side].append(number)
    for ones, others in places.values():
        if len(ones) == len(others) == 1:
            found.add(ones[0], others[0])
    _by_neighbours(found, identity)
    for ones, others in places.values():
        free = [other for other in others if other not in found.old]
        for one, other in zip((one for one in ones if one not in found.new), free, strict=False):
            found.add(one, other)


def _by_neighbours(found: _Pairs, identity: Callable[[Part], Hashable]) -> None:
    """Parts with the same content beside parts that are one are one too."""
    for step in (1, -1):
        for one, other in sorted(found.new.items(), reverse=step < 0):
            before, after = one + step, other + step
            while (
                0 <= before < len(found.before)
                and 0 <= after < len(found.after)
                and before not in found.new
                and after not in found.old
                and identity(found.before[before]) == identity(found.after[after])
            ):
                found.add(before, after)
                before, after = before + step, after + step


def _by_words(found: _Pairs) -> None:
    befores, afters = found.left()
    if not befores or not afters:
        return
    words = {(side, number): _words(parts[number]) for side, parts, left in _sides(found, befores, afters) for number in left}
    counted = Counter(word for said in words.values() for word in said)
    weights = {word: math.log(1 + (len(befores) + len(afters)) / count) for word, count in counted.items()}
    gaps = {(side, number): gap for side, numbers in enumerate((befores, afters)) for number, gap in _gaps(found, side, numbers)}
    scored = []
    for one, other in _candidates(found, befores, afters, words, gaps):
        in_place = gaps[0, one][0] == gaps[1, other][0]
        score = _shared(words[0, one], words[1, other], weights)
        if score >= (ALIKE_IN_PLACE if in_place else ALIKE):
            scored.append((-score - 0.1 * in_place, abs(one - other), one, other))
    for _, _, one, other in sorted(scored):
        if one not in found.new and other not in found.old:
            found.add(one, other)


def _sides(found: _Pairs, befores: list[int], afters: list[int]) -> Iterator[tuple[int, Sequence[Part], list[int]]]:
    yield 0, found.before, befores
    yield 1, found.after, afters


def _words(part: Part) -> Counter[str]:
    """The words of a part with how often they occur; where it has few, its signs count too."""
    words = _WORD.findall(part.text)
    return Counter(words if len(words) > 5 else [*words, *_SIGNS.findall(part.text)])


def _gaps(found: _Pairs, side: int, numbers: Iterable[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Each part with the new part that it follows, of those that have a counterpart, and its place behind it."""
    matched = found.new if side == 0 else found.old
    parts = found.before if side == 0 else found.after
    behind = [-1] * len(parts)
    last = -1
    for number in range(len(parts)):
        if number in matched:
            last = matched[number] if side == 0 else number
        behind[number] = last
    place: Counter[int] = Counter()
    for number in numbers:
        place[behind[number]] += 1
        yield number, (behind[number], place[behind[number]])


def _candidates(
    found: _Pairs,
    befores: list[int],
    afters: list[int],
    words: Mapping[tuple[int, int], Counter[str]],
    gaps: Mapping[tuple[int, int], tuple[int, int]],
) -> set[tuple[int, int]]:
    """The pairs that are worth a look: of one kind, and with a rare word or their place in common."""
    having: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for side, numbers in enumerate((befores, afters)):
        for number in numbers:
            for word in words[side, number]:
                having[word][side].append(number)
    for other in afters:
        inside[gaps[1, other][0]].append(other)
    rare = (both for both in having.values() if 0 < len(both[0]) <= COMMON and 0 < len(both[1]) <= COMMON)
    wanted = {(one, other) for ones, others in rare for one in ones for other in others}
    for one in befores:
        gap, place = gaps[0, one]
        wanted |= {(one, other) for other in inside[gap][max(0, place - 1 - NEAR) : place + NEAR]}
    return {
        (one, other)
        for one, other in wanted
        if found.before[one].cell.kind is found.after[other].cell.kind and found.before[one].header == found.after[other].header
    }


def _shared(one: Counter[str], other: Counter[str], weights: Mapping[str, float]) -> float:
    """The share of their words that two parts have in common, by weight (Jaccard's)."""
    if not one and not other:
        return 1.0
    both = sum(weights[word] * min(count, other[word]) for word, count in one.items() if word in other)
    all_of_them = sum(weights[word] * count for side in (one, other) for word, count in side.items()) - both
    return both / all_of_them if all_of_them else 0.0
