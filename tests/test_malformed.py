"""Malformed files cost themselves: one clear message each, the other posts as without them, no traceback, and it all ends soon."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import gitrepo, malformed, team

GOOD = 100
WHOLE = frozenset(["cells-unreadable", "lfs-pointer", "not-text", "notebook-cells", "notebook-json", "notebook-version"])
"""Rules of mistakes in a file as a whole: no line or cell is to blame."""
_BUILD = "import sys; from knowrepo.cli import main; sys.argv[0] = 'knowrepo'; main()"


def good() -> dict[str, str | bytes]:
    """A hundred posts that share no tag, author, folder or link with the others; in time, one more stands between."""
    posts: dict[str, str | bytes] = {
        "knowrepo.yml": "title: Good and bad\nposts_per_page: 500\nmax_seconds: 10\n",
        "between.md": team.header("Between", day="2024-01-04"),
    }
    for number in range(GOOD):
        title = f"Good {number}"
        posts[f"good/{number:03}.{'md' if number % 2 else 'ipynb'}"] = (
            team.header(title, authors="[Good Author]", tags="[good]") + f"\n# One\n\nText of {number}.\n"
            if number % 2
            else team.notebook(title, authors="[Good Author]", tags="[good]").replace("../methods/guide.md#finding", "001.md#one")
        )
    return posts


def foreign(folder: Path | None) -> dict[str, bytes]:
    """What the folder of ``--attacks`` holds: its notebooks, and its JSON as notebooks."""
    if folder is None:
        return {}
    files = {f"bad/foreign-{number:03}.ipynb": file.read_bytes() for number, file in enumerate(sorted(folder.glob("notebooks/**/*.ipynb")))}
    suite = folder / "json_suite.json"
    items: Mapping[str, str] = json.loads(suite.read_bytes())["items"] if suite.exists() else {}
    return files | {f"bad/json-suite-{name.removesuffix('.json')}.ipynb": base64.b64decode(data) for name, data in items.items()}


def knowrepo(root: Path, out: Path, *arguments: str) -> tuple[int, Any, str, float]:
    """A build in a process of its own: exit status, report, what it said, seconds."""
    started = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        _BUILD,
        "-C",
        str(root),
        "build",
        "--json",
        "--out",
        str(out),
        "--cache",
        str(out) + "-cache",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False)
    return done.returncode, json.loads(done.stdout), done.stderr, time.perf_counter() - started


@pytest.fixture(scope="module")
def bad(attacks: Path | None) -> dict[str, bytes]:
    return malformed.files() | foreign(attacks)


@pytest.fixture(scope="module")
def built(bad: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> tuple[Path, Path, Any, str]:
    """The good posts built alone, and among the bad ones."""
    folder = tmp_path_factory.mktemp("malformed")
    root = gitrepo.make(folder / "repo", good())
    status, _, said, _ = knowrepo(root, folder / "without")
    assert status == 0, said
    gitrepo.commit(root, bad, day=1)
    status, report, said, seconds = knowrepo(root, folder / "with")
    say(f"{len(bad)} malformed files among {GOOD} good posts were built in {seconds:.0f} s")
    assert status == 0, said
    return root, folder, report, said


def posts(out: Path) -> dict[str, bytes]:
    """The pages of the good posts, and what lies beside them."""
    return {path: data for path, data in team.tree(out).items() if path.startswith("posts/good/")}


def _anonymous(out: Path, root: Path) -> dict[str, bytes]:
    """Every published file without the name of the last commit."""
    head = gitrepo.git(root, "rev-parse", "HEAD").strip().encode()
    return {path: data.replace(head, b"").replace(head[:8], b"") for path, data in team.tree(out).items()}


def _place(problem: Mapping[str, Any]) -> bool:
    """Whether a problem says where in the file it is."""
    return problem["line"] is not None or problem["cell"] is not None


def test_there_are_enough() -> None:
    """The suite makes at least 150 malformed files itself."""
    assert len(malformed.files()) >= 150


def test_the_good_posts_are_as_without_the_bad_ones(built: tuple[Path, Path, Any, str]) -> None:
    """Every page of a good post is byte for byte what it is in a site without bad ones."""
    _, folder, _, _ = built
    with_, without = posts(folder / "with"), posts(folder / "without")
    assert len([path for path in without if path.endswith("/index.html")]) == GOOD
    assert with_.keys() == without.keys()
    around = b'<footer class="post-footer">'  # below it stand links to other posts, of which there are more
    assert [path for path in with_ if with_[path].partition(around)[0] != without[path].partition(around)[0]] == []


def test_what_is_left_out_leaves_no_trace(built: tuple[Path, Path, Any, str], bad: dict[str, bytes]) -> None:
    """The site is byte for byte that of a repository without the files that were left out, but for the name of the commit."""
    root, folder, report, _ = built
    left = {skipped["path"] for skipped in report["skipped"]}
    kept = gitrepo.make(folder / "kept", good())
    gitrepo.commit(kept, {path: content for path, content in bad.items() if path not in left}, day=1)
    knowrepo(kept, folder / "alone")
    with_, alone = _anonymous(folder / "with", root), _anonymous(folder / "alone", kept)
    assert with_.keys() == alone.keys()
    assert [path for path in with_ if with_[path] != alone[path]] == []


def test_every_file_is_accounted_for_in_a_line(built: tuple[Path, Path, Any, str], bad: dict[str, bytes]) -> None:
    """Each bad file is published (mended) or left out; who is left out for a mistake has exactly one error, of one line, with its path and place."""
    _, _, report, said = built
    errors = Counter(problem["path"] for problem in report["problems"] if problem["severity"] == "error")
    left = {skipped["path"] for skipped in report["skipped"]}
    assert set(errors) <= left
    assert max(errors.values()) == 1, errors.most_common(3)
    told = Counter((problem["path"], problem["line"], problem["cell"], problem["message"]) for problem in report["problems"])
    assert max(told.values()) == 1, told.most_common(3)
    assert {problem["rule"] for problem in report["problems"] if problem["severity"] == "error" and not _place(problem)} <= WHOLE
    for problem in report["problems"]:
        assert len(problem["message"]) < 400, problem
        assert "\n" not in problem["message"] + problem["hint"], problem
        assert problem["path"] in bad, problem
    assert "Traceback" not in said
    assert "Error(" not in said


def test_no_file_dies_or_takes_long(built: tuple[Path, Path, Any, str]) -> None:
    """What we have made up needs no bound to be caught."""
    _, _, report, _ = built
    ours = [problem for problem in report["problems"] if "foreign" not in problem["path"]]
    assert [problem for problem in ours if problem["rule"] in ("worker-died", "too-slow", "too-large")] == []


def test_strict_makes_it_a_failure(built: tuple[Path, Path, Any, str]) -> None:
    """With ``--strict`` the same build ends with status 1, and publishes the same."""
    root, folder, report, _ = built
    status, strict, said, _ = knowrepo(root, folder / "with", "--strict")
    assert status == 1
    assert strict["published"] == report["published"]
    assert "Traceback" not in said
