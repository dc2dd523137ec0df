"""What is told of a notebook's code: the script that can be downloaded, and cells whose results may be old."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from knowrepo.copies import SUFFIXES, begins_like_html
from knowrepo.model import Cell, CellKind
from knowrepo.render import percent, runs
from tests import notebooks


def script(*sources: str, kernel: str = "python", path: str = "a.ipynb", **changes: Any) -> str:
    cells = [notebooks.code(source, **changes) for source in sources]
    data = notebooks.dump(notebooks.raw(notebooks.HEADER), *cells, metadata={"language_info": {"name": kernel}})
    return percent.script(notebooks.post(path, data)).decode()


def test_a_script_has_the_code_in_cells() -> None:
    """Code cells stand below ``# %%`` marks in their order; text, outputs and empty cells are left out."""
    assert script("x = 1\ny = 2", "", "print(x)") == "# %%\nx = 1\ny = 2\n\n# %%\nprint(x)\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install x\nfiles = !ls\nt = %timeit -o f()", "# !pip install x\n# files = !ls\n# t = %timeit -o f()"),
        ("df?\nhelp(df)", "# df?\nhelp(df)"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%%bash\necho 1\n\necho 2", "# %%bash\n# echo 1\n#\n# echo 2"),
        ("%%bigquery df\nselect 1", "# %%bigquery df\n# select 1"),
        ("y = (7\n  % 4)\nz = y != 3", "y = (7\n  % 4)\nz = y != 3"),
    ],
)
def test_magics_are_comments(source: str, expected: str) -> None:
    """What only a notebook understands is commented out, so that the script is Python."""
    made = script(source, "end = 1")
    assert made == f"# %%\n{expected}\n\n# %%\nend = 1\n"
    ast.parse(made)


def test_a_cell_in_another_language_is_a_comment() -> None:
    """R Markdown may hold Python: its script is R, with the rest as comments."""
    made = notebooks.post("a.Rmd", "---\ntitle: T\n---\n\n```{r}\nx <- 1\n```\n\n```{r}\nx\n```\n\n```{python}\ny = 1\n```\n")
    assert percent.script(made).decode() == "# %%\nx <- 1\n\n# %%\nx\n\n# %%\n# y = 1\n"


def test_who_has_no_script() -> None:
    """A post without code of its main language, a language that we have no comments for, and what is a script already."""
    assert script() == script("%%bash\nls") == script("main = 1", kernel="haskell") == ""
    assert percent.script(notebooks.post("a.py", "# ---\n# title: T\n# ---\n\n# %%\nx = 1\n")) == b""
    assert percent.suffix("haskell") == ""


@pytest.mark.parametrize("language", sorted(percent.SUFFIXES))
def test_no_script_begins_like_html(language: str) -> None:
    """Whatever the code is, a server that guesses the type of the file cannot take it for a page; its suffix is one that may be published."""
    assert not begins_like_html(script("<script>alert(1)</script>", kernel=language).encode())
    assert percent.SUFFIXES[language] in SUFFIXES


def cells(*counts: int | None) -> list[Cell]:
    return [Cell(CellKind.CODE, "x", id=f"c{at}", execution_count=count, index=at) for at, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "stale"),
    [
        ([1, 2, 3], []),
        ([3, 7, 20], []),
        ([1, 2, None, 4], [2]),
        ([1, 2, 9, 4, 5, 6], [2]),
        ([1, 2, 3, 1], [3]),
        ([5, 6, 7, 8, 1, 2], [4, 5]),
        ([1, 2, 2], [1]),
        ([None, None, None], []),
        ([1, 1, 1], []),
        ([0, 0], []),
        ([4], []),
        ([], []),
    ],
)  # fmt: skip
def test_the_fewest_cells_that_break_the_order(counts: list[int | None], stale: list[int]) -> None:
    """Cells that were not run while others were, or that stand out of the order; nothing where a tool took the counts away or made them equal."""
    assert [cell.cell for cell in runs.stale(cells(*counts), set())] == stale


def test_cells_without_code_are_never_stale() -> None:
    """An empty cell at the end, Markdown and raw cells have no counts, and need none."""
    code = cells(1, 2)
    assert runs.stale([*code, Cell(CellKind.CODE, " \n", index=2), Cell(CellKind.MARKDOWN, "x", index=3)], set()) == ()


def test_an_output_of_an_earlier_run_is_stale() -> None:
    """The count of a result is that of the run that made it."""
    old = Cell(CellKind.CODE, "x", ({"output_type": "execute_result", "execution_count": 2},), id="a", execution_count=5, index=1)
    fresh = Cell(CellKind.CODE, "y", ({"output_type": "execute_result", "execution_count": 6},), id="b", execution_count=6, index=2)
    assert [(cell.cell, cell.anchor) for cell in runs.stale([old, fresh], {"b"})] == [(1, "")]
