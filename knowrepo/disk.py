"""The file system as a build writes it: one seam, so that a disk that is full can be tried at every single write."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache

from knowrepo.errors import OutputError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP)


class Disk:
    """Everything that needs room. Folders are made where they are missing; every method raises OSError."""

    def write(self, file: str, data: bytes) -> None:
        """The bytes in a file of this name."""
        _in_its_folder(file, lambda: _fill(file, data))

    def link(self, file: str, to: str) -> None:
        """``to`` is a second name of the file (or of the symbolic link), or a copy with its times where there can be no second name."""
        _in_its_folder(to, lambda: _link(file, to))

    def move(self, file: str, to: str) -> None:
        """A file or a folder under another name; a file of that name is replaced."""
        os.replace(file, to)

    def exchange(self, first: str, second: str) -> bool:
        """Two folders in each other's place, in one step; False where the system cannot do that (renameat2(2) can)."""
        rename = _renameat2()
        if rename is None:
            return False
        return bool(rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0)

    def replace(self, file: str, data: bytes) -> None:
        """The bytes in a file of this name, all or nothing: they are written beside it, under a name that no other build chooses."""
        beside = f"{file}.{os.urandom(6).hex()}.new"
        try:
            self.write(beside, data)
            self.move(beside, file)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise


def files(folder: str) -> list[str]:
    """The regular files below a folder by their paths in it, in order; hidden ones and links are left out. Raises OSError."""
    found = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{folder}/{inside}") as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{inside}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    found.append(inside + entry.name)
    return sorted(found)


@contextlib.contextmanager
def writing(path: object, size: int, hint: str) -> Iterator[None]:
    """While this is open, what the system refuses becomes an OutputError that names the path and its size in bytes."""
    try:
        yield
    except OSError as error:
        raise refused(path, size, error, hint) from error


def refused(path: object, size: int, error: OSError, hint: str) -> OutputError:
    """What to say of a file of so many bytes that the system does not take."""
    return OutputError(f"cannot write {path} ({size:,} bytes): {error.strerror or error}", hint=hint)


def _in_its_folder(file: str, make: Callable[[], None]) -> None:
    try:
        make()
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        make()


def _fill(file: str, data: bytes) -> None:
    with open(file, "wb") as opened:
        opened.write(data)


def _link(file: str, to: str) -> None:
    try:
        os.link(file, to, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(file, to, follow_symlinks=False)


@cache
def _renameat2() -> ctypes._NamedFuncPointer | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return function
