"""Whether there is anything to do: answered without reading a post or loading what makes one, and never wrongly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowrepo import build, workshop
from knowrepo.cache import Cache
from knowrepo.workshop import Given, Options, Report, Workshop
from knowrepo.write import Written
from tests import gitrepo, lawful, team

MAKING = {"build", "drafts", "making", "pages", "read", "render", "search", "serve", "site", "workers"}
"""The rooms that make something."""
LIGHT = {"anyascii", "click", "cython_runtime", "knowrepo", "orjson", "sitecustomize", "yaml"}
"""Everything besides the standard library that an unchanged build loads; cython_runtime is PyYAML's."""

SPY = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
from knowrepo.cli import cli
cli(sys.argv[1:], standalone_mode=False)
print("\\n".join(sys.modules), "", *opened, sep="\\n")
"""
"""A command that prints the modules that it loaded and, after an empty line, the files that it opened."""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """The workshop of a repository whose site is up to date."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    shop = Workshop(repository, tmp_path / "public", Cache(tmp_path / "cache"))
    build.build(shop)
    return shop


def is_made(shop: Workshop) -> bool:
    """Whether a build would make the site."""
    calls = []

    def make(_shop: Workshop, given: Given) -> Report:
        calls.append(given.key)
        return Report((), (), ())

    workshop.up_to_date(shop, make)
    return bool(calls)


def test_an_unchanged_build_reads_no_post_and_loads_nothing_that_makes_one(tmp_path: Path) -> None:
    """Where nothing changed, the command loads click, orjson, PyYAML and anyascii, and opens no file of the repository but the settings and the theme."""
    files = {**lawful.FILES, "theme/assets/extra.css": "a { color: red }"}
    repository = gitrepo.make(tmp_path / "repo", files)
    lawful.run(lawful.command(repository, "build"))
    command = [sys.executable, "-c", SPY, "-C", str(repository), "build", "--quiet"]
    modules, _, opened = subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition("\n\n")
    loaded = {name.split(".")[0] for name in modules.splitlines() if not name.startswith("_")}
    assert loaded - LIGHT <= set(sys.stdlib_module_names)
    assert not {name.split(".")[1] for name in modules.splitlines() if name.startswith("knowrepo.")} & MAKING
    ours = [name for name in opened.splitlines() if name.startswith(f"{repository}/") and "/.knowrepo/" not in name]
    assert sorted(name.removeprefix(f"{repository}/") for name in ours) == [
        "knowrepo.yml",
        "public/.knowrepo-manifest.json",
        "theme/assets/extra.css",
    ]


def test_what_is_unchanged_is_not_made(shop: Workshop) -> None:
    """A build of the same tells what the first one said, and makes nothing."""
    first = replace(build.examine(shop), written=Written(0, len(team.tree(shop.out)), 0))
    assert not is_made(shop)
    assert build.build(shop) == first


CHANGES: dict[str, Callable[[Workshop], object]] = {
    "a post": lambda shop: gitrepo.write(shop.root, {"growth/churn.ipynb": team.notebook("Churn", word="drivers")}),
    "a new name": lambda shop: gitrepo.git(shop.root, "mv", "notes.md", "news.md"),
    "a file that is no post": lambda shop: gitrepo.write(shop.root, {"methods/data.csv": "a,b\n1,3\n"}),
    "a commit": lambda shop: gitrepo.commit(shop.root, {}, day=9),
    "the settings": lambda shop: gitrepo.write(shop.root, {"knowrepo.yml": "title: Another\n"}),
    "the theme": lambda shop: gitrepo.write(shop.root, {"theme/assets/more.css": "a { color: red }"}),
    "a page that is gone": lambda shop: (shop.out / "index.html").unlink(),
    "a page that was cut": lambda shop: (shop.out / "index.html").write_bytes(b"<"),
    "an option": lambda shop: replace(shop, options=Options(drafts=True)),
    "another address": lambda shop: replace(shop, options=Options(site_url="https://other.example/", branch="topic")),
    "another cache": lambda shop: replace(shop, cache=Cache(shop.out.with_name("another"))),
    "another folder": lambda shop: replace(shop, out=shop.out.with_name("another")),
}
"""What changes, in the repository or in the workshop."""


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_is_seen(shop: Workshop, name: str) -> None:
    """Whatever a site is made from, or is missing in it, the next build sees that it has changed."""
    changed = CHANGES[name](shop)
    assert is_made(changed if isinstance(changed, Workshop) else shop)
