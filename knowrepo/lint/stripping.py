"""Whether something takes the outputs away from posts at every commit: a filter of Git, or a hook of pre-commit (https://pre-commit.com/#filtering-files-with-types)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowrepo import git
from knowrepo.fields import NodeError, data, tree
from knowrepo.git import ignoring
from knowrepo.model import Problem, Severity, Site

FILTERS = ("nbstripout", "strip-notebook-output", "strip_output", "jupyter_clear_output", "clean_ipynb")
"""What such filters are called in their guides."""
_HOOKS = ("nbstripout", "nb-clean", "jupyter-nb-clear-output", "jupyter-notebook-cleanup")
_CONFIG = ".pre-commit-config.yaml"
_KEEP = ("--keep-output", "--preserve-cell-outputs", "-o")


def problems(root: Path, site: Site) -> Iterator[Problem]:
    """A warning for the filter and one for each hook that strips posts."""
    posts = {post.path for post in site.posts if post.path.endswith(".ipynb")}
    checkout = git.describe(root) if posts else None
    if not checkout:
        return
    filtered = sorted(posts & ignoring.sent_through(checkout, FILTERS))
    if filtered:
        yield _warning(".gitattributes", "a filter of Git", filtered, f"name them after it in .gitattributes: {filtered[0]} -filter")
    for name, chosen in _hooks(root):
        if stripped := sorted(path for path in posts if chosen(checkout.prefix + path)):
            yield _warning(
                _CONFIG,
                f"the hook {name}",
                stripped,
                f"exclude them there: exclude: ^{re.escape(stripped[0].rpartition('/')[0] or stripped[0])}",
            )


def _warning(path: str, what: str, posts: list[str], hint: str) -> Problem:
    number = "the outputs of 1 post" if len(posts) == 1 else f"the outputs of {len(posts)} posts"
    return Problem(
        path,
        f"{what} takes away {number}: {posts[0]}{' and others' if len(posts) > 1 else ''}",
        "outputs-stripped",
        hint=hint,
        severity=Severity.WARNING,
    )


def _hooks(root: Path) -> Iterator[tuple[str, Any]]:
    """The hooks that strip outputs, each with what says whether it takes a path."""
    try:
        told = data(node) if (node := tree((root / _CONFIG).read_text("utf-8"))) else None
    except (OSError, UnicodeDecodeError, NodeError):
        return
    whole = told if isinstance(told, dict) else {}
    for repository in _maps(whole.get("repos")):
        for hook in _maps(repository.get("hooks")):
            if hook.get("id") in _HOOKS and not any(str(word).startswith(_KEEP) for word in hook.get("args") or ()):
                yield str(hook["id"]), _chosen(whole, hook)


def _chosen(whole: dict[str, Any], hook: dict[str, Any]) -> Any:
    wanted = [re.compile(str(part["files"])) for part in (whole, hook) if part.get("files")]
    refused = [re.compile(str(part["exclude"])) for part in (whole, hook) if part.get("exclude")]
    return lambda path: all(rule.search(path) for rule in wanted) and not any(rule.search(path) for rule in refused)


def _maps(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
