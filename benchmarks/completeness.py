"""Does every text and every picture of nbconvert's page of a notebook stand in ours? ``python benchmarks/completeness.py FOLDER``.

The folder is built once; then each notebook's page is compared, cell by cell, with what nbconvert's ``HTMLExporter`` (template lab) shows to
a reader without script. Each difference is put down to a cause by the rules in ``differences.py``; exit status 1 if any is left over.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import differences
import nbformat
import trialrepo
import visible
from differences import Difference, Notebook
from nbconvert import HTMLExporter
from visible import Piece, words

EXAMPLES = 3
_HEADER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)


def main() -> int:
    """Compare, print, and say whether all is explained."""
    parser = argparse.ArgumentParser(description="Compare our pages with nbconvert's, cell by cell.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        repo = trialrepo.make(options.folder, Path(temporary, "repo"))
        out = Path(temporary, "public")
        subprocess.run([sys.executable, "-m", "knowrepo", "-C", repo, "build", "--quiet", "--out", out], check=True, capture_output=True)
        found, cells, seen, pictures = _compare(repo, out)
    print(f"{cells} cells with {seen} words and {pictures} pictures, as nbconvert shows them")
    return _report(found)


def _compare(repo: Path, out: Path) -> tuple[list[Difference], int, int, int]:
    exporter = HTMLExporter(template_name="lab")  # type: ignore[no-untyped-call]
    posts = {post["path"]: post for post in json.loads((out / "site.json").read_bytes())["posts"]}
    found: list[Difference] = []
    cells = seen = pictures = 0
    for file in trialrepo.notebooks(repo):
        path = file.relative_to(repo).as_posix()
        if path not in posts:
            found.append(Difference(path, 0, "the whole notebook: no post"))
            continue
        page = out / posts[path]["url"]
        notebook, failure = _read(file, path, posts[path]["title"], page, exporter)
        if failure:
            found.append(Difference(path, 0, failure, "nbconvert gives up; compared without the widgets' metadata"))
        found += [*differences.header(notebook), *differences.text(notebook), *differences.pictures(notebook, file.parent, page.parent)]
        pieces = [piece for group in notebook.theirs.values() for piece in group]
        cells += len(notebook.theirs)
        seen += sum(len(words(piece.text)) for piece in pieces)
        pictures += sum(len(piece.pictures) for piece in pieces)
    return found, cells, seen, pictures


def _read(file: Path, path: str, title: str, page: Path, exporter: HTMLExporter) -> tuple[Notebook, str]:
    """Both pages of a notebook in pieces, and what nbconvert fell over ("" if it did not)."""
    node = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(node.cells):
        cell.id = f"k{number}"
    failure = ""
    try:
        exported, _ = exporter.from_notebook_node(node)
    except KeyError as error:
        failure = f"KeyError: {error}"
        node.metadata.pop("widgets")
        exported, _ = exporter.from_notebook_node(node)
    kinds = [cell.cell_type for cell in node.cells]
    first = next((number for number, cell in enumerate(node.cells) if cell.source.strip()), 0)
    header = _HEADER.match(node.cells[first].source)
    theirs = _by_cell(visible.theirs(exported), kinds)
    ours = _by_cell(visible.ours(page.read_text("utf-8"), _ids(json.loads(file.read_bytes()), len(kinds))), kinds)
    return Notebook(path, title, node.cells, first, header[1] if header else "", theirs, ours), failure


def _ids(notebook: Mapping[str, Any], cells: int) -> dict[str, int]:
    """The ids that our page gives the cells: their own, else by position."""
    ids = {f"cell-{number}": number for number in range(cells)}
    for number, cell in enumerate(notebook.get("cells", ())):
        ids.setdefault(cell.get("id", f"cell-{number}"), number)
    return ids


def _by_cell(pieces: list[Piece], kinds: list[str]) -> dict[int, list[Piece]]:
    """The pieces by the number of their cell; raw cells that follow each other count as the first of them."""
    cells: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        number = piece.cell
        if piece.kind == "raw" and kinds[number + 1 : number + 2] == ["raw"]:
            number += 1
        while number > 0 and kinds[number] == kinds[number - 1] == "raw":
            number -= 1
        cells[number].append(piece)
    return cells


def _report(found: list[Difference]) -> int:
    causes: dict[str, list[Difference]] = defaultdict(list)
    for difference in found:
        causes[difference.cause].append(difference)
    unexplained = causes.pop("", [])
    for cause, group in sorted(causes.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(group):5}  {cause}")
        print("\n".join(_examples(group[:EXAMPLES])))
    print(f"\n{len(unexplained):5}  UNEXPLAINED")
    print("\n".join(_examples(unexplained)))
    return 1 if unexplained else 0


def _examples(group: list[Difference]) -> Iterator[str]:
    for difference in group:
        print_what = difference.what[:100] + ("…" if len(difference.what) > 100 else "")
        yield f"       {difference.path} cell {difference.cell}: {print_what}"


if __name__ == "__main__":
    sys.exit(main())
