"""A folder of notebooks as a Git repository of its own, with fixed dates and nothing of the user's configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_DATE = "2024-01-01T12:00:00+00:00"


def make(folder: Path, repo: Path) -> Path:
    """Copy ``folder`` to ``repo``, which must not exist yet, and commit everything in it."""
    shutil.copytree(folder, repo, ignore=shutil.ignore_patterns(".git", ".knowrepo", ".ipynb_checkpoints"))
    _git(repo, "init", "-q", "-b", "main")
    with (repo / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[gc]\n\tauto = 0\n")
    (repo / ".git" / "info" / "exclude").write_text(".knowrepo/\n", "utf-8")
    commit(repo)
    return repo


def commit(repo: Path) -> None:
    """Commit whatever has changed."""
    _git(repo, "add", "-A")
    _git(repo, "commit", "-q", "-m", "change")


def notebooks(repo: Path) -> list[Path]:
    """Its notebooks, in a fixed order."""
    return sorted(file for file in repo.rglob("*.ipynb") if not any(part.startswith(".") for part in file.relative_to(repo).parts))


def _git(repo: Path, *arguments: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(repo),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": _DATE,
        "GIT_COMMITTER_DATE": _DATE,
    }
    subprocess.run(["git", *arguments], cwd=repo, env=environment, check=True)
