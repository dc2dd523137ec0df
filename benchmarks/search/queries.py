"""Known-item queries from notebooks: the same notebooks give the same queries. They are taken from the files themselves, not from what knowrepo reads in them.

    heading     the words of a heading (3 to 8) that one notebook has and no other
    identifier  a name of code with _, a hump or a dot that the code of 2 to 20 notebooks has
    as words    the same name as one says it: "train test split"
    typo        a word of 6 letters or more from the prose of at most 8 notebooks, with one letter replaced, left out, put in or swapped, never the first

Half of the notebooks are kept aside, by the repository they come from: what is tuned may look at the others only.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("heading", "identifier", "as words", "typo")
HALVES = ("tuned", "aside")
MOST = 150
"""So many queries of a kind from each half."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHARED = range(2, 21)
RARE = 8

_HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_HEADER = re.compile(r"\A---\n.*?\n---\s*", re.DOTALL)
_MARKUP = re.compile(
    r"<!--.*?-->|<[^<>]*>|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|https?://\S+|\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`|\S{41,}", re.DOTALL
)
_WORDS = re.compile(r"\w+(?:[.'’_-]\w+)*")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLAIN = re.compile(r"(?<![\w'’-])[a-z]{6,}(?![\w'’-])")


@dataclass(frozen=True, slots=True)
class Notebook:
    """The text of a file by what it is; ``half`` is that of its repository."""

    path: str
    half: str
    prose: str
    code: str
    output: str

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.prose}\n{self.code}\n{self.output}"


@dataclass(frozen=True, slots=True)
class Query:
    """``wanted`` are the paths of the notebooks that answer it; of the first ``depth`` results as many as possible should."""

    kind: str
    half: str
    text: str
    wanted: frozenset[str]
    depth: int


def read(folder: Path) -> list[Notebook]:
    """The notebooks of a folder; SOURCES.tsv in it or beside it may say from which repository each is, else its first folder stands for that."""
    origins = _origins(folder)
    paths = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.ipynb"))
    origin = {path: origins.get(path, path.partition("/")[0]) for path in paths if not re.search(r"(?:^|/)\.", path)}
    halves = {name: HALVES[at % 2] for at, name in enumerate(sorted(set(origin.values()), key=_hash))}
    return [_notebook(path, halves[name], json.loads((folder / path).read_bytes())) for path, name in origin.items()]


def made(notebooks: list[Notebook]) -> list[Query]:
    """The queries, at most ``MOST`` of each kind and half."""
    queries = [*_headings(notebooks), *_identifiers(notebooks), *_typos(notebooks)]
    chosen: list[Query] = []
    for kind in KINDS:
        for half in HALVES:
            some = [query for query in queries if (query.kind, query.half) == (kind, half)]
            chosen += sorted(some, key=lambda query: _hash(query.text))[:MOST]
    return chosen


def _origins(folder: Path) -> Mapping[str, str]:
    for file in (folder / "SOURCES.tsv", folder.parent / "SOURCES.tsv"):
        if file.exists():
            with file.open(newline="") as lines:
                return {row["file"]: row["repository"] for row in csv.DictReader(lines, delimiter="\t")}
    return {}


def _notebook(path: str, half: str, whole: Mapping[str, Any]) -> Notebook:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for cell in whole.get("cells") or whole["worksheets"][0]["cells"]:  # the second is format 3
        texts[cell["cell_type"]].append("".join(cell.get("source") or cell.get("input") or ""))
        for output in cell.get("outputs", ()):
            texts["output"].append("".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", "")))
    prose = _HEADER.sub("", "\n\n".join(texts["markdown"]))
    return Notebook(path, half, _FENCE.sub("", prose), "\n".join(texts["code"]), "\n".join(texts["output"]))


def _headings(notebooks: list[Notebook]) -> Iterator[Query]:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    halves: dict[str, str] = {}
    for notebook in notebooks:
        for heading in _HEADING.findall(notebook.prose):
            words = _WORDS.findall(_spoken(heading)) if "$" not in heading else []
            if 3 <= len(words) <= 8:
                holders[" ".join(words).lower()].add(notebook.path)
                halves[" ".join(words).lower()] = notebook.half
    for text, paths in holders.items():
        if len(paths) == 1:
            yield Query("heading", halves[text], text, frozenset(paths), 10)


def _spoken(heading: str) -> str:
    """A heading without its markup."""
    return re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", _MARKUP.sub(" ", heading.replace("`", "")))


def _identifiers(notebooks: list[Notebook]) -> Iterator[Query]:
    coded, anywhere = (
        _holders(notebooks, lambda notebook: _names(notebook.code)),
        _holders(notebooks, lambda notebook: _names(notebook.whole)),
    )
    for name, found in coded.items():
        if len(found) in SHARED:
            half, _ = min(Counter(notebook.half for notebook in found).items(), key=lambda pair: (-pair[1], pair[0]))
            wanted, depth = frozenset(notebook.path for notebook in anywhere[name]), min(10, len(found))
            yield Query("identifier", half, name, wanted, depth)
            words = " ".join(_HUMP.findall(name)).lower()
            if " " in words:
                yield Query("as words", half, words, wanted, depth)


def _holders(notebooks: list[Notebook], has: Callable[[Notebook], Iterable[str]]) -> dict[str, list[Notebook]]:
    """Which notebooks have each of some words."""
    found: defaultdict[str, list[Notebook]] = defaultdict(list)
    for notebook in notebooks:
        for word in sorted(set(has(notebook))):
            found[word].append(notebook)
    return found


def _names(code: str) -> Iterator[str]:
    """The names of code that are more than a word: of ``a.b.c`` all stretches."""
    for chain in set(_NAME.findall(code)):
        names = chain.split(".")
        for start, end in itertools.combinations(range(min(len(names), 6) + 1), 2):
            name = ".".join(names[start:end])
            if 5 < len(name) <= 40 and "_" not in (name[0], name[-1]) and len(_HUMP.findall(name)) > 1:
                yield name


def _typos(notebooks: list[Notebook]) -> Iterator[Query]:
    plain = _holders(notebooks, lambda notebook: _PLAIN.findall(_MARKUP.sub(" ", notebook.prose)))
    anywhere = _holders(notebooks, lambda notebook: re.findall(r"[^\W\d_]+", notebook.whole.lower()))
    for word, found in plain.items():
        wrong = _mistyped(word)
        if len(found) <= RARE and wrong not in anywhere:
            yield Query("typo", found[0].half, wrong, frozenset(notebook.path for notebook in anywhere[word]), 10)


def _mistyped(word: str) -> str:
    """The word with one mistake, the same in every run."""
    chance = random.Random(word)
    at = chance.randrange(1, len(word))
    letter = chance.choice(LETTERS.replace(word[at], ""))
    match chance.choice(("replace", "leave out", "put in", "swap")):
        case "replace":
            return word[:at] + letter + word[at + 1 :]
        case "leave out":
            return word[:at] + word[at + 1 :]
        case "put in":
            return word[:at] + letter + word[at:]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
