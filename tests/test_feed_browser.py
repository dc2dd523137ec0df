"""The feed in a browser: filters, the address, the history, keys, the colours, and what there is without script."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from knowrepo.model import Person, Stored
from knowrepo.pages import artifacts
from tests import sitefactory
from tests.browser import chromium, until
from tests.sitefactory import EVIL, post, site

pytestmark = pytest.mark.browser

SITE = "https://team.example/"
KINDS = (".ipynb", ".md", ".Rmd", ".qmd", ".py")
Visit = Callable[..., Page]


def team() -> dict[str, bytes]:
    """Sixty posts, one a month from 2020 on: every second has the tag "even", every third "third", and so on."""
    made = [
        post(
            f"area-{number % 4}/sub-{number % 2}/post-{number:02}{KINDS[number % 5]}",
            f"Post {number:02} " + ("about whales" if number % 10 == 0 else "on Ätna" if number == 7 else "of a kind"),
            created=f"{2020 + number // 12}-{number % 12 + 1:02}-15",
            updated_at=datetime(2026, 1 + number % 12, 1, tzinfo=UTC),
            tags=tuple(tag for tag, step in (("even", 2), ("third", 3), ("fifth", 5)) if number % step == 0),
            authors=(Person("Ada Lovelace" if number % 3 else "Bob Ross"),),
            words=220 * (number + 1),
        )
        for number in range(60)
    ]
    whole = site([*reversed(made), post("evil.md", EVIL, created="2010-01-01", tags=("evil & <b>",))], posts_per_page=20)
    return {
        artifact.path: b"" if isinstance(artifact.content, Stored) else artifact.content
        for artifact in artifacts(whole, sitefactory.base())
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return team()


@pytest.fixture
def visit(browser: Browser, files: dict[str, bytes]) -> Iterator[Visit]:
    """Opens a page of the site in a context of its own; ``page.asked`` are the paths that it has asked for. A mistake in a script ends the test."""
    opened = []
    mistakes: list[str] = []

    def go(path: str = "index.html", **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(10_000)
        asked: list[str] = []

        def answer(route: Route) -> None:
            name = route.request.url.removeprefix(SITE).partition("#")[0].partition("?")[0] or "index.html"
            asked.append(name)
            if route.request.url.startswith(SITE) and name in files:
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                route.fulfill(body=files[name], headers={"Content-Type": kind, "Access-Control-Allow-Origin": "*"})
            else:
                route.abort()

        context.route("**/*", answer)
        page = context.new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.asked = asked  # type: ignore[attr-defined]
        page.goto(SITE + path)
        opened.append(context)
        return page

    yield go
    for context in opened:
        context.close()
    assert not mistakes


def titles(page: Page) -> list[str]:
    """The titles of the posts that can be seen."""
    return [text.strip() for text in page.locator("main [data-item] h2 >> visible=true").all_inner_texts()]


def status(page: Page, words: str) -> None:
    """Waits for what is said about the result."""
    expect(page.get_by_role("status").first).to_have_text(words)


def option(page: Page, name: str) -> Any:
    """A box of the panel; its name ends in the number of posts."""
    return page.locator("#_filters label").filter(has_text=name).first.locator("input")


def query(page: Page) -> str:
    return str(page.evaluate("decodeURIComponent(location.search)"))


def test_nothing_is_fetched_before_a_filter_is_used(visit: Visit) -> None:
    """A look at the feed loads no data; the first use of a filter does, once."""
    page = visit()
    assert "posts.json" not in page.asked  # type: ignore[attr-defined]
    page.get_by_role("searchbox").fill("whales")
    status(page, "6 of 61 posts")
    page.get_by_label("Sort by").select_option("Oldest")
    expect(page.locator("main article h2 >> visible=true").first).to_have_text("Post 00 about whales")
    assert page.asked.count("posts.json") == 1  # type: ignore[attr-defined]


def test_words_are_found_in_any_spelling(visit: Visit) -> None:
    """Every word has to be there, in the title, the summary, a tag, an author or a folder; accents and case do not matter."""
    page = visit()
    box = page.get_by_role("searchbox")
    for words, found in (("ATNA", 1), ("bob whales", 2), ("area-3 fifth", 3), ("nothing at all", 0)):
        box.fill(words)
        status(page, f"{found} of 61 posts")
    box.fill("")
    expect(page.locator("[data-unfiltered]").first).to_be_visible()


def test_tags_combine_with_and_or(visit: Visit) -> None:
    """Two tags mean both of them, or any; counts say what each box would leave; the address says it all."""
    page = visit()
    page.get_by_role("button", name="Filters").click()
    option(page, "even").check()
    status(page, "30 of 61 posts")
    expect(option(page, "third").locator("xpath=../span[@class='count']")).to_have_text("10")
    option(page, "third").check()
    status(page, "10 of 61 posts")
    page.get_by_label("any of them").check()
    status(page, "40 of 61 posts")
    assert query(page) == "?tag=even&tag=third&any=1"
    page.get_by_role("button", name="Remove the filter even").click()
    status(page, "20 of 61 posts")


def test_authors_folders_kinds_and_dates_narrow_the_feed(visit: Visit) -> None:
    """Each kind of filter is set in the panel, stands in the address and counts its alternatives."""
    page = visit()
    page.get_by_role("button", name="Filters").click()
    option(page, "Bob Ross").check()
    status(page, "20 of 61 posts")
    expect(option(page, "Ada Lovelace").locator("xpath=../span[@class='count']")).to_have_text("41")
    option(page, "area-1").check()
    status(page, "5 of 61 posts")
    page.get_by_role("button", name="Clear all").click()
    option(page, "Quarto").check()
    status(page, "12 of 61 posts")
    page.get_by_label("From", exact=True).fill("2021-01")
    page.get_by_label("To", exact=True).fill("2021-12")
    page.get_by_label("To", exact=True).blur()
    status(page, "3 of 61 posts")
    assert query(page) == "?kind=quarto&from=2021-01&to=2021-12"
    assert titles(page) == ["Post 23 of a kind", "Post 18 of a kind", "Post 13 of a kind"]


def test_a_shared_address_shows_the_same(visit: Visit) -> None:
    """Who opens the address sees the same posts in the same order, and the controls say so."""
    address = "index.html?tag=even&author=Bob+Ross&folder=area-0&from=2020&to=2023-06&sort=title"
    page = visit(address)
    status(page, "4 of 61 posts")
    assert titles(page) == ["Post 00 about whales", "Post 12 of a kind", "Post 24 of a kind", "Post 36 of a kind"]
    assert page.get_by_label("Sort by").input_value() == "title"
    expect(option(page, "Bob Ross")).to_be_checked()
    assert page.get_by_label("From", exact=True).input_value() == "2020-01"
    chips = page.locator("main .chips button").all_inner_texts()
    assert chips == ["From 2020-01", "To 2023-06", "even", "Bob Ross", "area-0", "Clear all"]


def test_a_later_page_of_the_feed_has_the_filters_too(visit: Visit) -> None:
    """What is made there leads to the same places."""
    page = visit("page/2/index.html?tag=evil+%26+<b>")
    status(page, "1 of 61 posts")
    assert page.locator(".results h2 a").get_attribute("href") == f"{SITE}posts/evil/index.html"


@pytest.mark.parametrize("odd", ["sort=__proto__&view=constructor&by=x", "from=99999&to=javascript:alert(1)", "any=1&from=2020-13&sort=-"])
def test_odd_addresses_do_nothing(visit: Visit, odd: str) -> None:
    """Values that mean nothing leave the feed as it is."""
    page = visit(f"index.html?{odd}")
    expect(page.locator("main article").first).to_be_visible()
    assert titles(page)[0] == "Post 59 of a kind"
    assert len(titles(page)) == 20


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("tag=<img src=x onerror=alert(1)>", ["<img src=x onerror=alert(1)>"]),
        ("tag=__proto__&author=constructor&kind=toString", ["__proto__", "constructor", "toString", "Clear all"]),
        ("&".join(f"tag={number}" for number in range(3000)), [*map(str, range(50)), "Clear all"]),
    ],
)
def test_a_name_that_no_post_has_finds_nothing(visit: Visit, asked: str, shown: list[str]) -> None:
    """A shared address whose tag is gone says which, and leads back to all posts."""
    page = visit(f"index.html?{asked}")
    status(page, "0 of 61 posts")
    assert page.locator("main .chips button").all_inner_texts() == shown
    page.locator(".nothing").get_by_role("button", name="Clear all").click()
    expect(page.locator("main article").first).to_be_visible()
    assert len(titles(page)) == 20


def test_back_and_forward_restore_what_was_seen(visit: Visit) -> None:
    """Every choice is a step back; typing is none."""
    page = visit()
    page.get_by_role("button", name="Filters").click()
    option(page, "even").check()
    status(page, "30 of 61 posts")
    page.get_by_role("searchbox").press_sequentially("whales")
    status(page, "6 of 61 posts")
    page.get_by_label("Sort by").select_option("Title")
    expect(page.locator("main article h2 >> visible=true").first).to_have_text("Post 00 about whales")
    page.go_back()
    expect(page.locator("main article h2 >> visible=true").first).to_have_text("Post 50 about whales")
    assert query(page) == "?q=whales&tag=even"
    page.go_back()
    expect(page.locator(".results")).to_be_hidden()
    assert page.get_by_role("searchbox").input_value() == ""
    page.go_forward()
    status(page, "6 of 61 posts")


def test_cards_are_those_of_the_server(visit: Visit) -> None:
    """A card made in the browser has the elements, classes, links and words of the one that was built (spans for search engines aside)."""
    shape = """card => { const copy = card.cloneNode(true);
      for (const part of copy.querySelectorAll(".ago")) part.remove();
      const parts = [copy, ...copy.querySelectorAll("*")].filter(part => part.tagName !== "SPAN");
      const said = part => [part.tagName, part.className, part.href, part.dateTime, part.style.cssText].join(" ");
      return [...parts.map(said), copy.textContent.replace(/\\s/g, "")]; }"""
    page = visit()
    built = page.locator("main article").first.evaluate(shape)
    page.get_by_role("searchbox").fill("post 59")
    status(page, "1 of 61 posts")
    made = page.locator(".results article").first.evaluate(shape)
    assert made == built


def test_hostile_titles_stay_text(visit: Visit) -> None:
    """A title that looks like markup is shown as it is written, in cards, table, tree and filters."""
    for view in ("cards", "table", "tree"):
        page = visit(f"index.html?q=quoted&view={view}")
        status(page, "1 of 61 posts")
        assert "<script>alert(1)</script>" in page.locator(".results").inner_text()
        assert page.locator(".results script").count() == 0


def test_more_posts_come_as_the_reader_scrolls(visit: Visit) -> None:
    """A long result begins with some cards and goes on by itself, or by a button."""
    page = visit("index.html?sort=title")
    status(page, "61 of 61 posts")
    shown = page.locator(".results article").count()
    assert 0 < shown < 61
    while shown < 61:
        page.mouse.wheel(0, 20_000)
        until(page, f"document.querySelectorAll('.results article').length > {shown}")
        shown = page.locator(".results article").count()
    expect(page.locator(".results article")).to_have_count(61)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_nothing_found_says_how_to_widen(visit: Visit) -> None:
    """An empty result names every filter with what there would be without it; one press takes it out."""
    page = visit("index.html?tag=even&q=tna")
    status(page, "0 of 61 posts")
    expect(page.get_by_text("No post fits all of these filters.")).to_be_visible()
    page.get_by_role("button", name="Without even: 1").click()
    status(page, "1 of 61 posts")
    expect(page.get_by_role("button", name="Remove the filter “tna”")).to_be_focused()


def test_the_table_sorts_by_its_heads(visit: Visit) -> None:
    """A head sorts, a second press turns the order round; readers of screens are told, and the focus stays."""
    page = visit("index.html?tag=third&view=table")
    status(page, "20 of 61 posts")
    assert page.locator("th[aria-sort]").inner_text().strip() == "Created"
    page.get_by_role("button", name="Minutes").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort='descending']")).to_have_text("Minutes")
    assert page.locator("tbody tr").first.locator("td").last.inner_text() == "58"
    expect(page.get_by_role("button", name="Minutes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort='ascending']")).to_have_text("Minutes")
    assert page.locator("tbody tr").first.locator("td").last.inner_text() == "1"
    assert query(page) == "?tag=third&sort=-minutes&view=table"


def test_the_tree_is_by_folder_tag_or_author(visit: Visit) -> None:
    """Branches have the number of their posts, and open; the filter stays when the view changes."""
    page = visit("index.html?author=Bob+Ross")
    page.get_by_role("link", name="Tree").click()
    expect(page.locator(".tree > li > details")).to_have_count(4)
    assert page.locator(".tree summary").first.inner_text().split() == ["area-0", "5"]
    page.get_by_role("radio", name="Tags").check()
    expect(page.locator(".tree > li > details > summary").last).to_have_text("third 20")
    page.locator(".tree summary").last.click()
    assert query(page) == "?author=Bob+Ross&view=tree&by=tag"
    page.get_by_role("link", name="Cards").click()
    status(page, "20 of 61 posts")


def test_filters_that_cannot_be_loaded_say_so(visit: Visit) -> None:
    """Without the data the feed stays as it is, and a message says what to do; the next use tries again."""
    page = visit()
    page.context.route("**/posts.json", lambda route: route.abort())
    page.get_by_role("searchbox").fill("whales")
    status(page, "The list of posts could not be loaded. Reload the page to try again.")
    assert len(titles(page)) == 20
    page.context.unroute("**/posts.json")
    page.get_by_role("searchbox").fill("whale")
    status(page, "6 of 61 posts")


@pytest.mark.parametrize("width", [320, 375])
def test_a_small_screen_folds_the_filters(visit: Visit, width: int) -> None:
    """The panel is folded until asked for; nothing scrolls sideways, and everything that can be pressed is large enough."""
    page = visit("index.html?tag=even&tag=third", viewport={"width": width, "height": 700})
    status(page, "10 of 61 posts")
    expect(page.locator("#_filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("#_filters")).to_be_visible()
    for view in ("Cards", "Table", "Tree"):
        page.get_by_role("link", name=view, exact=True).click()
        expect(page.locator("main nav [aria-current]")).to_have_text(view)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = """() => [...document.querySelectorAll(".filters :is(button, input, select), .ways a, header button")].filter(part => {
      const box = (part.closest("label") ?? part).getBoundingClientRect(); return box.width && (box.width < 24 || box.height < 24); }).length"""
    assert page.evaluate(small) == 0


def test_keys_lead_through_the_feed(visit: Visit) -> None:
    """j and k go from post to post, Enter opens; while somebody writes or holds Ctrl they are letters."""
    page = visit()
    for key, title in (("j", "Post 59"), ("j", "Post 58"), ("k", "Post 59"), ("k", "Post 59")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent").startswith(title)
    page.get_by_role("searchbox").focus()
    page.keyboard.type("jkt?/")
    assert page.get_by_role("searchbox").input_value() == "jkt?/"
    assert page.evaluate("document.documentElement.dataset.scheme") is None
    page.get_by_role("searchbox").fill("whales")
    status(page, "6 of 61 posts")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("Control+j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/area-2/sub-0/post-50/index.html")


def test_the_help_tells_the_keys(visit: Visit) -> None:
    """? and a button in the footer open a dialog that holds the focus; Esc closes it and gives the focus back."""
    page = visit("posts/evil/index.html")
    button = page.get_by_role("button", name="Keyboard shortcuts")
    button.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    assert "Search" in dialog.inner_text()
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_the_colours_follow_the_system_until_chosen(visit: Visit) -> None:
    """The switch and the key t change the colours, on every page and from the first moment; going back to the system's forgets the choice."""
    paper = "getComputedStyle(document.body).backgroundColor"
    page = visit(color_scheme="light")
    light = page.evaluate(paper)
    switch = page.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    dark = page.evaluate(paper)
    assert dark != light
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.goto(SITE + "tags/even/index.html")
    assert page.evaluate(paper) == dark
    assert page.evaluate("document.querySelector('meta[name=color-scheme]').content") == "dark"
    page.keyboard.press("t")
    assert page.evaluate(paper) == light
    assert page.evaluate("localStorage.length") == 0
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == dark
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


def test_a_chosen_dark_page_prints_on_white(visit: Visit) -> None:
    """Paper is white whatever was chosen, and has no navigation."""
    page = visit(color_scheme="light")
    page.keyboard.press("t")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    for part in (".site-nav", ".tools", ".ways", ".filters", ".side", ".site-footer"):
        expect(page.locator(part).first).to_be_hidden()


def test_dates_say_how_long_ago(visit: Visit) -> None:
    """A card's line ends with how long ago its latest date is, in the language of the page; nothing moves for it."""
    page = visit(timezone_id="UTC")
    page.evaluate("() => new PerformanceObserver(() => {}).observe({ type: 'layout-shift', buffered: true })")
    first = page.locator("main article").first
    assert first.locator("time").first.get_attribute("datetime") == "2024-12-15"
    assert first.locator(".ago").inner_text() == first.locator("time").last.get_attribute("title")
    shift = "() => performance.getEntriesByType('layout-shift').reduce((sum, entry) => sum + entry.value, 0)"
    assert page.evaluate(shift) == 0


def test_everything_is_there_without_script(visit: Visit) -> None:
    """Without script the feed has its posts and pages, the views are plain pages, and nothing that needs a script is shown."""
    page = visit(java_script_enabled=False)
    assert page.locator("main article").count() == 20
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".tools button")).to_be_hidden()
    page.get_by_role("link", name="Table").click()
    expect(page.locator("tbody tr")).to_have_count(61)
    page.get_by_role("link", name="Tree").click()
    page.locator("summary").first.click()
    page.locator(".tree details[open] summary").nth(1).click()
    page.locator(".tree a >> visible=true").first.click()
    page.wait_for_url("**/posts/area-0/**")


def test_the_plain_table_sorts(visit: Visit) -> None:
    """With script the heads of the plain table sort its rows."""
    page = visit("table/index.html")
    page.get_by_role("button", name="Minutes").click()
    assert page.locator("tbody tr").first.locator("td").last.inner_text() == "1"
