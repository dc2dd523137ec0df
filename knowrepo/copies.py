"""The files of the repository that are published as they are: pictures, the posts' sources and listed files. Each is looked at before.

A server that does not know a suffix guesses the type from the first bytes (GitLab Pages does, by Go's http.DetectContentType). A file that begins
like HTML would then be a page of the site, with whatever script it holds: so nothing that begins with ``<`` is published as it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from knowrepo import blobs, git, links
from knowrepo.errors import SourceChanged
from knowrepo.model import Draft, Found, Problem, Repository, Severity, Stored
from knowrepo.render import images

_SUFFIXES = """.arrow .bib .bz2 .csv .docx .feather .geojson .gz .h5 .hdf5 .ipynb .jl .json .jsonl .log .md .npy .npz .ods .odt .parquet .pdf .pptx
    .py .qmd .r .rds .rmd .sql .tex .toml .tsv .txt .xlsx .xz .yaml .yml .zip"""
SUFFIXES = frozenset(_SUFFIXES.split())
"""What a listed file may be: data, text and documents; nothing that a browser would run."""

LIMIT = 5_000_000
"""A longer file, in bytes, is not small: a link to it leads to the project."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Files of the repository by path: ``pictures`` that posts show, the ``sources`` of posts as far as they may be downloaded, listed ``assets``.

    ``left_out`` are the posts that the site does not have, and what belongs to them: nothing leads there.
    """

    pictures: Mapping[str, Found] = field(default_factory=dict)
    sources: Mapping[str, Stored] = field(default_factory=dict)
    assets: Mapping[str, Stored] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    left_out: Set[str] = frozenset()


def of(drafts: Sequence[Draft], repository: Repository, listed: Callable[[str], bool], left_out: Set[str] = frozenset()) -> Copies:
    """What these posts need; ``listed`` says of a path whether the settings name it. Raises SourceChanged for a file that is gone."""
    pictures = {path: _picture(repository, path) for path in sorted(links.pictures(drafts, repository.files))}
    wanted = sorted(links.assets(drafts, repository.files, listed) - left_out)
    refused = {path: why for path in wanted if (why := _refused(repository, path))}
    return Copies(
        pictures={path: found for path, found in pictures.items() if found},
        sources={draft.source.path: _stored(repository, draft.source.path) for draft in drafts if draft.downloadable},
        assets={path: _stored(repository, path) for path in wanted if path not in refused},
        problems=tuple(_complaint(path, why) for path, why in refused.items()),
        left_out=left_out,
    )


def begins_like_html(data: bytes) -> bool:
    """Whether a server could take the bytes for HTML or XML."""
    return data.removeprefix(b"\xef\xbb\xbf")[:512].lstrip()[:1] == b"<"


def _refused(repository: Repository, path: str) -> str:
    """Why a listed file is not published, or ""."""
    suffix = posixpath.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        return f"`{suffix or posixpath.basename(path)}` files are not published"
    try:
        data = git.read_file(Path(repository.root), path, LIMIT)
    except git.Unreadable as error:
        return str(error)
    return "it begins like HTML, and a server might show it as a page" if begins_like_html(data) else ""


def _complaint(path: str, why: str) -> Problem:
    hint = "take it out of `assets`; a link to it then leads to the project"
    return Problem(path, f"it is listed in `assets`, but not published: {why}", "asset-refused", hint=hint, severity=Severity.WARNING)


def _picture(repository: Repository, path: str) -> Found | None:
    root = Path(repository.root)
    try:
        data = blobs.verified(path, git.read_file(root, path, images.LIMIT), repository.files[path])
    except git.Unreadable:
        return None
    picture = images.probe(data)
    if not picture:
        return None
    content = Stored(f"git-{repository.files[path]}", str(root / path), len(data))
    return Found(picture, content, images.data_url(data) if picture.format == "svg" else "")


def _stored(repository: Repository, path: str) -> Stored:
    file = Path(repository.root) / path
    try:
        return Stored(f"git-{repository.files[path]}", str(file), file.stat().st_size)
    except OSError as error:
        raise SourceChanged(path) from error
