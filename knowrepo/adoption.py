"""A header for a file that has none: it is put in, and no other byte is changed.

A notebook is not read and written anew, which would change how its JSON is laid out: the text of one raw cell is put before the first one, indented and
spelt as its neighbours are.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from knowrepo.errors import KnowrepoError
from knowrepo.text import same_key

TAGS = 3
"""So many tags are proposed at most."""

_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]', re.DOTALL)
_LEADING = re.compile(r"(?:#!.*\n)?(?:#.*coding[:=].*\n)?")
_REOPEN = "open it in Jupyter and save it again"


def with_header(path: str, data: bytes, header: str) -> bytes:
    """The file with a header, which is YAML between ``---`` lines and ends in a line end.

    A ``.ipynb`` gets a raw cell, a ``.py`` a comment, anything else the lines themselves. Raises KnowrepoError for a file that is not UTF-8, and for a notebook
    without a list of cells.
    """
    mark = _BOM if data.startswith(_BOM) else b""
    try:
        text = data[len(mark) :].decode()
    except UnicodeDecodeError as error:
        raise KnowrepoError(f"{path} is not UTF-8", hint="save it as UTF-8") from error
    place, added = _notebook(path, text, header) if path.endswith(".ipynb") else _text(path, text, header)
    return mark + (text[:place] + added + text[place:]).encode()


def tags(alike: Iterable[tuple[Sequence[str], float]]) -> tuple[str, ...]:
    """What the tags of a post may be: those that at least two of the posts most like it have; of each the tags, and how much it is like the post."""
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for names, score in alike:
        for name in names:
            found[same_key(name)].append((score, name))
    shared = [scores for scores in found.values() if len(scores) > 1]
    best = sorted(shared, key=lambda scores: (-sum(score for score, _ in scores), scores[0][1]))
    return tuple(max(scores)[1] for scores in best[:TAGS])


def _text(path: str, text: str, header: str) -> tuple[int, str]:
    """Where the header goes in a text, and its own text."""
    place = 0
    if path.endswith(".py"):
        header = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
        place = len(_LEADING.match(text.replace("\r\n", "\n"))[0])  # type: ignore[index]  # it matches the empty text too
        place += text[:place].count("\r\n")
    added = header + "\n"
    return place, added.replace("\n", "\r\n") if "\r\n" in text else added


def _notebook(path: str, text: str, header: str) -> tuple[int, str]:
    """Where the cell goes in the JSON of a notebook, and its JSON."""
    try:
        notebook = json.loads(text)
        cells = _cells(notebook)
        place = _start(text, top="cells" in notebook)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise KnowrepoError(f"{path} is no notebook with a list of cells", hint=_REOPEN) from error
    if not isinstance(cells, list):
        raise KnowrepoError(f"{path} is no notebook with a list of cells", hint=_REOPEN)
    known = [cell for cell in cells if isinstance(cell, dict)]
    cell: dict[str, Any] = {"cell_type": "raw"}
    if any("id" in other for other in known) or notebook.get("nbformat_minor") in range(5, 100):
        cell["id"] = _free({other.get("id") for other in known})
    lines = header.rstrip("\n")
    joined = any(isinstance(other.get("source"), str) for other in known)
    cell |= {"metadata": {}, "source": lines if joined else lines.splitlines(keepends=True)}
    added = _spelt(cell, text, place)
    if _cells(json.loads(text[:place] + added + text[place:])) != [cell, *cells]:
        raise KnowrepoError(f"{path} has two lists of cells", hint=_REOPEN)
    return place, added


def _cells(notebook: Any) -> Any:
    """The cells of a notebook, or those of its first worksheet (nbformat 3)."""
    return notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]


def _start(text: str, *, top: bool) -> int:
    """Where the first list of cells begins, behind its bracket: that of the notebook itself, or of its first worksheet. Raises KeyError if there is none."""
    depth, wanted, last, key = 0, 1 if top else 3, "", ""
    for found in _TOKEN.finditer(text):
        sign = found[0]
        if sign == ":":
            key = last
        elif sign == "[" and depth == wanted and key == '"cells"':
            return found.end()
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        last = sign
        if sign != ":" and sign != '"cells"':
            key = ""
    raise KeyError("cells")


def _free(taken: set[Any]) -> str:
    name = "header"
    while name in taken:
        name += "-x"
    return name


def _spelt(cell: dict[str, Any], text: str, place: int) -> str:
    """The cell as JSON in the style of what follows, with what stands between it and the next one."""
    space = re.match(r"\s*", text[place:])[0]  # type: ignore[index]  # it matches the empty text too
    after = text[place + len(space) : place + len(space) + 200]
    as_ascii = text.isascii() and "\\u" in text
    if after.startswith("]"):
        return json.dumps(cell, ensure_ascii=as_ascii)
    inner = re.match(r"\{(\s*)", after)
    if inner is None or "\n" not in inner[1]:
        colon, comma = (": ", ", ") if re.match(r'\{\s*"[^"]*": ', after) else (":", ",")
        return space + json.dumps(cell, ensure_ascii=as_ascii, separators=(comma, colon)) + ("," if "\n" in space else comma)
    margin = space.rpartition("\n")[2]
    indent = inner[1].rpartition("\n")[2].removeprefix(margin) or " "
    made = json.dumps(cell, ensure_ascii=as_ascii, indent=indent).replace("\n", "\n" + margin)
    return space + (made.replace("\n", "\r\n") if "\r\n" in inner[1] else made) + ","
