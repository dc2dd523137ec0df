"""The script libraries of interactive outputs: vendored with the package, and published only where a post needs them.

``libraries.json`` (``scripts/vendor`` writes it) names every file with its SHA-256 and size, so that no library is read unless it has to be written.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import orjson

from knowrepo.model import Artifact, Body, Post, Site, Stored

_VENDORED = "file-"

INDEX = "libraries.json"
MATHS = "temml"

Libraries = Mapping[str, tuple[Artifact, ...]]
"""Every library by name: its files as they are published, in the order in which they are loaded."""


def read(folder: Path, index: bytes) -> Libraries:
    """The libraries that lie in ``folder``, as its ``libraries.json`` lists them."""
    return MappingProxyType(
        {name: tuple(_artifact(folder, file) for file in library["files"]) for name, library in orjson.loads(index).items()}
    )


def needed(body: Body) -> frozenset[str]:
    """The names of the libraries of one post."""
    return frozenset(body.libraries) | ({MATHS} if body.maths else frozenset())


def has_frames(body: Body) -> bool:
    """Whether interactive outputs are among a post's: each has its data beside the page."""
    return any(asset.name.endswith(".json") for asset in body.assets)


def has_documents(body: Body) -> bool:
    """Whether a PDF is among a post's outputs: it is shown in a frame."""
    return any(asset.name.endswith(".pdf") for asset in body.assets)


def posts(site: Site) -> Iterator[Post]:
    """Every post that is shown on a page, the README of a folder among them."""
    yield from site.posts
    yield from (group.readme for group in site.folders if group.readme)


def used(bodies: Iterable[Body], libraries: Libraries) -> Iterator[Artifact]:
    """The files of the libraries that these posts need, each once."""
    for name in sorted(frozenset[str]().union(*map(needed, bodies)) & libraries.keys()):
        yield from libraries[name]


def integrity(file: Artifact) -> str:
    """What a ``<script integrity>`` and the policy say of a library's file."""
    assert isinstance(file.content, Stored)  # noqa: S101 - as ``read`` made it
    return "sha256-" + base64.b64encode(bytes.fromhex(file.content.digest.removeprefix(_VENDORED))).decode()


def _artifact(folder: Path, file: Mapping[str, str | int]) -> Artifact:
    name, digest = PurePosixPath(str(file["name"])), str(file["sha256"])
    return Artifact(f"assets/{name.stem}-{digest[:12]}{name.suffix}", Stored(_VENDORED + digest, str(folder / name), int(file["size"])))
