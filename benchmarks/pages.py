"""What does a browser say of every page? ``python benchmarks/pages.py FOLDER``.

The folder of notebooks is built once, served from this machine, and each page is opened in headless Chromium (``KNOWREPO_CHROMIUM``, else the one on the
path) at two widths. Every picture is loaded, every interactive output that draws by itself is scrolled to, and every other one is run. Offences: a message
in the console, a request to another host (from a frame, too), a request that fails, a picture that does not load, an output that does not draw, a page that
scrolls sideways. Of an output that waits for a click only the requests count: it may not work. Exit status 1 if there are any.
"""

from __future__ import annotations

import argparse
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trialrepo
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, TimeoutError, sync_playwright

WIDTHS = (1280, 375)
PATIENCE = 30_000
"""Milliseconds until a page's pictures are loaded, and until an output is drawn."""

_PICTURES = "() => { for (const image of document.images) image.loading = 'eager' }"
_LOADED = "() => [...document.images].every((image) => image.complete)"
_BROKEN = (
    "() => [...document.images].filter((image) => image.getAttribute('src') && !image.naturalWidth).map((image) => image.src.slice(0, 120))"
)
_WIDTH = "() => document.documentElement.scrollWidth"
_FRAME = ".output.frame[data-run={}]"
_AUTO, _ON_CLICK = _FRAME.format("auto"), _FRAME.format("click")
_WAITING = f"{_AUTO}:not([data-drawn]):not([data-failed])"
_SETTLED = "(box) => box.matches('[data-drawn], [data-failed]')"
_COUNTED = f"""() => ({{
    pictures: [...document.images].filter((image) => image.naturalWidth).length,
    outputs: document.querySelectorAll('{_AUTO}[data-drawn]').length,
    run: document.querySelectorAll('{_ON_CLICK}').length,
}})"""

ABROAD = "request to another host"

Offence = tuple[str, str]
"""Its kind, and what it is about."""


def main() -> int:
    """Build, look, print."""
    parser = argparse.ArgumentParser(description="Open every page of a folder of notebooks in a browser.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        repo = trialrepo.make(options.folder, Path(temporary, "repo"))
        out = Path(temporary, "public")
        subprocess.run([sys.executable, "-m", "knowrepo", "-C", repo, "build", "--quiet", "--out", out], check=True, capture_output=True)
        pages = sorted(file.relative_to(out).as_posix() for file in out.rglob("*.html") if file.relative_to(out).parts[0] != "assets")
        with _served(out) as address, _chromium() as browser:
            seen = Counter[str]()
            found = [offence for width in WIDTHS for offence in _offences(browser, address, pages, width, seen)]
    print(f"{len(pages)} pages at {' and '.join(map(str, WIDTHS))} pixels: {len(found)} offences")
    print(f"seen: {seen['pictures']} pictures, {seen['outputs']} interactive outputs that drew, {seen['run']} that were run by a click")
    for kind, number in Counter(kind for _, _, (kind, _) in found).most_common():
        print(f"\n{number:5}  {kind}")
        print("\n".join(f"       {page} at {width}: {what}" for page, width, (of, what) in found if of == kind))
    return int(bool(found))


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The folder at an address of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = os.environ.get("KNOWREPO_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


def _offences(browser: Browser, address: str, pages: list[str], width: int, seen: Counter[str]) -> Iterator[tuple[str, int, Offence]]:
    """What is wrong, page by page; what there was to look at is added to ``seen``."""
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        heard: list[Offence] = []
        _listen(tab, address, heard)
        for page in pages:
            heard.clear()
            tab.goto(address + page)
            for offence in [*_looked_at(tab, width), *heard]:
                yield page, width, offence
            seen.update(tab.evaluate(_COUNTED))
            heard.clear()
            _run(tab)
            for offence in (offence for offence in heard if offence[0] == ABROAD):
                yield page, width, offence


def _listen(tab: Page, address: str, heard: list[Offence]) -> None:
    """Note what is said and asked for while a page is open."""

    def abroad(url: str) -> bool:
        return url.startswith(("http", "ws", "ftp")) and not url.startswith(address)

    def said(message: ConsoleMessage) -> None:
        place = message.location["url"]  # of a request that failed: its address, even where a frame asked before anybody listened
        heard.append((ABROAD, place[:200]) if abroad(place) else ("console", message.text[:200]))

    def asked(request: Request) -> None:
        if abroad(request.url):
            heard.append((ABROAD, request.url[:200]))

    def answered(response: Response) -> None:
        if response.status >= 400:
            heard.append(("request that fails", f"{response.status} {response.url[:200]}"))

    tab.on("console", said)
    tab.on("pageerror", lambda error: heard.append(("exception", str(error)[:200])))
    tab.on("request", asked)
    tab.on("response", answered)


def _looked_at(tab: Page, width: int) -> Iterator[Offence]:
    """Load and draw all that the page has, then look at it."""
    tab.evaluate(_PICTURES)
    try:
        tab.wait_for_function(_LOADED, timeout=PATIENCE)
        for _ in range(tab.locator(_WAITING).count()):
            waiting = tab.locator(_WAITING).first
            if not waiting.count():
                break
            output = waiting.element_handle(timeout=PATIENCE)
            output.scroll_into_view_if_needed()
            tab.wait_for_function(_SETTLED, arg=output, timeout=PATIENCE)
    except TimeoutError:
        yield "not drawn in time", f"{tab.locator(_WAITING).count()} outputs"
    for box in tab.locator("[data-failed]").all():
        yield "output that does not draw", box.inner_text()[-120:]
    for source in tab.evaluate(_BROKEN):
        yield "broken picture", source
    if (found := tab.evaluate(_WIDTH)) > width:
        yield "scrolls sideways", f"{found} pixels"


def _run(tab: Page) -> None:
    """Run every output that waits for a click, and let it do what it does."""
    for output in tab.locator(_ON_CLICK).element_handles():
        button = output.query_selector("button.run")
        if button and button.is_visible():
            button.click()
            with suppress(TimeoutError):
                tab.wait_for_function(_SETTLED, arg=output, timeout=PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
