"""The site of sample_repo, which has every kind of page, as a team's project would publish it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import gitrepo, team

ROOT = Path(__file__).parent.parent
ADDRESS = "https://team.example/notes/"


def build(temporary: pytest.TempPathFactory, address: str = ADDRESS) -> Path:
    """Build it with several pages of the feed; without an address it is as in an artifact browser. Builds of one run share a cache. Returns its folder."""
    folder = temporary.mktemp("sample")
    repository = folder / "sample"
    shutil.copytree(ROOT / "sample_repo", repository, ignore=shutil.ignore_patterns(".knowrepo", "public"))
    settings = repository / "knowrepo.yml"
    said = "".join(
        line + "\n" for line in settings.read_text("utf-8").splitlines() if not line.startswith(("site_url:", "posts_per_page:"))
    )
    settings.write_text(f"{said}posts_per_page: 5\n" + (f"site_url: {address}\n" if address else ""), "utf-8")
    gitrepo.make(repository, {})
    gitrepo.git(repository, "remote", "add", "origin", "git@gitlab.example:team/sample.git")
    team.site(repository, folder / "site", temporary.getbasetemp() / "sample-cache")
    return folder / "site"
