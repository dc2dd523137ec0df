"""The geometry of the charts, which templates draw as SVG: numbers in, numbers out.

Lengths across are percentages of the width, so that a chart fits every screen and its words stay as large as they are; lengths down are pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowrepo.pages.frame import Link

HEIGHT = 200
"""Of a chart of columns with the words below it."""

_TOP, _GROUND = 16, 176
_GUTTER = 6
_LETTERS = 24
"""So many letters fit below a chart on the narrowest screen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a list with a bar: ``share`` is its length in percent of the longest."""

    link: Link
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart: ``at`` and ``width`` in percent, ``top`` and ``height`` in pixels."""

    at: float
    width: float
    top: float
    height: float
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside an axis, ``at`` pixels from the top or percent from the left; ``last`` is one too far to the right to begin there."""

    at: float
    text: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over a line of names; ``levels`` are the lines across. ``start`` is the percentage where the columns begin."""

    columns: tuple[Column, ...]
    levels: tuple[Mark, ...]
    names: tuple[Mark, ...]
    height: int = HEIGHT
    ground: int = _GROUND
    start: int = _GUTTER


def bars(counted: Iterable[tuple[Link, int]]) -> tuple[Bar, ...]:
    """A bar per link, in the order given."""
    rows = tuple(counted)
    most = max((count for _, count in rows), default=1)
    return tuple(Bar(link, count, round(100 * count / most, 2)) for link, count in rows)


def columns(counts: Sequence[tuple[str, int]], named: Sequence[tuple[int, str]]) -> Chart:
    """A column for each (name, count) but for those of nothing; ``named`` are the (index, word) that may stand below, as many as fit."""
    step = (100 - _GUTTER) / max(1, len(counts))
    scale = _levels(max((count for _, count in counts), default=0))
    pixels = (_GROUND - _TOP) / scale[-1]
    return Chart(
        columns=tuple(
            Column(
                round(_GUTTER + (at + 0.1) * step, 3),
                round(0.8 * step, 3),
                round(_GROUND - count * pixels, 1),
                round(count * pixels, 1),
                *each,
            )
            for at, each in enumerate(counts)
            if (count := each[1])
        ),
        levels=tuple(Mark(round(_GROUND - level * pixels, 1), str(level)) for level in scale),
        names=tuple(Mark(x := round(_GUTTER + at * step, 3), word, last=x > 88) for at, word in _thinned(named)),
    )


def _levels(most: int) -> range:
    """Even steps of 1, 2 or 5 times a power of ten from 0 up to at least ``most``, at most five of them."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if 4 * step >= most:
                return range(0, step * max(1, -(-most // step)) + 1, step)
        size *= 10


def _thinned(named: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    room = max(2, _LETTERS // max((len(word) for _, word in named), default=1))
    return named[:: -(-len(named) // room) or 1]
