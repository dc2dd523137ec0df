"""Cells and outputs as HTML: what a reader sees of them."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from knowrepo import render
from knowrepo.model import Body, Cell, CellKind, Document, Meta
from knowrepo.render import ansi, streams


def png(width: int = 200, height: int = 150, colour: str = "navy") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def document(*cells: Cell, dialect: str = "commonmark", language: str = "python") -> Document:
    meta = Meta("A title", (), (), None, None, "", dialect=dialect)
    return Document("posts/a.ipynb", meta, cells, language)


def markdown(text: str, **more: Any) -> Cell:
    return Cell(CellKind.MARKDOWN, text, id="m", **more)


def code(text: str, *made: dict[str, Any], **more: Any) -> Cell:
    return Cell(CellKind.CODE, text, made, id=more.pop("id", "c"), **more)


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {name.replace("_", "/", 1): value for name, value in data.items()}, "metadata": {}}


def html(*cells: Cell, **more: Any) -> str:
    return shown_by(render.body(document(*cells, **more), render.Options()))


def body(*cells: Cell) -> Body:
    return render.body(document(*cells), render.Options())


def shown_by(made: Body) -> str:
    assert isinstance(made.html, bytes)
    return made.html.decode()


def test_code_is_highlighted_in_the_language_of_the_kernel() -> None:
    """Code gets Pygments' classes, a language class and a quiet prompt."""
    shown = html(code("library(ggplot2)", execution_count=3), language="r")
    assert '<a class="prompt" href="#c">In [3]</a></p><pre class="code"><code class="language-r">' in shown
    assert '<span class="nf">library</span>' in shown


def test_a_cell_magic_names_the_language() -> None:
    """A ``%%bash`` cell is highlighted as bash, whatever the kernel."""
    assert 'class="language-bash"' in html(code("%%bash\nls -l"))


def test_consecutive_streams_join_and_progress_bars_leave_their_last_frame() -> None:
    """Pieces of one stream are one output; of ``\\r`` frames only the last stays."""
    pieces = [{"output_type": "stream", "name": "stdout", "text": f"\r{percent}%"} for percent in range(100)]
    shown = html(code("run()", *pieces, {"output_type": "stream", "name": "stdout", "text": "\ndone\n"}))
    assert shown.count("<pre>") == 1
    assert "<pre>99%\ndone</pre>" in shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [("a\rb", "b"), ("a\r\nb", "a\nb"), ("12\b3", "13"), ("x\n\b\by", "x\ny"), ("done\r", "done"), ("a\n\rb\n", "a\nb\n")],
)
def test_settle_shows_what_a_terminal_shows(written: str, shown: str) -> None:
    """Carriage returns and backspaces act as on a terminal."""
    assert streams.settle(written) == shown


def test_stderr_folds_under_its_number_of_lines() -> None:
    """stderr is folded, not lost."""
    shown = html(code("f()", {"output_type": "stream", "name": "stderr", "text": "careful\nreally\n"}))
    assert "<summary>Warnings (2 lines)</summary><pre>careful\nreally</pre>" in shown


def test_long_text_folds_behind_its_first_lines() -> None:
    """Of 300 lines the first 20 are visible and all are in the page once."""
    text = "\n".join(f"line {number}" for number in range(300))
    shown = html(code("f()", {"output_type": "stream", "name": "stdout", "text": text}))
    assert "<summary>Show all 300 lines</summary>" in shown
    assert [shown.count(f"line {number}\n") + shown.count(f"line {number}<") for number in (0, 19, 20, 299)] == [1, 1, 1, 1]


def test_tracebacks_keep_their_colours_and_lose_other_sequences() -> None:
    """SGR becomes classes; cursor movements, titles and links of a terminal are dropped."""
    traceback = ["\x1b[0;31mValueError\x1b[0m: \x1b]8;;http://evil.example\x07bad\x1b]8;;\x07 <b>", "\x1b[2Jend"]
    shown = html(code("f()", {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": traceback}))
    assert '<span class="ansi-red-fg">ValueError</span>: bad &lt;b&gt;\nend' in shown
    assert "evil" not in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;38;5;196mx", '<span class="ansi-bold" style="color: light-dark(#d90000, #ff4c4c)">x</span>'),
        ("\x1b[48;2;1;2;3mx", '<span style="color: #ffffff; background-color: #010203">x</span>'),
        ("\x1b[92mx\x1b[39my", '<span class="ansi-green-intense-fg">x</span>y'),
        ("\x1b[7mx", '<span class="ansi-default-inverse-fg ansi-default-inverse-bg">x</span>'),
        ("\x1b[38;5;999mx", "x"),
        ("\x1b[mx\x1b", "x"),
        ("plain <", "plain &lt;"),
    ],
)
def test_ansi_colours(text: str, expected: str) -> None:
    """16, 256 and true colours, bold, inverse and reset."""
    assert ansi.to_html(text) == expected


def test_ansi_is_linear() -> None:
    """A log of 100,000 coloured words is no trouble: every word is there once."""
    assert ansi.to_html("\x1b[31mx\x1b[0m " * 100_000).count("<span") == 100_000


def test_pictures_become_files_with_their_size() -> None:
    """A PNG output is an asset of the post; the tag says its size, is lazy and has an alternative text."""
    made = body(code("plot()", display(**{"image_png": base64_of(png(320, 200)), "text_plain": "<Figure>"}), index=4))
    assert [(asset.name, asset.width, asset.height) for asset in made.assets] == [("c-1.png", 320, 200)]
    assert '<img src="c-1.png" alt="Figure, output of cell 4" width="320" height="200" loading="lazy" decoding="async" ' in shown_by(made)
    assert "Figure&gt;" not in shown_by(made)
    assert made.pictures == ("c-1.png",)


def test_equal_pictures_are_one_file() -> None:
    """The same bytes shown twice are stored once."""
    made = body(code("a", display(image_png=base64_of(png()))), code("b", display(image_png=base64_of(png())), id="d"))
    assert [asset.name for asset in made.assets] == ["c-1.png"]
    assert len(made.pictures) == 2


def test_a_damaged_picture_gives_a_problem_and_the_text() -> None:
    """What is no picture is not published; the text stands in for it and the author is told which cell."""
    made = body(code("plot()", display(image_png="AAAA", text_plain="<Figure>"), index=7))
    assert [(problem.rule, problem.cell) for problem in made.problems] == [("picture-damaged", 7)]
    assert "&lt;Figure&gt;" in shown_by(made)
    assert not made.assets


def test_svg_is_shown_as_an_image_only() -> None:
    """SVG stands in the page as a data URL of an image, where no script of it runs."""
    shown = html(code("plot()", display(**{"image_svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'})))
    assert re.search(r'<img src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+"', shown)
    assert "<svg" not in shown


FORMS = {
    "application/vnd.jupyter.widget-view+json": ({"model_id": "m", "version_major": 2}, '"view":"widgets"'),
    "application/vnd.plotly.v1+json": ({"data": [{"y": [1]}], "layout": {}}, '"view":"plotly"'),
    "application/vnd.vegalite.v5+json": ({"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {}}, '"view":"vega"'),
    "text/html": ('<table border="1" class="dataframe"><tr><td>1</td></tr></table>', 'class="dataframe"'),
    "text/markdown": ("*emphasis*", "<em>emphasis</em>"),
    "image/svg+xml": ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "data:image/svg+xml"),
    "text/latex": ("$x^2$", "<msup>"),
    "image/png": (base64_of(png()), '<img src="c-1.png"'),
    "application/pdf": (base64_of(b"%PDF-1.4"), 'class="pdf"'),
    "text/plain": ("plain words", "plain words"),
}
"""The forms of an output, the richest first, each with what it leaves in the page or in the frame's data."""


def test_the_richest_safe_form_is_shown() -> None:
    """Of all forms of one output the richest is what is shown; where that is taken away, the next one."""
    models = {"m": {"model_name": "IntSliderModel", "model_module": "@jupyter-widgets/controls", "state": {}}}
    for start in range(len(FORMS)):
        bundle = dict(reversed([(mime, value) for mime, (value, _) in FORMS.items()][start:]))
        cell = code("x", {"output_type": "display_data", "data": bundle, "metadata": {}})
        made = render.body(replace(document(cell), widgets=models), render.Options())
        drawn = [asset.content.decode() for asset in made.assets if asset.name.endswith(".json") and isinstance(asset.content, bytes)]
        whole = "".join([shown_by(made), *drawn])
        marks = [mark for _, mark in FORMS.values()]
        assert marks[start] in whole
        if start > 2:  # a frame has a still, which is another form
            assert [mark for mark in marks if mark in whole] == [marks[start]]


def test_an_output_that_needs_script_falls_back() -> None:
    """HTML that is nothing without script gives way to the next form, until its frame draws it."""
    shown = html(code("fig", display(text_html="<div><script>draw()</script></div>", text_plain="Figure(…)")))
    assert "Figure(…)" in shown
    assert "draw()" not in shown


def test_latex_outputs_are_formulas() -> None:
    """text/latex is a formula that keeps its TeX, escaped."""
    shown = html(code("eq", display(text_latex=r"$\displaystyle a < b$", text_plain="a < b")))
    assert '<div class="output latex"><span class="math display"><math' in shown
    assert r">\displaystyle a &lt; b</annotation>" in shown


def test_markdown_outputs_are_rendered() -> None:
    """display(Markdown(…)) is Markdown."""
    assert "<strong>yes</strong>" in html(code("d", display(text_markdown="**yes**")))


def test_raw_cells_by_their_format() -> None:
    """Raw HTML is sanitised HTML, other raw text is shown as it is."""
    assert "<b>x</b>" in html(Cell(CellKind.RAW, "<b>x</b><script>1</script>", id="r", format="text/html"))
    assert "&lt;b&gt;" in html(Cell(CellKind.RAW, "<b>x</b>", id="r", format="text/latex"))


@pytest.mark.parametrize(
    ("tag", "gone", "folded"),
    [("remove-input", "secret", ""), ("remove-output", "result", ""), ("hide-input", "", "Code"), ("hide-output", "", "Output")],
)
def test_cell_tags_remove_and_hide(tag: str, gone: str, folded: str) -> None:
    """Jupyter Book's tags take input or output away, or fold it."""
    shown = html(code("secret", {"output_type": "stream", "name": "stdout", "text": "result"}, tags=(tag,)))
    assert not gone or gone not in shown
    assert not folded or f"<summary>{folded}</summary>" in shown


def test_a_removed_cell_leaves_nothing() -> None:
    """remove-cell takes the whole cell away, its pictures too."""
    made = body(code("plot()", display(image_png=base64_of(png())), tags=("remove-cell",)))
    assert (made.html, made.assets) == (b"", ())


def test_attachments_and_data_urls_become_files() -> None:
    """Pictures inside Markdown, attached or inlined, are files beside the page."""
    attached = {"plot.png": {"image/png": base64_of(png(300, 200))}}
    inlined = f"![b](data:image/png;base64,{base64_of(png(310, 210))})"
    made = body(markdown(f"![a](attachment:plot.png) {inlined}", attachments=attached))
    originals = [(asset.name, asset.width, asset.label) for asset in made.assets if asset.name.endswith(".png")]
    assert originals == [("m-1.png", 300, "plot.png"), ("m-2.png", 310, "")]
    assert "data:" not in shown_by(made)
    assert '<img src="m-1.png" alt="a" width="300" height="200"' in shown_by(made)


def test_pictures_of_other_hosts_are_linked_not_loaded() -> None:
    """No page asks another host for anything."""
    shown = html(markdown("![Badge](https://img.example/badge.svg)"))
    assert "<img" not in shown
    assert 'href="https://img.example/badge.svg"' in shown


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("![Open in Colab](https://img.example/b.svg)", "Open in Colab"),
        ("![](https://img.example/b.svg?x=1)", "https://img.example/b.svg"),
        ("![](https://img.example/b.svg)Run it", "Run it"),
        ("![A](https://img.example/a.svg) ![B](https://img.example/b.svg)", "A B"),
    ],
)
def test_a_badge_in_a_link_is_that_links_words(inside: str, shown: str) -> None:
    """A picture of another host inside a link makes no link in the link: browsers would tear both apart."""
    assert f'<a href="https://run.example/" rel="noopener noreferrer">{shown}</a>' in html(markdown(f"[{inside}](https://run.example/)"))


def test_relative_links_are_markers() -> None:
    """The site alone knows where a relative link leads; the body keeps the author's words."""
    made = body(markdown("[a](../b.ipynb#x) ![p](p.png) [w](https://w.example) [m](mailto:a@b.example) [s](#self)", index=2))
    assert [link.url for link in made.links] == ["../b.ipynb#x", "p.png", "#self"]
    assert made.links[0].cell == 2
    assert 'href="\x020\x03"' in shown_by(made)
    assert 'href="https://w.example"' in shown_by(made)
    assert made.pictures == ("\x021\x03",)


def test_headings_have_unique_anchors() -> None:
    """Headings get readable ids that never clash with each other or with a cell."""
    made = body(markdown("# Result\n\n## Result\n\n<h3>By hand</h3>\n\n# c"), code("x = 1", id="c"))
    assert [(heading.level, heading.id, heading.text) for heading in made.headings] == [
        (1, "result", "Result"),
        (2, "result-2", "Result"),
        (3, "by-hand", "By hand"),
        (1, "c-2", "c"),
    ]
    assert set(made.anchors) >= {"result", "result-2", "by-hand", "c-2", "c", "m"}


def test_a_broken_fragment_stays_in_its_cell() -> None:
    """Unclosed tags of one cell cannot swallow the next."""
    shown = html(markdown("<div><b>open"), Cell(CellKind.MARKDOWN, "next", id="n"))
    assert "</b></div>" in shown.split('id="n"')[0].replace("\n", "").replace("</p>", "")


def test_the_same_document_makes_the_same_bytes() -> None:
    """Rendering is a pure function."""
    cell = code("x", display(image_png=base64_of(png()), text_html="<p id=a>x</p>"))
    assert body(cell) == body(cell)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a vector<int> of x and --out <path> here", "a vector&lt;int&gt; of x and --out &lt;path&gt; here"),
        ("if a <title> is missing **then**", "if a &lt;title&gt; is missing <strong>then</strong>"),
        ("x<custom-tag a='1'>y</custom-tag>z", "x&lt;custom-tag a='1'&gt;y&lt;/custom-tag&gt;z"),
        ('<iframe src="https://www.youtube.com/embed/abc?x=1"></iframe>', '>youtube.com/embed/abc</a>'),
        ('<video><source src="data:video/mp4;base64,AA=="></video>', '<span class="missing">video</span>'),
        ("<form><label>kept <button>words</button></label></form>", "kept words"),
        ("<svg><b></svg>", '<span class="missing">drawing</span>'),
    ],
)  # fmt: skip
def test_tags_that_cannot_be_shown_lose_no_words(written: str, shown: str) -> None:
    """What is no HTML is text; frames and media are linked; nothing swallows what follows it."""
    made = html(markdown(f"{written} AFTER"))
    assert shown in made
    assert "AFTER" in made


def test_media_of_the_repository_are_links() -> None:
    """A video that lies in the repository is linked, so that a broken path is noticed too."""
    assert [link.url for link in body(markdown('<video src="films/a.mp4" controls></video>')).links] == ["films/a.mp4"]


def test_inline_svg_is_shown_as_an_image() -> None:
    """A drawing inside HTML is an image, with the names that XML wants; no script of it runs."""
    drawing = '<div><svg width="30" height="20"><text>hi</text><script>alert(1)</script></svg></div>'
    for shown in (html(code("d", display(text_html=drawing))), html(markdown(drawing))):
        found = re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="Drawing"', shown)
        assert found
        assert b'xmlns="http://www.w3.org/2000/svg"' in base64.b64decode(found[1])
        assert "alert" not in shown


def test_svg_data_urls_may_be_written_out() -> None:
    """Percent-encoded SVG is as good as base64."""
    assert "data:image/svg+xml;base64," in html(
        markdown('<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">')
    )


def test_the_words_of_a_terminal_link_stay() -> None:
    """A link of a terminal ends with a bell or with ESC and a backslash; its words and what follows are shown, its address is not."""
    for end in ("\x07", "\x1b\\"):
        shown = ansi.to_html(f"see \x1b]8;;https://x.example{end}the link\x1b]8;;{end} and more")
        assert shown == "see the link and more"
