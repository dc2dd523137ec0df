"""YAML, JSON and TOML as a tree of Nodes that know their places. Owner of PyYAML.

A Node keeps every text as it was written: nothing is resolved before a Kind asks for it, so ``no`` can be a tag and ``2026-02-30`` becomes
a complaint. Size, depth and aliases are bounded while YAML's events go by, before anything is made of them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import yaml
from yaml.reader import Reader

from knowrepo.model import Severity
from knowrepo.text import legal

MAX_LENGTH = 64 * 1024
MAX_DEPTH = 32
MAX_ALIASES = 100
MAX_NODES = 10_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAGS = frozenset({None, "!", "!r", "!expr", "tag:yaml.org,2002:str"})  # !r and !expr: R Markdown's parameters
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_OTHER_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")  # YAML counts them as lines, editors do not


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text. ``plain`` means without quotes. ``line`` and ``column`` count from 1, as everywhere here; 0 is unknown."""

    text: str
    plain: bool = False
    line: int = 0
    column: int = 0

    @property
    def empty(self) -> bool:
        """Whether this says nothing: YAML's null, or no text at all."""
        return not self.text.strip() or (self.plain and self.text in ("~", "null", "Null", "NULL"))


@dataclass(frozen=True, slots=True)
class Listing:
    """A YAML sequence."""

    items: tuple[Node, ...]
    line: int = 0
    column: int = 0
    empty: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Table:
    """A YAML mapping, in its order; no two keys are the same."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int = 0
    column: int = 0
    empty: ClassVar[bool] = False


Node = Scalar | Listing | Table


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where. ``rule`` is one of: yaml, duplicate-key, unknown-key, two-names, value."""

    message: str
    rule: str
    line: int
    hint: str = ""
    severity: Severity = Severity.ERROR


_TOO_DEEP = Complaint(f"nested too deeply: {MAX_DEPTH} levels are allowed", "yaml", 0)


class NodeError(Exception):
    """A text that cannot be read, or a value that its kind refuses: everything that is wrong with it."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("; ".join(complaint.message for complaint in complaints))
        self.complaints = complaints


def wrong(node: Node, message: str, hint: str = "", *, rule: str = "value") -> NodeError:
    """The exception for one complaint about ``node``."""
    return NodeError(Complaint(message, rule, node.line, hint))


def tree(text: str, first_line: int = 1, longest: int = MAX_LENGTH) -> Node | None:
    """YAML as a Node; None if there is nothing in it. Raises NodeError, with everything that is wrong at once.

    ``first_line`` is the number that the first line of ``text`` has in its file; ``longest`` is in characters.
    """
    _check_length(text, longest, first_line)
    text = text.removeprefix("\ufeff").translate(_OTHER_LINE_ENDS)
    alien = Reader.NON_PRINTABLE.search(text)
    if alien:
        message = f"a character that YAML does not allow: U+{ord(alien[0]):04X}"
        raise NodeError(Complaint(message, "yaml", first_line + text.count("\n", 0, alien.start()), "remove it"))
    builder = _Builder(yaml.parse(text, Loader=_LOADER), first_line)
    try:
        root = builder.document()
    except yaml.YAMLError as error:
        builder.complaints.append(_syntax(error, text, first_line))
    if builder.complaints:
        raise NodeError(*builder.complaints)
    return root


def quoted(text: str) -> str:
    """The text as a YAML value, in double quotes on one line."""
    return yaml.safe_dump(legal(text), default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")


def data(node: Node) -> Any:
    """The node as plain data: texts, lists and dicts."""
    if isinstance(node, Scalar):
        return "" if node.empty else node.text
    return [data(item) for item in node.items] if isinstance(node, Listing) else {key.text: data(item) for key, item in node.pairs}


def from_json(text: str) -> Node | None:
    """JSON, which is YAML but for characters that it writes as two escapes. Raises NodeError."""
    return tree(_SURROGATES.sub(lambda pair: str(json.loads(f'"{pair[0]}"')), text))


def from_toml(text: str) -> Node:
    """TOML, without places. Raises NodeError. It must be short: tomllib takes quadratic time for dotted keys."""
    _check_length(text, MAX_LENGTH // 4, 0)
    try:
        return _planted(tomllib.loads(text), 0)
    except RecursionError:
        raise NodeError(_TOO_DEEP) from None
    except tomllib.TOMLDecodeError as error:
        raise NodeError(Complaint(f"not TOML: {error}", "yaml", 0)) from None
    except ValueError:
        raise NodeError(Complaint("a number of too many digits", "yaml", 0)) from None


def _planted(value: object, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise NodeError(_TOO_DEEP)
    if isinstance(value, dict):
        return Table(tuple((Scalar(legal(key)), _planted(item, depth + 1)) for key, item in value.items()))
    if isinstance(value, list):
        return Listing(tuple(_planted(item, depth + 1) for item in value))
    return Scalar(str(value).lower(), plain=True) if isinstance(value, bool) else Scalar(legal(str(value)))


def _check_length(text: str, longest: int, line: int) -> None:
    if len(text) > longest:
        raise NodeError(Complaint(f"too long: {len(text)} characters, {longest} are allowed", "yaml", line))


class _Builder:
    """Makes Nodes from YAML's events. An alias is the very Node that its anchor names, so only its size has to be counted."""

    def __init__(self, events: Iterator[Any], first_line: int) -> None:
        self.events = events
        self.first_line = first_line
        self.complaints: list[Complaint] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._aliases = 0
        self._nodes = 0

    def document(self) -> Node | None:
        next(self.events)
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            return None
        root = self._node(next(self.events), 0)
        next(self.events)
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            self._complain(following, "a second YAML document begins here", "remove the line `---`")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._nodes
        self._count(event, 1)
        if depth > MAX_DEPTH:
            raise NodeError(replace(_TOO_DEEP, line=self._line(event)))
        if event.tag not in _TEXT_TAGS:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._complain(event, f'the tag "{tag}" is not allowed here', 'remove it, or put a value that begins with "!" in quotes')
        node = self._made(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._nodes - before)
        return node

    def _made(self, event: Any, depth: int) -> Node:
        place = (self._line(event), event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(legal(event.value), not event.style and not event.tag, *place)
        if isinstance(event, yaml.SequenceStartEvent):
            return Listing(tuple(self._node(item, depth + 1) for item in iter(self._until_end, None)), *place)
        return Table(self._pairs(depth + 1), *place)

    def _until_end(self) -> Any:
        event = next(self.events)
        return None if isinstance(event, yaml.CollectionEndEvent) else event

    def _pairs(self, depth: int) -> tuple[tuple[Scalar, Node], ...]:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for event in iter(self._until_end, None):
            key, value = self._node(event, depth), self._node(next(self.events), depth)
            if not isinstance(key, Scalar):
                self._complain(event, "a key must be a text, not a list or a map", "put the key in quotes")
            elif key.text == "<<" and key.plain:
                self._complain(event, "`<<` is not supported", "write the keys out")
            elif key.text in pairs:
                first = pairs[key.text][0].line
                self._complain(event, f'"{key.text}" is given twice, in lines {first} and {key.line}', "remove one", rule="duplicate-key")
            else:
                pairs[key.text] = (key, value)
        return tuple(pairs.values())

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            self._complain(event, f'"*{event.anchor}" names no anchor', _QUOTES)
            return Scalar("")
        node, size = self._anchors[event.anchor]
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise NodeError(Complaint(f"too many aliases: {MAX_ALIASES} are allowed", "yaml", self._line(event)))
        self._count(event, size)
        return node

    def _count(self, event: Any, size: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            what = "too many aliases" if self._aliases else "too many values"
            raise NodeError(Complaint(f"{what}: they make more than {MAX_NODES} values", "yaml", self._line(event)))

    def _complain(self, event: Any, message: str, hint: str, rule: str = "yaml") -> None:
        self.complaints.append(Complaint(message, rule, self._line(event), hint))

    def _line(self, event: Any) -> int:
        return self.first_line + int(event.start_mark.line)


_QUOTES = "put the value in quotes"
_COLON = 'a value that holds ": " must stand in quotes; or else the line before lacks its `key: `, or the two are not aligned'
_OPEN = "the quotes that begin here are never closed"
_ALIGN = "text after the end of a value, or a wrong indentation"

# (words of libyaml or PyYAML, whether the place is where the construct began, what we say, the way out); the first that fits counts
_USUAL = (
    ("found a tab character", False, "a tab cannot indent YAML", "use spaces"),
    ("cannot start any token", False, "a tab cannot indent YAML", "use spaces"),
    ("mapping values are not allowed", False, 'an unexpected ":"', _COLON),
    ("found unexpected end of stream", True, _OPEN, "close them, or use the other kind of quotes"),
    ("found unexpected document", True, _OPEN, "close them, or indent a `---` inside them"),
    ("expected ',' or ']'", True, 'the "[" that begins here is not closed', f'close it with "]", or {_QUOTES}'),
    ("expected ',' or '}'", True, 'the "{" that begins here is not closed', f'close it with "}}", or {_QUOTES}'),
    ("node content", False, "a value is missing", f'close every "[" and "{{"; if the value holds " #" or brackets, {_QUOTES}'),
    ("could not find expected ':'", True, "a key without a value", "write `key: value`, with a space after the colon"),
    ("expected key", False, _ALIGN, f"{_QUOTES} as a whole, or align the line with the others"),
    ("expected <", False, _ALIGN, f"{_QUOTES} as a whole, or align the line with the others"),
    ("expected alphabetic or numeric", True, 'a value cannot begin with "*" or "&"', _QUOTES),
    ("escape", False, "a backslash inside double quotes that YAML does not know", "use single quotes, or write the backslash twice"),
    ("entries are not allowed", False, 'a list cannot begin with "- " here', f"begin it on a new line, or {_QUOTES}"),
    ("keys are not allowed", False, 'a value cannot begin with "? "', _QUOTES),
    ("expected comment or line break", False, 'a value cannot begin with "|" or ">"', _QUOTES),
    ("directive", False, 'a line cannot begin with "%"', "put the key in quotes"),
)


def _syntax(error: yaml.YAMLError, text: str, first_line: int) -> Complaint:
    """libyaml's complaint in plain English, with the usual way out."""
    words = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '') or error}"
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        return Complaint(words.strip(), "yaml", first_line)
    found = text[mark.index : mark.index + 1] if mark.index < len(text) else ""
    if "cannot start any token" in words and found != "\t":
        at_start, message, hint = False, f'a value cannot begin with "{found}"', _QUOTES
    else:
        at_start, message, hint = next((row[1:] for row in _USUAL if row[0] in words), (False, words.strip(), ""))
    place = start if at_start and start else mark
    lines = text.rstrip("\n").split("\n")
    line, column = (place.line, place.column) if place.line < len(lines) else (len(lines) - 1, len(lines[-1]))
    return Complaint(f"{message}, column {column + 1}", "yaml", first_line + line, hint)
