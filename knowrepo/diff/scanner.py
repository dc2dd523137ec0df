"""Where the cells of a notebook stand in its file: one pass over the JSON text, which parses nothing and steps over a picture of megabytes at once.

nbformat's own writer puts each line of a source on a line of the file; a notebook on a single line has all its cells on line 1. Grammar: RFC 8259.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]++")
_TO_BRACKET = re.compile(r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+', re.DOTALL)


class Unsound(ValueError):
    """The text is no JSON object."""


@dataclass(slots=True)
class Place:
    """Lines of the file, counted from 1: those of a cell, the line of each string of its source, and the first and last line of each output."""

    first: int
    last: int
    source: list[int] = field(default_factory=list)
    outputs: list[tuple[int, int]] = field(default_factory=list)


def places(text: str) -> list[Place]:
    """The places of all cells, in their order (in notebooks older than nbformat 4, those of all worksheets). Raises Unsound."""
    scan = _Scan(text)
    found: list[Place] = []

    def cells() -> None:
        found.clear()  # of two lists of that name the last counts
        found.extend(scan.items(scan.cell))

    def worksheets() -> None:
        sheets = list(scan.items(lambda: scan.members({"cells": lambda: list(scan.items(scan.cell))})))
        found[:] = [place for sheet in sheets for place in sheet.get("cells", ())]

    scan.members({"cells": cells, "worksheets": worksheets})
    return found


class _Scan:
    """A place in the text, and the line that it lies on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted = 0
        self.lines = 1

    def line(self) -> int:
        """The line that the next token begins on."""
        self._space()
        self.lines += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.lines

    def cell(self) -> Place:
        """The place of the cell that begins here."""
        place = Place(self.line(), 0)

        def source() -> None:
            place.source = self.strings()

        def outputs() -> None:
            place.outputs = list(self.items(self.span))

        self.members({"source": source, "input": source, "outputs": outputs})
        place.last = self._end()
        return place

    def members(self, wanted: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        """Go through an object; of the members of these names what their functions return, which go over the value."""
        found: dict[str, Any] = {}
        if not self._opens("{"):
            self.over()
            return found
        while not self._closes("}"):
            name = self._take(_STRING)[1:-1]
            self._expect(":")
            step = wanted.get(name)
            if step:
                found[name] = step()
            else:
                self.over()
        return found

    def items(self, step: Callable[[], Any]) -> Iterator[Any]:
        """Go through a list; what ``step`` returns for each of its values."""
        if not self._opens("["):
            self.over()
            return
        while not self._closes("]"):
            yield step()

    def span(self) -> tuple[int, int]:
        """The first and the last line of a value."""
        first = self.line()
        self.over()
        return first, self._end()

    def strings(self) -> list[int]:
        """The line of a string, or of each value of a list."""
        if self._next() != "[":
            return [self.span()[0]]
        return [first for first, _ in self.items(self.span)]

    def over(self) -> None:
        """Step over a value."""
        start = self._next()
        if start == '"':
            self._take(_STRING)
        elif start not in ("{", "["):
            self._take(_SCALAR)
        else:
            depth = 0
            while True:
                self.at = _matched(_TO_BRACKET, self.text, self.at)
                bracket = self.text[self.at : self.at + 1]
                if bracket not in ("{", "[", "}", "]"):
                    raise Unsound
                self.at += 1
                depth += 1 if bracket in "{[" else -1
                if not depth:
                    return

    def _end(self) -> int:
        """The line of the character before this place."""
        self.lines += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.lines

    def _space(self) -> None:
        self.at = _matched(_SPACE, self.text, self.at)

    def _next(self) -> str:
        self._space()
        return self.text[self.at : self.at + 1]

    def _opens(self, bracket: str) -> bool:
        found = self._next() == bracket
        self.at += found
        return found

    def _closes(self, bracket: str) -> bool:
        """Whether a list or an object ends here; steps over the comma before another value."""
        if self._next() == ",":
            self.at += 1
        return self._opens(bracket)

    def _expect(self, sign: str) -> None:
        if not self._opens(sign):
            raise Unsound

    def _take(self, token: re.Pattern[str]) -> str:
        self._space()
        found = token.match(self.text, self.at)
        if not found:
            raise Unsound
        self.at = found.end()
        return found[0]


def _matched(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
