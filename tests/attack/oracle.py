"""Headless Chromium, and what counts as a hit.

The judge needs no knowledge of the payloads. A hit is a script that was compiled and is not one of the site's own (by its SHA-256; what runs inside the
site's sandboxed frame document does not count), a dialog, a request to another host, a navigation that nobody asked for, a popup, a download,
a crash or a page that does not end. ``held`` counts what the policy refused, ``left`` is what sanitising should have taken out, ``drawn`` counts the
interactive outputs that were seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import Browser, BrowserContext, CDPSession, Error, Page, Request, async_playwright

from tests import browser

POKE = Path(__file__).with_name("poke.js").read_text("utf-8")
DRAWN = Path(__file__).with_name("drawn.js").read_text("utf-8")
"""Waits until every interactive output of a page has drawn or failed."""
SETTLE = 0.12
"""So many seconds a page has for what events start: a picture that fails, a refresh."""
PATIENCE = 150.0
"""A page that has not ended after so many seconds hangs. (On a busy machine one with thirty interactive outputs takes half of it.)"""
LEAVING = 1.0
"""A tab that takes more seconds to leave a page is closed."""
BROWSER = 150
"""So many pages are looked at in one browser."""
ATTEMPTS = 3
ARGUMENTS = [
    *browser.ARGUMENTS,
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-site-isolation-trials",  # scripts of a sandboxed frame are seen only if it shares the page's process
]

RAN = ("script", "dialog")
"""The hits that say that script of a payload has run."""

_FRAME = re.compile(r"/assets/frame-[0-9a-f]+\.html$")
_OPAQUE = "://"
"""How the browser writes the origin of a sandboxed document."""
_OURS = {hashlib.sha256(script.encode()).hexdigest() for script in ("", POKE, DRAWN)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page did. ``hits`` are pairs of a kind (script, dialog, …) and its detail."""

    url: str
    hits: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()
    held: int = 0
    drawn: int = 0


@dataclass(slots=True)
class _Record:
    """What has happened since the page was opened."""

    url: str
    hits: list[tuple[str, str]] = field(default_factory=list)
    abroad: dict[Request, str] = field(default_factory=dict)
    held: int = 0
    drawn: int = 0
    arrived: bool = False
    ran: asyncio.Event = field(default_factory=asyncio.Event)

    def hit(self, kind: str, detail: object) -> None:
        """Note something; a page that does it again and again is noted fifty times. Until the page is there, what runs is the one before it."""
        if kind in RAN and not self.arrived:
            return
        if len(self.hits) < 50:
            self.hits.append((kind, str(detail)[:200]))
        if kind in RAN:
            self.ran.set()


def look(urls: Iterable[str], allowed: frozenset[str], *, first: bool = False, tabs: int = 3) -> tuple[Seen, ...]:
    """Open the pages (of one host and port) in several tabs, poke them and say what they did.

    ``allowed`` are SHA-256 in hex of the scripts that may run. With ``first`` a page is left as soon as a script of its own has run; without, a page with
    a hit is looked at again in a browser of its own, and what it does there counts.
    """
    seen: dict[str, Seen] = {}
    for chunk in _chunks(list(urls)):
        for _ in range(ATTEMPTS):
            if missing := [url for url in chunk if url not in seen]:
                _browse(missing, allowed, first, tabs, seen)
        for url in [] if first else [url for url in chunk if seen[url].hits]:
            _browse([url], allowed, first, 1, seen)
    return tuple(seen.values())


def _chunks(urls: list[str]) -> Iterator[list[str]]:
    return (urls[at : at + BROWSER] for at in range(0, len(urls), BROWSER))


def _browse(urls: list[str], allowed: frozenset[str], first: bool, tabs: int, seen: dict[str, Seen]) -> None:
    """Look at the pages in one browser and put down what was seen. Pages may be missing: a browser that ends is no reason to give up."""
    with ThreadPoolExecutor(1) as thread, contextlib.suppress(Error):  # another test may have an event loop in this thread
        thread.submit(asyncio.run, _look(urls, allowed | _OURS, first, tabs, seen)).result()


def ran(page: Seen) -> bool:
    """Whether a script that is not the site's has run on the page."""
    return any(kind in RAN for kind, _ in page.hits)


async def _look(urls: list[str], allowed: frozenset[str], first: bool, tabs: int, seen: dict[str, Seen]) -> None:
    waiting = iter(urls)
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=browser.executable(), args=ARGUMENTS)
        await asyncio.gather(*(_work(chromium, waiting, allowed, first, seen) for _ in range(tabs)))
        await chromium.close()


async def _work(chromium: Browser, waiting: Iterator[str], allowed: frozenset[str], first: bool, seen: dict[str, Seen]) -> None:
    """Look at pages one after another, in the same tab as long as it can be left: to open another costs more than a page."""
    context = await chromium.new_context(accept_downloads=False, viewport={"width": 640, "height": 360})
    tab = None
    for url in waiting:
        tab = tab or await _Tab.opened(context, allowed)
        seen[url] = await tab.look(url, first)
        if seen[url].hits and not await tab.left():
            await tab.close()
            tab = None


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame of a page: the frame that it is in, the address of its document."""

    parent: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class _World:
    """A JavaScript context that scripts of a page run in: its frame, whether its document is sandboxed."""

    frame: str = ""
    opaque: bool = False


class _Tab:
    """A page, the only one of its context, watched from the browser's side."""

    def __init__(self, page: Page, session: CDPSession, allowed: frozenset[str]) -> None:
        self._page = page
        self._session = session
        self._allowed = allowed
        self._record = _Record("")
        self._frames: dict[str, _Frame] = {}
        self._worlds: dict[int, _World] = {}

    @classmethod
    async def opened(cls, context: BrowserContext, allowed: frozenset[str]) -> _Tab:
        """A new tab that is watched."""
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        tab = cls(page, session, allowed)
        page.on("dialog", tab._dialog)
        page.on("download", lambda download: tab._record.hit("download", download.url))
        page.on("crash", lambda _page: tab._record.hit("crash", ""))
        page.on("websocket", lambda socket: tab._record.hit("request", socket.url))
        page.on("popup", lambda other: tab._record.hit("popup", other.url))
        page.on("framenavigated", lambda frame: tab._navigated(frame.url) if frame == page.main_frame else None)
        page.on("request", tab._request)
        page.on("requestfailed", tab._failed)
        session.on("Debugger.scriptParsed", tab._script)
        session.on("Audits.issueAdded", tab._issue)
        session.on("Page.frameAttached", lambda event: tab._frames.update({event["frameId"]: _Frame(event["parentFrameId"])}))
        session.on("Page.frameNavigated", tab._arrived)
        session.on("Runtime.executionContextCreated", tab._world)
        session.on("Runtime.executionContextDestroyed", tab._gone)
        session.on("Runtime.executionContextsCleared", lambda _event: tab._worlds.clear())
        for domain in ("Page", "Runtime", "Debugger", "Audits"):
            await session.send(f"{domain}.enable")
        await session.send("Debugger.setSkipAllPauses", {"skip": True})
        return tab

    async def look(self, url: str, first: bool) -> Seen:
        """Open a page, poke it and wait a moment."""
        self._record = record = _Record(url)
        poking = asyncio.create_task(self._poke(url))
        ran = asyncio.create_task(record.ran.wait())
        done, _ = await asyncio.wait({poking, ran} if first else {poking}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for task in (poking, ran):
            task.cancel()
        left, _ = await asyncio.gather(poking, ran, return_exceptions=True)
        if not done:
            record.hit("hang", f"more than {PATIENCE} seconds")
        if isinstance(left, Error):
            record.hit("navigation", left.message)
        elif isinstance(left, Exception):
            raise left
        for address in record.abroad.values():
            record.hit("request", address)
        return Seen(url, tuple(record.hits), left if isinstance(left, tuple) else (), record.held, record.drawn)

    async def _poke(self, url: str) -> tuple[str, ...]:
        await self._page.goto(url)
        poked = await self._session.send("Runtime.evaluate", {"expression": POKE, "returnByValue": True})
        drawn = await self._session.send("Runtime.evaluate", {"expression": DRAWN, "awaitPromise": True, "returnByValue": True})
        self._record.drawn = int(drawn["result"].get("value") or 0)
        for world in [number for number, world in self._worlds.items() if self._frames.get(world.frame, _Frame()).parent]:
            with contextlib.suppress(Error):  # the frame may have gone
                await self._session.send("Runtime.evaluate", {"expression": POKE, "contextId": world})
        await asyncio.sleep(SETTLE)
        return tuple(poked["result"].get("value") or ())

    async def left(self) -> bool:
        """Leave a page that did something, and close what it has opened: whether the tab can be used again."""
        others = [page for page in self._page.context.pages if page != self._page]
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(LEAVING):
                await self._session.send("Runtime.terminateExecution")
                for page in others:
                    await page.close()
                await self._page.goto("about:blank")
                return True
        return False

    async def close(self) -> None:
        """Close the tab and what it has opened."""
        for page in self._page.context.pages:
            with contextlib.suppress(Error, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await page.close()

    async def _dialog(self, dialog: Any) -> None:
        self._record.hit("dialog", f"{dialog.type} {dialog.message!r}")
        with contextlib.suppress(Error):
            await dialog.accept()  # else a page that asks whether it may be left is not

    def _navigated(self, url: str) -> None:
        if urldefrag(url)[0] not in (urldefrag(self._record.url)[0], "about:blank"):
            self._record.hit("navigation", url)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(self._record.url).netloc:
            self._record.abroad[request] = request.url

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":  # the policy refused it before it left
            self._record.abroad.pop(request, None)

    def _arrived(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        self._frames[frame["id"]] = _Frame(frame.get("parentId", ""), frame["url"])
        if "parentId" not in frame:
            self._record.arrived = True

    def _world(self, event: dict[str, Any]) -> None:
        context = event["context"]
        if context["auxData"]["isDefault"]:
            self._worlds[context["id"]] = _World(context["auxData"]["frameId"], context["origin"] == _OPAQUE)

    def _gone(self, event: dict[str, Any]) -> None:
        self._worlds.pop(event["executionContextId"], None)

    def _script(self, event: dict[str, Any]) -> None:
        about = event.get("executionContextAuxData", {})
        if about.get("type") == "isolated" or event["hash"] in self._allowed:
            return
        around = list(self._around(about.get("frameId", "")))
        if around and around[0].startswith("chrome-error:"):  # the browser's own page about an error
            return
        if self._worlds.get(event["executionContextId"], _World()).opaque and any(_FRAME.search(urlsplit(url).path) for url in around):
            return
        self._record.hit("script", f"{around[:1]} {event['url']} {event['hash'][:10]} {event['length']} letters")

    def _around(self, name: str) -> Iterator[str]:
        """The addresses of a frame and of those that it is in."""
        while name in self._frames:
            frame = self._frames[name]
            yield frame.url
            name = frame.parent

    def _issue(self, event: dict[str, Any]) -> None:
        about = event["issue"]["details"].get("contentSecurityPolicyIssueDetails", {})
        where = about.get("sourceCodeLocation", {}).get("url", "")
        if about and not _FRAME.search(urlsplit(where).path):  # what the frame document refuses its guest is no concern of the page
            self._record.held += 1
