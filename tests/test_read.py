"""Sources to Documents: what is a post, what is left out before anything is made of it, and that no bytes can break a build."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo import read, scan
from knowrepo.model import Document, Severity, Skipped
from tests import notebooks
from tests.notebooks import HEADER, code, dump, markdown, post, raw, rules, skipped, stream, texts

SCRIPT = "# ---\n# title: Churn\n# authors: [Ada]\n# tldr: Short.\n# ---\n# %%\nprint(1)\n"
POSTS = {
    ".ipynb": dump(raw(HEADER), code("print(1)", stream("1\n"))).decode(),
    ".md": HEADER + "Text",
    ".rmd": HEADER + "```{r}\n1\n```\n",
    ".qmd": HEADER + "```{r}\n1\n```\n",
    ".py": SCRIPT,
}
BARE = {
    ".ipynb": dump(code("print(1)")).decode(),
    ".md": "Text",
    ".rmd": "```{r}\n1\n```\n",
    ".qmd": "```{r}\n1\n```\n",
    ".py": "# %%\nprint(1)\n",
}
SUFFIXES = sorted(POSTS)


def test_the_table_knows_five_suffixes() -> None:
    """There is a reader for notebooks, Markdown, R Markdown, Quarto and scripts, and the scan looks for just these."""
    assert sorted(read.READERS) == SUFFIXES == sorted(scan.SUFFIXES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_with_a_header_is_a_post(suffix: str) -> None:
    """Every format with a header is a post with that header's title, and without any of its text."""
    document = post("a" + suffix, POSTS[suffix])
    assert document.meta.title == "Churn"
    assert not any("title:" in text for text in texts(document))
    assert all(problem.severity is Severity.INFO for problem in document.problems)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_suffix_may_be_in_capitals(suffix: str) -> None:
    """``POST.IPYNB`` is a notebook."""
    assert post("A" + suffix.upper(), POSTS[suffix]).meta.title == "Churn"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_header_is_no_post(suffix: str) -> None:
    """Without a header a file is skipped, without a word among the problems; under an include folder it is a post."""
    left = skipped("a" + suffix, BARE[suffix])
    assert (left.reason, left.problems) == ("no header", ())
    assert post("a" + suffix, BARE[suffix], included=True).meta.title == "A"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("line", "reason"), [("draft: true", "draft"), ("private: true", "private"), ("allowed_groups: [hr]", "private")])
def test_what_is_left_out_says_only_why(suffix: str, line: str, reason: str) -> None:
    """Of a draft or a private post nothing is told but the reason: no title, no problem, no cell."""
    key, value = line.split(": ")
    data = POSTS[suffix].replace("title: Churn", f"title: Churn\\n{key}: {value}" if suffix == ".ipynb" else f"title: Churn\n{line}")
    data = data.replace(f"\n{line}", f"\n# {line}") if suffix == ".py" else data
    assert skipped("a" + suffix, data) == Skipped("a" + suffix, reason)


def test_what_is_left_out_is_never_cut_into_cells() -> None:
    """The chunks of a draft are not even looked at: a mistake in them is no problem."""
    broken = HEADER + '```{r, fig.cap="never closed}\n1\n```\n'
    assert rules(skipped("a.Rmd", broken)) == ["cells-unreadable"]
    assert skipped("a.Rmd", broken.replace("---\n", "---\ndraft: true\n", 1)) == Skipped("a.Rmd", "draft")


def test_drafts_and_audience_let_in() -> None:
    """``drafts`` lets in drafts, ``audience`` the private posts of its groups."""
    draft = HEADER.replace("---\n", "---\ndraft: true\nallowed_groups: [hr]\n", 1)
    assert skipped("a.md", draft, drafts=True).reason == "private"
    assert post("a.md", draft, drafts=True, audience=frozenset({"hr"})).meta.draft


def test_a_mistake_in_the_header_keeps_the_post_off() -> None:
    """An error in the header is the reason, with its place; the other problems of the header are there too."""
    left = skipped("a.ipynb", dump(code(" "), markdown("---\ntitle: x\ncreated_at: soon\ntgas: [a]\n---\n")))
    assert (left.line, left.problems[0].cell) == (3, 1)
    assert {problem.severity for problem in left.problems} == {Severity.ERROR, Severity.WARNING}


def test_the_dialect_is_the_headers_or_the_sites() -> None:
    """A header's dialect wins over the site's."""
    assert post("a.md", HEADER, dialect="classic").meta.dialect == "classic"
    assert post("a.md", HEADER.replace("title", "dialect: commonmark\ntitle"), dialect="classic").meta.dialect == "commonmark"


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("# Churn\n\nText", "Text"),
        ("\n# Churn #\nText", "Text"),
        ("Churn\n=====\n\nText", "Text"),
        ("# Churn", None),
        ("## Churn\n\nText", "## Churn\n\nText"),
        ("# Churn model\n\nText", "# Churn model\n\nText"),
        ("Text\n\n# Churn", "Text\n\n# Churn"),
        ("    # Churn", "    # Churn"),
        ("Churn\n-----\nText", "Churn\n-----\nText"),
        ("#Churn", "#Churn"),
    ],
)
def test_a_first_heading_that_repeats_the_title_is_dropped(body: str, rest: str | None) -> None:
    """The page shows the title itself; only an equal H1 that is the very first block goes."""
    for document in (post("a.md", HEADER + body), post("a.ipynb", dump(raw(HEADER), markdown(" "), markdown(body)))):
        assert [text for text in texts(document) if text.strip()] == ([rest] if rest else [])


def test_a_title_taken_from_the_heading_is_not_shown_twice() -> None:
    """Without a title in the header the first heading is the title, and goes from the text."""
    document = post("a.md", "---\nauthors: [Ada]\n---\n# The `churn` *model*\n\nFirst words.")
    assert (document.meta.title, document.meta.tldr) == ("The churn model", "First words.")
    assert texts(document) == ["First words."]


def test_a_picture_above_keeps_the_heading() -> None:
    """A heading after the output of a code cell is not the first block."""
    assert "# Churn" in texts(post("a.ipynb", dump(raw(HEADER), code("", notebooks.stream("1")), markdown("# Churn"))))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_sidecar_is_a_header(suffix: str) -> None:
    """A file without header of its own is a post if ``NAME.meta.yml`` stands beside it."""
    assert post("p/a" + suffix, BARE[suffix], {"p/a.meta.yml": "title: Aside\n"}).meta.title == "Aside"


def test_a_files_own_header_is_above_its_sidecar() -> None:
    """The sidecar fills what the header leaves open; what either keeps private is private."""
    document = post("a.md", "---\ntitle: Mine\n---\n", {"a.meta.yml": "title: Aside\ntags: [b]\n"})
    assert (document.meta.title, document.meta.tags) == ("Mine", ("b",))
    assert skipped("a.md", "---\ntitle: Mine\n---\n", {"a.meta.yml": "private: true\n"}).reason == "private"


def test_a_mistake_in_a_sidecar_keeps_the_post_off() -> None:
    """An error in the sidecar is reported with the sidecar's path."""
    left = skipped("a.md", HEADER, {"a.meta.yml": "created_at: soon\n"})
    assert left.problems[0].path == "a.meta.yml"


def test_any_report_json_makes_no_posts() -> None:
    """``report.json`` is a common name: without a title, or broken, it makes no post of the files around it, but it can keep one private."""
    assert skipped("a.md", "Text", {"report.json": '{"duration": 3}'}).reason == "no header"
    left = skipped("a.md", "Text", {"report.json": "[1"})
    assert (left.reason, left.problems) == ("no header", ())
    assert "report.json" in left.hint
    assert post("a.md", "Text", {"report.json": '{"title": "Report"}'}).meta.title == "Report"
    assert skipped("a.md", HEADER, {"report.json": '{"private": true}'}).reason == "private"
    assert skipped("helper.py", "x = 1", {"report.json": '{"title": "Report"}'}).reason == "no cells"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_git_lfs_pointer_is_named(suffix: str) -> None:
    """A file whose content is elsewhere is a Problem that says so."""
    left = skipped("a" + suffix, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert rules(left) == ["lfs-pointer"]
    assert "git lfs pull" in left.hint


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_bytes_make_the_same_document(suffix: str) -> None:
    """Nothing is drawn by lot: ids are the same every time, and unique."""
    first, second = post("a" + suffix, POSTS[suffix]), post("a" + suffix, POSTS[suffix])
    assert first == second
    assert len({cell.id for cell in first.cells}) == len(first.cells)


PIECES = st.sampled_from(
    ["---\n", "title: x\n", "# ---\n", "# title: x\n", "# %%\n", "# %% [markdown] a=[\n", "```{r, a='\n", "```{python b=(}\n", "```\n", "\\d", "coding: x\n", '{"cells": [', "]}", "\r", "\x00", "\ud800", "# Heading\n", "===\n", "<!-- #region -->\n", "jupyter:\n"]  # noqa: E501
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=10).map("".join) | st.binary(max_size=60), st.booleans())
def test_no_bytes_raise(data: str | bytes, included: bool) -> None:
    """Any bytes under any suffix become a Document, or are Skipped with a reason."""
    for suffix in SUFFIXES:
        made = notebooks.read("a" + suffix, data, included=included)
        assert isinstance(made, Document) or made.reason
