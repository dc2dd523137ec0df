"""Several sites from one repository: one for everybody, one for each audience that the settings name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from knowrepo import config
from knowrepo.cli import cli
from knowrepo.errors import ConfigError
from knowrepo.model import Audience
from tests import gitrepo, team

SETTINGS = """site_url: https://all.example/
audiences:
- {name: finance, groups: [finance, board], title: For finance, site_url: 'https://finance.example'}
- {name: editors, out: sites/editors, drafts: yes}
"""
FILES = {
    "knowrepo.yml": SETTINGS,
    "all.md": team.header("For all") + "x\n",
    "money.md": team.header("Money", "allowed_groups: [board]") + "x\n",
    "hr.md": team.header("People", "private: true", "allowed_groups: [hr]") + "x\n",
    "later.md": team.header("Later", "draft: true") + "[money](money.md)\n",
}


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments], catch_exceptions=False)


def posts(out: Path) -> set[str]:
    return {file.parent.name for file in out.glob("posts/*/index.html")}


def test_a_build_makes_the_sites_of_all_audiences(tmp_path: Path) -> None:
    """Each has its own folder with what it may read; what all may read is rendered once; a second build writes nothing."""
    root = gitrepo.make(tmp_path, FILES)
    told = json.loads(run(root, "build", "--json").stdout)
    assert posts(root / "public") == {"all"}
    assert posts(root / "public-finance") == {"all", "money"}
    assert posts(root / "sites/editors") == {"all", "later"}
    assert (told["rendered"], told["audiences"]["finance"]["rendered"], told["audiences"]["editors"]["rendered"]) == (1, 1, 1)
    assert "<title>For finance</title>" in (root / "public-finance/index.html").read_text()
    assert b"finance" not in b"".join(team.tree(root / "public").values())
    assert "https://finance.example/" in (root / "public-finance/feed.xml").read_text()
    assert "noindex" in (root / "sites/editors/index.html").read_text()
    again = json.loads(run(root, "build", "--json", "--worktree").stdout)
    assert (again["written"], again["audiences"]["finance"]["written"]) == (0, 0)


def test_an_audience_of_the_command_line_is_one_site(tmp_path: Path) -> None:
    """With --audience only that site is made."""
    root = gitrepo.make(tmp_path, FILES)
    run(root, "build", "--audience", "hr", "--out", "people")
    assert posts(root / "people") == {"all", "hr"}
    assert not (root / "public-finance").exists()


def test_check_looks_at_the_posts_of_all_audiences(tmp_path: Path) -> None:
    """A broken link in a private post that some audience may read is told; what no site has is told as left out."""
    root = gitrepo.make(tmp_path, {**FILES, "money.md": FILES["money.md"] + "[x](nowhere.md)\n"})
    told = json.loads(run(root, "check", "--json").stdout)
    assert [problem["path"] for problem in told["problems"] if problem["rule"] == "link-broken"] == ["money.md"]
    assert [left["path"] for left in told["skipped"]] == ["hr.md"]


@pytest.mark.parametrize(
    ("audience", "out"), [("finance", "public/finance"), ("finance", "."), ("public", "public"), ("a", "sites/editors/a")]
)
def test_no_site_lies_in_another(tmp_path: Path, audience: str, out: str) -> None:
    """A folder that would be published with another one is refused before anything is written."""
    settings = f"audiences: [{{name: {audience}, out: {out}}}, {{name: editors, out: sites/editors}}]\n"
    root = gitrepo.make(tmp_path, {**FILES, "knowrepo.yml": settings})
    done = run(root, "build")
    assert done.exit_code == 2
    assert "lies in that of another" in done.output
    assert not (root / "public").exists()


def test_what_the_settings_say() -> None:
    """A name is enough: its group and its folder are called after it."""
    assert config.load(b"audiences: [{name: hr}]").audiences == (Audience("hr", ("hr",), "public-hr"),)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("audiences: [{groups: [a]}]", "an audience needs a name"),
        ("audiences: finance", "an audience is a map"),
        ("audiences: [{name: a b}]", "is not a name of letters"),
        ("audiences: [{name: ../a}]", "is not a name of letters"),
        ("audiences: [{name: a, out: ../a}]", "is not a path inside"),
        ("audiences: [{name: a, group: b}]", 'unknown key "group"'),
        ("audiences: [{name: a, groups: [b]}, {name: a, groups: [c]}]", 'two audiences have the name "a"'),
        ("audiences: [{name: a, out: x}, {name: b, out: x}]", 'two audiences have the folder "x"'),
    ],
)
def test_mistakes_in_audiences(settings: str, message: str) -> None:
    """A mistake stops everything: a site for the wrong people is worse than none."""
    with pytest.raises(ConfigError, match=message):
        config.load(settings.encode())
