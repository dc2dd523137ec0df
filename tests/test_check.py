"""What ``check`` says beyond what a build does."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from knowrepo import explanations
from knowrepo.build import site_of
from knowrepo.cache import Cache
from knowrepo.cli import cli
from knowrepo.lint import external
from knowrepo.workshop import Workshop
from tests import gitrepo, notebooks, team
from tests.test_docs import rules as every_rule

TOKEN = "gl" + "pat-hT7kq29zWxM4vB8nRp1L"
HEAD = notebooks.markdown(team.header("Findings", tags="[growth]"))


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments], catch_exceptions=False)


def found(root: Path, *arguments: str) -> list[dict[str, Any]]:
    """The problems that a check tells."""
    problems: list[dict[str, Any]] = json.loads(run(root, "check", "--json", *arguments).stdout)["problems"]
    return problems


def told(folder: Path, *cells: dict[str, Any], head: dict[str, Any] = HEAD, settings: str = "") -> list[tuple[str, int | None, int | None]]:
    """The rule, cell and line of every problem with a notebook of these cells."""
    root = gitrepo.make(folder, {"a.ipynb": notebooks.dump(head, *cells), "knowrepo.yml": settings})
    return [(problem["rule"], problem["cell"], problem["line"]) for problem in found(root)]


FAILED = {"output_type": "error", "ename": "ValueError", "evalue": f"no {TOKEN}", "traceback": ["\x1b[31mValueError\x1b[0m"]}
CELLS: dict[str, tuple[dict[str, Any], list[tuple[str, int, int | None]]]] = {
    "code": (notebooks.code(f"a = 1\nkey = '{TOKEN}'", notebooks.stream("1")), [("secret", 1, 2)]),
    "stdout": (notebooks.code("a", notebooks.stream(f"x {TOKEN}")), [("secret", 1, None)]),
    "coloured": (notebooks.code("a", notebooks.stream(f"{TOKEN[:9]}\x1b[31m{TOKEN[9:]}")), [("secret", 1, None)]),
    "html": (notebooks.code("a", notebooks.shown({"text/html": f"<b>{TOKEN}</b>"})), [("secret", 1, None)]),
    "json": (notebooks.code("a", notebooks.shown({"application/vnd.plotly.v1+json": {"data": [{"name": TOKEN}]}})), [("secret", 1, None)]),
    "prose": (notebooks.markdown(f"Use {TOKEN}"), [("secret", 1, 1)]),
    "error": (notebooks.code("a", FAILED), [("output-error", 1, None), ("secret", 1, None)]),
    "expected": (notebooks.code("a", {**FAILED, "evalue": ""}, metadata={"tags": ["raises-exception"]}), []),
    "mac": (notebooks.code("x\nread('/Users/ana/data.csv')", notebooks.stream("1")), [("laptop-path", 1, 2)]),
    "linux": (notebooks.code("read('/home/ana/data.csv')", notebooks.stream("1")), [("laptop-path", 1, 1)]),
    "windows": (notebooks.code("read(r'C:\\Users\\Ana B\\data.csv')", notebooks.stream("1")), [("laptop-path", 1, 1)]),
    "jovyan": (notebooks.code("read('/home/jovyan/x'); get('https://x.org/home/ana/')", notebooks.stream("/home/ana/x")), []),
    "email": (notebooks.code("a", notebooks.stream("ana@corp.org")), []),
}


@pytest.mark.parametrize("name", CELLS)
def test_what_is_wrong_in_a_cell(tmp_path: Path, name: str) -> None:
    """Secrets in code, prose and every kind of output, errors, paths of a laptop: with the cell and, in code, the line."""
    cell, expected = CELLS[name]
    assert told(tmp_path, cell) == expected


def test_the_secret_itself_is_not_told(tmp_path: Path) -> None:
    """The report, which lies in the log of a job, has no more than its beginning; the exit status is 1."""
    root = gitrepo.make(tmp_path, {"a.ipynb": notebooks.dump(HEAD, notebooks.code(TOKEN, notebooks.stream(TOKEN)))})
    done = run(root, "check", "--json")
    assert done.exit_code == 1
    assert TOKEN not in done.output
    assert not [
        file
        for file in (root / ".knowrepo/cache/entries").rglob("*")
        if file.is_file() and b"a GitLab token: " + TOKEN.encode() in file.read_bytes()
    ]


def test_addresses_are_looked_for_on_demand(tmp_path: Path) -> None:
    """With find_emails, but not made-up ones."""
    cell = notebooks.code("a", notebooks.stream("ana@corp.org bo@example.com noreply@corp.org git@gitlab.com:a/b"))
    assert told(tmp_path, cell, settings="find_emails: true\n") == [("email", 1, None)]


def test_cells_that_were_not_run_in_order(tmp_path: Path) -> None:
    """One warning names the cells."""
    cells = [notebooks.code("a", notebooks.stream("1"), execution_count=count) for count in (1, 5, 2, 3)]
    root = gitrepo.make(tmp_path, {"a.ipynb": notebooks.dump(HEAD, *cells)})
    [problem] = found(root)
    assert (problem["rule"], problem["cell"]) == ("execution-order", 2)
    assert problem["message"].endswith(": cell 2")


@pytest.mark.parametrize(
    ("where", "rules"), [("header", "[laptop-path, secret]"), ("settings", "[secret, laptop-path]"), ("header", "secret")]
)
def test_rules_can_be_switched_off(tmp_path: Path, where: str, rules: str) -> None:
    """In the header of a post or for all; what is not named is told."""
    head = notebooks.markdown(team.header("Findings", f"ignore: {rules}")) if where == "header" else HEAD
    cell = notebooks.code(f"'/home/ana/x', '{TOKEN}'", notebooks.stream("1"))
    left = told(tmp_path, cell, head=head, settings=f"ignore: {rules}\n" if where == "settings" else "")
    assert left == ([] if "[" in rules else [("laptop-path", 1, 1)])


def test_what_keeps_a_post_off_the_site_cannot_be_switched_off(tmp_path: Path) -> None:
    """Else nobody would know why it does not appear."""
    root = gitrepo.make(tmp_path, {"a.md": "---\ntitle: A\nprivate: maybe\n---\n", "knowrepo.yml": "ignore: [header-value]\n"})
    assert [problem["rule"] for problem in found(root)] == ["header-value"]


def test_titles_and_tags_that_are_like_others(tmp_path: Path) -> None:
    """Two posts of one title, and a tag of one post with a slip of the hand; numbers and short words tell things apart."""
    files = {
        f"{name}.md": team.header(title, tags=f"[{tags}]") + "x\n"
        for name, title, tags in (
            ("a", "Churn", "forecasting, quarter-2023, sql"),
            ("b", "churn", "forecasting, quarter-2023, sql"),
            ("c", "Price", "forcasting, quarter-2024, sqs"),
        )
    }
    root = gitrepo.make(tmp_path, files)
    assert [(problem["rule"], problem["path"], problem["hint"]) for problem in found(root)] == [
        ("title-twice", "b.md", "say what is different about it"),
        ("tag-rare", "c.md", 'did you mean "forecasting"?'),
    ]


def test_a_large_file(tmp_path: Path) -> None:
    """More than 10 MB are told."""
    root = gitrepo.make(tmp_path, {"a.md": team.header("A") + "x\n", "b.md": team.header("B") + "<!--" + "x" * 10_000_001 + "-->"})
    assert [(problem["rule"], problem["path"]) for problem in found(root) if problem["rule"] == "file-large"] == [("file-large", "b.md")]


def test_what_was_found_is_remembered(tmp_path: Path) -> None:
    """A second check says the same; after a change it says what is new."""
    root = gitrepo.make(tmp_path, {"a.ipynb": notebooks.dump(HEAD, notebooks.code(TOKEN, notebooks.stream("1")))})
    first = found(root)
    assert found(root) == first != []
    gitrepo.commit(root, {"a.ipynb": notebooks.dump(HEAD, notebooks.code("1", notebooks.stream("1")))}, day=1)
    assert found(root) == []


# Links to other hosts


@pytest.fixture
def host() -> Iterator[tuple[str, list[str]]]:
    """A server on this computer that answers with the status that the path names, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(int(self.path[1:4]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_links_to_other_hosts(tmp_path: Path, host: tuple[str, list[str]]) -> None:
    """What is gone is told, with every post that links there; each address is asked once, good ones not again; who forbids or is busy is no dead link."""
    address, asked = host
    links = " ".join(f"[x]({address}/{path})" for path in ("200", "200#part", "404", "410/a", "403", "500", "429"))
    root = gitrepo.make(
        tmp_path, {"a.md": team.header("A") + links, "b.md": team.header("B") + f"[y]({address}/404) [z](http://127.0.0.1:1/)"}
    )
    dead = [(problem["path"], problem["message"].partition(" is dead")[0]) for problem in found(root, "--external")]
    gone = [("a.md", f"the link {address}/404"), ("a.md", f"the link {address}/410/a"), ("b.md", f"the link {address}/404")]
    assert dead == [*gone, ("b.md", "the link http://127.0.0.1:1/")]
    assert sorted(asked) == ["/200", "/403", "/404", "/410/a", "/429", "/500"]
    found(root, "--external")
    assert sorted(asked[6:]) == ["/404", "/410/a"]
    assert found(root) == []


def test_a_good_answer_holds_for_a_week_and_a_check_is_bounded(tmp_path: Path) -> None:
    """After a week an address is asked again; more than 500 are left for the next check, which is told."""
    links = " ".join(f"[x](https://{number}.example.org/)" for number in range(external.MOST + 2))
    shop = Workshop(gitrepo.make(tmp_path / "repo", {"a.md": team.header("A") + links}), tmp_path / "out", Cache(tmp_path / "cache"))
    site = site_of(shop)[0]
    asked: list[str] = []

    def ask(address: str) -> str:
        asked.append(address)
        return ""

    day = 86_400.0
    assert [problem.rule for problem in external.problems(site, shop.cache, 100 * day, ask)] == ["external-many"]
    assert list(external.problems(site, shop.cache, 101 * day, ask)) == []
    assert len(asked) == len(set(asked)) == external.MOST + 2
    list(external.problems(site, shop.cache, 107.5 * day, ask))
    assert len(asked) == 2 * external.MOST + 2


# Explanations


def test_every_rule_is_explained() -> None:
    """``knowrepo explain`` knows every rule in the source, without links; for another one it says which was meant."""
    assert set(explanations.every()) == every_rule()
    done = CliRunner().invoke(cli, ["explain", "link-broken"])
    assert done.stdout.startswith("link-broken\n\n*Warning.* A link leads")
    assert "The way out: " in done.stdout
    assert "](" not in done.stdout
    assert CliRunner().invoke(cli, ["explain"]).stdout.split() == sorted(every_rule())
    assert 'did you mean "link-broken"?' in CliRunner().invoke(cli, ["explain", "link-brokn"]).output
