"""An incremental build makes what a clean one makes, after whatever edit."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowrepo.build import Options, Workshop, build
from knowrepo.cache import Cache
from knowrepo.errors import Superseded
from tests import gitrepo, lawful, team


def _retitle(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {"growth/churn.ipynb": team.notebook(f"Churn {chance.random()}")})


def _retag(root: Path, chance: random.Random) -> None:
    tag = chance.choice(["pricing", "method", "Growth", "c++"])
    gitrepo.write(root, {"growth/price.ipynb": team.notebook("Prices", tags=f"[{tag}]", authors="[Bob Ross]")})


def _add(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {f"growth/new-{chance.randrange(4)}.md": team.header(f"New {chance.random()}") + "\nText.\n"})


def _delete(root: Path, chance: random.Random) -> None:
    posts = [path for path in sorted(root.rglob("*.md")) if ".git" not in path.parts]
    if posts:
        chance.choice(posts).unlink()


def _rename(root: Path, chance: random.Random) -> None:
    posts = [path for path in sorted(root.rglob("*.ipynb")) if ".git" not in path.parts]
    if posts:
        chosen = chance.choice(posts)
        chosen.rename(chosen.with_name(f"moved-{chance.randrange(3)}.ipynb"))


def _hide(root: Path, chance: random.Random) -> None:
    hidden = chance.choice(["draft: true", "private: true", "subtitle: shown"])
    gitrepo.write(root, {"methods/guide.md": team.header("The guide", hidden) + "\nText.\n"})


def _break(root: Path, _chance: random.Random) -> None:
    gitrepo.write(root, {"methods/script.py": "# ---\n# title: [unclosed\n# ---\n\n# %%\n1\n"})


def _repair(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {"methods/script.py": f"# ---\n# title: Script {chance.randrange(2)}\n# authors: [Bob Ross]\n# ---\n\n# %%\n1\n"})


def _course(root: Path, chance: random.Random) -> None:
    parts = chance.sample(["one", "two", "three"], chance.randrange(4))
    for name in ("one", "two", "three"):
        series = f"series: {chance.choice(['A course', 'Another'])}" if name in parts else "subtitle: alone"
        link = f"[there]({chance.choice(['one', 'two', 'three'])}.md)"
        gitrepo.write(root, {f"course/{name}.md": team.header(name, series) + f"\nSee {link}.\n"})


def _knit(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {"methods/report.md": f"Prose.\n\n``` r\nsummary(cars)\n```\n\n    ##  speed {chance.random()}\n"})


def _move(root: Path, chance: random.Random) -> None:
    folders = sorted(folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith(".") and folder.name != "theme")
    target = root / f"moved {chance.randrange(2)}"
    if folders and not target.exists():
        chance.choice(folders).rename(target)


def _template(root: Path, chance: random.Random) -> None:
    page = (lawful.ROOT / "themes/base/templates/post.html").read_text("utf-8")
    gitrepo.write(root, {"theme/templates/post.html": page.replace("</main>", f"<p>{chance.randrange(3)}</p></main>")})


def _plain(root: Path, _chance: random.Random) -> None:
    shutil.rmtree(root / "theme", ignore_errors=True)


def _settings(root: Path, chance: random.Random) -> None:
    pinned = chance.choice(["growth/churn.ipynb", "methods/guide.md", "nowhere.md"])
    (root / "knowrepo.yml").write_text(f"title: Team {chance.randrange(3)}\nposts_per_page: {chance.randrange(1, 4)}\npinned: {pinned}\n")


def _team(root: Path, chance: random.Random) -> None:
    name = chance.choice(["Ada Lovelace", "Countess of Lovelace"])
    (root / "authors.yml").write_text(f"Ada Lovelace: {{name: {name}, role: Role {chance.randrange(3)}}}\n")
    (root / "tags.yml").write_text(
        f"growth: {{description: {chance.random()}, owner: Bob Ross, aliases: {chance.choice(['pricing', 'c++'])}}}\n"
    )


def _theme(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {"theme/extra.css": f"/* {chance.random()} */"})


def _repaint(root: Path, chance: random.Random) -> None:
    gitrepo.write(root, {"methods/plot.png": team.picture(chance.choice(["red", "green", "blue"]))})


EDITS: tuple[Callable[[Path, random.Random], None], ...] = (
    _retitle, _retag, _add, _delete, _rename, _hide, _break, _repair, _course, _knit, _move, _settings, _team, _theme, _template, _plain, _repaint,
)  # fmt: skip


def _equal_after_edits(folder: Path, seed: int, edits: int) -> None:
    root = gitrepo.make(folder / "repo", lawful.FILES)
    chance = random.Random(seed)
    done: list[str] = []
    for number in range(edits):
        edit = chance.choice(EDITS)
        edit(root, chance)
        done.append(edit.__name__)
        if chance.random() < 0.7:
            gitrepo.commit(root, {}, day=number + 1)
            done.append("commit")
        team.site(root, folder / "incremental", folder / "cache", worktree=True)
        for left in ("clean", "clean-cache"):
            shutil.rmtree(folder / left, ignore_errors=True)
        team.site(root, folder / "clean", worktree=True)
        found = lawful.differences(team.tree(folder / "incremental"), team.tree(folder / "clean"))
        assert found == [], f"seed {seed}, after {', '.join(done)}"


@pytest.mark.parametrize("seed", range(2))
def test_incremental_equals_clean(tmp_path: Path, seed: int) -> None:
    """After each of eight random edits the incremental build equals a clean one."""
    _equal_after_edits(tmp_path, seed, 8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_incremental_equals_clean_after_each_of_two_hundred_edits(tmp_path: Path, seed: int) -> None:
    """Ten sequences of twenty edits: changes, renames, deletions, additions, tags, headers that break and are mended, settings, team, theme, pictures."""
    _equal_after_edits(tmp_path, seed, 20)


FEW = ("growth/churn.ipynb", "methods/guide.md", "methods/plot.png", "methods/report.Rmd", "methods/report.md", "authors.yml")


@pytest.mark.parametrize("path", [path for path in FEW if path != "methods/guide.md"])
def test_a_file_that_is_saved_while_the_site_is_built(tmp_path: Path, path: str) -> None:
    """What was saved between the first look and the reading is in the site; once it is taken back nothing of it is left in the cache."""
    root = gitrepo.make(tmp_path / "repo", {few: lawful.FILES[few] for few in FEW})
    before = (root / path).read_bytes()
    saved = before.replace(b"Churn", b"Chorn").replace(b"Prose", b"Verse").replace(b"Countess", b"Duchess")
    saved = team.picture("red") if path.endswith(".png") else saved
    assert saved != before

    def save(_done: int, _all: int, _path: str) -> None:
        if (root / path).read_bytes() == before:
            (root / path).write_bytes(saved)

    shop = Workshop(root, tmp_path / "out", Cache(tmp_path / "cache"), Options(worktree=True), save, jobs=1)
    build(shop)
    team.site(root, tmp_path / "later", worktree=True)
    assert lawful.differences(team.tree(tmp_path / "out"), team.tree(tmp_path / "later")) == []
    (root / path).write_bytes(before)
    build(replace(shop, progress=lambda _done, _all, _path: None))
    team.site(root, tmp_path / "sooner", worktree=True)
    assert lawful.differences(team.tree(tmp_path / "out"), team.tree(tmp_path / "sooner")) == []


def test_a_build_gives_way_to_a_newer_one(tmp_path: Path) -> None:
    """Given up at whatever moment, a build leaves the old site and nothing beside it."""
    root = gitrepo.make(tmp_path / "repo", lawful.FILES)
    team.site(root, tmp_path / "site/out", tmp_path / "cache")
    old = team.tree(tmp_path / "site/out")
    gitrepo.commit(root, {"growth/churn.ipynb": team.notebook("Later")}, day=5)
    for patience in (0, 1, 2, 20, 60):
        asked = itertools.count()
        shop = Workshop(root, tmp_path / "site/out", Cache(tmp_path / "cache"), superseded=lambda: next(asked) >= patience)  # noqa: B023
        with pytest.raises(Superseded):
            build(shop)
        assert team.tree(tmp_path / "site/out") == old
        assert [file.name for file in (tmp_path / "site").iterdir()] == ["out"]
    build(replace(shop, superseded=lambda: False))
    assert team.tree(tmp_path / "site/out") != old
