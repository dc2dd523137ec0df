"""The same sources make the same bytes, wherever and however they are built."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from knowrepo.urls import MANIFEST
from tests import gitrepo, lawful, team


@dataclass(frozen=True)
class Way:
    """How a site is built: with what in the environment, where, and from which copy of the repository."""

    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    umask: int = -1
    inside: bool = False
    copied: str = ""


WAYS = {
    "another hash seed": Way({"PYTHONHASHSEED": "1"}),
    "yet another hash seed": Way({"PYTHONHASHSEED": "4242"}),
    "a zone ahead": Way({"TZ": "Asia/Tokyo"}),
    "a zone behind": Way({"TZ": "America/Lima"}),
    "locale C": Way({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "a locale that is not there": Way({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    "a strict umask": Way(umask=0o077),
    "an open umask": Way(umask=0o000),
    "another working directory": Way(inside=True),
    "files created backwards": Way(copied="backward"),
    "one job": Way(options=("--jobs", "1")),
    "a clone elsewhere, five jobs": Way(options=("--jobs", "5"), copied="elsewhere/x y"),
}
ALL_AT_ONCE = Way(
    {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ("--jobs", "3"),
    0o077,
    True,
    "backward",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repository, the same with its files created backwards, a clone of it elsewhere, and a site."""
    folder = tmp_path_factory.mktemp("environment")
    repo = gitrepo.make(folder / "repo", lawful.FILES)
    shutil.copytree(repo, folder / "elsewhere/x y")
    backward = gitrepo.make(folder / "backward", dict(reversed(list(lawful.FILES.items()))))
    assert [gitrepo.git(root, "rev-parse", "HEAD") for root in (repo, backward)] == [gitrepo.git(repo, "rev-parse", "HEAD")] * 2
    _build(folder, Way({"PYTHONHASHSEED": "0", "TZ": "UTC"}), folder / "site")
    return folder


def _build(place: Path, way: Way, out: Path, python: str = sys.executable) -> None:
    root = place / (way.copied or "repo")
    options = ["--quiet", "--out", str(out), "--cache", str(out) + "-cache", *way.options]
    environment = {"PYTHONPATH": str(lawful.ROOT), **way.environment}
    lawful.run(lawful.command(root, "build", *options, python=python), environment, cwd=root if way.inside else place, umask=way.umask)


def test_another_environment_makes_the_same_bytes(place: Path, tmp_path: Path) -> None:
    """All at once: seed, zone, locale, umask, working directory, order of files, jobs."""
    _build(place, ALL_AT_ONCE, tmp_path / "out")
    assert lawful.differences(team.tree(place / "site"), team.tree(tmp_path / "out")) == []
    assert lawful.wrong(place / "site") == []


@pytest.mark.long
@pytest.mark.parametrize("name", WAYS)
def test_no_part_of_the_environment_matters(place: Path, tmp_path: Path, name: str) -> None:
    """One at a time, so that what matters is named."""
    _build(place, WAYS[name], tmp_path / "out")
    assert lawful.differences(team.tree(place / "site"), team.tree(tmp_path / "out")) == []


@pytest.mark.long
def test_another_python_makes_the_same_bytes(place: Path, tmp_path: Path) -> None:
    """Every other version of Python for which ``scripts/check --long`` has made an environment makes the same site; the manifest knows which made it."""
    found = sorted(
        python for python in lawful.ROOT.glob(".venv-3.*/bin/python") if python.parent.parent.name != f".venv-3.{sys.version_info.minor}"
    )
    if not found:
        pytest.skip("no other version of Python is installed; scripts/check --long looks for some")
    expected = team.tree(place / "site")
    for python in found:
        out = tmp_path / python.parent.parent.name
        _build(place, Way(), out, str(python))
        assert lawful.differences(expected, team.tree(out)) in ([], [MANIFEST]), python
