"""Compressed files beside text files."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # has no types
import pytest

from knowrepo import cache, precompress
from knowrepo.build import Report
from knowrepo.cache import Cache
from knowrepo.model import Artifact
from tests import gitrepo, team

TEXT = b"<p>the same words, the same words, the same words</p>\n" * 20


def beside(folder: Path, *artifacts: Artifact) -> dict[str, bytes]:
    return {made.path: cache.load(made.content) for made in precompress.beside(artifacts, Cache(folder))}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gitrepo.make(tmp_path_factory.mktemp("precompress") / "repo", team.FILES)


def built(repository: Path, folder: Path, wanted: bool = True) -> Report:
    return team.site(repository, folder / "out", folder / "cache", precompress=wanted)


def test_text_gets_a_gz_and_a_br_that_unpack_to_it(tmp_path: Path) -> None:
    """Both unpack to the very bytes; the header of gzip names no time and no system."""
    made = beside(tmp_path, Artifact("a/index.html", TEXT), Artifact("plot.png", TEXT), Artifact("index.bin", TEXT))
    assert list(made) == ["a/index.html", "plot.png", "index.bin", "a/index.html.gz", "a/index.html.br"]
    assert gzip.decompress(made["a/index.html.gz"]) == brotli.decompress(made["a/index.html.br"]) == TEXT
    assert made["a/index.html.gz"][4:10] == b"\0\0\0\0\2\xff"


def test_what_does_not_get_smaller_has_none(tmp_path: Path) -> None:
    """A few bytes are not worth a file."""
    assert list(beside(tmp_path, Artifact("robots.txt", b"x"))) == ["robots.txt"]


def test_a_file_of_that_name_is_kept(tmp_path: Path) -> None:
    """Where a post publishes data.csv.gz beside data.csv, it stays what it is."""
    made = beside(tmp_path, Artifact("data.csv", TEXT), Artifact("data.csv.gz", b"the team's own"))
    assert list(made) == ["data.csv", "data.csv.gz", "data.csv.br"]
    assert made["data.csv.gz"] == b"the team's own"


def test_nothing_is_compressed_twice(tmp_path: Path) -> None:
    """What was made of a content is found in the cache, under whatever path the content comes again."""
    beside(tmp_path, Artifact("a.html", TEXT))
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}
    assert beside(tmp_path, Artifact("b.html", TEXT))["b.html.gz"]
    assert before == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}


def test_the_option_adds_files_and_changes_none(repository: Path, tmp_path: Path) -> None:
    """With the option each page has both; the manifest knows them; without it they are gone, and the others were never touched."""
    without = team.site(repository, tmp_path / "plain").written.written
    report = built(repository, tmp_path)
    plain, both = team.tree(tmp_path / "plain"), team.tree(tmp_path / "out")
    assert {path: data for path, data in both.items() if not path.endswith((".gz", ".br"))} == plain
    added = [path for path in both if path.endswith((".gz", ".br"))]
    assert {"index.html.gz", "index.html.br", "site.json.gz", "posts/growth/churn/churn.ipynb.br"} <= set(added)
    assert not [path for path in added if path.rsplit(".", 2)[1] in ("png", "webp", "woff2", "bin", "gz", "br")]
    for path in added:
        unpack = zlib.decompressobj(wbits=31).decompress if path.endswith(".gz") else brotli.decompress
        assert unpack(both[path]) == plain[path[:-3]]
    assert report.written.written == without + len(added)
    times = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("*") if file.name in ("index.html", "site.json")}
    assert built(repository, tmp_path).written.written == 0
    assert built(repository, tmp_path, wanted=False).written.removed == len(added)
    assert team.tree(tmp_path / "out") == plain
    assert times == {file: file.stat().st_mtime_ns for file in times}
