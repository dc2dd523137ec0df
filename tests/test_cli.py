"""The command line, from outside: what a person or a job sees of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from knowrepo import stage
from knowrepo.cli import cli
from tests import gitrepo, lawful, team


def knowrepo(*arguments: str, **environment: str) -> Result:
    """Run a command in this process, outside of any GitLab job but for what is given."""
    outside = {name: None for name in os.environ if name.startswith("CI")}
    done = CliRunner().invoke(cli, arguments, env={**outside, **environment})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return gitrepo.make(tmp_path / "repo", team.FILES)


def as_json(done: Result) -> Any:
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_help_loads_no_heavy_package() -> None:
    """``--help`` imports click and nothing that a build needs."""
    code = "import sys; sys.argv = ['knowrepo', '--help']\ntry:\n import knowrepo.cli as c; c.main()\nexcept SystemExit: pass\nprint(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    heavy = {
        "nbformat",
        "nbconvert",
        "jupytext",
        "PIL",
        "markdown_it",
        "pygments",
        "jinja2",
        "yaml",
        "orjson",
        "starlette",
        "rich",
        "asyncio",
    }
    assert "click" in loaded
    assert not heavy & loaded


def test_build_says_what_became_of_every_file(repository: Path) -> None:
    """One JSON document on stdout, words on stderr; a second build writes nothing."""
    gitrepo.commit(
        repository,
        {"growth/odd.md": team.header("Odd", "tgas: [x]") + "x\n", "bad.ipynb": "{", "d.md": team.header("D", "draft: yes")},
        day=3,
    )
    done = knowrepo("-C", str(repository), "build", "--json")
    report = as_json(done)
    assert {"schema_version", "published", "skipped", "problems", "rendered", "written", "unchanged", "removed", "seconds"} == report.keys()
    assert (report["schema_version"], report["published"], report["unchanged"], report["removed"]) == (1, 6, 0, 0)
    assert {left["path"]: left["message"] for left in report["skipped"]}.keys() == {"bad.ipynb", "d.md", "notes.md"}
    assert 'warning: unknown header key "tgas"\n --> growth/odd.md:7\n  |  tgas: [x]\nhelp: did you mean "tags"?\n' in done.stderr
    assert "6 posts published, 3 files left out (1 draft, 1 no header, 1 with errors; `knowrepo list --all` names them)" in done.stderr
    again = as_json(knowrepo("-C", str(repository), "build", "--json"))
    assert (again["written"], again["removed"], again["published"]) == (0, 0, 6)


def test_build_counts_what_the_cache_did_not_know(repository: Path) -> None:
    """``rendered`` says what a build had to do; a part of it, given or as GitLab's jobs have it, writes no site."""
    part = as_json(knowrepo("-C", str(repository), "build", "--shard", "2/2", "--json"))
    assert part.keys() == {"schema_version", "shard", "shards", "files", "rendered", "seconds"}
    assert (part["shard"], part["shards"]) == (2, 2)
    done = knowrepo("-C", str(repository), "build", "--shard", "auto", CI_NODE_INDEX="1", CI_NODE_TOTAL="2")
    assert re.match(r"part 1 of 2: \d+ of \d+ files, \d+ posts? rendered into the cache, ", done.stderr)
    assert not (repository / "public").exists()
    assert as_json(knowrepo("-C", str(repository), "build", "--json"))["rendered"] == 0


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "a/b", "1/0", "auto", ""])
def test_a_part_that_is_none_is_wrong_usage(repository: Path, shard: str) -> None:
    """The message says what it has to be."""
    done = knowrepo("-C", str(repository), "build", "--shard", shard)
    assert done.exit_code == 2
    assert ("I/N" if shard != "auto" else "CI_NODE_INDEX") in done.stderr


def test_exit_statuses(repository: Path, tmp_path: Path) -> None:
    """0 done; 1 a mistake in the content, if one asks for it; 2 wrong usage or set-up."""
    at = ("-C", str(repository))
    assert knowrepo(*at, "check").exit_code == 0
    assert knowrepo(*at, "build", "--strict").exit_code == 0
    gitrepo.commit(repository, {"bad.ipynb": "{"}, day=3)
    assert knowrepo(*at, "build").exit_code == 0
    assert knowrepo(*at, "build", "--strict").exit_code == 1
    assert knowrepo(*at, "check").exit_code == 1
    assert knowrepo(*at, "check", "growth").exit_code == 0
    assert knowrepo(*at, "check", "--nonsense").exit_code == 2
    assert knowrepo(*at, "check", "no/such/file.md").exit_code == 2
    assert knowrepo("-C", str(tmp_path / "nowhere"), "build").exit_code == 2


def test_a_build_that_has_to_wait_says_so(repository: Path, tmp_path: Path) -> None:
    """While another build writes the same folder, one line on stderr names the folder; once that one is done, the build goes on."""
    out = tmp_path / "public"
    command = lawful.command(repository, "build", "--out", str(out))
    with stage.claimed(out, lambda: None):
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert waiting.stderr
        assert waiting.stderr.readline() == f"another build is writing {out}: waiting until it is done\n"
    said = waiting.communicate(timeout=60)[1]
    assert (waiting.returncode, "another build" in said) == (0, False)
    assert (out / "index.html").is_file()


def test_mistakes_in_the_set_up_are_two_lines(repository: Path, tmp_path: Path) -> None:
    """The message and the way out, no traceback."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years")
    done = knowrepo("-C", str(repository), "build", "--out", str(tmp_path / "mine"))
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 2)
    assert re.match(r"error: .*mine is not empty and was not written by knowrepo.*\nhelp: .*--out", done.stderr)
    (repository / "knowrepo.yml").write_text("titel: x\n")
    done = knowrepo("-C", str(repository), "build")
    assert done.exit_code == 2
    assert "knowrepo.yml:1" in done.stderr
    (repository / "knowrepo.yml").unlink()
    (repository / "knowrepo.yml").mkdir()
    assert knowrepo("-C", str(repository), "build").exit_code == 2
    (repository / "knowrepo.yml").rmdir()
    (repository / "file").write_text("in the way")
    assert knowrepo("-C", str(repository), "build", "--cache", "file").exit_code == 2
    assert "title" in done.stderr


def test_the_pipeline_knows_its_own_addresses(repository: Path) -> None:
    """In a GitLab job the feeds and the links to the source need no setting."""
    gitrepo.commit(repository, {"knowrepo.yml": "title: T\n"}, day=3)
    done = knowrepo(
        "-C", str(repository), "build", CI_PAGES_URL="https://team.pages.example/x", CI_PROJECT_URL="https://gitlab.example/team/x"
    )
    assert done.exit_code == 0
    assert "https://team.pages.example/x/posts/growth/churn/" in (repository / "public/feed.xml").read_text()
    assert "https://gitlab.example/team/x/-/blob/" in (repository / "public/posts/growth/churn/index.html").read_text()


def test_list_names_posts_newest_first_and_what_is_left_out(repository: Path) -> None:
    """A line a post; with --all also why a file is none."""
    done = knowrepo("-C", str(repository), "list", "--all")
    assert done.stdout.splitlines()[0] == "2024-03-03  methods/report.Rmd  A report"
    assert "not published  notes.md  no header" in done.stdout
    listed = as_json(knowrepo("-C", str(repository), "list", "--json"))
    assert [post["path"] for post in listed["posts"]][:2] == ["methods/report.Rmd", "methods/script.py"]
    assert listed["posts"][-1]["authors"] == ["Ada Lovelace"]


def test_init_new_check_and_build_in_an_empty_folder(tmp_path: Path) -> None:
    """A newcomer's first minutes: scaffold, add a notebook and a script, check, build; every file of it is valid."""
    folder = tmp_path / "posts of mine"
    folder.mkdir()
    gitrepo.make(folder)
    done = knowrepo("-C", str(folder), "init", "--title", 'Ours: "all"')
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["wrote"] * 6
    for form in ("ipynb", "md", "py", "qmd", "Rmd"):
        assert knowrepo("-C", str(folder), "new", f"A {form} post", "--format", form).stdout == f"posts/a-{form.lower()}-post.{form}\n"
    assert knowrepo("-C", str(folder), "new", "notes/other-name.md").stdout == "notes/other-name.md\n"
    assert knowrepo("-C", str(folder), "new", "A md post", "--format", "md").exit_code == 2
    gitrepo.git(folder, "add", "-A")
    gitrepo.git(folder, "commit", "-qm", "first")
    report = as_json(knowrepo("-C", str(folder), "build", "--json", "--strict"))
    assert report["published"] == 7
    assert report["problems"] == [] or {problem["severity"] for problem in report["problems"]} == {"info"}
    assert "<title>Ours: &#34;all&#34;</title>" in (folder / "public" / "index.html").read_text()
    assert gitrepo.git(folder, "status", "--porcelain") == ""


def test_new_stays_in_the_repository_and_says_what_it_cannot_make(tmp_path: Path) -> None:
    """A path outside and a suffix that is no post's are refused; the way out is named."""
    for wrong in ("../y.md", "/tmp/abs.md", "posts/x.txt"):
        done = knowrepo("-C", str(tmp_path), "new", wrong)
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 2)
    assert list(tmp_path.iterdir()) == []
    assert knowrepo("-C", str(tmp_path), "new", "A/B test v2.1").stdout == "posts/a-b-test-v2-1.ipynb\n"


def test_what_knowrepo_writes_for_itself_is_never_committed(repository: Path) -> None:
    """The cache ignores itself, also where nobody wrote a .gitignore."""
    assert knowrepo("-C", str(repository), "check").exit_code == 0
    assert gitrepo.git(repository, "status", "--porcelain") == ""


def test_the_first_build_says_that_nothing_is_tracked_yet(tmp_path: Path) -> None:
    """My post does not appear: Git does not track it."""
    gitrepo.make(tmp_path)
    knowrepo("-C", str(tmp_path), "init")
    done = knowrepo("-C", str(tmp_path), "build")
    assert "not tracked by Git, so not published\n --> posts/welcome.md" in done.stderr
    assert "posts/welcome.md  not tracked" in knowrepo("-C", str(tmp_path), "list", "--all").stdout


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """No file is ever overwritten; .gitignore only gains lines."""
    (tmp_path / "knowrepo.yml").write_text("title: Mine\n")
    (tmp_path / ".gitignore").write_text("public/\n*.csv")
    done = knowrepo("-C", str(tmp_path), "init")
    assert "kept   knowrepo.yml" in done.stdout
    assert (tmp_path / "knowrepo.yml").read_text() == "title: Mine\n"
    assert (tmp_path / ".gitignore").read_text() == "public/\n*.csv\n.knowrepo/\n.ipynb_checkpoints/\ndiscussion.json\n"


@pytest.mark.parametrize("what", ["header", "config"])
def test_schemas_are_valid(what: str) -> None:
    """The JSON Schemas for editors are JSON Schemas."""
    schema = as_json(knowrepo("schema", what))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "title" in schema["properties"]


def test_the_scaffold_fits_its_schema(tmp_path: Path) -> None:
    """The settings that init writes are valid, and editors find their schema beside them."""
    assert knowrepo("-C", str(tmp_path), "init").exit_code == 0
    settings = (tmp_path / "knowrepo.yml").read_text()
    jsonschema.validate(yaml.safe_load(settings), as_json(knowrepo("schema", "config")))


def test_colours_are_for_terminals_only(repository: Path) -> None:
    """In a pipe no escape sequence is printed."""
    gitrepo.commit(repository, {"bad.ipynb": "{"}, day=3)
    assert "\x1b" not in knowrepo("-C", str(repository), "check").stderr
