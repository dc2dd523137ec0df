"""Text files: Markdown, scripts with ``# %%`` cells, and R Markdown that nobody has knitted."""

from __future__ import annotations

import subprocess
import sys

import pytest

from knowrepo.model import CellKind, Severity
from tests.notebooks import HEADER, post, rules, skipped, texts

COMMENTED = "".join(f"# {line}\n" for line in HEADER.splitlines())


def test_markdown_is_one_cell() -> None:
    """A Markdown file is its header and one Markdown cell, with ``\\n`` as its only line ends."""
    (cell,) = post("a.md", (HEADER + "One.\n\n## Two\n").replace("\n", "\r\n")).cells
    assert (cell.kind, cell.text, cell.index) == (CellKind.MARKDOWN, "One.\n\n## Two\n", 0)


def test_problems_of_text_files_have_lines_of_the_file() -> None:
    """A mistake in the header has its line in the file and no cell, also below the first comment of a script."""
    for path, data, line in (
        ("a.md", "---\ntitle: x\ncreated_at: soon\n---\n", 3),
        ("a.py", "#!python\n# ---\n# created_at: soon\n# ---\n", 3),
    ):
        (problem,) = skipped(path, data).problems
        assert (problem.line, problem.cell) == (line, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_are_known(encoding: str) -> None:
    """UTF-8, and UTF-16 with a byte order mark, are read as they are."""
    document = post("a.md", (HEADER + "Crème 🚲").encode(encoding))
    assert (texts(document), document.problems) == (["Crème 🚲"], ())


def test_other_bytes_are_read_as_windows_does() -> None:
    """What is not UTF-8 is taken for Windows-1252, with a warning at the first such line."""
    document = post("a.md", HEADER.encode() + b"One\n\x93Cr\xe8me\x94\n")
    assert texts(document) == ["One\n“Crème”\n"]
    (problem,) = document.problems
    assert (problem.rule, problem.severity, problem.line) == ("not-utf8", Severity.WARNING, 7)


def test_zero_bytes_are_no_text() -> None:
    """A binary file with a text's suffix is skipped with a Problem."""
    assert rules(skipped("a.md", b"PK\x00\x01")) == ["not-text"]


def test_illegal_characters_are_dropped() -> None:
    """Control characters that HTML cannot hold do not reach a cell."""
    assert texts(post("a.md", HEADER + "a\x1b\x0cb")) == ["ab"]


def test_a_script_becomes_cells() -> None:
    """Code, Markdown and raw cells with their tags and metadata; what stands before the first marker is a cell too."""
    body = (
        'import os\n\n# %% [markdown]\n# # Title\n# text\n\n# %% tags=["hide-input"] alt="A plot"\nprint(1)\n\n'
        '# %% [raw] raw_mimetype="text/html"\n# <b>\n\n# %%\n# %matplotlib inline\nx = 1\n'
    )
    document = post("a.py", COMMENTED + body)
    assert texts(document) == ["import os", "# Title\ntext", "print(1)", "<b>", "%matplotlib inline\nx = 1"]
    assert [cell.kind.value for cell in document.cells] == ["code", "markdown", "code", "raw", "code"]
    assert [cell.id for cell in document.cells] == [f"cell-{index}" for index in range(5)]
    assert (document.cells[2].tags, document.cells[2].metadata["alt"]) == (("hide-input",), "A plot")
    assert (document.cells[3].format, document.language) == ("text/html", "python")


def test_the_header_of_a_script_may_be_a_cell() -> None:
    """A first ``# %% [markdown]`` cell may hold the header, and is gone from the post."""
    assert texts(post("a.py", "# coding: latin-1\n# %% [markdown]\n" + COMMENTED + "# %%\nx = 1\n")) == ["# coding: latin-1", "x = 1"]


def test_a_script_without_cells() -> None:
    """With a header it is a post of one cell; under an include folder alone it is none."""
    assert texts(post("a.py", COMMENTED + "x = 1\n")) == ["x = 1"]
    assert skipped("a.py", "x = 1\n", included=True).reason == "no cells"


def test_ordinary_files_cost_no_import() -> None:
    """jupytext, nbformat and Beautiful Soup are not even imported for files that are no posts, nor for notebooks and Markdown that are."""
    program = """
import sys
from tests import notebooks
notebooks.skipped("a.py", "# %%\\nx = 1\\n"); notebooks.skipped("a.Rmd", "Text"); notebooks.skipped("a.qmd", "Text")
notebooks.post("a.md", notebooks.HEADER); notebooks.post("a.ipynb", notebooks.dump(notebooks.raw(notebooks.HEADER)))
print(sorted({"jupytext", "nbformat", "bs4", "markdown"} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_r_markdown_without_results_shows_its_code() -> None:
    """Chunks become code cells with tags, options and language; a note says that nobody has knitted it."""
    chunks = '```{r setup, include=FALSE, fig.cap="a, b"}\nlibrary(x)\n```\n\n```{python, echo=FALSE}\nprint(1)\n```\n\n```{r}\n#| label: p\nplot(1)\n```\n'
    document = post("p/a.Rmd", HEADER + "# Intro\n\nText `r 1 + 1`\n\n" + chunks + "\nEnd\n")
    assert texts(document) == ["# Intro\n\nText `r 1 + 1`", "library(x)", "print(1)", "#| label: p\nplot(1)", "End"]
    setup, python, plot = document.cells[1:4]
    assert (setup.tags, setup.metadata["options"]) == (("remove-cell",), {"name": "setup", "fig.cap": "a, b"})
    assert (python.tags, python.metadata["language"]) == (("remove-input",), "python")
    assert ("language" in plot.metadata, plot.outputs, document.language) == (False, (), "r")
    (note,) = document.problems
    assert (note.rule, note.severity) == ("not-knitted", Severity.INFO)
    assert "p/a.html" in note.hint


def test_quarto_files_are_read_as_r_markdown() -> None:
    """A ``.qmd`` with Python chunks alone is a Python post."""
    document = post("a.qmd", HEADER + "```{python}\n#| echo: false\n1\n```\n")
    assert (texts(document), document.language) == (["#| echo: false\n1"], "python")


@pytest.mark.parametrize("body", ["---\n\nText\n\n---\n\nEnd", "encoding: latin-1\n\nText", "#!shebang\n\nText", "jupyter:\n\n---\n"])
@pytest.mark.parametrize("path", ["a.Rmd", "a.qmd"])
def test_jupytext_takes_no_text_for_its_own_settings(path: str, body: str) -> None:
    """jupytext looks for a header, an encoding and a shebang in the first lines; below our header these are text."""
    assert texts(post(path, HEADER + body)) == [body.replace("---", "***", 1).strip() if body.startswith("---") else body.strip("\n")]


def test_chunk_options_that_cannot_be_read_are_a_problem() -> None:
    """A mistake in a chunk's options keeps the post off, with the options in the message."""
    left = skipped("a.Rmd", HEADER + '```{r, fig.cap="x}\n1\n```\n')
    assert rules(left) == ["cells-unreadable"]
    assert "fig.cap" in left.reason


def test_prose_of_chunks_is_no_summary() -> None:
    """Title and summary come from the text, not from comments in the code."""
    document = post("a.Rmd", "---\nauthor: Ada\n---\n```{r}\n# Not me\n```\n\n# Me\n\nFirst words.\n")
    assert (document.meta.title, document.meta.tldr) == ("Me", "First words.")
