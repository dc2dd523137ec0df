"""The wheel: all that a fresh environment needs is inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import gitrepo, team

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)], cwd=ROOT, check=True, capture_output=True
    )
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_holds_the_theme_and_no_tests(wheel: Path) -> None:
    """Theme, GitLab jobs, preview script and typing marker are inside; tests, samples and docs are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "themes/base/templates/post.html",
        "themes/base/assets/base.css",
        "themes/base/frame.html",
        "themes/vendor/plotly.js",
        "themes/cards/bold.ttf",
        "templates/pages.yml",
        "problems.md",
        "serve/preview.js",
        "py.typed",
    ):
        assert f"knowrepo/{wanted}" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"knowrepo"}


def test_the_wheel_builds_a_site_by_itself(wheel: Path, tmp_path: Path) -> None:
    """Installed away from the checkout, knowrepo finds its theme and builds the same bytes as the editable install."""
    installed = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(installed), str(wheel)],
        check=True,
        capture_output=True,
    )
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    code = "import sys, knowrepo; assert knowrepo.__file__.startswith(sys.argv.pop(1)); from knowrepo.cli import main; main()"
    command = [sys.executable, "-c", code, str(installed), "-C", str(repository), "build", "-q", "--out", str(tmp_path / "a")]
    subprocess.run(command, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)})
    team.site(repository, tmp_path / "b")
    assert team.tree(tmp_path / "a") == team.tree(tmp_path / "b")
