"""``knowrepo check``, ``knowrepo explain`` and ``knowrepo why``."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from knowrepo.cli import choices
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowrepo.model import Problem, Site
    from knowrepo.workshop import Workshop


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
@click.option("--external", is_flag=True, help="Ask other hosts whether links to them lead anywhere.")
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
    external: bool,
    strict: bool,
    as_json: bool,
    cache_folder: str,
    jobs: int | None,
    executor: str,
    **selection: Any,
) -> None:
    """Say what is wrong, and what will not be published and why. PATHS narrows the report to these files and folders."""
    from knowrepo import build as pipeline
    from knowrepo import lint, workshop
    from knowrepo.cli import report as reports

    for path in paths:
        if not (root / path).exists():
            raise KnowrepoError(f"there is no {path}", hint="paths are relative to the repository that -C names (default: here)")
    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options(**selection), scheduler=executor)
    inspect = partial(lint.problems, root=root, cache=shop.cache, asking=partial(_external, shop) if external else None)
    first = pipeline.examine(shop, inspect)
    others = () if shop.options.audience else workshop.others(shop, first)
    whole = reports.merged([first, *(pipeline.examine(other, inspect) for other in others)])
    report = reports.narrowed(whole, tuple(_in_repository(root, path) for path in paths))
    reports.print_problems(report, all_of_them=True)
    reports.print_checked(report)
    if as_json or form == "json":
        reports.print_json(reports.checked(report))
    elif form == "gitlab":
        click.echo(reports.code_quality(report))
    if reports.errors(report) or (strict and reports.counted(report)):
        sys.exit(1)


def _external(shop: Workshop, site: Site) -> Iterator[Problem]:
    from knowrepo.lint import external

    return external.problems(site, shop.cache, time.time(), external.ask)


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Say what a rule means and the way out. RULE is the id of a problem, such as link-broken; without it, all are listed."""
    from knowrepo import explanations
    from knowrepo.fields import did_you_mean

    known = explanations.every()
    if rule is None:
        click.echo("\n".join(known))
    elif rule in known:
        click.echo(f"{rule}\n\n{known[rule]}")
    else:
        hint = did_you_mean(rule, known) or "`knowrepo explain` lists all rules"
        raise KnowrepoError(f'there is no rule "{rule}"', hint=hint)


@click.command()
@click.argument("path")
@choices.selection
@choices.as_json
@click.pass_obj
def why(root: Path, /, path: str, as_json: bool, cache_folder: str, jobs: int | None, **selection: Any) -> None:
    """Say where a file appears on the site, or exactly why it does not. PATH is relative to the repository."""
    from knowrepo import build as pipeline
    from knowrepo import whereabouts, workshop
    from knowrepo.cache import mending
    from knowrepo.cli import report as reports

    wanted = _in_repository(root, path)
    if wanted.startswith(".."):
        raise KnowrepoError(f"{path} lies outside of the repository", hint="-C names the repository (default: here)")
    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options(**selection), quiet=True)
    given = workshop.given(shop)
    site, report = mending(lambda: pipeline.site_of(shop))
    found = whereabouts.of(wanted, shop, site, given.repository, report, given.settings)
    if as_json:
        reports.print_json(reports.whereabouts(found))
    else:
        reports.print_whereabouts(found)
    if not found.urls:
        sys.exit(1)


def _in_repository(root: Path, path: str) -> str:
    return Path(os.path.relpath(root / path, root)).as_posix()
