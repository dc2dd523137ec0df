"""How stems are written, for spelling mistakes: a mistake in an ending can only be seen in the word itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from knowrepo.analysis.entry import Entry

FORMS = 12
"""Of each stem so many forms are known."""
SHORTEST = 3
"""Shorter words are too easily mistaken for others to be suggested."""


def is_word(term: str) -> bool:
    """Whether a term may be meant by a word that is written wrongly."""
    return len(term) >= SHORTEST and term.isalpha()


def written(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """The forms of each stem that most posts have, that of the most posts first; the stem itself is none."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for stem, words in entry.surfaces.items():
            counts[stem].update(words)
    return {stem: _most(words) for stem, words in counts.items()}


def _most(words: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word))[:FORMS])
