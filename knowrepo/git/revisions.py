"""What is different from another revision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowrepo.errors import RepositoryError
from knowrepo.git import Checkout, _output, _run, _split


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs: ``path`` is its name now, ``before`` the one it had; "" where there is or was none. ``blob`` is what it held before, or ""."""

    path: str
    before: str
    blob: str


def base(checkout: Checkout, revision: str) -> str:
    """The full id of the commit where the history of HEAD left that of ``revision``. Raises RepositoryError if there is none."""
    named = _run(checkout.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = _run(checkout.folder, "merge-base", named.stdout.decode().strip(), "HEAD") if named.returncode == 0 else named
    if found.returncode:
        message = f'there is no revision "{revision}" here that has anything in common with what is checked out'
        raise RepositoryError(message, hint='fetch it; in GitLab CI with GIT_DEPTH: "0"')
    return found.stdout.decode().strip()


def changes(checkout: Checkout, commit: str) -> tuple[Change, ...]:
    """The files below the folder that HEAD has changed since a commit, in the order of their names; renames are found by content."""
    options = ("--raw", "-z", "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--relative")
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


def _change(facts: str, tokens: Iterator[str]) -> Change:
    """``:100644 100644 OLD NEW R87`` and the names that follow it."""
    _, _, blob, _, status = facts.split(" ")
    before = next(tokens)
    if status == "A":
        return Change(before, "", "")
    after = next(tokens) if status.startswith("R") else before
    return Change("" if status == "D" else after, before, blob)
