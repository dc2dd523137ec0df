"""The cache can be anything: a damaged entry counts as absent, and nothing is trusted that does not match its digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowrepo import blobs, cache
from knowrepo.cache import Cache
from knowrepo.errors import CacheDamaged, SourceChanged
from knowrepo.model import Stored

LINES = b"x\ny\n"


def files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.is_file()]


def test_what_is_put_is_found_again(tmp_path: Path) -> None:
    """A value lies under its key, and under no other."""
    shelf = Cache(tmp_path)
    shelf.put(cache.key("a", 1), b"value")
    assert shelf.get(cache.key("a", 1)) == b"value"
    assert shelf.get(cache.key("a", 2)) is None


def test_a_key_is_the_hash_of_the_arguments() -> None:
    """Equal arguments have equal keys, whatever the order of a set; different arguments have different ones."""
    assert cache.key({"a", "b"}, 1) == cache.key({"b", "a"}, 1)
    assert len({cache.key(*arguments) for arguments in ((1,), ("1",), (1, 2), ((1, 2),), ())}) == 5


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 36])
def test_a_truncated_entry_counts_as_absent(tmp_path: Path, length: int) -> None:
    """An entry cut anywhere is no entry."""
    shelf = Cache(tmp_path)
    shelf.put(cache.key("a"), b"value")
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:length])
    assert shelf.get(cache.key("a")) is None


def test_an_entry_with_a_flipped_bit_counts_as_absent(tmp_path: Path) -> None:
    """Every single bit is guarded."""
    shelf = Cache(tmp_path)
    shelf.put(cache.key("a"), b"v")
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(flipped)
        assert shelf.get(cache.key("a")) is None


def test_kept_bytes_are_a_file_named_by_their_digest(tmp_path: Path) -> None:
    """The same bytes are kept once; they can be asked for later by digest and size."""
    shelf = Cache(tmp_path)
    stored = shelf.keep(b"picture")
    assert shelf.keep(b"picture") == stored
    assert shelf.keep(stored) == stored
    assert len(files(tmp_path)) == 1
    assert shelf.stored(stored.digest, stored.size) == stored
    assert shelf.stored(stored.digest, stored.size + 1) is None
    assert cache.load(stored) == b"picture"
    assert cache.load(b"itself") == b"itself"


def test_a_damaged_object_is_removed_when_it_is_read(tmp_path: Path) -> None:
    """Bytes of the right length and the wrong content raise once and are then gone, so that the next build makes them again."""
    stored = Cache(tmp_path).keep(b"picture")
    Path(stored.file).write_bytes(b"PICTURE")
    with pytest.raises(CacheDamaged):
        cache.load(stored)
    assert not files(tmp_path)
    with pytest.raises(CacheDamaged):
        cache.load(stored)


def test_a_file_of_the_repository_is_read_as_it_is(tmp_path: Path) -> None:
    """Its bytes are those that Git knows, perhaps with other ends of lines; a file that was saved or deleted since is noticed."""
    stored = Stored(f"git-{blobs.identity(LINES)}", str(tmp_path / "a"), 4)
    for data in (LINES, LINES.replace(b"\n", b"\r\n")):
        (tmp_path / "a").write_bytes(data)
        assert cache.load(stored) == data
    (tmp_path / "a").write_bytes(b"x\nz\n")
    with pytest.raises(SourceChanged):
        cache.load(stored)
    (tmp_path / "a").unlink()
    with pytest.raises(SourceChanged):
        cache.load(stored)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """Where a file is in the way of the folder, values are simply not kept."""
    (tmp_path / "cache").write_text("in the way")
    shelf = Cache(tmp_path / "cache")
    shelf.put(cache.key("a"), b"value")
    assert shelf.get(cache.key("a")) is None
