"""The double of GitLab's API, asked by python-gitlab itself; and what knowrepo makes of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import gitlab
import pytest

from knowrepo.errors import NetworkError
from knowrepo.gitlab import About, Access, Project, Refusal, Site, Token, about
from tests import gitlabapi
from tests.gitlabapi import DEVELOPER, MAINTAINER, State

SECRET = "glpat-this-is-a-secret"
PATH = "team/growth/posts"


@pytest.fixture
def state() -> State:
    mine = gitlabapi.Project(7, PATH, {"ada": MAINTAINER, "bob": DEVELOPER})
    tokens = [gitlabapi.Token(SECRET), gitlabapi.Token("glpat-bob", "bob"), gitlabapi.Token("glpat-registry", scopes=["read_registry"])]
    return State([*tokens, gitlabapi.Token("glpat-old", expires_at="2026-01-01"), gitlabapi.Token("glpat-gone", revoked=True)], [mine])


@pytest.fixture
def server(state: State) -> Iterator[str]:
    with gitlabapi.serving(state) as address:
        yield address


def client(server: str, token: str | None = SECRET) -> gitlab.Gitlab:
    return gitlab.Gitlab(server, private_token=token)


def test_lists_come_in_pages(state: State, server: str) -> None:
    """python-gitlab finds its way through all pages of a list, and sees how many there are."""
    state.projects += [gitlabapi.Project(100 + number, f"team/{number}", visibility="public") for number in range(44)]
    found = client(server).projects.list(iterator=True, per_page=20)
    assert [project.id for project in found] == [7, *range(100, 144)]
    assert (found.total, found.total_pages, found.per_page) == (45, 3, 20)
    assert len([path for path in state.asked if path.startswith("/api/v4/projects?")]) == 3
    assert len(client(server).projects.list(get_all=False, per_page=500)) == 45


def test_projects_are_known_by_number_and_path(server: str) -> None:
    """Both name the same project; who is no member does not learn that a private one exists."""
    assert client(server).projects.get(7).path_with_namespace == client(server).projects.get(PATH).path_with_namespace == PATH
    for stranger in (None, "glpat-registry"):
        with pytest.raises(gitlab.GitlabGetError) as refused:
            client(server, stranger).projects.get(PATH)
        assert refused.value.response_code in (403, 404)


@pytest.mark.parametrize("token", ["glpat-old", "glpat-gone", "glpat-never"])
def test_tokens_that_do_not_hold_are_refused(server: str, token: str) -> None:
    """Ended, revoked and unknown tokens get 401, for public things too."""
    with pytest.raises(gitlab.GitlabAuthenticationError):
        client(server, token).projects.list()


def test_what_gitlab_says(server: str) -> None:
    """A Maintainer's token learns everything, in two requests for the project and two for the rest."""
    assert about(Access(server, SECRET), PATH) == About(
        "18.6.1-ee",
        Token(("read_api",), date(2999, 6, 1)),
        Project("main", "private", "private", jobs_enabled=True, separated_caches=True),
        Site("https://growth-posts-7.gitlab.io", unique_domain=True),
    )


def test_what_gitlab_keeps_to_itself(server: str) -> None:
    """A Developer does not learn where the site is; a token of another scope learns of itself alone; nobody learns of what is not theirs."""
    assert about(Access(server, "glpat-bob"), PATH).site == Refusal(403)
    registry = about(Access(server, "glpat-registry"), PATH)
    assert registry == About(Refusal(403), Token(("read_registry",), date(2999, 6, 1)), Refusal(403), Refusal(403))
    assert about(Access(server, SECRET), "team/other").project == Refusal(404)
    assert about(Access(server, "glpat-old"), PATH) == About(Refusal(401), Refusal(401), Refusal(401), Refusal(401))


def test_too_many_requests_are_repeated(state: State, server: str) -> None:
    """After the time that GitLab names; a server that breaks down meanwhile is an answer too."""
    state.faults += [gitlabapi.status(429, retry_after="0"), gitlabapi.status(429, retry_after="0")]
    assert about(Access(server, SECRET), PATH).version == "18.6.1-ee"
    state.faults += [gitlabapi.status(500)]
    assert about(Access(server, SECRET), PATH).version == Refusal(500)


@pytest.mark.parametrize("fault", [gitlabapi.dropped, gitlabapi.truncated])
def test_no_answer_is_a_mistake_of_the_network(state: State, server: str, fault: gitlabapi.Fault) -> None:
    """A connection that ends, and half an answer, end in one message without the token; so does a port where nobody listens."""
    state.faults += [fault]
    access = Access(server, SECRET)
    with pytest.raises(NetworkError) as silent:
        about(access, PATH)
    assert silent.value.message.startswith(f"no GitLab answers at {server}: ")
    assert SECRET not in f"{silent.value.message} {silent.value.hint} {access!r}"
    with pytest.raises(NetworkError):
        about(Access("http://127.0.0.1:9", SECRET), PATH)
