"""What comes with the package and is no Python: the base theme, the scripts, the vendored libraries, the GitLab jobs, the page about problems."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def themes() -> Path:
    """The folder ``themes``. Like all of these it is inside the package when installed from a wheel, beside it in a working copy."""
    return _folder("themes")


def gitlab_jobs() -> Path:
    """The GitLab jobs as a CI/CD component: a header with its inputs, and the jobs. It lies where GitLab looks for components."""
    return _folder("templates") / "pages.yml"


def problems() -> Path:
    """The page of the guide that describes every problem."""
    inside = _PACKAGE / "problems.md"
    return inside if inside.is_file() else _PACKAGE.parent / "docs" / "problems.md"


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
