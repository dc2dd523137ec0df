"""Style sheets in outputs become harmless attributes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from knowrepo import render
from knowrepo.model import Cell, CellKind, Document, Meta
from knowrepo.render import contrast, sanitize, styles
from knowrepo.render.controls import marked

STYLER = """<style type="text/css">
#T_a_row0_col0, #T_a_row1_col0 { background-color: #084081; color: #f1f1f1; }
#T_a th.col_heading { text-align: left !important; position: fixed; z-index: 9; }
#T_a tr:nth-child(2) td { font-weight: bold }
#T_a td:hover { color: red }
#T_a_row1_col0 { width: 10em; background: linear-gradient(90deg, #d65f5f 50.0%, transparent 50.0%); }
</style>
<table id="T_a"><thead><tr><th class="blank level0">&nbsp;</th><th class="col_heading level0" style="text-align: right">a &lt; b</th></tr></thead>
<tbody><tr><th>x<br>y</th><td id="T_a_row0_col0" class="data row0 col0">1</td></tr><tr><th>z</th><td id="T_a_row1_col0">2</td></tr></tbody></table>"""
PLAIN = """<div>
<style scoped>
    .dataframe tbody tr th:only-of-type {
        vertical-align: middle;
    }

    .dataframe tbody tr th {
        vertical-align: top;
    }

    .dataframe thead th {
        text-align: right;
    }
</style>
<table border="1" class="dataframe"><tr><td>1</td></tr></table></div>"""


def shown(fragment: str) -> str:
    output = {"output_type": "display_data", "data": {"text/html": fragment}, "metadata": {}}
    made = render.body(
        Document("a.ipynb", Meta("T", (), (), None, None, ""), (Cell(CellKind.CODE, "x", (output,), id="c"),)), render.Options()
    )
    assert isinstance(made.html, bytes)
    return made.html.decode()


def test_a_styler_keeps_its_colours() -> None:
    """Rules by id, class and place reach their cells, by weight: important ones last; what moves or covers things does not."""
    made = shown(STYLER)
    assert '<td id="T_a_row0_col0" class="data row0 col0" style="background-color:#084081;color:#f1f1f1">1</td>' in made
    assert 'style="text-align:right;text-align:left">a &lt; b</th>' in made
    assert "linear-gradient(90deg, #d65f5f 50.0%, transparent 50.0%);font-weight:bold" in made or "font-weight:bold" in made
    assert "position" not in made
    assert "z-index" not in made
    assert "red" not in made


def test_a_plain_data_frame_costs_nothing() -> None:
    """pandas' own sheet is recognised by its look: the fragment stays as it is, and no CSS parser is loaded."""
    assert styles.inlined(PLAIN) == PLAIN
    program = f"import sys; from knowrepo.render import styles; styles.inlined({PLAIN!r}); assert not {{'tinycss2', 'cssselect2'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "value",
    [
        "background: url(https://evil.example/x)",
        "background:u\\72l(x)",
        "background: image-set('x' 1x)",
        "color: var(--x)",
        "background: URL (x)",
        "width: attr(x)",
    ],
)
def test_no_style_asks_for_anything(value: str) -> None:
    """A declaration that calls an unknown function goes, from a sheet or an attribute; what stands beside it stays."""
    for fragment in (
        f"<p style='{value.replace(chr(39), chr(34))}; color: teal'>x</p>",
        f"<style>p {{ {value}; color: teal }}</style><p>x</p>",
    ):
        assert sanitize.clean(styles.inlined(fragment)) == '<p style="color:teal">x</p>'


@pytest.mark.parametrize(
    "name",
    ["position", "display", "z-index", "inset", "transform", "opacity", "behavior", "-moz-binding", "content", "cursor", "margin-top"],
)
def test_styles_move_and_hide_nothing(name: str) -> None:
    """The list of properties holds nothing that takes a thing out of its place."""
    assert name not in sanitize.STYLES


@pytest.mark.parametrize(
    "fragment",
    [
        "<style>" + "a" * (styles.LONGEST_SHEET + 1) + "</style><p>x</p>",
        "<style>p { color: red }</style>" + "<div>" * (styles.DEPTH + 2) + "x",
        "<style>" + "p { color: red }" * 3000 + "</style>" + "<p>x</p>" * 3000,
        "<style>p { color: red }",
        "<STYLE></STYLE><p>x</p>",
    ],
    ids=["long", "deep", "many", "unclosed", "empty"],
)
def test_what_would_cost_too_much_keeps_no_looks(fragment: str) -> None:
    """Beyond its bounds nothing is done, and the words are still there."""
    assert styles.inlined(fragment) == fragment


@pytest.mark.parametrize(
    "fragment",
    [
        "<style>p { color: red }</style><p>a</i></b></p></div>b <unknown>c</p>",
        "<style>@import 'x'; @media print { p { color: red } } p:has(b) {color:red} ::before{color:red} p >> b {color:red} }} {{</style><p>abc",
        "<style>* { color: red }</style>a <b>b</b> &amp; &lt;c&gt;",
        '<style>p{color:red}</style><p class="&quot;><script>" title="a&quot;b">abc</p>',
    ],
)
def test_broken_html_and_css_lose_no_words(fragment: str) -> None:
    """Neither unbalanced tags nor odd rules raise or swallow text; what was text is text."""
    made = styles.inlined(fragment)
    assert "a" in made
    assert "b" in made
    assert "c" in made
    assert "<script>" not in sanitize.clean(made)


@pytest.mark.parametrize("colour", [(red, green, blue) for red in (0, 128, 255) for green in (0, 128, 255) for blue in (0, 128, 255)])
def test_every_colour_can_be_read_on_both_papers(colour: contrast.RGB) -> None:
    """Text in any colour has AA contrast on the papers of the theme, and black or white has it on any ground."""
    for paper in ((0xFC, 0xFC, 0xFA), (0xF4, 0xF4, 0xEF), (0xFD, 0xF1, 0xEF)):
        assert contrast.ratio(contrast.on_light(colour), paper) >= contrast.READABLE
    for paper in ((0x15, 0x18, 0x1B), (0x1D, 0x21, 0x25), (0x2A, 0x1D, 0x1C)):
        assert contrast.ratio(contrast.on_dark(colour), paper) >= contrast.READABLE
    assert contrast.ratio(contrast.ink(colour), colour) >= contrast.READABLE


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, equal colours are 1."""
    assert round(contrast.ratio((0, 0, 0), (255, 255, 255)), 2) == 21
    assert contrast.ratio((9, 9, 9), (9, 9, 9)) == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\u202eb", 'a<span class="control" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>b'),
        ("a\u200bb", 'a<span class="control" title="U+200B ZERO WIDTH SPACE">U+200B</span>b'),
        ("a\u200db", 'a<span class="control" title="U+200D ZERO WIDTH JOINER">U+200D</span>b'),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("é ü", "é ü"),
    ],
)
def test_hidden_characters_are_shown(written: str, shown: str) -> None:
    """Controls that change how a line reads, or that nobody sees, are marks; where scripts and emoji need them they stay."""
    assert marked(written) == shown


def test_hidden_characters_are_shown_in_code_and_outputs() -> None:
    """The trick of "Trojan Source" is seen in a cell and in what it printed."""
    printed = {"output_type": "stream", "name": "stdout", "text": "x\u2066y"}
    cell = Cell(CellKind.CODE, 'level = "user\u202e \u2066# admin"', (printed,), id="c")
    made = render.body(Document("a.ipynb", Meta("T", (), (), None, None, ""), (cell,)), render.Options()).html
    assert isinstance(made, bytes)
    assert made.count(b'<span class="control"') == 3
    assert b"\xe2\x80\xae" not in made
