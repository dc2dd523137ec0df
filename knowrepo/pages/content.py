"""The bytes of a Content."""

from __future__ import annotations

from pathlib import Path

from knowrepo.model import Content


def load(content: Content) -> bytes:
    """The bytes themselves, wherever they lie. Raises OSError if their file is gone."""
    return content if isinstance(content, bytes) else Path(content.file).read_bytes()
