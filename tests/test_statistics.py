"""The statistics page: what it counts, what it draws, what it says to those who do not see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo.model import Link, Person, Post, Target
from knowrepo.pages import charts
from tests.sitefactory import EVIL, build, post, site

PAGE = "statistics/index.html"


def page(*posts: Post, **changes: Any) -> Any:
    return lxml_html.document_fromstring(build(site(posts, **changes))[PAGE])


def section(tree: Any, title: str) -> Any:
    (found,) = tree.xpath(f"//section[h2[starts-with(normalize-space(), '{title}')]]")
    return found


def rows(found: Any) -> list[list[str]]:
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in found.xpath(".//tbody/tr")]


def changed(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def test_it_counts_posts_authors_tags_and_notebooks() -> None:
    """The totals are those of the site; a notebook is a post that was written as one."""
    tree = page(post("a.ipynb", tags=("x", "y")), post("b.md", authors=(Person("Ada"), Person("Grace"))), post("c.py"))
    found = {entry.xpath("string(dt)"): entry.xpath("string(dd)") for entry in tree.xpath("//dl/div")}
    assert found == {"Posts": "3", "Authors": "3", "Tags": "3", "Notebooks": "1"}


def test_posts_per_month_are_drawn_and_listed() -> None:
    """A column for each month with posts, as high as there are posts; the same numbers stand in a table; posts without a date are named."""
    dates = ("2023-11-02", "2023-11-30", "2024-02-01", "")
    found = section(page(*(post(f"{number}.md", created=day) for number, day in enumerate(dates))), "Posts per month")
    assert rows(found) == [["2024-02", "1"], ["2023-11", "2"]]
    heights = [float(height) for height in found.xpath(".//*[local-name()='rect']/@height")]
    assert heights[0] == 2 * heights[1] > 0
    assert found.xpath(".//*[local-name()='rect']/*/text()") == ["2023-11: 2", "2024-02: 1"]
    assert "1 post without a date" in found.text_content()
    (drawing,) = found.xpath("./*[local-name()='svg']")
    named = drawing.get("aria-labelledby").split()
    assert drawing.get("role") == "img"
    assert drawing.xpath(f"string(.//*[@id='{named[0]}'])") == "Posts per month"
    assert all(found.xpath(f".//*[@id='{name}']") for name in named)


def test_long_histories_are_counted_by_years() -> None:
    """After fifteen years a column is a year."""
    found = section(page(post("a.md", created="2001-05-01"), post("b.md", created="2024-05-01")), "Posts per year")
    assert rows(found) == [["2024", "1"], ["2001", "1"]]


def test_authors_and_tags_stand_by_their_posts() -> None:
    """The most used come first, with a link and a bar whose length is their share; of many the first twenty are shown, with the way to all."""
    posts = [post(f"{number}.md", tags=("often", f"t{number:02}")) for number in range(25)]
    found = section(page(*posts), "Posts per tag")
    assert [(row[0], row[-1]) for row in rows(found)[:2]] == [("often", "25"), ("t00", "1")]
    assert len(rows(found)) == 20
    assert found.xpath(".//*[local-name()='rect']/@width")[:2] == ["100.0%", "4.0%"]
    assert found.xpath(".//a/@href")[0] == "../tags/often/index.html"
    assert found.xpath("string(p/a)") == "All 26 tags"


def test_most_linked_posts_are_those_that_others_link_to() -> None:
    """Each page that links to a post counts once; a post's links to itself and to other hosts do not count."""

    def linking(path: str, *targets: str) -> Post:
        return post(path, links=tuple(Link(target, 0) for target in targets), targets=tuple(map(Target, targets)))

    home, other = "posts/a/index.html", "posts/b/index.html"
    tree = page(linking("a.md", home, other), linking("b.md", home, f"{home}#part"), linking("c.md", home, "posts/c/plot.png"))
    assert [(row[0], row[-1]) for row in rows(section(tree, "Most linked posts"))] == [("a.md", "2"), ("b.md", "1")]


def test_stale_is_seen_from_the_newest_change() -> None:
    """Posts whose last change is more than 18 months older than the newest change of the site are listed, oldest first; no clock is asked."""
    posts = (
        post("new.md", created="2020-01-01", updated_at=changed("2024-06-30")),
        post("old.md", created="2021-03-01", updated_at=changed("2021-03-01")),
        post("older.md", created="2019-03-01", updated_at=changed("2020-03-01")),
        post("recent.md", created="2023-01-15", updated_at=changed("2023-01-15")),
        post("undated.md", created=""),
    )
    found = section(page(*posts), "Long without a change")
    assert [" ".join(item.text_content().split()) for item in found.xpath(".//li")] == ["2020-03-01 older.md", "2021-03-01 old.md"]
    assert "2024-06-30" in found.xpath("string(p)")
    assert "All posts were changed" in section(page(post("a.md")), "Long without a change").text_content()


def test_an_empty_site_has_one_too() -> None:
    """Without posts there are zeros and no charts."""
    tree = page()
    assert tree.xpath("//dd/text()") == ["0"] * 4
    assert tree.xpath("//main//*[local-name()='svg']") == []


def test_names_stay_text() -> None:
    """Markup in titles, tags and names is shown as text, in drawings too."""
    tree = page(post("a.md", EVIL, tags=(EVIL,), authors=(Person(EVIL),)), post("b.md", EVIL, created="2020-01-01"))
    assert tree.xpath("//main//script") == []
    assert section(tree, "Posts per tag").xpath("string(.//th/a)").startswith("<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("most", "levels"), [(0, ["0", "1"]), (1, ["0", "1"]), (4, ["0", "1", "2", "3", "4"]), (7, ["0", "2", "4", "6", "8"]), (230, None)]
)
def test_levels_are_round(most: int, levels: list[str] | None) -> None:
    """The lines across stand at multiples of 1, 2 or 5 times a power of ten, at most five of them, the last not below the highest column."""
    chart = charts.columns([("2024-01", most)], [(0, "2024")])
    shown = [mark.text for mark in chart.levels]
    assert shown == (levels or ["0", "100", "200", "300"])
    assert all(0 <= column.top <= chart.ground for column in chart.columns)


def test_as_many_names_as_fit_stand_below_a_chart() -> None:
    """Names are left out evenly so that they fit on 320 pixels, and the last one does not run out of the picture."""
    months = [(f"2024-{month:02}", 1) for month in range(1, 13)]
    chart = charts.columns(months, [(at, name) for at, (name, _) in enumerate(months)])
    assert [mark.text for mark in chart.names] == ["2024-01", "2024-05", "2024-09"]
    assert charts.columns([("a", 1)] * 20, [(19, "2024")]).names[0].last
