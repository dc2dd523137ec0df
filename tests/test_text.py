"""Plain text: slugs, names, excerpts, first headings and paragraphs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowrepo import text


@given(st.text())
def test_a_slug_is_one_part_of_a_url(name: str) -> None:
    """Any text becomes 1 to 80 characters of [a-z0-9-]; a slug is its own slug."""
    made = text.slug(name)
    assert re.fullmatch(r"[a-z0-9-]{1,80}", made)
    assert text.slug(made) == made


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Why riders leave", "why-riders-leave"),
        ("Crème brûlée & Co.", "creme-brulee-co"),
        ("分析", "fenxi"),
        ("e\u0301tude", "etude"),
        ("🚲 bikes", "bike-bikes"),
        ("!!!", "untitled"),
        ("a/b\\c", "a-b-c"),
        ("", "untitled"),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    """Slugs are readable in any script."""
    assert text.slug(name) == slug


def test_long_names_stay_different() -> None:
    """What is cut off is not lost: two long names have two slugs."""
    one, two = text.slug("x" * 200), text.slug("x" * 199 + "y")
    assert one != two
    assert len(one) <= text.SLUG_LENGTH


@pytest.mark.parametrize(("one", "two"), [("Churn_Model", "churn model"), ("ML", "ml"), ("e\u0301", "é")])
def test_two_spellings_of_one_name(one: str, two: str) -> None:
    """Case, blanks, hyphens, underscores and normal forms do not make another name."""
    assert text.same_key(one) == text.same_key(two)
    assert text.same_key("c") != text.same_key("c++")


def test_excerpts_end_at_a_word() -> None:
    """A long text is cut at a word, with an ellipsis; a short one is left."""
    assert text.excerpt("one two three", 9) == "one two…"
    assert text.excerpt("one", 9) == "one"
    assert text.excerpt("x" * 20, 5) == "xxxxx…"


@given(st.text(), st.integers(1, 50))
def test_excerpts_are_never_longer(value: str, length: int) -> None:
    """An excerpt has at most its length and the ellipsis."""
    assert len(text.excerpt(value, length)) <= length + 1


@pytest.mark.parametrize(
    ("markdown", "heading"),
    [
        ("# Title #\ntext", "Title"),
        ("text\n\n## Second\n\n# **First** level", "First level"),
        ("```\n# comment\n```\n# Real", "Real"),
        ("Underlined\n====", "Underlined"),
        ("no heading", ""),
        ("---\n\n#hashtag", ""),
    ],
)
def test_first_heading(markdown: str, heading: str) -> None:
    """The first heading, in either form, outside of code."""
    assert text.first_heading(markdown) == heading


@pytest.mark.parametrize(
    ("markdown", "paragraph"),
    [
        ("# T\n\nFirst *para*\ngoes on.\n\nSecond.", "First para goes on."),
        ("- list\n\n> quote\n\n![pic](x.png)\n\nProse with [link](x).", "Prose with link."),
        ("Title\n=====\n\nProse.", "Prose."),
        ("```\ncode\n```\n", ""),
        ("<div>html</div>\n\nProse `x`.", "Prose x."),
    ],
)
def test_first_paragraph(markdown: str, paragraph: str) -> None:
    """The first paragraph that is prose, without marks."""
    assert text.first_paragraph(markdown) == paragraph


@given(st.text())
def test_plain_text_functions_take_anything(value: str) -> None:
    """No text makes them raise, and what they return has no line breaks."""
    for made in (text.plain(value), text.first_heading(value), text.first_paragraph(value)):
        assert "\n" not in made


def test_near_misses() -> None:
    """A misspelling finds its word, a stranger does not."""
    assert text.near("tgas", ["tags", "title"]) == "tags"
    assert text.near("team", ["tags", "title"]) == ""
