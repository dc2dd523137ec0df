"""Values under the hash of all that they depend on.

The folder holds two kinds of files, both disposable: ``entries/`` (a value under the key of the arguments that made it) and ``objects/`` (bytes
under their own digest). Both are written beside and renamed, so that a build that is killed leaves whole files; an entry carries the digest
of its key and its bytes, so that a damaged one counts as absent. No file's content ever changes, so several builds need no lock, and the
files of several folders may be laid over each other. When a file was last used is its modification time, to the day; only ``sweep`` looks at it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson

from knowrepo import blobs
from knowrepo.disk import Disk, writing
from knowrepo.errors import CacheDamaged, OutputError, SourceChanged
from knowrepo.makers import fingerprint
from knowrepo.model import Content, Stored

_MARKED = 86_400
"""Seconds for which a mark of use is good: reading costs no more than one write a day."""

_MENDS = 3
"""How often one file may be found damaged or gone by the same caller."""


Result = TypeVar("Result")


class Cache:
    """A folder of values. Nothing is kept in memory; several builds may use it at once.

    What is used at ``now`` (seconds since 1970) is marked so; without it nothing is.
    """

    def __init__(self, folder: Path, disk: Disk | None = None, now: float = 0) -> None:
        self.folder = folder
        self.disk = disk or Disk()
        self._stale = now - _MARKED
        self._now = now

    def get(self, key: str) -> bytes | None:
        """The bytes under this key, or None if there are none or they are damaged."""
        try:
            with open(self._entry(key), "rb") as file:
                data, used = file.read(), os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        digest, value = data[:32], data[32:]
        if _digest(key, value) != digest:
            return None
        self._mark(self._entry(key), used)
        return value

    def put(self, key: str, value: bytes) -> None:
        """Keep the bytes under this key. A cache that cannot be written is no error: the next build only has more to do."""
        with contextlib.suppress(OSError):
            self.disk.replace(self._entry(key), _digest(key, value) + value)

    def keep(self, content: Content) -> Stored:
        """The bytes as a file named by their digest. Raises OutputError if it cannot be written: then there is nowhere to hold them."""
        if isinstance(content, Stored):
            return content
        digest = hashlib.sha256(content).hexdigest()
        stored = Stored(digest, self._object(digest), len(content))
        if not self._intact(stored):
            with writing(stored.file, stored.size, "make room, or name another folder with --cache"):
                self.disk.replace(stored.file, content)
        return stored

    def stored(self, digest: str, size: int) -> Stored | None:
        """What ``keep`` returned earlier, or None if it is no longer there."""
        stored = Stored(digest, self._object(digest), size)
        return stored if self._intact(stored) else None

    def remember(self, arguments: tuple[Any, ...], make: Callable[[], bytes]) -> Stored:
        """What ``make`` returns, kept under the hash of all that it depends on."""
        name = key(*arguments)
        found = self.get(name)
        if found and (stored := self.stored(found[:64].decode(), int(found[64:]))):
            return stored
        stored = self.keep(make())
        self.put(name, f"{stored.digest}{stored.size}".encode())
        return stored

    def _intact(self, stored: Stored) -> bool:
        """Whether the file is there in its full length; what is in it is looked at when it is read."""
        try:
            found = os.stat(stored.file)
        except OSError:
            return False
        self._mark(stored.file, found.st_mtime)
        return found.st_size == stored.size

    def _mark(self, file: str, used: float) -> None:
        if used < self._stale:
            with contextlib.suppress(OSError):
                os.utime(file, (self._now, self._now))

    def _entry(self, key: str) -> str:
        return f"{self.folder}/entries/{key[:2]}/{key[2:]}"

    def _object(self, digest: str) -> str:
        return f"{self.folder}/objects/{digest[:2]}/{digest[2:]}"


class Parcel(Cache):
    """What was made far from any cache, in memory: ``entries`` by key and ``objects`` by digest, to be sent to where the cache is."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.entries: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """The bytes under this key."""
        return self.entries.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep the bytes under this key."""
        self.entries[key] = value

    def keep(self, content: Content) -> Stored:
        """The bytes under their digest."""
        if isinstance(content, Stored):
            return content
        digest = hashlib.sha256(content).hexdigest()
        self.objects[digest] = content
        return Stored(digest, "", len(content))

    def stored(self, digest: str, size: int) -> Stored | None:
        """What ``keep`` returned earlier."""
        return Stored(digest, "", size) if digest in self.objects else None

    def unpack(self, cache: Cache) -> None:
        """Put all of it into a cache; objects before the entries that name them. Raises OutputError if it cannot be written."""
        for content in self.objects.values():
            cache.keep(content)
        for name, value in self.entries.items():
            cache.put(name, value)


def load(content: Content) -> bytes:
    """The bytes themselves.

    Raises CacheDamaged (and removes the file) if a stored object no longer matches its digest, OutputError if that cannot be removed, SourceChanged if a
    file of the repository is gone or was changed.
    """
    if isinstance(content, bytes):
        return content
    file = Path(content.file)
    ours = "-" not in content.digest
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        if ours:
            raise CacheDamaged(content.file) from error
        raise SourceChanged(content.file) from error
    origin, _, blob = content.digest.partition("-")
    if origin == "git":
        return blobs.verified(content.file, data, blob)
    if not ours or hashlib.sha256(data).hexdigest() == content.digest:
        return data
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"the damaged cache file {file} cannot be removed", hint="delete the cache folder") from error
    raise CacheDamaged(content.file)


def mending(make: Callable[[], Result]) -> Result:
    """What ``make`` returns; where it met a damaged file of the cache, or one that was swept away meanwhile, it is called again. Raises OutputError."""
    met: Counter[str] = Counter()
    while True:
        try:
            return make()
        except CacheDamaged as error:  # the file is gone by now, so that it is made again
            met[error.file] += 1
            if met[error.file] == _MENDS:
                raise OutputError(f"the cache file {error.file} is damaged again and again", hint="delete the cache folder") from error


def key(*arguments: Any) -> str:
    """The key of a value: the hash of the arguments of the function that makes it and of the code that makes it."""
    text = orjson.dumps([fingerprint(), *arguments], default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return dict(value)


def _digest(key: str, value: bytes) -> bytes:
    digest = hashlib.sha256(key.encode())
    digest.update(value)
    return digest.digest()
