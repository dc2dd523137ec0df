"""A diff for the terminal, and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from knowrepo.diff import outputs, rows
from knowrepo.diff.blocks import Block, Diff, State
from knowrepo.diff.outputs import Pair
from knowrepo.diff.parts import Part
from knowrepo.diff.shown import PRINTED, share
from knowrepo.diff.views import STATES
from knowrepo.render import ansi

Painting = Callable[[str, str], str]
"""A line and its kind (``file``, ``block``, ``-``, ``+`` or a space) to the line as the terminal shows it."""

CONTEXT = 3
"""Lines that are the same and shown around a difference."""
MOST = 200
"""More lines of one output are not shown."""


def text(diff: Diff, paint: Painting) -> Iterator[str]:
    """The lines of a diff for people: what is the same is left out."""
    renamed = f"{diff.old.path} → " if diff.old.path != diff.new.path and diff.old.length and diff.new.length else ""
    yield paint(f"{renamed}{diff.path}: {summary(diff)}", "file")
    for problem in diff.problems[:1]:
        yield f"  {problem}"
    for block in diff.blocks:
        if block.state is not State.UNCHANGED:
            yield ""
            yield paint(f"@@ {_title(block)} @@", "block")
            yield from (paint(f"{sign} {line}", sign) for sign, line in _text(block))
            yield from (paint(f"{sign} {line}", sign) for pair in block.outputs for sign, line in _output(pair, block))


def summary(diff: Diff) -> str:
    """``3 changed, 1 added; hidden: 12 execution count``."""
    counts = [f"{count} {STATES[state]}" for state, count in diff.counts.items() if count and state is not State.UNCHANGED]
    noise = [f"{count} {name.value}" for name, count in diff.noise.items()]
    return (", ".join(counts) or "nothing that readers see") + (f"; hidden: {', '.join(noise)}" if noise else "")


def as_json(diff: Diff) -> dict[str, Any]:
    """The diff of one file for programs; its form is that of ``schema_version`` 1."""
    return {
        "path": diff.path,
        "before": diff.old.path if diff.old.length else None,
        "counts": {state.value: count for state, count in diff.counts.items()},
        "noise": {noise.value: count for noise, count in diff.noise.items()},
        "problems": [problem.message for problem in diff.problems],
        "blocks": [_block(block) for block in diff.blocks],
    }


def _title(block: Block) -> str:
    part = block.part
    kind = "header" if part.header else part.cell.kind.value
    place = f"lines {part.first}–{part.last}"
    moved = f", moved from lines {block.old.first}–{block.old.last}" if block.moved and block.old else ""
    return f"{kind}, {place}: {STATES[block.state]}{moved}"


def _text(block: Block) -> Iterator[tuple[str, str]]:
    """The lines of the block's text that differ, with those around them."""
    if block.state in (State.MOVED, State.RERUN):
        first = next((line for line in block.part.text.split("\n") if line.strip()), "")
        yield " ", first
        return
    old, new = ([] if part is None else part.text.split("\n") for part in (block.old, block.new))
    yield from _lines(old, new)


def _lines(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    found = rows.of(old, new)
    near = {at + step for at, row in enumerate(found) if not row.same for step in range(-CONTEXT, CONTEXT + 1)}
    skipped, added = False, list[tuple[str, str]]()
    for at, row in enumerate(found):
        if row.same:
            yield from added
            added.clear()
        if at not in near:
            skipped = True
            continue
        if skipped:
            yield " ", "…"
            skipped = False
        if row.same:
            yield " ", new[row.new or 0]
        if not row.same and row.old is not None:
            yield "-", old[row.old]
        if not row.same and row.new is not None:
            added.append(("+", new[row.new]))
    yield from added


def _output(pair: Pair, block: Block) -> Iterator[tuple[str, str]]:
    if not pair.changed or block.state is State.MOVED:
        return
    kind, now = outputs.form(pair.new or pair.old or {"output_type": "stream"})
    sign = " " if pair.old and pair.new else "+" if pair.new else "-"
    words = ""
    if pair.likeness:
        words = "another size" if pair.likeness.share is None else f"{share(pair.likeness.share)} of the pixels differ"
    yield sign, f"[{kind}{': ' if words else ''}{words}]"
    if kind in PRINTED:
        was = outputs.form(pair.old)[1] if pair.old else ""
        sides = [ansi.plain(str(value)).split("\n") if side else [] for side, value in ((pair.old, was), (pair.new, now))]
        yield from list(_lines(*sides))[:MOST]


def _block(block: Block) -> dict[str, Any]:
    old, new = block.old, block.new
    runs = block.hunks if old and new and block.state is State.CHANGED else []
    return {
        "state": block.state.value,
        "moved": block.moved,
        "kind": "header" if block.part.header else block.part.cell.kind.value,
        "anchor": block.anchor,
        "old": _side(old) if old else None,
        "new": _side(new) if new else None,
        "text": [
            {
                "old": [run.old_start + 1, run.old_end],
                "new": [run.new_start + 1, run.new_end],
                "removed": old.text.split("\n")[run.old_start : run.old_end] if old else [],
                "added": new.text.split("\n")[run.new_start : run.new_end] if new else [],
            }
            for run in runs
            if not run.same
        ],
        "outputs": [_pair(pair) for pair in block.outputs],
        "noise": [noise.value for noise in block.noise],
    }


def _side(part: Part) -> dict[str, Any]:
    """``lines`` are the first and the last in the file; ``source`` has the line of each line of the text."""
    return {"index": part.cell.index, "id": part.own_id, "lines": [part.first, part.last], "source": list(part.lines), "text": part.text}


def _pair(pair: Pair) -> dict[str, Any]:
    state = "changed" if pair.changed and pair.old and pair.new else "added" if not pair.old else "removed" if not pair.new else "unchanged"
    kind = outputs.form(pair.new or pair.old or {"output_type": "stream"})[0]
    found: dict[str, Any] = {"state": state, "type": kind, "noise": [noise.value for noise in pair.noise]}
    return found | ({"pixels": pair.likeness.share} if pair.likeness else {})
