"""A folder → Repository: which files, which sources, whose and when."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowrepo import blobs
from knowrepo.errors import RepositoryError
from knowrepo.model import Problem, Repository, Severity, Source
from knowrepo.scan import scan
from tests import gitrepo
from tests.gitrepo import ADA, BOB, EVE, day

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
LATER = datetime(2025, 6, 7, 8, 9, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_repository_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def look(root: Path, *, worktree: bool = False, exclude: tuple[str, ...] = (), outside: tuple[Path, ...] = ()) -> Repository:
    return scan(root, worktree=worktree, exclude=exclude, outside=outside)


def by_path(found: Repository) -> dict[str, Source]:
    return {source.path: source for source in found.sources}


def rules(found: Repository) -> list[tuple[str, str, Severity]]:
    return [(problem.path, problem.rule, problem.severity) for problem in found.problems]


def only_problem(found: Repository) -> Problem:
    (problem,) = found.problems
    return problem


def touch(file: Path, when: datetime = LATER) -> None:
    os.utime(file, (when.timestamp() + 0.5,) * 2)


def test_a_repository(tmp_path: Path) -> None:
    """Files are what Git tracks, sources those with a known suffix, with the dates and authors of the history."""
    repo = gitrepo.make(tmp_path, {"posts/b.ipynb": "{}", "plot.png": "png"})
    gitrepo.commit(repo, {"A.MD": "1"}, day=1, author=BOB)
    head = gitrepo.commit(repo, {"posts/b.ipynb": "{ }"}, day=2, author=EVE)
    gitrepo.git(repo, "remote", "add", "origin", "git@gitlab.example.com:team/posts.git")
    found = look(repo)
    b = Source("posts/b.ipynb", blobs.identity(b"{ }"), day(0), day(2), (ADA, EVE))
    assert found.sources == (Source("A.MD", blobs.identity(b"1"), day(1), day(1), (BOB,)), b)
    assert dict(found.files) == {"A.MD": blobs.identity(b"1"), "plot.png": blobs.identity(b"png"), "posts/b.ipynb": b.blob}
    assert list(found.files) == sorted(found.files)
    assert (found.root, found.commit, found.prefix, found.problems) == (str(repo), head, "", ())
    assert found.project_url == "https://gitlab.example.com/team/posts"


def test_credentials_of_the_remote_stay_out(tmp_path: Path) -> None:
    """A token in the remote's address is not in the project's; an address of no web page gives none."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "remote", "add", "origin", "https://gitlab-ci-token:secret@gitlab.example.com/team/posts.git")
    assert look(repo).project_url == "https://gitlab.example.com/team/posts"
    gitrepo.git(repo, "remote", "set-url", "origin", "ssh://git@host:not-a-port/x")
    assert look(repo).project_url == ""


def test_a_folder_inside_a_repository(tmp_path: Path) -> None:
    """The root may be a folder of a repository: paths are relative to it, ``prefix`` leads there, what lies outside does not count."""
    repo = gitrepo.make(
        tmp_path, {"sample/posts/a.md": "1", "b.md": "1", "sample-too/c.md": "1"}, {"b.md": "2"}, {"sample/posts/a.md": "2"}
    )
    gitrepo.write(repo, {"sample/new.md": "1", "new.md": "1", "sample/posts/a.md": "three"})
    touch(repo / "sample/posts/a.md")
    found = look(repo / "sample")
    assert (found.prefix, dict(found.files)) == ("sample/", {"posts/a.md": blobs.identity(b"three")})
    assert found.sources == (Source("posts/a.md", blobs.identity(b"three"), day(0), LATER, (ADA,)),)
    assert by_path(look(repo / "sample", worktree=True)).keys() == {"new.md", "posts/a.md"}


def test_modified_files(tmp_path: Path) -> None:
    """A file that differs from the last commit has the blob id of its bytes on disk and its own time; one that was only touched has not."""
    repo = gitrepo.make(tmp_path, {"a.md": "1", "b.md": "1", "c.md": "1"})
    gitrepo.write(repo, {"a.md": "2"})
    for name in ("a.md", "b.md"):
        touch(repo / name)
    assert look(repo).sources == (
        Source("a.md", blobs.identity(b"2"), day(0), LATER, (ADA,)),
        Source("b.md", blobs.identity(b"1"), day(0), day(0), (ADA,)),
        Source("c.md", blobs.identity(b"1"), day(0), day(0), (ADA,)),
    )


def test_filtered_files(tmp_path: Path) -> None:
    """The blob id of a file behind a filter is that of its bytes on disk, without running the filter; its dates are those of the history."""
    repo = gitrepo.make(tmp_path)
    gitrepo.git(repo, "config", "filter.strip.clean", "sed s/[0-9]//g")
    gitrepo.commit(repo, {".gitattributes": "*.ipynb filter=strip\n", "a.ipynb": "run 1"}, day=1)
    assert by_path(look(repo))["a.ipynb"].blob == blobs.identity(b"run 1")
    gitrepo.write(repo, {"a.ipynb": "run 2"})
    gitrepo.git(repo, "add", "-A")
    assert look(repo).sources == (Source("a.ipynb", blobs.identity(b"run 2"), day(1), day(1), (ADA,)),)


def test_untracked_files(tmp_path: Path) -> None:
    """Untracked posts are left out with one note; ``worktree`` takes them in, but not what Git ignores or what tools leave behind."""
    clutter = {"node_modules/x/README.md": "1", "env/pyvenv.cfg": "", "env/LICENSE.md": "1", "ignored.md": "1", ".hidden/a.md": "1"}
    repo = gitrepo.make(tmp_path, {"a.md": "1", ".gitignore": "ignored.md\n"})
    gitrepo.write(repo, {"new.md": "1", "new.png": "1", **clutter})
    touch(repo / "new.md")
    found = look(repo)
    assert found.files.keys() == {"a.md"}
    assert rules(found) == [("new.md", "untracked-file", Severity.INFO)]
    assert "--worktree" in found.problems[0].hint
    found = look(repo, worktree=True)
    assert found.files.keys() == {"a.md", "new.md", "new.png"}
    assert by_path(found)["new.md"] == Source("new.md", blobs.identity(b"1"), LATER, LATER, (ADA,))
    assert found.problems == ()


def test_every_untracked_file_is_named(tmp_path: Path) -> None:
    """Each untracked post has a note of its own: "my post does not appear" is answered for every one."""
    repo = gitrepo.make(tmp_path)
    gitrepo.write(repo, {f"{number}.md": "1" for number in range(9)})
    assert [problem.path for problem in look(repo).problems] == [f"{number}.md" for number in range(9)]


def test_before_the_first_commit(tmp_path: Path) -> None:
    """In a repository without commits what is staged counts, with the times of the files."""
    repo = gitrepo.make(tmp_path)
    assert look(repo).sources == ()
    gitrepo.write(repo, {"a.md": "1", "b.md": "1"})
    gitrepo.git(repo, "add", "a.md")
    for name in ("a.md", "b.md"):
        touch(repo / name)
    found = look(repo)
    assert found.commit == ""
    assert found.sources == (Source("a.md", blobs.identity(b"1"), LATER, LATER, (ADA,)),)
    assert by_path(look(repo, worktree=True)).keys() == {"a.md", "b.md"}


def test_no_repository(tmp_path: Path) -> None:
    """A plain folder is walked: file times, no authors, Git's hashes, one warning."""
    clutter = ("node_modules/b.md", "x/__pycache__/b.md", ".git-not/b.md", "env/pyvenv.cfg", "env/lib/b.md", "public/b.md", "drafts/b.md")
    gitrepo.write(tmp_path, {"posts/a.md": "1", "plot.png": "2", **dict.fromkeys(clutter, "")})
    (tmp_path / "loop").symlink_to(tmp_path)
    touch(tmp_path / "posts/a.md")
    found = look(tmp_path, exclude=("drafts",), outside=(tmp_path / "public",))
    assert found.sources == (Source("posts/a.md", blobs.identity(b"1"), LATER, LATER),)
    assert dict(found.files) == {"plot.png": blobs.identity(b"2"), "posts/a.md": blobs.identity(b"1")}
    assert (found.commit, found.project_url, found.prefix) == ("", "", "")
    assert rules(found) == [(".", "no-git", Severity.WARNING)]


def test_no_git_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a git program a repository is read as a plain folder, and .git is no part of it."""
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"})
    monkeypatch.setenv("PATH", str(tmp_path))
    found = look(repo)
    assert (list(found.files), rules(found)) == (["a.md"], [(".", "no-git", Severity.WARNING)])


def test_no_folder(tmp_path: Path) -> None:
    """A root that is missing, or a file, is a mistake in the set-up."""
    gitrepo.write(tmp_path, {"file": ""})
    for name in ("missing", "file"):
        with pytest.raises(RepositoryError, match="is not a folder"):
            look(tmp_path / name)


def test_a_shallow_clone(tmp_path: Path) -> None:
    """A shallow clone is one warning that names GIT_DEPTH; dates that cannot be known are None."""
    source = gitrepo.make(tmp_path / "source", {"a.md": "1"}, {"b.md": "1"}, {"c.md": "1"})
    gitrepo.git(source, "clone", "-q", "--depth", "2", source.as_uri(), str(tmp_path / "clone"))
    found = look(tmp_path / "clone")
    dates = {source.path: (source.created, source.updated, source.authors) for source in found.sources}
    assert dates == {"a.md": (None, None, ()), "b.md": (None, None, ()), "c.md": (day(2), day(2), (ADA,))}
    assert rules(found) == [(".", "shallow-clone", Severity.WARNING)]
    assert 'GIT_DEPTH: "0"' in found.problems[0].hint
    assert "git fetch --unshallow" in found.problems[0].hint


def test_submodules(tmp_path: Path) -> None:
    """A submodule is mentioned; its files are not ours."""
    other = gitrepo.make(tmp_path / "other", {"b.md": "1"})
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"})
    gitrepo.git(repo, "submodule", "-q", "add", other.as_uri(), "module.md")
    gitrepo.commit(repo, {}, day=1)
    for worktree in (False, True):
        found = look(repo, worktree=worktree)
        assert list(found.files) == ["a.md"]
        assert rules(found) == [("module.md", "submodule", Severity.INFO)]


@POSIX
@pytest.mark.parametrize("tracked", [True, False], ids=["git", "folder"])
def test_links_are_not_published(tmp_path: Path, tracked: bool) -> None:
    """A link with the suffix of a post is a warning, wherever it leads; other links are left out in silence. None is read."""
    repo = tmp_path / "repo"
    gitrepo.write(repo, {"posts/a.md": "1", "x.png": "1"})
    gitrepo.write(tmp_path, {"secret.md": "s"})
    links = {
        "environ.md": "/proc/self/environ",
        "posts/in.md": "../posts/a.md",
        "out.md": "../secret.md",
        "y.png": "x.png",
        "loop.md": "loop.md",
    }
    for name, target in links.items():
        (repo / name).symlink_to(target)
    if tracked:
        gitrepo.make(repo, {})
    found = look(repo)
    assert list(found.files) == ["posts/a.md", "x.png"]
    problems = {problem.path: problem.message for problem in found.problems if problem.rule == "symbolic-link"}
    assert problems.keys() == {"environ.md", "posts/in.md", "out.md", "loop.md"}
    assert problems["posts/in.md"].endswith("it is a link to posts/a.md, which is published by itself")
    assert problems["out.md"] == problems["environ.md"]


@POSIX
def test_links_that_replace_tracked_files_are_not_followed(tmp_path: Path) -> None:
    """A tracked file, or its folder, that was replaced by a link on disk is not read through it."""
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1", "sub/b.md": "1"})
    gitrepo.write(tmp_path, {"secret/b.md": "s"})
    gitrepo.write(repo, {"a.md": None, "sub/b.md": None})
    (repo / "a.md").symlink_to(tmp_path / "secret/b.md")
    (repo / "sub").rmdir()
    (repo / "sub").symlink_to(tmp_path / "secret")
    found = look(repo)
    assert dict(found.files) == {}
    assert [(problem.path, problem.rule) for problem in found.problems] == [("a.md", "symbolic-link"), ("sub/b.md", "unreadable-file")]


def test_missing_files(tmp_path: Path) -> None:
    """Tracked posts that are not on disk are one note; other missing files are none of our business."""
    repo = gitrepo.make(tmp_path, {"a.md": "1", "b.md": "1", "c.png": "1", "d.md": "1"})
    gitrepo.write(repo, {"a.md": None, "b.md": None, "c.png": None})
    found = look(repo)
    assert list(found.files) == ["d.md"]
    assert rules(found) == [("a.md", "missing-file", Severity.INFO)]
    assert "a.md, b.md" in found.problems[0].message


@POSIX
@pytest.mark.parametrize("tracked", [True, False], ids=["git", "folder"])
def test_file_names(tmp_path: Path, tracked: bool) -> None:
    """Any UTF-8 name is a source; a name that is not UTF-8, or holds a backslash, is a warning and left out."""
    good = ["a b.md", "q\"'.md", "n\nl.md", "🦉.md", "é.md", "e\u0301.md", "x" * 250 + ".md", "%23#?.md", "[a].md", "-a.md"]
    gitrepo.write(tmp_path, dict.fromkeys([*good, os.fsdecode(b"caf\xe9.md"), "back\\slash.md"], "1"))
    if tracked:
        gitrepo.make(tmp_path, {})
    found = look(tmp_path)
    assert by_path(found).keys() == set(good) == found.files.keys()
    left_out = [problem.path for problem in found.problems if problem.rule == "file-name"]
    assert left_out == ["back\\slash.md", "caf\ufffd.md"]
    assert all(source.created for source in found.sources)


@POSIX
def test_pipes_are_left_alone(tmp_path: Path) -> None:
    """A named pipe is neither read nor waited for."""
    gitrepo.write(tmp_path, {"a.md": "1"})
    os.mkfifo(tmp_path / "b.md")
    assert list(look(tmp_path).files) == ["a.md"]


def test_conflicts(tmp_path: Path) -> None:
    """In the middle of a merge a file in conflict is one file, as it lies on disk."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "checkout", "-q", "-b", "side")
    gitrepo.commit(repo, {"a.md": "2"}, day=1)
    gitrepo.git(repo, "checkout", "-q", "main")
    gitrepo.commit(repo, {"a.md": "3"}, day=2)
    gitrepo.git(repo, "merge", "side", check=False)
    assert [source.blob for source in look(repo).sources] == [blobs.identity((repo / "a.md").read_bytes())]


def test_knitted_results_belong_to_their_source(tmp_path: Path) -> None:
    """What was knitted from R Markdown or Quarto is a companion in order of preference, and no source; alone it is one."""
    names = ["r/a.Rmd", "r/a.md", "r/a.html", "r/a.nb.html", "q.qmd", "q.html", "alone.md", "b.ipynb"]
    found = by_path(look(gitrepo.make(tmp_path, {name: name for name in names})))
    assert found.keys() == {"alone.md", "b.ipynb", "q.qmd", "r/a.Rmd"}
    assert [companion.path for companion in found["r/a.Rmd"].companions] == ["r/a.nb.html", "r/a.html", "r/a.md"]
    assert [companion.blob for companion in found["q.qmd"].companions] == [blobs.identity(b"q.html")]
    assert found["b.ipynb"].companions == ()


def test_sidecars(tmp_path: Path) -> None:
    """NAME.meta.yml and the folder's report.json or report.toml are companions of a source; those of other folders are not."""
    names = ["a.ipynb", "a.meta.yml", "b.md", "b.meta.yaml", "report.toml", "sub/report.json", "sub/c.md", "sub/a.md"]
    found = by_path(look(gitrepo.make(tmp_path, dict.fromkeys(names, "1"))))
    companions = {path: [companion.path for companion in source.companions] for path, source in found.items()}
    assert companions == {
        "a.ipynb": ["a.meta.yml", "report.toml"],
        "b.md": ["b.meta.yaml", "report.toml"],
        "sub/a.md": ["sub/report.json"],
        "sub/c.md": ["sub/report.json"],
    }


@pytest.mark.parametrize(
    ("pattern", "excluded"),
    [
        ("drafts", {"drafts/a.md", "x/drafts/b.md"}),
        ("drafts/", {"drafts/a.md", "x/drafts/b.md"}),
        ("/drafts", {"drafts/a.md"}),
        ("drafts/*", {"drafts/a.md"}),
        ("*.md", {"drafts/a.md", "x/drafts/b.md", "a.md", "x/y/a.md", "x/[a].md"}),
        ("/*.md", {"a.md"}),
        ("a.md/", set()),
        ("x/*/a.md", {"x/y/a.md"}),
        ("x/**/a.md", {"x/y/a.md"}),
        ("**/a.md", {"drafts/a.md", "a.md", "x/y/a.md"}),
        ("x/**", {"x/drafts/b.md", "x/y/a.md", "x/a.png", "x/[a].md"}),
        ("?.md", {"drafts/a.md", "x/drafts/b.md", "a.md", "x/y/a.md"}),
        ("x/[a].md", {"x/[a].md"}),
        ("a.m", set()),
        ("/", set()),
    ],
)
def test_exclude(tmp_path: Path, pattern: str, excluded: set[str]) -> None:
    """Patterns work as in .gitignore, with *, ** and ? as the only special signs."""
    names = {"drafts/a.md", "x/drafts/b.md", "a.md", "x/y/a.md", "x/a.png", "x/[a].md"}
    gitrepo.write(tmp_path, dict.fromkeys(names, ""))
    assert names - look(tmp_path, exclude=(pattern,)).files.keys() == excluded


def test_outside(tmp_path: Path) -> None:
    """Folders outside are not looked at even if tracked; dot paths never are; a folder that is not below the root changes nothing."""
    repo = gitrepo.make(tmp_path / "repo", dict.fromkeys(["a.md", "public/b.md", "public2/c.md", ".cache/d.md", "x/.e.md"], "1"))
    (tmp_path / "link").symlink_to(repo / "public")
    found = look(repo, outside=(tmp_path / "link", tmp_path / "elsewhere", tmp_path))
    assert list(found.files) == ["a.md", "public2/c.md"]


def test_a_rename_keeps_the_dates(tmp_path: Path) -> None:
    """A source that was renamed and edited has its first date and author, and knows its old name."""
    text = "".join(f"line {number}\n" for number in range(40))
    repo = gitrepo.make(tmp_path, {"a.md": text})
    gitrepo.git(repo, "mv", "a.md", "b.md")
    gitrepo.commit(repo, {"b.md": text + "more\n"}, day=4, author=BOB)
    assert look(repo).sources == (Source("b.md", blobs.identity((text + "more\n").encode()), day(0), day(4), (ADA, BOB), former=("a.md",)),)


def test_linked_worktrees(tmp_path: Path) -> None:
    """A linked working tree and a detached HEAD are read like any other checkout."""
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"}, {"b.md": "1"})
    gitrepo.git(repo, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "HEAD~1")
    found = look(tmp_path / "tree")
    assert [source.path for source in found.sources] == ["a.md"]
    assert found.commit == gitrepo.git(repo, "rev-parse", "HEAD~1").strip()


def test_a_file_knows_the_commit_that_last_changed_it(tmp_path: Path) -> None:
    """That commit is what a link to the source leads to; a file that was changed on disk since has none."""
    repo = gitrepo.make(tmp_path / "r", {"a.md": "one", "b.md": "b"})
    first = gitrepo.git(repo, "rev-parse", "HEAD").strip()
    second = gitrepo.commit(repo, {"a.md": "two"}, day=1)
    found = scan(repo)
    assert dict(found.commits) == {"a.md": second, "b.md": first}
    (repo / "a.md").write_text("three")
    assert dict(scan(repo).commits) == {"b.md": first}
