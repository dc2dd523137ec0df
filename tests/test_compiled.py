"""Compiled templates: kept under a seal, and used only with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowrepo import chain
from knowrepo.cache import Cache
from knowrepo.errors import ThemeError
from knowrepo.pages import theme

SECRET = b"s" * 32


class Counting(Cache):
    """A cache that counts what is put into it, and may hand out something else than it was given."""

    def __init__(self, folder: Path, instead: bytes | None = None) -> None:
        super().__init__(folder)
        self.puts = 0
        self.instead = instead

    def get(self, key: str) -> bytes | None:
        found = super().get(key)
        return self.instead if found and self.instead is not None else found

    def put(self, key: str, value: bytes) -> None:
        self.puts += 1
        super().put(key, value)


def template(folder: Path, text: str) -> Path:
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "templates" / "x.html").write_text(text)
    return folder


def rendered(folder: Path, cache: Cache, secret: bytes = SECRET) -> bytes:
    return theme.load(chain.read(folder, chain.base()), cache, secret=secret).render("x.html", name="A & B")


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    """The second time its byte code comes from the cache, and makes the same bytes; another text is compiled again."""
    cache = Counting(tmp_path / "cache")
    folder = template(tmp_path / "theme", "Hello {{ name }}")
    assert [rendered(folder, cache), cache.puts] == [b"Hello A &amp; B", 1]
    assert [rendered(folder, cache), cache.puts] == [b"Hello A &amp; B", 1]
    assert [rendered(template(folder, "Bye {{ name }}"), cache), cache.puts] == [b"Bye A &amp; B", 2]


def test_without_a_secret_nothing_is_kept(tmp_path: Path) -> None:
    """Byte code that nobody could seal is not kept."""
    cache = Counting(tmp_path / "cache")
    assert rendered(template(tmp_path / "theme", "{{ name }}"), cache, b"") == b"A &amp; B"
    assert cache.puts == 0


def test_code_of_another_user_is_not_run(tmp_path: Path) -> None:
    """A cache may have come with a repository: byte code under another seal, or under none, is compiled again and replaced."""
    folder = template(tmp_path / "theme", "{{ name }}")
    theirs = Counting(tmp_path / "cache")
    rendered(folder, theirs, b"t" * 32)
    mine = Counting(tmp_path / "cache")
    assert [rendered(folder, mine), mine.puts] == [b"A &amp; B", 1]
    assert [rendered(folder, mine), mine.puts] == [b"A &amp; B", 1]


@pytest.mark.parametrize("instead", [b"", b"x" * 20, b"\0" * 500])
def test_bytes_that_are_no_code_count_as_absent(tmp_path: Path, instead: bytes) -> None:
    """Whatever lies in the cache instead, the template is compiled."""
    folder = template(tmp_path / "theme", "{{ name }}")
    rendered(folder, Cache(tmp_path / "cache"))
    assert rendered(folder, Counting(tmp_path / "cache", instead)) == b"A &amp; B"


def test_a_mistake_in_a_compiled_template_has_its_place(tmp_path: Path) -> None:
    """The file and the line are told as if it had just been compiled."""
    folder = template(tmp_path / "theme", "one\n{{ name.nothing }}")
    for _ in range(2):
        with pytest.raises(ThemeError, match=r"x\.html:2: .*no attribute"):
            rendered(folder, Cache(tmp_path / "cache"))
