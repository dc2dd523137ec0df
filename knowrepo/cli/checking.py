"""``knowrepo check``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from knowrepo.cli import choices
from knowrepo.errors import KnowrepoError


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "gitlab"]),
    default="text",
    show_default=True,
    help="On stdout; gitlab: Code Quality.",
)
@click.option("--strict", is_flag=True, help="End with status 1 for warnings too.")
@choices.selection
@choices.EXECUTOR
@choices.as_json
@click.pass_obj
def check(
    root: Path,
    /,
    paths: tuple[str, ...],
    form: str,
    strict: bool,
    as_json: bool,
    cache_folder: str,
    jobs: int | None,
    executor: str,
    **selection: Any,
) -> None:
    """Say what is wrong, and what will not be published and why. PATHS narrows the report to these files and folders."""
    from knowrepo import build as pipeline
    from knowrepo import workshop
    from knowrepo.cli import report as reports

    for path in paths:
        if not (root / path).exists():
            raise KnowrepoError(f"there is no {path}", hint="paths are relative to the repository that -C names (default: here)")
    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options(**selection), scheduler=executor)
    first = pipeline.examine(shop)
    others = () if shop.options.audience else workshop.others(shop, first)
    whole = reports.merged([first, *map(pipeline.examine, others)])
    report = reports.narrowed(whole, tuple(_in_repository(root, path) for path in paths))
    reports.print_problems(report, all_of_them=True)
    reports.print_checked(report)
    if as_json or form == "json":
        reports.print_json(reports.checked(report))
    elif form == "gitlab":
        click.echo(reports.code_quality(report))
    if reports.errors(report) or (strict and reports.counted(report)):
        sys.exit(1)


def _in_repository(root: Path, path: str) -> str:
    return Path(os.path.relpath(root / path, root)).as_posix()
