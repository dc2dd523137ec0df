"""Every kind of page of the sample site in a browser: nothing against WCAG 2.2 A and AA that axe-core knows of, no sideways scrolling, no small targets.

Pages are found, not listed: one of each kind, which is the folder at the site's root that it lies in and whether it is that folder's own. They are
answered as GitLab Pages does, and a request to anywhere else fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests import samplesite
from tests.browser import chromium
from tests.gitlabpages import Pages

pytestmark = pytest.mark.browser

AXE = samplesite.ROOT / ".venv-check" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
POSTS = ("posts/methods/gallery-of-outputs/index.html", "posts/guides/metrics/index.html", "posts/growth/churn-model/index.html")
"""Beside those that are found: the ugliest outputs, a long text, a series."""
SIZES = {1280: 900, 375: 812}
SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [role=button], [tabindex='0']")].filter(element => {
    const box = element.getBoundingClientRect();
    const shown = box.width && box.height && element.checkVisibility({visibilityProperty: true});
    if (!shown || element.closest("[aria-hidden=true], .body, .tldr, .readme")) return false;
    const inline = getComputedStyle(element).display === "inline" && element.closest("p, li, dd, td, figcaption");
    return !inline && !element.matches(".skip, .unseen, .anchor") && Math.min(box.width, box.height) < 23.9;
}).map(element => `${element.outerHTML.slice(0, 120)} ${JSON.stringify(element.getBoundingClientRect())}`)"""
"""Targets of our own that are below 24 pixels; links within a text may be (WCAG 2.5.8), and those of a post are its author's."""

PRESSED = """() => [...document.querySelectorAll("nav, button, input:not([disabled]), select, .tools, .skip, .site-footer, .side")]
    .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.closest("th, .body, .tldr, .readme"))
    .map(element => element.outerHTML.slice(0, 100))"""
"""What can be pressed, outside of posts (where a table of contents may stand) and but for the names of columns, which are buttons."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samplesite.build(tmp_path_factory)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def kinds(site: Path) -> list[str]:
    """A page of each kind."""
    found: dict[tuple[str, bool], str] = {}
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site).as_posix()
        if not path.startswith("assets/") and b'http-equiv="refresh"' not in file.read_bytes()[:2000]:
            found.setdefault((path.partition("/")[0], path.count("/") > 1), path)
    return [*found.values(), *POSTS]


def visit(browser: Browser, site: Path, **options: Any) -> Page:
    """A page whose only host is the site, on which axe-core may run."""
    context = browser.new_context(**({"bypass_csp": True} | options))
    context.set_default_timeout(15_000)
    pages = Pages({urlsplit(samplesite.ADDRESS).path: site})

    def answer(route: Route) -> None:
        if not route.request.url.startswith(samplesite.ADDRESS):
            route.abort()
            return
        found = pages.get(route.request.url)
        route.fulfill(status=found.status, body=found.body, headers=dict(found.headers))

    context.route("**/*", answer)
    return context.new_page()


def violations(page: Page) -> list[tuple[Any, ...]]:
    """What axe-core finds, after everything that moves has come to rest."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    page.evaluate("Promise.allSettled(document.getAnimations().map(animation => animation.finished))")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false}).then(result => result.violations)", TAGS)
    return [(rule["id"], [(node["html"][:150], node["failureSummary"][:300]) for node in rule["nodes"][:3]]) for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, site: Path, scheme: str) -> None:
    """No violation on a page of each kind, at 1280 and 375 pixels, with everything open that folds."""
    assert AXE.is_file(), "no axe-core found: run scripts/check"
    page = visit(browser, site, color_scheme=scheme)
    pages = kinds(site)
    assert len(pages) > 12
    found = {}
    for path in pages:
        page.goto(samplesite.ADDRESS + path)
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for opened in (False, True):
                page.evaluate(
                    "open => document.querySelectorAll('details').forEach(details => { details.name = ''; details.open = open; })", opened
                )
                found[path, width, opened] = violations(page)
    page.context.close()
    assert {place: rules for place, rules in found.items() if rules} == {}


@pytest.mark.parametrize("width", [375, 320])
def test_nothing_scrolls_sideways_and_targets_are_large(browser: Browser, site: Path, width: int) -> None:
    """On small screens each kind of page is as wide as the screen, and what can be pressed is at least 24 pixels wide and high."""
    page = visit(browser, site, viewport={"width": width, "height": 700}, has_touch=True)
    wide, small = [], {}
    for path in kinds(site):
        page.goto(samplesite.ADDRESS + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
        if too_small := page.evaluate(SMALL):
            small[path] = too_small[:4]
    page.context.close()
    assert (wide, small) == ([], {})


def test_the_first_tab_skips_to_the_content(browser: Browser, site: Path) -> None:
    """On each kind of page but the one for lost readers the first Tab leads to a link that Enter follows to the main."""
    page = visit(browser, site)
    for path in set(kinds(site)) - {"404.html"}:
        page.goto(samplesite.ADDRESS + path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", path
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.localName") == "main", path
    page.context.close()


def test_print_shows_no_navigation(browser: Browser, site: Path) -> None:
    """On paper there is nothing to press: no navigation, no button, no filter; the title is there."""
    page = visit(browser, site)
    page.emulate_media(media="print")
    found = {}
    for path in kinds(site):
        page.goto(samplesite.ADDRESS + path)
        if left := page.evaluate(PRESSED):
            found[path] = left
        assert page.locator("h1").first.is_visible(), path
    page.context.close()
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_is_accessible_too(browser: Browser, site: Path, scheme: str) -> None:
    """The help on the keys and an enlarged picture have no violation either, and Escape closes them."""
    page = visit(browser, site, color_scheme=scheme)
    page.goto(samplesite.ADDRESS + "posts/methods/gallery-of-outputs/index.html")
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    picture = page.locator(".body .output img").first
    picture.scroll_into_view_if_needed()
    picture.click()
    page.locator("dialog[open]").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.context.close()


def test_everything_is_there_without_script(browser: Browser, site: Path) -> None:
    """Without script each kind of page shows its text, and nothing that only a script could answer."""
    page = visit(browser, site, java_script_enabled=False)
    for path in kinds(site):
        page.goto(samplesite.ADDRESS + path)
        assert page.locator("main h1").first.is_visible(), path
        assert [button for button in page.locator("button").all() if button.is_visible()] == [], path
    page.context.close()
