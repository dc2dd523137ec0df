"""The links around a post in a browser: menus, and what is seen on small screens."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from knowrepo.model import Opener, Stale, Target
from tests import browser, sitefactory
from tests.sitefactory import post, site

pytestmark = pytest.mark.browser

SITE = "https://lab.example/"
OPENERS = tuple(Opener(name, f"https://{name.lower()}.example/{{path}}", (".ipynb",)) for name in ("Colab", "Hub"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as made:
        yield made


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A site with a post that has everything around it."""
    words = {"churn": 2, "member": 2}
    shown = post(
        "a.ipynb", "Churn " + "again" * 30, series="Bikes " + "y" * 60, terms=words, stale=(Stale(3, "c3"),), html='<p id="c3">Text</p>',
        download="posts/a/a.ipynb", script="posts/a/a.py", source_url="https://gitlab.example/a",
    )  # fmt: skip
    others = [
        post("b.md", "Other", created="2024-02-01", series="Bikes " + "y" * 60, terms=words, targets=(Target("posts/a/index.html"),)),
        *(post(f"{name}.md", terms={}) for name in "cd"),
    ]
    return sitefactory.build(site([shown, *others], openers=OPENERS))


@pytest.fixture
def page(chromium: Browser, files: dict[str, bytes]) -> Iterator[Page]:
    def answer(route: Route) -> None:
        data = files.get(route.request.url.removeprefix(SITE))
        kind = mimetypes.guess_type(route.request.url)[0] or "text/html"
        route.fulfill(body=data, headers={"Content-Type": kind}) if data else route.abort()

    made = chromium.new_page(viewport={"width": 320, "height": 700})
    made.route("**/*", answer)
    made.goto(SITE + "posts/a/index.html")
    yield made
    made.close()


def test_one_menu_is_open_at_a_time(page: Page) -> None:
    """A menu opens by keyboard, closes the other, and closes by Escape (the focus stays on it) and by a click elsewhere."""
    download, programs = page.locator("details.menu").all()
    download.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(download.get_by_role("link")).to_have_text(["Source (.ipynb)", "Code as a script (.py)"])
    programs.locator("summary").press("Enter")
    expect(programs.get_by_role("link", name="Colab")).to_be_visible()
    expect(download.get_by_role("link").first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(programs.get_by_role("link", name="Colab")).to_be_hidden()
    expect(programs.locator("summary")).to_be_focused()
    programs.locator("summary").press("Enter")
    page.locator("h1").click()
    expect(programs.get_by_role("link", name="Colab")).to_be_hidden()


def test_all_of_it_fits_a_small_screen(page: Page) -> None:
    """With everything unfolded nothing is wider than 320 pixels, and every link outside of running text is at least 24 pixels high."""
    for summary in page.locator(".series summary, .cite summary, .menu summary").all():
        summary.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    boxes = [link.bounding_box() for link in page.locator(".actions a:visible, .series a, .beside a, .respond a, details summary").all()]
    assert [box for box in boxes if box and box["height"] < 24] == []
    expect(page.locator(".cite .copy")).to_have_count(2)


def test_in_print_the_ways_on_are_gone(page: Page) -> None:
    """Paper has the text, where it comes from and the warning, but no menus and no lists of other posts."""
    page.emulate_media(media="print")
    for seen in (".stale", ".origin"):
        expect(page.locator(seen)).to_be_visible()
    for gone in (".actions", ".series", ".beside", ".respond", ".neighbours", ".cite"):
        expect(page.locator(gone)).to_be_hidden()
