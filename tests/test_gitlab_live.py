"""The same questions to a real GitLab: ``GITLAB_URL=… GITLAB_TOKEN=… GITLAB_PROJECT=group/project pytest -m gitlab_live``.

Nothing is written. It shows whether the double (``tests/gitlabapi.py``) answers as GitLab does, and whether GitLab takes our jobs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import gitlab
import pytest

from knowrepo import scaffold
from knowrepo.gitlab import About, Access, Project, Token, about, issues
from knowrepo.model import Thread
from tests import gitlabapi
from tests.gitlabapi import MAINTAINER, State

NEEDED = ("GITLAB_URL", "GITLAB_TOKEN", "GITLAB_PROJECT")
OURS = "glpat-of-the-double"
MISSING = [name for name in NEEDED if not os.environ.get(name)]

pytestmark = [pytest.mark.gitlab_live, pytest.mark.skipif(bool(MISSING), reason=f"no GitLab server to ask: {', '.join(MISSING)} not set")]


@pytest.fixture
def live() -> gitlab.Gitlab:
    return gitlab.Gitlab(os.environ["GITLAB_URL"], private_token=os.environ["GITLAB_TOKEN"])


@pytest.fixture
def double() -> Iterator[gitlab.Gitlab]:
    project = gitlabapi.Project(7, os.environ["GITLAB_PROJECT"], {"ada": MAINTAINER})
    project.issues.append(gitlabapi.Issue(1, "A question", "Why?", notes=[gitlabapi.Note(11, "Because.")]))
    state = State([gitlabapi.Token(OURS)], [project])
    with gitlabapi.serving(state) as address:
        yield gitlab.Gitlab(address, private_token=OURS)


def shape(value: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    """The JSON types of these keys; a text may be missing on either side."""
    return {name: type(value[name]).__name__.replace("NoneType", "str") for name in names}


@pytest.mark.parametrize("path", ["/version", "/personal_access_tokens/self", "/projects/{project}"])
def test_the_double_answers_as_gitlab_does(live: gitlab.Gitlab, double: gitlab.Gitlab, path: str) -> None:
    """Every key that the double gives, GitLab gives too, of the same type."""
    address = path.format(project=gitlab.utils.EncodedId(os.environ["GITLAB_PROJECT"]))
    ours, theirs = double.http_get(address), live.http_get(address)
    assert isinstance(ours, dict)
    assert isinstance(theirs, dict)
    assert shape(theirs, ours) == shape(ours, ours)


def test_issues_and_discussions_are_as_in_the_double(live: gitlab.Gitlab, double: gitlab.Gitlab) -> None:
    """The same of an issue and of what is said below it; needs an issue with a comment."""
    address = f"/projects/{gitlab.utils.EncodedId(os.environ['GITLAB_PROJECT'])}/issues"
    order = {"pagination": "keyset", "order_by": "created_at", "sort": "asc", "confidential": "false"}
    talked = [issue for issue in live.http_list(address, order, iterator=True) if issue["user_notes_count"]][:1]
    if not talked:
        pytest.skip("no issue of the project has a comment")
    ours = next(iter(double.http_list(address, order, iterator=True)))
    assert shape(talked[0], ours) == shape(ours, ours)
    below, ours_below = (
        server.http_list(f"{address}/{issue['iid']}/discussions", iterator=False) for server, issue in ((live, talked[0]), (double, ours))
    )
    assert isinstance(below, list)
    assert isinstance(ours_below, list)
    assert shape(below[0], ours_below[0]) == shape(ours_below[0], ours_below[0])
    assert shape(below[0]["notes"][0], ours_below[0]["notes"][0]) == shape(ours_below[0]["notes"][0], ours_below[0]["notes"][0])


def test_a_sync_reads_the_project() -> None:
    """It ends, whatever the project's issues are about; nothing that is confidential is among them."""
    found = issues.threads(Access(os.environ["GITLAB_URL"], os.environ["GITLAB_TOKEN"]), os.environ["GITLAB_PROJECT"])
    assert all(isinstance(thread, Thread) and thread.post for thread in found)


def test_gitlab_says_all_that_the_doctor_asks() -> None:
    """Version, token and project come as values; the site does for Maintainers."""
    found = about(Access(os.environ["GITLAB_URL"], os.environ["GITLAB_TOKEN"]), os.environ["GITLAB_PROJECT"])
    assert isinstance(found, About)
    assert isinstance(found.version, str)
    assert isinstance(found.token, Token)
    assert isinstance(found.project, Project)


def test_gitlab_takes_our_jobs(live: gitlab.Gitlab) -> None:
    """GitLab's own linter finds nothing wrong with what ``init`` writes (needs a token with the scope api, of a Developer)."""
    project = live.projects.get(os.environ["GITLAB_PROJECT"])
    try:
        found = project.ci_lint.create({"content": scaffold.gitlab_ci()})
    except (gitlab.GitlabCreateError, gitlab.GitlabCiLintError) as refused:
        pytest.skip(f"the token may not lint: {refused.response_code}")
    assert (found.valid, found.errors) == (True, [])
