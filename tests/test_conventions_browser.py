"""What people expect of a rendered notebook: a test per convention, each looking at the page in a browser.

The pages are those of a small team whose notebook holds every kind of output. They are answered from memory, so that a request to anywhere else is seen.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from knowrepo.build import Report
from tests import everything, gitrepo, team
from tests.browser import chromium, until

pytestmark = pytest.mark.browser

SITE = "https://team.example/"
AXE = Path(__file__).parent.parent / ".venv-check" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("conventions")
    report = team.site(gitrepo.make(folder / "team", everything.FILES), folder / "site")
    return folder / "site", report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def visiting(browser: Browser, site: Path, **options: Any) -> Iterator[BrowserContext]:
    """A browser context whose only host is the site; whatever else is asked for is refused."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
    context.set_default_timeout(10_000)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("#")[0]
        file = site / path
        if route.request.url.startswith(SITE) and file.is_file():
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), headers={"Content-Type": kind, "Access-Control-Allow-Origin": "*"})
        else:
            route.abort()

    context.route("**/*", answer)
    yield context
    context.close()


@pytest.fixture
def visit(browser: Browser, built: tuple[Path, Report]) -> Iterator[Visit]:
    """Opens the page of a post in a context of its own: ``visit("everything", color_scheme="dark")``."""
    opened = []

    def go(name: str, anchor: str = "", **options: Any) -> Page:
        made = visiting(browser, built[0], **options)
        opened.append(made)
        page = made.__enter__().new_page()
        page.goto(f"{SITE}posts/{name}/index.html{anchor}")
        return page

    yield go
    for made in opened:
        made.__exit__(None, None, None)


def column(page: Page, number: int) -> list[str]:
    """The texts of one column of the data frame."""
    texts: list[str] = page.evaluate("n => [...document.querySelectorAll('#frame tbody tr')].map(row => row.cells[n].textContent)", number)
    return texts


def style(page: Page, selector: str, name: str) -> str:
    value: str = page.evaluate("([s, n]) => getComputedStyle(document.querySelector(s))[n]", [selector, name])
    return value


def brightness(colour: str) -> float:
    """0 (black) to 255 of a computed ``rgb(…)``."""
    return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3


def test_01_data_frames_scroll_sort_and_copy(visit: Visit) -> None:
    """Row 1: a named box with a sticky head and index, numbers to the right, the line of counts, sorting by kind, CSV; a plain table without script."""
    page = visit("everything", permissions=["clipboard-read", "clipboard-write"])
    box = page.locator("#wide [data-table]")
    assert box.get_attribute("aria-label") == "Table: output of cell 4"
    assert page.evaluate(
        "document.querySelector('#wide [data-table]').scrollWidth > document.querySelector('#wide [data-table]').clientWidth"
    )
    page.evaluate("document.querySelector('#wide [data-table]').scrollTo(400, 300)")
    edges = """selector => {
        const [box, cell] = ["#wide [data-table]", selector].map(each => document.querySelector(each).getBoundingClientRect());
        return [Math.abs(cell.top - box.top) < 3, Math.abs(cell.left - box.left) < 3];
    }"""
    assert page.evaluate(edges, "#wide thead th:nth-child(2)")[0]
    assert page.evaluate(edges, "#wide tbody tr:last-child th")[1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert box.bounding_box()["x"] + box.bounding_box()["width"] <= page.locator("nav.contents").bounding_box()["x"]  # type: ignore[index]
    assert style(page, "#frame td:nth-child(3)", "textAlign") == "right"
    assert "4 rows × 4 columns" in page.inner_text("#frame")
    head = page.locator("#frame th", has_text="trips")
    head.get_by_role("button").click()
    assert (column(page, 2), head.get_attribute("aria-sort")) == (["-3", "90", "90", "1,200"], "ascending")
    assert column(page, 1)[1:3] == ["=cmd()", "Bridge"]
    head.get_by_role("button").press("Enter")
    assert (column(page, 2), head.get_attribute("aria-sort")) == (["1,200", "90", "90", "-3"], "descending")
    head.get_by_role("button").click()
    assert (column(page, 0), head.get_attribute("aria-sort")) == (["0", "1", "2", "3"], None)
    for name, expected in (("opened", ["1", "2", "0", "3"]), ("share", ["2", "0", "3", "1"]), ("name", ["1", "2", "3", "0"])):
        page.locator("#frame th", has_text=name).get_by_role("button").click()
        assert column(page, 0) == expected
    assert page.locator("#levels th button").count() == 0
    page.locator("#frame .csv").click()
    page.get_by_role("status").get_by_text("Copied").wait_for(state="attached")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == ",name,trips,opened,share"
    assert "1,'=cmd(),90,2019-11-30,NaN" in lines
    assert '0,Quay,"1,200",2021-03-01,12.5%' in lines
    assert "2,Arch,-3,2020-01-15,3.1%" in lines
    plain = visit("everything", java_script_enabled=False)
    assert plain.locator("#frame table").is_visible()
    assert plain.locator("main button").count() == 0
    dark = visit("everything", color_scheme="dark")
    assert brightness(style(dark, "#frame td", "color")) > 180
    assert brightness(style(dark, "#frame th", "backgroundColor")) < 60
    assert brightness(style(dark, "#styler .box", "backgroundColor")) == 255
    assert style(dark, "#styler td", "backgroundColor") == "rgb(8, 64, 129)"


def test_02_long_text_folds(visit: Visit) -> None:
    """Row 2: long text folds behind a line that counts it, and opens; only ``scroll-output`` makes a box, which can be reached."""
    page = visit("everything")
    assert not page.get_by_text("line 79", exact=True).first.is_visible()
    page.locator("#long summary", has_text="Show all 80 lines").click()
    assert page.locator("#long pre").last.is_visible()
    assert style(page, "#long pre", "overflowY") in ("visible", "auto")
    assert page.evaluate(
        "[...document.querySelectorAll('#long *')].every(box => box.scrollHeight <= box.clientHeight + 1 || getComputedStyle(box).overflowY === 'visible')"
    )
    region = page.get_by_role("region", name="Output of cell 10")
    region.focus()
    page.keyboard.press("End")
    until(page, "document.querySelector('#box .scroll').scrollTop > 0")


def test_03_report_and_notebook(visit: Visit, browser: Browser, built: tuple[Path, Report]) -> None:
    """Row 3: one switch hides code, prompts and warnings and keeps results; it works without script, is remembered with it, and begins as the post says."""
    for script in (True, False):
        page = visit("everything", java_script_enabled=script)
        assert page.locator("#frame .input").is_visible()
        page.get_by_role("radio", name="Report").check()
        assert not page.locator("#frame .input").is_visible()
        assert not page.locator("#hidden").is_visible()
        assert not page.locator("#warned").is_visible()
        assert page.locator("#frame table").is_visible()
        page.get_by_role("radio", name="Notebook").check()
        assert page.locator("#frame .input").is_visible()
    report = visit("report")
    assert report.get_by_role("radio", name="Report").is_checked()
    assert not report.locator("#only").is_visible()
    assert report.get_by_text("result").is_visible()
    assert visit("report", "#only").locator("#only .input").is_visible()
    with visiting(browser, built[0]) as context:
        first, second = context.new_page(), context.new_page()
        first.goto(f"{SITE}posts/everything/index.html")
        first.get_by_role("radio", name="Report").check()
        second.goto(f"{SITE}posts/r/index.html")
        assert second.get_by_role("radio", name="Report").is_checked()
        assert not second.locator("#r .input").is_visible()


def test_04_tags_and_options(visit: Visit) -> None:
    """Row 4: cells are hidden, folded and removed as their author asks; no option line is shown (the whole list: test_directives)."""
    page = visit("everything")
    assert not page.locator("#hidden pre").is_visible()
    page.locator("#hidden summary").click()
    assert page.locator("#hidden pre").is_visible()
    assert page.locator("#summarised summary").inner_text() == "How"
    assert page.locator("#removed").count() == 0
    assert "#|" not in page.inner_text("main")
    assert page.locator("figure#fig-x figcaption strong").inner_text() == "rise"
    assert page.locator("#parameters .mark").inner_text() == "parameters"


def test_05_progress_bars_end(visit: Visit) -> None:
    """Row 5: of a hundred frames the last is left, and pieces of a stream are one text."""
    assert visit("everything").locator("#progress .output").all_inner_texts() == ["100 %\ndone"]


def test_06_stderr_folds(visit: Visit) -> None:
    """Row 6: what was written to stderr waits behind "Warnings" (other settings: test_directives)."""
    page = visit("everything")
    assert not page.get_by_text("careful", exact=True).is_visible()
    page.get_by_text("Warnings (1 line)").click()
    assert page.get_by_text("careful", exact=True).is_visible()


def test_07_tracebacks_say_what_happened(visit: Visit) -> None:
    """Row 7: the last line is visible, the rest folds; an expected error is no alarm (contrast: row 17)."""
    page = visit("everything")
    assert page.locator("#failed pre").last.inner_text() == "KeyError: 'x'"
    assert page.locator("#failed pre").last.is_visible()
    assert not page.locator("#failed .output pre").first.is_visible()
    assert style(page, "#calm pre:last-child", "backgroundColor") != style(page, "#failed pre:last-child", "backgroundColor")
    assert style(page, "#failed .ansi-red-fg", "color") != style(page, "#failed pre", "color")


def test_08_plots_draw_from_the_site_alone(browser: Browser, built: tuple[Path, Report]) -> None:
    """Row 8: a plot draws in its frame when it is scrolled to, with the site's own library; without script there is something in its place."""
    with visiting(browser, built[0]) as context:
        page = context.new_page()
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page.goto(f"{SITE}posts/everything/index.html")
        assert not [url for url in asked if "plotly" in url]
        page.locator("#plotly [data-frame]").scroll_into_view_if_needed()
        page.wait_for_selector("#plotly [data-frame][data-drawn]", timeout=30_000)
        assert [url for url in asked if "plotly" in url]
        assert [url for url in asked if not url.startswith((SITE, "data:", "blob:", "about:"))] == []
    with visiting(browser, built[0], java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{SITE}posts/everything/index.html")
        assert page.locator("#plotly .still").is_visible()


def test_09_a_widget_without_state_is_its_text(visit: Visit) -> None:
    """Row 9: a widget whose state was not saved is its text and a plain note."""
    words = visit("everything").inner_text("#widget .outputs")
    assert "IntSlider(value=3)" in words
    assert "Loading" not in words


def test_10_pictures_are_files(visit: Visit) -> None:
    """Row 10: a picture is a file of the site with its size, loaded when it is near, and a click makes it large."""
    page = visit("everything")
    image = page.locator("#plain-picture img")
    assert image.get_attribute("src").endswith((".webp", ".png"))  # type: ignore[union-attr]
    assert (image.get_attribute("width"), image.get_attribute("height"), image.get_attribute("loading")) == ("600", "400", "lazy")
    image.scroll_into_view_if_needed()
    image.click()
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_11_pictures_have_words(visit: Visit) -> None:
    """Row 11: the metadata's words, else the caption, else which cell it came from."""
    page = visit("everything")
    words = [page.locator(f"#{name} img").get_attribute("alt") for name in ("described", "captioned", "plain-picture")]
    assert words == ["A green plot", "The rise", "Figure, output of cell 15"]


def test_12_figures_lie_on_light_paper(visit: Visit) -> None:
    """Row 12: in dark mode the page is dark and a figure's paper is white."""
    page = visit("everything", color_scheme="dark")
    assert brightness(style(page, "body", "backgroundColor")) < 60
    assert brightness(style(page, "#plain-picture img", "backgroundColor")) == 255


def test_13_code_can_be_copied_and_linked_to(visit: Visit) -> None:
    """Row 13: a button copies code alone; the language is said; every cell and heading has a link that is seen on focus."""
    page = visit("everything", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#shell .copy").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == "%%bash\nls -l"
    page.locator("#hidden summary").click()
    page.locator("#hidden .copy").click()
    until(page, "navigator.clipboard.readText().then(text => text === \"secret = ''\")")
    assert page.locator("#shell .language").inner_text() == "Bash"
    assert page.locator("#shell .prompt").inner_text() == "In [1]"
    page.locator("#shell .prompt").click()
    assert page.url.endswith("#shell")
    anchor = page.locator("h2#tables .anchor")
    assert anchor.evaluate("link => getComputedStyle(link).opacity") == "0"
    page.keyboard.press("Tab")
    anchor.focus()
    assert anchor.evaluate("link => getComputedStyle(link).opacity") == "1"
    assert anchor.get_attribute("href") == "#tables"
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#shell'))")
    assert "In [1]" not in page.evaluate("getSelection().toString()")


def test_14_other_cells_and_outputs(visit: Visit) -> None:
    """Row 14: raw HTML, attachments, Markdown and LaTeX from code, SVG without its script, and R in R's colours."""
    page = visit("everything")
    assert page.locator("#raw em").inner_text() == "raw html"
    assert page.locator("#other img").get_attribute("alt") == "attached"
    assert page.locator("#said strong").inner_text() == "so"
    assert page.locator("#drawing img").count() == 1
    page.locator("#formula").scroll_into_view_if_needed()
    page.wait_for_selector("#formula math mfrac", state="attached")
    assert "frac" not in page.inner_text("#formula .outputs")
    assert visit("r").locator("#r code.language-r .nf").inner_text() == "library"


def test_15_a_page_says_what_it_is(visit: Visit) -> None:
    """Row 15: contents with the current section marked, reading time, kernel, dates and authors."""
    page = visit("everything")
    header = page.inner_text(".post-header")
    for words in ("Ada Lovelace", "Bob Ross", "2024-01-05", "min read"):
        assert words in header
    assert "Python 3 (ipykernel)" in page.inner_text(".post-footer")
    assert "R 4.3" in visit("r").inner_text(".post-footer")
    page.evaluate("document.querySelector('#pictures').scrollIntoView()")
    page.wait_for_selector("nav.contents a[aria-current]:has-text('Pictures')")
    page.evaluate("scrollTo(0, 0)")
    page.locator("nav.contents [aria-current]").wait_for(state="detached")


def test_16_print(visit: Visit) -> None:
    """Row 16: on paper there is no navigation, tables are whole, what is folded stays folded, and a report is a report."""
    page = visit("everything")
    page.emulate_media(media="print")
    for selector in (".site-nav", ".contents", ".views", ".csv", ".copy"):
        assert not page.locator(selector).first.is_visible(), selector
    for selector in ("#frame [data-table]", "#box .scroll"):
        assert (style(page, selector, "overflow"), style(page, selector, "maxHeight")) == ("visible", "none")
    assert not page.locator("#hidden pre").is_visible()
    assert style(page, "figure#fig-x", "breakInside") == "avoid"
    assert brightness(style(page, "body", "backgroundColor")) == 255
    page.emulate_media(media="screen")
    page.get_by_role("radio", name="Report").check()
    page.emulate_media(media="print")
    assert not page.locator("#frame .input").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_17_everybody_can_use_it(visit: Visit, scheme: str, width: int) -> None:
    """Row 17: no violation of WCAG 2.2 A and AA that axe-core knows of, one main, the skip link first, labelled cells."""
    assert AXE.is_file(), "no axe-core found: run scripts/check"
    page = visit("everything", color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    page.evaluate(AXE.read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false}).then(result => result.violations)", tags)
    assert [(rule["id"], [(node["html"][:150], node["failureSummary"][:300]) for node in rule["nodes"][:4]]) for rule in found] == []
    assert page.locator("main").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.get_by_role("group", name="Code cell 2", exact=True).count() == 1


def test_18_broken_notebooks_are_mended(built: tuple[Path, Report], visit: Visit) -> None:
    """Row 18: an old format, a wrong id, an unknown output and broken widget metadata cost nothing but a warning."""
    assert {"old.ipynb", "odd.ipynb"} <= set(built[1].published)
    assert visit("old").locator(".cell.code pre").inner_text() == "1 + 1"
    assert visit("odd").get_by_text("fine").is_visible()
    assert "notebook-mended" in [problem.rule for problem in built[1].problems if problem.path == "odd.ipynb"]


def test_19_a_notebook_without_outputs_is_noticed(built: tuple[Path, Report]) -> None:
    """Row 19: its author hears that outputs are not stored, and what may take them away."""
    (problem,) = [problem for problem in built[1].problems if problem.rule == "no-outputs" and problem.path == "stripped.ipynb"]
    assert "nbstripout" in problem.hint
    assert problem.severity == "warning"
    assert not [problem for problem in built[1].problems if problem.rule == "no-outputs" and problem.path == "everything.ipynb"]
