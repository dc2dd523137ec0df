"""The command line: options, one call, a report. The clock, the environment and the working directory are read here and passed down.

Imports of the other rooms stand inside the commands, so that ``knowrepo --help`` costs next to nothing.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from knowrepo import __version__
from knowrepo.cli import adopting, checking, choices, cleaning, comparing, discussing, doctoring, finding, starting
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.workshop import Given, Report, Workshop


class Door(click.Group):
    """Says a mistake in the set-up in two lines and ends with its status; anything else keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KnowrepoError as error:
            click.echo(f"error: {error.message}", err=True)
            if error.hint:
                click.echo(f"help: {error.hint}", err=True)
            ctx.exit(error.status)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="knowrepo")
@click.option("-C", "folder", type=click.Path(file_okay=False), default=".", metavar="DIR", help="The repository (default: here).")
@click.pass_context
def cli(ctx: click.Context, folder: str) -> None:
    """A Git repository of notebooks becomes a static knowledge repository."""
    ctx.obj = Path(os.path.abspath(folder))  # Path.resolve would follow links


cli.add_command(adopting.adopt)
cli.add_command(checking.check)
cli.add_command(checking.explain)
cli.add_command(checking.why)
cli.add_command(cleaning.clean)
cli.add_command(cleaning.clean_filter)
cli.add_command(comparing.diff)
cli.add_command(discussing.discuss)
cli.add_command(doctoring.doctor)
cli.add_command(finding.search)
cli.add_command(finding.similar)
cli.add_command(starting.init)
cli.add_command(starting.new)


def main() -> None:
    """The console script."""
    cli()


@cli.command()
@click.option("--out", default="public", show_default=True, metavar="DIR", help="The folder of the site.")
@click.option("--offline", is_flag=True, help="Make a site that can be searched from a folder, without a server.")
@click.option("--precompress", is_flag=True, help="Put a .gz and a .br beside each text file.")
@click.option("--review", metavar="REV", help="Put what has changed since this revision first, as in the preview of a merge request.")
@click.option("--strict", is_flag=True, help="End with status 1 if there is any error or warning.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")
@choices.selection
@choices.EXECUTOR
@choices.SHARD
@choices.as_json
@click.pass_obj
def build(
    root: Path,
    /,
    out: str,
    offline: bool,
    precompress: bool,
    review: str | None,
    strict: bool,
    quiet: bool,
    as_json: bool,
    cache_folder: str,
    jobs: int | None,
    executor: str,
    shard: tuple[int, int] | None,
    **selection: Any,
) -> None:
    """Build the site."""
    started = time.perf_counter()
    from knowrepo import workshop
    from knowrepo.cli import report as reports

    wanted = replace(choices.options(**selection), offline=offline, precompress=precompress, review=choices.base(root, review))
    wanted = replace(wanted, merge_request=choices.merge_request() if review else "")
    shop = choices.workshop(root, out, cache_folder, jobs, wanted, quiet=quiet, scheduler=executor)
    if shard:
        _share(shop, shard, started, quiet=quiet, as_json=as_json)
        return
    first = workshop.up_to_date(shop, _made)
    others = () if wanted.audience else workshop.others(shop, first)
    made = [(shop, first), *((other, workshop.up_to_date(other, _made)) for other in others)]
    seconds = time.perf_counter() - started
    report = reports.merged([report for _, report in made])
    reports.print_problems(report, all_of_them=False)
    if not quiet:
        for each, own in made:
            reports.print_built(own, Path(os.path.relpath(each.out)), seconds)
    if as_json:
        reports.print_json(reports.built(made[0][1], seconds, [(each.options.site, own) for each, own in made[1:]]))
    if strict and reports.counted(report):
        sys.exit(1)


def _share(shop: Workshop, shard: tuple[int, int], started: float, *, quiet: bool, as_json: bool) -> None:
    from knowrepo import build as pipeline
    from knowrepo.cli import report as reports

    share, seconds = pipeline.share(shop, *shard), time.perf_counter() - started
    if not quiet:
        reports.print_share(share, seconds)
    if as_json:
        reports.print_json(reports.shared(share, seconds))


def _made(shop: Workshop, given: Given) -> Report:
    """What makes a site is loaded only if there is something to make."""
    from knowrepo import build as pipeline

    return pipeline.made(shop, given)


@cli.command("list")
@click.option("--all", "everything", is_flag=True, help="List also the files that are not published, and why.")
@choices.selection
@choices.as_json
@click.pass_obj
def list_posts(root: Path, /, everything: bool, as_json: bool, cache_folder: str, jobs: int | None, **selection: Any) -> None:
    """List the posts, newest first."""
    from knowrepo import build as pipeline
    from knowrepo.cache import mending
    from knowrepo.cli import report as reports

    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options(**selection), quiet=True)
    site, report = mending(lambda: pipeline.site_of(shop))
    if as_json:
        reports.print_json(reports.listed(site, report))
    else:
        reports.print_list(site, report, everything=everything)


@cli.command()
@click.argument("what", type=click.Choice(["header", "config", "authors", "tags"]))
def schema(what: str) -> None:
    """Print the JSON Schema of a header, or of a file of settings."""
    from knowrepo import config, frontmatter, rosters
    from knowrepo.cli import report as reports

    if what in ("authors", "tags"):
        reports.print_json(rosters.json_schema(f"{what}.yml"))
    else:
        reports.print_json(frontmatter.json_schema() if what == "header" else config.json_schema())


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port on 127.0.0.1; 0 picks a free one.")
@click.option("--drafts/--no-drafts", default=True, show_default=True, help="Show drafts.")
@click.option("--tracked", is_flag=True, help="Show only files that Git tracks.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@choices.CACHE
@choices.JOBS
@click.pass_obj
def serve(root: Path, port: int, drafts: bool, tracked: bool, open_browser: bool, cache_folder: str, jobs: int | None) -> None:
    """Show the site on this computer, and reload it when a file is saved."""
    import tempfile

    from knowrepo import serve as server

    wanted = replace(choices.options(drafts, (), not tracked), preview=True)
    with tempfile.TemporaryDirectory(prefix="knowrepo-", ignore_cleanup_errors=True) as folder:  # not in the repository, which is watched
        shop = choices.workshop(root, f"{folder}/preview", cache_folder, jobs, wanted, quiet=True)
        server.run(shop, choices.secret(), port=port, open_browser=open_browser, say=lambda line: click.echo(line, err=True))
