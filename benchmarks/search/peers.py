"""The searches that ours is measured beside, from npm: Pagefind over the built pages (in Chromium, by its own script), lunr over their text (in Node)."""

from __future__ import annotations

import contextlib
import gzip
import json
import mimetypes
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PACKAGES = ("pagefind@1.6.0", "lunr@2.3.9", "esbuild@0.28.2")
ENGINE = Path(__file__).parent.parent.parent / "themes" / "scripts" / "search" / "engine.js"
BLANK = b"<!doctype html><html lang=en><meta charset=utf-8><title>Measuring</title>"

OPENERS = {
    "knowrepo": """async () => {
        const { open } = await import("/engine/engine.js");
        const read = async (name) => new Uint8Array(await (await fetch("/search/" + name)).arrayBuffer());
        const index = await open(read, async (url) => (await fetch("/" + url)).text());
        return async (query, limit, typing) => (await index.search(query, { limit, typing })).results.map(({ url }) => url);
    }""",
    "Pagefind": """async () => {
        const pagefind = await import("/pagefind/pagefind.js");
        await pagefind.init();
        return async (query, limit) => {
            const { results } = await pagefind.search(query);
            return (await Promise.all(results.slice(0, limit).map((result) => result.data()))).map(({ raw_url }) => raw_url.slice(1));
        };
    }""",
}
"""JavaScript that makes each search ready: a function (query, limit, typing) → addresses, with excerpts loaded."""

_LUNR = """
import { readFileSync } from "node:fs";
import lunr from "lunr";
const { posts, queries } = JSON.parse(readFileSync(0, "utf8"));
const index = lunr(function () {
  this.ref("path");
  this.field("title", { boost: 2 });
  this.field("text");
  for (const post of posts) this.add(post);
});
const search = (text) => index.query((query) => query.term(lunr.tokenizer(text), {}));
process.stdout.write(JSON.stringify(queries.map((text) => search(text).slice(0, 10).map(({ ref }) => ref))));
"""


def install(folder: Path) -> Path:
    """The folder of the packages."""
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES], check=True)
    return folder / "node_modules"


def pagefind(modules: Path, site: Path, out: Path) -> Path:
    """Pagefind's index of the posts of a site."""
    command = [modules / ".bin" / "pagefind", "--silent", "--site", site, "--output-path", out, "--keep-index-url"]
    subprocess.run([*command, "--glob", "posts/**/*.html", "--root-selector", "main"], check=True)
    return out


def engine(modules: Path, out: Path) -> Path:
    """Our client as one file, as the site has it."""
    command = [modules / ".bin" / "esbuild", ENGINE, "--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8"]
    subprocess.run([*command, "--log-level=warning", f"--outfile={out / 'engine.js'}"], check=True)
    return out


def lunr(modules: Path, posts: list[dict[str, str]], queries: list[str]) -> list[list[str]]:
    """The paths that lunr finds in posts of ``path``, ``title`` and ``text``."""
    script = modules.parent / "lunr.mjs"
    script.write_text(_LUNR)
    done = subprocess.run(
        ["node", script], input=json.dumps({"posts": posts, "queries": queries}), capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


class _Files(BaseHTTPRequestHandler):
    """Answers from several folders, compressed where the file is text and not compressed already, and notes what it sent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # as every server does; else each answer waits 40 ms for its first part to be confirmed

    def __init__(self, *arguments: Any, folders: Mapping[str, Path], sent: list[tuple[str, int]]) -> None:
        self.folders, self.sent = folders, sent
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send a file."""
        path = self.path.partition("?")[0].lstrip("/")
        top, _, rest = path.partition("/")
        file = self.folders[top] / rest if top in self.folders else None
        data = BLANK if path == "blank.html" else file.read_bytes() if file and file.is_file() else None
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        text = data is not None and (kind.startswith("text/") or kind.endswith(("json", "javascript")))
        sent = gzip.compress(data, 9) if text and data else data or b""
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")  # with the next: clocks of 5 µs
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        if text:
            self.send_header("Content-Encoding", "gzip")
        if path != "blank.html":
            self.sent.append((path, len(sent)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the page is gone already
            self.end_headers()
            self.wfile.write(sent)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folders: Mapping[str, Path]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """The address at which folders are served under their names, and the list of what has been sent, which grows."""
    sent: list[tuple[str, int]] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, folders=folders, sent=sent)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", sent
        server.shutdown()
