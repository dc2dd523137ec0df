"""The cache is never trusted: whatever becomes of its files, the site is the same."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import gitrepo, lawful, team


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository, its site and the cache of that."""
    folder = tmp_path_factory.mktemp("cache")
    team.site(gitrepo.make(folder / "repo", lawful.FILES), folder / "site", folder / "cache")
    return folder


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _lengthen(data: bytes, chance: random.Random) -> bytes:
    return data + chance.randbytes(3)


def _replace(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(data))


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _cut, _flip, _flip, _flip, _lengthen, _replace)


def _damage(cache: Path, chance: random.Random) -> list[str]:
    """Damage a good part of the files of the cache, delete some: what was done."""
    done = []
    share = chance.choice([0.05, 0.4, 1])
    for file in sorted(file for file in cache.rglob("*") if file.is_file()):
        if chance.random() > share:
            continue
        if chance.random() < 0.1:
            file.unlink()
            done.append(f"delete {file.name}")
        elif data := file.read_bytes():
            damage = chance.choice(DAMAGES)
            file.write_bytes(damage(data, chance))
            done.append(f"{damage.__name__} {file.name}")
    return done


def _survives(place: Path, folder: Path, seed: int) -> None:
    shutil.copytree(place / "cache", folder / "cache")
    done = _damage(folder / "cache", random.Random(seed))
    for out in ("new", "again"):
        team.site(place / "repo", folder / out, folder / "cache")
        assert lawful.differences(team.tree(place / "site"), team.tree(folder / out)) == [], (seed, done)


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_cache_makes_the_same_bytes(place: Path, tmp_path: Path, seed: int) -> None:
    """Entries and objects that are cut, have a bit flipped, are longer, nonsense or gone: the site is the same, and so is the next."""
    _survives(place, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_damaged_cache_makes_the_same_bytes_in_many_rounds(place: Path, tmp_path: Path, seed: int) -> None:
    """The same, forty times."""
    _survives(place, tmp_path, seed)


def test_a_whole_cache_makes_the_same_bytes(place: Path, tmp_path: Path) -> None:
    """A site from a warm cache is the one from a cold cache."""
    team.site(place / "repo", tmp_path / "warm", place / "cache")
    assert team.tree(tmp_path / "warm") == team.tree(place / "site")


def test_a_cache_full_of_nonsense_is_made_again(place: Path, tmp_path: Path) -> None:
    """Objects of the right length with other bytes are noticed when they are read; the site is as without them."""
    shutil.copytree(place / "cache", tmp_path / "cache")
    for file in (tmp_path / "cache" / "objects").rglob("*"):
        if file.is_file():
            file.write_bytes(b"x" * file.stat().st_size)
    team.site(place / "repo", tmp_path / "again", tmp_path / "cache")
    assert team.tree(tmp_path / "again") == team.tree(place / "site")
