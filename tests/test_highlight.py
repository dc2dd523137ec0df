"""Python's own highlighter against Pygments, which is the measure of what is a keyword, a string, a number or a comment."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from knowrepo.render import highlight, python_code, sanitize

SOURCES = sorted((Path(__file__).parent.parent / "knowrepo").rglob("*.py")) + sorted(Path(__file__).parent.glob("*.py"))
_SPAN = re.compile(r'<span class="(\w+)">(.*?)</span>|([^<]+)', re.DOTALL)
_KINDS = (
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Operator.Word, "o"),
    (Name.Function, "nf"),
    (Name.Class, "nc"),
    (Name.Builtin, "nb"),
)


def ours(code: str) -> list[str]:
    """The kind of every character, as this package sees it."""
    kinds: list[str] = []
    for name, inside, plain in _SPAN.findall(python_code.to_html(code)):
        kind = {"kn": "k", "kc": "k", "ow": "o", "c1": "c", "mi": "m"}.get(name, name)
        kinds += [kind if kind in ("c", "s", "m", "k", "nf", "nc") else "" for _ in unescape(inside or plain)]
    return kinds


def theirs(code: str) -> list[str]:
    """The kind of every character, as Pygments sees it."""
    kinds: list[str] = []
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(code):
        kind = next((name for wanted, name in _KINDS if any(part is wanted for part in token.split())), "")
        kinds += [kind if kind in ("c", "s", "m", "k", "nf", "nc") else ""] * len(text)
    return kinds


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_it_agrees_with_pygments(file: Path) -> None:
    """On this project's own sources 98 of 100 characters have the kind that Pygments gives them; what stands inside an f-string is a string here."""
    code = file.read_text("utf-8")
    mine, other = ours(code), theirs(code)
    assert len(mine) == len(other) == len(code)
    assert sum(one == two or one == "s" for one, two in zip(mine, other, strict=True)) >= 0.98 * len(code)
    assert sum(one == two for one, two in zip(mine, other, strict=True)) >= 0.9 * len(code)


@given(st.text(alphabet="\"'\\#\nabdefr0 1.e+@%({[<&>", max_size=60))
def test_no_character_is_lost(code: str) -> None:
    """Whatever the code, its text is what is shown."""
    html = python_code.to_html(code)
    assert unescape(re.sub(r"</?span[^>]*>", "", html)) == code
    assert not re.search(r"<(?!/?span)", html)


@pytest.mark.parametrize(
    ("code", "html"),
    [
        (
            "def f(x): return None",
            '<span class="k">def</span> <span class="nf">f</span>(x): <span class="k">return</span> <span class="kc">None</span>',
        ),
        ("df.max < 1e-3", 'df.max <span class="o">&lt;</span> <span class="mi">1e-3</span>'),
        (
            "@cache\nclass A: pass",
            '<span class="nd">@cache</span>\n<span class="k">class</span> <span class="nc">A</span>: <span class="k">pass</span>',
        ),
        ("%matplotlib inline\n!ls", '<span class="nd">%matplotlib inline</span>\n<span class="nd">!ls</span>'),
        ("rb'a' '''b\n''' # c", "<span class=\"s\">rb'a'</span> <span class=\"s\">'''b\n'''</span> <span class=\"c1\"># c</span>"),
        ('x = "open', 'x <span class="o">=</span> <span class="s">"open</span>'),
    ],
)
def test_python(code: str, html: str) -> None:
    """What the eye looks for is marked, names and punctuation are not."""
    assert python_code.to_html(code) == html


def test_long_code_is_only_escaped() -> None:
    """Code of more than LIMIT characters is shown without colours, in any language."""
    code = "x < 1\n" * (highlight.LIMIT // 6 + 1)
    for language in ("python", "r"):
        assert highlight.to_html(code, language) == code.replace("<", "&lt;")


_PIECES = st.sampled_from(
    ["<", ">", "&", "&lt;", "&quot;", "&#39;", "&#0;", "&nbsp;", "<b>", "<!--", "\x00", "\r", "\xa0", "\ufeff", "\n", " ", "x", '"', "é",
     '<span class="k">', '<span class="c1 x-y">', "</span>", '<span onclick="x">', '<span class="a" id="b">', "<span class=k>", "</ span>"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_highlighted_text_is_what_the_sanitiser_makes_of_it(html: str) -> None:
    """Text and spans of a class are taken as they are only where the sanitiser would make just that of them."""
    plain = sanitize.coloured(html)
    assert plain is None or plain == sanitize.cleaner().clean(html)


@settings(deadline=None)  # the first use of a language loads it
@given(st.text(max_size=60), st.sampled_from(["python", "r", "sql", "json", "nothing"]))
def test_code_needs_no_sanitiser(code: str, language: str) -> None:
    """What is highlighted is text and spans, unless a character is in it that nobody sees; then it is sanitised."""
    html = highlight.to_html(code, language)
    plain = sanitize.coloured(html)
    assert plain is not None or any(unicodedata.category(letter)[0] == "C" or letter in "\xa0\u2028\u2029" for letter in code)
    assert plain is None or plain == sanitize.cleaner().clean(html)
