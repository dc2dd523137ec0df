"""Formulas in a browser: typeset there as at build, without a policy violation, readable at every width, copied as TeX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from knowrepo import cache
from knowrepo.pages import artifacts
from knowrepo.render import formulas, markdown, maths, sanitize
from tests.browser import chromium
from tests.sitefactory import base, post, site
from tests.test_maths import FORMULAS

pytestmark = pytest.mark.browser

HOST = "http://team.example/"
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "woff2": "font/woff2", "svg": "image/svg+xml"}

TREES = """() => document.body.normalize() ?? [...document.querySelectorAll("math")].map(function tree(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  const attributes = [...node.attributes].filter(({ name, value }) => name !== "style" && value).map(({ name, value }) => `${name}=${value}`).sort();
  return [node.localName, node.namespaceURI, attributes, node.style.cssText, [...node.childNodes].map(tree)];
})"""
"""Every formula of a page as data; text nodes that touch are one, as a parser makes them."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def opened(browser: Browser, html: str, *, waiting: bool, width: int = 1280, **context: Any) -> tuple[Page, list[str]]:
    """The page of a post with this body, and what the console said; requests to other hosts fail the page."""
    made = site([post("posts/a.md", html=html, maths=waiting)])
    files = {artifact.path: cache.load(artifact.content) for artifact in artifacts(made, base())}
    page = browser.new_page(viewport={"width": width, "height": 800}, **context)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/*", lambda route: _answer(route, files))
    page.goto(HOST + made.posts[0].url)
    return page, said


def _answer(route: Route, files: Mapping[str, bytes]) -> None:
    path = route.request.url.removeprefix(HOST)
    if path in files:
        route.fulfill(body=files[path], content_type=TYPES.get(path.rpartition(".")[2], "text/plain"))
    else:
        route.abort()


def sources(*texts: str, display: bool = True) -> str:
    """A body with these formulas, untypeset."""
    return "\n".join(f"<p>{formulas.source(text, display=display)}</p>" for text in texts)


def built(html: str) -> str:
    """The same, typeset as at build."""
    return str(maths.typeset([sanitize.clean(html)], maths.at_build).fragments[0])


@pytest.mark.parametrize("display", [True, False])
def test_both_ways_give_the_same_mathml(browser: Browser, display: bool) -> None:
    """All formulas of ``cases/formulas.txt`` give the same tree at build and in the browser, with the policy on and nothing on the console."""
    html = sources(*FORMULAS, display=display)
    page, said = opened(browser, html, waiting=True)
    in_browser = page.evaluate(TREES)
    page.close()
    other, also_said = opened(browser, built(html), waiting=False)
    at_build = other.evaluate(TREES)
    assert len(in_browser) == len(at_build) == len(FORMULAS)
    for tex, ours, theirs in zip(FORMULAS, at_build, in_browser, strict=True):
        assert ours == theirs, tex
    assert "\\" not in other.inner_text(".body")
    other.close()
    assert not said + also_said


FONT = """async () => {
    document.body.offsetHeight; // what a layout asks for is loading now
    await document.fonts.ready;
    return [...document.fonts].map(({ family, status }) => `${family}: ${status}`);
}"""
PAINTED = "html:not(.waiting)"
ORDER = """() => {
    const [painted] = performance.getEntriesByName("first-contentful-paint");
    const font = performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".woff2"));
    return painted.startTime < font.startTime;
}"""


def test_only_pages_that_need_it_load_temml(browser: Browser) -> None:
    """Temml is on the page whose formulas wait for it and on no other; the font is loaded where there is a formula, after all that readers see first."""
    page, _ = opened(browser, sources("x"), waiting=True)
    assert page.evaluate("typeof temml") == "object"
    page.close()
    page, _ = opened(browser, built(sources("x")), waiting=False)
    assert page.evaluate("typeof temml") == "undefined"
    page.wait_for_selector(PAINTED)
    assert page.evaluate(FONT) == ["STIX Two Math: loaded"]
    assert page.evaluate(ORDER)
    page.reload()
    assert page.evaluate("document.documentElement.className") == ""  # who has the font already sees it at once
    page.close()
    page, _ = opened(browser, "<p>No maths</p>", waiting=False)
    page.wait_for_selector(PAINTED)
    assert page.evaluate(FONT) == ["STIX Two Math: unloaded"]
    page.close()


def test_a_formula_that_cannot_be_typeset(browser: Browser) -> None:
    """It stays as TeX with a mark and the reason, and the others are typeset."""
    page, said = opened(browser, sources(r"\nosuch", "x"), waiting=True)
    assert page.locator(".unread").get_attribute("title") == r"This formula cannot be typeset: unsupported function name: \nosuch"
    assert page.locator(".unread").inner_text() == r"\[\nosuch\]"
    assert page.locator("math").count() == 1
    page.close()
    assert not said


def test_without_script_the_tex_is_readable(browser: Browser) -> None:
    """Where no script runs, the TeX stands in the text."""
    page, _ = opened(browser, sources(r"\frac{a}{b}"), waiting=True, java_script_enabled=False)
    assert page.inner_text(".body").strip() == r"\[\frac{a}{b}\]"
    page.close()


@pytest.mark.parametrize("waiting", [True, False])
def test_copying_gives_tex(browser: Browser, waiting: bool) -> None:
    """A copied selection holds the TeX of its formulas, whole even where the selection cuts through them; other text is copied as ever."""
    html = sanitize.clean(markdown.to_html("Let $x^2$ be.\n\n$$\n\\frac{a}{b}\n$$\n\nEnd"))
    page, said = opened(browser, html if waiting else built(html), waiting=waiting)
    copied = """(choose) => {
      const selection = getSelection(), range = document.createRange(), math = document.querySelectorAll("math");
      if (choose === "cut") { range.setStart(math[0].querySelector("mn").firstChild, 0); range.setEnd(math[1].querySelector("mi").firstChild, 1); }
      else range.selectNodeContents(choose === "all" ? document.querySelector(".body") : document.querySelector(".body p:last-child"));
      selection.removeAllRanges(); selection.addRange(range);
      const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return [event.defaultPrevented, event.clipboardData.getData("text/plain").split(/\\s*\\n\\s*/)];
    }"""
    assert page.evaluate(copied, "all") == [True, ["Let $x^2$ be.", r"$$\frac{a}{b}$$", "End"]]
    assert page.evaluate(copied, "cut") == [True, ["$x^2$ be.", r"$$\frac{a}{b}$$"]]
    assert page.evaluate(copied, "text") == [False, [""]]
    assert page.locator("body > div").count() == 0
    page.close()
    assert not said


def test_wide_formulas_scroll_in_their_own_box(browser: Browser) -> None:
    """A formula wider than a phone scrolls by itself, from its very beginning, and the page does not."""
    wide = " + ".join(f"x_{{{number}}}" for number in range(60))
    for display in (True, False):
        page, _ = opened(browser, built(sources(wide, display=display)), waiting=False, width=375)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        first = page.evaluate("document.querySelector('math mi').getBoundingClientRect().left")
        assert first >= 0
        page.close()


def test_headings_in_the_contents_are_read_as_words(browser: Browser) -> None:
    """A link to a heading shows its formulas as they are read, also where the browser typesets."""
    html = (
        '<nav class="toc"><a href="#a">The \\(\\beta\\)</a></nav>'
        + f'<h2 id="a">The {formulas.source(chr(92) + "beta", display=False)}</h2>'
    )
    page, _ = opened(browser, html, waiting=True)
    assert page.inner_text("nav.toc") == "The β"
    page.close()


def test_a_thousand_formulas(browser: Browser) -> None:
    """A thousand formulas are all typeset by the time the page is ready."""
    page, said = opened(browser, sources(*(FORMULAS * 4)[:1000]), waiting=True)
    assert page.locator("math").count() == 1000
    page.close()
    assert not said
