"""Files that a post names as pictures: tracked by Git, regular, inside the repository, no dot paths. Nothing else ever reaches the site."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowrepo import git
from knowrepo.build import Report
from tests import gitrepo, team

SECRET = b"glpat-THE-SECRET-OF-THE-MACHINE"
PNG = team.picture("teal")


def canary() -> bytes:
    """A picture with a secret in it, so that it would be published if it were found."""
    return PNG + SECRET


def post(*paths: str, thumbnail: str = "") -> str:
    lines = [f"thumbnail: {thumbnail}"] if thumbnail else []
    return team.header("A", *lines) + "\n".join(f"![x](<{path}>) <img src='{path}'> [x](<{path}>)\n" for path in paths)


def published(repository: Path, out: Path) -> tuple[dict[str, bytes], Report]:
    report = team.site(repository, out, worktree=True)
    return team.tree(out), report


def leaked(site: dict[str, bytes]) -> list[str]:
    return [path for path, data in site.items() if SECRET in data]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "outside.png").write_bytes(canary())
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "in.png").write_bytes(canary())
    return gitrepo.make(tmp_path / "repo", {"real.png": PNG, "posts/sub/real.png": PNG})


LINKS = {
    "absolute": ("pic.png", "/proc/self/environ"),
    "to a picture outside, absolute": ("pic.png", "{outside}/outside.png"),
    "to a picture outside, relative": ("pic.png", "../../outside.png"),
    "to another link": ("pic.png", "other.png"),
    "to a file that Git does not track": ("pic.png", "../.git/secret.png"),
    "within the repository": ("pic.png", "sub/real.png"),
    "to a device": ("pic.png", "/dev/zero"),
    "to itself": ("pic.png", "pic.png"),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_symbolic_link_is_no_picture(repository: Path, tmp_path: Path, case: str) -> None:
    """Whatever a committed link leads to, nothing of it is published, not even where it is the card's picture; the author is told."""
    name, target = LINKS[case]
    (repository / ".git" / "secret.png").write_bytes(canary())
    (repository / "posts" / "other.png").symlink_to("../../outside.png")
    link = repository / "posts" / name
    link.symlink_to(target.format(outside=tmp_path))
    gitrepo.commit(repository, {"posts/a.md": post(name, thumbnail=name)}, day=1)
    site, report = published(repository, tmp_path / "site")
    assert leaked(site) == []
    assert not [path for path in site if path.startswith("posts/posts/a/") and path.endswith((".png", ".webp"))]
    assert {"picture-broken", "thumbnail-broken"} <= {problem.rule for problem in report.problems}


@pytest.mark.parametrize("target", ["{outside}/outside", "../../outside", "../../../../../..{outside}/outside"])
def test_a_linked_folder_is_not_entered(repository: Path, tmp_path: Path, target: str) -> None:
    """A folder that is a link may lead anywhere: what lies behind it is not published."""
    (repository / "posts" / "linked").symlink_to(target.format(outside=tmp_path), target_is_directory=True)
    gitrepo.commit(repository, {"posts/a.md": post("linked/in.png", thumbnail="linked/in.png")}, day=1)
    site, _ = published(repository, tmp_path / "site")
    assert leaked(site) == []


def test_a_folder_that_became_a_link_is_not_entered(repository: Path, tmp_path: Path) -> None:
    """Git tracks posts/sub/in.png, but on the disk posts/sub is now a link: the file behind it is another one."""
    gitrepo.commit(repository, {"posts/sub/in.png": PNG, "posts/a.md": post("sub/in.png")}, day=1)
    for file in (repository / "posts" / "sub").iterdir():
        file.unlink()
    (repository / "posts" / "sub").rmdir()
    (repository / "posts" / "sub").symlink_to(tmp_path / "outside", target_is_directory=True)
    site, _ = published(repository, tmp_path / "site")
    assert leaked(site) == []


@pytest.mark.parametrize(
    "path", [".env", ".env.png", ".hidden/in.png", ".git/in.png", ".git/refs/in.png", ".gitlab-ci.yml", "posts/.in.png", ".GIT/in.png"]
)
def test_dot_paths_are_not_published(repository: Path, tmp_path: Path, path: str) -> None:
    """What is hidden stays hidden, tracked or not, picture or not."""
    gitrepo.write(repository, {path: canary()})
    gitrepo.git(repository, "add", "-f", "--", path, check=False)
    gitrepo.write(repository, {"a.md": post(path, "/" + path, thumbnail=path)})
    site, _ = published(repository, tmp_path / "site")
    assert leaked(site) == []


def test_an_untracked_picture_is_not_published(repository: Path, tmp_path: Path) -> None:
    """What Git ignores stays off the site, and without --worktree what it does not track."""
    gitrepo.commit(repository, {".gitignore": "private/\n", "a.md": post("private/in.png", "new.png")}, day=1)
    gitrepo.write(repository, {"private/in.png": canary(), "new.png": canary()})
    gitrepo.git(repository, "rm", "-q", "--cached", "--ignore-unmatch", "new.png")
    team.site(repository, tmp_path / "site")
    assert leaked(team.tree(tmp_path / "site")) == []


def test_a_submodule_is_not_entered(repository: Path, tmp_path: Path) -> None:
    """The files of a submodule belong to another project."""
    gitrepo.make(tmp_path / "module", {"in.png": canary()})
    gitrepo.git(repository, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "module"), "module")
    gitrepo.commit(repository, {"a.md": post("module/in.png", thumbnail="module/in.png")}, day=1)
    site, _ = published(repository, tmp_path / "site")
    assert leaked(site) == []


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket"])
def test_what_is_no_regular_file_is_not_opened(repository: Path, tmp_path: Path, kind: str) -> None:
    """A pipe in the place of a tracked picture does not hold up the build."""
    gitrepo.commit(repository, {"pic.png": PNG, "a.md": post("pic.png", thumbnail="pic.png")}, day=1)
    (repository / "pic.png").unlink()
    if kind == "folder":
        (repository / "pic.png").mkdir()
    elif kind == "pipe":
        os.mkfifo(repository / "pic.png")
    else:
        os.mknod(repository / "pic.png", 0o140600)
    site, report = published(repository, tmp_path / "site")
    assert "posts/a/index.html" in site
    assert "picture-broken" in {problem.rule for problem in report.problems}


def test_a_picture_above_the_size_limit_is_not_published(repository: Path, tmp_path: Path) -> None:
    """25 MB are the limit; the author is told."""
    gitrepo.write(repository, {"big.png": PNG + bytes(25_000_000), "a.md": post("big.png")})
    site, report = published(repository, tmp_path / "site")
    assert "posts/a/big.png" not in site
    assert "picture-broken" in {problem.rule for problem in report.problems}


def test_what_only_is_called_a_picture_is_not_published(repository: Path, tmp_path: Path) -> None:
    """A name and a suffix say nothing: HTML, text and scripts that are called .png are not published."""
    files = {
        f"{number}.png": data + SECRET
        for number, data in enumerate((b"<html>", b"#!/bin/sh\n", b"%PDF-1.4", b"\x89PNG", b"GIF8", b"RIFF1234WEBX"))
    }
    gitrepo.write(repository, {**files, "a.md": post(*files)})
    site, _ = published(repository, tmp_path / "site")
    assert leaked(site) == []


_SPELLINGS = """../outside.png ../../outside.png /../outside.png ./../outside.png posts/../../outside.png %2e%2e/outside.png ..%2foutside.png
    %2e%2e%2foutside.png %252e%252e%252foutside.png ..%5coutside.png ..\\outside.png ....//outside.png .../outside.png ..;/outside.png
    ..%00/outside.png outside.png%00.png %c0%ae%c0%ae/outside.png ..%c0%afoutside.png ..%ef%bc%8foutside.png file:///{outside}/outside.png
    file://localhost{outside}/outside.png {outside}/outside.png //{outside}/outside.png \\\\?\\{outside}\\outside.png ~/outside.png
    $HOME/outside.png posts//..//..//outside.png ./././../outside.png posts/sub/%2e%2e/%2e%2e/%2e%2e/outside.png ..%2f..%2f..%2f..{outside}/outside.png
    C:\\outside.png //proc/self/environ /proc/self/cwd/../outside.png ../repo/../outside.png %2E%2E%2Foutside.png ..%u2215outside.png"""
SPELLINGS = _SPELLINGS.split()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_leads_out(repository: Path, tmp_path: Path, spelling: str) -> None:
    """However a path out of the repository is written, the file that it means is not read."""
    path = spelling.replace("{outside}", str(tmp_path))
    quoted = path.replace("\\", "\\\\").replace('"', "")
    gitrepo.write(repository, {"a.md": post(path, thumbnail=f'"{quoted}"'), "posts/b.md": post(path)})
    site, report = published(repository, tmp_path / "site")
    assert leaked(site) == []
    assert {"a.md", "posts/b.md"} <= set(report.published)


def test_the_reader_itself_refuses(repository: Path, tmp_path: Path) -> None:
    """The one function that reads files of the repository holds by itself, whoever asks."""
    (repository / "link.png").symlink_to(tmp_path / "outside.png")
    for path in (
        "../outside.png",
        "/etc/passwd",
        "link.png",
        "posts/../real.png",
        ".git/config",
        "posts\\real.png",
        "real.png\0.png",
        "",
        ".",
        "real.png/",
    ):
        with pytest.raises(git.Unreadable):
            git.read_file(repository, path, 1_000_000)
    assert git.read_file(repository, "real.png", 1_000_000) == PNG
