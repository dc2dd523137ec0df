"""What does a reader's browser load for a post? ``python benchmarks/weight.py [FOLDER]``.

Gzipped HTML, style sheets and scripts that a page names, without its pictures, ours beside nbconvert's (whose scripts come from other hosts and are not
counted). The fixture is a typical post: prose, code, data frames, printed text and six plots; its files are listed. With FOLDER also the median, the 95th
percentile and the heaviest of its notebooks. Exit status 1 if the fixture is over 60 kB or its scripts over 20 kB. What a script loads later (a library of an
output that is scrolled to, the posts of the feed's filters) is no part of the page.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import re
import statistics
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import trialrepo
from nbconvert import HTMLExporter
from PIL import Image, ImageDraw

MOST, MOST_SCRIPT = 60_000, 20_000
_DATA = re.compile(rb"data:[a-z]+/[a-z0-9+.-]+;base64,[A-Za-z0-9+/=\s]+")
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')


def main() -> int:
    """Weigh, print, and say whether the fixture is light enough."""
    parser = argparse.ArgumentParser(description="Weigh the pages of posts.")
    parser.add_argument("folder", type=Path, nargs="?", help="a folder of notebooks")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'gzipped kB, without pictures':34}{'HTML':>8}{'CSS':>8}{'JS':>8}{'sum':>8}{'nbconvert':>11}")
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "fixture")
        source.mkdir()
        (source / "typical.ipynb").write_text(json.dumps(fixture()))
        [typical] = weigh(source, Path(temporary, "one"))
        line("the fixture", typical)
        [page] = Path(temporary, "one", "public", "posts").rglob("index.html")
        for name, file in parts(page, _STYLE) + parts(page, _SCRIPT):
            print(f"  {name:32}{size(file.read_bytes()) / 1e3:8.1f}")
        if options.folder:
            weights = sorted(weigh(options.folder, Path(temporary, "many")), key=lambda weight: sum(weight[:3]))
            line(f"median of {len(weights)}", weights[len(weights) // 2])
            line("95th percentile", weights[len(weights) * 95 // 100])
            line("the heaviest", weights[-1])
            print(f"mean {statistics.mean(sum(weight[:3]) for weight in weights) / 1000:.1f} kB")
    return int(sum(typical[:3]) > MOST or typical[2] > MOST_SCRIPT)


def weigh(folder: Path, work: Path) -> list[tuple[int, int, int, int]]:
    """(HTML, CSS, JS, nbconvert's page) in gzipped bytes for every notebook of the folder that both can show."""
    repo = trialrepo.make(folder, work / "repo")
    out = work / "public"
    subprocess.run([sys.executable, "-m", "knowrepo", "-C", repo, "build", "--quiet", "--out", out], check=True, capture_output=True)
    exporter = HTMLExporter(template_name="lab")  # type: ignore[no-untyped-call]
    weights = []
    for post in json.loads((out / "site.json").read_bytes())["posts"]:
        page = out / post["url"]
        css, js = (sum(size(file.read_bytes()) for _, file in parts(page, pattern)) for pattern in (_STYLE, _SCRIPT))
        try:
            theirs, _ = exporter.from_filename(str(repo / post["path"]))
        except Exception:  # noqa: BLE001, S112 - whatever it falls over is not weighed
            continue
        weights.append((size(page.read_bytes()), css, js, size(theirs.encode("utf-8", "replace"))))
    return weights


def parts(page: Path, pattern: re.Pattern[str]) -> list[tuple[str, Path]]:
    """The files that a page names in this way: name and place."""
    return [(Path(link).name, page.parent / link) for link in pattern.findall(page.read_text("utf-8"))]


def size(data: bytes) -> int:
    """Bytes on the wire: without pictures that stand in the text, gzipped."""
    return len(gzip.compress(_DATA.sub(b"", data), 6))


def line(name: str, weight: tuple[int, int, int, int]) -> None:
    """A row of the table."""
    html, css, js, theirs = weight
    print(f"{name:34}{html / 1e3:8.1f}{css / 1e3:8.1f}{js / 1e3:8.1f}{(html + css + js) / 1e3:8.1f}{theirs / 1e3:11.1f}")


def fixture() -> dict[str, object]:
    """The notebook: 30 cells."""
    header = "---\ntitle: Which customers leave\nauthors: [Ana Abbott]\ntags: [churn]\ncreated_at: 2026-01-15\ntldr: Those who call twice.\n---\n"
    cells: list[dict[str, object]] = [{"cell_type": "raw", "metadata": {}, "source": header}]
    for number in range(6):
        prose = (
            f"## Step {number + 1}\n\nWe compare *both groups* over {number + 3} months. "
            + "The difference stays when region and plan are kept fixed. " * 4
        )
        plot = {"image/png": base64.b64encode(picture(number)).decode(), "text/plain": "<Figure size 640x480 with 1 Axes>"}
        cells += [
            {"cell_type": "markdown", "metadata": {}, "source": prose},
            code(f"by_month = calls.groupby(['month', 'plan']).size().unstack()  # step {number}\n" + LINES, [stream(number)]),
            code(f"by_month.describe().round({number})", [shown({"text/html": table(number), "text/plain": "table"})]),
            code(f"ax = by_month.plot(title='Step {number}')\nax.set_ylabel('calls per customer')", [shown(plot)]),
            {"cell_type": "markdown", "metadata": {}, "source": f"- the **median** moves by {number} %\n- the tail does not\n"},
        ]
    return {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


LINES = "for plan, column in by_month.items():\n    rate = column.rolling(3, min_periods=1).mean()\n    print(f'{plan:>10} {rate.iloc[-1]:8.3f}')\n"


def code(source: str, outputs: list[dict[str, object]]) -> dict[str, object]:
    """A code cell."""
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": source, "outputs": outputs}


def stream(number: int) -> dict[str, object]:
    """Printed lines."""
    return {"output_type": "stream", "name": "stdout", "text": "".join(f"{plan:>10} {number * 0.37 + plan:8.3f}\n" for plan in range(12))}


def shown(data: dict[str, str]) -> dict[str, object]:
    """A result."""
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def table(number: int) -> str:
    """A data frame of 8 rows and 6 columns, as pandas writes it."""
    head = "".join(f"<th>plan {column}</th>" for column in range(6))
    rows = "".join(
        f"<tr><th>{row}</th>{''.join(f'<td>{(row * 37 + column * 11 + number) % 97}.{column}</td>' for column in range(6))}</tr>"
        for row in range(8)
    )
    return f'<div><table border="1" class="dataframe"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table><p>8 rows × 6 columns</p></div>'


def picture(number: int) -> bytes:
    """A plot of sorts."""
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    draw.line([(x, 240 + (x * (number + 3)) % 97) for x in range(40, 600, 8)], fill="teal", width=2)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


if __name__ == "__main__":
    sys.exit(main())
