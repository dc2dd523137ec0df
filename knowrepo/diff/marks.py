"""Marks in HTML that is sanitised already: around characters of its text, never across a tag, so that it stays well-formed."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from knowrepo.diff import sequences
from knowrepo.diff.rows import Range

_PIECE = re.compile(r"<[^>]*>|&[^;\s<&]{1,32};|[^<&]+|[<&]")
_WORDS = re.compile(
    r'<span class="math[^"]*">(?:(?!</?span\b).)*</span>|<img\b[^>]*>|<[^>]*>|&[^;\s<&]{1,32};|\w+|\s+|[^\w\s<&]|[<&]', re.DOTALL
)
_SEEN = re.compile(r'<img\b|<span class="math')
_SPAN = re.compile(r"<(/?)(span|a)\b[^>]*>")


def wrapped(html: str, ranges: Sequence[Range], tag: str) -> Markup:
    """The HTML with ``<tag>`` around these ranges of its text, in which an entity is one character."""
    if not ranges:
        return Markup(html)  # noqa: S704 - sanitised before
    found: list[str] = []
    at, waiting = 0, list(ranges)[::-1]
    for piece in _PIECE.findall(html):
        if piece.startswith("<") and len(piece) > 1:
            found.append(piece)
            continue
        length = 1 if piece.startswith("&") and len(piece) > 1 else len(piece)
        end, start = at + length, at
        while waiting and waiting[-1][0] < end:
            first, last = max(waiting[-1][0], start), min(waiting[-1][1], end)
            inside = piece if length == 1 else piece[first - at : last - at]
            found += [piece[start - at : first - at] if length > 1 else "", f"<{tag}>", inside, f"</{tag}>"]
            start = last
            if waiting[-1][1] > end:
                break
            waiting.pop()
        if start < end:
            found.append(piece[start - at :] if length > 1 else piece)
        at = end
    return Markup("".join(found))  # noqa: S704 - the same with marks of ours


def lines(html: str) -> list[str]:
    """The lines of preformatted HTML, each well-formed by itself: spans that go on are closed and opened again."""
    found: list[str] = []
    opened: list[str] = []
    for line in html.split("\n"):
        before = "".join(opened)
        for tag in _SPAN.finditer(line):
            if not tag[1]:
                opened.append(tag[0])
            elif opened:
                opened.pop()
        closing = "".join(f"</{'a' if tag.startswith('<a') else 'span'}>" for tag in reversed(opened))
        found.append(before + line + closing)
    return found


def plain(html: str) -> str:
    """The text of HTML."""
    return entities.unescape(re.sub(r"<[^>]*>", "", html))


def prose(old: str, new: str) -> tuple[Markup, Markup]:
    """Two pieces of HTML with the words marked that the other lacks; formulas and pictures count as words."""
    befores, afters = _WORDS.findall(old), _WORDS.findall(new)
    gone: set[int] = set()
    come: set[int] = set()
    for run in sequences.runs(list(map(_plain, befores)), list(map(_plain, afters))):
        if not run.same:
            gone.update(range(run.old_start, run.old_end))
            come.update(range(run.new_start, run.new_end))
    return _marked(befores, gone, "del"), _marked(afters, come, "ins")


def _plain(word: str) -> str:
    """What makes a word another one. Of a tag it is its name: other attributes say nothing that is read."""
    if word.startswith("<") and not _SEEN.match(word):
        return re.sub(r"\s.*", "", word, flags=re.DOTALL)
    return entities.unescape(word)


def _marked(words: Sequence[str], wanted: set[int], tag: str) -> Markup:
    return Markup("".join(_pieces(words, wanted, tag)))  # noqa: S704 - sanitised before, with marks of ours


def _pieces(words: Sequence[str], wanted: set[int], tag: str) -> Iterator[str]:
    """The words, with one mark around those that stand together."""
    opened = False
    for number, word in enumerate(words):
        markup = word.startswith("<") and len(word) > 1 and not _SEEN.match(word)
        mark = number in wanted and not markup and (bool(word.strip()) or opened)
        if mark != opened:
            yield f"<{tag}>" if mark else f"</{tag}>"
            opened = mark
        yield word
    if opened:
        yield f"</{tag}>"
