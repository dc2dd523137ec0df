"""What comes with the package and is no Python: the base theme, the scripts, the vendored libraries."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def themes() -> Path:
    """The folder ``themes``: inside the package when installed from a wheel, beside it in a working copy."""
    inside = _PACKAGE / "themes"
    return inside if inside.is_dir() else _PACKAGE.parent / "themes"
