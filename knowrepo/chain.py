"""A chain of theme folders, read. What the files mean is ``pages.theme``'s business: here nothing has to be loaded to see that none has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from knowrepo import disk, shipped
from knowrepo.errors import ThemeError

Files = Mapping[str, tuple[Path, bytes]]
"""The files of a theme by their names in it (``templates/post.html``): where each lies, and its bytes."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The files of each folder, the most particular first; ``fingerprint`` tells whether any of them has changed."""

    folders: tuple[Files, ...]
    fingerprint: str


def base() -> Path:
    """The folder of the base theme."""
    return shipped.themes() / "base"


def of(root: Path, theme: str) -> tuple[Path, ...]:
    """The chain of a repository that has chosen a theme: its own folder, the theme's, the base theme. Raises ThemeError for a link."""
    own = root / "theme"
    named = () if theme == "base" else (root / theme,)
    for folder in (own, *named):
        if folder.is_symlink():
            raise ThemeError(
                f"the theme folder {folder.name} is a link", hint="put the folder itself in its place: links may lead out of the repository"
            )
    return (*((own,) if own.is_dir() else ()), *named, base())


def read(*folders: Path) -> Chain:
    """Every regular file of these folders; links are not followed, since they may lead out of the repository.

    Raises ThemeError for a folder that is not there.
    """
    found: list[Files] = []
    digest = hashlib.sha256()
    for folder in folders:
        if not folder.is_dir():
            raise ThemeError(f"the theme folder {folder} does not exist", hint="correct `theme` in knowrepo.yml, or make the folder")
        files = {name: (folder / name, (folder / name).read_bytes()) for name in disk.files(str(folder))}
        for name, (_, data) in files.items():
            digest.update(b"%s\0%d\0%s" % (os.fsencode(name), len(data), data))
        digest.update(b"\0")
        found.append(MappingProxyType(files))
    return Chain(tuple(found), digest.hexdigest())
