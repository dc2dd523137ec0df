"""knowrepo.yml: its settings, their defaults, and every mistake in it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from knowrepo import config
from knowrepo.config import SETTINGS, Config
from knowrepo.errors import ConfigError


def message(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.load(text.encode())
    return caught.value.message


@pytest.mark.parametrize(
    "content", [None, b"", b"# yaml-language-server: $schema=.knowrepo/config.schema.json\n", b"---\n", b"~", b"title:\nsite_url: ''\n"]
)
def test_everything_is_optional(content: bytes | None) -> None:
    """Without the file, and with an empty one, the defaults hold."""
    assert config.load(content) == Config()


def test_the_defaults_are_those_of_the_table() -> None:
    """The documentation, the schema and the program know the same settings and defaults."""
    assert json.loads(json.dumps(asdict(Config()))) == {setting.name: setting.default for setting in SETTINGS}
    assert all(setting.doc.endswith(".") for setting in SETTINGS)


def test_all_settings() -> None:
    """Every setting is read and normalised."""
    text = (
        "# yaml-language-server: $schema=.knowrepo/config.schema.json\n"
        "title: 2024\ndescription: What we know\nlanguage: pt-BR\nsite_url: https://x.org/kr\nproject_url: https://gitlab.org/a/b/\n"
        "include: [posts/, ./notes, .]\nexclude: '*.tmp.md'\ntheme: dark\ndialect: classic\nposts_per_page: 50\nmax_post_mb: 5\n"
    )
    assert config.load(text.encode()) == Config(
        title="2024",
        description="What we know",
        language="pt-BR",
        site_url="https://x.org/kr/",
        project_url="https://gitlab.org/a/b",
        include=("posts", "notes", ""),
        exclude=("*.tmp.md",),
        theme="dark",
        dialect="classic",
        posts_per_page=50,
        max_post_mb=5,
    )


def test_all_mistakes_are_told_at_once() -> None:
    """Unknown settings and wrong values are listed by line, each with the way out."""
    assert message(
        "titel: x\nposts_per_page: 0\ndialect: clasic\nzzz: 1\nsite_url: x.org\ninclude: ../x\ntheme: ../x\nlanguage: english language"
    ).split("\n") == [
        'knowrepo.yml:1: unknown setting "titel" (did you mean "title"?)',
        'knowrepo.yml:2: posts_per_page: "0" is not a whole number from 1 to 500',
        'knowrepo.yml:3: dialect: "clasic" is not known (did you mean "classic"?)',
        f'knowrepo.yml:4: unknown setting "zzz" (the settings are {", ".join(setting.name for setting in SETTINGS)})',
        'knowrepo.yml:5: site_url: "x.org" is not a web address (it begins with https:// or http://)',
        'knowrepo.yml:6: include: "../x" is not a path inside (write it like `projects/churn`: no "/" at the start, no "..")',
        'knowrepo.yml:7: theme: "../x" is not the name of a theme',
        'knowrepo.yml:8: language: "english language" is not a language tag such as en or pt-BR',
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("title: a: b", 'knowrepo.yml:1: an unexpected ":", column 9 (a value that holds'),
        ("title: x\ntitle: y", 'knowrepo.yml:2: "title" is given twice, in lines 1 and 2'),
        ("- title", "knowrepo.yml:1: the settings are no mapping"),
        ("title: !!python/name:os.system", 'knowrepo.yml:1: the tag "!!python/name:os.system" is not allowed here'),
        ("title: [" + "[" * 3000, "knowrepo.yml:1: nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read(content: str, expected: str) -> None:
    """Mistakes in YAML are told with file and line."""
    assert message(content).startswith(expected)


def test_a_file_in_another_encoding() -> None:
    """A file that is not UTF-8 is a mistake in the set-up, too."""
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load("title: é".encode("latin-1"))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_no_content_raises_anything_else(content: bytes) -> None:
    """Whatever the file holds, it gives settings or a ConfigError."""
    with suppress(ConfigError):
        assert isinstance(config.load(content), Config)


@pytest.mark.parametrize(
    ("path", "folders", "expected"),
    [
        ("posts/a.md", ("posts",), True),
        ("posts/b/a.md", ("notes", "posts"), True),
        ("posts2/a.md", ("posts",), False),
        ("posts", ("posts",), False),
        ("a.md", ("",), True),
        ("a.md", (), False),
    ],
)
def test_under(path: str, folders: tuple[str, ...], expected: bool) -> None:
    """A file lies in a folder or in one of its folders; "" is the whole repository."""
    assert config.under(path, folders) is expected


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ({}, True),
        ({"title": "x", "include": ["posts"], "exclude": "*.md"}, True),
        ({"title": ["x"]}, False),
        ({"titel": "x"}, False),
        ({"language": "pt-BR"}, True),
        ({"language": "pt_BR!"}, False),
        ({"site_url": "https://x.org/a"}, True),
        ({"site_url": "x.org"}, False),
        ({"project_url": "https://x.org/?a"}, False),
        ({"include": [["a"]]}, False),
        ({"theme": "a/b"}, False),
        ({"dialect": "gfm"}, False),
        ({"posts_per_page": 500}, True),
        ({"posts_per_page": 501}, False),
        ({"max_post_mb": 0}, False),
        ({"max_post_mb": None}, True),
    ],
)
def test_schema_and_loader_agree(values: dict[str, Any], good: bool) -> None:
    """Editors, which know the schema, accept and refuse the same as the program."""
    assert Draft202012Validator(config.json_schema()).is_valid(values) is good
    if good:
        config.load(json.dumps(values).encode())
    else:
        message(json.dumps(values))


def test_the_schema_is_valid_and_takes_its_own_examples() -> None:
    """The schema is one of draft 2020-12 and takes the examples that it shows, as the program does."""
    schema = config.json_schema()
    Draft202012Validator.check_schema(schema)
    examples = {setting.name: setting.example for setting in SETTINGS}
    assert Draft202012Validator(schema).is_valid(examples)
    assert config.load(json.dumps(examples).encode()).title == "What we found out"
