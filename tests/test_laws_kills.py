"""A build that is killed at any moment leaves the old site or the new one, and the next build puts everything right."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import gitrepo, lawful, team

STATES = ("main", "later")


class Place:
    """A repository with two states, what the site of each is, and how long a build takes with a cold and with a warm cache."""

    def __init__(self, folder: Path) -> None:
        self.root = gitrepo.make(folder / "repo", lawful.FILES)
        gitrepo.git(self.root, "checkout", "-q", "-b", "later")
        changes = {
            "growth/churn.ipynb": team.notebook("Churn, later", colour="red"),
            "methods/guide.md": None,
            "new.md": team.header("New") + "x",
        }
        gitrepo.commit(self.root, {**changes, "knowrepo.yml": "title: Later\nposts_per_page: 2\n"}, day=5)
        self.out = folder / "site" / "public"
        self.cache = folder / "cache"
        self.sites: dict[str, dict[str, bytes]] = {}
        self.seconds = {True: 0.0, False: 0.0}
        for state in STATES:
            for cold in (True, False):
                began = time.monotonic()
                self.finish(state, folder / state / "public", folder / f"{state}-cache", cold=cold)
                self.seconds[cold] = time.monotonic() - began
            self.sites[state] = team.tree(folder / state / "public")
            shutil.copytree(folder / f"{state}-cache", self.cache, dirs_exist_ok=True)

    def finish(self, state: str, out: Path, cache: Path, *, cold: bool = False) -> None:
        """Check this state out, and build it to the end."""
        gitrepo.git(self.root, "checkout", "-q", state)
        if not cold:
            shutil.rmtree(out, ignore_errors=True)
        with lawful.start(self.root, out, cache) as build:
            assert build.wait(120) == 0

    def kill(self, state: str, wait: Callable[[subprocess.Popen[str]], None]) -> bool:
        """Kill a build of this state, with its workers, when ``wait`` returns: whether it still ran."""
        gitrepo.git(self.root, "checkout", "-q", state)
        with lawful.start(self.root, self.out, self.cache) as build:
            wait(build)
            running = build.poll() is None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(build.pid, signal.SIGKILL)
        return running

    def staged(self) -> int:
        """How many files lie in the stage."""
        return sum(len(files) for _, _, files in os.walk(self.out.parent / f".{self.out.name}.stage" / "new"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("kills"))
    made.finish("main", made.out, made.cache)
    return made


def _after(seconds: float) -> Callable[[subprocess.Popen[str]], None]:
    def wait(build: subprocess.Popen[str]) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            build.wait(seconds)

    return wait


def _once_staged(place: Place, files: int) -> Callable[[subprocess.Popen[str]], None]:
    def wait(build: subprocess.Popen[str]) -> None:
        while build.poll() is None and place.staged() < files:
            pass

    return wait


def _kills(place: Place, seed: int, times: int) -> tuple[int, int]:
    """Kill so many builds, half of them while they write: how many of them still ran, and how many of these left the new site."""
    chance = random.Random(seed)
    ran = new = 0
    for turn in range(times):
        old, state = STATES[turn % 2], STATES[1 - turn % 2]
        cold = chance.random() < 0.4
        if cold:
            shutil.rmtree(place.cache)
        files = chance.randrange(1, len(place.sites[state]) + 2)
        wait = _once_staged(place, files) if chance.random() < 0.5 else _after(chance.uniform(0, place.seconds[cold]))
        ran += place.kill(state, wait)
        found = team.tree(place.out)
        assert found in (place.sites[old], place.sites[state]), (seed, turn)
        assert lawful.wrong(place.out) == [], (seed, turn)
        new += found == place.sites[state]
        with lawful.start(place.root, place.out, place.cache) as build:
            assert build.wait(120) == 0
        assert lawful.differences(team.tree(place.out), place.sites[state]) == [], (seed, turn)
        assert [file.name for file in place.out.parent.iterdir()] == [place.out.name]
    return ran, new


def test_a_killed_build_leaves_the_old_site_or_the_new_one(place: Place) -> None:
    """Five kills of whole process groups, at random moments and while files are staged."""
    ran, _ = _kills(place, 1, 5)
    assert ran


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_a_hundred_killed_builds_leave_the_old_site_or_the_new_one(place: Place, say: Callable[[str], None], seed: int) -> None:
    """A hundred kills."""
    ran, new = _kills(place, seed, 10)
    say(f"kills, seed {seed}: {ran} of 10 builds still ran, {new} left the new site")
    assert ran
