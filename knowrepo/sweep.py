"""What the cache need not hold any more. Builds may be at work meanwhile: what is taken from them they make again."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowrepo.errors import OutputError

_FOLDERS = ("entries", "objects")
_SEARCH = "search"
_NAME = re.compile(r"[0-9a-f]{62}(\.\S+\.new)?")
_INDEX = re.compile(r"(seal\.json|lock|index-\S+)")
_WRITING = 3600
"""Seconds after which nobody is still writing a file: its build was killed."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were removed and how many are left, and their bytes."""

    removed: int
    freed: int
    left: int
    size: int


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    used: float
    size: int
    complete: bool


def sweep(folder: Path, now: float, unused: float, most: float) -> Swept:
    """Remove what no build has used for more than ``unused`` seconds, then what was used longest ago until ``most`` bytes are left.

    ``now`` is in seconds since 1970; marks of use are right to the day. Only files that the cache names so are touched, whatever else lies in
    ``folder``. Folders stay, since a build may be about to write into one. Raises OutputError if a file cannot be removed.
    """
    files = sorted(_files(folder), key=lambda file: (file.used, file.path))
    size = sum(file.size for file in files)
    removed = freed = 0
    for file in files:
        age = now - file.used
        if age > _WRITING if not file.complete else age > unused or size - freed > most:
            _remove(file.path)
            removed += 1
            freed += file.size
    return Swept(removed, freed, len(files) - removed, size - freed)


def clear(folder: Path, now: float) -> Swept:
    """Remove everything but what is being written: values and the index of the search."""
    index = folder / _SEARCH
    if not index.is_symlink():
        for name in os.listdir(index) if index.is_dir() else ():
            if _INDEX.fullmatch(name):
                with contextlib.suppress(FileNotFoundError):  # of two that sweep one is first
                    shutil.rmtree(index / name) if (index / name).is_dir() else _remove(str(index / name))
    return sweep(folder, now, 0, -1)


def _files(folder: Path) -> Iterator[_File]:
    for kind in _FOLDERS:
        for first in _entries(folder / kind):
            if re.fullmatch("[0-9a-f]{2}", first.name):
                for file in _entries(Path(first.path)):
                    found = _NAME.fullmatch(file.name)
                    if found:
                        with contextlib.suppress(FileNotFoundError):  # somebody else sweeps too, or a build has just put it into its place
                            told = file.stat(follow_symlinks=False)
                            yield _File(file.path, told.st_mtime, told.st_size, not found[1])


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing if it is none, or a link that may lead elsewhere."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return list(entries)


def _remove(file: str) -> None:
    try:
        os.unlink(file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"cannot remove {file}: {error.strerror}", hint="remove the cache folder by hand") from error
