"""What an author asks for about a cell, in each of the vocabularies that people bring along."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from knowrepo import render
from knowrepo.model import Body, Cell, CellKind, Document, Meta
from knowrepo.render import directives
from knowrepo.render.directives import Directives, Fold


def read(
    text: str, *tags: str, language: str = "python", metadata: dict[str, Any] | None = None, extra: dict[str, Any] | None = None
) -> Directives:
    meta = Meta("T", (), (), None, None, "", extra=MappingProxyType(extra or {}))
    cell = Cell(CellKind.CODE, text, tags=tags, metadata=metadata or {})
    return directives.read(cell, language, directives.for_all(meta))


def body(*cells: Cell, stderr: str = "fold", extra: dict[str, Any] | None = None) -> Body:
    meta = Meta("T", (), (), None, None, "", extra=MappingProxyType(extra or {}))
    return render.body(Document("a.ipynb", meta, cells), render.Options(stderr=stderr))


def html(*cells: Cell, **more: Any) -> str:
    made = body(*cells, **more).html
    assert isinstance(made, bytes)
    return made.decode()


def code(text: str, *outputs: dict[str, Any], tags: tuple[str, ...] = (), cell_id: str = "c") -> Cell:
    return Cell(CellKind.CODE, text, outputs, tags, cell_id, index=3)


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


@pytest.mark.parametrize(
    ("tag", "field", "value"),
    [
        ("hide-input", "fold", Fold.SHUT),
        ("hide_input", "fold", Fold.SHUT),
        ("hide-output", "fold_results", Fold.SHUT),
        ("hide-cell", "fold_cell", Fold.SHUT),
        ("remove-input", "echo", False),
        ("remove_input", "echo", False),
        ("remove-output", "results", False),
        ("remove_cell", "include", False),
        ("remove-stderr", "stderr", False),
        ("raises-exception", "expected", True),
        ("scroll-output", "scroll", True),
        ("output_scroll", "scroll", True),
        ("full-width", "wide", True),
        ("parameters", "parameters", True),
        ("injected-parameters", "parameters", True),
    ],
)
def test_tags_in_both_spellings(tag: str, field: str, value: Any) -> None:
    """The tags of Jupyter Book and papermill, with hyphens or underscores."""
    said = read("x", tag)
    assert getattr(said, field) == value
    assert said.code == "x"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("#| echo: false", "echo", False),
        ("#|echo: FALSE", "echo", False),
        ("# | include: false", "include", False),
        ("#| code-fold: true", "fold", Fold.SHUT),
        ("#| code-fold: show", "fold", Fold.OPEN),
        ("#| code_fold: show", "fold", Fold.OPEN),
        ("#| code-summary: 'How: in short'", "summary", "How: in short"),
        ("#| fig-cap: A **line**", "caption", "A **line**"),
        ("#| fig.cap: [One, Two]", "caption", "One Two"),
        ("#| fig-alt: Rising", "alt", "Rising"),
        ("#| label: fig-x", "label", "fig-x"),
        ("#| output: false", "results", False),
        ("#| output: asis", "asis", True),
        ("#| warning: false", "stderr", False),
        ("#| error: true", "expected", True),
        ("#| hide", "include", False),
        ("#|hide", "include", False),
        ("#| hide_input", "echo", False),
        ("#| hide_output", "results", False),
        ("#| collapse_input open", "fold", Fold.OPEN),
        ("#| collapse_output", "fold_results", Fold.SHUT),
        ("#hide", "include", False),
        ("# hide_input", "echo", False),
        ("#hide_output", "results", False),
        ("#collapse", "fold", Fold.SHUT),
        ("#collapse-hide", "fold", Fold.SHUT),
        ("#collapse_show", "fold", Fold.OPEN),
        ("#collapse-output", "fold_results", Fold.SHUT),
    ],
)
def test_lines_at_the_top_of_a_cell(line: str, field: str, value: Any) -> None:
    """Options of Quarto, directives of nbdev, comments of fastpages; none of them is shown."""
    said = read(f"{line}\nx = 1")
    assert getattr(said, field) == value
    assert said.code == "x = 1"
    assert said.mistakes == ()


def test_captions_over_several_lines_are_yaml() -> None:
    """A folded text and a list are what YAML makes of them; other options around them count too."""
    said = read("#| label: tbl-x\n#| tbl-cap: >\n#|   Trips per\n#|   hour\n#| echo: false\n\nx")
    assert (said.label, said.caption, said.caption_above, said.echo, said.code) == ("tbl-x", "Trips per hour", True, False, "\nx")


@pytest.mark.parametrize(
    "line",
    ["#| export", "#|exporti", "#| default_exp core", "#| eval: false", "#| notest", "#export", "#default_exp core", "#| layout-ncol: 2"],
)
def test_lines_for_other_tools_are_not_shown(line: str) -> None:
    """What other tools read, readers need not."""
    said = read(f"{line}\nx = 1")
    assert said == Directives("x = 1")


@pytest.mark.parametrize(
    "text",
    [
        "# hidden costs\nx",
        "# export the table\nx",
        "# collapse the index\nx",
        "x = 1\n#| echo: false",
        "#!hide\nx",
        "# |x| is small\nx",
        "#| - a\nx",
    ],
)
def test_ordinary_comments_stay(text: str) -> None:
    """A comment that only begins like a directive, or stands below code, is code."""
    said = read(text)
    assert said == Directives(text)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("javascript", "//| echo: false"),
        ("sql", "--| echo: false"),
        ("mermaid", "%%| echo: false"),
        ("r", "#| echo: false"),
        ("julia", "#| echo: false"),
    ],
)
def test_option_lines_are_comments_of_the_language(language: str, line: str) -> None:
    """Each language has its own comment; that of another one is code."""
    assert read(f"{line}\nx", language=language).echo is False
    assert read(f"{line}\nx", language="haskell" if language != "sql" else "python").echo is True


def test_options_stand_below_a_cell_magic_too() -> None:
    """The magic stays, since it says what the code is."""
    said = read("%%bash\n#| echo: false\nls")
    assert (said.code, said.echo) == ("%%bash\nls", False)


def test_the_header_speaks_for_all_cells_and_a_cell_for_itself() -> None:
    """Quarto's ``execute`` and ``format: html`` hold for every cell that does not say otherwise."""
    extra = {"execute": {"echo": "false", "warning": "false"}, "format": {"html": {"code-fold": "true", "code-summary": "See"}}}
    assert read("x", extra=extra) == Directives("x", echo=False, stderr=False, fold=Fold.SHUT, summary="See")
    own = read("#| echo: true\n#| code-fold: false\nx", extra=extra)
    assert (own.echo, own.fold, own.stderr) == (True, Fold.NO, False)


@pytest.mark.parametrize(
    "extra", [{"format": "html"}, {"execute": "x"}, {"output": "false"}, {"label": "x"}, {"format": {"html": {"toc": "true"}}}]
)
def test_other_headers_ask_for_nothing(extra: dict[str, Any]) -> None:
    """What a header says to others changes no cell."""
    assert read("x", extra=extra) == Directives("x")


def test_what_was_collapsed_in_jupyterlab_is_folded() -> None:
    """JupyterLab's own marks fold; the classic notebook's ``hide_input`` takes away."""
    assert read("x", metadata={"jupyter": {"source_hidden": True}}).fold is Fold.SHUT
    assert read("x", metadata={"jupyter": {"outputs_hidden": True, "source_hidden": False}}).fold_results is Fold.SHUT
    assert read("x", metadata={"hide_input": True}).echo is False


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("#| echo: [\nx", 1, ""),
        ("#| echo: maybe\nx", 1, '"echo" must be true, fenced, false'),
        ("\n#| a: 1\n#| code-fold: perhaps\nx", 3, "code-fold"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, line: int, words: str) -> None:
    """An option that cannot be followed is a warning about this cell and line; the cell is shown."""
    made = body(code(text, printed("result")))
    (problem,) = made.problems
    assert (problem.rule, problem.cell, problem.line, problem.severity) == ("cell-options", 3, line, "warning")
    assert words in problem.message
    assert isinstance(made.html, bytes)
    assert b"result" in made.html
    assert b"#|" not in made.html


def test_a_caption_makes_a_figure_under_its_label() -> None:
    """The label is an anchor of the page, once; the caption is Markdown."""
    cells = [code(f"#| label: fig-x\n#| fig-cap: A *line*, n = {n}\nplot()", printed("out"), cell_id=f"c{n}") for n in (1, 2)]
    made = body(*cells)
    shown = html(*cells)
    assert '<figure class="outputs" id="fig-x">' in shown
    assert "<figcaption><p>A <em>line</em>, n = 1</p>\n</figcaption></figure>" in shown
    assert shown.count('id="fig-x"') == 1
    assert "fig-x" in made.anchors


@pytest.mark.parametrize("label", ["c", 'a" onclick="x', "a b", "<b>"])
def test_a_label_cannot_break_out_or_take_an_id(label: str) -> None:
    """A label that is taken, or is no id, is no anchor."""
    shown = html(code(f"#| label: '{label}'\nplot()", printed("out")))
    assert '<div class="outputs">' in shown
    assert "onclick" not in shown


def test_printed_markdown_may_be_shown_as_markdown() -> None:
    """``output: asis`` reads what was printed; it is sanitised like everything else."""
    shown = html(code("#| output: asis\np()", printed("**bold** <script>alert(1)</script>")))
    assert "<strong>bold</strong>" in shown
    assert "alert" not in shown


@pytest.mark.parametrize(
    ("stderr", "shown"),
    [("fold", "<summary>Warnings (1 line)</summary>"), ("show", '<div class="output stream stderr"><pre>careful'), ("remove", "")],
)
def test_stderr_as_the_site_has_it(stderr: str, shown: str) -> None:
    """stderr folds, is shown or goes, as the settings say; a cell that takes it away does so anywhere."""
    made = html(code("f()", printed("careful", "stderr")), stderr=stderr)
    assert shown in made
    assert ("careful" in made) is bool(shown)
    assert "careful" not in html(code("#| warning: false\nf()", printed("careful", "stderr")), stderr=stderr)


def test_an_expected_error_is_calm_and_says_what_happened() -> None:
    """The last line of a traceback is visible, the rest is folded, and nothing is red."""
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["Traceback", "  line 1", "KeyError: 'x'"]}
    assert '<div class="output error expected"><details class="long"><summary>Traceback (3 lines)</summary>' in html(
        code("x", error, tags=("raises-exception",))
    )
    assert '<div class="output error"><pre>Traceback' in html(code("x", error))


def test_long_text_in_a_box_does_not_fold() -> None:
    """``scroll-output`` asks for a box that can be reached and has a name; without it text folds."""
    long = printed("\n".join(map(str, range(90))))
    shown = html(code("x", long, tags=("scroll-output",)))
    assert '<div class="scroll" role="region" aria-label="Output of cell 3" tabindex="0">' in shown
    assert "Show all" not in shown
    assert "<summary>Show all 90 lines</summary>" in html(code("x", long))


def test_a_cell_says_what_it_is() -> None:
    """Parameters are labelled, another language is named, the usual one quietly; a wide cell is wide; a cell is a labelled group."""
    assert '<span class="mark">parameters</span>' in html(code("a = 1", tags=("parameters",)))
    assert '<span class="language">Bash</span>' in html(code("%%bash\nls"))
    assert '<span class="language usual">Python</span>' in html(code("ls"))
    assert '<div class="cell code full-width" id="c" role="group" aria-label="Code cell 3">' in html(code("x", tags=("full-width",)))


def test_markdown_cells_know_only_tags() -> None:
    """A line in a text that looks like an option is text; a tag takes the cell away."""
    assert "#| echo" in html(Cell(CellKind.MARKDOWN, "`#| echo: false`", id="m"))
    assert html(Cell(CellKind.MARKDOWN, "gone", id="m", tags=("remove_cell",))) == ""
