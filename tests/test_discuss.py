"""``knowrepo discuss sync``: what GitLab's API says of issues becomes discussion.json, or nothing changes."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from knowrepo import discussion, marker
from knowrepo.cli import cli
from knowrepo.errors import NetworkError
from knowrepo.gitlab import Access, issues
from tests import gitlabapi, gitrepo, team
from tests.gitlabapi import DEVELOPER, GUEST, Issue, Note, State

SECRET = "glpat-this-is-a-secret"
WRITER = "glpat-this-one-writes"
PATH = "team/posts"


def marked(path: str, text: str = "", cell: str = "") -> str:
    return f"{marker.mark(path, cell, f'https://team.example/{path}')}\n\n{text}"


@dataclass(frozen=True, slots=True)
class Desk:
    """A repository, and the server that its project lies on."""

    root: Path
    state: State
    server: str

    def run(self, *arguments: str, token: str = SECRET) -> Result:
        environment = {"GITLAB_TOKEN": token, "GITLAB_URL": self.server, "CI_PROJECT_URL": f"{self.server}/{PATH}"}
        return CliRunner().invoke(cli, ["-C", str(self.root), *arguments], env=environment)

    @property
    def issues(self) -> list[Issue]:
        return self.state.projects[0].issues

    @property
    def file(self) -> Path:
        return self.root / marker.FILE


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    root = gitrepo.make(tmp_path / "posts", {**team.FILES, "knowrepo.yml": "title: Our team\nsite_url: https://team.example/\n"})
    project = gitlabapi.Project(7, PATH, {"ada": DEVELOPER, "guest": GUEST})
    tokens = [gitlabapi.Token(SECRET), gitlabapi.Token(WRITER, scopes=["api"]), gitlabapi.Token("glpat-guest", "guest")]
    state = State(tokens, [project])
    with gitlabapi.serving(state) as server:
        yield Desk(root, state, server)


def test_issues_and_answers_are_found(desk: Desk) -> None:
    """By the label, or by the mark alone; with answers, state, likes and cell; what has no mark is something else."""
    first = Note(11, "Why **not**?", discussion="a")
    answer = Note(12, "Because.", "Bob Ross", discussion="a")
    cell = Note(13, marker.mark("growth/churn.ipynb", "cell-3", "x") + "\nHere.")
    desk.issues.extend(
        [
            Issue(3, "Churn", marked("growth/churn.ipynb", "Is it true?"), upvotes=2, state="closed", notes=[first, answer, cell]),
            Issue(4, "A bug", "No mark."),
            Issue(5, "Guide", marked("methods/guide.md", cell="finding"), labels=()),
        ]
    )
    done = desk.run("discuss", "sync")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "2 issues, 4 comments: discussion.json\n"
    (churn, guide), problems = discussion.load(desk.file.read_bytes())
    assert not problems
    assert (churn.post, churn.title, churn.closed, churn.likes) == ("growth/churn.ipynb", "Churn", True, 2)
    assert [(each.id, each.author, each.text, each.cell) for each in churn.every] == [
        (3, "Ada Lovelace", "Is it true?", ""),
        (11, "Ada Lovelace", "Why **not**?", ""),
        (12, "Bob Ross", "Because.", ""),
        (13, "Ada Lovelace", "Here.", "cell-3"),
    ]
    assert [reply.id for reply in churn.comments[0].replies] == [12]
    assert churn.comments[1].url == f"{desk.server}/{PATH}/-/issues/3#note_13"
    assert (guide.post, guide.first.cell, guide.first.text) == ("methods/guide.md", "finding", "")


def test_what_is_not_for_everybody_is_never_written(desk: Desk) -> None:
    """Confidential issues, internal notes, what GitLab notes itself and e-mail addresses, though the token sees them."""
    notes = [
        Note(11, "secret-internal", internal=True, discussion="a"),
        Note(12, "secret-answer", internal=True, discussion="b"),
        Note(13, "changed the description", system=True),
        Note(14, "Write to bob.ross+x@mail.example.org, or ask @ada.", "eve@mail.example.org"),
        Note(15, "From outside", "GitLab Support Bot"),
    ]
    desk.issues.extend(
        [
            Issue(3, "Ask ada@example.org", marked("growth/churn.ipynb"), notes=notes),
            Issue(4, "secret-issue", marked("growth/churn.ipynb", "secret-text"), confidential=True, notes=[Note(21, "secret-note")]),
        ]
    )
    assert desk.run("discuss", "sync").exit_code == 0
    written = desk.file.read_text("utf-8")
    assert "secret" not in written
    assert "changed the description" not in written
    assert "example.org" not in written
    assert "Support" not in written
    assert "Write to …@…, or ask @ada." in written


def test_lists_are_read_to_their_end(desk: Desk) -> None:
    """More issues, and more answers to one, than GitLab gives at a time."""
    desk.issues.extend([Issue(number, f"T{number}", marked("growth/churn.ipynb", "x")) for number in range(1, 151)])
    desk.issues[0].notes += [Note(number, f"n{number}") for number in range(1000, 1230)]
    assert desk.run("discuss", "sync").stderr == "150 issues, 380 comments: discussion.json\n"
    assert len([path for path in desk.state.asked if "/issues/1/discussions" in path]) == 3


@pytest.mark.parametrize(("version", "read"), [("18.6.1-ee", 149), ("17.9.0", 148)])
def test_an_issue_that_is_deleted_meanwhile_hides_no_other(desk: Desk, version: str, read: int) -> None:
    """Where GitLab knows keysets; an older one shifts its pages, and the next sync finds what fell between them."""
    desk.state.version = version
    desk.issues.extend([Issue(number, f"T{number}", marked("growth/churn.ipynb", "x"), labels=()) for number in range(1, 151)])
    desk.state.faults += [None, None, lambda handler: (desk.issues.pop(0), gitlabapi.status(503)(handler))[1]]
    found = {thread.first.id for thread in issues.threads(Access(desk.server, SECRET), PATH)} - {1}
    assert len(found) == read
    assert len(issues.threads(Access(desk.server, SECRET), PATH)) == 149


def test_a_slow_server_is_not_waited_for(desk: Desk) -> None:
    """After the time that it may take there is a message."""
    desk.state.faults += [gitlabapi.slow] * AGAIN
    with pytest.raises(NetworkError) as refused:
        issues.threads(Access(desk.server, SECRET, timeout=0.05), PATH)
    assert refused.value.message == f"no GitLab answers at {desk.server}: ReadTimeout"


def test_deleted_issues_vanish(desk: Desk) -> None:
    """Between two syncs, and in the middle of one."""
    desk.issues.extend([Issue(number, f"T{number}", marked("growth/churn.ipynb", "x"), notes=[Note(number, "y")]) for number in (1, 2)])
    assert desk.run("discuss", "sync").stderr.startswith("2 issues, 4 comments")
    desk.state.faults += [None, None, gitlabapi.status(404)]
    assert desk.run("discuss", "sync").stderr.startswith("1 issues, 2 comments")
    desk.issues.clear()
    assert desk.run("discuss", "sync").stderr.startswith("0 issues, 0 comments")


AGAIN = 4
"""How often a question is put that a server does not answer."""


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ([gitlabapi.status(401)], "GitLab does not accept the token"),
        ([None, None, gitlabapi.status(401)], "GitLab does not accept the token"),
        ([None, gitlabapi.status(403)], "the token may not do this"),
        ([gitlabapi.status(404)], "there is no such project"),
        ([None, None, *[gitlabapi.status(500)] * AGAIN], "it answers 500"),
        ([gitlabapi.status(503)] * AGAIN, "it answers 503"),
        ([None, *[gitlabapi.dropped] * AGAIN], "ConnectionError"),
        ([None, None, gitlabapi.truncated], "no GitLab answers at"),
        ([gitlabapi.status(429, retry_after="0")] * AGAIN, "too many requests"),
        ([None, gitlabapi.status(429, retry_after="86400")], "try again in 1440 minutes"),
        ([gitlabapi.status(429, ratelimit_reset="32503680000")] * AGAIN, "too many requests"),
        ([gitlabapi.status(503, retry_after="Fri, 31 Dec 2999 23:59:59 GMT")] * AGAIN, "it answers 503"),
        ([None, gitlabapi.elsewhere], "it leads to another server, which does not get the token"),
    ],
)
def test_whatever_goes_wrong_the_last_good_file_stays(desk: Desk, faults: list[gitlabapi.Fault | None], message: str) -> None:
    """One clear message, exit status 3, no token in it, and the file of the sync before; nothing else is left behind."""
    desk.issues.append(Issue(3, "Churn", marked("growth/churn.ipynb", "x"), notes=[Note(11, "y")]))
    assert desk.run("discuss", "sync").exit_code == 0
    before, names = desk.file.read_bytes(), sorted(desk.root.iterdir())
    desk.issues[0].title = "Changed"
    desk.state.faults += faults
    done = desk.run("discuss", "sync")
    assert (done.exit_code, done.stdout) == (3, "")
    assert message in done.stderr
    assert done.stderr.count("error: ") == 1
    assert SECRET not in done.output
    assert (desk.file.read_bytes(), sorted(desk.root.iterdir())) == (before, names)
    desk.state.faults.clear()
    assert desk.run("discuss", "sync").exit_code == 0
    assert desk.file.read_bytes() != before


def test_what_passes_is_waited_for(desk: Desk) -> None:
    """Too many requests, a server that restarts and a connection that drops are asked again."""
    desk.issues.append(Issue(3, "Churn", marked("growth/churn.ipynb", "x")))
    desk.state.faults += [gitlabapi.status(429, retry_after="0"), gitlabapi.dropped, None, gitlabapi.status(502)]
    assert desk.run("discuss", "sync").stderr.startswith("1 issues, 1 comments")


def test_the_set_up_is_explained(desk: Desk) -> None:
    """Without a token, or with one for another server, nothing is asked, and the exit status is 2."""
    assert desk.run("discuss", "sync", token="").exit_code == 2
    (desk.root / "knowrepo.yml").write_text("project_url: https://gitlab.example/team/posts\n")
    done = desk.run("discuss", "sync")
    assert done.exit_code == 2
    assert "the project lies at https://gitlab.example" in done.stderr
    inside = {"GITLAB_TOKEN": SECRET, "GITLAB_URL": desk.server.replace("//", f"//oauth2:{SECRET}@")}
    for command in (["discuss", "sync"], ["doctor"]):
        done = CliRunner().invoke(cli, ["-C", str(desk.root), *command], env=inside)
        assert (done.exit_code, SECRET in done.output) == (2, False)
        assert "GITLAB_URL holds a user name or a password" in done.output
    assert desk.state.asked == []


def test_the_token_is_nowhere(desk: Desk, tmp_path: Path) -> None:
    """Not in what is printed, not in any file of the repository, its cache or its site, and not in a traceback, chained errors and all."""
    desk.issues.append(Issue(3, "Churn", marked("growth/churn.ipynb", "x")))
    out = tmp_path / "site"
    said = [desk.run(*line).output for line in (["discuss", "sync"], ["build", "--out", str(out)], ["doctor"])]
    desk.state.faults += [gitlabapi.status(403)]
    with pytest.raises(NetworkError) as refused:
        issues.threads(Access(desk.server, SECRET), PATH)
    said += ["".join(traceback.format_exception(refused.value)), repr(Access(desk.server, SECRET))]
    assert not [text for text in said if SECRET in text]
    files = [file for folder in (desk.root, out) for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 50
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]


def test_a_renamed_post_keeps_its_discussion(desk: Desk) -> None:
    """Its old name means it, until a new post has that name: what is said from then on is about the new one."""
    gitrepo.git(desk.root, "mv", "growth/churn.ipynb", "growth/leaving.ipynb")
    gitrepo.commit(desk.root, {}, day=20)
    gitrepo.commit(desk.root, {"growth/churn.ipynb": team.notebook("Another")}, day=25)
    desk.issues.extend(
        [
            Issue(3, "Old", marked("growth/churn.ipynb", "about the old one"), created_at="2024-01-10T00:00:00Z"),
            Issue(4, "New", marked("growth/churn.ipynb", "about the new one"), created_at="2999-01-01T00:00:00Z"),
        ]
    )
    assert desk.run("discuss", "sync").exit_code == 0
    assert desk.run("build").exit_code == 0
    leaving, churn = ((desk.root / f"public/posts/growth/{name}/index.html").read_text("utf-8") for name in ("leaving", "churn"))
    assert ("about the old one" in leaving, "about the new one" in leaving) == (True, False)
    assert ("about the old one" in churn, "about the new one" in churn) == (False, True)


def test_issues_are_opened_for_posts_without_one(desk: Desk) -> None:
    """Only if asked to; a dry run says which; a second run opens no other; drafts stay a secret; the token needs the scope for it."""
    gitrepo.commit(desk.root, {"growth/draft.md": team.header("Not yet", "draft: true") + "\nText.\n"}, day=9)
    gitrepo.commit(desk.root, {"growth/price.ipynb": team.notebook("Price " * 99)}, day=10)
    desk.issues.append(Issue(3, "Churn", marked("growth/churn.ipynb", "x")))
    dry = desk.run("discuss", "sync", "--create", "--dry-run", token=WRITER)
    assert dry.stderr.count("would open an issue about ") == 4
    assert (len(desk.issues), desk.file.exists()) == (1, False)
    refused = desk.run("discuss", "sync", "--create")
    assert (refused.exit_code, len(desk.issues)) == (3, 1)
    assert desk.run("discuss", "sync", "--create", token=WRITER).stderr.endswith("5 issues, 1 comments: discussion.json\n")
    assert [marker.read(issue.description).post for issue in desk.issues] == [
        "growth/churn.ipynb",
        "growth/price.ipynb",
        "methods/guide.md",
        "methods/script.py",
        "methods/report.Rmd",
    ]
    assert {issue.labels for issue in desk.issues} == {("knowrepo",)}
    before = desk.file.read_bytes()
    assert "opens" not in desk.run("discuss", "sync", "--create", token=WRITER).stderr
    assert desk.file.read_bytes() == before


def test_the_issues_may_lie_in_another_project(desk: Desk) -> None:
    """``discuss_project`` names it: it is asked, issues are opened there, and there the links lead."""
    desk.state.projects.append(gitlabapi.Project(8, "team/talk", {"ada": DEVELOPER}))
    settings = f"title: Our team\ndiscuss_project: {desk.server}/team/talk\n"
    (desk.root / "knowrepo.yml").write_text(settings)
    assert desk.run("discuss", "sync", "--create", token=WRITER).exit_code == 0
    assert [len(project.issues) for project in desk.state.projects] == [0, 5]
    assert json.loads(desk.file.read_bytes())["threads"][0]["first"]["url"] == f"{desk.server}/team/talk/-/issues/1"


@pytest.mark.parametrize("path", ["a b/ü--> <!-- x.md", "100% & more.md", "q\"'`.md"])
def test_a_mark_holds_any_path(path: str) -> None:
    """Whatever a file and a cell are called, the mark is one comment, and says it again."""
    text = f"above\n{marker.mark(path, 'cell-->', 'https://x/')}\nbelow"
    assert marker.read(text) == (path, "cell-->", "above\n\nbelow")
    assert text.count("-->") == 2
