"""Artifacts to a folder, all or nothing.

The site is made beside the folder and swapped in, so that a build that is killed at any moment leaves the old site or the new one. Files that did not
change are hard links to the old ones and keep their times; what is not in our manifest is not ours and is carried over as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson

from knowrepo import stage
from knowrepo.cache import load
from knowrepo.disk import Disk, refused, writing
from knowrepo.errors import OutputError
from knowrepo.model import Artifact, Stored
from knowrepo.urls import MANIFEST

_HINT = "the site is as it was before"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build wrote: ``files`` maps a path to (digest, size in bytes); ``key`` is the hash of all that the build depended on."""

    key: str
    files: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, left as they were, and removed."""

    written: int
    unchanged: int
    removed: int


def manifest(out: Path) -> Manifest | None:
    """The manifest of a folder that knowrepo wrote, else None."""
    try:
        found = orjson.loads((out / MANIFEST).read_bytes())
        files = {str(path): (str(digest), int(size)) for path, (digest, size) in found["files"].items()}
        return Manifest(str(found["key"]), MappingProxyType(files))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def whole(out: Path, old: Manifest) -> bool:
    """Whether every file of the manifest is still there in its full length."""
    return all(_size(f"{out}/{path}") == size for path, (_, size) in old.files.items())


def check(out: Path) -> Manifest | None:
    """Puts right what a killed build left behind: the manifest of what an earlier one wrote. Raises OutputError unless the folder is absent, empty or ours."""
    out = out.resolve()
    stage.recover(out)
    return _ours(out)


def _ours(out: Path) -> Manifest | None:
    found = manifest(out)
    if found or not out.exists():
        return found
    if not out.is_dir():
        raise OutputError(f"{out} is not a folder", hint="name another one with --out")
    if any(out.iterdir()):
        raise OutputError(
            f"{out} is not empty and was not written by knowrepo, so it is left alone",
            hint="name another folder with --out, or empty this one",
        )
    return None


def write(
    out: Path, artifacts: Iterable[Artifact], key: str, disk: Disk | None = None, say: Callable[[str], None] = lambda _line: None
) -> Written:
    """Make ``out`` hold exactly these artifacts (and what else was in it that is not ours). Raises OutputError.

    What keeps it from beginning, another build at the same folder, it will ``say``.
    """
    out = out.resolve()
    disk = disk or Disk()
    with contextlib.ExitStack() as held:
        with writing(out, 0, _HINT):
            new = held.enter_context(stage.claimed(out, lambda: say(f"another build is writing {out}: waiting until it is done")))
        old = _ours(out) or Manifest("", MappingProxyType({}))
        return _written(new, out, artifacts, key, old, disk)


def file(place: Path, data: bytes) -> None:
    """One file that is no site, all or nothing. Raises OutputError."""
    with writing(place, len(data), "what was there is as it was before"):
        Disk().replace(str(place), data)


def _written(new: Path, out: Path, artifacts: Iterable[Artifact], key: str, old: Manifest, disk: Disk) -> Written:
    files: dict[str, tuple[str, int]] = {}
    changed: set[str] = set()
    for artifact in artifacts:
        entry = _entry(artifact)
        if artifact.path in files:
            raise ValueError(f"two pages want the file {artifact.path}")
        files[artifact.path] = entry
        if old.files.get(artifact.path) != entry or _size(f"{out}/{artifact.path}") != entry[1]:
            changed.add(artifact.path)
            data = load(artifact.content)
            with writing(f"{out}/{artifact.path}", len(data), _HINT):
                disk.write(f"{new}/{artifact.path}", data)
    removed = old.files.keys() - files.keys()
    listing = orjson.dumps({"key": key, "files": files}, option=orjson.OPT_SORT_KEYS)
    if changed or removed or not out.exists():
        _link(new, out, [path for path in files if path not in changed], old, disk)
        with writing(out / MANIFEST, len(listing), _HINT):
            disk.write(f"{new}/{MANIFEST}", listing)
        with writing(out, sum(size for _, size in files.values()), _HINT):
            stage.swap(new, out, disk)
    elif key != old.key:
        with writing(out / MANIFEST, len(listing), _HINT):
            disk.write(f"{new}/{MANIFEST}", listing)
            disk.move(f"{new}/{MANIFEST}", f"{out}/{MANIFEST}")
    return Written(len(changed), len(files) - len(changed), len(removed))


def _entry(artifact: Artifact) -> tuple[str, int]:
    content = artifact.content
    if isinstance(content, Stored):
        return content.digest, content.size
    return hashlib.sha256(content).hexdigest(), len(content)


def _link(new: Path, out: Path, unchanged: list[str], old: Manifest, disk: Disk) -> None:
    """Take over what stays: our unchanged files, and all files that are not ours."""
    ours = old.files.keys() | {MANIFEST}
    foreign = [path for path in _files(out) if path not in ours and not (new / path).exists()]
    path = ""
    try:
        for path in [*unchanged, *foreign]:
            disk.link(f"{out}/{path}", f"{new}/{path}")
    except OSError as error:
        raise refused(out / path, _size(out / path), error, _HINT) from error


def _files(out: Path) -> list[str]:
    return [
        os.path.join(folder, name)[len(str(out)) + 1 :].replace(os.sep, "/")
        for folder, folders, names in os.walk(out)
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]
    ]


def _size(file: str | Path) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return -1
