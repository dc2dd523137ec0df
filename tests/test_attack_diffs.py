"""Hostile text at every place of two versions of a post, on the pages that compare them and show what was: nothing of it runs, with the policy or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from knowrepo.cli import cli
from tests import gitrepo
from tests.attack import oracle, payloads, serving, sites
from tests.notebooks import HEADER, dump, raw

pytestmark = pytest.mark.browser

TRIED = 6
"""So many payloads, spread over all of ours."""
TOGETHER = 1
"""So many are on one page, each at every place of a cell."""


@dataclass(frozen=True, slots=True)
class Served:
    """The files of a site, and what they are served below, with their policy and without."""

    files: dict[str, bytes]
    base: str

    def complaints(self, mode: str) -> list[tuple[object, ...]]:
        """What its pages do that they should not."""
        pages = [f"{self.base}{mode}/{path}" for path in self.files if path.endswith(".html") and not path.startswith("assets/")]
        assert len(pages) > 5
        seen = oracle.look(pages, serving.allowed(self.files))
        return [(page.url, *page.hits[:3], *page.left) for page in seen if page.hits or page.left]


def chosen() -> list[payloads.Payload]:
    found = payloads.ours()
    return [found[at * len(found) // TRIED] for at in range(TRIED)]


def notebook(tried: list[payloads.Payload], version: str) -> bytes:
    """A notebook with each payload at each place of a cell; the versions differ in every cell."""
    cells = [put(f"{version} {payload.at(place)}") for payload in tried for place, put in sites.CELLS.items()]
    return dump(raw(HEADER.replace("Short", f"{version} {tried[0].text[:200]!r}")), *cells)


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts of payloads in two revisions, whose commits are hostile too."""
    tried = chosen()
    groups = [tried[at : at + TOGETHER] for at in range(0, len(tried), TOGETHER)]
    versions = [
        {f"posts/p{number}.ipynb": notebook(group if version == "one" else group[::-1], version) for number, group in enumerate(groups)}
        for version in ("one", "two")
    ]
    made = gitrepo.make(tmp_path_factory.mktemp("attack") / "repo", versions[0])
    gitrepo.commit(made, versions[1], day=1, message="".join(payload.at("subject") for payload in tried[:3]).replace("\0", ""))
    return made


def served(made: dict[str, bytes]) -> Iterator[Served]:
    with serving.serving({"both": made, "sanitised": serving.unpoliced(made)}) as base:
        yield Served(made, base)


@pytest.fixture(scope="module")
def diffs(repo: Path) -> Iterator[Served]:
    done = CliRunner().invoke(cli, ["-C", str(repo), "diff", "HEAD~1", "HEAD", "--format", "html", "--out", "../diff"])
    assert done.exit_code == 0, done.output
    yield from served(files(repo.parent / "diff"))


@pytest.fixture(scope="module")
def history(repo: Path) -> Iterator[Served]:
    done = CliRunner().invoke(cli, ["-C", str(repo), "build", "--quiet", "--jobs", "1", "--review", "HEAD~1", "--out", "../site"])
    assert done.exit_code == 0, done.output
    made = files(repo.parent / "site")
    yield from served({path: data for path, data in made.items() if path.startswith(("history/", "review/", "assets/"))})


@pytest.mark.parametrize("mode", ["both", "sanitised"])
def test_nothing_runs_on_a_diff(diffs: Served, mode: str) -> None:
    """On the pages of ``knowrepo diff`` nothing of a payload runs, asks another host, leads away or opens anything."""
    assert not diffs.complaints(mode)


@pytest.mark.parametrize("mode", ["both", "sanitised"])
def test_nothing_runs_in_history(history: Served, mode: str) -> None:
    """Nor on the pages of the history and of a review."""
    assert not history.complaints(mode)


def test_diffs_fetch_nothing(diffs: Served, history: Served) -> None:
    """No page names another host's script, style or picture."""
    for made in (diffs, history):
        for path, data in made.files.items():
            if path.endswith(".html") and not path.startswith("assets/"):
                assert not re.search(rb"""<(?:img|script|source|video|audio|iframe|embed)\b[^>]*?\ssrc="(?:https?:)?//""", data), path
