"""The preview shows what a clean build makes, after whatever storm of edits."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from knowrepo import serve
from knowrepo.build import Options, Workshop, build
from knowrepo.cache import Cache
from tests import gitrepo, lawful, team

PATIENCE = 50
"""Seconds until a preview that is still wrong counts as wrong."""


class Preview:
    """A preview of a repository in a process of its own, and what it says, with the time."""

    def __init__(self, folder: Path, posts: int) -> None:
        self.posts = posts
        self.root = gitrepo.make(folder / "repo", {**lawful.FILES, ".gitignore": ".knowrepo\n", **self._many("first")})
        gitrepo.git(self.root, "checkout", "-q", "-b", "other")
        gitrepo.commit(self.root, self._many("other"), day=3)
        gitrepo.git(self.root, "checkout", "-q", "main")
        self.clean = folder / "clean"
        self.lines: list[tuple[float, str]] = []
        self._said = threading.Condition()
        self.temporary = Path(tempfile.mkdtemp(prefix="preview-"))  # with a short name: sockets lie in it
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        self.process = subprocess.Popen(
            lawful.command(self.root, "serve", "--port", "0"), env=environment, stderr=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.wait_for(lambda: any("http://" in line for _, line in self.lines))
        self.address = next(found[1] for _, line in self.lines if (found := re.search(r"(http://\S+/)", line)))

    def _many(self, word: str) -> gitrepo.Files:
        return {
            f"many/{number}.md": team.header(f"{word} {number}", day="2024-02-02") + f"\nThe {word} one.\n" for number in range(self.posts)
        }

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._said:
                self.lines.append((time.monotonic(), line))
                self._said.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        """Whether this comes true, looked at again after each line that the preview says."""
        with self._said:
            return self._said.wait_for(condition, PATIENCE)

    def hears(self, seconds: float) -> None:
        """Give the preview time to begin something, until it says that it is done."""
        with self._said:
            self._said.wait(seconds)

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        self._reader.join()
        assert list(self.temporary.glob("knowrepo-*")) == []
        shutil.rmtree(self.temporary)
        assert self.process.stderr
        self.process.stderr.close()

    def settles(self) -> float:
        """Wait until what is served equals a clean build: the seconds from now to the build that did it."""
        began = time.monotonic()
        shutil.rmtree(self.clean / "public", ignore_errors=True)
        wanted = Options(drafts=True, worktree=True, preview=True)
        build(Workshop(self.root, self.clean / "public", Cache(self.clean / "cache"), wanted))
        site = team.tree(self.clean / "public")
        (temporary,) = self.temporary.glob("knowrepo-*")
        shown = temporary / "preview"
        if not self.wait_for(lambda: team.tree(shown) == site):
            pytest.fail(f"still other than a clean build: {lawful.differences(team.tree(shown), site)}\n{self.lines[-5:]}")
        last = self.lines[-1][0]
        chance = random.Random(len(site))
        with httpx.Client(base_url=self.address, timeout=30) as client:
            for path in {"index.html", "site.json", "feed.xml", *chance.sample(sorted(site), min(60, len(site)))}:
                assert client.get(path).content == (serve.live(site[path]) if path.endswith(".html") else site[path]), path
        return max(0.0, last - began)


def _atomic(file: Path, text: str) -> None:
    """Save as many editors do: beside it, then in its place."""
    beside = file.with_name(f".{file.name}.swp")
    beside.write_text(text)
    beside.replace(file)


def _save(preview: Preview, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 4)):
        gitrepo.write(preview.root, {"methods/guide.md": team.header("The guide") + f"\n# Finding\n\nSaved {chance.random()}.\n"})
        _atomic(preview.root / "methods/guide.md", team.header("The guide") + f"\n# Finding\n\nSaved {chance.random()}.\n")


def _burst(preview: Preview, chance: random.Random) -> None:
    for number in range(60):
        _atomic(preview.root / f"many/{number % preview.posts}.md", team.header(f"Burst {number}") + f"\n{chance.random()}\n")


def _recreate(preview: Preview, chance: random.Random) -> None:
    file = preview.root / f"many/{chance.randrange(preview.posts)}.md"
    if file.exists():
        text = file.read_text()
        file.unlink()
        file.write_text(text + f"\nAgain {chance.random()}.\n")


def _there_and_back(preview: Preview, chance: random.Random) -> None:
    """A change that is taken back while it is being built: nothing of it may stay."""
    file = preview.root / "growth/churn.ipynb"
    before = file.read_text()
    for _ in range(3):
        file.write_text(team.notebook(f"Churn {chance.random()}", word="elsewhere"))
        preview.hears(chance.uniform(0.1, 0.9))
        file.write_text(before)


def _rename(preview: Preview, chance: random.Random) -> None:
    here, there = preview.root / "methods", preview.root / "ways"
    here, there = (here, there) if here.exists() else (there, here)
    here.rename(there)
    if chance.random() < 0.5:
        there.rename(here)
    if here.name == "methods" and not here.exists():
        there.rename(here)


def _checkout(preview: Preview, _chance: random.Random) -> None:
    branch = gitrepo.git(preview.root, "rev-parse", "--abbrev-ref", "HEAD").strip()
    gitrepo.git(preview.root, "checkout", "-q", "-f", "main" if branch == "other" else "other")
    gitrepo.git(preview.root, "clean", "-q", "-f", "-d")


def _commit(preview: Preview, chance: random.Random) -> None:
    """Only Git's own files change: the dates and the links to the source do too."""
    if chance.random() < 0.5:
        gitrepo.write(preview.root, {"growth/new.md": team.header(f"New {chance.random()}") + "\nText.\n"})
    gitrepo.commit(preview.root, {}, day=chance.randrange(10, 300), author=chance.choice([gitrepo.ADA, gitrepo.BOB]))


def _repaint(preview: Preview, chance: random.Random) -> None:
    for colour in chance.sample(["red", "green", "blue", "black"], 3):
        gitrepo.write(preview.root, {"methods/plot.png": team.picture(colour)})
        gitrepo.write(preview.root, {"knowrepo.yml": f"title: Team {colour}\n", "theme/extra.css": f"/* {colour} */"})


STORMS = (_save, _burst, _recreate, _there_and_back, _rename, _checkout, _commit, _repaint)


def _weather(preview: Preview, storms: int, seed: int) -> list[tuple[str, float, int]]:
    """So many storms: the name of each, the seconds until the preview was right, and how many builds had something to say."""
    chance = random.Random(seed)
    order = [STORMS[number % len(STORMS)] for number in range(storms)]
    chance.shuffle(order)
    seen = []
    for storm in order:
        lines = len(preview.lines)
        storm(preview, chance)
        seen.append((storm.__name__[1:], preview.settles(), len(preview.lines) - lines))
    return seen


@pytest.fixture
def preview(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Preview]:
    made = Preview(tmp_path, request.param)
    yield made
    made.end()


@pytest.mark.parametrize("preview", [12], indirect=True)
def test_the_preview_is_right_after_every_storm(preview: Preview) -> None:
    """Editors that save beside and rename, bursts, files deleted and made again, checkouts, commits, changes taken back."""
    _weather(preview, len(STORMS), 1)


@pytest.mark.long
@pytest.mark.parametrize("preview", [500], indirect=True)
def test_the_preview_is_right_after_thirty_storms(preview: Preview, say: Callable[[str], None]) -> None:
    """The same, thirty times, with 500 files that a checkout changes."""
    for name, seconds, builds in _weather(preview, 30, 2):
        say(f"storm {name}: right {seconds:.2f} s after it, in {builds} builds")
