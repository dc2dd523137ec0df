"""What is too long for a page shows its beginning, says what is missing, and tells the author."""

from __future__ import annotations

import re
from typing import Any

import pytest

from knowrepo import render
from knowrepo.model import Body, Severity
from tests import notebooks

MEGABYTE = 1_000_000


def body(*cells: Any, path: str = "a.ipynb", **options: Any) -> Body:
    """The body of a notebook of these cells."""
    document = notebooks.post(path, notebooks.dump(notebooks.raw(notebooks.HEADER), *cells))
    return render.body(document, render.Options(**options))


def page(made: Body) -> str:
    """Its HTML."""
    assert isinstance(made.html, bytes)
    return made.html.decode()


def table(rows: int, columns: int) -> str:
    row = "<tr>" + "".join(f"<td>{number}</td>" for number in range(columns)) + "</tr>"
    return f'<table class="dataframe"><tbody>{row * rows}</tbody></table><p>{rows} rows</p>'


def lines(megabytes: int) -> str:
    return "0123456789 a line of the log of a long run\n" * (megabytes * MEGABYTE // 44)


LONG = {
    "text": notebooks.code("1", notebooks.shown({"text/plain": lines(20)})),
    "stream": notebooks.code("1", notebooks.stream(lines(64))),
    "stderr": notebooks.code("1", notebooks.stream(lines(5), "stderr")),
    "pieces": notebooks.code("1", *[notebooks.stream(lines(1))] * 20),
    "traceback": notebooks.code("1", {"output_type": "error", "ename": "E", "evalue": "v", "traceback": [lines(3), "E: v"]}),
    "table": notebooks.code("1", notebooks.shown({"text/html": table(10_000, 100)})),
    "markdown": notebooks.markdown("One paragraph of many words.\n\n" * 170_000),
    "raw": notebooks.raw(lines(3)),
    "raw HTML": notebooks.raw("<p>A paragraph.</p>" * 200_000, metadata={"format": "text/html"}),
    "json": notebooks.code("1", notebooks.shown({"application/json": list(range(400_000))})),
    "outputs": notebooks.code("1", *[notebooks.shown({"text/plain": str(number)}) for number in range(100_000)]),
    "line": notebooks.code("1", notebooks.stream("x" * MEGABYTE)),
    "coloured": notebooks.code("1", notebooks.stream("\x1b[31mred\x1b[0m " * 300_000)),
}


@pytest.mark.parametrize("kind", LONG)
def test_what_is_too_long_shows_its_beginning(kind: str) -> None:
    """The page stays small, a note says what is missing, and the author gets one warning with path and cell."""
    made = body(LONG[kind])
    assert len(page(made)) < 10 * MEGABYTE
    assert re.search(r'<div class="output note">[^<]* download the source to see all\.</div>', page(made))
    found = [(problem.rule, problem.path, problem.cell, problem.severity) for problem in made.problems]
    assert found == [("output-shortened", "a.ipynb", 1, Severity.WARNING)]


def test_the_note_says_how_much_there_is() -> None:
    """The note names both sizes."""
    assert "The first 1.0 MB of 19.5 MB is shown" in page(body(LONG["text"]))
    assert "The first 1,000 of 100,000 outputs are shown" in page(body(LONG["outputs"]))


def test_a_long_table_ends_with_a_whole_row() -> None:
    """Every row that is shown has all its cells, and nothing is left open."""
    html = page(body(LONG["table"]))
    rows = re.findall(r"<tr>.*?</tr>", html, re.DOTALL)
    assert 500 < len(rows) < 10_000
    assert {row.count("<td") for row in rows} == {100}
    assert html.count("<table") == html.count("</table>") == 1


def test_the_last_line_of_a_long_traceback_stays() -> None:
    """What happened stands in the last line, however long the traceback is."""
    assert "E: v</pre>" in page(body(LONG["traceback"]))


def test_pictures_in_html_do_not_count() -> None:
    """HTML with a large embedded picture is shown whole: the picture becomes a file."""
    picture = "iVBORw0KGgo" + "A" * 2 * MEGABYTE
    made = body(
        notebooks.code("1", notebooks.shown({"text/html": f'<p>before</p><img src="data:image/png;base64,{picture}"><p>after</p>'}))
    )
    assert "after" in page(made)
    assert "output-shortened" not in [problem.rule for problem in made.problems]


def test_what_is_long_but_bearable_is_whole() -> None:
    """Half a megabyte of text is no problem."""
    assert body(notebooks.code("1", notebooks.stream(lines(1)[: MEGABYTE // 2]))).problems == ()


def test_the_page_as_a_whole_is_bounded() -> None:
    """Cells for which there is no room are left out with a note where they stood; short ones after them are shown."""
    long = notebooks.code("1", notebooks.stream(lines(1)[: 9 * MEGABYTE // 10]))
    made = body(*[long] * 5, notebooks.markdown("The end."), max_html_mb=2)
    html = page(made)
    assert len(html) < 2.1 * MEGABYTE
    assert html.count("This cell is not shown") == 3
    assert "The end." in html
    assert [(problem.rule, problem.cell) for problem in made.problems] == [("page-too-long", 3)]


def test_many_tables_of_contents_are_one() -> None:
    """The contents are listed once, so that a thousand marks cannot make a million lines."""
    made = body(notebooks.markdown("[TOC]\n\n" * 1000 + "# One\n\n" * 1000))
    assert page(made).count('class="toc"') == 1000
    assert len(page(made)) < MEGABYTE
