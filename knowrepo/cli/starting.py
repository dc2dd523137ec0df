"""``knowrepo init`` and ``knowrepo new``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from knowrepo.cli import adopting, choices


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@click.option("--title", default="Knowledge repository", show_default=True, help="The title of the site.")
@click.pass_obj
def init(root: Path, directory: str | None, title: str) -> None:
    """Set up a repository of posts: settings, a first post, GitLab jobs, a pre-commit hook. Keeps every file that is there."""
    from datetime import date

    from knowrepo import scaffold

    folder = root / directory if directory else root
    for placed in scaffold.repository(folder, title=title, author=choices.author(folder), today=date.today()):
        click.echo(f"{'wrote' if placed.new else 'kept '}  {placed.path}")
    click.echo(
        "\nNext: knowrepo serve" + (f" (in {directory})" if directory else "") + "  shows the site; commit and push to publish it.",
        err=True,
    )


@click.command()
@click.argument("title", required=False, default="")
@click.option("--from", "source", metavar="NOTEBOOK", help="Put a header into this file, which stays where it is, and show posts like it.")
@click.option("--in", "folder", default="posts", show_default=True, metavar="FOLDER", help="The folder of the new post.")
@click.option(
    "--format", "form", type=click.Choice(["ipynb", "md", "py", "qmd", "Rmd"]), default="ipynb", show_default=True, help="The kind of file."
)
@click.option("--author", default="", help="The author (default: Git's user.name).")
@choices.CACHE
@choices.JOBS
@click.pass_obj
def new(root: Path, title: str, source: str | None, folder: str, form: str, author: str, cache_folder: str, jobs: int | None) -> None:
    """Make a new post with its header. TITLE is its title, or the path of the file to make (posts/churn.ipynb)."""
    if source:
        desk = adopting.desk(root, cache_folder, jobs, author or choices.author(root))
        proposal = adopting.propose(desk, Path(os.path.relpath(root / source, root)).as_posix(), title)
        adopting.place(root, proposal)
        adopting.show_alike(proposal)
        click.echo(proposal.path)
        return
    from datetime import date
    from pathlib import PurePosixPath

    from knowrepo import scaffold

    path = scaffold.post_path(folder, title, form)
    given = PurePosixPath(title)
    if " " not in title and given.suffix and ("/" in title or given.suffix[1:] in scaffold.FORMATS):
        path, title = title, given.stem.replace("-", " ").replace("_", " ").capitalize()
    scaffold.new_post(root, path, title, author=author or choices.author(root), today=date.today())
    click.echo(path)
