"""What the cache need not hold any more is removed, and no build is the worse for it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowrepo import cache, sweep
from knowrepo.build import Options, Workshop, build, share
from knowrepo.cache import Cache, Parcel
from knowrepo.model import Stored
from tests import gitrepo, team

NOW = 1_000_000_000.0
DAY = 86_400.0


def names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}


def aged(file: str, days: float) -> None:
    os.utime(file, (NOW - days * DAY, NOW - days * DAY))


def filled(folder: Path, *days: float) -> list[str]:
    """The files of a new cache, each of 100 bytes and last used so many days ago."""
    files = [Cache(folder).keep(bytes([number]) * 100).file for number in range(len(days))]
    for file, ago in zip(files, days, strict=True):
        aged(file, ago)
    return files


def left(files: list[str]) -> list[bool]:
    return [Path(file).exists() for file in files]


def test_what_was_not_used_for_long_is_removed(tmp_path: Path) -> None:
    """The age of a file is that of its last use."""
    files = filled(tmp_path, 1, 31, 29, 40)
    assert sweep.sweep(tmp_path, NOW, 30 * DAY, math.inf) == sweep.Swept(2, 200, 2, 200)
    assert left(files) == [True, False, True, False]


def test_a_bound_of_size_takes_what_was_used_longest_ago(tmp_path: Path) -> None:
    """The oldest go first, until the rest fits."""
    files = filled(tmp_path, 3, 1, 4, 2)
    assert sweep.sweep(tmp_path, NOW, 30 * DAY, 250) == sweep.Swept(2, 200, 2, 200)
    assert left(files) == [False, True, False, True]


def test_reading_marks_what_is_used_once_a_day(tmp_path: Path) -> None:
    """A use that is a day later than the last mark makes a new mark; on the same day nothing is written."""
    shelf = Cache(tmp_path, now=NOW)
    stored = shelf.remember(("a",), lambda: b"value")
    entry = next((tmp_path / "entries").rglob("*"))
    files = [str(file) for file in tmp_path.rglob("*") if file.is_file()]
    for days, marked in ((0.5, 0.5), (1.5, 0)):
        for file in files:
            aged(file, days)
        assert shelf.remember(("a",), lambda: b"never made") == stored
        assert {os.stat(file).st_mtime for file in files} == {NOW - marked * DAY}
    aged(stored.file, 9)
    assert Cache(tmp_path).stored(stored.digest, stored.size) == stored
    assert os.stat(stored.file).st_mtime == NOW - 9 * DAY, "who does not know the time marks nothing"
    assert entry.exists()


def test_files_of_killed_builds_are_removed(tmp_path: Path) -> None:
    """A file that was being written is left alone for an hour, also by ``clear``; then nobody writes it any more."""
    (whole,) = filled(tmp_path, 1)
    fresh, old = Path(f"{whole}.1f.new"), Path(f"{whole}.2f.new")
    for file, days in ((fresh, 0.01), (old, 0.1)):
        file.write_bytes(b"half")
        aged(str(file), days)
    sweep.sweep(tmp_path, NOW, 30 * DAY, math.inf)
    assert left([whole, str(fresh), str(old)]) == [True, True, False]
    sweep.clear(tmp_path, NOW)
    assert left([whole, str(fresh)]) == [False, True]


def test_only_what_the_cache_names_is_touched(tmp_path: Path) -> None:
    """Whatever else lies in the folder stays, and no link is followed: ``--cache ~ --all`` costs nobody their files."""
    foreign = [
        "notes.txt",
        "entries/notes.txt",
        "entries/ab/notes.txt",
        "objects/abc/" + "0" * 62,
        "search/notes.txt",
        "search/seal.json.txt",
    ]
    outside = tmp_path / "outside"
    gitrepo.write(outside, {"0" * 62: "mine", "seal.json": "mine"})
    folder = tmp_path / "cache"
    gitrepo.write(folder, dict.fromkeys(foreign, "mine"))
    (folder / "objects" / "ab").symlink_to(outside)
    filled(folder, 1, 2)
    gitrepo.write(folder, {"search/seal.json": "{}", "search/index-1/a.seg": "x"})
    assert sweep.clear(folder, NOW) == sweep.Swept(2, 200, 0, 0)
    assert names(folder) == set(foreign)
    assert len(names(outside)) == 2
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "search").symlink_to(outside)
    sweep.clear(tmp_path / "linked", NOW)
    assert len(names(outside)) == 2
    assert sweep.clear(tmp_path / "nothing", NOW) == sweep.Swept(0, 0, 0, 0)


class Swept(Cache):
    """A cache that is swept in the middle of a build: once, when it is asked for an object for the so-manieth time."""

    def __init__(self, folder: Path, at: int) -> None:
        super().__init__(folder)
        self.left = at

    def stored(self, digest: str, size: int) -> Stored | None:
        found = super().stored(digest, size)
        self.left -= 1
        if self.left == 0:
            sweep.clear(self.folder, NOW)
        return found


@pytest.mark.parametrize("at", [1, 7, 20, 30, 40, 60, 80])
def test_a_build_survives_a_sweep(tmp_path: Path, at: int) -> None:
    """Whenever all is taken away, between drafts and in the long time between drafts and pages, the site is the same."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    team.site(repository, tmp_path / "calm", tmp_path / "cache")
    shelf = Swept(tmp_path / "cache", at)
    build(Workshop(repository, tmp_path / "swept", shelf, Options()))
    assert shelf.left <= 0, "the build asks often enough to be swept"
    assert team.tree(tmp_path / "swept") == team.tree(tmp_path / "calm")


def test_builds_share_a_cache_without_a_lock(tmp_path: Path) -> None:
    """Four builds and two cleaners at once on one cache, three times: every site is whole, and no build is the worse for it."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    team.site(repository, tmp_path / "calm")
    command = [sys.executable, "-m", "knowrepo", "-C", str(repository)]
    for turn in range(3):
        outs = [tmp_path / f"{turn}-{number}" for number in range(4)]
        builds = [[*command, "build", "--jobs", "1", "--cache", str(tmp_path / "cache"), "--out", str(out)] for out in outs]
        cleaners = [[*command, "clean", "--all", "--cache", str(tmp_path / "cache")]] * 2
        running = [
            subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for one in (builds[0], cleaners[0], *builds[1:3], cleaners[1], builds[3])
        ]
        said = [process.communicate()[0] for process in running]
        assert [process.returncode for process in running] == [0] * 6, said
        for out in outs:
            assert team.tree(out) == team.tree(tmp_path / "calm")


def test_damaged_objects_never_reach_the_site(tmp_path: Path) -> None:
    """A bit is turned over in every object and every entry of the cache, one after another: the site is the same each time."""
    repository = gitrepo.make(tmp_path / "repo", {"a.ipynb": team.notebook("A"), "b.md": team.header("B") + "Text.\n"})
    team.site(repository, tmp_path / "calm", tmp_path / "cache")
    for name in sorted(names(tmp_path / "cache")):
        file = tmp_path / "cache" / name
        data = bytearray(file.read_bytes())
        if data:
            data[len(data) // 2] ^= 8
            file.write_bytes(data)
    team.site(repository, tmp_path / "damaged", tmp_path / "cache")
    assert team.tree(tmp_path / "damaged") == team.tree(tmp_path / "calm")


def test_an_entry_in_the_place_of_another_counts_as_absent(tmp_path: Path) -> None:
    """An entry is guarded together with its key: a file that was renamed is no value of its new name."""
    shelf = Cache(tmp_path)
    shelf.put(cache.key("a"), b"value of a")
    (file,) = (tmp_path / name for name in names(tmp_path))
    other = tmp_path / "entries" / cache.key("b")[:2] / cache.key("b")[2:]
    other.parent.mkdir(exist_ok=True)
    file.rename(other)
    assert shelf.get(cache.key("b")) is None


def test_a_parcel_is_a_cache_that_can_be_sent(tmp_path: Path) -> None:
    """What was put and kept in it is found in it, and in the cache that it is unpacked into."""
    parcel = Parcel()
    parcel.put(cache.key("a"), b"value")
    stored = parcel.remember(("b",), lambda: b"picture")
    assert parcel.remember(("b",), lambda: b"never made") == stored == parcel.keep(b"picture") == parcel.keep(stored)
    assert parcel.stored("0" * 64, 7) is None
    shelf = Cache(tmp_path)
    parcel.unpack(shelf)
    assert shelf.get(cache.key("a")) == parcel.get(cache.key("a")) == b"value"
    assert cache.load(shelf.remember(("b",), lambda: b"never made")) == b"picture"


# The command


def clean(root: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "knowrepo", "-C", str(root), "clean", *options], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stderr


def test_clean_says_what_was_freed(tmp_path: Path) -> None:
    """By age, by size, and all of it."""
    folder = tmp_path / ".knowrepo" / "cache"
    for number in range(3):
        stored = Cache(folder).keep(bytes([number]) * 400_000)
        if number == 0:
            os.utime(stored.file, (NOW, NOW))
    assert clean(tmp_path) == ".knowrepo/cache: 1 file (0.4 MB) removed, 2 files (0.8 MB) left\n"
    assert clean(tmp_path, "--max-mb", "1", "--days", "9") == ".knowrepo/cache: 0 files (0.0 MB) removed, 2 files (0.8 MB) left\n"
    assert clean(tmp_path, "--max-mb", "0") == ".knowrepo/cache: 2 files (0.8 MB) removed, 0 files (0.0 MB) left\n"
    Cache(folder).keep(b"x")
    assert clean(tmp_path, "--all") == ".knowrepo/cache: 1 file (0.0 MB) removed, 0 files (0.0 MB) left\n"


# Parts of a build


@pytest.mark.parametrize("of", [1, 2, 3, 20])
def test_parts_make_the_whole(tmp_path: Path, of: int) -> None:
    """Parts rendered into caches of their own, laid over each other, leave nothing to render, and the site is the same."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    calm = team.site(repository, tmp_path / "calm")
    parts = []
    for number in range(1, of + 1):
        folder = tmp_path / f"part-{number}"
        parts.append(share(Workshop(repository, tmp_path / "none", Cache(folder), jobs=1), number, of))
        for name in names(folder):
            gitrepo.write(tmp_path / "cache", {name: (folder / name).read_bytes()})
    assert sum(part.sources for part in parts) == parts[0].everything
    assert sum(part.rendered for part in parts) == calm.rendered > 0
    merged = team.site(repository, tmp_path / "merged", tmp_path / "cache")
    assert merged.rendered == 0
    assert team.tree(tmp_path / "merged") == team.tree(tmp_path / "calm")
    assert not (tmp_path / "none").exists()
