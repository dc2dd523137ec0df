"""``knowrepo doctor``."""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from knowrepo.cli import choices
from knowrepo.errors import KnowrepoError, NetworkError

if TYPE_CHECKING:
    from knowrepo.config import Config
    from knowrepo.doctor import Facts
    from knowrepo.git import Checkout
    from knowrepo.gitlab import About

_COLOURS = {"ok": "green", "note": "blue", "wrong": "red", "not checked": "yellow"}
_LARGEST = 1_000_000
"""Bytes of .gitlab-ci.yml that are read."""


@click.command()
@click.option("--out", default="public", show_default=True, metavar="DIR", help="The folder of the site, for its size.")
@choices.as_json
@click.pass_obj
def doctor(root: Path, out: str, as_json: bool) -> None:
    """Say what is right and what is wrong with the set-up, here and on GitLab, and how to mend it."""
    from knowrepo.cli import report as reports
    from knowrepo.doctor import Verdict, findings

    facts, silence = _facts(root, root / out)
    found = findings(facts)
    if as_json:
        reports.print_json({"schema_version": 1, "findings": found})
    else:
        for finding in found:
            verdict = click.style(f"{finding.verdict:11}", fg=_COLOURS[finding.verdict])
            click.echo(f"{verdict}  {finding.subject:10}  {finding.message}" + (f" ({finding.hint})" if finding.hint else ""))
    if silence:
        raise silence
    if any(finding.verdict is Verdict.WRONG for finding in found):
        sys.exit(1)


def _facts(root: Path, out: Path) -> tuple[Facts, NetworkError | None]:
    """What can be found out, and what kept GitLab from answering."""
    import importlib.util
    import shutil

    from knowrepo import git, urls
    from knowrepo.doctor import JOBS, Facts

    checkout = git.describe(root)
    settings, unusable = _settings(root)
    project = settings.project_url or os.environ.get("CI_PROJECT_URL", "") or urls.project(checkout.remote if checkout else "")
    silence = None
    try:
        about, unasked = _about(project)
    except NetworkError as error:
        about, unasked, silence = None, "no answer", error
    jobs, tracked = _jobs(root, checkout, JOBS)
    facts = Facts(
        git=shutil.which("git") or "",
        checkout=checkout,
        settings=unusable,
        theme=_theme(root, settings),
        formulas=importlib.util.find_spec("py_mini_racer") is not None,
        jobs=jobs,
        tracked=tracked,
        project_url=project,
        site_url=settings.site_url,
        site=_size(out),
        today=date.today(),
        about=about,
        unasked=unasked,
    )
    return facts, silence


def _settings(root: Path) -> tuple[Config, str]:
    from knowrepo import config, workshop
    from knowrepo.errors import ConfigError

    try:
        return config.load(workshop.settings_file(root)), ""
    except ConfigError as error:
        return config.Config(), error.message


def _theme(root: Path, settings: Config) -> str:
    from knowrepo import chain
    from knowrepo.errors import ThemeError
    from knowrepo.pages import theme

    try:
        theme.load(chain.read(*chain.of(root, settings.theme)), None, settings.allow_network, settings.language)
    except ThemeError as error:
        return error.message
    return ""


def _jobs(root: Path, checkout: Checkout | None, name: str) -> tuple[str, bool]:
    """The text of the jobs, which lie at the top of the repository, and whether Git tracks them."""
    from knowrepo import git

    top = root.joinpath(*[".."] * (checkout.prefix.count("/") if checkout else 0)).resolve()
    whole = git.describe(top) if checkout else None
    try:
        return git.read_file(top, name, _LARGEST).decode("utf-8", "replace"), bool(whole and name in git.index(whole))
    except git.Unreadable:
        return "", False


def _size(out: Path) -> tuple[int, int] | None:
    files = [file.stat().st_size for file in out.rglob("*") if file.is_file()] if out.is_dir() else []
    return (sum(files), len(files)) if files else None


def _about(project: str) -> tuple[About | None, str]:
    """What GitLab says, or why it was not asked.

    The token is for the server that the environment names beside it. A project that says it lies elsewhere does not get it.
    """
    server = (os.environ.get("GITLAB_URL") or os.environ.get("CI_SERVER_URL") or "https://gitlab.com").rstrip("/")
    token = os.environ.get("GITLAB_TOKEN", "").strip()
    if not token:
        return None, "no token: set GITLAB_TOKEN"
    if not re.fullmatch("[!-~]+", token):
        raise KnowrepoError("GITLAB_TOKEN holds something that is no token", hint="copy it again, without anything around it")
    if not project.startswith(server + "/"):
        where = f"{urlsplit(project).scheme}://{urlsplit(project).netloc}" if project else "nobody knows where"
        return None, f"the token is for {server}, the project lies at {where}: set GITLAB_URL"
    from knowrepo import gitlab

    try:
        return gitlab.about(gitlab.Access(server, token), unquote(project.removeprefix(server + "/"))), ""
    except ModuleNotFoundError:
        return None, "python-gitlab is not installed: pip install 'knowrepo[gitlab]'"
