"""Whether the results of a notebook are those of its code, as far as the counts of its runs tell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set

from knowrepo.model import Cell, CellKind, Stale


def stale(cells: Sequence[Cell], shown: Set[str]) -> tuple[Stale, ...]:
    """The fewest code cells that explain why the counts do not simply rise from cell to cell.

    They were never run while others were, were run out of order, or show the output of an earlier run. Nothing is said of a notebook whose
    counts a tool has taken away or made all the same. ``shown`` are the ids of the cells that the page shows.
    """
    code = [cell for cell in cells if cell.kind is CellKind.CODE and cell.text.strip()]
    counts = {cell.execution_count for cell in code}
    if counts <= {None} or (len(counts) == 1 and len(code) > 1):
        return ()
    run = [(cell.execution_count, cell) for cell in code if cell.execution_count is not None]
    in_order = {run[at][1].index for at in _rising([count for count, _ in run])}
    return tuple(
        Stale(cell.index, cell.id if cell.id in shown else "") for cell in code if cell.index not in in_order or _older_output(cell)
    )


def _older_output(cell: Cell) -> bool:
    shown = {output.get("execution_count") for output in cell.outputs if output["output_type"] == "execute_result"}
    return not shown <= {None, cell.execution_count}


def _rising(numbers: Sequence[int]) -> list[int]:
    """The indices of a longest strictly rising subsequence (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        tops[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [index]
        before.append(ends[pile - 1] if pile else -1)
    found: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
