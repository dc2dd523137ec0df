"""The discussion in a browser: a link at each cell that stays out of the way, and ways to what was said."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from knowrepo import discussion, marker
from knowrepo.model import Comment, Thread
from tests import browser, gitrepo, notebooks, team

pytestmark = pytest.mark.browser

SITE = "https://team.example/"
DAY = datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site of a notebook with two cells of code, of which the second has been written about."""
    folder = tmp_path_factory.mktemp("discussed")
    cells = [notebooks.code(f'print("{word}")', notebooks.stream(word)) for word in ("one", "two")]
    root = gitrepo.make(folder / "repo", {**team.FILES, "growth/twice.ipynb": notebooks.dump(notebooks.raw(team.header("Churn")), *cells)})
    team.site(root, folder / "first", folder / "cache")
    page = (folder / "first" / "posts/growth/twice/index.html").read_text("utf-8")
    second = page.split('class="cell code" id="')[2].partition('"')[0]
    first = Comment(3, "Bob Ross", DAY, "Is it true?", "https://gitlab.example/team/posts/-/issues/3")
    answer = Comment(11, "Ada Lovelace", DAY, "A zebra crossed.", "https://gitlab.example/team/posts/-/issues/3#note_11", second)
    (root / marker.FILE).write_bytes(discussion.dump([Thread("growth/twice.ipynb", "Twice", False, 2, first, (answer,))]))
    team.site(root, folder / "site", folder / "cache")
    return team.tree(folder / "site")


def opened(
    chromium: Browser, files: dict[str, bytes], path: str = "posts/growth/twice/index.html", **options: Any
) -> tuple[BrowserContext, Page]:
    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix("/")
        kind = mimetypes.guess_type(name)[0] or "text/html"
        route.fulfill(body=files[name], headers={"Content-Type": kind}) if name in files else route.abort()

    context = chromium.new_context(**options)
    page = context.new_page()
    page.route("**/*", answer)
    page.goto(SITE + path)
    return context, page


@pytest.fixture
def page(chromium: Browser, files: dict[str, bytes]) -> Iterator[Page]:
    context, made = opened(chromium, files)
    yield made
    context.close()


def test_a_cell_is_discussed_from_its_edge(page: Page) -> None:
    """The link shows itself to a pointer over the cell and to the keyboard, in both views, and takes no room; the issue that it opens has the cell's mark."""
    cell = page.locator(".cell.code").first
    link = cell.get_by_role("link", name="Discuss this cell")
    expect(link).to_have_css("opacity", "0")
    cell.locator(".outputs").hover()
    expect(link).to_have_css("opacity", "1")
    page.locator("h1").hover()
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(link).to_have_css("opacity", "1")
    page.get_by_label("Report").check()
    cell.locator(".outputs").hover()
    expect(link).to_be_visible()
    expect(link).to_have_css("opacity", "1")
    height = cell.bounding_box()
    page.evaluate("document.querySelectorAll('.talk').forEach(line => line.remove())")
    assert cell.bounding_box() == height


def test_the_issue_about_a_cell_has_its_mark(page: Page) -> None:
    """What the link fills in, GitLab's form shows: the title of the post, and a text that ``discuss sync`` reads again."""
    cell = page.locator(".cell.code").first
    address = urlsplit(cell.get_by_role("link", name="Discuss this cell").get_attribute("href") or "")
    assert address.path == "/team/posts/-/issues/new"
    filled = parse_qs(address.query)
    assert filled["issue[title]"] == ["Churn"]
    name = cell.get_attribute("id")
    assert marker.read(filled["issue[description]"][0]) == ("growth/twice.ipynb", name, "")
    assert f"{SITE}posts/growth/twice/#{name}" in filled["issue[description]"][0]


def test_comments_are_reached_from_their_cell_and_back(page: Page) -> None:
    """The number of comments on a cell is always seen, and leads to the first; the comment leads to the cell."""
    link = page.get_by_role("link", name="1 comment", exact=True)
    expect(link).to_have_css("opacity", "1")
    link.click()
    expect(page.locator("li:target .comment")).to_have_text("A zebra crossed.")
    page.get_by_role("link", name="about this cell").click()
    expect(page.locator(".cell.code:target")).to_contain_text("two")


def test_on_a_touch_screen_the_links_are_there(chromium: Browser, files: dict[str, bytes]) -> None:
    """Small but seen, and large enough for a finger."""
    context, page = opened(chromium, files, viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    link = page.get_by_role("link", name="Discuss this cell").first
    expect(link).to_have_css("opacity", "1")
    box = link.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    context.close()


def test_without_script_the_discussion_is_whole(chromium: Browser, files: dict[str, bytes]) -> None:
    """Comments, ways to them and the way to discuss the post are HTML; the links of the cells alone are missing."""
    context, page = opened(chromium, files, java_script_enabled=False)
    expect(page.locator(".topic li")).to_have_count(2)
    expect(page.get_by_role("link", name="1 comment", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Discuss", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Discuss this cell")).to_have_count(0)
    context.close()


def test_cards_say_how_much_is_said(chromium: Browser, files: dict[str, bytes]) -> None:
    """Those of the feed and those of its filters, each with a link to the discussion."""
    context, page = opened(chromium, files, "index.html")
    link = page.get_by_role("link", name="2 comments")
    expect(link).to_have_count(1)
    page.get_by_role("searchbox").first.fill("churn")
    expect(page.locator(".results").get_by_role("link", name="2 comments")).to_be_visible()
    page.locator(".results").get_by_role("link", name="2 comments").click()
    expect(page.locator("h2:target")).to_have_text("Discussion")
    context.close()


def test_the_search_leads_to_a_comment(page: Page) -> None:
    """A word that stands in a comment alone finds it, with its place."""
    page.keyboard.press("/")
    page.keyboard.type("zebra")
    found = page.locator("dialog.search a[href*='#_note-11']")
    expect(found).to_be_visible()
    found.click()
    expect(page.locator("li:target .comment")).to_have_text("A zebra crossed.")
