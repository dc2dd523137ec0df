"""How stems are written, for spelling mistakes: a mistake in an ending can only be seen in the word itself."""

from __future__ import annotations

import operator
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from knowrepo.analysis.entry import Entry
from knowrepo.analysis.query import distance

FORMS = 12
"""Of each stem so many forms are known."""
RARE = 12
"""Of a form in so many posts at most it is known in which, if the stem has more than twice as many: who means the form means these."""
MEANT = 8
"""A word that is written wrongly stands for at most so many others."""
BY_STEM = 0.5
"""So much farther is a word of which only the stem is near."""
SHORTEST = 3
"""Shorter words are too easily mistaken for others to be suggested."""

Forms = Mapping[str, Mapping[str, Sequence[int]]]
"""By stem its forms, each with the numbers of the posts that have it."""


class Near(NamedTuple):
    """A stem that may have been meant: how ``far`` it is in letters, less than 0 by how many posts have it, and the numbers of those with the form meant,
    if it tells more than the stem. In order: the likeliest first.
    """

    far: float
    holders: int
    stem: str
    own: tuple[int, ...]


def is_word(term: str) -> bool:
    """Whether a term may be meant by a word that is written wrongly."""
    return len(term) >= SHORTEST and term.isalpha()


def written(entries: Iterable[tuple[int, Entry]]) -> Forms:
    """The forms of each stem that most posts have, that of the most posts first; the stem itself is none. ``entries`` are those of numbered posts."""
    found: defaultdict[str, defaultdict[str, array[int]]] = defaultdict(lambda: defaultdict(partial(array, "I")))
    for number, entry in entries:
        for stem, words in entry.surfaces.items():
            forms = found[stem]
            for word in words:
                forms[word].append(number)
    return {stem: _most(forms) for stem, forms in found.items()}


def is_rare(holders: int, of_stem: int) -> bool:
    """Whether a form that so many posts have tells more than its stem, that so many have."""
    return holders <= RARE and of_stem > 2 * RARE


def intended(stem: str, typed: str, known: Iterable[tuple[str, int]], forms: Forms) -> list[Near]:
    """The stems of which some form has the fewest letters different from what was typed (one in a short word, else two), the most frequent first.

    ``known`` are stems, each with how many posts have it.
    """
    allowed = 1 if len(stem) < 6 else 2
    found = []
    for term, holders in known:
        written = forms.get(term, {})
        best, form = min(((_far(typed, form, allowed), form) for form in (*written, term)), key=operator.itemgetter(0))
        far = min(best, _far(stem, term, allowed) + BY_STEM)
        if far <= allowed + BY_STEM:
            own = written.get(form, ()) if best == far else ()
            found.append(Near(far, -holders, term, tuple(own) if is_rare(len(own), holders) else ()))
    return sorted(found)[:MEANT]


def _far(one: str, other: str, allowed: int) -> float:
    return distance(one, other) if abs(len(one) - len(other)) <= allowed else 9.0


def _most(forms: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    return {word: forms[word] for word in sorted(forms, key=lambda word: (-len(forms[word]), word))[:FORMS]}
