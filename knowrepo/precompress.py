"""Compressed files beside text files, for servers that hand them out as they are: GitLab Pages does, nginx with ``gzip_static`` too.

Levels by measurement, on 73 MB of pages and notebooks: gzip 9 takes 2.7 s for 39.3 MB, brotli 6 2.1 s for 37.3 MB, 9 18 s for 37.0 MB, 11 minutes.
"""

from __future__ import annotations

import hashlib
import posixpath
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from knowrepo.blobs import gzipped
from knowrepo.cache import Cache, load
from knowrepo.model import Artifact, Content, Stored

_TEXT = """.bib .css .csv .geojson .html .ipynb .jl .js .json .jsonl .log .md .py .qmd .r .rmd .sql .svg .tex .toml .tsv .txt .webmanifest .xml .yaml
    .yml"""
TEXT = frozenset(_TEXT.split())
"""Suffixes of files that are compressed. Pictures and the search index are small as they are."""
_GZIP = 9
_BROTLI = 6


def beside(artifacts: Iterable[Artifact], cache: Cache) -> Iterator[Artifact]:
    """The artifacts, and after them a ``.gz`` and a ``.br`` for each text that gets smaller by it. A file that has such a name already keeps it.

    What was made of a content is kept in the cache under its digest.
    """
    taken: set[str] = set()
    made: list[Artifact] = []
    for artifact in artifacts:
        yield artifact
        taken.add(artifact.path)
        if posixpath.splitext(artifact.path)[1].lower() in TEXT:
            made += (Artifact(artifact.path + suffix, smaller) for suffix, smaller in _smaller(artifact, cache))
    yield from (each for each in made if each.path not in taken)


def encoders() -> tuple[str, ...]:
    """What the compressed bytes depend on, besides the text."""
    import brotli  # type: ignore[import-untyped]

    return ("gzip", str(_GZIP), zlib.ZLIB_RUNTIME_VERSION, "br", str(_BROTLI), brotli.__version__)


def brotlied(data: bytes) -> bytes:
    """As brotli does it (RFC 7932)."""
    import brotli

    return bytes(brotli.compress(data, quality=_BROTLI))


def _smaller(artifact: Artifact, cache: Cache) -> Iterator[tuple[str, Stored]]:
    content = artifact.content
    digest = content.digest if isinstance(content, Stored) else hashlib.sha256(content).hexdigest()
    size = content.size if isinstance(content, Stored) else len(content)
    for suffix, pack in _ENCODINGS.items():
        stored = cache.remember(("precompress", suffix, digest, encoders()), partial(_packed, pack, content))
        if stored.size < size:
            yield suffix, stored


def _packed(pack: Callable[[bytes], bytes], content: Content) -> bytes:
    return pack(load(content))


_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {".gz": partial(gzipped, level=_GZIP), ".br": brotlied}
