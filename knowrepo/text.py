"""Plain text: slugs, keys that say whether two names are the same, first headings and paragraphs, near misses."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

SLUG_LENGTH = 80
PLAIN_LENGTH = 10_000

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_KEY_SEPARATORS = re.compile(r"[\s_-]+")
_ATX_HEADING = re.compile(r"^ {0,3}#[ \t]+(\S.*)$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_NOT_PROSE = re.compile(r"^\s*(?:[#>|!<]|[-*+] |\d+[.)] |\$\$|\\begin|\[TOC\]|---+\s*$|===+\s*$)", re.IGNORECASE)
_TAGS = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
_IMAGES = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINKS = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|~~|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def slug(name: str, *, fallback: str = "untitled") -> str:
    """A name as one part of a URL: 1 to 80 characters of ``[a-z0-9-]``.

    Other scripts are spelt in Latin letters (anyascii); what is too long is cut and closed with six digits of its hash, so that two
    long names stay two.
    """
    plain = _SEPARATORS.sub("-", anyascii(unicodedata.normalize("NFC", name)).lower()).strip("-")
    if len(plain) > SLUG_LENGTH:
        plain = plain[: SLUG_LENGTH - 7].rstrip("-") + "-" + short_hash(name)
    return plain or fallback


def short_hash(name: str) -> str:
    """Six hexadecimal digits that tell two names apart."""
    return hashlib.sha256(unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def same_key(name: str) -> str:
    """Two names with the same key are one name spelt twice: ``Churn_Model`` and ``churn model``."""
    return _KEY_SEPARATORS.sub("-", unicodedata.normalize("NFKC", name).casefold()).strip("-")


def legal(value: str) -> str:
    """The text without characters that neither HTML nor XML may hold (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", value)


def plain(markdown: str) -> str:
    """Markdown as running text, good enough for a card or a feed: no marks, no HTML tags, white space folded.

    Only its first ``PLAIN_LENGTH`` characters count, which bounds what hostile Markdown can cost.
    """
    value = _LINKS.sub(r"\1", _IMAGES.sub(r"\1", _TAGS.sub("", markdown[:PLAIN_LENGTH])))
    return " ".join(_MARKS.sub("", value).split())


def excerpt(value: str, length: int = 280) -> str:
    """The first ``length`` characters, cut at a word, with an ellipsis where something was cut."""
    if len(value) <= length:
        return value
    cut = value[:length]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,.;:–-") + "…"


def first_heading(markdown: str) -> str:
    """The text of the first heading of level 1, or ""."""
    fenced = False
    previous = ""
    for line in markdown.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            found = _ATX_HEADING.match(line)
            if found:
                return plain(_opened(found[1]))
            if re.match(r"^ {0,3}=+[ \t]*$", line) and previous.strip() and not _NOT_PROSE.match(previous):
                return plain(previous)
        previous = line
    return ""


def _opened(heading: str) -> str:
    """A heading without its closing ``#`` characters."""
    bare = heading.rstrip().rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else heading.rstrip()


def first_paragraph(markdown: str) -> str:
    """The text of the first paragraph that is prose (no heading, list, table, quote, picture, HTML or code), or ""."""
    fenced = False
    lines: list[str] = []
    for line in [*markdown.splitlines(), ""]:
        if _FENCE.match(line):
            fenced = not fenced
            lines = []
        elif fenced:
            continue
        elif line.strip() and (lines or not _NOT_PROSE.match(line)):
            lines.append(line)
        elif lines:
            following = plain(" ".join(lines))
            if following and not re.fullmatch(r"[=\-]+", lines[-1].strip()):
                return following
            lines = []
    return ""


def near(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` is probably a misspelling of, or ""."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.75)
    return found[0] if found else ""
