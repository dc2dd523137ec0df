"""The words of the interface."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from knowrepo import chain
from knowrepo.errors import ThemeError
from knowrepo.pages import theme
from tests import sitefactory

BASE = chain.base()
SCRIPTS = BASE.parent / "scripts"
LANGUAGES = sorted((BASE / "texts").glob("*.yml"))
PLACE = re.compile(r"\{(\w+)\}")


def read(path: Path) -> dict[str, str | dict[str, str]]:
    return dict(yaml.safe_load(path.read_text("utf-8")))


def places(text: str | dict[str, str]) -> set[str]:
    return set(PLACE.findall(str(text)))


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_language_is_whole(path: Path) -> None:
    """Each catalogue has all texts of the English one, in the same order, with the same names to fill in."""
    english, other = read(BASE / "texts" / "en.yml"), read(path)
    assert list(other) == list(english)
    assert {key: places(text) for key, text in other.items()} == {key: places(text) for key, text in english.items()}


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    """Templates, pages and scripts name all texts of the catalogue and no other."""
    code = "".join(
        path.read_text("utf-8") for folder in (BASE / "templates", Path(theme.__file__).parent) for path in folder.rglob("*.*ml")
    )
    code += "".join(path.read_text("utf-8") for path in Path(theme.__file__).parent.glob("*.py"))
    searches = sorted((SCRIPTS / "search").glob("*.js"))
    scripts = {"script": SCRIPTS.glob("*.js"), "feed": SCRIPTS.glob("*.js"), "search": searches, "search-page": searches}
    parts = {part: "".join(path.read_text("utf-8") for path in paths) for part, paths in scripts.items()}
    known = set(read(BASE / "texts" / "en.yml"))
    quoted = set(re.findall(r"[\"']([a-z][a-z0-9-]*)[\"']", code)) | {
        f"{part}.{key}" for part, script in parts.items() for key in re.findall(r"\"([a-z][a-z0-9-]*)\"", script)
    }
    assert not known - quoted
    named = set(re.findall(r"\bt\(\"([^\"]+)\"", code)) | set(re.findall(r"texts\(\"([^\"]+)\"", code))
    for part, function in (("script", "words"), ("feed", "say")):
        named |= {f"{part}.{key}" for key in re.findall(rf"\b{function}\(\"([^\"]+)\"", parts[part])}
    for key in re.findall(r"\bsay\(\"([^\"]+)\"", parts["search"]):
        named.add(f"search.{key}" if f"search.{key}" in known else f"search-page.{key}")
    assert not named - known


def test_a_language_falls_back(tmp_path: Path) -> None:
    """``de-CH`` is German where there is nothing closer; an unknown language is English; a repository's own words come first."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "de-CH.yml").write_text("copy-of-nothing: x\n", "utf-8")
    with pytest.raises(ThemeError, match="copy-of-nothing"):
        theme.load(chain.read(tmp_path, BASE), language="de-CH")
    (tmp_path / "texts" / "de-CH.yml").write_text("archive: Alte Beiträge\n", "utf-8")
    swiss = theme.load(chain.read(tmp_path, BASE), language="de-CH").texts
    assert (swiss("archive"), swiss("tags")) == ("Alte Beiträge", "Schlagwörter")
    assert theme.load(chain.read(BASE), language="tlh").texts("archive") == "Archive"


def test_a_number_chooses_the_form() -> None:
    """One post, two posts."""
    texts = sitefactory.base().texts
    assert [texts("count-posts", count=number) for number in (0, 1, 2)] == ["0 posts", "1 post", "2 posts"]


@pytest.mark.parametrize("data", [b"a: [", b"- a", b"archive: [1]", b"archive: {one: x}", b"\xff", b"archive: {one: x, other: y}"])
def test_a_catalogue_that_cannot_be_used_is_named(tmp_path: Path, data: bytes) -> None:
    """A mistake in a catalogue is one message with its path."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "en.yml").write_bytes(data)
    with pytest.raises(ThemeError, match=r"en\.yml"):
        theme.load(chain.read(tmp_path, BASE))
