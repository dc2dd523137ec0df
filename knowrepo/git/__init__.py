"""Read-only Git, and the files of a repository as they lie on disk.

Git is called by argument vector, a constant number of times however large the repository is. Nothing that the repository's own
configuration names is ever run: no hooks, monitors, external diffs, signature checks or transports; and no content filters, because
the only command that compares contents (``changed``) leaves filtered files out.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from knowrepo import history, urls
from knowrepo.errors import RepositoryError
from knowrepo.model import Person

TIMEOUT = 60  # seconds
MARKERS = ("pyvenv.cfg", urls.MANIFEST)
"""A folder that holds one of these is a Python environment or a site of ours, and never holds posts."""

_SETTINGS = (
    "core.fsmonitor=",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
    "core.quotePath=false",
    "log.showRoot=true",
    "log.showSignature=false",
)
_GIT = ("git", "--no-pager", *(part for setting in _SETTINGS for part in ("-c", setting)))
_DIFF = ("--raw", "-z", "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
_KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
_ASKED = r"^(remote\..*\.(url|promisor)|user\.(name|email))$"
_OBJECT_ID = re.compile(r"[0-9a-f]{40,64}")


class Unreadable(OSError):
    """A file that cannot or must not be read. The message is the reason, without the path: "it is a symbolic link"."""


class Entry(NamedTuple):
    """A line of the index: ``mode`` is octal (``100644``, ``120000`` a link, ``160000`` a submodule)."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder inside a Git working tree.

    ``prefix`` is its path below the top level, ``commit`` HEAD's full id, ``branch`` its branch, ``remote`` origin's address (perhaps with credentials), or
    else the first remote's; each or "". ``shallow``: the history was cut off; ``partial``: contents were left on the server.
    """

    folder: Path
    prefix: str
    commit: str
    shallow: bool
    partial: bool
    object_format: str
    remote: str
    user: Person | None
    branch: str = ""


def describe(folder: Path) -> Checkout | None:
    """The checkout that ``folder`` lies in; ``None`` if there is none, or no git program.

    Raises RepositoryError if this is no folder, or if Git refuses to read it.
    """
    if not folder.is_dir():
        raise RepositoryError(f"{folder} is not a folder", hint="name the folder of the repository with -C")
    question = "--is-inside-work-tree --is-shallow-repository --show-object-format --show-prefix --revs-only HEAD --symbolic-full-name HEAD"
    try:
        answer = _run(folder, "rev-parse", *question.split())
    except (FileNotFoundError, PermissionError):
        return None
    if answer.returncode:
        if b"not a git repository (or any" in answer.stderr:
            return None
        raise _failure("rev-parse", answer.stderr)
    inside, shallow, object_format, rest = _text(answer.stdout).split("\n", 3)
    if inside != "true":
        return None
    prefix, commit, branch = ["", "", *rest.removesuffix("\n").rsplit("\n", 2)][-3:]
    if not _OBJECT_ID.fullmatch(commit):
        prefix, commit, branch = rest.removesuffix("\n"), "", ""
    remote, partial, user = _settings(folder)
    return Checkout(folder, prefix, commit, shallow == "true", partial, object_format, remote, user, branch.partition("refs/heads/")[2])


def places(folder: Path) -> set[Path]:
    """The folders in which Git notes what is checked out and what is tracked; none outside Git."""
    answer = _run(folder, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir") if describe(folder) else None
    return set(map(Path, _text(answer.stdout).splitlines())) if answer else set()


def index(checkout: Checkout) -> dict[str, Entry]:
    """What Git tracks below the folder, by path relative to it."""
    found = {}
    for line in _split(_output(checkout.folder, "ls-files", "-s", "-z")):
        facts, _, path = line.partition("\t")
        found[path] = Entry(*facts.split(" ")[:2])
    return found


def untracked(checkout: Checkout) -> list[str]:
    """Files that Git neither tracks nor ignores. Repositories inside this one are left out."""
    paths = _split(_output(checkout.folder, "ls-files", "-o", "--exclude-standard", "-z"))
    return [path for path in paths if not path.endswith("/")]


def filtered(checkout: Checkout) -> set[str]:
    """Tracked files that ``.gitattributes`` sends through a filter (LFS, nbstripout, …): their bytes on disk are not those that Git has."""
    return set(_split(_output(checkout.folder, "ls-files", "-z", "--", ":(exclude,attr:!filter !ident !working-tree-encoding)")))


def changed(checkout: Checkout) -> set[str]:
    """Tracked, unfiltered files that may differ from the index: Git remembers another time or size. Contents can still be the same."""
    tokens = _split(_output(checkout.folder, "diff-files", *_DIFF, "--no-renames", "--relative", "--", ":(attr:!filter)"))
    return set(tokens[1::2])


def hash_file(root: Path, path: str, limit: int, object_format: str = "sha1") -> str:
    """``blobs.identity`` of a file as it lies on disk. Raises Unreadable as ``read_file`` does; never holds more than 1 MiB."""
    with _opened(root, path, limit) as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.new(object_format, b"blob %d\0" % size, usedforsecurity=False)
        while chunk := file.read(min(size, 1 << 20)):
            digest.update(chunk)
            size -= len(chunk)
    if size:
        raise Unreadable("it changed while it was read")
    return digest.hexdigest()


def read_file(root: Path, path: str, limit: int) -> bytes:
    """The bytes of a repository file: the one place where they are read.

    Raises Unreadable for a path that is not plain and relative or leads out of ``root``, for links, pipes and devices, for more
    than ``limit`` bytes, and for whatever the system refuses.
    """
    with _opened(root, path, limit) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise _too_large(limit)
    return data


def look(folder: Path, paths: Iterable[str]) -> dict[str, os.stat_result]:
    """What lies on disk under these names (links are not followed); what is missing is left out."""
    found = {}
    base = os.fspath(folder)
    for path in paths:
        try:
            found[path] = os.lstat(f"{base}/{path}")
        except OSError:
            continue
    return found


def walk(folder: Path, enter: Callable[[str], bool]) -> list[str]:
    """All names below ``folder`` but those of folders. ``enter`` says whether to look into one, by its relative path.

    Links are not followed; folders with one of the ``MARKERS``, and those that the system does not let us read, count as empty.
    """
    found = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = list(os.scandir(folder / prefix))
        except OSError:
            continue
        if prefix and any(entry.name in MARKERS for entry in entries):
            continue
        for entry in entries:
            path = prefix + entry.name
            if not entry.is_dir(follow_symlinks=False):
                found.append(path)
            elif enter(path):
                waiting.append(f"{path}/")
    return found


def link_target(folder: Path, path: str) -> str:
    """What a symbolic link says, or "" if that cannot be read."""
    try:
        return (folder / path).readlink().as_posix()
    except OSError:
        return ""


def below(folder: Path, other: Path) -> str:
    """``other`` as a path relative to ``folder``, both with their links resolved, or "" if it does not lie in it."""
    outer, inner = (os.path.realpath(place) for place in (folder, other))
    return os.path.relpath(inner, outer).replace(os.sep, "/") if inner.startswith(outer.rstrip(os.sep) + os.sep) else ""


@contextmanager
def _opened(root: Path, path: str, limit: int) -> Iterator[BinaryIO]:
    if "\0" in path or "\\" in path or any(part.lower() in ("", ".", "..", ".git") for part in path.split("/")):
        raise Unreadable("it is not a plain path inside the repository")
    place = root / path
    real = below(root, place)
    if real != path:
        raise Unreadable("it is a symbolic link, or lies behind one" if real else "it leads out of the repository")
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):  # Windows has the last alone
        flags |= getattr(os, name, 0)
    try:
        with open(place, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("it is not a regular file")
            if status.st_size > limit:
                raise _too_large(limit)
            yield file
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable(error.strerror or "the system refuses") from None


def _too_large(limit: int) -> Unreadable:
    return Unreadable(f"it is larger than {limit / 1e6:,.0f} MB" if limit >= 1e6 else f"it is larger than {limit:,} bytes")


def _environment() -> dict[str, str]:
    """What else the environment says to Git (GIT_DIR in a hook) is about another repository, or none of our business."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return kept | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """One call of git."""
    try:
        return subprocess.run(  # noqa: S603 - no shell, and no argument comes from the repository
            [*_GIT, *arguments], cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"git {arguments[0]} gave no answer within {TIMEOUT} seconds"
        raise RepositoryError(message, hint=f"try `git {arguments[0]}` by hand in {folder}") from None


def _output(folder: Path, *arguments: str) -> str:
    answer = _run(folder, *arguments)
    if answer.returncode:
        raise _failure(arguments[0], answer.stderr)
    return _text(answer.stdout)


def _failure(command: str, stderr: bytes) -> RepositoryError:
    said = stderr.decode("utf-8", "replace").strip()
    trust = re.search(r"git config --global --add safe\.directory .+", said)
    if trust:
        return RepositoryError("Git does not trust this folder: it belongs to another user", hint=trust[0])
    first = said.splitlines()[0].removeprefix("fatal: ") if said else "no reason given"
    return RepositoryError(f"git {command} failed: {first}", hint="`git fsck` says whether the repository is whole")


def _settings(folder: Path) -> tuple[str, bool, Person | None]:
    """The remote's address, whether the clone is partial, the user."""
    answer = _run(folder, "config", "-z", "--get-regexp", _ASKED)  # exit status 1: none of them is set
    pairs = [(key, value) for key, _, value in (entry.partition("\n") for entry in _split(_text(answer.stdout)))]
    remotes = [(key, value) for key, value in pairs if key.endswith(".url")]
    remotes.sort(key=lambda pair: pair[0] != "remote.origin.url")
    user = dict(pairs)
    person = history.person(user.get("user.name", ""), user.get("user.email", ""))
    return remotes[0][1] if remotes else "", any(key.endswith(".promisor") for key, _ in pairs), person


def _split(output: str) -> list[str]:
    return output.split("\0")[:-1]


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
