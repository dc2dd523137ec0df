"""The preview: a loopback server that builds on every save, reloads the page, and answers only its own pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import gitrepo, team
from tests.browser import chromium

_SERVE = "import sys; from knowrepo.cli import main; sys.argv[0] = 'knowrepo'; main()"


class Server:
    """A preview of a repository, in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        arguments = ["-C", str(root), "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, *arguments], stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "error"}
        )
        self.lines: list[str] = []
        self.address = self.wait(r"(http://127\.0\.0\.1:\d+)/")
        self.port = int(self.address.rsplit(":", 1)[1])

    def wait(self, pattern: str) -> str:
        """What the pattern's group matches in the next line that has it."""
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(pattern, line)
            if found:
                return found[1] if found.groups() else found[0]
        raise AssertionError("the preview ended:\n" + "".join(self.lines))

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.address + path, headers=headers, timeout=10)

    def raw(self, request: bytes) -> bytes:
        """The answer to bytes that no client would send."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            return connection.recv(65536)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = gitrepo.make(tmp_path_factory.mktemp("preview") / "repo", team.FILES)
    running = Server(root)
    yield running
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert running.process.stderr
    running.process.stderr.close()


def test_pages_come_with_the_reloading_script_in_their_policy(server: Server) -> None:
    """A page is served with one script more, named by its hash in the page's own policy."""
    page = server.get("/").text
    (integrity,) = re.findall(r'<script src="/-/preview.js" integrity="(sha256-[^"]+)"', page)
    assert f"script-src '{integrity}'" in page
    assert server.get("/-/preview.js").headers["content-type"].startswith("text/javascript")


def test_folders_lead_to_their_page_and_missing_pages_say_so(server: Server) -> None:
    """/tags/ leads to its index.html; what is not there is the site's own 404 page."""
    assert server.get("/tags/").headers["location"] == "/tags/index.html"
    missing = server.get("/nothing/here.html")
    assert missing.status_code == 404
    assert "preview.js" in missing.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_a_foreign_host_is_refused(server: Server, host: str) -> None:
    """A name that somebody else points at this computer gets nothing (DNS rebinding)."""
    assert server.get("/", host=host).status_code == 403
    assert server.get("/-/events", host=host).status_code == 403


def test_a_foreign_origin_is_refused(server: Server) -> None:
    """A page elsewhere can neither read the preview nor listen to it; only GET and HEAD are answered."""
    assert server.get("/", origin="https://evil.example").status_code == 403
    assert server.get("/", origin="null").status_code == 403
    assert server.get("/", origin=server.address).status_code == 200
    assert httpx.post(server.address + "/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../knowrepo.yml", "/..%2fknowrepo.yml", "/%2e%2e/knowrepo.yml", "/..\\knowrepo.yml", "//etc/passwd", "/etc/passwd", "/.knowrepo-manifest.json",
        "/./index.html/..%2f..%2f..%2f..%2fetc/passwd", "/posts/..;/knowrepo.yml", "/%00", "/index.html%00.png", "http://evil.example/etc/passwd",
    ],
)  # fmt: skip
def test_paths_outside_the_site_are_not_served(server: Server, path: str) -> None:
    """Only files of the manifest are served; nothing is joined to a path."""
    answer = server.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert re.match(rb"HTTP/1.1 (?:404|400|403|302)", answer), answer[:200]
    assert b"Our team" not in answer.split(b"\r\n\r\n")[0]
    assert b"root:" not in answer


def test_a_save_is_shown_and_a_broken_file_survived(server: Server) -> None:
    """A changed post is on its page after one build; a broken one is a problem in the overlay's feed, and mending it clears it."""
    post = server.root / "methods" / "guide.md"
    good = post.read_text()
    post.write_text(good + "\nA new sentence.\n")
    server.wait(r"files written")
    assert "A new sentence." in server.get("/posts/methods/guide/index.html").text
    post.write_text("---\ntitle: [\n---\n")
    server.wait(r"problems")
    with httpx.stream("GET", server.address + "/-/events", timeout=10) as events:
        state = json.loads(next(line for line in events.iter_lines() if line.startswith("data: "))[6:])
    assert [(problem["severity"], problem["place"].split(":")[0]) for problem in state["problems"] if problem["severity"] == "error"] == [
        ("error", "methods/guide.md")
    ]
    (server.root / "knowrepo.yml").write_text("title: [")
    server.wait(r"error: ")
    assert server.get("/").status_code == 200
    (server.root / "knowrepo.yml").write_text("title: Our team\n")
    post.write_text(good)
    server.wait(r"files written: \d+$")
    assert server.get("/posts/methods/guide/index.html").status_code == 200


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    """There is nothing to show, so nothing is served."""
    command = [sys.executable, "-c", _SERVE, "-C", str(tmp_path / "nowhere"), "serve", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)


def test_a_port_that_is_taken_is_one_clear_error(server: Server) -> None:
    """Two lines and status 2, no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _SERVE, "-C", str(server.root), "serve", "--port", str(server.port)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: port {server.port} is taken\nhelp: ")


def test_the_server_answers_the_search(server: Server) -> None:
    """By the index of ``knowrepo search``, as it is after the last save; there is none for the browser, and no stranger is answered.

    What is swept from the cache meanwhile is made again.
    """
    post = server.root / "methods" / "guide.md"
    good = post.read_text()
    post.write_text(good + "\nA narwhal.\n")
    server.wait(r"files written: \d+$")
    found = server.get("/-/search?q=narwhals&facets=1").json()
    assert [(result["url"], result["sections"][0]["parts"][-2]) for result in found["results"]] == [
        ("posts/methods/guide/index.html", ["narwhal", True])
    ]
    assert ["methods", 1, "methods"] in found["facets"]["folder"]
    assert [way["made"] for way in server.get("/-/complete?before=whale folder:me").json()] == ["whale folder:methods "]
    assert server.get("/search/index.bin").status_code == 404
    assert server.get("/-/search?q=narwhal", host="evil.example").status_code == 403
    assert server.get("/-/search?limit=x").json()["total"] == 0
    shutil.rmtree(server.root / ".knowrepo" / "cache" / "objects")
    assert server.get("/-/search?q=narwhals&facets=1").json() == found
    post.write_text(good)
    server.wait(r"files written: \d+$")
    assert server.get("/-/search?q=narwhals").json()["full"] == 0


@pytest.mark.browser
def test_the_dialog_of_the_preview_finds_posts(server: Server) -> None:
    """In a browser: what the server answers stands in the dialog, with completions, and on the page of the search with its filters."""
    with chromium() as browser:
        page = browser.new_page()
        page.goto(server.address + "/")
        page.keyboard.press("/")
        page.keyboard.type("folder:met")
        page.get_by_role("option").filter(has_text="folder:methods").wait_for(timeout=10_000)
        page.keyboard.press("Tab")
        page.get_by_role("option").filter(has_text="result").wait_for(timeout=10_000)
        page.goto(server.address + "/search/index.html?q=folder:methods")
        page.locator("#_filters label").filter(has_text="methods").first.wait_for(timeout=10_000, state="attached")
        assert page.locator("main article").count()


@pytest.mark.browser
def test_an_open_page_reloads_and_shows_what_is_wrong(server: Server) -> None:
    """In a browser: a save reloads the page, a broken post opens the overlay with its place, mending it takes the overlay away."""
    post = server.root / "methods" / "guide.md"
    good = post.read_text()
    with chromium() as browser:
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(server.address + "/posts/methods/guide/index.html")
        post.write_text(good + "\nSeen at once.\n")
        page.get_by_text("Seen at once.").wait_for(timeout=10_000)
        (server.root / "methods" / "broken.md").write_text("---\ntitle: [\n---\n")
        page.get_by_text("methods/broken.md").wait_for(timeout=10_000)
        assert page.locator("#knowrepo-problems summary").inner_text() == "1 error"
        (server.root / "methods" / "broken.md").unlink()
        page.locator("#knowrepo-problems").wait_for(state="detached", timeout=10_000)
        assert said == []
    post.write_text(good)
