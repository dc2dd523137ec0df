"""What GitLab says of a project, through its REST API (https://docs.gitlab.com/api/rest/, version 4).

python-gitlab asks (the extra ``gitlab``). A token goes to the server that the person names with it, and to no other: a repository that somebody has cloned
must not be able to send it elsewhere. It stands in no message, and in no representation of a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from knowrepo.gitlab.client import RETRIES, Access, connect, silent

__all__ = ["About", "Access", "Project", "Refusal", "Site", "Token", "about"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that was not answered: the HTTP status (403: the token may not ask this; 404: not there, or not for this token)."""

    status: int


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do, and until when (None: without end)."""

    scopes: tuple[str, ...]
    expires_at: date | None


@dataclass(frozen=True, slots=True)
class Project:
    """``visibility`` is private, internal or public; ``pages_access`` disabled, private (members), enabled (who sees the project) or public.

    ``separated_caches``: branches that are not protected have a CI cache of their own. It is None if GitLab does not say.
    """

    default_branch: str
    visibility: str
    pages_access: str
    jobs_enabled: bool
    separated_caches: bool | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where GitLab Pages publishes the project. ``unique_domain``: no other project shares its host."""

    url: str
    unique_domain: bool


@dataclass(frozen=True, slots=True)
class About:
    """What GitLab says of itself, of the token, of the project and of its site."""

    version: str | Refusal
    token: Token | Refusal
    project: Project | Refusal
    site: Site | Refusal


def about(access: Access, project: str) -> About:
    """Ask about a project, by its path ``group/project``. Raises NetworkError if no GitLab answers, ModuleNotFoundError without the extra ``gitlab``."""
    name = quote(project, safe="")
    version = _ask(access, "/version")
    token = _ask(access, "/personal_access_tokens/self")
    found = _ask(access, f"/projects/{name}")
    site = _ask(access, f"/projects/{name}/pages")
    return About(
        version if isinstance(version, Refusal) else str(version.get("version", "")),
        token if isinstance(token, Refusal) else Token(tuple(token.get("scopes", ())), _day(token.get("expires_at"))),
        found if isinstance(found, Refusal) else _project(found),
        site if isinstance(site, Refusal) else Site(str(site.get("url", "")), bool(site.get("is_unique_domain_enabled"))),
    )


def _project(found: Mapping[str, Any]) -> Project:
    """https://docs.gitlab.com/api/projects/#retrieve-a-project"""
    return Project(
        default_branch=str(found.get("default_branch") or ""),
        visibility=str(found.get("visibility", "")),
        pages_access=str(found.get("pages_access_level", "")),
        jobs_enabled=found.get("builds_access_level") != "disabled",
        separated_caches=found.get("ci_separated_caches"),
    )


def _ask(access: Access, path: str) -> Mapping[str, Any] | Refusal:
    import gitlab
    import requests

    client = connect(access)
    try:
        answer = client.http_get(path, max_retries=RETRIES)
    except gitlab.exceptions.GitlabHttpError as error:
        return Refusal(error.response_code or 0)
    except gitlab.exceptions.GitlabAuthenticationError:
        return Refusal(401)
    except (requests.RequestException, gitlab.exceptions.GitlabError) as error:
        raise silent(access, type(error).__name__) from None
    if not isinstance(answer, Mapping):
        raise silent(access, "its answer is no JSON object")
    return answer


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
