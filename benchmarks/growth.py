#!/usr/bin/env python3
"""What a build costs as a repository grows: ``python benchmarks/growth.py FOLDER``.

The posts are the notebooks of FOLDER and variations of them: their cells in another order, a share of their words replaced by words that nobody wrote, other
titles and dates. Outputs of more than 20 kB are left out at every size, so that 20,000 notebooks fit on a disk. Each step is a process of its own; every
size is measured in turn, ``--runs`` times, and the table shows medians. One post of the middle is changed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import invented
import trialrepo
from costs import Cost, clear, measure

SIZES = (239, 1_000, 5_000, 20_000)
LARGEST = 20_000
COLD, SAME, CHANGED = "cold", "unchanged", "one changed"

_BUILD = (sys.executable, "-m", "knowrepo")
_WORD = re.compile(r"\b[a-z]{6,}\b")


def main() -> None:
    """Measure, print the table, and draw it if told to."""
    parser = argparse.ArgumentParser(description="Measure builds of ever more posts.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    parser.add_argument("--posts", type=int, nargs="+", default=SIZES, metavar="N", help="how many posts [239 1000 5000 20000]")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="how often each step is measured [1]")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw seconds per 1,000 posts as SVG")
    options = parser.parse_args()
    measured: dict[int, dict[str, list[Cost]]] = {}
    print(f"{'posts':>7} {'step':12} {'CPU s':>9} {'per 1,000':>10} {'wall s':>9} {'peak MB':>9}", flush=True)
    for count in options.posts:
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary)
            written(options.folder, work / "posts", count)
            measured[count] = steps(work, options.runs)
        for step, costs in measured[count].items():
            cpu, wall, peak = (median(column) for column in zip(*((cost.cpu, cost.wall, cost.peak) for cost in costs), strict=True))
            print(f"{count:7,} {step:12} {cpu:9.2f} {1000 * cpu / count:10.2f} {wall:9.2f} {peak:9.0f}", flush=True)
    if options.plot:
        options.plot.write_text(drawn({count: median(cost.cpu for cost in steps[COLD]) for count, steps in measured.items()}), "utf-8")


def steps(work: Path, runs: int) -> dict[str, list[Cost]]:
    """What each step costs."""
    repo = trialrepo.make(work / "posts", work / "repo")
    (repo / "knowrepo.yml").write_text("pictures: original\n", "utf-8")
    trialrepo.commit(repo)
    files = trialrepo.notebooks(repo)
    build = (*_BUILD, "-C", str(repo), "build", "--quiet", "--jobs", "1", "--out", str(work / "public"))
    found: dict[str, list[Cost]] = {COLD: [], SAME: [], CHANGED: []}
    for turn in range(runs):
        clear(work / "public", repo / ".knowrepo")
        found[COLD].append(measure(work / "blank", *build)[0])
        found[SAME].append(measure(work / "blank", *build)[0])
        notebook = json.loads(files[len(files) // 2].read_bytes())
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": f"One more sentence, number {turn}."})
        files[len(files) // 2].write_text(json.dumps(notebook), "utf-8")
        trialrepo.commit(repo)
        found[CHANGED].append(measure(work / "blank", *build)[0])
    return found


def written(folder: Path, out: Path, count: int) -> None:
    """Write so many notebooks."""
    models = [(file.relative_to(folder), json.loads(file.read_bytes())) for file in sorted(folder.rglob("*.ipynb"))]
    for number in range(count):
        path, model = models[number % len(models)]
        turn = number // len(models)
        file = out / (path if not turn else path.parent / f"{turn:03}" / path.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(varied(model, turn, random.Random(number)), ensure_ascii=False), "utf-8")


def varied(model: dict[str, Any], turn: int, chance: random.Random) -> dict[str, Any]:
    """A notebook without its large outputs; from the second turn on another one. One of format 3 stays as it is."""
    if "cells" not in model:
        return model
    cells = [cell | ({"outputs": [light(output) for output in cell["outputs"]]} if "outputs" in cell else {}) for cell in model["cells"]]
    if turn:
        header, *others = cells
        text = "".join(header["source"])
        text = re.sub(
            r"^title: (.*)$",
            lambda found: f"title: {json.dumps(found[1].strip(chr(34)) + f' {turn}', ensure_ascii=False)}",
            text,
            count=1,
            flags=re.MULTILINE,
        )
        day = date(2024, 1, 1) - timedelta(days=turn * 7 + chance.randrange(7))
        text = re.sub(r"^created_at: .*$", f"created_at: {day}", text, count=1, flags=re.MULTILINE)
        chance.shuffle(others)
        cells = [header | {"source": text}, *renamed(others, chance)]
    return model | {"cells": cells}


def renamed(cells: list[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    """The cells with some words that nobody wrote."""
    sources = ["".join(cell["source"]) for cell in cells]
    new = invented.instead(set(_WORD.findall(" ".join(sources))), chance)
    for cell, source in zip(cells, sources, strict=True):
        yield cell | {"source": _WORD.sub(lambda found: new.get(found[0], found[0]), source)}


def light(output: dict[str, Any]) -> dict[str, Any]:
    """An output without what is large."""
    data = output.get("data")
    return output | {"data": {mime: value for mime, value in data.items() if len(json.dumps(value)) <= LARGEST}} if data else output


def drawn(costs: dict[int, float]) -> str:
    """Columns of CPU seconds per 1,000 posts."""
    width, height, gap = 120, 220, 40
    most = max(1000 * cost / count for count, cost in costs.items())
    shapes = []
    for number, (count, cost) in enumerate(costs.items()):
        value = 1000 * cost / count
        tall, left = height * value / most, gap + number * (width + gap)
        shapes.append(f'<rect x="{left}" y="{40 + height - tall:.0f}" width="{width}" height="{tall:.0f}" fill="#4a7fb5"/>')
        shapes.append(f'<text x="{left + width / 2:.0f}" y="{30 + height - tall:.0f}">{value:.1f} s</text>')
        shapes.append(f'<text x="{left + width / 2:.0f}" y="{height + 62}">{count:,} posts</text>')
    whole = gap + len(costs) * (width + gap)
    style = "text{font:15px sans-serif;text-anchor:middle;fill:#777}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height + 80}" width="{whole}" height="{height + 80}">'
        f"<title>CPU seconds per 1,000 posts of a build with nothing cached</title><style>{style}</style>{''.join(shapes)}</svg>\n"
    )


if __name__ == "__main__":
    main()
