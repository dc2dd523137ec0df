"""Git's own lines, and the codes by which GitLab names them."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo.diff import raw
from knowrepo.git import contents

LINES = st.lists(st.sampled_from(["a", "b", "c", "-- x", "++ y", "@@ -1 +1 @@", "\\ z", "", " d"]), max_size=25)
FILES = st.tuples(LINES, st.booleans()).map(lambda made: ("\n".join(made[0]) + "\n" * made[1]).encode())


def gitlab_parser(lines: list[str], path: str) -> list[tuple[str, str]]:
    """What GitLab makes of a patch: each line with its code. Written after ``Gitlab::Diff::Parser#parse`` and ``Gitlab::Git.diff_line_code``, not after ours.

    The counters are set by each ``@@`` line and go up behind each line; only a line that begins like a header of the file is passed over, and that only
    before the first hunk: here the hunk's own lengths say where it ends.
    """
    found = []
    line_old = line_new = left_old = left_new = 0
    for line in lines:
        if left_old <= 0 and left_new <= 0:
            match = re.match(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
            if match:
                line_old, line_new = int(match[1]), int(match[3])
                left_old, left_new = (1 if size is None else int(size) for size in (match[2], match[4]))
            continue
        if line.startswith("\\"):
            continue
        digest = hashlib.sha1(path.encode()).hexdigest()
        found.append((line, f"{digest}_{line_old}_{line_new}"))
        first = line[:1]
        if first != "+":
            line_old, left_old = line_old + 1, left_old - 1
        if first != "-":
            line_new, left_new = line_new + 1, left_new - 1
    return found


@settings(deadline=None, max_examples=60)
@given(FILES, FILES)
def test_line_codes_are_those_of_gitlab(old: bytes, new: bytes) -> None:
    """For random files the codes of all lines are those that GitLab's rule gives for what Git prints."""
    patch = contents.patch(old, new)
    ours = [(line.sign + line.text, raw.code("a/é.md", line.old, line.new)) for line in raw.of_lines(raw.hunks(patch))]
    assert ours == gitlab_parser(patch.split("\n"), "a/é.md")


@settings(deadline=None, max_examples=60)
@given(FILES, FILES)
def test_every_line_stands_where_its_counters_say(old: bytes, new: bytes) -> None:
    """A line's text is that of the files at its counters; the lines between hunks are found by counting on; the hunks make one file the other."""
    hunks = raw.hunks(contents.patch(old, new))
    befores, afters = (data.decode().split("\n") for data in (old, new))
    for line in raw.of_lines(hunks):
        assert line.sign == "+" or befores[line.old - 1] == line.text
        assert line.sign == "-" or afters[line.new - 1] == line.text
    kept = {line.new for line in raw.of_lines(hunks) if line.sign == "+"}
    for number, text in enumerate(afters[: new.count(b"\n")], 1):
        one, other = raw.counters(hunks, new=number)
        assert other == number
        assert number in kept or befores[one - 1] == text
    assert applied(old, hunks) == new


def applied(old: bytes, hunks: tuple[raw.Hunk, ...]) -> bytes:
    """The old file with the hunks applied to it."""
    lines = old.decode().split("\n")
    ends = not lines[-1]
    lines = lines[:-1] if ends else lines
    made: list[str] = []
    at = 0
    for hunk in hunks:
        start = next((line.old for line in hunk.lines if line.sign != "+"), hunk.lines[0].old + (hunk.lines[0].old > 0))
        made += lines[at : max(start - 1, at)]
        at = max(start - 1, at)
        for line in hunk.lines:
            made += [line.text] if line.sign != "-" else []
            at += line.sign != "+"
    rest = lines[at:]
    last = next((line for line in reversed(hunks[-1].lines) if line.sign != "-"), None) if hunks and not rest else None
    whole = [*made, *rest]
    return ("\n".join(whole) + "\n" * ((last.ends if last else ends) and bool(whole))).encode()


def test_a_patch_is_what_git_says_to_anybody(tmp_path: Path) -> None:
    """Whatever somebody has set, the patch is that of Git's defaults, which is what GitLab shows."""
    old, new = b"a\nb\nc\n", b"a\nx\nc\n"
    (tmp_path / "a").write_bytes(old)
    (tmp_path / "b").write_bytes(new)
    done = subprocess.run(["git", "diff", "--no-index", "a", "b"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert raw.hunks(done.stdout) == raw.hunks(contents.patch(old, new))
    assert contents.patch(old, old) == ""
    assert raw.hunks(contents.patch(b"\0", b"\0\1")) == ()


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"", b"x\n", ["0_1"]),
        (b"x\n", b"", ["1_0"]),
        (b"a\nb\n", b"a\nc\n", ["1_1", "2_2", "3_2"]),
    ],
)
def test_codes_of_the_documentation(old: bytes, new: bytes, codes: list[str]) -> None:
    """The counters begin at 0 where there is no file; a removed line counts the next new one, an added line the next old one."""
    found = [raw.code("README", line.old, line.new) for line in raw.of_lines(raw.hunks(contents.patch(old, new)))]
    assert found == [f"69e27356ef629022720d868ab0c0e3394775b6c1_{code}" for code in codes]


def test_a_link_to_a_line() -> None:
    """The address of a line names the file twice, so that GitLab unfolds it."""
    name = "69e27356ef629022720d868ab0c0e3394775b6c1"
    assert raw.link("https://gitlab.example/a/-/merge_requests/1", "README", 3, 4) == (
        f"https://gitlab.example/a/-/merge_requests/1/diffs?file={name}#{name}_3_4"
    )
