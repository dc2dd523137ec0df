"""``knowrepo discuss``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from knowrepo.cli import choices, servers
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.gitlab import Access
    from knowrepo.model import Post, Site, Thread


@click.group()
def discuss() -> None:
    """Bring what people say about posts on GitLab to the site."""


@discuss.command()
@click.option("--create", is_flag=True, help="Open an issue for each post that has none.")
@click.option("--dry-run", is_flag=True, help="Write nothing, here or on GitLab, and say what would be done.")
@choices.CACHE
@choices.JOBS
@click.pass_obj
def sync(root: Path, create: bool, dry_run: bool, cache_folder: str, jobs: int | None) -> None:
    """Write discussion.json, from which the site's comments are made."""
    from knowrepo import discussion, marker
    from knowrepo.disk import Disk, writing

    project = _project(root)
    access = servers.access(project)
    if isinstance(access, str):
        raise KnowrepoError(f"GitLab is not asked: {access}", hint="a token with the scope read_api of somebody who sees the issues")
    name = servers.path(access, project)
    try:
        threads = _threads(access, name)
        if create:
            threads += _created(access, name, _silent(root, cache_folder, jobs, threads), dry_run)
    except ModuleNotFoundError:
        raise KnowrepoError(servers.MISSING) from None
    comments = sum(bool(comment.text) for thread in threads for comment in thread.every)
    data, file = discussion.dump(threads), root / marker.FILE
    if not dry_run:
        with writing(file, len(data), "choose a folder that you may write to"):
            Disk().replace(str(file), data)
    where = "nothing is written" if dry_run else marker.FILE
    click.echo(f"{len(threads)} issues, {comments} comments: {where}", err=True)


def _project(root: Path) -> str:
    """The web address of the project with the issues, or ""."""
    from knowrepo import config, git, urls, workshop

    settings = config.load(workshop.settings_file(root))
    checkout = git.describe(root)
    ours = settings.project_url or os.environ.get("CI_PROJECT_URL", "") or urls.project(checkout.remote if checkout else "")
    return settings.discuss_project or ours


def _threads(access: Access, name: str) -> tuple[Thread, ...]:
    from knowrepo.gitlab import issues

    return issues.threads(access, name)


def _silent(root: Path, cache_folder: str, jobs: int | None, threads: tuple[Thread, ...]) -> tuple[Site, list[Post]]:
    """The published posts that no issue is about, the oldest first."""
    from knowrepo import build as pipeline
    from knowrepo import discussion
    from knowrepo.cache import mending

    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options(), quiet=True)

    def found() -> tuple[Site, list[Post]]:
        site, _ = pipeline.site_of(shop)
        known = discussion.about([post.source for post in site.posts], threads, site.prefix)
        return site, [post for post in reversed(site.posts) if post.path not in known]

    return mending(found)


def _created(access: Access, name: str, missing: tuple[Site, list[Post]], dry_run: bool) -> tuple[Thread, ...]:
    from knowrepo.gitlab import issues
    from knowrepo.pages import context

    site, posts = missing
    made: list[Thread] = []
    for post in posts:
        click.echo(f"{'would open' if dry_run else 'opens'} an issue about {post.path}", err=True)
        if not dry_run:
            made.append(issues.opened(access, name, context.issue_title(post), context.issue_text(site, post, label=False)))
    return tuple(made)
