"""A double of GitLab Pages, for tests: what its documentation says of answering a request, and nothing beyond.

Each rule names its page below https://docs.gitlab.com/user/project/pages/ (as of GitLab 18.6); what the pages leave open is as in the tests of
gitlab-pages that they refer to.
"""

from __future__ import annotations

import mimetypes
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

MAX_RULES = 1000
MAX_BYTES = 64 * 1024
MAX_SLASHES = 25
_SESSION = "gitlab-pages=session"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NAME = re.compile(r":([a-z]+)", re.IGNORECASE)
_RULE = re.compile(r"(/\S*)[ \t]+(/\S*)(?:[ \t]+(200|301|302))?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. ``file`` is the file of the site that it was made from."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of ``_redirects``."""

    old: str
    new: str
    status: int

    def match(self, path: str) -> str | None:
        """Where it leads from a path, if anywhere (redirects#splats, redirects#placeholders). Slashes and case count for nothing."""
        pattern = ""
        known: set[str] = set()
        for part in filter(None, self.old.split("/")):
            name = "splat" if part == "*" else part[1:] if _NAME.fullmatch(part) else ""
            what = ".*" if part == "*" else "[^/]+"
            pattern += ("/*" if part == "*" else "/+") + (
                f"(?P<{name}>{what})" if name and name not in known else what if name else re.escape(part)
            )
            known |= {name}
        found = re.fullmatch(pattern + "/*", path, re.IGNORECASE)
        if not found:
            return None
        given = found.groupdict()
        return re.sub("//+", "/", _NAME.sub(lambda name: given.get(name[1], ""), self.new))


@dataclass(frozen=True, slots=True)
class Pages:
    """The sites that a host publishes: folders, by the path that they lie at (``/``, ``/project/``, ``/project/mr-7/``)."""

    sites: Mapping[str, Path]

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request, by its path or its whole address."""
        path = unquote(urlsplit(address).path)
        accepted = (headers or {}).get("accept-encoding", "")
        bases = [
            base for base in sorted(self.sites, key=len, reverse=True) if path.startswith(base)
        ]  # parallel_deployments#path-clash: the longest
        for base in bases[:1]:
            found = _file(self.sites[base], path, path[len(base) :], accepted) or _redirected(self.sites[base], base, path, accepted)
            if found:
                return found
        for base in self.sites:  # projects answer without a slash at the end too: introduction#resolving-ambiguous-urls
            if path + "/" == base:
                return Answer(302, {"location": f"{base}"})
        return self._not_found(bases, accepted)

    def _not_found(self, bases: list[str], accepted: str) -> Answer:
        """The project's 404.html, then that of the group's site (introduction#custom-error-codes-pages)."""
        for base in bases:
            page = self.sites[base] / "404.html"
            if page.is_file():
                answer = _served(page, accepted)
                return Answer(404, answer.headers, answer.body, page)
        return Answer(404, {"content-type": "text/html; charset=utf-8"}, b"GitLab's own page")


@contextmanager
def serving(pages: Pages, *, private: bool = False) -> Iterator[str]:
    """The sites on a server of this machine; its address, without a slash at the end.

    A ``private`` one is for members, who have a session after ``/auth``; all others are sent to GitLab's page for signing in (pages_access_control). Its
    cookie is as in gitlab-pages, internal/auth: not for scripts, nor for requests that begin on another site, as those of a sandboxed frame do.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = pages.get(self.path, {name.lower(): value for name, value in self.headers.items()})
            if self.path == "/auth":
                answer = Answer(200, {"set-cookie": f"{_SESSION}; Path=/; HttpOnly; SameSite=Lax", "content-type": "text/plain"})
            elif private and _SESSION not in self.headers.get("cookie", ""):
                answer = Answer(302, {"location": "https://gitlab.example/oauth/authorize"})
            self.send_response(answer.status)
            for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=partial(server.serve_forever, poll_interval=0.01)).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _file(site: Path, path: str, below: str, accepted: str) -> Answer | None:
    """Files and folders (introduction#resolving-ambiguous-urls). A folder without an index.html is not found; nothing lists it."""
    if any(part in (".", "..") for part in below.split("/")):
        return None
    place = site / below
    if place.is_dir():
        if not path.endswith("/"):
            return Answer(302, {"location": path + "/"})
        place = place / "index.html"
    elif (not place.is_file() or below.endswith("/")) and not below.endswith(".html"):
        place = site / (below.rstrip("/") + ".html")
    if not place.is_file():
        return None
    if place == site / "_redirects":
        return Answer(200, {"content-type": "text/plain; charset=utf-8"}, _status(place).encode())
    return _served(place, accepted)


def _served(file: Path, accepted: str) -> Answer:
    """A file, or what lies compressed beside it and the browser takes (introduction#serving-compressed-assets)."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind}
    offers = {offer.strip().partition(";")[0] for offer in accepted.split(",")}
    for name, suffix in _ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if name in offers and packed.is_file():
            return Answer(200, {**headers, "content-encoding": name}, packed.read_bytes(), file)
    return Answer(200, headers, file.read_bytes(), file)


def _redirected(site: Path, base: str, path: str, accepted: str) -> Answer | None:
    """The first rule that fits; only asked where there is no file (redirects#files-override-redirects)."""
    for rule in _rules(site / "_redirects"):
        target = rule.match(path) if rule else None
        if rule and target is not None:
            if rule.status == 200:
                return _file(site, target, target.removeprefix(base), accepted)
            return Answer(rule.status, {"location": target})
    return None


def _rules(file: Path) -> Iterator[Rule | None]:
    """The first thousand rules, None for one that is not valid; none of a file that is too large (redirects#create-redirects)."""
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        return
    lines = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip() and not line.strip().startswith("#")]
    for line in lines[:MAX_RULES]:
        found = _RULE.fullmatch(line)
        valid = found and max(found[1].count("/"), found[2].count("/")) <= MAX_SLASHES
        yield Rule(found[1], found[2], int(found[3] or 301)) if found and valid else None


def _status(file: Path) -> str:
    """What ``/_redirects`` shows instead of the file (redirects#debug-redirect-rules)."""
    rules = list(_rules(file))
    said = [f"rule {number}: {'valid' if rule else 'error'}" for number, rule in enumerate(rules, 1)]
    return "\n".join([f"{len(rules)} rules", *said]) + "\n"
