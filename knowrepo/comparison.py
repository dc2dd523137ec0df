"""What is to be compared: the posts that differ between two revisions, two folders or two files, each with Git's own lines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knowrepo import git, read
from knowrepo.diff import blocks, raw
from knowrepo.diff.blocks import Diff
from knowrepo.diff.raw import Hunk
from knowrepo.errors import RepositoryError
from knowrepo.git import Checkout, contents, revisions

LIMIT = 100_000_000
"""Larger files, in bytes, are not compared."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A file before and after, with Git's hunks."""

    diff: Diff
    hunks: tuple[Hunk, ...]


def revised(checkout: Checkout, old: str, new: str, paths: Sequence[str] = ()) -> Iterator[Compared]:
    """The files with the suffix of a post that differ between two commits below the checkout's folder, in the order of their names.

    ``new`` may be "": what lies on disk. ``paths`` narrow it to these files and folders. Raises RepositoryError.
    """
    pairs = [pair for pair in revisions.between(checkout, old, new, paths) if _is_post(pair.path or pair.before)]
    with contents.Blobs(checkout, LIMIT) as content:
        for pair in pairs:
            before = content(pair.old) if pair.old else None
            after = content(pair.new) if pair.new else _on_disk(checkout.folder, pair.path) if pair.path else None
            yield compared(pair.path or pair.before, before, after, pair.before)


def placed(old: Path, new: Path) -> Iterator[Compared]:
    """Two files, whatever their names, or the posts that differ between two folders. What is no regular file counts as not there.

    Raises RepositoryError for a file that is no post.
    """
    if not (old.is_dir() and new.is_dir()):
        name = new.name if new.is_file() else old.name
        if not _is_post(name):
            raise RepositoryError(f"{name} is no notebook, and no text that can be a post", hint=f"compared are {', '.join(read.READERS)}")
        yield compared(name, _on_disk(old.parent, old.name), _on_disk(new.parent, new.name), old.name if old.is_file() else name)
        return
    names = {name for folder in (old, new) for name in git.walk(folder, _entered) if _is_post(name)}
    for name in sorted(names):
        before, after = (_on_disk(folder, name) for folder in (old, new))
        if before != after:
            yield compared(name, before, after)


def compared(path: str, old: bytes | None, new: bytes | None, before: str = "") -> Compared:
    """The bytes of a file before and after; None where there is none."""
    return Compared(blocks.of(path, old, new, before=before), raw.hunks(contents.patch(old or b"", new or b"")))


def _is_post(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in read.READERS


def _entered(folder: str) -> bool:
    return not os.path.basename(folder).startswith(".")


def _on_disk(folder: Path, path: str) -> bytes | None:
    try:
        return git.read_file(folder, path, LIMIT)
    except git.Unreadable:
        return None
