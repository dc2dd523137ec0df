"""``knowrepo diff``: what it compares, and in which forms it answers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from knowrepo.cli import cli
from tests import gitrepo, versions

POST = "---\ntitle: Rain\n---\n\nRain halves\nthe rides.\n"


def run(root: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Result:
    none = dict.fromkeys(("CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"))
    return CliRunner().invoke(cli, ["-C", str(root), "diff", *arguments], env=none | dict(environment or {}))


def answer(root: Path, *arguments: str) -> dict[str, Any]:
    done = run(root, *arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def paths(root: Path, *arguments: str) -> list[str]:
    return [file["path"] for file in answer(root, *arguments)["files"]]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Three commits: two posts, a change of one and a file that is none, a rename."""
    made = gitrepo.make(
        tmp_path / "repo",
        {"posts/rain.md": POST, "posts/sun.md": POST.replace("Rain", "Sun")},
        {"posts/rain.md": POST.replace("rides", "trips"), "data.csv": "1,2\n"},
    )
    gitrepo.git(made, "mv", "posts/sun.md", "posts/moon.md")
    gitrepo.commit(made, {}, day=3)
    return made


def test_revisions(repo: Path) -> None:
    """Two revisions, or one range, are compared; a rename is no new file, and what can be no post is left out."""
    assert paths(repo, "HEAD~2", "HEAD~1") == paths(repo, "HEAD~2..HEAD~1") == ["posts/rain.md"]
    files = answer(repo, "HEAD~2", "HEAD")["files"]
    assert [(file["path"], file["before"]) for file in files] == [("posts/moon.md", "posts/sun.md"), ("posts/rain.md", "posts/rain.md")]
    assert files[0]["counts"]["unchanged"] == 2


def test_paths(repo: Path) -> None:
    """Files and folders narrow a diff."""
    assert paths(repo, "HEAD~2", "HEAD", "posts/rain.md") == ["posts/rain.md"]
    assert paths(repo, "HEAD~2", "posts/rain.md") == ["posts/rain.md"]
    assert paths(repo, "HEAD~2", "HEAD", "elsewhere") == []


def test_what_lies_on_disk(repo: Path) -> None:
    """With one revision, or none, the other side is what lies on disk."""
    assert paths(repo) == []
    gitrepo.write(repo, {"posts/rain.md": POST})
    assert paths(repo) == ["posts/rain.md"]
    assert paths(repo, "HEAD~2") == ["posts/moon.md"]
    assert paths(repo, "posts/moon.md") == []


def test_a_deleted_file(repo: Path) -> None:
    """Of a file that is gone all blocks are removed."""
    gitrepo.write(repo, {"posts/rain.md": None})
    assert answer(repo)["files"][0]["counts"]["removed"] == 2


def test_files_and_folders(tmp_path: Path) -> None:
    """Two files with other names, or two folders, need no Git."""
    gitrepo.write(tmp_path, {"a/x.md": POST, "b/x.md": POST + "\nMore.\n", "b/y.md": "New.\n", "a/z.txt": "no post"})
    assert paths(tmp_path, "a", "b") == ["x.md", "y.md"]
    assert paths(tmp_path, "a/x.md", "b/y.md") == ["y.md"]
    assert answer(tmp_path, "/dev/null", "b/y.md")["files"][0]["before"] is None
    refused = run(tmp_path, "a/z.txt", "a/z.txt")
    assert (refused.exit_code, "no notebook" in refused.stderr) == (2, True)


def test_the_terminal_reads_it(repo: Path) -> None:
    """On the terminal each block that differs stands under its place, with the lines that differ."""
    done = run(repo, "HEAD~2", "HEAD~1")
    assert done.stdout == ("posts/rain.md: 1 changed\n\n@@ markdown, lines 5–6: changed @@\n  Rain halves\n- the rides.\n+ the trips.\n")


def test_one_file_holds_everything(repo: Path) -> None:
    """The diff of one post is one file that names no other."""
    done = run(repo, "HEAD~2", "HEAD~1", "--format", "html", "--out", "d.html")
    assert done.exit_code == 0
    page = (repo / "d.html").read_text("utf-8")
    assert "<ins>trips</ins>" in page
    assert set(re.findall(r"""url\(["']?([a-z]+:)""", page)) == {"data:"}
    assert not re.findall(r"<link(?! rel=\"icon\" href=\"data:)", page)
    assert not [part for part in page.split('src="')[1:] if not part.startswith("data:")]


def test_a_folder_has_an_index(repo: Path) -> None:
    """The diff of several posts is a folder, which is written anew the next time and never mixed with other files."""
    for _ in range(2):
        assert run(repo, "HEAD~2", "HEAD", "--format", "html", "--out", "d").exit_code == 0
    index = (repo / "d/index.html").read_text("utf-8")
    assert 'href="posts/rain-md/index.html"' in index
    assert (repo / "d/posts/rain-md/index.html").exists()
    refused = run(repo, "HEAD~2", "HEAD", "--format", "html", "--out", "posts")
    assert (refused.exit_code, "is not empty" in refused.stderr) == (2, True)
    assert run(repo, "HEAD~2", "HEAD", "--format", "html", "--out", "d.html").exit_code == 2


def test_interactive_outputs_are_drawn_in_a_folder(tmp_path: Path) -> None:
    """In a folder the data of an interactive output lies beside the page, with the frame and its libraries; one file has its still."""
    plotly = {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": {}}, "text/plain": "Figure"}
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "f()"}
    output = {"output_type": "display_data", "metadata": {}, "data": plotly}
    gitrepo.write(tmp_path, {"a/x.ipynb": versions.dump([]), "b/x.ipynb": versions.dump([{**cell, "outputs": [output]}])})
    run(tmp_path, "a", "b", "--format", "html", "--out", "d")
    assert [file.suffix for file in (tmp_path / "d/x-ipynb").iterdir() if file.suffix != ".html"] == [".json"]
    assert {file.name.split("-")[0] for file in (tmp_path / "d/assets").iterdir()} == {"frame", "plotly"}
    assert "data-frame-document" in (tmp_path / "d/x-ipynb/index.html").read_text("utf-8")
    run(tmp_path, "a", "b", "--format", "html", "--out", "d.html")
    assert 'data-frame-document="' not in (tmp_path / "d.html").read_text("utf-8")


def test_a_merge_request(repo: Path) -> None:
    """In the pipeline of a merge request its base and head are compared, and blocks link to their lines in it."""
    head, base = (gitrepo.git(repo, "rev-parse", name).strip() for name in ("HEAD~1", "HEAD~2"))
    said = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_COMMIT_SHA": head,
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/a/b",
        "CI_MERGE_REQUEST_IID": "7",
    }
    done = run(repo, "--mr", "--format", "html", environment=said)
    assert done.stdout.strip().endswith("diff.html")
    page = (repo / "diff.html").read_text("utf-8")
    name = hashlib.sha1(b"posts/rain.md").hexdigest()
    assert f"https://gitlab.example/a/b/-/merge_requests/7/diffs?file={name}#{name}_7_6" in page
    assert run(repo, "--mr").exit_code == 2


@pytest.mark.parametrize("arguments", [("nowhere", "HEAD"), ("HEAD", "nowhere"), ("HEAD", "--out", "x")])
def test_wrong_usage(repo: Path, arguments: tuple[str, ...]) -> None:
    """What is no revision, file or folder is said to be none."""
    assert run(repo, *arguments).exit_code == 2


def test_without_git_there_are_no_revisions(tmp_path: Path) -> None:
    """Outside a repository only files and folders can be compared, and the message says so."""
    done = run(tmp_path, "HEAD", "main")
    assert (done.exit_code, "name two files or folders" in done.stderr) == (2, True)
