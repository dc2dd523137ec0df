"""``knowrepo why``: every reason why a file does not appear, and where it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from knowrepo.cli import cli
from tests import gitrepo, lawful, team

FILES: gitrepo.Files = {
    **lawful.FILES,
    "knowrepo.yml": "exclude: ['old/']\nexclude_tags: [hush]\nassets: ['*.csv']\n",
    ".gitignore": "public/\nscratch/\n",
    "private.md": team.header("P", "private: true") + "x\n",
    "private.meta.yml": "note: x\n",
    "draft.md": team.header("D", "draft: true") + "x\n",
    "tagged.md": team.header("T", tags="[hush]") + "x\n",
    "broken.md": team.header("B", "private: maybe") + "x\n",
    "old/x.md": team.header("O") + "x\n",
    ".hidden/x.md": team.header("H") + "x\n",
    "two/README.md": "One.\n",
    "two/readme.md": "Other.\n",
    "two/post.md": team.header("Two") + "x\n",
    "paper.docx": b"PK",
    "gone.md": team.header("G") + "x\n",
}

ANSWERS = {
    "growth/churn.ipynb": (True, 'it is the post "Churn"'),
    "growth/README.md": (True, "it is the page of its folder, growth"),
    "methods/plot.png": (True, "it is published beside"),
    "methods/data.csv": (True, "it is published beside methods/guide.md"),
    "methods/report.md": (True, "it belongs to methods/report.Rmd, which shows what it holds"),
    "two/readme.md": (False, "two/README.md is this folder's page already"),
    "notes.md": (False, "it is left out: no header"),
    "private.md": (False, "it is left out: private"),
    "private.meta.yml": (False, "it belongs to private.md, and of that it is left out: private"),
    "draft.md": (False, "it is left out: draft"),
    "tagged.md": (False, "it is left out: excluded tag"),
    "broken.md": (False, "there is an error in it: private: must be true or false, without quotes (broken.md:7)"),
    "old/x.md": (False, '`exclude` in knowrepo.yml names it: "old/"'),
    ".hidden/x.md": (False, 'a part of its path begins with a dot: ".hidden"'),
    "scratch/x.md": (False, "Git ignores it: .gitignore:2: scratch/"),
    "new.md": (False, "not tracked by Git"),
    "new.png": (False, "Git does not track it"),
    "link.md": (False, "it is a link to growth/churn.ipynb"),
    "paper.docx": (False, "a file that ends in .docx is no post, and no post shows it"),
    "gone.md": (False, "tracked by Git but not on disk"),
    "nowhere.md": (False, "there is no such file"),
    "growth": (False, "it is a folder"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("why") / "repo"
    root.mkdir()
    (root / "link.md").symlink_to("growth/churn.ipynb")
    gitrepo.make(root, FILES)
    gitrepo.write(root, {"scratch/x.md": team.header("S"), "new.md": team.header("N"), "new.png": b"", "gone.md": None})
    return root


def why(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "why", *arguments], catch_exceptions=False)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_file_has_an_answer(repository: Path, path: str) -> None:
    """It says where the file appears, or the one reason why not; the exit status says which."""
    done = why(repository, path, "--json")
    told = json.loads(done.stdout)
    appears, reason = ANSWERS[path]
    assert (told["published"], done.exit_code) == (appears, int(not appears))
    assert reason in told["message"]
    assert bool(told["urls"]) is appears


def test_the_pages_that_are_named_are_there(repository: Path, tmp_path: Path) -> None:
    """Every URL of the answer is a file of the site."""
    team.site(repository, tmp_path / "out")
    for path, (appears, _) in ANSWERS.items():
        urls = json.loads(why(repository, path, "--json").stdout)["urls"]
        assert all((tmp_path / "out" / url).is_file() for url in urls)
        assert bool(urls) is appears


def test_what_is_chosen_counts(repository: Path) -> None:
    """With --drafts a draft appears, with --worktree a new file."""
    assert why(repository, "draft.md", "--drafts").stdout.startswith(
        'draft.md is on the site: it is the post "D"\n  posts/draft/index.html\n'
    )
    assert why(repository, "new.md", "--worktree").exit_code == 0


def test_an_answer_in_words(repository: Path) -> None:
    """Two lines: why, and the way out."""
    assert why(repository, "notes.md").stdout == (
        "notes.md is not on the site: it is left out: no header\n"
        "help: give it a header (`knowrepo new --from` does), or name its folder in `include`\n"
    )
    assert why(repository, "../x").exit_code == 2
