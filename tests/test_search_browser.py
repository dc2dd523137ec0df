"""The search in a browser: the dialog by keyboard and for screen readers, the page and its address, marks in a post, and what is said when parts are lost."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from knowrepo import build
from knowrepo.cache import Cache
from tests import gitrepo, team
from tests.browser import chromium, until
from tests.test_sample_browser import AXE, SMALL, violations

pytestmark = pytest.mark.browser

SITE = "https://team.example/notes/"
EVIL = "<img src=x onerror=alert(1)> whales"
SIZES = ((1280, 900), (375, 812))
Visit = Callable[..., Page]
LONG = "\n\n".join(
    f"Paragraph {number} tells at great length of plankton, krill and other small things that drift in the sea." for number in range(120)
)

SAMPLE: dict[str, str] = {
    "knowrepo.yml": f"title: Our team\nsite_url: {SITE}\n",
    "growth/churn.ipynb": team.notebook("Churn model", word="riders", tags="[churn, growth]"),
    "methods/guide.md": team.header("The guide", "team: growth", tags="[method]", authors="[Bob Ross]", day="2022-03-01")
    + "\n# Finding\n\nA whale is no fish. Müller counts whales with `pd.read_csv`.\n",
    "methods/evil.md": team.header(f"'{EVIL}'", tags="[method]", authors="[Bob Ross]", day="2021-03-01") + "\n# Finding\n\nWhales.\n",
    "methods/long.md": team.header("Plankton", tags="[deep]", authors="[Zoe Zorn]", day="2020-03-01")
    + f"\n# Krill\n\n{LONG}\n\nA beluga ends it.\n\n```python\nfor each in sea:\n    if tusk:\n        narwhals.append(each)\n        break\n```\n",
} | {
    f"series/part-{number:02}.md": team.header(
        f"Walrus {number:02}",
        tags="[walrus, even]" if number % 2 == 0 else "[walrus, odd]",
        authors="[Ana Abbott]",
        day=f"{2019 + number % 5}-06-15",
    )
    + f"\n# Finding\n\nA walrus swims in sea {number}.\n"
    for number in range(30)
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    repository = gitrepo.make(folder / "repo", SAMPLE)
    team.site(repository, folder / "site")
    return folder / "site"


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    """Opens a page of the site in a context of its own; ``page.asked`` are the paths that it has asked for. A mistake in a script ends the test."""
    opened = []
    mistakes: list[str] = []

    def go(path: str = "index.html", **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(10_000)
        asked: list[str] = []

        def answer(route: Route) -> None:
            name = route.request.url.removeprefix(SITE).partition("#")[0].partition("?")[0]
            asked.append(name)
            file = site / name
            if route.request.url.startswith(SITE) and file.is_file():
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                route.fulfill(body=file.read_bytes(), headers={"Content-Type": kind, "Access-Control-Allow-Origin": "*"})
            else:
                route.abort()

        context.route("**/*", answer)
        page = context.new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: mistakes.append(said.text) if said.type == "error" and "net::ERR" not in said.text else None)
        page.asked = asked  # type: ignore[attr-defined]
        page.goto(SITE + path)
        opened.append(context)
        return page

    yield go
    for context in opened:
        context.close()
    assert not mistakes


def dialog(page: Page, query: str = "") -> Any:
    """The dialog, opened by key, with a query whose answer is there."""
    page.keyboard.press("/")
    box = page.get_by_role("dialog", name="Search")
    expect(box).to_be_visible()
    if query:
        page.keyboard.type(query)
        expect(box.get_by_role("option").last).to_contain_text("result")
    return box


def active(page: Page) -> str:
    """The text of the option that readers of screens are told of."""
    return str(page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText ?? ''"))


def query(page: Page) -> str:
    return unquote_plus(page.url.partition("?")[2].partition("#")[0])


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("main article h2").all_inner_texts()]


def option(page: Page, name: str) -> Any:
    return page.locator("#_filters label").filter(has_text=name).first.locator("input")


def marked(page: Page) -> list[str]:
    return list(page.evaluate("[...CSS.highlights.get('search') ?? []].map(range => range.toString())"))


def small(page: Page) -> list[str]:
    """What is too small to be pressed; a box is as large as its label."""
    return [element for element in page.evaluate(SMALL) if 'type="checkbox"' not in element]


def test_the_page_shows_what_a_card_has_no_room_for(visit: Visit) -> None:
    """An excerpt comes from the page of the post where what is kept of it for excerpts does not have the word."""
    page = visit("search/index.html?q=beluga")
    expect(page.locator("article mark")).to_have_text("beluga")
    assert "A beluga ends it." in page.locator("article").inner_text()
    assert "posts/methods/long/index.html" in page.asked  # type: ignore[attr-defined]


def test_code_stands_without_what_all_its_lines_are_indented_by(visit: Visit) -> None:
    """The lines of an excerpt begin where the least indented of them begins."""
    excerpt = visit("search/index.html?q=narwhals").locator("article code.excerpt")
    expect(excerpt.locator("mark")).to_have_text("narwhals.append")
    assert excerpt.inner_text() == "narwhals.append(each)\nbreak"


def test_words_of_a_title_are_marked(visit: Visit) -> None:
    """In the dialog and on the page."""
    expect(dialog(visit(), "guided").locator(".head mark")).to_have_text("guide")
    expect(visit("search/index.html?q=guides").locator("article h2 mark")).to_have_text("guide")


def test_a_phrase_is_looked_for_in_the_post_alone(visit: Visit) -> None:
    """The page of a long post names its neighbours; that is no text of its own."""
    page = visit("search/index.html?q=%22the guide%22")
    expect(page.locator("article h2")).to_have_text(["The guide"])


def test_nothing_is_loaded_before_somebody_searches(visit: Visit) -> None:
    """A page asks for no part of the search; the first use loads its script, and then its words and its index at once."""
    page = visit("posts/methods/guide/index.html")
    page.wait_for_load_state("networkidle")
    assert not [path for path in page.asked if "search" in path]  # type: ignore[attr-defined]
    dialog(page)
    parts = [path for path in page.asked if "search" in path]  # type: ignore[attr-defined]
    assert parts[0].startswith("assets/search-")
    assert {path.partition("-")[0] for path in parts[1:]} == {"assets/search", "search/index.bin"}


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_keys_open_the_dialog_and_give_the_focus_back(visit: Visit, key: str) -> None:
    """The field has the focus, the page behind stands still; Escape, or Ctrl-K once more, closes it."""
    page = visit()
    link = page.get_by_role("link", name="Tags", exact=True)
    link.focus()
    for way in ("Escape", "Control+k"):
        page.keyboard.press(key)
        expect(page.get_by_role("combobox", name="Search")).to_be_focused()
        before = page.evaluate("scrollY")
        page.mouse.move(640, 850)
        page.mouse.wheel(0, 500)
        assert page.evaluate("[scrollY, getComputedStyle(document.documentElement).overflowY]") == [before, "hidden"]
        page.keyboard.press(way)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(link).to_be_focused()
        assert page.evaluate("document.documentElement.style.overflow") == ""


def test_the_link_in_the_header_opens_it_too(visit: Visit) -> None:
    """A click opens the dialog; one that asks for another tab is a link's."""
    page = visit("tags/index.html")
    link = page.get_by_role("link", name="Search")
    link.click()
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()
    page.mouse.click(5, 400)
    expect(page.get_by_role("dialog")).to_have_count(0)
    with page.context.expect_page():
        link.click(modifiers=["Control"])
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_typed_while_it_loads_is_kept(visit: Visit) -> None:
    """On a slow network the letters after / are for the search, and no keys of the page."""
    page = visit()
    held: list[Route] = []
    page.context.route("**/assets/search-*.js", lambda route: held.append(route))
    page.keyboard.press("/")
    page.keyboard.type("tj")
    until(page, "document.querySelector('head > script[integrity]:last-of-type').src.includes('search-')")
    held[0].fallback()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("tj")
    assert page.evaluate("document.documentElement.dataset.scheme") is None


def test_the_keyboard_leads_to_a_section(visit: Visit) -> None:
    """Readers of screens are told the result and the option; arrows, Home and End choose, and Enter opens the place with its words marked."""
    page = visit()
    box = dialog(page, "whales")
    field = box.get_by_role("combobox")
    assert field.get_attribute("aria-expanded") == "true"
    assert box.get_by_role("listbox", name="Results").get_attribute("id") == field.get_attribute("aria-controls")
    expect(box.get_by_role("status")).to_contain_text("2 posts")
    first = active(page)
    page.keyboard.press("End")
    assert active(page) == first  # the caret's, until an arrow has led into the list
    page.keyboard.press("ArrowUp")
    assert active(page) == "All 2 results"
    page.keyboard.press("Home")
    assert active(page) == first
    page.keyboard.press("ArrowDown")
    assert "Finding" in active(page)
    assert box.get_by_role("option", selected=True).count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/methods/*/index.html?h=*#*")
    assert {text.lower() for text in marked(page)} >= {"whales"}


def test_enter_without_a_choice_opens_the_page(visit: Visit) -> None:
    """All results stand on the page of the search, which has the query."""
    page = visit()
    dialog(page, "walrus")
    page.keyboard.press("ArrowUp")
    assert active(page) == "All 30 results"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/index.html?q=walrus")
    expect(page.get_by_role("status").first).to_contain_text("30 posts")


def test_fields_and_values_are_completed(visit: Visit) -> None:
    """Tab takes what is offered: a field, then one of its values; where nothing is offered it leads on."""
    page = visit()
    box = dialog(page)
    page.keyboard.type("ta")
    expect(box.get_by_role("group", name="Complete the query")).to_contain_text("tag:")
    page.keyboard.press("Tab")
    expect(box.get_by_role("combobox")).to_have_value("tag:")
    page.keyboard.type("wa")
    expect(box.get_by_role("option").first).to_contain_text("tag:walrus")
    expect(box.get_by_role("status")).to_contain_text("Complete the query: tag:walrus")
    page.keyboard.press("Tab")
    expect(box.get_by_role("combobox")).to_have_value("tag:walrus ")
    expect(box.get_by_role("status")).to_contain_text("30 posts")
    page.keyboard.press("Tab")
    expect(box.get_by_role("combobox")).not_to_be_focused()


def test_an_older_answer_never_replaces_a_newer_one(visit: Visit) -> None:
    """However late what was asked for first arrives, the dialog shows what stands in its field."""
    page = visit()
    box = dialog(page)
    held: list[Route] = []
    page.context.route("**/search/p/**", lambda route: held.append(route))
    page.keyboard.type("walrus")
    expect(page.locator("dialog.waiting")).to_be_visible()
    page.context.unroute("**/search/p/**")
    box.get_by_role("combobox").fill("whales")
    expect(box.get_by_role("option").last).to_have_text("All 2 results")
    expect(page.locator("dialog.waiting")).to_have_count(0)
    late = page.evaluate("performance.getEntriesByType('resource').length") + len(held)
    for route in held:
        route.fallback()
    until(page, f"performance.getEntriesByType('resource').length >= {late}")
    expect(box.get_by_role("option").last).to_have_text("All 2 results")
    expect(box.get_by_role("option").first).to_contain_text("whales")


def test_a_letter_alone_is_the_beginning_of_a_word(visit: Visit) -> None:
    """It says nothing yet, so no post is loaded for it; once it is a word by itself it is looked for."""
    page = visit()
    box = dialog(page)
    page.keyboard.type("z")
    until(page, "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('index.bin'))")
    expect(box.get_by_text("You can write")).to_be_visible()
    assert not [path for path in page.asked if path.startswith(("search/p/", "search/t/"))]  # type: ignore[attr-defined]
    box.get_by_role("combobox").fill("whales z")
    expect(box.get_by_role("option").last).to_have_text("All 2 results")
    box.get_by_role("combobox").fill("z ")
    expect(box.locator(".none")).to_be_visible()


def test_recent_searches_are_kept_here(visit: Visit) -> None:
    """What led to a post is offered again; each can be forgotten, or all, and nothing but the newest eight is kept."""
    page = visit()
    page.evaluate("localStorage.setItem('knowrepo:searches', JSON.stringify([...Array(9).keys()].map(number => `old ${number}`)))")
    dialog(page, "whales")
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/**")
    box = dialog(page)
    expect(box.get_by_role("option")).to_have_count(8)
    expect(box.get_by_role("option").first).to_have_text("whales")
    box.get_by_role("button", name="Forget old 1", exact=True).click()
    expect(box.get_by_role("option")).to_have_count(7)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box.get_by_role("combobox")).to_have_value("whales")
    box.get_by_role("combobox").fill("")
    box.get_by_role("button", name="Forget all").click()
    expect(box.get_by_role("option")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('knowrepo:searches')") is None


def test_a_wrong_query_says_so_and_finds_the_rest(visit: Visit) -> None:
    """One line for each mistake, with the results of what is right."""
    page = visit()
    box = dialog(page, "whales foldr:x ")
    expect(box.locator(".said")).to_contain_text("There is no field “foldr”")
    expect(box.get_by_role("option").first).to_contain_text("whales")


def test_hostile_titles_stay_text(visit: Visit) -> None:
    """What looks like markup is shown as it is written, in the dialog and on the page."""
    page = visit()
    box = dialog(page, "onerror")
    expect(box.get_by_role("option").first).to_contain_text(EVIL)
    page.goto(SITE + "search/index.html?q=onerror&tag=%3Cimg%20src%3Dx%3E")
    expect(page.locator(".chips button").first).to_have_text("<img src=x>")
    page.goto(SITE + "search/index.html?q=onerror")
    expect(page.locator("main article h2").first).to_have_text(EVIL)
    assert page.locator("main img, dialog img").count() == 0


def test_a_lost_index_is_said(visit: Visit) -> None:
    """Without its index the search says what to do, and the next try works."""
    page = visit()
    page.context.route("**/search/index.bin", lambda route: route.abort())
    page.keyboard.press("/")
    page.keyboard.type("whales")
    box = page.get_by_role("dialog")
    expect(box.locator(".said")).to_contain_text("The search could not load its index.")
    page.context.unroute("**/search/index.bin")
    box.get_by_role("button", name="Try again").click()
    expect(box.get_by_role("option").first).to_be_visible()


def test_a_lost_part_is_said(visit: Visit) -> None:
    """What is left is searched."""
    page = visit()
    page.context.route("**/search/**", lambda route: route.fallback() if "index.bin" in route.request.url else route.abort())
    page.keyboard.press("/")
    page.keyboard.type("whales ")
    expect(page.get_by_role("dialog").locator(".said")).to_contain_text("could not be loaded")


def test_without_its_words_the_page_is_opened(visit: Visit) -> None:
    """A part that another build has taken away is no dead end."""
    page = visit("tags/index.html")
    page.context.route("**/assets/search-texts-*", lambda route: route.abort())
    page.keyboard.press("/")
    page.wait_for_url("**/search/index.html")


def test_the_page_has_its_state_in_the_address(visit: Visit) -> None:
    """Every choice is a step of the history, typing is none; who opens the address sees the same."""
    page = visit("search/index.html")
    page.get_by_role("searchbox", name="Search").press_sequentially("walrus")
    status = page.get_by_role("status").first
    expect(status).to_contain_text("30 posts")
    assert query(page) == "q=walrus"
    option(page, "even").check()
    expect(status).to_contain_text("15 posts")
    option(page, "odd").check()
    expect(status).to_contain_text("Nothing was found")
    page.get_by_text("any of them").click()
    expect(status).to_contain_text("30 posts")
    assert query(page) == "q=walrus&tag=even&tag=odd&any=1"
    page.get_by_label("Sort by").select_option("Newest")
    expect(page.locator("main article time").first).to_have_text("2023-06-15")
    assert query(page) == "q=walrus&tag=even&tag=odd&any=1&sort=date"
    seen = titles(page)
    page.reload()
    expect(status).to_contain_text("30 posts")
    assert titles(page) == seen
    expect(option(page, "odd")).to_be_checked()
    for left in (30, 0, 15, 30):
        page.go_back()
        expect(status).to_contain_text(f"{left} posts" if left else "Nothing was found")
    assert query(page) == "q=walrus"
    page.go_forward()
    expect(status).to_contain_text("15 posts")


def test_facets_narrow_with_counts(visit: Visit) -> None:
    """Names of one kind are alternatives and keep their counts, kinds narrow each other; years need not follow each other."""
    page = visit("search/index.html?q=walrus")
    status = page.get_by_role("status").first
    expect(status).to_contain_text("30 posts")
    option(page, "2019").check()
    expect(status).to_contain_text("6 posts")
    expect(option(page, "2021").locator("xpath=../span[@class='count']")).to_have_text("6")
    option(page, "2021").check()
    expect(status).to_contain_text("12 posts")
    assert {text[:4] for text in page.locator("main article time").all_inner_texts()} == {"2019", "2021"}
    option(page, "even").check()
    expect(status).to_contain_text("6 posts")
    page.get_by_role("button", name="Remove the filter 2019").click()
    expect(status).to_contain_text("3 posts")
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".chips button")).to_have_count(0)


def test_more_results_follow(visit: Visit) -> None:
    """Twenty stand on the page, a button brings the next, and the address remembers how many were seen."""
    page = visit("search/index.html?q=walrus&sort=date")
    expect(page.locator("main article")).to_have_count(20)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("main article")).to_have_count(30)
    expect(page.locator("main article").nth(20).locator("h2 a")).to_be_focused()
    assert query(page) == "q=walrus&sort=date&page=2"
    assert len(set(titles(page))) == 30
    page.reload()
    expect(page.locator("main article")).to_have_count(30)


@pytest.mark.parametrize(
    "odd", ["q=%22", "q=OR+OR", "tag=%22&q=OR", "year=x&page=-3&sort=__proto__", "page=1e9&q=walrus", "kind=constructor&lang=__proto__"]
)
def test_odd_addresses_do_no_harm(visit: Visit, odd: str) -> None:
    """Whatever stands in the address, the page answers."""
    page = visit(f"search/index.html?{odd}")
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    page.get_by_role("searchbox").fill("whales")
    expect(page.get_by_role("status").first).not_to_be_empty()


def test_the_page_finds_its_field_by_key(visit: Visit) -> None:
    """On the page of the search / and Ctrl-K lead to its field; j goes from result to result."""
    page = visit("search/index.html?q=whales")
    expect(page.locator("main article")).to_have_count(2)
    for key in ("/", "Control+k"):
        page.get_by_role("link", name="Tags", exact=True).focus()
        page.keyboard.press(key)
        expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.get_by_role("link", name="Tags", exact=True).focus()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def test_marks_are_whole_words_and_go_with_escape(visit: Visit) -> None:
    """Case and accents do not matter, names made of several elements are whole, and nothing in the page itself changes."""
    page = visit("posts/methods/guide/index.html?h=MULLER~whale~pd.read_csv~whale+is#finding")
    until(page, "CSS.highlights.has('search')")
    assert marked(page) == ["whale is", "Müller", "pd.read_csv"]
    assert page.locator("mark").count() == 0
    page.keyboard.press("Escape")
    assert marked(page) == []
    assert page.url == SITE + "posts/methods/guide/index.html#finding"
    page.goto(SITE + "posts/growth/churn/index.html?h=read_csv~pd.read_csv~[a(")
    assert marked(page) == ["pd.read_csv"]
    page.get_by_role("button", name="Clear the marks").click()
    assert marked(page) == []
    expect(page.get_by_role("button", name="Clear the marks")).to_have_count(0)


def test_without_script_the_page_helps(visit: Visit) -> None:
    """It says that the search needs JavaScript, leads to all posts, and explains the grammar."""
    page = visit("index.html", java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.wait_for_url("**/search/index.html")
    expect(page.get_by_text("The search needs JavaScript")).to_be_visible()
    for name in ("Tags", "Authors", "Folders", "Archive", "Table"):
        expect(page.locator("main").get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="How to search")).to_be_visible()
    expect(page.locator("main input")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    """No violation of WCAG 2.2 A and AA in the dialog (empty, with recent searches, with results, with nothing) and on the page with all its filters."""
    assert AXE.is_file(), "no axe-core found: run scripts/check"
    found = {}
    for width, height in SIZES:
        page = visit(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": height})
        box = dialog(page)
        found["empty", width] = violations(page)
        box.get_by_role("combobox").fill("walrus")
        expect(box.get_by_role("option").last).to_contain_text("results")
        expect(box.get_by_role("status")).to_contain_text("30 posts")
        found["results", width] = violations(page)
        box.get_by_role("combobox").fill("walrus ta")
        expect(box.get_by_role("group", name="Complete the query")).to_be_visible()
        found["completions", width] = violations(page)
        box.get_by_role("combobox").fill("foldr:qqqqq xyzzyqq ")
        expect(box.locator(".wrong").first).to_be_visible()
        found["nothing", width] = violations(page)
        page.evaluate("localStorage.setItem('knowrepo:searches', JSON.stringify(['walrus', 'tag:even']))")
        box.get_by_role("combobox").fill("")
        expect(box.get_by_role("option")).to_have_count(2)
        found["recent", width] = violations(page)
        page.goto(SITE + "search/index.html?q=walrus&tag=even&tag=walrus&year=2019")
        expect(page.locator("main article").first).to_be_visible()
        if page.locator("#_filters").is_hidden():
            page.get_by_role("button", name="Filters").click()
        found["page", width] = violations(page)
        page.goto(SITE + "posts/methods/guide/index.html?h=whale")
        until(page, "CSS.highlights.has('search')")
        found["marks", width] = violations(page)
    assert {place: rules for place, rules in found.items() if rules} == {}


@pytest.mark.parametrize("width", [375, 320])
def test_on_a_phone_it_fills_the_screen(visit: Visit, width: int) -> None:
    """The dialog is as large as the screen, nothing scrolls sideways, and everything that can be pressed is large enough; a touch opens a result."""
    page = visit(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Search").tap()
    box = page.get_by_role("dialog", name="Search")
    expect(box).to_be_visible()
    assert box.bounding_box() == {"x": 0, "y": 0, "width": width, "height": 700}
    box.get_by_role("combobox").fill("whales")
    expect(box.get_by_role("option").last).to_contain_text("results")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelector('dialog').scrollWidth") == width
    assert small(page) == []
    box.get_by_role("option").nth(1).tap()
    page.wait_for_url("**/posts/methods/**")
    page.goto(SITE + "search/index.html?q=walrus&tag=even")
    expect(page.locator("main article").first).to_be_visible()
    page.get_by_role("button", name="Filters").tap()
    expect(page.locator("#_filters")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert small(page) == []


def test_an_offline_site_is_searched_from_a_folder(browser: Browser, tmp_path: Path) -> None:
    """Built with ``offline``, dialog and page find posts from ``file://``, and the policy stops nothing."""
    repository = gitrepo.make(tmp_path / "repo", SAMPLE)
    build.build(build.Workshop(repository, tmp_path / "site", Cache(tmp_path / "cache"), build.Options(offline=True)))
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "site/posts/methods/guide/index.html").as_uri())
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("riders")
    expect(page.get_by_role("option").first).to_contain_text("Churn model")
    page.goto((tmp_path / "site/search/index.html").as_uri() + "?q=whale")
    expect(page.get_by_role("main")).to_contain_text("The guide")
    assert not said
    page.close()
