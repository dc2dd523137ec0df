"""Sites of one post with interactive outputs, served from memory to a browser that reaches nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request

from knowrepo import chain
from knowrepo.cache import load
from knowrepo.model import Asset
from knowrepo.pages import artifacts, theme
from tests import sitefactory

POST = "posts/a/index.html"
MIMES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "json": "application/json", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Output:
    """An output of the post, as the renderer writes it."""

    view: str
    data: Mapping[str, Any]
    libraries: tuple[str, ...] = ()
    run: str = "auto"
    name: str = "out.json"

    @property
    def placeholder(self) -> str:
        still = '<div class="still"><p>The still</p></div>'
        return f'<div class="output frame" data-frame="{self.name}" data-run="{self.run}" data-label="A chart">{still}</div>'

    @property
    def asset(self) -> Asset:
        return Asset(self.name, json.dumps({"view": self.view, "libraries": self.libraries, "data": self.data}).encode(), 0, 0)


def files(*outputs: Output, html: str = "", hosts: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The site whose post shows these outputs, with ``html`` before them."""
    used = {name for output in outputs for name in output.libraries}
    post = sitefactory.post(
        "a.md",
        html=html + "".join(output.placeholder for output in outputs),
        assets=tuple(output.asset for output in outputs),
        libraries=tuple(sorted(used)),
    )
    made = theme.load(chain.read(chain.base()), hosts=hosts)
    return {artifact.path: load(artifact.content) for artifact in artifacts(sitefactory.site([post]), made)}


@dataclass
class Server:
    """A web server on the loopback; ``asked`` are the paths of all requests."""

    files: Mapping[str, bytes]
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(site: Mapping[str, bytes]) -> Iterator[Server]:
    """Serve these files until the end of the block."""
    server = Server(site)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path.lstrip("/")
            server.asked.append(path)
            data = server.files.get(path)
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Type", MIMES.get(path.rpartition(".")[2], "application/octet-stream"))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server.address = f"http://127.0.0.1:{listener.server_port}/"
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


@dataclass
class View:
    """A page and what the browser said: console errors, and requests to other hosts."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def drawn(self, number: int = 1) -> None:
        """Wait until so many outputs are drawn."""
        self.page.locator(".frame[data-drawn]").nth(number - 1).wait_for(timeout=60_000)

    def failed(self) -> str:
        """Wait for the line that says why an output is not drawn."""
        self.page.wait_for_selector(".frame[data-failed]", timeout=60_000)
        return self.page.inner_text(".frame > .note[role=status]")

    def ink(self) -> int:
        """How many pixels of the first frame are not blank."""
        return int(
            self.page.evaluate(_INK, self.page.locator(".frame > iframe").first.screenshot().hex())  # a picture of another process
        )


_INK = """async (hex) => {
  const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] + data[at + 1] + data[at + 2] < 600;
  return count;
}"""


@contextmanager
def opened(browser: Browser, site: Mapping[str, bytes], path: str = POST, **options: Any) -> Iterator[View]:
    """The post in a browser without a network but for its own server."""
    with serving(site) as server:
        context = browser.new_context(**({"viewport": {"width": 1000, "height": 800}} | options))
        view = View(context.new_page(), server)
        _listen(context, view)
        view.page.goto(server.address + path)
        try:
            yield view
        finally:
            context.close()


def _listen(context: BrowserContext, view: View) -> None:
    def requested(request: Request) -> None:
        if not request.url.startswith((view.server.address, "data:", "blob:", "about:")):
            view.foreign.append(request.url)

    context.on("request", requested)
    context.on("console", lambda message: view.errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: view.errors.append(str(error.error)))


def suffixes(paths: Iterable[str]) -> set[str]:
    """The suffixes of files."""
    return {path.rpartition(".")[2] for path in paths}
