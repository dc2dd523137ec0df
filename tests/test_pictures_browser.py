"""Pictures in a browser: enlarged by mouse and keyboard, small ones on cards, none broken, players that can play."""

from __future__ import annotations

import base64
import io
import json
import mimetypes
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route, expect

from tests import gitrepo, notebooks, team
from tests.browser import chromium, until
from tests.test_pictures import sound

pytestmark = pytest.mark.browser

SITE = "https://team.example/"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="150" cy="100" r="80"/></svg>'
Visit = Callable[..., Page]


def drawing(colour: str, width: int = 1200, height: int = 800) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse([width // 9, height // 9, width - width // 9, height - height // 9], fill=colour, outline="black", width=9)
    for at in range(0, width, 5):
        pen.line([at, 0, width - at, height], fill="gray")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def shown(mime: str, data: bytes | str, **metadata: Any) -> dict[str, Any]:
    value = data if isinstance(data, str) else base64.b64encode(data).decode()
    return notebooks.shown({mime: value}, metadata=metadata)


def pdf() -> bytes:
    """A PDF of one empty page."""
    parts = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>"]
    text = "%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(text))
        text += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return f"{text}xref\n0 4\n0000000000 65535 f \n{table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n{len(text)}\n%%EOF\n".encode()


def notebook() -> bytes:
    gamma = drawing("purple", 400, 300)
    gamma = gamma[:33] + b"\0\0\0\x04gAMA" + struct.pack(">I", 100000) + bytes.fromhex("31e8965f") + gamma[33:]
    return notebooks.dump(
        notebooks.raw(team.header("Pictures")),
        notebooks.code("a", shown("image/png", drawing("teal"), alt="A teal plot"), id="a"),
        notebooks.code("b", shown("image/png", drawing("maroon"), alt="A maroon plot"), id="b"),
        notebooks.markdown("[![linked](plot.png)](https://link.example/) ![olive](plot.png) ![](badge.png)", id="m"),
        notebooks.code("c", shown("image/svg+xml", SVG, alt="A drawing"), shown("image/png", gamma), id="c"),
        notebooks.code("d", shown("audio/wav", sound()), shown("application/pdf", pdf()), id="d"),
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("pictures")
    plain = {"pictures.ipynb": notebook(), "plot.png": drawing("olive", 900, 600), "badge.png": drawing("red", 80, 20)}
    files: gitrepo.Files = {"knowrepo.yml": "title: Our team\n", "other.md": team.header("Other") + "No pictures.", **plain}
    team.site(gitrepo.make(folder / "team", files), folder / "site")
    return team.tree(folder / "site")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, site: dict[str, bytes]) -> Iterator[Visit]:
    """Opens a page of the site, whose files are answered from memory; no other host answers, and the console has to stay silent."""
    contexts = []
    complaints: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("#")[0]
        if route.request.url.startswith("chrome"):  # the viewer of PDFs asks for its own parts
            route.continue_()
        elif path in site:
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(body=site[path], headers={"Content-Type": kind, "Access-Control-Allow-Origin": "*"})
        else:
            complaints.append(route.request.url)
            route.abort()

    def go(path: str, **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(10_000)
        context.route("**/*", answer)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(SITE + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


POST = "posts/pictures/index.html"


def test_a_click_shows_a_picture_large(visit: Visit) -> None:
    """A click opens a dialog with the picture, its alternative text and a link to the original with its size; the next click shows its true size."""
    page = visit(POST)
    page.get_by_role("button", name="A teal plot").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".caption")).to_have_text("A teal plot")
    link = dialog.get_by_role("link")
    assert link.get_attribute("href") == f"{SITE}posts/pictures/a-1.png"
    assert link.inner_text().startswith("Original (PNG, ")
    picture = dialog.locator(".zoom img")
    fitted = picture.bounding_box()
    assert fitted
    assert fitted["width"] > 1000
    page.get_by_role("button", name="Show at 100 %").click(position={"x": 10, "y": 10})
    actual = picture.bounding_box()
    assert actual
    assert (actual["width"], actual["height"]) == (1200, 800)
    page.get_by_role("button", name="Fit to the window").click()
    assert picture.bounding_box() == fitted
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_pictures_by_keyboard(visit: Visit) -> None:
    """Enter opens, the arrow keys lead from picture to picture and stop at the ends, Esc closes, and the focus is where it was."""
    page = visit(POST)
    first = page.get_by_role("button", name="A teal plot")
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    caption, count = dialog.locator(".caption"), dialog.locator(".count")
    expect(count).to_have_text("1 / 5")
    page.keyboard.press("ArrowLeft")
    expect(caption).to_have_text("A teal plot")
    for text in ("A maroon plot", "olive", "A drawing", "Figure, output of cell 4", "Figure, output of cell 4"):
        page.keyboard.press("ArrowRight")
        expect(caption).to_have_text(text)
    expect(dialog.get_by_role("button", name="Next picture")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()


def test_the_focus_stays_in_the_dialog(visit: Visit) -> None:
    """Tab goes round the buttons of the dialog and never behind it."""
    page = visit(POST)
    page.get_by_role("button", name="A teal plot").press("Space")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")


def test_linked_pictures_and_badges_stay_what_they_are(visit: Visit) -> None:
    """A picture in a link is that link; a badge is nothing to enlarge; a drawing has no original to load."""
    page = visit(POST)
    assert page.locator("main a > img").get_attribute("role") is None
    assert page.locator("img[width='80']").get_attribute("role") is None
    page.get_by_role("button", name="A drawing").click()
    expect(page.get_by_role("dialog").get_by_role("link")).to_have_count(0)


def test_folded_pictures_are_not_in_the_row(visit: Visit) -> None:
    """Arrow keys lead only to pictures that stand on the page."""
    page = visit(POST)
    page.evaluate("document.querySelector('#b').hidden = true")
    page.get_by_role("button", name="A teal plot").click()
    expect(page.locator(".viewer .count")).to_have_text("1 / 4")


@pytest.mark.parametrize(("scale", "wanted"), [(1, "thumbnail.webp"), (2, "thumbnail-2x.webp")])
def test_cards_load_the_picture_for_their_screen(visit: Visit, scale: int, wanted: str) -> None:
    """A screen with two pixels to a point gets the finer thumbnail, any other the small one; the feed loads no full picture."""
    page = visit("index.html", device_scale_factor=scale)
    until(page, "[...document.images].every(image => image.complete)")
    assert page.evaluate("[...document.querySelectorAll('main img')].map(image => image.currentSrc)") == [f"{SITE}posts/pictures/{wanted}"]
    box = page.locator(".thumbnail img").bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 4 / 3) < 0.02


@pytest.mark.parametrize("script", [True, False])
def test_no_picture_is_broken(visit: Visit, site: dict[str, bytes], script: bool) -> None:
    """Every picture of a post is drawn, with and without script, and plots are the light ones."""
    page = visit(POST, java_script_enabled=script, viewport={"width": 1280, "height": 9000})
    pictures = page.locator(".body img")
    for at in range(pictures.count()):
        pictures.nth(at).scroll_into_view_if_needed()
    if script:
        until(page, "[...document.images].every(image => image.complete)")
        assert page.evaluate("[...document.querySelectorAll('.body img')].every(image => image.naturalWidth > 0)")
    sources = [pictures.nth(at).get_attribute("src") for at in range(pictures.count())]
    assert [source for source in sources if source and source.endswith(".webp")] == ["a-1.webp", "b-1.webp"]
    assert "posts/pictures/c-1.png" in site


def test_a_sound_can_be_played(visit: Visit) -> None:
    """A sound is loaded when it is asked for, and its length is known then."""
    page = visit(POST)
    audio = page.locator("audio")
    assert audio.evaluate("player => player.readyState") == 0
    length = (
        "player => new Promise(done => { player.onloadedmetadata = () => done(player.duration); player.preload = 'auto'; player.load(); })"
    )
    assert audio.evaluate(length) == pytest.approx(0.05)


def test_a_pdf_has_a_frame_and_a_link(visit: Visit, site: dict[str, bytes]) -> None:
    """A PDF is embedded under the page's policy, and there is a link to it for browsers that show none."""
    page = visit(POST)
    assert page.locator("iframe.pdf").get_attribute("src") == "d-1.pdf"
    assert page.get_by_role("link", name="PDF (").get_attribute("href") == "d-1.pdf"
    assert b"frame-src 'self'" in site[POST]
    assert b"frame-src 'none'" in site["posts/other/index.html"]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_fits_the_window(visit: Visit, width: int, scheme: str) -> None:
    """On a phone and on a desk, in light and dark, the picture and all buttons are in sight."""
    page = visit(POST, viewport={"width": width, "height": 700}, color_scheme=scheme)
    page.get_by_role("button", name="A maroon plot").click()
    for part in page.locator(".viewer button, .viewer a, .viewer .caption").all():
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 700
    assert json.loads(page.evaluate("JSON.stringify(document.documentElement.scrollWidth <= innerWidth)"))
