"""What holds for every repository."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from knowrepo import build as pipeline
from knowrepo.cache import Cache
from knowrepo.errors import ThemeError
from tests import gitrepo, lawful, team


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return gitrepo.make(tmp_path / "repo", team.FILES)


def test_a_smaller_limit_holds_for_what_is_cached_too(repository: Path, tmp_path: Path) -> None:
    """A post above the limit is left out, whether or not an earlier build with a larger limit made it."""
    gitrepo.write(repository, {"big.md": team.header("Big") + "word " * 250_000})
    assert "big.md" in team.site(repository, tmp_path / "warm", tmp_path / "cache", worktree=True).published
    gitrepo.write(repository, {"knowrepo.yml": "max_post_mb: 1\n"})
    warm = team.site(repository, tmp_path / "warm", tmp_path / "cache", worktree=True)
    assert "big.md" in [left.path for left in warm.skipped]
    assert team.site(repository, tmp_path / "clean", worktree=True).published == warm.published


def test_a_second_build_touches_nothing(repository: Path, tmp_path: Path) -> None:
    """Nothing changed: no file is written, the report says the same."""
    out = tmp_path / "out"
    first = team.site(repository, out)
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*")}
    second = team.site(repository, out)
    assert before == {file: file.stat().st_mtime_ns for file in out.rglob("*")}
    assert (second.written.written, second.written.removed) == (0, 0)
    assert (second.published, second.skipped, second.problems) == (first.published, first.skipped, first.problems)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("growth/bad.ipynb", '{"cells": ['),
        ("growth/bad.ipynb", "\x00\x01\x02"),
        ("growth/bad.md", "---\ntitle: [\n---\n"),
        ("growth/bad.md", "---\ntitle: a\ntitle: b\n---\n"),
        ("growth/bad.md", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ("growth/bad.Rmd", "---\ntitle: &a [*a]\n---\n"),
        ("growth/bad.py", "# ---\n# private: maybe\n# ---\n# %%\n"),
    ],
)
def test_one_bad_post_changes_nothing_else(repository: Path, tmp_path: Path, path: str, content: str) -> None:
    """A broken file is one error, named with its path; every byte of the site is as without it."""
    team.site(repository, tmp_path / "without", worktree=True)
    (repository / path).write_text(content)
    report = team.site(repository, tmp_path / "with", worktree=True)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    assert [problem.path for problem in errors] == [path] or path.endswith(".md")
    assert path in [left.path for left in report.skipped]
    assert team.tree(tmp_path / "without") == team.tree(tmp_path / "with")


def test_private_posts_and_drafts_leave_no_trace(repository: Path, tmp_path: Path) -> None:
    """No byte of what is left out is in the site or in the cache: not its text, tags, authors, pictures nor its name."""
    canaries = ("Canaryword", "canarytag", "canaryauthor", "canaryname")
    for number, reason in enumerate(
        ("private: true", "draft: yes", 'private: "True"', "allowed_groups: [hr]", "private: 0", "Private: false")
    ):
        name = f"growth/canaryname{number}.ipynb"
        fields = {"tags": "[canarytag]", "authors": "[Canaryauthor]"}
        (repository / name).write_text(team.notebook("Canaryword", reason, word="Canaryword", colour="#123456", **fields))
    report = team.site(repository, tmp_path / "out", tmp_path / "cache", worktree=True)
    assert [left.reason for left in report.skipped if left.reason in ("private", "draft")] == ["private", "draft", "private"]
    assert len([left for left in report.skipped if left.problems]) == 3
    for folder in (tmp_path / "out", tmp_path / "cache"):
        for path, data in team.tree(folder).items():
            assert not any(canary.lower() in path.lower() or canary.lower().encode() in data.lower() for canary in canaries), path
            assert team.picture("#123456") != data


def test_the_audience_and_drafts_can_be_let_in(repository: Path, tmp_path: Path) -> None:
    """--audience publishes the posts of that group, --drafts the drafts."""
    gitrepo.write(
        repository, {"a.md": team.header("For HR", "allowed_groups: [hr]") + "x", "b.md": team.header("Later", "draft: true") + "x"}
    )
    base = len(team.site(repository, tmp_path / "out", worktree=True).published)
    assert len(team.site(repository, tmp_path / "out", worktree=True, audience=frozenset({"hr"})).published) == base + 1
    assert len(team.site(repository, tmp_path / "out", worktree=True, drafts=True).published) == base + 1


@pytest.mark.parametrize("base", ["/", "/project/", "/project/mr-7/"])
def test_every_link_resolves_under_any_base(repository: Path, tmp_path: Path, base: str) -> None:
    """Links are relative, end in a file name, and lead to a file and an anchor that are there."""
    team.site(repository, tmp_path / "out")
    assert lawful.broken_links(tmp_path / "out", base) == []


def test_no_link_is_root_absolute(repository: Path, tmp_path: Path) -> None:
    """No page holds a link that begins with a slash, ends in one, or names another host for a picture, script or style."""
    team.site(repository, tmp_path / "out")
    for path, data in team.tree(tmp_path / "out").items():
        if path.endswith(".html") and path != "404.html":
            for link in lawful.LINK.findall(data.decode()):
                assert not link.startswith("/"), f"{path}: {link}"
                assert not link.endswith("/") or link.startswith("https://"), f"{path}: {link}"


def test_only_these_kinds_of_files_are_published(repository: Path, tmp_path: Path) -> None:
    """The list of published suffixes: nothing that a browser would run from the site's own origin but our pages and styles."""
    team.site(repository, tmp_path / "out")
    pages = {".bin", ".html", ".css", ".js", ".woff2", ".xml", ".json", ".txt", ".webmanifest"}
    media = {".png", ".jpg", ".gif", ".webp", ".avif", ".svg", ".pdf", ".wav", ".mp3", ".ogg", ".m4a", ".flac", ".mp4", ".webm", ".ogv"}
    sources = {".ipynb", ".md", ".rmd", ".qmd", ".py", ".r", ".jl"}
    published = {Path(path).suffix.lower() for path in team.tree(tmp_path / "out")}
    assert published <= pages | media | sources
    assert [path for path in team.tree(tmp_path / "out") if path.endswith(".svg") and not path.startswith("assets/")] == []


def test_names_that_are_used_twice_are_both_published(repository: Path, tmp_path: Path) -> None:
    """Two posts that want one address are both there, and the problem names both."""
    gitrepo.write(repository, {"growth/Churn.md": team.header("Another churn") + "\nText.\n"})
    report = team.site(repository, tmp_path / "out", worktree=True)
    (problem,) = [problem for problem in report.problems if problem.rule == "url-taken"]
    assert {problem.path, *re.findall(r"\S+\.(?:md|ipynb)", problem.message)} == {"growth/Churn.md", "growth/churn.ipynb"}
    pages = [path for path in team.tree(tmp_path / "out") if path.startswith("posts/growth/churn") and path.endswith("index.html")]
    assert len(pages) == 2


def test_tags_and_old_addresses_that_clash_are_reported(repository: Path, tmp_path: Path) -> None:
    """Tags of one address get two pages; an old address that is taken is said, and the page that was there stays."""
    files = {
        "a.md": team.header("A", "aliases: [posts/growth/churn, old/place]", tags="[c]") + "x",
        "b.md": team.header("B", "aliases: [old/place]", tags='["c++", Method]') + "x",
    }
    gitrepo.write(repository, files)
    report = team.site(repository, tmp_path / "out", worktree=True)
    assert sorted((problem.rule, problem.path) for problem in report.problems if problem.severity != "info") == [
        ("alias-taken", "a.md"),
        ("alias-taken", "b.md"),
        ("name-spelt-twice", "b.md"),
        ("url-taken", "b.md"),
    ]
    assert len([path for path in team.tree(tmp_path / "out") if re.match(r"tags/c(-[0-9a-f]{6})?/index", path)]) == 2


def test_an_older_site_in_the_repository_is_not_read(repository: Path, tmp_path: Path) -> None:
    """A site that was built into the repository under another name, with its downloads of sources, adds no post."""
    before = team.site(repository, tmp_path / "out", worktree=True).published
    team.site(repository, repository / "site2")
    assert team.site(repository, tmp_path / "out", worktree=True).published == before
    gitrepo.write(tmp_path / "plain", team.FILES)
    team.site(tmp_path / "plain", tmp_path / "plain" / "site2", tmp_path / "cache")
    assert len(team.site(tmp_path / "plain", tmp_path / "out2").published) == len(before)


def test_a_folder_without_git_is_built_with_a_warning(tmp_path: Path) -> None:
    """Without Git the posts are there, and one warning says where their dates come from."""
    gitrepo.write(tmp_path / "plain", team.FILES)
    report = team.site(tmp_path / "plain", tmp_path / "out")
    assert len(report.published) == 5
    assert [problem.rule for problem in report.problems if problem.severity == "warning"] == ["no-git"]


def test_the_sample_repository_is_whole(tmp_path: Path) -> None:
    """The repository of the README's first command builds without a problem, and every link of it resolves."""
    copy = tmp_path / "sample"
    shutil.copytree(lawful.ROOT / "sample_repo", copy, ignore=shutil.ignore_patterns(".knowrepo", "public"))
    gitrepo.make(copy, {})
    gitrepo.git(copy, "remote", "add", "origin", "git@gitlab.example:team/sample.git")
    report = team.site(copy, tmp_path / "out")
    assert len(report.published) >= 10
    assert [str(problem) for problem in report.problems if problem.severity != "info"] == []
    assert lawful.broken_links(tmp_path / "out", "/") == []


def test_progress_counts_every_source(repository: Path, tmp_path: Path) -> None:
    """The bar ends where it should."""
    steps: list[tuple[int, int, str]] = []
    pipeline.build(pipeline.Workshop(repository, tmp_path / "out", Cache(tmp_path / "c"), progress=lambda *step: steps.append(step)))
    assert [done for done, _, _ in steps] == list(range(len(steps)))
    assert steps[-1][0] == steps[-1][1]


def test_folders_of_one_address_are_both_published(tmp_path: Path) -> None:
    """Folders whose names make one address have two pages, and the problem names both; so it is for a folder's second page."""
    files = {f"{folder}/{name}.md": team.header(f"{folder} {name}") + "x" for folder, name in (("A B", "x"), ("a b", "y"), ("a-b", "z"))}
    root = gitrepo.make(tmp_path / "repo", {**files, "a-b/README.md": "One.", "a-b/readme.md": "Two."})
    report = team.site(root, tmp_path / "out")
    assert len([path for path in team.tree(tmp_path / "out") if re.match(r"folders/a-b(-[0-9a-f]{6})?/index.html", path)]) == 3
    clashes = [problem for problem in report.problems if problem.rule == "url-taken"]
    assert sorted(problem.path for problem in clashes) == ["a b/y.md", "a-b/README.md", "a-b/readme.md"]
    assert lawful.broken_links(tmp_path / "out", "/") == []


@pytest.mark.parametrize(
    "line",
    [
        "thumbnail: ²",
        "thumbnail: 99999999999999999999",
        "thumbnail: huge.svg",
        "path: '%'",
        'aliases: ["%ff", "a/../b"]',
        "proxy: 'http://['",
    ],
)
def test_odd_values_never_end_the_build(repository: Path, tmp_path: Path, line: str) -> None:
    """Whatever a header says, the other posts are published."""
    huge = f'<svg xmlns="http://www.w3.org/2000/svg" width="{"9" * 400}" height="{"9" * 400}"/>'
    gitrepo.write(repository, {"odd.md": team.header("Odd", line) + "\n![x](huge.svg)\n", "huge.svg": huge})
    assert len(team.site(repository, tmp_path / "out", worktree=True).published) >= 5


def test_a_theme_that_is_a_link_is_refused(repository: Path, tmp_path: Path) -> None:
    """A link may lead out of the repository: nothing behind it is published."""
    (tmp_path / "outside" / "assets").mkdir(parents=True)
    (tmp_path / "outside" / "assets" / "secret.txt").write_text("secret")
    (repository / "theme").symlink_to(tmp_path / "outside")
    with pytest.raises(ThemeError):
        team.site(repository, tmp_path / "out")
