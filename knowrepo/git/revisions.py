"""Revisions: the history of HEAD, and what is different from another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowrepo import history
from knowrepo.errors import RepositoryError
from knowrepo.git import _DIFF, Checkout, _output, _run, _split


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs: ``path`` is its name now, ``before`` the one it had; "" where there is or was none. ``blob`` is what it held before, or ""."""

    path: str
    before: str
    blob: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A file before and after: its paths and the ids of its blobs. A path is "" where there is none; a blob also where it lies on disk alone."""

    before: str
    path: str
    old: str
    new: str


def log(checkout: Checkout) -> tuple[history.Commit, ...]:
    """The history of HEAD, children before parents. Paths are relative to the top level.

    A merge carries the files that differ from all its parents. They take a second call, because looking for renames in merges would
    compare each of them with the work of months.
    """
    if not checkout.commit:
        return ()
    options = (*_DIFF, "--topo-order", "--no-relative", "--encoding=UTF-8", history.FORMAT)
    renames = "-M100%" if checkout.partial else "-M"  # other than exact renames need the contents
    commits = history.commits(_output(checkout.folder, "log", *options, renames, checkout.commit, "--"))
    if not any(len(commit.parents) > 1 for commit in commits):
        return commits
    merges = history.commits(_output(checkout.folder, "log", *options, "--no-renames", "--merges", "-c", checkout.commit, "--"))
    mixed = {commit.id: commit for commit in merges}
    return tuple(mixed.get(commit.id, commit) for commit in commits)


def base(checkout: Checkout, revision: str) -> str:
    """The full id of the commit where the history of HEAD left that of ``revision``. Raises RepositoryError if there is none."""
    named = _run(checkout.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = _run(checkout.folder, "merge-base", named.stdout.decode().strip(), "HEAD") if named.returncode == 0 else named
    if found.returncode:
        message = f'there is no revision "{revision}" here that has anything in common with what is checked out'
        raise RepositoryError(message, hint='fetch it; in GitLab CI with GIT_DEPTH: "0"')
    return found.stdout.decode().strip()


def commit(checkout: Checkout, revision: str) -> str:
    """The full id of the commit that a revision names, "" if there is none."""
    found = _run(checkout.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def between(checkout: Checkout, old: str, new: str, paths: Sequence[str] = ()) -> tuple[Pair, ...]:
    """The files below the folder that differ between two commits, in the order of their names; ``new`` may be "", which is what lies on disk.

    Renames are found by content. ``paths`` are files and folders to look at, relative to the folder; none: all.
    """
    options = (*_DIFF, "--relative")
    renames = "-M100%" if checkout.partial else "-M"
    wanted = [f":(literal){path}" for path in paths]
    tokens = iter(_split(_output(checkout.folder, "diff", *options, renames, old, *([new] if new else []), "--", *wanted)))
    return tuple(_pair(facts, tokens) for facts in tokens)


def changes(checkout: Checkout, commit: str) -> tuple[Change, ...]:
    """The files below the folder that HEAD has changed since a commit, in the order of their names; renames are found by content."""
    options = (*_DIFF, "--relative")
    renames = "-M100%" if checkout.partial else "-M"
    tokens = iter(_split(_output(checkout.folder, "diff", *options, renames, commit, "HEAD", "--")))
    return tuple(_change(facts, tokens) for facts in tokens)


def content(checkout: Checkout, blob: str, limit: int) -> bytes | None:
    """The bytes of a blob; None if it is not here, or larger than ``limit`` bytes."""
    size = _run(checkout.folder, "cat-file", "-s", blob)
    if size.returncode or int(size.stdout) > limit:
        return None
    found = _run(checkout.folder, "cat-file", "blob", blob)
    return None if found.returncode else found.stdout


def _pair(facts: str, tokens: Iterator[str]) -> Pair:
    _, _, old, new, status = facts.split(" ")
    before = next(tokens)
    path = next(tokens) if status[0] in "RC" else before
    return Pair(
        "" if status[0] == "A" else before, "" if status[0] == "D" else path, *("" if set(blob) == {"0"} else blob for blob in (old, new))
    )


def _change(facts: str, tokens: Iterator[str]) -> Change:
    """``:100644 100644 OLD NEW R87`` and the names that follow it."""
    _, _, blob, _, status = facts.split(" ")
    before = next(tokens)
    if status == "A":
        return Change(before, "", "")
    after = next(tokens) if status.startswith("R") else before
    return Change("" if status == "D" else after, before, blob)
