"""Attack sites on a port of this machine, in four modes.

``both`` is the site as it is published, ``sanitised`` has the policy taken out of its pages, ``policed`` is the bare site with its policy, and
``control`` is the bare site without.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.attack.sites import Built

POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')

_TYPES = {
    "html": "text/html; charset=utf-8",
    "txt": "text/plain",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "json": "application/json",
    "png": "image/png",
    "webp": "image/webp",
}


def modes(guarded: Built, bare: Built) -> Mapping[str, Mapping[str, bytes]]:
    """The files of each mode."""
    return {"both": guarded.files, "sanitised": unpoliced(guarded.files), "policed": bare.files, "control": unpoliced(bare.files)}


def allowed(*sites: Mapping[str, bytes]) -> frozenset[str]:
    """The SHA-256 (in hex) of the scripts that the policies of these sites' pages name."""
    policies = {found[1] for files in sites for path, data in files.items() if path.endswith(".html") and (found := POLICY.search(data))}
    return frozenset(base64.b64decode(script).hex() for policy in policies for script in re.findall(rb"'sha256-([^']+)'", policy))


@contextmanager
def serving(sites: Mapping[str, Mapping[str, bytes]]) -> Iterator[str]:
    """The address that every ``mode/path`` lies below."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            mode, _, path = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
            found = sites.get(mode, {}).get(path)
            data = b"not here" if found is None else found  # to an empty answer the browser shows a page, with scripts, of its own
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", _TYPES.get("txt" if found is None else path.rpartition(".")[2], "application/octet-stream"))
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "max-age=3600")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A tab that is closed hangs up: nothing to say."""


def unpoliced(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with the policy taken out of every page; the frame document of the theme keeps its own."""
    return {
        path: POLICY.sub(b"", data, count=1) if path.endswith(".html") and not path.startswith("assets/") else data
        for path, data in files.items()
    }
