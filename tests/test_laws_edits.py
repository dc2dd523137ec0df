"""An incremental build makes what a clean one makes, after whatever edit."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

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
    hidden = chance.choice(["draft: true", "private: yes", "subtitle: shown"])
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
    """After each of ten random edits the incremental build equals a clean one."""
    _equal_after_edits(tmp_path, seed, 10)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_incremental_equals_clean_after_each_of_two_hundred_edits(tmp_path: Path, seed: int) -> None:
    """Ten sequences of twenty edits: changes, renames, deletions, additions, tags, headers that break and are mended, settings, team, theme, pictures."""
    _equal_after_edits(tmp_path, seed, 20)
