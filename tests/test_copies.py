"""Files of the repository that are published beside a post: which, and which never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowrepo.copies import begins_like_html
from tests import gitrepo, team

LINKS = "[a](data/a.csv) [b](data/b.csv) [page](data/page.html) [big](data/big.csv) [sly](data/sly.csv) [link](data/link.csv) [again](data/a.csv)\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A post that links to files of all kinds; the folder ``data`` is listed, but for b.csv."""
    files = {
        "knowrepo.yml": "project_url: https://gitlab.example/team/posts\nassets: [data/a.csv, data/?ig.csv, data/page.html, data/sl*, data/link.csv]\n",
        "post.md": team.header("Data") + LINKS,
        "data/a.csv": "x,y\n1,2\n",
        "data/b.csv": "x\n",
        "data/page.html": "<script>1</script>",
        "data/big.csv": "x" * 5_000_001,
        "data/sly.csv": "\n <script>alert(1)</script>",
        "data/unnamed.csv": "1",
    }
    folder = gitrepo.make(tmp_path / "repo", files)
    os.symlink("/etc/hostname", folder / "data/link.csv")
    gitrepo.git(folder, "add", "-A")
    gitrepo.git(folder, "commit", "-qm", "link")
    return folder


def test_a_listed_file_is_published_beside_the_post_that_links_to_it(repository: Path, tmp_path: Path) -> None:
    """Once, under its own name; the link leads to it. What no post links to, or what is not listed, is not published."""
    team.site(repository, tmp_path / "out")
    assert (tmp_path / "out/posts/post/a.csv").read_text() == "x,y\n1,2\n"
    page = (tmp_path / "out/posts/post/index.html").read_text()
    assert page.count('href="a.csv"') == 2
    assert "gitlab.example/team/posts/-/blob" in page
    published = {file.name for file in (tmp_path / "out").rglob("*.csv")}
    assert published == {"a.csv"}


def test_what_is_listed_and_cannot_be_published_is_named_and_leads_to_the_project(repository: Path, tmp_path: Path) -> None:
    """Pages, large files, links and what a server could take for HTML stay where they are; each is named once."""
    report = team.site(repository, tmp_path / "out")
    refused = {problem.path: problem.message for problem in report.problems if problem.rule == "asset-refused"}
    assert sorted(refused) == ["data/big.csv", "data/page.html", "data/sly.csv"]
    assert "`.html` files are not published" in refused["data/page.html"]
    page = (tmp_path / "out/posts/post/index.html").read_text()
    assert "/data/page.html" in page
    assert "root:" not in page


def test_a_listed_post_that_is_left_out_is_not_even_looked_at(repository: Path, tmp_path: Path) -> None:
    """It is neither published nor named among the files that cannot be, however large it is."""
    private = team.header("Mine", "private: true") + "x" * 5_000_001
    gitrepo.commit(
        repository, {"mine.md": private, "post.md": team.header("Data") + "[m](mine.md)\n", "knowrepo.yml": "assets: ['**']\n"}, day=3
    )
    report = team.site(repository, tmp_path / "out")
    assert [problem.path for problem in report.problems if problem.rule == "asset-refused"] == []
    assert "link-left-out" in {problem.rule for problem in report.problems}


@pytest.mark.parametrize(
    ("data", "like"),
    [(b"<!doctype html>", True), (b" \n\t<b>", True), (b"\xef\xbb\xbf<p>", True), (b"# Title\n<b>", False), (b"", False), (b"{}", False)],
)
def test_what_a_server_could_take_for_html(data: bytes, like: bool) -> None:
    """Blanks and a byte order mark before the first tag do not hide it."""
    assert begins_like_html(data) is like


def test_a_source_that_begins_like_html_is_shown_but_not_offered_for_download(tmp_path: Path) -> None:
    """A server might show it as a page of the site; the link to the project stays."""
    files = {
        "knowrepo.yml": "include: [posts]\nproject_url: https://gitlab.example/team/posts\n",
        "posts/sly.md": "<script>alert(1)</script>\n\nWords.\n",
        "posts/plain.md": "# Plain\n\nWords.\n",
    }
    folder = gitrepo.make(tmp_path / "repo", files)
    for out in (tmp_path / "cold", tmp_path / "warm"):
        team.site(folder, out, tmp_path / "cache")
        assert not (out / "posts/posts/sly/sly.md").exists()
        assert (out / "posts/posts/plain/plain.md").exists()
        assert "posts/sly.md" in (out / "posts/posts/sly/index.html").read_text()
