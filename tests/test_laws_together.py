"""Builds at the same time get into each other's way nowhere: every folder ends as a whole site."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import gitrepo, lawful, team


class Place:
    """A repository in two states, in two clones, and the site of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        first = gitrepo.make(folder / "first", lawful.FILES)
        shutil.copytree(first, folder / "second")
        gitrepo.commit(folder / "second", {"growth/churn.ipynb": team.notebook("Later", colour="red"), "methods/guide.md": None}, day=5)
        self.roots = (first, folder / "second")
        for root in self.roots:
            team.site(root, folder / f"clean-{root.name}")
        self.sites = {root: team.tree(folder / f"clean-{root.name}") for root in self.roots}

    def together(self, jobs: list[tuple[Path, Path, Path]]) -> None:
        """Build all of (repository, site, cache) at once; each has to succeed without a word, and each site has to be one that was asked for."""
        builds = [lawful.start(root, out, cache, "--jobs", "2", said=subprocess.PIPE) for root, out, cache in jobs]
        said = [(build.communicate(timeout=240)[1], build.returncode) for build in builds]
        assert [code for _, code in said] == [0] * len(said), said
        for out in {out for _, out, _ in jobs}:
            wanted = [self.sites[root] for root, other, _ in jobs if other == out]
            assert team.tree(out) in wanted
            assert lawful.wrong(out) == []
            assert {file.name for file in out.parent.iterdir() if file.name.startswith(".")} == set()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("together"))


def _round(place: Place, folder: Path, seed: int, builds: int) -> None:
    """Some builds of either clone, into one folder or several, with one cache: first all cold, then again when there is a site."""
    chance = random.Random(seed)
    outs = [folder / f"public-{number}" for number in range(chance.choice([1, 1, 2]))]
    for _ in range(2):
        both = chance.random() < 0.5
        place.together(
            [(chance.choice(place.roots) if both else place.roots[seed % 2], chance.choice(outs), folder / "cache") for _ in range(builds)]
        )


def test_builds_at_once_make_a_whole_site(place: Place, tmp_path: Path) -> None:
    """Three builds with one cache, of two states of the repository into one folder."""
    place.together([(root, tmp_path / "public", tmp_path / "cache") for root in (*place.roots, place.roots[0])])


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_two_to_eight_builds_at_once_make_a_whole_site(place: Place, tmp_path: Path, seed: int) -> None:
    """Twenty rounds."""
    _round(place, tmp_path, seed, 2 + seed % 7)
