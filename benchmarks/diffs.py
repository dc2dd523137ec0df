"""How fast and how right are diffs of notebooks, beside nbdime? ``python benchmarks/diffs.py [--nbdime PYTHON] [--cells N …]``.

Makes notebooks of 50, 200 and 1,000 cells (15 lines, 20 lines of output and a picture each), with and without ids, and edits them: cells put in, taken out,
moved, split, written anew in part, and all run again. What was done is known, so each diff can be judged: of the cells that it calls added, removed or moved,
how many are (precision), and how many of those that are it finds (recall). ``PYTHON`` is an interpreter with nbdime (``pip install nbdime``), which is a
process of its own; seconds are those from the bytes of both files to the diff, without starting Python. nbdime knows no moves: it calls them removed and added,
which is not counted against it.
"""

from __future__ import annotations

import argparse
import base64
import copy
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from knowrepo.diff import blocks
from knowrepo.diff.blocks import State

Cell = dict[str, Any]

COMMON = (
    "df",
    "plot",
    "mean",
    "group",
    "by",
    "x",
    "y",
    "fit",
    "model",
    "score",
    "train",
    "test",
    "for",
    "in",
    "range",
    "print",
    "len",
    "sum",
)
"""Words that are in every notebook."""

_NBDIME = """
import json, sys, time
import nbformat
from nbdime import diff_notebooks
old, new = (open(name, encoding="utf-8").read() for name in sys.argv[1:3])
start = time.perf_counter()
found = diff_notebooks(nbformat.reads(old, 4), nbformat.reads(new, 4))
seconds = time.perf_counter() - start
added, removed = [], []
for op in next((op.diff for op in found if op.key == "cells"), []):
    if op.op == "addrange":
        added.append((op.key, len(op.valuelist)))
    elif op.op == "removerange":
        removed += range(op.key, op.key + op.length)
print(json.dumps([seconds, added, removed]))
"""


@dataclass
class Made:
    """Two versions, and what was done: indices of new cells that were put in and moved, of old cells that were taken out, and where moved ones were."""

    old: list[Cell]
    new: list[Cell] = field(default_factory=list)
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """Seconds, and precision and recall of what is called added, removed, moved (None: it knows no moves)."""

    seconds: float
    added: tuple[float, float]
    removed: tuple[float, float]
    moved: tuple[float, float] | None


def main() -> int:
    """Make, diff, judge, print."""
    parser = argparse.ArgumentParser(description="Diffs of notebooks, beside nbdime.")
    parser.add_argument("--cells", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--nbdime", help="an interpreter that has nbdime")
    parser.add_argument("--slowest", type=int, default=200, help="nbdime gets no larger notebook without ids (it takes minutes)")
    options = parser.parse_args()
    print("| cells | ids | tool | seconds | added | removed | moved |\n|---|---|---|---|---|---|---|")
    for count in options.cells:
        for ids in (True, False):
            made = edited(count, ids, random.Random(count))
            row("knowrepo", count, ids, ours(made))
            if options.nbdime and (ids or count <= options.slowest):
                row("nbdime", count, ids, peer(made, options.nbdime))
    return 0


def row(tool: str, count: int, ids: bool, found: Judged) -> None:
    """A line of the table; precision and recall in percent."""
    shares = [f"{part[0]:.0%} / {part[1]:.0%}" if part else "–" for part in (found.added, found.removed, found.moved)]
    print(f"| {count} | {'yes' if ids else 'no'} | {tool} | {found.seconds:.2f} | {' | '.join(shares)} |", flush=True)


def picture(lot: random.Random) -> str:
    """A PNG of some 30 kB, as base64."""
    image = Image.frombytes("L", (200, 150), lot.randbytes(30_000))
    written = io.BytesIO()
    image.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def cell(lot: random.Random, ids: bool) -> Cell:
    """A code cell of 15 lines, in the words that notebooks share."""
    words = [*COMMON, *(f"name_{lot.randrange(400)}" for _ in range(25))]
    source = "\n".join(" ".join(lot.choices(words, k=5)) for _ in range(15))
    made: Cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": source.splitlines(True), "outputs": run(lot)}
    return made | ({"id": f"{lot.getrandbits(32):08x}"} if ids else {})


def run(lot: random.Random) -> list[Cell]:
    """What a cell prints and plots."""
    text = "".join(f"epoch {number} loss {lot.random():.6f}\n" for number in range(20))
    shown = {"output_type": "display_data", "metadata": {}, "data": {"image/png": picture(lot), "text/plain": ["<Figure>"]}}
    return [{"output_type": "stream", "name": "stdout", "text": text.splitlines(True)}, shown]


def edited(count: int, ids: bool, lot: random.Random) -> Made:
    """A notebook and its next version: a twentieth of the cells put in, as many taken out and changed, a fortieth moved and split, all run again."""
    made = Made([cell(lot, ids) for _ in range(count)])
    places: list[tuple[int | None, Cell]] = [(number, copy.deepcopy(each)) for number, each in enumerate(made.old)]
    picked = lot.sample(range(count), count // 20 * 3 + count // 40 * 2)
    parts = [picked[start : start + size] for start, size in _slices(count)]
    gone, changed, more, moved, split = parts
    for number in changed:
        source = places[number][1]["source"]
        source[lot.randrange(15)] = "a line that is new\n"
    for number in split:
        whole = places[number][1]
        rest = {key: value for key, value in whole.items() if key != "id"} | {"source": whole["source"][10:], "outputs": []}
        whole["source"] = whole["source"][:10]
        places.append((None, rest | {"after": number}))
    _arranged(made, places, set(gone), moved, more, lambda: cell(lot, ids), lot)
    for each in made.new:
        if each["outputs"]:
            each |= {"outputs": run(lot), "execution_count": 2}
    return made


def _slices(count: int) -> list[tuple[int, int]]:
    sizes = [count // 20] * 3 + [max(1, count // 40)] * 2
    return [(sum(sizes[:number]), size) for number, size in enumerate(sizes)]


def _arranged(
    made: Made,
    places: list[tuple[int | None, Cell]],
    gone: set[int],
    moved: list[int],
    more: list[int],
    new: Callable[[], Cell],
    lot: random.Random,
) -> None:
    """Put the cells of the new version in their order, and note what became of them."""
    rests = {each.pop("after"): each for number, each in places if number is None}
    order: list[tuple[int | None, Cell]] = []
    for number, each in places:
        if number is None or number in gone:
            continue
        if number not in moved:
            order.append((number, each))
        if number in rests:
            order.append((None, rests[number]))
        if number in more:
            order.append((None, new()))
    for number in moved:
        order.insert(lot.randrange(len(order)), places[number])
    made.new = [each for _, each in order]
    made.removed = gone
    made.added = {at for at, (number, _) in enumerate(order) if number is None}
    made.moved = {at: number for at, (number, _) in enumerate(order) if number is not None and number in moved}


def dump(cells: list[Cell]) -> bytes:
    """The file, as nbformat writes it."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def ours(made: Made) -> Judged:
    """knowrepo's diff, with pictures compared by pixels."""
    old, new = dump(made.old), dump(made.new)
    start = time.perf_counter()
    found = blocks.of("a.ipynb", old, new)
    seconds = time.perf_counter() - start
    added = {block.new.cell.index for block in found.blocks if block.state is State.ADDED and block.new}
    removed = {block.old.cell.index for block in found.blocks if block.state is State.REMOVED and block.old}
    moved = {block.new.cell.index for block in found.blocks if block.moved and block.new}
    return Judged(seconds, judged(added, made.added), judged(removed, made.removed), judged(moved, set(made.moved)))


def peer(made: Made, interpreter: str) -> Judged:
    """nbdime's diff."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / name for name in ("old.ipynb", "new.ipynb")]
        for name, cells in zip(names, (made.old, made.new), strict=True):
            name.write_bytes(dump(cells))
        done = subprocess.run([interpreter, "-W", "ignore", "-c", _NBDIME, *map(str, names)], capture_output=True, check=True)
    seconds, ranges, gone = json.loads(done.stdout)
    removed = set(gone)
    added: set[int] = set()
    shift = 0
    for key, length in sorted(ranges):  # keys count old cells: a range lies behind those that are left and those that were put in before
        passed = sum(number < key for number in removed)
        added |= set(range(key - passed + shift, key - passed + shift + length))
        shift += length
    return Judged(seconds, judged(added - made.moved.keys(), made.added), judged(removed - set(made.moved.values()), made.removed), None)


def judged(found: set[int], true: set[int]) -> tuple[float, float]:
    """Precision and recall."""
    right = len(found & true)
    return right / len(found) if found else 1.0, right / len(true) if true else 1.0


if __name__ == "__main__":
    sys.exit(main())
