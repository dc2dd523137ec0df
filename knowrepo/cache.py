"""Values under the hash of all that they depend on.

The folder holds two kinds of files, both disposable: ``entries/`` (a value under the key of the arguments that made it) and ``objects/`` (bytes
under their own digest). Both are written beside and renamed, so that a build that is killed leaves whole files; an entry carries the digest
of its bytes, so that a damaged one counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache as once
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from knowrepo import blobs, shipped
from knowrepo.disk import Disk, writing
from knowrepo.errors import CacheDamaged, SourceChanged
from knowrepo.model import Content, Stored

_MAKERS = (
    "jinja2", "jupytext", "linkify-it-py", "markdown", "markdown-it-py", "markupsafe", "mdit-py-plugins", "nbformat", "nh3", "orjson", "pillow", "pygments",
    "pyyaml", "beautifulsoup4", "anyascii", "pystemmer",
)  # fmt: skip
"""The packages whose version changes what a post becomes."""

_OPTIONAL = ("mini-racer",)
"""The same, where they are installed."""

_FILES = ("scripts/tex.js", "vendor/libraries.json", "cards/characters.txt")
"""What makes posts and is no Python, in ``themes``."""


class Cache:
    """A folder of values. Nothing is kept in memory; several builds may use it at once."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self.folder = folder
        self.disk = disk or Disk()

    def get(self, key: str) -> bytes | None:
        """The bytes under this key, or None if there are none or they are damaged."""
        try:
            data = Path(self._entry(key)).read_bytes()
        except OSError:
            return None
        digest, value = data[:32], data[32:]
        return value if hashlib.sha256(value).digest() == digest else None

    def put(self, key: str, value: bytes) -> None:
        """Keep the bytes under this key. A cache that cannot be written is no error: the next build only has more to do."""
        with contextlib.suppress(OSError):
            self.disk.replace(self._entry(key), hashlib.sha256(value).digest() + value)

    def keep(self, content: Content) -> Stored:
        """The bytes as a file named by their digest. Raises OutputError if it cannot be written: then there is nowhere to hold them."""
        if isinstance(content, Stored):
            return content
        digest = hashlib.sha256(content).hexdigest()
        stored = Stored(digest, self._object(digest), len(content))
        if not intact(stored):
            with writing(stored.file, stored.size, "make room, or name another folder with --cache"):
                self.disk.replace(stored.file, content)
        return stored

    def stored(self, digest: str, size: int) -> Stored | None:
        """What ``keep`` returned earlier, or None if it is no longer there."""
        stored = Stored(digest, self._object(digest), size)
        return stored if intact(stored) else None

    def remember(self, arguments: tuple[Any, ...], make: Callable[[], bytes]) -> Stored:
        """What ``make`` returns, kept under the hash of all that it depends on."""
        name = key(*arguments)
        found = self.get(name)
        if found and (stored := self.stored(found[:64].decode(), int(found[64:]))):
            return stored
        stored = self.keep(make())
        self.put(name, f"{stored.digest}{stored.size}".encode())
        return stored

    def _entry(self, key: str) -> str:
        return f"{self.folder}/entries/{key[:2]}/{key[2:]}"

    def _object(self, digest: str) -> str:
        return f"{self.folder}/objects/{digest[:2]}/{digest[2:]}"


def load(content: Content) -> bytes:
    """The bytes themselves.

    Raises CacheDamaged (and removes the file) if a stored object no longer matches its digest, SourceChanged if a file of the repository is gone or was
    changed.
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
    with contextlib.suppress(OSError):
        file.unlink()
    raise CacheDamaged(content.file)


def intact(stored: Stored) -> bool:
    """Whether the file is there in its full length; what is in it is looked at when it is read."""
    try:
        return os.stat(stored.file).st_size == stored.size
    except OSError:
        return False


def key(*arguments: Any) -> str:
    """The key of a value: the hash of the arguments of the function that makes it and of the code that makes it."""
    text = orjson.dumps([fingerprint(), *arguments], default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


@once
def fingerprint() -> str:
    """The hash of knowrepo's own code, of the versions of the packages and libraries that it makes posts with, and of Python's."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    package = Path(__file__).parent
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    for name in _MAKERS:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    for name in _OPTIONAL:
        with contextlib.suppress(metadata.PackageNotFoundError):
            digest.update(f"{name} {metadata.version(name)}\n".encode())
    for name in _FILES:
        digest.update((shipped.themes() / name).read_bytes())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return dict(value)
