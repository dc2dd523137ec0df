"""``knowrepo clean`` and ``knowrepo clean-filter``."""

from __future__ import annotations

import math
import os
import sys
import time
from pathlib import Path

import click

from knowrepo.cli import choices

_DAY = 86_400


@click.command()
@click.option(
    "--days", type=click.IntRange(1), default=30, show_default=True, metavar="N", help="Remove what no build has used for more than N days."
)
@click.option("--max-mb", type=click.IntRange(0), metavar="N", help="Then remove what was used longest ago until N megabytes are left.")
@click.option("--all", "everything", is_flag=True, help="Remove everything: the next build makes it again.")
@choices.CACHE
@click.pass_obj
def clean(root: Path, days: int, max_mb: int | None, everything: bool, cache_folder: str) -> None:
    """Remove from the cache what is not needed any more."""
    from knowrepo import sweep

    folder, now = root / cache_folder, time.time()
    most = math.inf if max_mb is None else max_mb * 1_000_000
    swept = sweep.clear(folder, now) if everything else sweep.sweep(folder, now, days * _DAY, most)
    where = os.path.relpath(folder)
    click.echo(f"{where}: {_files(swept.removed, swept.freed)} removed, {_files(swept.left, swept.size)} left", err=True)


def _files(number: int, size: int) -> str:
    return f"{number} file{'' if number == 1 else 's'} ({size / 1e6:.1f} MB)"


@click.command("clean-filter")
@click.argument("paths", nargs=-1)
@click.pass_obj
def clean_filter(root: Path, paths: tuple[str, ...]) -> None:
    """Take what changes with every run out of the metadata of a notebook, from stdin to stdout; or of PATHS, in place. Outputs are kept."""
    from knowrepo import calming
    from knowrepo.disk import Disk, writing

    if not paths:
        sys.stdout.buffer.write(calming.calm(sys.stdin.buffer.read()))
    for path in paths:
        file = root / path
        with writing(file, 0, "name notebooks that are there"):
            old = file.read_bytes()
            if (new := calming.calm(old)) != old:
                Disk().replace(str(file), new)
                click.echo(f"calmed  {path}")
