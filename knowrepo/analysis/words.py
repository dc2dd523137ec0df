"""Text to chunks, chunks to terms: the analyser of both search engines. ``themes/scripts/search/words.js`` is the same in JavaScript.

A chunk is what stands without a blank: a word, a dotted name, a version, an emoji. Its terms are the stems of its parts, and for an identifier the parts
joined to one word, so that ``train_test_split``, ``trainTestSplit`` and "train test split" find each other. Stems are Snowball's
(https://snowballstem.org; the same release in both languages); accents are folded after stemming. Scripts that put no blanks between words become
pairs of characters, as Lucene's CJKBigramFilter makes them.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer  # type: ignore[import-not-found]

LONGEST = 40
"""Longer words are data; only so many of their characters count."""
DIGITS = 8
"""Of a number with a point only so many characters count."""
PIECES = 12
"""An identifier of more pieces is no identifier but data."""
LANGUAGES = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}
"""The languages with a stemmer; words of others stay as they are."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
"""Accents and vowel signs, which stand inside words though they are no letters."""
_EMOJI = "\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff"

_WORD = rf"[\w{_SIGNS}]+"
_CHUNK = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?(?![\w{_SIGNS}])"  # 1,000.5
    rf"|{_WORD}(?:\.{_WORD})*(?:(?:['\u2019][A-Za-z]{{1,2}}|\+\+|#)(?![\w{_SIGNS}]))?"  # pd.read_csv, don't, C++
    rf"|[{_EMOJI}]"
)
_ASCII_CHUNK = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?!\w)|\w+(?:\.\w+)*(?:(?:'[A-Za-z]{1,2}|\+\+|#)(?!\w))?",
    re.ASCII,
)
"""The same for text of ASCII alone, in three quarters of the time."""
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]")
_VERSION = re.compile(r"v?([0-9]+(?:\.[0-9]+)+(?:[a-z]+[0-9]*)?)")
_HUMPS = re.compile(r"[0-9]+|[A-Z]{2,}s(?![A-Za-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PIECE = re.compile(rf"[0-9]+|(?:[^\W0-9_]|[{_SIGNS}])+")
_END = re.compile(r"['\u2019].*|\++$|#$")
_SYMBOL = re.compile(rf"[{_EMOJI}]|[A-Za-z](?:\+\+|#)")
_WITH_STEM = re.compile("[a-z\u00df-\u024f\u0370-\u052f]{3,}")
_RUN = re.compile(rf"[{_UNSPACED}{_SIGNS}]+|[^{_UNSPACED}]+")
_ACCENT = re.compile("[\u0300-\u036f]+")
_LIKE = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_STEMMERS = {code: Stemmer.Stemmer(name) for code, name in LANGUAGES.items()}


class Terms(NamedTuple):
    """What a chunk is found by: its parts, in their order, and what they are when joined. Both may be empty."""

    parts: tuple[str, ...]
    joined: tuple[str, ...] = ()


def chunks(text: str) -> list[str]:
    """The chunks of a text in their order."""
    return (_ASCII_CHUNK if text.isascii() else _CHUNK).findall(text)


@lru_cache(maxsize=10_000)
def terms(chunk: str, language: str = "en") -> Terms:
    """The terms of a chunk in a text of this language (two letters)."""
    if _SYMBOL.fullmatch(chunk):
        return Terms((chunk.lower(),))
    if chunk.isalpha() and chunk.isascii() and (chunk.islower() or chunk.istitle()):  # most are plain words
        return Terms((stem(chunk.lower(), language)[:LONGEST],))
    whole = unicodedata.normalize("NFKC", _END.sub("", chunk))
    if "," in whole and whole.replace(",", "").replace(".", "").isdecimal():
        whole = whole.replace(",", "")
    version = _VERSION.fullmatch(whole.lower())
    if version:
        return Terms((version[1][:DIGITS],))
    names = [_name(name, language) for name in whole.split(".") if name]
    pairs = [f"{first[0]}.{second[0]}"[:LONGEST] for first, second in itertools.pairwise(names) if first[0] and second[0]]
    parts = [part for _, own, _ in names for part in own]
    joined = [word for _, _, own in names for word in own]
    return Terms(tuple(parts), tuple(dict.fromkeys(joined + pairs)))


def stem(word: str, language: str) -> str:
    """The stem of a word in lower case, without accents."""
    if language == "ru" and word.isascii():
        language = "en"  # code, and names of it
    if language == "en":
        word = fold(word)  # résumé and resume are one word; other languages' stemmers need the accents
    if language in _STEMMERS and _WITH_STEM.fullmatch(word):
        word = _STEMMERS[language].stemWord(word)
    return fold(word)


def fold(word: str) -> str:
    """A word without its accents."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", word.translate(_LIKE))))


def _name(name: str, language: str) -> tuple[str, list[str], list[str]]:
    """One name of a dotted chain: itself as one word, the stems of its parts, and its parts joined."""
    pieces = (_HUMPS if name.isascii() else _PIECE).findall(name)
    if not pieces or len(pieces) > PIECES:
        return "", [], []
    words = [piece.lower() for piece in pieces]
    whole = fold("".join(words))[:LONGEST]
    if len(words) == 1:
        return whole, _parts(words[0], language), []
    parts = [part for word in words if len(word) > 1 and word[0] not in "0123456789" for part in _parts(word, language)]
    pairs = [fold(first + second)[:LONGEST] for first, second in itertools.pairwise(words)]
    return whole, parts, [*dict.fromkeys([*pairs, whole])]


def _parts(word: str, language: str) -> list[str]:
    if word.isascii():
        return [stem(word, language)[:LONGEST]]
    found: list[str] = []
    for run in _RUN.findall(word):
        if _UNSPACED_RUN.match(run):
            found += [fold(run[at : at + 2]) for at in range(max(1, len(run) - 1))]
        else:
            found.append(stem(run, language)[:LONGEST])
    return [part for part in found if part]  # an accent alone is nothing
