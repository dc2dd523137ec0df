"""Read-only Git and the reading of repository files."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from knowrepo import blobs, git, history
from knowrepo.errors import RepositoryError
from knowrepo.git import revisions
from knowrepo.model import Person
from tests import gitrepo
from tests.gitrepo import ADA, BOB, EVE, day

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
TEXT = "".join(f"line {number}\n" for number in range(40))


def checkout(folder: Path) -> git.Checkout:
    found = git.describe(folder)
    assert found is not None
    return found


def past(folder: Path) -> dict[str, history.Past]:
    """The past of every tracked file, by its path below the top level."""
    here = checkout(folder)
    return history.trace(revisions.log(here), {here.prefix + path for path in git.index(here)}, shallow=here.shallow)


def clone(source: Path, target: Path, *options: str) -> Path:
    gitrepo.git(source, "clone", "-q", *options, source.as_uri(), str(target))
    return target


def test_describe_says_where_we_are(tmp_path: Path) -> None:
    """A checkout is described from its top and from a folder inside it."""
    repo = gitrepo.make(tmp_path / "re po", {"a.md": "1", "sub/deep/b.md": "2"})
    gitrepo.git(repo, "remote", "add", "backup", "https://example.com/other.git")
    gitrepo.git(repo, "remote", "add", "origin", "https://me:token@example.com/group/project.git")
    head = gitrepo.git(repo, "rev-parse", "HEAD").strip()
    remote = "https://me:token@example.com/group/project.git"
    assert git.describe(repo) == git.Checkout(repo, "", head, False, False, "sha1", remote, ADA, "main")
    assert checkout(repo / "sub" / "deep").prefix == "sub/deep/"
    assert checkout(repo / "sub").commit == head


def test_a_repository_before_its_first_commit(tmp_path: Path) -> None:
    """A repository before its first commit has no HEAD and no history, but an index; so has a folder inside it."""
    repo = gitrepo.make(tmp_path)
    gitrepo.write(repo, {"sub/a.md": "1"})
    gitrepo.git(repo, "add", "sub/a.md")
    assert (checkout(repo).commit, checkout(repo).prefix, checkout(repo).remote) == ("", "", "")
    assert (checkout(repo / "sub").commit, checkout(repo / "sub").prefix) == ("", "sub/")
    assert revisions.log(checkout(repo)) == ()
    assert git.index(checkout(repo)) == {"sub/a.md": git.Entry("100644", blobs.identity(b"1"))}


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside any repository, inside .git and without a git program there is no checkout; a missing folder is an error."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "plain").mkdir()
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"})
    assert git.describe(tmp_path / "plain") is None
    assert git.describe(repo / ".git") is None
    with pytest.raises(RepositoryError, match="is not a folder") as caught:
        git.describe(tmp_path / "missing")
    assert "-C" in caught.value.hint
    monkeypatch.setenv("PATH", str(tmp_path / "plain"))
    assert git.describe(repo) is None


def test_a_broken_repository_is_an_error(tmp_path: Path) -> None:
    """A .git that leads nowhere is reported, not taken for a plain folder."""
    gitrepo.write(tmp_path, {".git": "gitdir: /nowhere/at/all\n"})
    with pytest.raises(RepositoryError, match="not a git repository: /nowhere"):
        git.describe(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_dubious_ownership_is_an_error_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Git refuses a folder of another user, the hint is the command that allows it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"})
    for place in (repo, repo / ".git"):
        os.chown(place, 4321, 4321)
    with pytest.raises(RepositoryError, match="does not trust") as caught:
        git.describe(repo)
    assert caught.value.hint.startswith("git config --global --add safe.directory ")
    assert str(repo) in caught.value.hint


def test_the_environment_of_a_hook_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_DIR and its like, which Git sets for hooks, lead to no other repository."""
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"})
    other = gitrepo.make(tmp_path / "other", {"b.md": "1"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert git.index(checkout(repo)).keys() == {"a.md"}
    assert git.changed(checkout(repo)) == set()


@POSIX
def test_nothing_that_the_repository_configures_is_run(tmp_path: Path) -> None:
    """No monitor, hook, filter, external diff, pager or signature check of .git/config is ever run."""
    repo = gitrepo.make(tmp_path / "repo", {"a.md": "1"}, {"a.md": "2", "b.txt": "1", ".gitattributes": "* filter=evil diff=evil\n"})
    gitrepo.commit(repo, {"c.md": "1"}, day=3)
    canary = tmp_path / "canary"
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho ran "$0" "$@" >> \'{canary}\'\ncat\n')
    script.chmod(0o755)
    settings = ("core.fsmonitor", "core.pager", "pager.log", "diff.external", "diff.evil.command", "diff.evil.textconv", "gpg.program")
    for setting in (*settings, "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.sshCommand", "credential.helper"):
        gitrepo.git(repo, "config", setting, str(script))
    gitrepo.git(repo, "config", "log.showSignature", "true")
    gitrepo.git(repo, "config", "core.hooksPath", str(tmp_path / "hooks"))
    (tmp_path / "hooks").mkdir()
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (tmp_path / "hooks" / hook).symlink_to(script)
    gitrepo.write(repo, {"a.md": "3", "b.txt": "2", "new.md": "1"})

    here = checkout(repo)
    git.index(here), git.changed(here), git.untracked(here), git.filtered(here), revisions.log(here)
    assert not canary.exists(), canary.read_text()
    subprocess.run(["git", "status"], cwd=repo, capture_output=True, check=False)
    assert canary.exists()  # the trap works


def test_reading_leaves_the_repository_as_it_is(tmp_path: Path) -> None:
    """Not even the index is refreshed."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    os.utime(repo / "a.md", (10**9, 10**9))
    before = {path: path.read_bytes() for path in repo.rglob("*") if path.is_file()}
    here = checkout(repo)
    git.index(here), git.changed(here), git.untracked(here), git.filtered(here), revisions.log(here)
    assert {path: path.read_bytes() for path in repo.rglob("*") if path.is_file()} == before


def test_index_of_a_folder(tmp_path: Path) -> None:
    """The index is that of the folder, with paths relative to it."""
    repo = gitrepo.make(tmp_path, {"a.md": "1", "sub/b.md": "2", "sub/x/ü 'c'.md": "3"})
    assert git.index(checkout(repo / "sub")) == {
        "b.md": git.Entry("100644", blobs.identity(b"2")),
        "x/ü 'c'.md": git.Entry("100644", blobs.identity(b"3")),
    }


def test_changed_untracked_and_filtered(tmp_path: Path) -> None:
    """Changed are tracked files with another time or size, untracked what is not ignored, filtered what .gitattributes says."""
    attributes = "*.bin filter=lfs\n*.md -text\n"
    repo = gitrepo.make(
        tmp_path, {"s/a.md": "1", "s/b.md": "1", "s/c.md": "1", "s/d.bin": "1", ".gitattributes": attributes, ".gitignore": "*.log\n"}
    )
    gitrepo.make(repo / "s" / "nested", {"inner.md": "1"})
    gitrepo.write(repo, {"s/a.md": "longer", "s/b.md": None, "s/d.bin": "longer", "s/new.md": "1", "s/x.log": "1", "top.md": "1"})
    here = checkout(repo / "s")
    assert git.changed(here) == {"a.md", "b.md"}
    assert git.untracked(here) == ["new.md"]
    assert git.filtered(here) == {"d.bin"}


def test_dates_and_authors_of_a_plain_history(tmp_path: Path) -> None:
    """Created is the first commit, updated the last; authors stand in the order of their first contribution, each once."""
    repo = gitrepo.make(tmp_path)
    gitrepo.commit(repo, {"a.md": "1", "b.md": "1"}, day=0, author=BOB)
    gitrepo.commit(repo, {"a.md": "2"}, day=1)
    gitrepo.commit(repo, {"a.md": "3"}, day=2, author=Person("Bob R", "BOB@example.com"))
    gitrepo.commit(repo, {"a.md": "4"}, day=3, author=Person("ada lovelace", "ada@home.example"))
    assert past(repo) == {
        "a.md": history.Past(day(0), day(3), (Person("Bob R", "BOB@example.com"), Person("ada lovelace", "ada@home.example"))),
        "b.md": history.Past(day(0), day(0), (BOB,)),
    }


def test_author_dates_keep_their_offset(tmp_path: Path) -> None:
    """A date is the author's, in the author's own time zone, whatever the committer's."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "commit", "-q", "--amend", "--no-edit", "--date", "2020-02-03T04:05:06+05:30", day=9)
    created = past(repo)["a.md"].created
    assert created is not None
    assert created.isoformat() == "2020-02-03T04:05:06+05:30"
    assert created.utcoffset() == timedelta(hours=5, minutes=30)


def test_co_authors_and_mailmap(tmp_path: Path) -> None:
    """Co-authored-by lines name authors too, and .mailmap is respected."""
    repo = gitrepo.make(tmp_path, {".mailmap": "Robert Ross <bob@example.com>\n"})
    message = "Work\n\nCo-authored-by: Eve Moneypenny <eve@example.com>\nCo-authored-by: Zoë\nCo-authored-by: <nobody@example.com>\n"
    gitrepo.commit(repo, {"a.md": "1"}, day=1, author=BOB, message=message)
    assert [person.name for person in past(repo)["a.md"].authors] == ["Robert Ross", "Eve Moneypenny", "Zoë"]


@POSIX
def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    """Author names and paths of any bytes are read; names show the replacement character, paths keep their bytes."""
    repo = gitrepo.make(tmp_path)
    gitrepo.write(repo, {os.fsdecode(b"caf\xe9.md"): "1"})
    gitrepo.git(repo, "add", "-A")
    gitrepo.git(repo, "commit", "-q", "-m", "x", author=Person("Andre"))
    raw = subprocess.run(["git", "cat-file", "commit", "HEAD"], cwd=repo, capture_output=True, check=True).stdout
    (tmp_path / "raw").write_bytes(raw.replace(b"Andre", b"Andr\xe9 \xf0\x9f"))
    commit = gitrepo.git(repo, "hash-object", "-t", "commit", "-w", "raw").strip()
    gitrepo.git(repo, "update-ref", "refs/heads/main", commit)
    assert past(repo)[os.fsdecode(b"caf\xe9.md")].authors[0].name == "Andr\ufffd \ufffd"


@POSIX
def test_weird_names_survive(tmp_path: Path) -> None:
    """Spaces, quotes, tabs, newlines, emoji, colons, long names, and both Unicode forms come through the index and the log unchanged."""
    names = [
        "a b.md",
        "q\"'.md",
        "t\tn\nx.md",
        "🦉.md",
        ":100644 x.md",
        "-rf.md",
        "é.md",
        "e\u0301.md",
        "x" * 240 + ".md",
        "*.md",
        "\x01.md",
    ]
    repo = gitrepo.make(tmp_path, dict.fromkeys(names, "1"), {names[2]: "2"})
    assert git.index(checkout(repo)).keys() == set(names)
    found = past(repo)
    assert found.keys() == set(names)
    assert found[names[2]].updated == day(1)


def test_renames_are_followed(tmp_path: Path) -> None:
    """A file renamed twice, once with an edit, keeps its first date and author; a rename is an update."""
    repo = gitrepo.make(tmp_path)
    gitrepo.commit(repo, {"a.md": TEXT}, day=0, author=BOB)
    gitrepo.git(repo, "mv", "a.md", "b.md")
    gitrepo.commit(repo, {"b.md": TEXT.replace("line 7\n", "line seven\n")}, day=1, author=EVE)
    (repo / "posts").mkdir()
    gitrepo.git(repo, "mv", "b.md", "posts/c.md")
    gitrepo.commit(repo, {}, day=2)
    assert past(repo) == {"posts/c.md": history.Past(day(0), day(2), (BOB, EVE, ADA))}


def test_a_name_that_is_used_again(tmp_path: Path) -> None:
    """After a rename another file may take the old name: the two pasts stay apart."""
    repo = gitrepo.make(tmp_path, {"a.md": TEXT})
    gitrepo.git(repo, "mv", "a.md", "archive.md")
    gitrepo.commit(repo, {}, day=1)
    gitrepo.commit(repo, {"a.md": "something else"}, day=2, author=BOB)
    gitrepo.commit(repo, {"a.md": "something else again"}, day=3, author=BOB)
    assert past(repo) == {"archive.md": history.Past(day(0), day(1), (ADA,)), "a.md": history.Past(day(2), day(3), (BOB,))}


def test_names_that_change_places() -> None:
    """Where the names of several files change places in one commit, each file keeps its own past."""

    def made(number: int, *changes: history.Change) -> history.Commit:
        return history.Commit(str(number), (str(number - 1),) if number else (), day(number), (ADA,), changes)

    renames = (history.Change("b", "a"), history.Change("c", "b"), history.Change("a", "c"))
    log = [made(3, *renames), made(2, history.Change("c", "")), made(1, history.Change("b", "")), made(0, history.Change("a", ""))]
    found = history.trace(log, {"a", "b", "c"}, shallow=False)
    assert {path: there.created for path, there in found.items()} == {"b": day(0), "c": day(1), "a": day(2)}


def test_a_merge_without_conflict(tmp_path: Path) -> None:
    """What came in by a merge has the dates and authors of its own branch, not of the merge."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "checkout", "-q", "-b", "side")
    gitrepo.commit(repo, {"b.md": "1"}, day=1, author=BOB)
    gitrepo.git(repo, "checkout", "-q", "main")
    gitrepo.commit(repo, {"a.md": "2"}, day=2)
    gitrepo.git(repo, "merge", "-q", "--no-edit", "side", day=5, author=EVE)
    assert past(repo) == {"a.md": history.Past(day(0), day(2), (ADA,)), "b.md": history.Past(day(1), day(1), (BOB,))}


def test_a_merge_that_writes_files(tmp_path: Path) -> None:
    """A conflict resolution updates the file but makes no author; a file that only a merge wrote is the merger's."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "checkout", "-q", "-b", "side")
    gitrepo.commit(repo, {"a.md": "side"}, day=1, author=BOB)
    gitrepo.git(repo, "checkout", "-q", "main")
    gitrepo.commit(repo, {"a.md": "main"}, day=2)
    gitrepo.git(repo, "merge", "-q", "side", check=False)
    gitrepo.commit(repo, {"a.md": "both", "extra.md": "1"}, day=3, author=EVE)
    assert past(repo) == {"a.md": history.Past(day(0), day(3), (ADA, BOB)), "extra.md": history.Past(day(3), day(3), (EVE,))}


@pytest.mark.parametrize("renaming", ["main", "side"])
def test_an_edit_on_one_branch_and_a_rename_on_the_other(tmp_path: Path, renaming: str) -> None:
    """A file renamed on one branch and edited under its old name on the other has both authors and its first date."""
    editing = {"main": "side", "side": "main"}[renaming]
    repo = gitrepo.make(tmp_path, {"a.md": TEXT})
    gitrepo.git(repo, "branch", "side")
    gitrepo.git(repo, "checkout", "-q", renaming)
    gitrepo.git(repo, "mv", "a.md", "b.md")
    gitrepo.commit(repo, {}, day=1, author=BOB)
    gitrepo.git(repo, "checkout", "-q", editing)
    gitrepo.commit(repo, {"a.md": TEXT + "more\n"}, day=2, author=EVE)
    gitrepo.git(repo, "checkout", "-q", "main")
    gitrepo.git(repo, "merge", "-q", "--no-edit", "side", day=3)
    found = past(repo)["b.md"]
    assert (found.created, found.updated) == (day(0), day(3))
    assert found.authors[0] == ADA
    assert set(found.authors) == {ADA, BOB, EVE}


def test_two_roots(tmp_path: Path) -> None:
    """A merge of unrelated histories keeps the dates of both."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    gitrepo.git(repo, "checkout", "-q", "--orphan", "other")
    gitrepo.commit(repo, {"a.md": None, "b.md": "1"}, day=1, author=BOB)
    gitrepo.git(repo, "checkout", "-q", "main")
    gitrepo.git(repo, "merge", "-q", "--no-edit", "--allow-unrelated-histories", "other", day=2)
    assert past(repo) == {"a.md": history.Past(day(0), day(0), (ADA,)), "b.md": history.Past(day(1), day(1), (BOB,))}


def test_a_shallow_clone_says_only_what_it_knows(tmp_path: Path) -> None:
    """Where the history is cut off, dates and authors are unknown; what happened later is told."""
    commits = [{"old.md": "1", "edited.md": "1"}, {"x.md": "1"}, {"edited.md": "2"}, {"new.md": "1"}]
    source = gitrepo.make(tmp_path / "source", *commits)
    repo = clone(source, tmp_path / "clone", "--depth", "3")
    assert checkout(repo).shallow
    unknown = history.Past(None, None, ())
    new = history.Past(day(3), day(3), (ADA,))
    assert past(repo) == {"old.md": unknown, "x.md": unknown, "edited.md": history.Past(None, day(2), (ADA,)), "new.md": new}


def test_a_partial_clone_needs_no_network(tmp_path: Path) -> None:
    """In a clone without old contents exact renames are followed, and nothing is fetched."""
    source = gitrepo.make(tmp_path / "source", {"a.md": TEXT}, {"c.md": "1"})
    gitrepo.git(source, "config", "uploadpack.allowFilter", "true")
    gitrepo.git(source, "mv", "a.md", "b.md")
    gitrepo.commit(source, {}, day=2)
    gitrepo.commit(source, {"b.md": TEXT + "1", "d.md": TEXT * 2, "c.md": None}, day=3)
    repo = clone(source, tmp_path / "clone", "--filter=blob:none")
    (tmp_path / "source").rename(tmp_path / "gone")
    assert checkout(repo).partial
    assert past(repo)["b.md"].created == day(0)


def test_renames_outside_the_folder_are_followed(tmp_path: Path) -> None:
    """A file that was moved into the folder keeps the dates it had outside."""
    repo = gitrepo.make(tmp_path, {"a.md": TEXT})
    (repo / "sub").mkdir()
    gitrepo.git(repo, "mv", "a.md", "sub/b.md")
    gitrepo.commit(repo, {}, day=1)
    assert past(repo / "sub") == {"sub/b.md": history.Past(day(0), day(1), (ADA,))}


def test_the_users_settings_do_not_change_the_log(tmp_path: Path) -> None:
    """Settings that change what `git log` and `git diff` print change nothing here."""
    repo = gitrepo.make(tmp_path, {"s/a.md": TEXT})
    gitrepo.git(repo, "mv", "s/a.md", "s/b.md")
    gitrepo.commit(repo, {}, day=1)
    before = past(repo / "s")
    settings = {"log.showRoot": "false", "diff.renames": "false", "diff.relative": "true", "color.ui": "always", "log.date": "relative"}
    settings |= {
        "format.pretty": "oneline",
        "core.quotePath": "true",
        "log.follow": "true",
        "diff.noprefix": "true",
        "log.decorate": "full",
    }
    settings |= {"i18n.logOutputEncoding": "utf-16", "core.abbrev": "4", "log.mailmap": "false", "log.diffMerges": "on"}
    for name, value in settings.items():
        gitrepo.git(repo, "config", name, value)
    assert past(repo / "s") == before == {"s/b.md": history.Past(day(0), day(1), (ADA,))}


def test_nonsense_dates_are_unknown(tmp_path: Path) -> None:
    """A commit whose date no calendar has is no date, not a crash."""
    repo = gitrepo.make(tmp_path, {"a.md": "1"})
    raw = gitrepo.git(repo, "cat-file", "commit", "HEAD")
    lines = [line.rpartition("> ")[0] + "> 1700000000 +9999" if line.startswith("author ") else line for line in raw.split("\n")]
    (tmp_path / "commit").write_text("\n".join(lines))
    broken = gitrepo.git(repo, "hash-object", "--literally", "-t", "commit", "-w", "commit").strip()
    gitrepo.git(repo, "update-ref", "refs/heads/main", broken)
    assert past(repo)["a.md"].created is None


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_blob_ids_are_those_of_git(tmp_path: Path, object_format: str) -> None:
    """The hash of bytes, and of a file, is Git's own in both object formats."""
    gitrepo.git(tmp_path, "init", "-q", f"--object-format={object_format}")
    data = b"\x00\xff\r\n" * 400_000
    gitrepo.write(tmp_path, {"a": data, "empty": b""})
    expected = gitrepo.git(tmp_path, "hash-object", "--no-filters", "a", "empty").split()
    assert checkout(tmp_path).object_format == object_format
    assert [blobs.identity(data, object_format), blobs.identity(b"", object_format)] == expected
    assert [git.hash_file(tmp_path, name, 10**7, object_format) for name in ("a", "empty")] == expected


def test_read_file_reads_what_lies_inside(tmp_path: Path) -> None:
    """A regular file up to the limit is read, under a root that is itself a link, too."""
    gitrepo.write(tmp_path / "repo", {"sub/ü x.md": b"\xff\x00"})
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    for root in (tmp_path / "repo", tmp_path / "link"):
        assert git.read_file(root, "sub/ü x.md", 2) == b"\xff\x00"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        *(
            (path, "not a plain path")
            for path in ("", "/etc/passwd", "../secret", "sub/../a.md", "./a.md", "sub//a.md", "sub/", "a\0b", "sub\\a.md")
        ),
        *((path, "not a plain path") for path in (".git/config", "sub/.GIT/config")),
        *((path, "out of the repository") for path in ("out", "up", "environ", "folder/secret", "dot")),
        *((path, "symbolic link") for path in ("in", "alias/a.md")),
        ("sub", "[Dd]irectory"),
        ("pipe", "not a regular file"),
        ("missing", "No such file"),
        ("a.md/b", "Not a directory"),
        ("x" * 300, "name too long"),
        ("big", "larger than 10 bytes"),
    ],
)
@POSIX
def test_read_file_refuses(tmp_path: Path, path: str, reason: str) -> None:
    """Whatever is not a plain, regular, small file inside the root is refused with the reason, and never waited for."""
    root = tmp_path / "root"
    gitrepo.write(root, {"a.md": "1", "sub/a.md": "1", "big": "12345678901", ".git/config": "token"})
    gitrepo.write(tmp_path, {"secret": "s", "root-too/secret": "s"})
    os.mkfifo(root / "pipe")
    links = {"out": tmp_path / "secret", "up": Path("../secret"), "environ": Path("/proc/self/environ"), "folder": tmp_path, "dot": root}
    for name, target in (links | {"in": Path("a.md"), "alias": Path("sub")}).items():
        (root / name).symlink_to(target)
    with pytest.raises(git.Unreadable, match=reason):
        git.read_file(root, path, 10)
    with pytest.raises(git.Unreadable, match=reason):
        git.hash_file(root, path, 10)


@POSIX
def test_walk_and_look_follow_no_links(tmp_path: Path) -> None:
    """A walk names everything but folders, goes through no link and into no Python environment; a look sees the link itself."""
    gitrepo.write(tmp_path, {"a.md": "1", "sub/b.md": "1", "no/c.md": "1", "venv/pyvenv.cfg": "", "venv/d.md": "1"})
    (tmp_path / "loop").symlink_to(tmp_path)
    found = git.walk(tmp_path, lambda folder: folder != "no")
    assert sorted(found) == ["a.md", "loop", "sub/b.md"]
    seen = git.look(tmp_path, [*found, "missing"])
    assert seen.keys() == set(found)
    assert seen["loop"].st_mode == (tmp_path / "loop").lstat().st_mode
    assert git.link_target(tmp_path, "loop") == str(tmp_path)
    assert git.link_target(tmp_path, "a.md") == ""


def test_below(tmp_path: Path) -> None:
    """A folder lies below another by its real place; siblings with a common beginning do not."""
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "root")
    assert git.below(tmp_path / "link", tmp_path / "root" / "a" / "b") == "a/b"
    assert git.below(tmp_path / "root", tmp_path / "root") == ""
    assert git.below(tmp_path / "root", tmp_path / "root-too") == ""
    assert git.below(Path("/"), tmp_path) == str(tmp_path.resolve()).lstrip("/")
