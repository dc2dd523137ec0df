"""What a build costs beside a plain loop over nbconvert and beside Hugo, on the same notebooks in one run: ``python benchmarks/speed.py FOLDER``.

Hugo is fed Markdown that was made of the notebooks beforehand (``hugosite.py``); without the program its line is left out.
Every step is a process of its own, with its children (Git, workers) counted in, and finds byte code as pip leaves it. Steps alternate, so that a
busy minute hits all of them, and the table shows medians. Linux only: there a peak is told in kB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import hugosite
import trialrepo
from costs import Cost, clear, measure

import knowrepo
from knowrepo.build import Workshop
from knowrepo.cache import Cache

LOOP, HUGO = "nbconvert, one after another", "Hugo, fed Markdown made beforehand"
PLAIN, COLD = "nothing cached, pictures as they are", "nothing cached, pictures as WebP"
ALONE, TWO = "  the same by one process", "  the same by two processes"
SAME, CHANGED = "nothing changed", "one post changed"
HELP, FLOOR, PYTHON = "knowrepo --help", "floor: read, hash, parse, write", "floor: python -c pass"
STEPS = (LOOP, HUGO, PLAIN, ALONE, TWO, COLD, SAME, CHANGED, HELP, FLOOR, PYTHON)

_KNOWREPO = (sys.executable, "-m", "knowrepo")
_PACKAGE = str(Path(knowrepo.__file__).parent)
_LOOP = (sys.executable, str(Path(__file__).with_name("loop.py")))


def main() -> None:
    """Measure, print the table, and save it if told to."""
    parser = argparse.ArgumentParser(description="Measure knowrepo build beside a plain loop over nbconvert.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="how often each step is measured [3]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all measurements")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        repo = trialrepo.make(options.folder, Path(temporary, "repo"))
        about = _about(repo)
        print("\n".join(f"{name}: {value}" for name, value in about.items()), flush=True)
        costs: dict[str, list[Cost]] = {step: [] for step in STEPS}
        failed: dict[str, str] = {}
        measure(Path(temporary), sys.executable, "-m", "compileall", "-q", _PACKAGE)
        if shutil.which("hugo"):
            hugosite.make(Workshop(repo, Path(temporary, "public"), Cache(Path(temporary, "cache"))), Path(temporary, "hugo"))
        for number in range(options.runs):
            for step, cost, said in _round(Path(temporary), repo, number):
                costs[step].append(cost)
                failed |= json.loads(said) if step == LOOP else {}
    print(_table(costs))
    print(f"\nnbconvert failed on {len(failed)} notebooks" + "".join(f"\n  {path}: {error}" for path, error in failed.items()))
    if options.json:
        saved = {"about": about, "failed": failed, "steps": {step: [asdict(cost) for cost in costs[step]] for step in STEPS}}
        options.json.write_text(json.dumps(saved, indent=1) + "\n", "utf-8")


def _round(folder: Path, repo: Path, number: int) -> Iterator[tuple[str, Cost, str]]:
    """Each step once: its name, what it cost, what it printed."""
    public, pages, blank = folder / "public", folder / "pages", folder / "blank"
    build = (*_KNOWREPO, "-C", str(repo), "build", "--quiet", "--out", str(public))
    clear(public, pages, blank, repo / ".knowrepo")
    yield PYTHON, *measure(blank, sys.executable, "-c", "pass")
    yield HELP, *measure(blank, *_KNOWREPO, "--help")
    yield LOOP, *measure(pages, *_LOOP, "nbconvert", str(repo), str(pages))
    if (folder / "hugo").exists():
        clear(folder / "hugo-out", folder / "hugo" / "resources")
        yield (
            HUGO,
            *measure(folder / "hugo-out", "hugo", "--quiet", "--source", str(folder / "hugo"), "--destination", str(folder / "hugo-out")),
        )
    settings = repo / "knowrepo.yml"
    settings.write_text("pictures: original\n", "utf-8")
    for step, jobs in ((PLAIN, ()), (ALONE, ("--jobs", "1")), (TWO, ("--jobs", "2"))):
        clear(public, repo / ".knowrepo")
        yield step, *measure(public, *build, *jobs)
    settings.unlink()
    clear(public, repo / ".knowrepo")
    cold, said = measure(public, *build)
    yield COLD, cold, said
    yield SAME, *measure(public, *build)
    _change(repo, number)
    yield CHANGED, *measure(public, *build)
    yield FLOOR, *measure(blank, *_LOOP, "floor", str(repo), str(blank), str(cold.written))


def _change(repo: Path, number: int) -> None:
    """One more sentence in the last Markdown cell of the notebook of middle size that has one, committed."""
    files = sorted(trialrepo.notebooks(repo), key=lambda file: (file.stat().st_size, file))
    for file in files[len(files) // 2 :]:
        notebook = json.loads(file.read_bytes())
        texts = [cell for cell in notebook.get("cells", ())[1:] if cell["cell_type"] == "markdown"]
        if texts:
            texts[-1]["source"] = "".join(texts[-1]["source"]) + f"\n\nOne more sentence, number {number}."
            file.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
            trialrepo.commit(repo)
            return
    sys.exit("no notebook with a Markdown cell to change")


def _about(repo: Path) -> dict[str, Any]:
    files = trialrepo.notebooks(repo)
    return {
        "python": platform.python_version(),
        "nbconvert": version("nbconvert"),
        "knowrepo": version("knowrepo"),
        "notebooks": len(files),
        "MB": round(sum(file.stat().st_size for file in files) / 1e6, 1),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _table(costs: dict[str, list[Cost]]) -> str:
    loop = median(cost.cpu for cost in costs[LOOP])
    lines = [f"\n{'step':38} {'CPU s':>8} {'of loop':>8} {'wall s':>8} {'peak MB':>8} {'written':>12}"]
    for step, measured in ((step, some) for step, some in costs.items() if some):
        cpu, wall, peak = (median(values) for values in zip(*((cost.cpu, cost.wall, cost.peak) for cost in measured), strict=True))
        written = round(median(cost.written for cost in measured))
        lines.append(f"{step:38} {cpu:8.2f} {cpu / loop:8.1%} {wall:8.2f} {peak:8.0f} {written:12,}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
