"""R Markdown and Quarto with the results that somebody has knitted: code with its outputs, HTML between."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo.model import Cell, CellKind, Document, Severity
from tests import notebooks
from tests.notebooks import HEADER, post, rules, skipped, stream, texts

PNG = "data:image/png;base64,iVBORw0K Ggo="
TABLE = {"columns": [{"label": ["<n>"], "name": [1]}, {"label": ["mean"], "name": ["m"]}], "data": [{"1": "a&b", "m": 3}, {"1": None}]}
PAGED = f'<div data-pagedtable="false"><script data-pagedtable-source type="application/json">{json.dumps(TABLE)}</script></div>'


def knitted(html: str, name: str = "a.html") -> Document:
    """The post of ``a.Rmd`` with a knitted page."""
    return post("a.Rmd", HEADER + "Text of the source", {name: html})


def cells(html: str, name: str = "a.html") -> tuple[Cell, ...]:
    """The cells of a knitted page that has no problems."""
    document = knitted(html, name)
    assert document.problems == ()
    return document.cells


def mark(kind: str, data: Any) -> str:
    """The comment with which an R Notebook begins a part."""
    return f"<!-- rnb-{kind}-begin {base64.b64encode(json.dumps({'data': data}).encode()).decode()} -->"


def test_the_header_is_the_sources() -> None:
    """Title, tags and summary are the source's, whatever the knitted file says."""
    document = post("a.Rmd", "---\ntitle: Mine\n---\nFirst words.", {"a.md": "---\ntitle: Other\n---\nKnitted.\n"})
    assert (document.meta.title, document.meta.tldr, texts(document)) == ("Mine", "First words.", ["Knitted.\n"])


def test_the_richest_result_is_taken() -> None:
    """An R Notebook is better than HTML, and HTML better than Markdown."""
    files = {"p/a.md": "Markdown", "p/a.html": "<p>HTML</p>", "p/a.nb.html": "<p>Notebook</p>"}
    for expected in ("<p>Notebook</p>", "<p>HTML</p>", "Markdown"):
        assert texts(post("p/a.Rmd", HEADER, files)) == [expected]
        files.popitem()


def test_an_empty_result_is_passed_over() -> None:
    """A knitted file with nothing in it is told, and the next one is shown, or the code."""
    lfs = "version https://git-lfs.github.com/spec/v1\n"
    document = post("a.qmd", HEADER + "Text", {"a.nb.html": "<html></html>", "a.html": b"\0", "a.md": lfs})
    assert texts(document) == ["Text"]
    assert [(problem.path, problem.severity) for problem in document.problems] == [
        (path, Severity.WARNING) for path in ("a.nb.html", "a.html", "a.md")
    ]


def test_a_draft_stays_a_draft_when_knitted() -> None:
    """A knitted result publishes nothing that the header holds back."""
    assert skipped("a.Rmd", "---\ndraft: true\n---\n", {"a.html": "<p>Secret</p>"}).reason == "draft"


def test_html_of_r_markdown() -> None:
    """Title block, table of contents, styles and scripts go; highlighted code gets its outputs back."""
    first, code, last = cells(
        f"""<html><head><style>p {{}}</style></head><body><div class="container-fluid main-container"><div id="header"><h1 class="title">T</h1></div>
        <div id="TOC"><ul><li>Intro</li></ul></div><div id="intro" class="section level2"><h2>Intro</h2><p>Hello &amp; <b>all</b></p>
        <div class="sourceCode" id="cb1"><pre class="sourceCode r"><code class="sourceCode r"><span id="cb1-1">x <span>&lt;-</span> 1</span>
<span>x</span></code></pre></div>
        <pre><code>## [1] 1</code></pre>
        <p><img src="{PNG}" alt="A plot" width="672" /></p>{PAGED}
        <p>Bye</p></div></div><script>alert(1)</script></body></html>"""
    )
    assert (first.kind, first.format, first.text) == (CellKind.RAW, "text/html", '<h2 id="intro">Intro</h2><p>Hello &amp; <b>all</b></p>')
    assert (code.kind, code.text, code.metadata["language"]) == (CellKind.CODE, "x <- 1\nx", "r")
    printed, plot, table = code.outputs
    assert printed == stream("## [1] 1")
    assert (plot["data"], plot["metadata"]) == ({"image/png": "iVBORw0KGgo="}, {"alt": "A plot", "image/png": {"width": 672}})
    assert "<th>&lt;n&gt;</th><th>mean</th>" in table["data"]["text/html"]
    assert "<td>a&amp;b</td><td>3</td></tr><tr><td></td><td></td>" in table["data"]["text/html"]
    assert last.text == "<p>Bye</p>"


def test_html_of_quarto() -> None:
    """Folded code, standard output, warnings, figures and tables of Quarto's cells; navigation stays outside."""
    code, last = cells(
        f"""<body><nav>Menu</nav><main class="content" id="quarto-document-content"><header id="title-block-header"><h1>T</h1></header>
        <div class="cell"><details class="code-fold"><summary>Code</summary><div class="sourceCode cell-code">
        <pre class="sourceCode python code-with-copy"><code class="sourceCode python">print(1)</code><button>Copy</button></pre></div></details>
        <div class="cell-output cell-output-stdout"><pre><code>1
</code></pre></div><div class="cell-output cell-output-stderr"><pre><code>Careful</code></pre></div>
        <div class="cell-output-display"><div id="fig-1"><figure class="figure"><p><img src="{PNG}" class="figure-img"></p>
        <figcaption>Figure 1: Rides</figcaption></figure></div></div>
        <div class="cell-output cell-output-display"><table><tr><td>7</td></tr></table></div></div><p>Bye</p></main></body>""",
    )
    assert (code.text, code.metadata["language"]) == ("print(1)", "python")
    assert code.outputs[:2] == (stream("1\n"), stream("Careful", "stderr"))
    assert code.outputs[2]["metadata"]["alt"] == "Figure 1: Rides"
    assert code.outputs[3]["data"] == {"text/html": "<table><tr><td>7</td></tr></table>"}
    assert last.text == "<p>Bye</p>"


def test_html_of_pandoc_alone() -> None:
    """A page without any wrapper is read from its body; a ``pre`` without language after text is text."""
    (cell,) = cells("<html><body><header id='title-block-header'><h1>T</h1></header><p>One</p><pre>Two</pre></body></html>")
    assert cell.text == "<p>One</p><pre>Two</pre>"


def test_the_language_of_a_knitted_post_is_its_codes() -> None:
    """The post has the language of most of its code."""
    html = "<pre class='python'>1</pre><p>a</p><pre class='r'>1</pre><p>b</p><pre class='language-python'>2</pre>"
    assert knitted(html).language == "python"


def test_an_r_notebook_by_its_marks() -> None:
    """Source, output and warnings come from the comments, plots and tables from what stands between them; their HTML is not shown twice."""
    first, code, last = cells(
        f"""<body><div class="main-container"><!-- rnb-text-begin --><div class="section" id="s"><h2 id="own">H</h2>
        <!-- rnb-text-end --><!-- rnb-chunk-begin -->
        {mark("source", "```r" + chr(10) + "x <- 1" + chr(10) + "```")}<pre class="r"><code>shown</code></pre><!-- rnb-source-end -->
        {mark("output", ["[1]", " 1"])}<pre><code>shown</code></pre><!-- rnb-output-end -->
        {mark("warning", "Careful")}<pre><code>shown</code></pre><!-- rnb-warning-end -->
        <!-- rnb-plot-begin eyJ9 --><p><img src="{PNG}" /></p><!-- rnb-plot-end -->
        <!-- rnb-frame-begin e30= -->{PAGED}<!-- rnb-frame-end -->
        <!-- rnb-html-begin e30= --><p>made</p><!-- rnb-html-end -->
        <!-- rnb-chunk-end --><!-- rnb-text-begin --><p>Bye</p></div><!-- rnb-text-end --></div>
        <div id="rmd-source-code">LS0t</div></body>""",
        "a.nb.html",
    )
    assert (first.text, last.text) == ('<h2 id="own">H</h2>', "<p>Bye</p>")
    assert code.text == "x <- 1"
    assert code.outputs[:2] == (stream("[1] 1"), stream("Careful", "stderr"))
    assert [next(iter(output["data"])) for output in code.outputs[2:]] == ["image/png", "text/html", "text/html"]


def test_marks_that_cannot_be_read_hide_nothing() -> None:
    """With a broken payload the visible code counts."""
    code, *_ = cells("<!-- rnb-source-begin !!! --><pre class='r'>x</pre><!-- rnb-source-end -->", "a.nb.html")
    assert code.text == "x"
    (text,) = cells("<!-- rnb-plot-begin --><p>never closed</p>", "a.nb.html")
    assert text.text == "<p>never closed</p>"


def test_a_picture_without_code_has_a_cell_of_its_own() -> None:
    """With ``echo=FALSE`` only the plot is there: its cell shows no input."""
    _, plot = cells(f"<p>One</p><p><img src='{PNG}'></p>")
    assert (plot.kind, plot.text, plot.tags) == (CellKind.CODE, "", ("remove-input",))
    assert plot.outputs[0]["data"] == {"image/png": "iVBORw0KGgo="}


def test_pictures_amid_text_stay_there() -> None:
    """A picture in a sentence or a list, or one in a file beside, is part of the HTML."""
    html = f"<p>See <img src='{PNG}'/> here</p><ul><li><p><img src='{PNG}'/></p></li></ul><p><img src='a_files/plot.png'/></p>"
    (cell,) = cells(html)
    assert cell.text.count("<img") == 3


def test_an_svg_picture_becomes_text() -> None:
    """SVG is handed on as text, as notebooks have it."""
    svg = base64.b64encode(b"<svg/>").decode()
    (cell,) = cells(f"<p><img src='data:image/svg+xml;base64,{svg}'></p>")
    assert cell.outputs[0]["data"] == {"image/svg+xml": "<svg/>"}


def test_widgets_of_r() -> None:
    """A Plotly widget is handed on as Plotly's JSON; of another there is a note."""
    page = """<div class="{0} html-widget" id="w"></div><script type="application/json" data-for="w">{{"x": {{"data": [1]}}}}</script>"""
    (plotly,) = cells(page.format("plotly"))
    assert plotly.outputs[0]["data"] == {"application/vnd.plotly.v1+json": {"data": [1], "layout": {}}}
    (leaflet,) = cells(page.format("leaflet"))
    assert "leaflet widget" in leaflet.outputs[0]["data"]["text/plain"]


def test_ids_are_unique() -> None:
    """Cells of a knitted page have ids by their place."""
    assert [cell.id for cell in cells("<p>a</p><pre class='r'>1</pre><p>b</p>")] == ["cell-0", "cell-1", "cell-2"]


@pytest.mark.parametrize(
    "html", ["<div>" * 2000 + "<pre class=r>x</pre>", "<![", "<!-- rnb-source-begin", "<pre class>", "<?xml version='1.0'?><p>a</p>"]
)
def test_odd_markup_is_survived(html: str) -> None:
    """Markup that is deep, cut off or odd makes some post, never an exception or a warning of a library."""
    assert isinstance(knitted(html), Document)


TAGS = [
    "<pre class=r>",
    "</pre>",
    "<div class='cell-output x'>",
    "<section id=a>",
    "</div>",
    "<h2>",
    f"<img src='{PNG}'>",
    PAGED,
    "<details>",
    "<li>",
]
TAGS += [
    mark("source", "x"),
    mark("output", [1, {}]),
    "<!-- rnb-source-end -->",
    "<!-- rnb-plot-begin -->",
    "<!-- rnb-plot-end -->",
    "<main>",
    "<script>",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=6), max_size=10).map("".join))
def test_any_markup_is_survived(html: str) -> None:
    """Whatever a knitted page holds, the post is a Document."""
    assert isinstance(notebooks.read("a.Rmd", HEADER, {"a.nb.html": html}), Document)


def test_knitted_rules_are_told_once() -> None:
    """A post that is knitted has no note that it is not."""
    assert rules(knitted("<p>a</p>")) == []
