"""JSON inside of JavaScript: found by where it begins, read by a JSON parser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

MOST = 50
"""So many places that look like the right one are tried in one script; this bounds what hostile code costs."""

_BLANK = re.compile(r"\s*")
_QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def loads(text: str) -> Any:
    """The JSON value that a text holds (NaN and Infinity too, as JavaScript has them); None where it is no JSON."""
    read = value(text, 0)
    return read[0] if read and not text[read[1] :].strip() else None


def value(code: str, at: int) -> tuple[Any, int] | None:
    """The literal that begins at ``at``, after blanks, and where it ends: JSON or a text in single quotes. None where there is neither."""
    at = _past(_BLANK, code, at)
    if code.startswith("'", at):
        quoted = _QUOTED.match(code, at)
        return (_ESCAPE.sub(_character, quoted[1]), quoted.end()) if quoted else None
    try:
        return _DECODER.raw_decode(code, at)
    except (json.JSONDecodeError, RecursionError):
        return None


def arguments(code: str, at: int) -> list[Any]:
    """The literals from ``at`` on that commas divide, as far as they are literals."""
    found: list[Any] = []
    while (read := value(code, at)) is not None:
        found.append(read[0])
        at = _past(_BLANK, code, read[1])
        if not code.startswith(",", at):
            break
        at += 1
    return found


def after(pattern: re.Pattern[str], code: str) -> Iterator[list[Any]]:
    """The arguments that follow each of the first places where the pattern ends."""
    return (arguments(code, found.end()) for found in islice(pattern.finditer(code), MOST))


def _past(pattern: re.Pattern[str], code: str, at: int) -> int:
    found = pattern.match(code, at)
    return found.end() if found else at


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else _LETTERS.get(found[3], found[3])


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


_DECODER = json.JSONDecoder(parse_int=_number, strict=False)
