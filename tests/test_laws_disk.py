"""A disk that is full, at every single write of a build: the old site stays, the message says what could not be written, and the next build mends all."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from knowrepo.build import Options, Workshop, build
from knowrepo.cache import Cache
from knowrepo.disk import Disk
from knowrepo.errors import OutputError
from tests import gitrepo, team

FILES: gitrepo.Files = {
    "knowrepo.yml": "title: Our team\nsite_url: https://team.example/\n",
    "churn.ipynb": team.notebook("Churn"),
    "guide.md": team.header("The guide", day="2024-03-01") + "\n![A plot](plot.png)\n\nBack to [churn](churn.ipynb).\n",
    "plot.png": team.picture("olive"),
}
LATER: gitrepo.Files = {
    "churn.ipynb": team.notebook("Churn again", colour="red"),
    "guide.md": None,
    "new.md": team.header("New") + "\nText.\n",
}
STEP = 23
"""The fast suite tries one write of so many."""


class Full(Disk):
    """A disk that refuses its ``first`` write to its ``last`` (counted from 1, in all processes), each after half of the bytes."""

    def __init__(self, counter: Path, first: int, last: int) -> None:
        self.counter = counter
        self.first = first
        self.last = last

    def _count(self, file: str) -> None:
        with self.counter.open("ab") as opened:
            opened.write(b".")
            number = opened.tell()
        if self.first <= number <= self.last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)

    def write(self, file: str, data: bytes) -> None:
        try:
            self._count(file)
        except OSError:
            super().write(file, data[: len(data) // 2])
            raise
        super().write(file, data)

    def link(self, file: str, to: str) -> None:
        self._count(to)
        super().link(file, to)

    def move(self, file: str, to: str) -> None:
        self._count(to)
        super().move(file, to)

    def exchange(self, first: str, second: str) -> bool:
        self._count(second)
        return super().exchange(first, second)


class Place:
    """A repository in its later state, with the site and the cache of the earlier one where there was an earlier build, and what has to come of it."""

    def __init__(self, folder: Path, *, built: bool) -> None:
        self.folder = folder
        self.root = gitrepo.make(folder / "repo", FILES)
        if built:
            self.build(folder / "before", Disk())
        gitrepo.commit(self.root, LATER, day=3)
        self.build(folder / "clean", Disk())
        self.old = team.tree(folder / "before/public")
        self.new = team.tree(folder / "clean/public")
        self.turns = 0

    def build(self, place: Path, disk: Disk) -> None:
        build(Workshop(self.root, place / "public", Cache(place / "cache", disk), Options(), jobs=1, disk=disk))

    def writes(self) -> int:
        """How many writes the build takes."""
        place, counter = self._place()
        self.build(place, Full(counter, 0, 0))
        return counter.stat().st_size

    def fill(self, first: int, last: int) -> None:
        """Build while these writes fail, look at the site, and build again."""
        place, counter = self._place()
        said = self._said(place, Full(counter, first, last))
        if said:
            found = re.fullmatch(r"cannot write (\S+) \([\d,]+ bytes\): No space left on device", said.message)
            assert found, said.message
            assert found[1].startswith((f"{place}/public", f"{place}/cache/"))
            assert said.hint
        assert team.tree(place / "public") == (self.old if said else self.new)
        assert {file.name for file in place.iterdir()} <= {"public", "cache"}
        self.build(place, Disk())
        assert team.tree(place / "public") == self.new
        shutil.rmtree(place)

    def _said(self, place: Path, disk: Disk) -> OutputError | None:
        try:
            self.build(place, disk)
        except OutputError as error:
            return error
        return None

    def _place(self) -> tuple[Path, Path]:
        self.turns += 1
        place = self.folder / f"turn-{self.turns}"
        if (self.folder / "before").is_dir():
            shutil.copytree(self.folder / "before", place, copy_function=os.link)
        else:
            place.mkdir()
        return place, self.folder / f"counter-{self.turns}"


@pytest.mark.parametrize("built", [False, True], ids=["first", "later"])
def test_a_full_disk_leaves_the_old_site(tmp_path: Path, built: bool) -> None:
    """Whichever write is the first that fails, and all after it: the site is byte for byte the old one, or the new one if only the cache missed something."""
    place = Place(tmp_path, built=built)
    for first in range(1, place.writes() + 1, STEP):
        place.fill(first, 1 << 60)


@pytest.mark.long
@pytest.mark.parametrize("alone", [False, True], ids=["from-then-on", "once"])
@pytest.mark.parametrize("built", [False, True], ids=["first", "later"])
def test_a_disk_that_is_full_at_every_single_write(tmp_path: Path, built: bool, alone: bool) -> None:
    """The same for every write there is, and for a disk that has room again right after it."""
    place = Place(tmp_path, built=built)
    for first in range(1, place.writes() + 1):
        place.fill(first, first if alone else 1 << 60)
