"""``knowrepo doctor``: a line for each thing that may be wrong, here and on GitLab."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from knowrepo import doctor, scaffold
from knowrepo.cli import cli
from knowrepo.gitlab import About, Refusal, Token
from tests import gitlabapi, gitrepo, team
from tests.gitlabapi import MAINTAINER, State

SECRET = "glpat-this-is-a-secret"
PATH = "team/growth/posts"


@dataclass
class Ward:
    """A repository that is set up well, on a GitLab that is, and a way to ask what the doctor says of them."""

    root: Path
    state: State
    server: str

    def ask(self, *arguments: str, **environment: str | None) -> Result:
        told = {"GITLAB_URL": self.server, "GITLAB_TOKEN": SECRET, "CI_PROJECT_URL": None, "CI_SERVER_URL": None, **environment}
        result = CliRunner().invoke(cli, ["-C", str(self.root), "doctor", *arguments], env=told)
        assert SECRET not in result.output + result.stderr
        return result

    def found(self, subject: str, *arguments: str, **environment: str | None) -> tuple[str, str, str]:
        """The verdict, the message and the hint on a subject."""
        said = json.loads(self.ask("--json", *arguments, **environment).stdout)
        return next(
            (finding["verdict"], finding["message"], finding["hint"]) for finding in said["findings"] if finding["subject"] == subject
        )


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    state = State([gitlabapi.Token(SECRET)], [gitlabapi.Project(7, PATH, {"ada": MAINTAINER})])
    with gitlabapi.serving(state) as server:
        files = {"knowrepo.yml": f"project_url: {server}/{PATH}\n", "a.md": team.header("A") + "x", ".gitlab-ci.yml": scaffold.gitlab_ci()}
        yield Ward(gitrepo.make(tmp_path / "repo", files), state, server)


def test_a_good_set_up_is_all_right(ward: Ward) -> None:
    """A line for each check, all of them right once the site is built; exit status 0."""
    team.site(ward.root, ward.root / "public")
    done = ward.ask()
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == 16
    assert done.exit_code == 0
    assert "https://growth-posts-7.gitlab.io" in lines[-1]


def test_without_a_token_gitlab_is_not_asked(ward: Ward) -> None:
    """What only GitLab knows is said not to be checked, and nothing is sent; that alone is not wrong."""
    done = ward.ask(GITLAB_TOKEN=None)
    assert done.exit_code == 0
    assert done.stdout.count("no token: set GITLAB_TOKEN") == 6
    assert ward.state.asked == []


@pytest.mark.parametrize("server", ["https://gitlab.com", "http://127.0.0.1:1"])
def test_a_token_goes_to_its_own_server_alone(ward: Ward, server: str) -> None:
    """A repository that names another server, as one from a stranger may, is not asked with the token."""
    verdict, message, _ = ward.found("token", GITLAB_URL=server)
    assert (verdict, message) == ("not checked", f"the token is for {server}, the project lies at {ward.server}: set GITLAB_URL")
    assert ward.state.asked == []


def test_in_ci_the_server_is_known(ward: Ward) -> None:
    """GitLab's own variables name the server and the project."""
    (ward.root / "knowrepo.yml").write_text("title: T\n", "utf-8")
    verdict, message, _ = ward.found("project", GITLAB_URL=None, CI_SERVER_URL=ward.server, CI_PROJECT_URL=f"{ward.server}/{PATH}")
    assert (verdict, message) == ("ok", "private, its default branch is main")


def test_a_silent_server_costs_only_its_own_lines(ward: Ward) -> None:
    """What can be checked here is; then the mistake is said, with exit status 3."""
    ward.state.faults += [gitlabapi.dropped]
    done = ward.ask()
    assert (done.exit_code, done.stdout.count("not checked"), done.stdout.count("no answer")) == (3, 7, 6)
    assert f"error: no GitLab answers at {ward.server}" in done.stderr


@pytest.mark.parametrize("token", ["two words", "glpat-\u20ac", "a\nb"])
def test_what_is_no_token_is_said(ward: Ward, token: str) -> None:
    """Something that cannot be a token is neither sent nor shown."""
    done = ward.ask(GITLAB_TOKEN=token)
    assert (done.exit_code, ward.state.asked) == (2, [])
    assert token not in done.output + done.stderr


def jobs(ward: Ward, text: str) -> None:
    gitrepo.commit(ward.root, {".gitlab-ci.yml": text}, day=5)


Change = Callable[[Ward], object]
PLAIN = scaffold.gitlab_ci()
HERE: dict[str, tuple[Change, str, str, str]] = {
    "no commit": (lambda ward: gitrepo.git(ward.root, "update-ref", "-d", "HEAD"), "repository", "wrong", "nothing is committed"),
    "settings": (
        lambda ward: (ward.root / "knowrepo.yml").write_text("titel: x\n", "utf-8"),
        "settings",
        "wrong",
        'unknown setting "titel"',
    ),
    "theme": (lambda ward: (ward.root / "knowrepo.yml").write_text("theme: none\n", "utf-8"), "theme", "wrong", "none"),
    "no jobs": (lambda ward: gitrepo.commit(ward.root, {".gitlab-ci.yml": None}, day=5), "jobs", "wrong", "nothing is published"),
    "no jobs, depth": (
        lambda ward: gitrepo.commit(ward.root, {".gitlab-ci.yml": None}, day=5),
        "depth",
        "not checked",
        "no .gitlab-ci.yml",
    ),
    "other jobs": (lambda ward: jobs(ward, "test: { script: make }\n"), "jobs", "wrong", "runs knowrepo build"),
    "untracked jobs": (lambda ward: gitrepo.git(ward.root, "rm", "-q", "--cached", ".gitlab-ci.yml"), "jobs", "wrong", "does not track"),
    "depth": (lambda ward: jobs(ward, PLAIN.replace('GIT_DEPTH: "0"', 'GIT_DEPTH: "20"')), "depth", "wrong", "latest commits only"),
    "cache": (lambda ward: jobs(ward, PLAIN.replace(".knowrepo/cache", ".cache")), "cache", "wrong", "everything anew"),
    "remote": (lambda ward: jobs(ward, "include:\n  - remote: https://h/k/-/raw/main/templates/pages.yml\n"), "depth", "ok", "whole"),
    "component": (lambda ward: jobs(ward, "include:\n  - component: $CI_SERVER_FQDN/t/k/pages@1.2\n"), "cache", "ok", "keep"),
    "not built": (lambda _: None, "size", "not checked", "has not been built"),
}


@pytest.mark.parametrize("case", HERE)
def test_what_is_wrong_here_is_found(ward: Ward, case: str) -> None:
    """Each thing that can be wrong in the repository has its verdict and its words; what is wrong has a way out and makes the exit status 1."""
    change, subject, wanted, words = HERE[case]
    change(ward)
    environment = {"GITLAB_TOKEN": None}
    verdict, message, hint = ward.found(subject, **environment)
    assert (verdict, words in message) == (wanted, True), message
    assert bool(hint) == (verdict in ("wrong", "note"))
    assert ward.ask(**environment).exit_code == int(wanted == "wrong" or case == "no jobs, depth")


THERE: dict[str, tuple[Callable[[State], object], str, str, str]] = {
    "old": (lambda state: setattr(state, "version", "17.8.2"), "server", "wrong", "need 17.9"),
    "newer": (lambda state: setattr(state, "version", "17.10.0-ee"), "server", "ok", "17.10"),
    "ended": (lambda state: setattr(state.tokens[0], "expires_at", "2020-01-01"), "token", "wrong", "401"),
    "scope": (lambda state: setattr(state.tokens[0], "scopes", ["read_registry"]), "token", "wrong", "read_registry"),
    "endless": (lambda state: setattr(state.tokens[0], "expires_at", None), "token", "ok", "without end"),
    "unknown": (lambda state: state.projects.clear(), "project", "wrong", "404"),
    "no jobs": (lambda state: setattr(state.projects[0], "builds_access_level", "disabled"), "project", "wrong", "no CI/CD jobs"),
    "caches": (lambda state: setattr(state.projects[0], "ci_separated_caches", False), "caches", "note", "share one"),
    "no pages": (lambda state: setattr(state.projects[0], "pages_access_level", "disabled"), "access", "wrong", "Pages is off"),
    "open": (lambda state: setattr(state.projects[0], "pages_access_level", "public"), "access", "note", "the project is private"),
    "members": (lambda _: None, "access", "ok", "for members of the project"),
    "developer": (lambda state: state.projects[0].members.update(ada=gitlabapi.DEVELOPER), "address", "not checked", "403"),
    "shared host": (lambda state: setattr(state.projects[0], "unique_domain", False), "address", "note", "https://team.gitlab.io/growth/posts"),
    "broken": (lambda state: state.faults.append(gitlabapi.status(502)), "server", "not checked", "502"),
}  # fmt: skip


@pytest.mark.parametrize("case", THERE)
def test_what_is_wrong_on_gitlab_is_found(ward: Ward, case: str) -> None:
    """Each thing that can be wrong on GitLab has its verdict and its words, and what is wrong has a way out."""
    change, subject, wanted, words = THERE[case]
    change(ward.state)
    verdict, message, hint = ward.found(subject)
    assert (verdict, words in message) == (wanted, True), message
    assert hint or verdict == "ok"


FACTS = doctor.Facts(
    git="/usr/bin/git", checkout=None, settings="", theme="", formulas=True, jobs="", tracked=True, project_url="https://gitlab.com/t/p", site_url="",
    site=(1 << 20, 50), today=date(2026, 11, 22), unasked="no token",
)  # fmt: skip
ABOUT = About("19.1.0", Token(("api",), date(2026, 12, 6)), Refusal(0), Refusal(0))


@pytest.mark.parametrize(
    ("changes", "subject", "verdict", "words"),
    [
        ({"git": ""}, "git", "wrong", "no git"),
        ({"formulas": False}, "formulas", "note", "reader's browser"),
        ({}, "size", "ok", "1 MiB in 50 files"),
        ({"site": (1100 << 20, 50)}, "size", "wrong", "at most 1,024 MiB"),
        ({"site": (1 << 20, 200_001)}, "size", "wrong", "200,001 files"),
        ({"site": (200 << 20, 50), "project_url": "https://git.example.org/t/p"}, "size", "note", "100 MiB unless"),
        ({"about": ABOUT}, "token", "note", "until 2026-12-06"),
        ({"about": ABOUT, "today": date(2026, 11, 21)}, "token", "ok", "api, until 2026-12-06"),
        ({"about": replace(ABOUT, version="next")}, "server", "wrong", "GitLab next"),
    ],
)
def test_what_no_repository_shows(changes: dict[str, Any], subject: str, verdict: str, words: str) -> None:
    """A machine without Git, very large sites, tokens that end within two weeks, versions that cannot be read."""
    found = next(found for found in doctor.findings(replace(FACTS, **changes)) if found.subject == subject)
    assert (found.verdict, words in found.message, bool(found.hint)) == (verdict, True, verdict != "ok"), found


def test_another_address_is_noted(ward: Ward) -> None:
    """Settings that name another address than GitLab's are right only with a domain of one's own."""
    settings = ward.root / "knowrepo.yml"
    settings.write_text(settings.read_text("utf-8") + "site_url: https://notes.example.org\n", "utf-8")
    assert ward.found("address")[:2] == (
        "note",
        "site_url is https://notes.example.org/, GitLab publishes at https://growth-posts-7.gitlab.io",
    )


def test_a_cut_off_history_is_found(ward: Ward, tmp_path: Path) -> None:
    """In a shallow clone, as CI makes them by default."""
    gitrepo.commit(ward.root, {"b.md": "x"}, day=3)
    gitrepo.git(tmp_path, "clone", "-q", "--depth", "1", f"file://{ward.root}", "shallow")
    verdict, message, hint = replace(ward, root=tmp_path / "shallow").found("history")
    assert (verdict, "cut off" in message, hint) == ("wrong", True, "git fetch --unshallow")


def test_posts_in_a_folder_have_the_jobs_at_the_top(ward: Ward) -> None:
    """Where the posts are a part of a project, its jobs are read at its top."""
    gitrepo.commit(ward.root, {"notes/b.md": "x"}, day=3)
    assert replace(ward, root=ward.root / "notes").found("jobs")[0] == "ok"


def test_outside_of_git(ward: Ward, tmp_path: Path) -> None:
    """A folder that is in no repository."""
    (tmp_path / "plain").mkdir()
    verdict, message, hint = replace(ward, root=tmp_path / "plain").found("repository")
    assert (verdict, message, hint) == ("wrong", "this folder is not in a Git repository", "git init")
