"""A folder that is made beside another one and then takes its place.

Beside ``public`` it is ``.public.stage``, with ``lock``, which one build holds at a time; ``new``, what is being made; and ``old``, what was moved aside
where the system cannot exchange two folders. A build that is killed leaves it without its lock: the next one puts things right. The system ends a lock
with its process, so that nothing depends on process ids, which start anew in every container.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from knowrepo.disk import Disk

if sys.platform != "win32":
    import fcntl


@contextlib.contextmanager
def claimed(out: Path, waiting: Callable[[], None]) -> Iterator[Path]:
    """Where to make what is to take the place of ``out`` (absolute, its links resolved). Waits until no other build is at it, and says so once.

    Raises OSError if the folder above cannot be written.
    """
    folder = _beside(out)
    with _locked(folder, functools.cache(waiting)):
        _put_right(folder, out)
        try:
            yield folder / "new"
        finally:
            _put_right(folder, out)
            _leave(folder)


def recover(out: Path) -> None:
    """Clear what a killed build left behind, and bring back a folder that it had moved aside. What a living one is at is left alone."""
    folder = _beside(out)
    if folder.is_dir():
        with contextlib.suppress(BlockingIOError), _locked(folder, None):
            _put_right(folder, out)
            _leave(folder)


def swap(new: Path, out: Path, disk: Disk) -> None:
    """Put ``new``, as ``claimed`` gave it, in the place of ``out``: in one step where the system can exchange two folders, else in two.

    Raises OSError.
    """
    if out.exists() and disk.exchange(str(new), str(out)):
        return
    if out.exists():
        disk.move(str(out), str(new.with_name("old")))  # if it ends here, ``_put_right`` brings it back
    disk.move(str(new), str(out))


def _beside(out: Path) -> Path:
    return out.with_name(f".{out.name}.stage")


def _put_right(folder: Path, out: Path) -> None:
    """Bring back what was moved aside but not replaced, and delete the rest."""
    aside = folder / "old"
    if aside.is_dir() and not out.exists():
        aside.rename(out)
    for left in (aside, folder / "new"):
        shutil.rmtree(left, ignore_errors=True)


def _leave(folder: Path) -> None:
    """Take the lock away, and the folder, unless somebody has a new lock in it by now."""
    with contextlib.suppress(OSError):
        (folder / "lock").unlink()
        folder.rmdir()


@contextlib.contextmanager
def _locked(folder: Path, waiting: Callable[[], None] | None) -> Iterator[None]:
    """While this is open, no other process has the lock of the folder. If one has it, we are ``waiting``; without that, raises BlockingIOError."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:  # its owner has just taken the folder away
            continue
        try:
            _lock(lock, waiting)
            if _is(lock, folder / "lock"):
                yield
                return
        finally:
            os.close(lock)


def _lock(file: int, waiting: Callable[[], None] | None) -> None:
    """Windows, and a few network drives, have no such locks: there, builds into one folder have to follow each other."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if waiting is None:
            raise
        waiting()
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        return


def _is(file: int, path: Path) -> bool:
    """Whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False
