"""``knowrepo search`` and ``knowrepo similar``, from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from knowrepo.cli import cli
from tests import gitrepo, notebooks, team

HIDDEN = {
    "growth/draft.md": team.header("Draft", "draft: yes") + "zanzibar riders\n",
    "growth/private.md": team.header("Private", "private: true", "allowed_groups: [board]") + "zanzibar riders\n",
}
Knowrepo = Callable[..., Result]


def runner(folder: Path) -> Knowrepo:
    """Runs a command in a team's repository in this folder, for a user with no settings of their own."""
    repository = gitrepo.make(folder / "repo", {**team.FILES, **HIDDEN})
    environment = {name: None for name in os.environ if name.startswith("CI")} | {"XDG_CONFIG_HOME": str(folder / "config")}

    def run(*arguments: str, **more: str) -> Result:
        done = CliRunner().invoke(cli, ["-C", str(repository), *arguments], env={**environment, **more})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture(scope="module")
def knowrepo(tmp_path_factory: pytest.TempPathFactory) -> Knowrepo:
    """A repository that all tests read."""
    return runner(tmp_path_factory.mktemp("read"))


@pytest.fixture
def changing(tmp_path: Path) -> Knowrepo:
    """A repository of a test's own, in ``tmp_path``."""
    return runner(tmp_path)


def found(done: Result) -> Any:
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def paths(done: Result) -> list[str]:
    return [result["path"] for result in found(done)["results"]]


def test_search_shows_where_it_stands(knowrepo: Knowrepo) -> None:
    """A result is its title, date, path, and the cells with what was looked for; without a terminal there are no escapes."""
    done = knowrepo("search", "read_csv", "riders")
    assert done.exit_code == 0
    title, path, *rest = done.stdout.splitlines()
    assert (title, path) == ("Churn  2024-01-05", "  growth/churn.ipynb")
    assert "  Finding (code) #cell-2" in rest
    assert "    pd.read_csv('x')" in rest
    assert "With some of the words" in rest
    assert "\x1b" not in done.output
    assert "of them with all the words" in done.stderr


def test_search_speaks_json(knowrepo: Knowrepo) -> None:
    """One document, with all that is shown, and which words match."""
    document = found(knowrepo("search", "--json", "--limit", "1", "tags:growth read_csv"))
    result = document["results"][0]
    assert {key: document[key] for key in ("schema_version", "query", "full", "suggestion")} == {
        "schema_version": 1,
        "query": "tags:growth read_csv",
        "full": 0,
        "suggestion": "",
    }
    assert document["problems"] == [{"key": "unknown-field", "at": 0, "length": 11, "value": "tags", "hint": "tag"}]
    assert result.keys() == {"path", "url", "title", "authors", "tags", "created_at", "full", "score", "sections"}
    assert len(document["results"]) == 1 < document["total"]
    parts = [["pd.read_csv", True], ["('x')", False]]
    assert result["sections"][0] == {"anchor": "cell-2", "heading": "Finding", "kind": "code", "parts": parts}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("tags:churn", ['no field "tags:"', 'did you mean "tag:"?']),
        ('"riders', ["not closed"]),
        ("before:monday", ['"monday" is no date']),
        ("in:codes", ['"codes" is no place', 'did you mean "in:code"?']),
        ("tag:", ["nothing stands after tag:"]),
        ("OR riders", ["OR stands between"]),
        ("-riders", ["nothing to look for"]),
    ],
)
def test_problems_are_told(knowrepo: Knowrepo, query: str, told: list[str]) -> None:
    """What is wrong with a query is on stderr, and it is no failure."""
    done = knowrepo("search", *query.split(" "))
    assert done.exit_code == 0
    assert [words for words in told if words not in done.stderr] == []


def test_finding_nothing_is_no_failure(knowrepo: Knowrepo) -> None:
    """Nothing found: status 0, nothing on stdout."""
    done = knowrepo("search", "qqqqqq")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nothing found\n")
    assert found(knowrepo("search", "qqqqqq", "--json"))["results"] == []


def test_did_you_mean(knowrepo: Knowrepo) -> None:
    """A misspelt word is mended."""
    done = knowrepo("search", "ridrs")
    assert "growth/churn.ipynb" in done.stdout
    assert "did you mean: riders" in done.stderr


def test_the_newest_first(knowrepo: Knowrepo) -> None:
    """``--sort date`` puts the newest first, whatever it has of the words."""
    assert paths(knowrepo("search", "finding OR prose", "--sort", "date", "--json")) == [
        "methods/report.Rmd",
        "methods/script.py",
        "methods/guide.md",
        "growth/price.ipynb",
        "growth/churn.ipynb",
    ]


def test_a_terminal_is_not_commanded(changing: Knowrepo, tmp_path: Path) -> None:
    """Control characters of a post or a query never reach the terminal."""
    evil = team.header("Evil", day="2024-04-01") + "\nA zebra \x9b31m walks \u202e back \x07.\n"
    gitrepo.commit(tmp_path / "repo", {"growth/evil.md": evil}, day=5)
    done = changing("search", "zebra", "tags:\x9b\x1b[2J")
    assert "growth/evil.md" in done.stdout
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(done.output)


def test_drafts_and_private_posts_are_never_found(changing: Knowrepo, tmp_path: Path) -> None:
    """Neither their words nor their names are found, even by those who just built them; nothing of them lies in the index."""
    assert changing("build", "--drafts", "--audience", "board").exit_code == 0
    assert paths(changing("search", "zanzibar", "--json")) == []
    assert not set(paths(changing("search", "riders", "--json"))) & HIDDEN.keys()
    assert not set(paths(changing("similar", "growth/churn.ipynb", "--limit", "50", "--json"))) & HIDDEN.keys()
    index = [file for file in (tmp_path / "repo" / ".knowrepo" / "cache" / "search").rglob("*") if file.is_file()]
    assert index
    assert not [file for file in index if b"zanzibar" in file.read_bytes()]


def test_a_changed_post_is_found_by_its_new_words_only(changing: Knowrepo, tmp_path: Path) -> None:
    """The index follows the files, and a post that became a draft is gone."""
    assert paths(changing("search", "prices", "-prose", "--json")) == ["growth/price.ipynb"]
    gitrepo.commit(tmp_path / "repo", {"growth/price.ipynb": team.notebook("Fares", word="gondola", tags="[x]")}, day=3)
    assert paths(changing("search", "gondola", "--json")) == ["growth/price.ipynb"]
    assert paths(changing("search", "tag:pricing", "--json")) == []
    gitrepo.commit(tmp_path / "repo", {"growth/price.ipynb": team.notebook("Fares", "draft: yes", word="gondola")}, day=4)
    assert paths(changing("search", "gondola", "--json")) == []


def test_similar_to_a_post(knowrepo: Knowrepo) -> None:
    """A post's path finds the posts like it, and not itself."""
    assert paths(knowrepo("similar", "growth/churn.ipynb", "--json"))[0] == "growth/price.ipynb"
    assert "growth/churn.ipynb" not in paths(knowrepo("similar", "growth/churn.ipynb", "--limit", "50", "--json"))
    assert "  growth/price.ipynb" in knowrepo("similar", "growth/churn.ipynb").stdout.splitlines()


def test_similar_to_a_file_that_is_no_post_yet(changing: Knowrepo, tmp_path: Path) -> None:
    """A notebook without a header that Git does not know is compared by its words; any other text is words itself."""
    draft = notebooks.dump(notebooks.markdown("All riders stay"), notebooks.code("import pandas as pd"))
    gitrepo.write(tmp_path / "repo", {"scratch.ipynb": draft, "broken.ipynb": "{"})
    assert paths(changing("similar", "scratch.ipynb", "--json"))[0] == "growth/churn.ipynb"
    assert paths(changing("similar", "riders", "stay", "--json"))[0] == "growth/churn.ipynb"
    broken = changing("similar", "broken.ipynb")
    assert broken.exit_code == 2
    assert broken.stderr.startswith("error: broken.ipynb cannot be compared: ")
    assert paths(changing("similar", "no/such.ipynb", "--json")) == paths(changing("similar", "no such ipynb", "--json"))


def test_words_with_a_minus_are_no_options(knowrepo: Knowrepo) -> None:
    """What a post must not have may stand anywhere, although options begin with a minus too."""
    expected = paths(knowrepo("search", "--json", "stay -riders -churn"))
    assert (
        expected
        == paths(knowrepo("search", "-riders", "stay", "-churn", "--json"))
        == paths(knowrepo("search", "--json", "--", "-riders", "stay", "-churn"))
    )
    assert "Usage" in knowrepo("search", "-h").stdout


def test_an_index_that_came_with_the_repository_is_not_opened(changing: Knowrepo, tmp_path: Path) -> None:
    """The index of another user, whose secret is not known, is made anew."""
    assert paths(changing("search", "riders", "--json")) == paths(
        changing("search", "riders", "--json", XDG_CONFIG_HOME=str(tmp_path / "other"))
    )
    secrets = [(tmp_path / place / "knowrepo" / "secret") for place in ("config", "other")]
    assert len({secret.read_bytes() for secret in secrets}) == 2
    assert {secret.stat().st_mode & 0o777 for secret in secrets} == {0o600}


def test_searching_loads_no_more_than_it_needs(changing: Knowrepo, tmp_path: Path) -> None:
    """A warm search loads no reader of notebooks, and ``whoosh`` is loaded by no other command."""
    changing("search", "riders")

    def loaded(*arguments: str) -> set[str]:
        code = f"import sys; sys.argv = ['knowrepo', '-C', {str(tmp_path / 'repo')!r}, *{arguments!r}]\n"
        code += "try:\n import knowrepo.cli as c; c.main()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
        environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")}
        return set(
            subprocess.run(
                [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, env=environment
            ).stderr.split()
        )

    searching = loaded("search", "riders")
    assert "whoosh" in searching
    assert not {"nbformat", "nbconvert", "jupytext", "bs4", "starlette"} & searching
    assert "whoosh" not in loaded("list")
