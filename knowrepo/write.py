"""Artifacts to a folder, all or nothing.

The site is staged beside the folder and swapped in, so that a build that is killed at any moment leaves the old site or the new one. Files that did not
change are hard links to the old ones and keep their times; what is not in our manifest is not ours and is carried over as it is.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import orjson

from knowrepo.cache import load
from knowrepo.errors import OutputError
from knowrepo.model import Artifact, Stored
from knowrepo.urls import MANIFEST

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


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
    return all(_size(out / path) == size for path, (_, size) in old.files.items())


def check(out: Path) -> None:
    """Raises OutputError unless the folder is absent, empty or ours."""
    recover(out)
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out} is not a folder", hint="name another one with --out")
    if manifest(out) is None and any(out.iterdir()):
        raise OutputError(
            f"{out} is not empty and was not written by knowrepo, so it is left alone",
            hint="name another folder with --out, or empty this one",
        )


def write(out: Path, artifacts: Iterable[Artifact], key: str) -> Written:
    """Make ``out`` hold exactly these artifacts (and what else was in it that is not ours). Raises OutputError."""
    out = out.resolve()
    check(out)
    old = manifest(out) or Manifest("", MappingProxyType({}))
    stage = out.parent / f".{out.name}.stage-{os.getpid()}"
    shutil.rmtree(stage, ignore_errors=True)
    files: dict[str, tuple[str, int]] = {}
    changed: set[str] = set()
    try:
        for artifact in artifacts:
            entry = _entry(artifact)
            if artifact.path in files:
                raise ValueError(f"two pages want the file {artifact.path}")
            files[artifact.path] = entry
            if old.files.get(artifact.path) != entry or _size(out / artifact.path) != entry[1]:
                changed.add(artifact.path)
                _put(stage / artifact.path, artifact)
        removed = old.files.keys() - files.keys()
        new = orjson.dumps({"key": key, "files": files}, option=orjson.OPT_SORT_KEYS)
        if changed or removed or not out.exists():
            _complete(stage, out, [path for path in files if path not in changed], old)
            (stage / MANIFEST).write_bytes(new)
            swap(stage, out)
        elif key != old.key:
            _put_manifest(out, new)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename or out}: {error.strerror}", hint="the site is as it was before") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Written(len(changed), len(files) - len(changed), len(removed))


def recover(out: Path) -> None:
    """Clear what a killed build left behind: stages of dead processes, and a site that was moved aside but not replaced."""
    if not out.parent.is_dir():
        return
    for left in sorted(out.parent.glob(f".{out.name}.*-*")):
        kind, _, pid = left.name.removeprefix(f".{out.name}.").partition("-")
        if kind not in ("stage", "old") or not pid.isdigit() or (int(pid) != os.getpid() and _alive(int(pid))):
            continue
        if kind == "old" and not out.exists():
            left.rename(out)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _entry(artifact: Artifact) -> tuple[str, int]:
    content = artifact.content
    if isinstance(content, Stored):
        return content.digest, content.size
    return hashlib.sha256(content).hexdigest(), len(content)


def _put(file: Path, artifact: Artifact) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(load(artifact.content))


def _put_manifest(out: Path, data: bytes) -> None:
    beside = out / f"{MANIFEST}.{os.getpid()}"
    beside.write_bytes(data)
    beside.replace(out / MANIFEST)


def _complete(stage: Path, out: Path, unchanged: list[str], old: Manifest) -> None:
    """Link into the stage what stays: our unchanged files, and all files that are not ours."""
    stage.mkdir(parents=True, exist_ok=True)
    ours = old.files.keys() | {MANIFEST}
    foreign = [path for path in _files(out) if path not in ours and not (stage / path).exists()]
    made: set[str] = set()
    for path in [*unchanged, *foreign]:
        folder = os.path.dirname(path)
        if folder not in made:
            (stage / folder).mkdir(parents=True, exist_ok=True)
            made.add(folder)
        _link(f"{out}/{path}", f"{stage}/{path}")


def _files(out: Path) -> list[str]:
    return [
        os.path.join(folder, name)[len(str(out)) + 1 :].replace(os.sep, "/")
        for folder, folders, names in os.walk(out)
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]
    ]


def _link(file: str, to: str) -> None:
    try:
        os.link(file, to, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copy2(file, to, follow_symlinks=False)


def swap(stage: Path, out: Path, exchange: Callable[[Path, Path], bool] | None = None) -> None:
    """Put the stage in the place of ``out``: in one step where the system can exchange two folders, else in two."""
    if not out.exists():
        stage.rename(out)
        return
    if (exchange or _exchange)(stage, out):
        return
    aside = out.parent / f".{out.name}.old-{os.getpid()}"
    out.rename(aside)
    stage.rename(out)
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders with renameat2(2); False where the system has no such call."""
    rename = _renameat2()
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0)


@cache
def _renameat2() -> ctypes._NamedFuncPointer | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return function


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _size(file: Path) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return -1
