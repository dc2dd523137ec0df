"""What makes posts: its versions are those that are installed, wherever the code lies."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from knowrepo import makers

PACKAGE = Path(makers.__file__).parent


def test_the_versions_are_those_that_are_installed() -> None:
    """Python is named and every package that makes posts, each with the version that importlib.metadata tells."""
    told = makers.versions()
    assert told.pop("Python") == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert {"jinja2", "markdown-it-py", "mini-racer", "nh3", "pillow", "pyyaml"} <= told.keys()
    for name, version in told.items():
        assert metadata.version(name) == version


def test_the_fingerprint_is_that_of_the_code(tmp_path: Path) -> None:
    """A copy of the package elsewhere has the same fingerprint; one that differs by a letter, in whatever file makes posts, has another."""

    def told(folder: Path) -> str:
        code = "from knowrepo import makers; print(makers.__file__, makers.fingerprint())"
        said = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True).stdout.split()
        assert said[0].startswith(str(folder))
        return said[1]

    def copied(name: str) -> Path:
        shutil.copytree(PACKAGE, tmp_path / name / "knowrepo", ignore=shutil.ignore_patterns("__pycache__", "themes"))
        themes = PACKAGE / "themes" if (PACKAGE / "themes").is_dir() else PACKAGE.parent / "themes"
        shutil.copytree(themes, tmp_path / name / "knowrepo" / "themes")
        return tmp_path / name

    same = told(copied("same"))
    assert same == makers.fingerprint()
    for number, file in enumerate(("text.py", "pages/theme.py", "themes/scripts/tex.js", "themes/stemmers/de.js")):
        changed = copied(str(number))
        with contextlib.closing((changed / "knowrepo" / file).open("a")) as opened:
            opened.write("\n")
        assert told(changed) != same, file
