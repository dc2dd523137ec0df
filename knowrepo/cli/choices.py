"""What the commands share: the options that say which posts there are, and the workshop that they work in."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from knowrepo.making import Engine
    from knowrepo.workshop import Options, Workshop

Command = Callable[..., None]

CACHE = click.option(
    "--cache",
    "cache_folder",
    type=click.Path(),
    default=".knowrepo/cache",
    show_default=True,
    metavar="DIR",
    help="Where made things are kept.",
)
JOBS = click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Render N posts at a time (default: one per processor).")


EXECUTOR = click.option(
    "--executor",
    metavar="dask://HOST:PORT",
    callback=lambda _context, _option, value: _scheduler(value),
    help="Render on the Dask cluster with this scheduler.",
)


def _scheduler(executor: str | None) -> str:
    """``host:port``, or "" for none."""
    if executor is None:
        return ""
    found = re.fullmatch(r"dask://([^/\s]+:[0-9]{1,5})/?", executor)
    if not found:
        raise click.BadParameter("it has to be dask://HOST:PORT, the address of a Dask scheduler")
    return found[1]


SHARD = click.option(
    "--shard",
    metavar="I/N",
    callback=lambda _context, _option, value: _part(value),
    help="Render only the I-th of N parts of the posts, into the cache, and write no site; auto: as GitLab's parallel says.",
)


def _part(shard: str | None) -> tuple[int, int] | None:
    """The number of the part and that of all parts."""
    if shard is None:
        return None
    if shard == "auto":
        shard = f"{os.environ.get('CI_NODE_INDEX')}/{os.environ.get('CI_NODE_TOTAL')}"
        if "None" in shard:
            raise click.BadParameter("CI_NODE_INDEX and CI_NODE_TOTAL are not set; GitLab sets them in a job with `parallel: N`")
    found = re.fullmatch("([0-9]{1,5})/([0-9]{1,5})", shard)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter("it has to be I/N with I from 1 to N, or auto")
    return int(found[1]), int(found[2])


def selection(command: Command) -> Command:
    """The options that say which posts there are."""
    taken = (
        click.option("--drafts", is_flag=True, help="Publish drafts too."),
        click.option(
            "--audience", multiple=True, metavar="GROUP", help="Publish also the private posts that name this group. May be repeated."
        ),
        click.option("--worktree", is_flag=True, help="Include files that Git does not track yet (and does not ignore)."),
        CACHE,
        JOBS,
    )
    for option in reversed(taken):
        command = option(command)
    return command


def as_json(command: Command) -> Command:
    """The option for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(command)


def options(drafts: bool = False, audience: tuple[str, ...] = (), worktree: bool = False) -> Options:
    """What was chosen, with what the environment says."""
    from knowrepo.workshop import Options

    return Options(
        drafts=drafts,
        audience=frozenset(audience),
        worktree=worktree,
        site_url=_with_slash(os.environ.get("CI_PAGES_URL", "")),
        project_url=os.environ.get("CI_PROJECT_URL", ""),
        branch=os.environ.get("CI_COMMIT_REF_NAME", ""),
    )


def base(root: Path, revision: str | None) -> str:
    """The commit that a review compares with, "" without one. Raises RepositoryError for a revision that is not there."""
    if not revision:
        return ""
    from knowrepo import git
    from knowrepo.errors import RepositoryError
    from knowrepo.git import revisions

    checkout = git.describe(root)
    if not checkout:
        raise RepositoryError("only a Git repository has revisions", hint="leave --review out")
    return revisions.base(checkout, revision)


def merge_request() -> str:
    """The address of the merge request whose pipeline this is, or "" (https://docs.gitlab.com/ci/variables/predefined_variables/)."""
    project, number = os.environ.get("CI_MERGE_REQUEST_PROJECT_URL", ""), os.environ.get("CI_MERGE_REQUEST_IID", "")
    return f"{project}/-/merge_requests/{number}" if project and number else ""


def _with_slash(address: str) -> str:
    return address if not address or address.endswith("/") else address + "/"


def author(folder: Path) -> str:
    """Who writes here: Git's user, else the login name."""
    from knowrepo import git

    checkout = git.describe(next(parent for parent in (folder, *folder.parents) if parent.is_dir()))
    return checkout.user.name if checkout and checkout.user else os.environ.get("USER", "") or "Your name"


def workshop(
    root: Path, out: str, cache_folder: str, jobs: int | None, options: Options, *, quiet: bool = False, scheduler: str = ""
) -> Workshop:
    """Where a command works."""
    from knowrepo.cache import Cache
    from knowrepo.cli import progress
    from knowrepo.workshop import Workshop

    _ignore_own_folder(root)
    cache = Cache(root / cache_folder, now=time.time())
    bar = progress.bar(quiet=quiet)
    say = (lambda _line: None) if quiet else partial(click.echo, err=True)
    return Workshop(root, root / out, cache, options, bar, jobs or 0, _engine(scheduler), say=say, secret=secret())


def _engine(scheduler: str) -> Engine | None:
    if not scheduler:
        return None
    from knowrepo.workers import cluster

    return partial(cluster.run, address=scheduler)


def secret() -> bytes:
    """What only this user knows, so that no code or index which came with a repository is used. Where it cannot be kept, both are made each time."""
    file = Path(click.get_app_dir("knowrepo")) / "secret"
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError), open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(os.urandom(32))
        known = file.read_bytes()
        if len(known) == 32:
            return known
    return os.urandom(32)


def _ignore_own_folder(root: Path) -> None:
    """Keep what knowrepo itself writes out of everybody's commits. Where that cannot be done, nothing is lost but comfort."""
    own = root / ".knowrepo" / ".gitignore"
    if root.is_dir() and not own.exists():
        with contextlib.suppress(OSError):
            own.parent.mkdir(exist_ok=True)
            own.write_text("*\n", "utf-8")
