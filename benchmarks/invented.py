"""Words that nobody wrote: a repository of many notebooks has more words than one of few (Heaps' law), so what is made of few gets some new ones."""

from __future__ import annotations

import random
from collections.abc import Collection

NEW_WORDS = 12
"""So many words of a post become new ones."""
SYLLABLES = [consonant + vowel for consonant in "bcdfgklmnprstvwxyz" for vowel in "aeiou"]


def instead(words: Collection[str], chance: random.Random) -> dict[str, str]:
    """New words for some of these."""
    return {word: "".join(chance.choices(SYLLABLES, k=4)) for word in chance.sample(sorted(words), min(NEW_WORDS, len(words)))}
