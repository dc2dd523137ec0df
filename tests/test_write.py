"""The output folder: all or nothing, and nothing that is not ours."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowrepo import blobs, stage, urls, write
from knowrepo.disk import Disk
from knowrepo.errors import OutputError
from knowrepo.model import Artifact, Stored
from knowrepo.write import Written


def put(out: Path, files: dict[str, str], key: str = "k") -> Written:
    return write.write(out, [Artifact(path, text.encode()) for path, text in files.items()], key)


def tree(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != urls.MANIFEST
    }


def test_the_folder_holds_exactly_the_artifacts(tmp_path: Path) -> None:
    """What is new is written, what is gone is removed, what is the same is left; empty folders do not stay."""
    out = tmp_path / "public"
    assert put(out, {"index.html": "1", "a/b.html": "2", "c/d.html": "3"}) == Written(3, 0, 0)
    assert put(out, {"index.html": "1", "a/b.html": "2+", "e.html": "4"}) == Written(2, 1, 1)
    assert tree(out) == {"index.html": "1", "a/b.html": "2+", "e.html": "4"}
    assert not (out / "c").exists()
    assert [file.name for file in tmp_path.iterdir()] == ["public"]


def test_a_second_write_touches_nothing(tmp_path: Path) -> None:
    """The same artifacts leave every file, its time and the folder itself as they were."""
    out = tmp_path / "public"
    put(out, {"index.html": "1", "a/b.html": "2"})
    before = {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in [out, *out.rglob("*")]}
    assert put(out, {"index.html": "1", "a/b.html": "2"}) == Written(0, 2, 0)
    assert before == {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in [out, *out.rglob("*")]}


def test_unchanged_files_keep_their_times(tmp_path: Path) -> None:
    """Only what changed is new on disk: rsync and uploads gain from it."""
    out = tmp_path / "public"
    put(out, {"same.html": "1", "other.html": "2"})
    before = (out / "same.html").stat()
    put(out, {"same.html": "1", "other.html": "3"})
    after = (out / "same.html").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_that_was_deleted_or_cut_is_written_again(tmp_path: Path) -> None:
    """The manifest is not believed where the file is not there in its length."""
    out = tmp_path / "public"
    put(out, {"a.html": "111", "b.html": "222"})
    (out / "a.html").unlink()
    (out / "b.html").write_text("2")
    assert put(out, {"a.html": "111", "b.html": "222"}) == Written(2, 0, 0)
    assert tree(out) == {"a.html": "111", "b.html": "222"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A folder that is not empty and has no manifest of ours is refused."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputError) as caught:
        put(tmp_path, {"index.html": "1"})
    assert "not written by knowrepo" in caught.value.message
    assert tree(tmp_path) == {"thesis.tex": "years of work"}


def test_files_that_are_not_ours_are_carried_over(tmp_path: Path) -> None:
    """What somebody puts into our folder stays, links included."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})
    (out / "CNAME").write_text("team.example")
    (out / "more").mkdir()
    (out / "more" / "x.txt").write_text("x")
    (out / "link").symlink_to("CNAME")
    put(out, {"index.html": "2"})
    assert tree(out) == {"index.html": "2", "CNAME": "team.example", "link": "team.example", "more/x.txt": "x"}
    assert (out / "link").is_symlink()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "a//b", "", "a\\b", "a/./b", "a\0b"])
def test_an_artifact_cannot_leave_the_site(path: str) -> None:
    """A path that would leave the site is no Artifact."""
    with pytest.raises(ValueError, match="not a path inside"):
        Artifact(path, b"")


def test_two_pages_never_want_one_file(tmp_path: Path) -> None:
    """A path that comes twice is a bug, and the old site stays."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})
    with pytest.raises(ValueError, match="two pages"):
        write.write(out, [Artifact("a", b"1"), Artifact("a", b"2")], "k")
    assert tree(out) == {"index.html": "1"}


def test_an_error_while_pages_are_made_leaves_the_old_site(tmp_path: Path) -> None:
    """Pages come from a generator; whatever it raises, the site is as it was and no stage is left."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})

    def pages() -> Iterator[Artifact]:
        yield Artifact("index.html", b"2")
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        write.write(out, pages(), "k")
    assert tree(out) == {"index.html": "1"}
    assert [file.name for file in tmp_path.iterdir()] == ["public"]


def test_stored_bytes_are_copied(tmp_path: Path) -> None:
    """A stored artifact is known by its digest; its file is read only when it has to be written."""
    (tmp_path / "blob").write_bytes(b"notebook")
    stored = Stored(f"git-{blobs.identity(b'notebook')}", str(tmp_path / "blob"), 8)
    out = tmp_path / "public"
    assert write.write(out, [Artifact("a.ipynb", stored)], "k") == Written(1, 0, 0)
    (tmp_path / "blob").unlink()
    assert write.write(out, [Artifact("a.ipynb", stored)], "k") == Written(0, 1, 0)


HOLDER = """
import sys
from pathlib import Path
from knowrepo import stage
with stage.claimed(Path(sys.argv[1]), lambda: None) as new:
    new.mkdir()
    (new / "half.html").write_text("half")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    """The stage of a living build stays; once it has been killed, the next look puts things right."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        write.check(out)
        assert tree(tmp_path / ".public.stage") == {"lock": "", "new/half.html": "half"}
        holder.kill()
    write.check(out)
    assert [file.name for file in tmp_path.iterdir()] == ["public"]
    assert tree(out) == {"index.html": "1"}


def test_a_site_that_was_moved_aside_comes_back(tmp_path: Path) -> None:
    """Killed between the two steps of a swap, the old site is in its place again once anybody looks."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})
    (tmp_path / ".public.stage" / "new").mkdir(parents=True)
    out.rename(tmp_path / ".public.stage" / "old")
    write.check(out)
    assert [file.name for file in tmp_path.iterdir()] == ["public"]
    assert tree(out) == {"index.html": "1"}


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    """Into one folder one build writes at a time; the later one says once that it waits, and starts from what the earlier one made."""
    out = tmp_path / "public"
    put(out, {"index.html": "1", "gone.html": "1"})
    steps: list[str] = []
    waiting = threading.Event()

    def say(line: str) -> None:
        steps.append(line)
        waiting.set()

    def pages() -> Iterator[Artifact]:
        steps.append("the second begins")
        yield Artifact("index.html", b"2")

    second = threading.Thread(target=write.write, args=(out, pages(), "k", None, say))
    with stage.claimed(out, waiting.set) as new:
        assert not waiting.is_set()
        put(new, {"index.html": "new"})
        second.start()
        assert waiting.wait(20)
        stage.swap(new, out, Disk())
        steps.append("the first is done")
    second.join(20)
    assert steps == [f"another build is writing {out}: waiting until it is done", "the first is done", "the second begins"]
    assert tree(out) == {"index.html": "2"}
    assert [file.name for file in tmp_path.iterdir()] == ["public"]


KILLED = """
import sys
from collections.abc import Iterator
from pathlib import Path
from knowrepo import urls, write
from knowrepo.model import Artifact
write.write(Path(sys.argv[1]), [Artifact(f"{n}/{m}.html", sys.argv[2].encode() * 2000) for n in range(20) for m in range(20)], sys.argv[2])
print("done", flush=True)
"""


def _files_below(folder: Path) -> int:
    """How many files a folder holds that another process fills and then takes away."""
    return sum(len(files) for _, _, files in os.walk(folder))  # unlike glob it passes over what has just gone


def test_a_killed_write_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    """Killed at ever later moments of writing 400 files, the folder is always wholly old or wholly new, and the next write succeeds."""
    out = tmp_path / "public"
    for turn in range(8):
        before = {"a", "b"} & {text[0] for text in tree(out).values()} if out.exists() else set()
        new = "ab"[turn % 2]
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(out), new], stdout=subprocess.PIPE)
        staged = tmp_path / ".public.stage" / "new"
        while child.poll() is None and _files_below(staged) < turn * 50:
            pass
        child.send_signal(signal.SIGKILL)
        child.communicate()
        if out.exists():
            content = tree(out)
            kinds = {text[0] for text in content.values()}
            assert len(content) == 400
            assert kinds in (before, {new})
    put(out, {"index.html": "1"})
    assert tree(out) == {"index.html": "1"}
    assert [file.name for file in tmp_path.iterdir()] == ["public"]


class Old(Disk):
    """A system that cannot exchange two folders, and at which moving the new one may fail."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails

    def exchange(self, first: str, second: str) -> bool:  # noqa: ARG002
        return False

    def move(self, file: str, to: str) -> None:
        if self.fails and file.endswith("/new"):
            raise OSError(errno.ENOSPC, "No space left on device", file)
        super().move(file, to)


def test_without_an_exchange_the_folder_is_replaced_in_two_steps(tmp_path: Path) -> None:
    """Where the system cannot exchange two folders, the old one is moved aside and deleted; if the new one cannot follow it comes back."""
    out = tmp_path / "public"
    put(out, {"index.html": "1"})
    with pytest.raises(OutputError):
        write.write(out, [Artifact("index.html", b"2")], "k", Old(fails=True))
    assert tree(out) == {"index.html": "1"}
    assert write.write(out, [Artifact("index.html", b"2")], "k", Old()) == Written(1, 0, 0)
    assert tree(out) == {"index.html": "2"}
    assert [file.name for file in tmp_path.iterdir()] == ["public"]
