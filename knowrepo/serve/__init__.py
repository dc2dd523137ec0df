"""The preview: builds, serves the site on one loopback port, builds again when a file is saved, and reloads the page.

Only the files of the last build's manifest are served, looked up by their whole path: there is no joining of paths that could leave the site. Requests with
a foreign Host or Origin are refused, so that a page elsewhere on the web can neither read the preview (DNS rebinding) nor listen to it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import mimetypes
import re
import signal
import socket
import traceback
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from watchfiles import Change, DefaultFilter, awatch

from knowrepo import build as pipeline
from knowrepo import git, urls, write
from knowrepo.errors import KnowrepoError, OutputError, RepositoryError, Superseded
from knowrepo.model import Problem, Severity
from knowrepo.serve.desk import Desk

HOST = "127.0.0.1"
EVENTS = "/-/events"
SEARCH = "/-/search"
COMPLETE = "/-/complete"
SCRIPT = "/-/preview.js"
RELOAD = (Path(__file__).parent / "preview.js").read_bytes()
INTEGRITY = "sha256-" + base64.b64encode(hashlib.sha256(RELOAD).digest()).decode()

_QUIET = 100
"""Milliseconds without a change before a build starts: a burst of saves builds once."""
_NOTED = re.compile(r"(HEAD|index|packed-refs|config|info/exclude|refs/heads/.+|reftable/.+)(?<!\.lock)$")
"""What of Git's own files says what is checked out and tracked. Our own questions to Git do not touch them."""
_SCRIPTS = re.compile(rb"script-src (?:'none'|(?='sha256-))")
_FIRST = re.compile(rb"(?=<script|</head>)")
_MIME = {
    ".ipynb": "application/json",
    ".md": "text/plain",
    ".rmd": "text/plain",
    ".qmd": "text/plain",
    ".py": "text/plain",
    ".webp": "image/webp",
}

Say = Callable[[str], None]


class Preview:
    """What is being shown: the files of the last good build, and what was wrong in the last one. ``version`` counts the builds.

    A build gives way as soon as there is a change that it does not know: what it has made by then lies in the cache.
    """

    def __init__(self, shop: pipeline.Workshop, secret: bytes) -> None:
        self.changed = asyncio.Event()
        self.shop = replace(shop, superseded=self.changed.is_set)
        self.version = 0
        self.files: Mapping[str, tuple[str, int]] = {}
        self.problems: tuple[dict[str, str], ...] = ()
        self._built = asyncio.Condition()
        self.desk = Desk(shop, secret, lambda: self.version)

    def rebuild(self) -> str:
        """Build, and say in a line what is new; "" if nothing is. A mistake in the set-up leaves the last site in place."""
        before = self.files, self.problems
        try:
            report = pipeline.build(self.shop)
        except Superseded:
            return ""
        except KnowrepoError as error:
            self.problems = ({"severity": "error", "place": "", "message": error.message, "hint": error.hint},)
            said = f"error: {error.message}" + (f" ({error.hint})" if error.hint else "")
        else:
            manifest = write.manifest(self.shop.out)
            self.files = dict(manifest.files) if manifest else {}
            self.problems = tuple(_shown(problem) for problem in report.problems if problem.severity is not Severity.INFO)
            found = f", problems: {len(self.problems)}" if self.problems else ""
            said = f"posts: {len(report.published)}, files written: {report.written.written}{found}"
        return said if before != (self.files, self.problems) else ""

    def give_up(self, error: BaseException) -> str:
        """A bug must not end the preview: the traceback goes to the terminal, a word of it to the page, and the next save tries again."""
        self.problems = (
            {"severity": "error", "place": "", "message": f"a bug in knowrepo: {error!r}", "hint": "the terminal has the traceback"},
        )
        return "".join(traceback.format_exception(error))

    async def built(self) -> None:
        """Wait for the first build that has something to say."""
        async with self._built:
            await self._built.wait_for(lambda: self.version)

    async def announce(self) -> None:
        """Tell every open page that there was a build."""
        async with self._built:
            self.version += 1
            self._built.notify_all()

    async def events(self) -> AsyncIterator[bytes]:
        """Server-sent events: the state now, and again after every build."""
        seen = -1
        while True:
            async with self._built:
                await self._built.wait_for(lambda: self.version != seen)  # noqa: B023 - seen is read within this turn of the loop
                seen = self.version
            yield b"data: " + orjson.dumps({"version": self.version, "problems": self.problems}) + b"\n\n"


def _shown(problem: Problem) -> dict[str, str]:
    return {"severity": problem.severity.value, "place": problem.place, "message": problem.message, "hint": problem.hint}


def application(preview: Preview, hosts: frozenset[str]) -> ASGIApp:
    """The ASGI application; ``hosts`` are the Host headers that are answered."""

    async def events(_request: Request) -> Response:
        return StreamingResponse(preview.events(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def script(_request: Request) -> Response:
        return Response(RELOAD, media_type="text/javascript")

    async def page(request: Request) -> Response:
        return _page(preview, request.path_params["path"])

    async def search(request: Request) -> Response:
        return await _answered(preview.desk.found, request)

    async def complete(request: Request) -> Response:
        return await _answered(preview.desk.completions, request)

    asked = [Route(SEARCH, search), Route(COMPLETE, complete)]
    routes = [Route(EVENTS, events), Route(SCRIPT, script), *asked, Route("/{path:path}", page)]
    return _Gate(Starlette(routes=routes), hosts)


async def _answered(answer: Callable[[Mapping[str, str]], object], request: Request) -> Response:
    try:
        found = await asyncio.to_thread(answer, request.query_params)
    except KnowrepoError as error:
        return PlainTextResponse(f"{error.message}\n", 503)
    return Response(orjson.dumps(found), media_type="application/json", headers={"cache-control": "no-store"})


def run(shop: pipeline.Workshop, secret: bytes, *, port: int, open_browser: bool, say: Say) -> None:
    """Serve until interrupted; ``secret`` seals the index of the search.

    Raises RepositoryError if there is no such folder, OutputError if the port is taken.
    """
    if not shop.root.is_dir():
        raise RepositoryError(f"{shop.root} is not a folder", hint="name the folder of the repository with -C")
    listener = _listen(port)
    address = f"http://{HOST}:{listener.getsockname()[1]}/"
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Preview(shop, secret), listener, address, open_browser, say))


async def _serve(preview: Preview, listener: socket.socket, address: str, open_browser: bool, say: Say) -> None:
    port = listener.getsockname()[1]
    application_ = application(preview, frozenset({f"{HOST}:{port}", f"localhost:{port}"}))
    server = uvicorn.Server(uvicorn.Config(application_, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    async with _watching(preview, say) as watcher:
        first = asyncio.create_task(preview.built())
        await asyncio.wait((first, watcher), return_when=asyncio.FIRST_COMPLETED)
        first.cancel()
        listener.listen()  # who goes to the address at once waits instead of being refused
        say(f"{address}  (Ctrl-C ends)")
        if open_browser:
            webbrowser.open(address)
        watcher.add_done_callback(lambda _task: server.handle_exit(signal.SIGTERM, None))  # without a watcher there is no preview
        await server.serve(sockets=[listener])


@contextlib.asynccontextmanager
async def _watching(preview: Preview, say: Say) -> AsyncIterator[asyncio.Task[None]]:
    """While this is open, there is a build at once and after every burst of changes, in a task that ends only with it, or with an error."""
    stop = asyncio.Event()
    root = preview.shop.root
    saved = _Saved(root, (root / ".knowrepo", preview.shop.out, preview.shop.cache.folder))

    async def look() -> None:
        async for _ in awatch(root, *saved.elsewhere, watch_filter=saved, debounce=1600, step=_QUIET, stop_event=stop):
            preview.changed.set()

    async def keep_up() -> None:
        while not stop.is_set():
            preview.changed.clear()
            (outcome,) = await asyncio.gather(asyncio.to_thread(preview.rebuild), return_exceptions=True)
            said = outcome if isinstance(outcome, str) else preview.give_up(outcome)
            if said:
                say(said)
                await preview.announce()
            await preview.changed.wait()

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(look())  # first, so that no change is missed
            group.create_task(keep_up())

    task = asyncio.create_task(both())
    try:
        yield task
    finally:
        stop.set()
        preview.changed.set()
        await task


class _Saved(DefaultFilter):
    """Changes that the preview may have to show: saved files, and what Git notes of commits and of what it tracks."""

    def __init__(self, root: Path, ours: tuple[Path, ...]) -> None:
        super().__init__()
        self.ours = tuple(f"{folder}/" for folder in ours)
        self.places = git.places(root)
        self.elsewhere = [place for place in self.places if not git.below(root, place)]

    def __call__(self, change: Change, path: str) -> bool:
        """Whether this change may matter. A build of ours makes thousands, which are told by their names alone."""
        return not f"{path}/".startswith(self.ours) and self._may_matter(change, path)

    def _may_matter(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) or any(_NOTED.match(git.below(place, Path(path))) for place in self.places)


class _Gate:
    """Refuses every request that is not from a page of the preview itself."""

    def __init__(self, inner: ASGIApp, hosts: frozenset[str]) -> None:
        self.inner = inner
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin", "")
        refused = headers.get(b"host") not in self.hosts or (origin and origin.removeprefix("http://") not in self.hosts)
        if refused:
            await PlainTextResponse("This preview answers only to its own address.\n", 403)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse("Only GET and HEAD.\n", 405)(scope, receive, send)
        else:
            await self.inner(scope, receive, send)


def _page(preview: Preview, path: str) -> Response:
    path = path or urls.HOME
    if path in preview.files:
        return _file(preview.shop.out, path, 200)
    folder = path.rstrip("/") + "/index.html"
    if folder in preview.files:
        return RedirectResponse("/" + folder, 302)
    return _file(preview.shop.out, urls.NOT_FOUND, 404)


def _file(out: Path, path: str, status: int) -> Response:
    try:
        data = (out / path).read_bytes()
    except OSError:
        return PlainTextResponse("There is no such page.\n", 404)
    suffix = Path(path).suffix
    mime = _MIME.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(live(data) if suffix == ".html" else data, status, headers, media_type=mime)


def live(page: bytes) -> bytes:
    """A page with the preview's script before its own, and the script's hash in its policy. The document of interactive outputs stays as it is."""
    allowed, found = _SCRIPTS.subn(f"script-src '{INTEGRITY}' ".encode(), page, count=1)
    tag = f'<script src="{SCRIPT}" integrity="{INTEGRITY}" defer></script>'.encode()
    return _FIRST.sub(tag, allowed, count=1) if found else page


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise OutputError(f"port {port} is taken", hint="stop what is using it, or choose another: knowrepo serve --port 8001") from error
    return listener
