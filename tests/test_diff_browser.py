"""A diff in a browser: its views, with and without script; nothing against WCAG 2.2 A and AA; no sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from knowrepo.cli import cli
from tests import gitrepo, reviewed, samplesite
from tests.attack import serving
from tests.browser import chromium, until

pytestmark = pytest.mark.browser

AXE = samplesite.ROOT / ".venv-check" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
VIEWS = ("rendered", "source", "raw")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The diff as a folder, and as one file (``alone.html``)."""
    folder = tmp_path_factory.mktemp("diff")
    for name, data in (("a", reviewed.BEFORE), ("b", reviewed.AFTER)):
        (folder / name).mkdir()
        (folder / name / "rain.ipynb").write_bytes(data)
    for out in ("site", "alone.html"):
        done = CliRunner().invoke(cli, ["-C", str(folder), "diff", "a", "b", "--format", "html", "--out", out])
        assert done.exit_code == 0, done.output
    made = {file.relative_to(folder / "site").as_posix(): file.read_bytes() for file in (folder / "site").rglob("*") if file.is_file()}
    return made | {"alone.html": (folder / "alone.html").read_bytes()}


@pytest.fixture(scope="module")
def base(files: dict[str, bytes]) -> Iterator[str]:
    with serving.serving({"diff": files}) as address:
        yield f"{address}diff/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(browser: Browser, address: str, width: int = 1280, **options: Any) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options).new_page()
    page.goto(address)
    return page


def choose(page: Page, value: str) -> None:
    page.locator(f"input[value={value}]").first.check(force=True)


def seen(page: Page, name: str) -> int:
    """How many parts of a view are seen."""
    return int(page.evaluate(f"[...document.querySelectorAll('.block .in-{name}')].filter(part => part.getClientRects().length).length"))


@pytest.mark.parametrize("script", [True, False])
def test_views_change_without_a_script(base: str, browser: Browser, script: bool) -> None:
    """Each of the three views can be chosen, in one column or in two, with script and without."""
    page = opened(browser, f"{base}alone.html", java_script_enabled=script)
    for name in VIEWS:
        choose(page, name)
        assert page.locator(f".block .in-{name}:visible").count() > 8
        for other in set(VIEWS) - {name}:
            assert page.locator(f".block .in-{other}:not(.in-{name}):visible").count() == 0
    choose(page, "rendered")
    tops = [box["y"] for side in ("gone", "come") if (box := page.locator(f".sides > .{side}").first.bounding_box())]
    assert tops[0] == tops[1]
    choose(page, "line")
    tops = [box["y"] for side in ("gone", "come") if (box := page.locator(f".sides > .{side}").first.bounding_box())]
    assert tops[0] < tops[1]


def test_the_place_is_kept(base: str, browser: Browser) -> None:
    """The block at the top of the window stays where it is when the view changes."""
    page = opened(browser, f"{base}alone.html")
    page.evaluate("document.getElementById('plot').scrollIntoView()")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = page.evaluate("document.getElementById('plot').getBoundingClientRect().top")
    page.evaluate("document.querySelector('input[value=raw]').click()")  # the driver would scroll to it first
    assert abs(page.evaluate("document.getElementById('plot').getBoundingClientRect().top") - before) < 2


def test_the_choice_is_kept(base: str, browser: Browser) -> None:
    """A reader who chose a view has it on the next page too."""
    page = opened(browser, f"{base}alone.html")
    choose(page, "source")
    page.reload()
    assert page.locator("input[value=source]").is_checked()
    assert seen(page, "raw") == 0


def test_noise_is_hidden_and_can_be_shown(base: str, browser: Browser) -> None:
    """What no reader sees is hidden until it is asked for; then the folds that hold some are open."""
    page = opened(browser, f"{base}alone.html")
    assert page.locator(".noise:visible").count() == 0
    page.locator("input[name=noise]").check(force=True)
    assert page.locator(".noise:visible").count() == page.locator(".noise").count() > 2


def test_pictures_lie_over_each_other(base: str, browser: Browser) -> None:
    """Side by side first; a swipe and an onion skin follow the slider; the difference stands alone."""
    page = opened(browser, f"{base}alone.html")
    box = page.locator(".pictures")
    sides = box.locator(".version.gone"), box.locator(".version.come")
    assert [side.is_visible() for side in sides] == [True, True]
    box.locator("input[value=swipe]").check()
    assert sides[0].bounding_box() == sides[1].bounding_box()
    box.locator("[data-slider]").fill("30")
    assert sides[1].evaluate("part => getComputedStyle(part).clipPath") == "inset(0px 0px 0px 70%)"
    box.locator("input[value=onion]").check()
    assert sides[1].evaluate("part => getComputedStyle(part).opacity") == "0.3"
    box.locator("input[value=difference]").check()
    assert [side.is_visible() for side in sides] == [False, False]
    assert box.locator(".version.difference").is_visible()


def test_interactive_outputs_are_drawn(base: str, browser: Browser) -> None:
    """In a folder both versions of an interactive output are drawn, in frames."""
    page = opened(browser, f"{base}rain-ipynb/index.html")
    page.locator("[data-frame]").first.scroll_into_view_if_needed()
    until(page, "document.querySelectorAll('.output.frame.drawn, .output.frame iframe').length")
    assert page.locator("iframe").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", ["alone.html", "index.html"])
def test_it_can_be_used_by_all(base: str, browser: Browser, name: str, width: int, scheme: str) -> None:
    """No violation that axe-core knows of in any view, nothing scrolls sideways, and the console is silent."""
    said: list[str] = []
    page = opened(browser, f"{base}{name}", width, color_scheme=scheme, bypass_csp=True)
    page.on("console", lambda message: said.append(message.text))
    page.add_script_tag(path=AXE)
    for view in VIEWS if name == "alone.html" else ():
        choose(page, view)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    assert said == []


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A site with a history and a review, served, and the paths of their pages."""
    folder = tmp_path_factory.mktemp("past")
    posts = [{"rain.ipynb": data} for data in (reviewed.FIRST, reviewed.BEFORE, reviewed.AFTER)]
    done = CliRunner().invoke(
        cli, ["-C", str(gitrepo.make(folder / "repo", *posts)), "build", "--review", "HEAD~1", "--quiet", "--out", "../site"]
    )
    assert done.exit_code == 0, done.output
    made = {file.relative_to(folder / "site").as_posix(): file.read_bytes() for file in (folder / "site").rglob("*") if file.is_file()}
    with serving.serving({"site": made}) as address:
        yield f"{address}site/", [path for path in made if path.startswith(("history/", "review/"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_history_can_be_used_by_all(past: tuple[str, list[str]], browser: Browser, scheme: str) -> None:
    """The same of the pages of the history and of a review, on a screen and on a telephone."""
    address, paths = past
    assert len(paths) == 6
    for width in (1280, 375):
        page = opened(browser, address, width, color_scheme=scheme, bypass_csp=True)
        for path in paths:
            page.goto(address + path)
            page.add_script_tag(path=AXE)
            assert (path, violations(page)) == (path, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false}).then(result => result.violations)", TAGS)
    return [(violation["id"], [node["html"][:120] for node in violation["nodes"][:3]]) for violation in found]


def test_one_file_runs_under_its_policy(files: dict[str, bytes], browser: Browser, tmp_path: Path) -> None:
    """The file opened from disk runs its scripts and styles, and its policy has nothing to refuse."""
    (tmp_path / "d.html").write_bytes(files["alone.html"])
    said: list[str] = []
    page = browser.new_context().new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "d.html").as_uri())
    assert page.locator("[data-scripted]:visible").count() == 2
    assert said == []
