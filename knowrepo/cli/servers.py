"""Which GitLab the token of the environment is for."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.gitlab import Access

MISSING = "python-gitlab is not installed: pip install 'knowrepo[gitlab]'"


def access(project: str) -> Access | str:
    """How to ask the server of a project, given by its web address, or why it is not asked.

    The token is for the server that the environment names beside it. A project that says it lies elsewhere does not get it. Raises KnowrepoError for a
    token that is none, and for an address with one in it.
    """
    server = (os.environ.get("GITLAB_URL") or os.environ.get("CI_SERVER_URL") or "https://gitlab.com").rstrip("/")
    token = os.environ.get("GITLAB_TOKEN", "").strip()
    if "@" in urlsplit(server).netloc:
        raise KnowrepoError("GITLAB_URL holds a user name or a password", hint="write it without, and the token into GITLAB_TOKEN")
    if not token:
        return "no token: set GITLAB_TOKEN"
    if not re.fullmatch("[!-~]+", token):
        raise KnowrepoError("GITLAB_TOKEN holds something that is no token", hint="copy it again, without anything around it")
    if not project.startswith(server + "/"):
        where = f"{urlsplit(project).scheme}://{urlsplit(project).netloc}" if project else "nobody knows where"
        return f"the token is for {server}, the project lies at {where}: set GITLAB_URL"
    from knowrepo import gitlab

    return gitlab.Access(server, token)


def path(found: Access, project: str) -> str:
    """``group/project`` of a project at this server."""
    return unquote(project.removeprefix(found.url + "/"))
