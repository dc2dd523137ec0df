"""Small real Git repositories for tests: fixed dates, fixed people, nothing of the user's own configuration.

gitrepo.make(tmp_path / "repo", {"a.md": "one"}, {"a.md": "two", "b.md": "new"})     a commit per mapping, on day 0, day 1, …
gitrepo.commit(repo, {"a.md": None}, day=7, author=gitrepo.BOB)                      None deletes a file
gitrepo.git(repo, "mv", "b.md", "c.md")                                              anything else
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowrepo.model import Person

ADA = Person("Ada Lovelace", "ada@example.com")
BOB = Person("Bob Ross", "bob@example.com")
EVE = Person("Eve Moneypenny", "eve@example.com")

Files = Mapping[str, str | bytes | None]


def day(number: int) -> datetime:
    """The date of the commits of that day: noon UTC, counted from 2024-01-01."""
    return datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)


def make(folder: Path, *commits: Files) -> Path:
    """A new repository (branch ``main``, Ada's) with a commit by Ada per mapping of files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    with (folder / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(f"[user]\n\tname = {ADA.name}\n\temail = {ADA.email}\n[gc]\n\tauto = 0\n")
    for number, files in enumerate(commits):
        commit(folder, files, day=number)
    return folder


def write(folder: Path, files: Files) -> None:
    """Write (or with None delete) files, with their folders."""
    for path, content in files.items():
        file = folder / path
        if content is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())


def commit(folder: Path, files: Files, *, day: int, author: Person = ADA, message: str = "change") -> str:
    """Write the files and commit everything that has changed; the id of the commit."""
    write(folder, files)
    git(folder, "add", "-A", "--", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, day=day, author=author)
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *arguments: str, day: int = 0, author: Person = ADA, check: bool = True) -> str:
    """What a git command prints. ``day`` and ``author`` are those of the commits that it makes."""
    when = (datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)).isoformat()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": author.name,
        "GIT_COMMITTER_EMAIL": author.email,
        "GIT_COMMITTER_DATE": when,
    }
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")
