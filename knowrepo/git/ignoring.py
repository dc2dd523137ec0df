"""What Git does not look at, or looks at through a filter, and why (https://git-scm.com/docs/git-check-ignore#_output)."""

from __future__ import annotations

from collections.abc import Iterable

from knowrepo.git import Checkout, _output, _run, _split, _text


def rule(checkout: Checkout, path: str) -> str:
    """The rule that makes Git ignore a path below the folder, as ``.gitignore:3: scratch/``; "" if none does, or if Git tracks the file all the same."""
    answer = _run(checkout.folder, "check-ignore", "-v", "--", path)
    source, _, rest = _text(answer.stdout).partition("\t")[0].partition(":")
    line, _, pattern = rest.partition(":")
    return f"{source}:{line}: {pattern}" if answer.returncode == 0 and not pattern.startswith("!") else ""


def tracks(checkout: Checkout, path: str) -> bool:
    """Whether Git tracks this file."""
    return bool(_output(checkout.folder, "ls-files", "-z", "--", f":(literal){path}"))


def sent_through(checkout: Checkout, filters: Iterable[str]) -> set[str]:
    """The tracked files that ``.gitattributes`` sends through a filter of one of these names (https://git-scm.com/docs/gitattributes#_filter)."""
    return set(_split(_output(checkout.folder, "ls-files", "-z", "--", *(f":(attr:filter={name})" for name in filters))))
