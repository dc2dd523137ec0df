"""The Markdown dialects, by cases in ``cases/markdown.md``: what comes out is what a page shows, sanitised."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowrepo.render import markdown, sanitize

CASES = (Path(__file__).parent / "cases" / "markdown.md").read_text("utf-8").split("\n\n", 1)[1]


def cases() -> list[tuple[str, str, str]]:
    found = []
    for case in CASES.split("========\n"):
        if case.strip():
            name, rest = case.split("\n", 1)
            source, expected = rest.split("\n.\n", 1)
            found.append((name, source, expected))
    return found


@pytest.mark.parametrize(("name", "source", "expected"), cases(), ids=[case[0] for case in cases()])
def test_case(name: str, source: str, expected: str) -> None:
    """Markdown becomes the expected HTML."""
    assert name
    assert sanitize.clean(markdown.to_html(source)) == expected


def test_footnotes() -> None:
    """Footnotes are numbered and collected at the end."""
    html = markdown.to_html("Fact.[^1]\n\n[^1]: Source.")
    assert 'class="footnote-ref"' in html
    assert '<section class="footnotes">' in html


def test_table_of_contents_marker() -> None:
    """``[TOC]`` on a line of its own is where the contents go."""
    assert markdown.TOC in markdown.to_html("a\n\n[TOC]\n\nb")


def test_fenced_code_is_highlighted() -> None:
    """A fence with a language gets Pygments' classes; one with an unknown language is only escaped."""
    assert '<span class="k">def</span>' in markdown.to_html("```python\ndef f(): pass\n```")
    assert "a &lt; b" in markdown.to_html("```nonsense\na < b\n```")


def test_the_classic_dialect_is_python_markdown() -> None:
    """``classic`` renders as Python-Markdown does: a list needs a blank line, code is highlighted, dollar maths is kept from emphasis."""
    assert "<li>" not in markdown.to_html("Findings:\n- one", "classic")
    assert '<span class="math inline">\\(a_1 b_2\\)</span>' in markdown.to_html("x $a_1 b_2$ y", "classic")
    assert "$5 and $10" in markdown.to_html("It costs $5 and $10.", "classic")
    assert '<div class="toc">' in markdown.to_html("[TOC]\n\n# A", "classic")


@pytest.mark.parametrize("dialect", ["commonmark", "classic"])
def test_sanitising_twice_changes_nothing(dialect: str) -> None:
    """Sanitised HTML is a fixed point."""
    once = sanitize.clean(markdown.to_html("# a\n\n<div><table><tr><td>x <b>y</table> <input> <a name=q>z</a>", dialect))
    assert sanitize.clean(str(once)) == once
