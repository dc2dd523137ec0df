"""Diffs as HTML: the three cases that a reviewer meets first, as golden files, and what the views promise.

``python -m tests.test_diff_views`` writes the golden files anew; read what it has changed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]  # has no types

from knowrepo import comparison
from knowrepo.diff import blocks, marks, raw, report, rows, tables, views
from knowrepo.diff.blocks import Diff
from knowrepo.diff.views import Look, Page
from knowrepo.render import maths, sanitize
from tests import reviewed, versions
from tests.versions import Edited

GOLDEN = Path(__file__).parent / "cases" / "diffs"


def page(old: bytes | None, new: bytes | None, look: Look = Look(), path: str = "rain.ipynb") -> Page:  # noqa: B008 - frozen
    found = comparison.compared(path, old, new)
    return views.page(found.diff, found.hunks, look, lambda asset: asset.name, maths.in_browser)


def golden(case: str) -> dict[str, str]:
    """The files of a case by name, as they are made now."""
    old, new = reviewed.CASES[case]
    found = comparison.compared("rain.ipynb", old, new)
    plain = "\n".join(report.text(found.diff, lambda line, _kind: line)) + "\n"
    return {f"{case}.html": str(page(old, new).html).replace("><", ">\n<") + "\n", f"{case}.txt": plain}


@pytest.mark.parametrize("case", reviewed.CASES)
def test_what_a_reviewer_meets_first(case: str) -> None:
    """A new notebook, one only run again, one with a changed line and its plot: in HTML and in the terminal as in the golden files."""
    for name, text in golden(case).items():
        assert text == (GOLDEN / name).read_text("utf-8")


def test_every_block_has_one_place_for_all_views() -> None:
    """A block is one section with one anchor, in which each of the three views has its part."""
    tree = html.fromstring(f"<div>{page(reviewed.BEFORE, reviewed.AFTER).html}</div>")
    sections = tree.xpath("//section[not(@id='_file')]")
    assert len({section.get("id") for section in sections}) == len(sections) == 14
    for section in sections:
        for name in ("in-rendered", "in-source", "in-raw"):
            assert section.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"), (section.get("id"), name)


def test_no_id_is_there_twice() -> None:
    """Both sides have the same headings and footnotes; on the page no id stands twice."""
    old = reviewed.notebook(reviewed.prose("a", "# Head\n\nNote[^1].\n\n[^1]: This."))
    new = reviewed.notebook(reviewed.prose("a", "# Head\n\nA note[^1].\n\n[^1]: This."))
    ids = re.findall(r' id="([^"]*)"', page(old, new).html)
    assert len(set(ids)) == len(ids)


def test_git_s_lines_are_all_there() -> None:
    """The raw view has every line that Git prints, in some block or around them all."""
    found = comparison.compared("rain.ipynb", reviewed.BEFORE, reviewed.AFTER)
    lines = [line for line in raw.of_lines(found.hunks) if line.sign != " "]
    tree = html.fromstring(f"<div>{page(reviewed.BEFORE, reviewed.AFTER).html}</div>")
    shown = tree.xpath("//div[contains(@class, 'git')]/div[contains(@class, 'gone') or contains(@class, 'come')]")
    assert len(shown) == len(lines)


@settings(deadline=None, max_examples=50)
@given(versions.edits())
def test_any_diff_is_well_formed(made: Edited) -> None:
    """The HTML of any diff is what the browser's own parser makes of it: no mark crosses a tag."""
    found = page(versions.dump(made.old), versions.dump(made.new)).html
    assert balanced(found)


def balanced(fragment: str) -> bool:
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>", fragment):
        if name in ("br", "img", "input", "hr", "col"):
            continue
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


MARKUP = st.lists(
    st.sampled_from(["word ", "other", "<b>", "</b>", "&lt;", "&", " ", "<i>x</i>", "<br>", "é", '<a href="#x">y</a>']), max_size=12
)


@given(MARKUP, MARKUP)
def test_marks_change_no_text(old: list[str], new: list[str]) -> None:
    """Marks in prose add nothing but themselves, and leave the HTML balanced."""
    sides = [str(sanitize.clean("".join(side))) for side in (old, new)]
    for side, marked in zip(sides, marks.prose(*sides), strict=True):
        assert re.sub("</?(?:ins|del)>", "", marked) == side
        assert balanced(marked)


@given(st.lists(st.sampled_from(["a", "&amp;", "<b>", "</b>", "é", "\n"]), max_size=12), st.integers(0, 8), st.integers(0, 8))
def test_a_range_is_wrapped_exactly(pieces: list[str], start: int, end: int) -> None:
    """A range of characters is wrapped, entities counting as one, and nothing else is changed."""
    fragment = str(sanitize.clean("".join(pieces)))
    marked = marks.wrapped(fragment, ((start, end),) if start < end else (), "ins")
    assert re.sub("</?ins>", "", marked) == fragment
    inside = "".join(re.findall(r"<ins>(.*?)</ins>", marked, re.DOTALL))
    assert marks.plain(inside) == marks.plain(fragment)[start:end]


def test_lines_of_code_are_whole() -> None:
    """A string over several lines is coloured on each, and each line is well-formed by itself."""
    assert marks.lines('<span class="s">a\nb</span>c\nd') == ['<span class="s">a</span>', '<span class="s">b</span>c', "d"]


def test_tables_cell_by_cell() -> None:
    """One new row, one new column and one changed cell are told apart, and no other cell is marked."""
    old = "<table><tr><th></th><th>a</th><th>b</th></tr><tr><th>0</th><td>1</td><td>2</td></tr><tr><th>1</th><td>3</td><td>4</td></tr></table>"
    new = (
        "<table><tr><th></th><th>a</th><th>c</th><th>b</th></tr><tr><th>0</th><td>1</td><td>9</td><td>2</td></tr>"
        '<tr><th>1</th><td class="x">5</td><td>9</td><td>4</td></tr><tr><th>2</th><td>6</td><td>9</td><td>7</td></tr></table>'
    )
    found = tables.compared(old, new)
    assert found
    assert found.words == "1 cell changed, 1 row added, 1 column added"
    assert found.old.count("cell-gone") == 1
    assert '<td class="x cell-come">5</td>' in found.new
    assert found.new.count("cell-come") == 1 + 4 + 3


@pytest.mark.parametrize(
    "other", ["<p>none</p>", '<table><tr><td colspan="2">1</td></tr></table>', "<table><tr><td><table></table></td></tr></table>"]
)
def test_what_is_no_plain_table_is_none(other: str) -> None:
    """Cells that span others, and tables in tables, are compared by their words instead."""
    assert tables.compared("<table><tr><td>1</td></tr></table>", other) is None


def test_lines_are_paired_with_what_they_came_from() -> None:
    """In a run of lines that differ each is beside the one it was made of, not the one of its number."""
    found = rows.of(["a = load(path)", "b = 2"], ["import os", "a = load(path, 1)", "b = 2"])
    assert [(row.old, row.new) for row in found] == [(None, 0), (0, 1), (1, 2)]


def test_long_stretches_fold() -> None:
    """Unchanged blocks fold, but for those beside a change; so do unchanged lines of one cell."""
    many = [reviewed.prose(f"p{number}", f"Paragraph {number}.") for number in range(9)]
    text = "\n".join(f"line_{number} = {number}" for number in range(40))
    found = page(
        reviewed.notebook(*many, reviewed.code("c", 1, text)), reviewed.notebook(*many, reviewed.code("c", 1, text + "\nend"))
    ).html
    assert "<summary>8 unchanged blocks</summary>" in found
    assert "<summary>37 unchanged lines</summary>" in found


def test_a_link_leads_to_a_line_that_differs() -> None:
    """The link of a block names its first line that Git counts as different, by the counters of GitLab."""
    old, new = (reviewed.notebook(reviewed.prose("a", f"One.\n{word}\nThree.")) for word in ("two", "deux"))
    found = page(old, new, Look("https://gitlab.example/a/b/-/merge_requests/1"))
    lines = new.decode().split("\n")
    at = next(number for number, line in enumerate(lines, 1) if "deux" in line)
    assert f"{raw.name('rain.ipynb')}#{raw.code('rain.ipynb', at + 1, at)}" in found.html


def test_relative_links_lead_nowhere() -> None:
    """What a version's relative links and pictures led to is not here: they are shown without an address."""
    found = page(None, reviewed.notebook(reviewed.prose("a", "[there](other.md) ![A picture](x.png)"))).html
    assert 'title="other.md"' in found
    assert '<span class="missing" title="x.png">A picture</span>' in found
    assert "\x02" not in found


def test_a_thousand_cells_take_no_long_time() -> None:
    """Every cell is looked at, but no text is compared with all others: the pairs that are compared grow with the cells."""
    cells = [reviewed.code("", 1, f"step_{number} = work({number * 7919})") | {"id": None} for number in range(400)]
    found: Diff = blocks.of("a.ipynb", reviewed.notebook(*cells), reviewed.notebook(*cells[::-1]))
    assert {str(block.state) for block in found.blocks} == {"moved", "unchanged"}


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for each in reviewed.CASES:
        for name, text in golden(each).items():
            (GOLDEN / name).write_text(text, "utf-8")
