"""YAML with places, kinds of values, and the JSON Schema that a table makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from knowrepo.fields import (
    Complaint,
    Field,
    Kind,
    Listing,
    NodeError,
    Scalar,
    Table,
    booleans,
    data,
    from_json,
    from_toml,
    json_schema,
    kinds,
    quoted,
    read,
    tree,
)
from knowrepo.model import Person, Severity


def complaints(text: str) -> tuple[Complaint, ...]:
    with pytest.raises(NodeError) as caught:
        tree(text)
    return caught.value.complaints


def value(kind: Kind, text: str) -> Any:
    node = tree(text)
    assert node is not None
    return kind.parse(node)


def refusal(kind: Kind, text: str) -> str:
    with pytest.raises(NodeError) as caught:
        value(kind, text)
    return "; ".join(complaint.message for complaint in caught.value.complaints)


def test_texts_stay_as_they_are_written() -> None:
    """Nothing is resolved: numbers, dates, booleans and sexagesimals keep their spelling, and know whether they were in quotes."""
    assert tree('[no, 012, 1_000, 12:30, 2026-02-30, "x", ~]') == Listing(
        (
            Scalar("no", True, 1, 2),
            Scalar("012", True, 1, 6),
            Scalar("1_000", True, 1, 11),
            Scalar("12:30", True, 1, 18),
            Scalar("2026-02-30", True, 1, 25),
            Scalar("x", False, 1, 37),
            Scalar("~", True, 1, 42),
        ),
        1,
        1,
    )


def test_places_count_from_the_first_line_of_the_file() -> None:
    """A node's line is the line of its file, whatever YAML itself thinks is a line end."""
    assert tree("a: x\u2028y\nb:\n  - c", first_line=10) == Table(
        (
            (Scalar("a", True, 10, 1), Scalar("x y", True, 10, 4)),
            (Scalar("b", True, 11, 1), Listing((Scalar("c", True, 12, 5),), 12, 3)),
        ),
        10,
        1,
    )


@pytest.mark.parametrize("text", ["", "\ufeff", "# a comment", "\n\n"])
def test_nothing_is_nothing(text: str) -> None:
    """An empty text and comments alone make no node."""
    assert tree(text) is None


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("a: 1\ntitle: Churn: why", 2, 'an unexpected ":", column 13', "quotes"),
        ("a:\n\tb: c", 2, "a tab cannot indent YAML, column 1", "spaces"),
        ("a: b\n\tc: d", 2, "a tab cannot indent YAML, column 1", "spaces"),
        ('a: "b\nc: d\n', 1, "the quotes that begin here are never closed, column 4", "close"),
        ("a: [b, c\nd: e\n", 1, 'the "[" that begins here is not closed, column 4', '"]"'),
        ("a: {b: c\n", 1, 'the "{" that begins here is not closed, column 4', '"}"'),
        ("a: [#b]", 1, "a value is missing, column 8", " #"),
        ('a: 1\nb "x"\nc: 2', 2, "a key without a value, column 1", "`key: value`"),
        ('title: "a" and "b"', 1, "text after the end of a value, or a wrong indentation, column 12", "quotes"),
        (" a: b\nc: d", 2, "text after the end of a value, or a wrong indentation, column 1", "align"),
        ("title: *Great* news", 1, 'a value cannot begin with "*" or "&", column 8', "quotes"),
        ("title: @home", 1, 'a value cannot begin with "@", column 8', "quotes"),
        ("title: `code`", 1, 'a value cannot begin with "`", column 8', "quotes"),
        ("title: - x", 1, 'a list cannot begin with "- " here, column 8', "new line"),
        ("title: ? x", 1, 'a value cannot begin with "? ", column 8', "quotes"),
        ("title: >x", 1, 'a value cannot begin with "|" or ">", column 9', "quotes"),
        ('a: "\\d"', 1, "a backslash inside double quotes that YAML does not know, column 5", "single quotes"),
        ("a: b\n%c: d", 2, 'a line cannot begin with "%", column 3', "quotes"),
        ("a: *nope", 1, '"*nope" names no anchor', "quotes"),
        ("a: &x [*x]", 1, '"*x" names no anchor', "quotes"),
        ("a: b\n---\nc: d", 2, "a second YAML document begins here", "remove"),
        ("a: b\nc: d\x00", 2, "a character that YAML does not allow: U+0000", "remove"),
        ("a: \ud800", 1, "a character that YAML does not allow: U+D800", "remove"),
        ("a: 1\n<<: {private: true}", 2, "`<<` is not supported", "write the keys out"),
        ("? [a, b]\n: c", 1, "a key must be a text, not a list or a map", "quotes"),
        ("title: !important", 1, 'the tag "!important" is not allowed here', "quotes"),
        ("title: x\nb: !!python/object/apply:os.system [ls]", 2, 'the tag "!!python/object/apply:os.system" is not allowed here', "remove"),
    ],
)
def test_mistakes_in_yaml(text: str, line: int, message: str, hint: str) -> None:
    """Every usual mistake is told in plain English with its line, its column and the way out."""
    (found,) = complaints(text)
    assert (found.line, found.message) == (line, message)
    assert hint in found.hint


def test_all_mistakes_at_once() -> None:
    """Duplicate keys (with both lines), tags and a mistake that ends the reading are reported together."""
    found = complaints('a: 1\nb: !!binary x\na: 2\nc: {d: 1, d: 2}\ne: "')
    assert [(each.line, each.rule, each.message) for each in found] == [
        (2, "yaml", 'the tag "!!binary" is not allowed here'),
        (3, "duplicate-key", '"a" is given twice, in lines 1 and 3'),
        (4, "duplicate-key", '"d" is given twice, in lines 4 and 4'),
        (5, "yaml", "the quotes that begin here are never closed, column 4"),
    ]


@pytest.mark.parametrize("text", ["a: !r Sys.time()", "a: !expr x", "a: !!str x", "a: ! x"])
def test_harmless_tags(text: str) -> None:
    """The tags of R Markdown, and the one for text, make texts."""
    root = tree(text)
    assert isinstance(root, Table)
    assert isinstance(root.pairs[0][1], Scalar)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 3000, "nested too deeply: 32 levels are allowed"),
        ("- " * 30_000, "nested too deeply: 32 levels are allowed"),
        ("{a: " * 16_000, "nested too deeply: 32 levels are allowed"),
        ("a: &a x\nb: [" + "*a," * 101 + "]", "too many aliases: 100 are allowed"),
        ("a: &a [x]\n" + "".join(f"{b}: &{b} [{f'*{a},' * 9}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)), "too many aliases"),
        ("a: [" + "x," * 20_000 + "]", "too many values"),
        ("a: " + "x" * 70_000, "too long: 70003 characters, 65536 are allowed"),
    ],
)
def test_bombs(text: str, message: str) -> None:
    """Depth, aliases ("billion laughs"), the number of values and the length are bounded before anything is made of them."""
    (found,) = complaints(text)
    assert found.message.startswith(message)


def test_aliases_within_bounds_work() -> None:
    """An alias is the value of its anchor."""
    root = tree("a: &x [1]\nb: *x")
    assert root is not None
    assert data(root) == {"a": ["1"], "b": ["1"]}


def test_json_is_read_with_places() -> None:
    """JSON keeps its places; its escaped surrogate pairs and tabs, which libyaml does not know, are read."""
    assert from_json('{\n\t"a": "\\ud83d\\ude00 \\/",\n\t"b": 1\n}') == Table(
        ((Scalar("a", False, 2, 2), Scalar("😀 /", False, 2, 7)), (Scalar("b", False, 3, 2), Scalar("1", True, 3, 7))), 1, 1
    )


def test_toml_is_read_without_places() -> None:
    """TOML's dates, numbers, booleans, lists and tables become texts, lists and tables."""
    assert data(from_toml('day = 2024-05-31\nn = 0x10\nyes = true\nl = ["a"]\n[t]\nx = 1.5')) == {
        "day": "2024-05-31",
        "n": "16",
        "yes": "true",
        "l": ["a"],
        "t": {"x": "1.5"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "not TOML: Invalid value"),
        ("a = 0x" + "f" * 9000, "a number of too many digits"),
        ("a = " + "9" * 9000, "a number of too many digits"),
        ("a = " + "[" * 9000, "nested too deeply"),
        (".".join("a" * 200) + " = 1", "nested too deeply"),
        ("a = " + "1" * 20_000, "too long"),
    ],
)
def test_bad_toml(text: str, message: str) -> None:
    """Whatever is wrong with TOML is a complaint."""
    with pytest.raises(NodeError, match=message):
        from_toml(text)


def outcome(reader: Callable[[str], object], text: str) -> tuple[Complaint, ...]:
    try:
        reader(text)
    except NodeError as error:
        return error.complaints
    return ()


@settings(deadline=None, max_examples=200)
@given(
    st.text(alphabet=st.sampled_from("abt: -[]{}#&*!|>'\"%@`?,\\\n\r\t\x00\x85\u2028é😀\ud800012~<"), max_size=60) | st.text(max_size=60)
)
def test_no_text_raises_anything_else(text: str) -> None:
    """Any text is a node, nothing, or a NodeError whose complaints stand in lines of the text."""
    for reader in (tree, from_json, from_toml):
        assert all(0 <= each.line <= text.count("\n") + text.count("\r") + 1 for each in outcome(reader, text))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40))
def test_quoted_texts_read_back(text: str) -> None:
    """What ``quoted`` writes is one line, and reads back as the text without what no document may hold."""
    line = quoted(text)
    root = tree(f"a: {line}")
    assert "\n" not in line
    assert isinstance(root, Table)
    assert isinstance(root.pairs[0][1], Scalar)
    assert quoted(root.pairs[0][1].text) == line


FIELDS = (
    Field("name", kinds.LINE, "A name.", "x", aliases=("label", "called")),
    Field("size", kinds.whole(1, 9), "A size.", 3, default=2),
    Field("hidden", booleans.ANY, "Hidden.", True, guard=True),
)


def table(text: str) -> Table:
    root = tree(text)
    assert isinstance(root, Table)
    return root


def test_reading_collects_everything() -> None:
    """Values by name or alias, the keys that are no field, and all complaints, each with its key and line."""
    found = read(table("label: 12\nsize: 99\nhidden:\nother: x"), FIELDS)
    assert found.values == {"name": "12"}
    assert [key.text for key, _ in found.unknown] == ["other"]
    assert [(each.line, each.message) for each in found.complaints] == [
        (2, 'size: "99" is not a whole number from 1 to 9'),
        (3, "hidden: must be true or false"),
    ]


def test_two_names_of_one_field() -> None:
    """The better name counts; the other one is kept among the unknown, with a warning."""
    found = read(table("called: a\nname: b"), FIELDS)
    assert found.values == {"name": "b"}
    assert [key.text for key, _ in found.unknown] == ["called"]
    assert [(each.rule, each.severity, each.line) for each in found.complaints] == [("two-names", Severity.WARNING, 1)]


def test_null_says_nothing() -> None:
    """A field without a value is as good as not given, unless it guards the post."""
    assert read(table("name:\nsize: ~"), FIELDS).values == {}


def test_the_schema_of_a_table() -> None:
    """Every field and alias is a property with description, example and default; guards take no null; a closed schema no other key."""
    schema = json_schema(FIELDS, title="Things", closed=True)
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == ["name", "label", "called", "size", "hidden"]
    assert schema["properties"]["label"]["description"] == "The same as `name`. A name."
    assert schema["properties"]["size"]["default"] == 2
    accepts = Draft202012Validator(schema).is_valid
    assert accepts({"name": None, "label": 3, "hidden": "YES"})
    assert not accepts({"hidden": None})
    assert not accepts({"other": 1})


@pytest.mark.parametrize("text", ["true", '"true"', "yes", "YES", "1", "on", '" True"', "On", "!!str true"])
def test_true(text: str) -> None:
    """Every spelling of true is true, in quotes or not, in any capitals."""
    assert value(booleans.ANY, text) is True


@pytest.mark.parametrize("text", ["false", "no", "off", "0", '"False"', "NO"])
def test_false(text: str) -> None:
    """So is every spelling of false."""
    assert value(booleans.ANY, text) is False


@pytest.mark.parametrize("text", ["~", "[]", "[true]", "{}", "{a: true}", "2", "y", "maybe", '""', "01", "1.0", "ｔrue"])
def test_neither(text: str) -> None:
    """Anything else is refused, so that a guard fails closed."""
    assert refusal(booleans.ANY, text) == "must be true or false"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-5-1", datetime(2024, 5, 1, tzinfo=UTC)),
        ("20240531", datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-W01", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2020-07-09 00:00:00", datetime(2020, 7, 9, tzinfo=UTC)),
        ('"2024-05-31T14:00"', datetime(2024, 5, 31, 14, tzinfo=UTC)),
        ("2024-05-31T14:00:00Z", datetime(2024, 5, 31, 14, tzinfo=UTC)),
        ("2001-12-14t21:59:43.10-05:00", datetime(2001, 12, 14, 21, 59, 43, 100_000, timezone(timedelta(hours=-5)))),
        ("2001-12-14 21:59:43.1 -5", datetime(2001, 12, 14, 21, 59, 43, 100_000, timezone(timedelta(hours=-5)))),
        ("2024-05-31 14:00 +02:00", datetime(2024, 5, 31, 14, tzinfo=timezone(timedelta(hours=2)))),
        ('"`r Sys.Date()`"', None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    """YAML's and ISO's spellings of a date are read, and are UTC where they name no zone; what R computes counts as not given."""
    found = value(kinds.DATE, text)
    assert found == expected
    assert found is None or found.utcoffset() == (expected.utcoffset() if expected else None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "soon",
        "5/14/2021",
        "2026-01-01T00:00:00+99:99",
        ".nan",
        "9" * 50_000,
        "1" * 20,
        "[2024-05-31]",
        "0001-01-01T00:00+14:00",
        "2024-01-01 00:00+05:30:15",
        "1714521600",
    ],
)
def test_no_dates(text: str) -> None:
    """What is no date, or no moment that every reader can hold, is a complaint and never an exception of another kind."""
    assert refusal(kinds.DATE, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[no, 2017, 12:30]", ("no", "2017", "12:30")),
        ('["#growth", "##a", churn, Churn, churn_model, "churn model", "", ~]', ("growth", "a", "churn", "churn_model")),
        ("a, b ,, c d", ("a", "b", "c d")),
        ("[a b, 'c, d']", ("a b", "c, d")),
        ("[]", ()),
        ("2017", ("2017",)),
    ],
)
def test_tags(text: str, expected: tuple[str, ...]) -> None:
    """Tags are texts as written, without a leading "#", each once; a text is split at commas."""
    assert value(kinds.TAGS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Abbott", (Person("Ana Abbott"),)),
        ("Ana Abbott, Bo Endo; Cy Fox", (Person("Ana Abbott"), Person("Bo Endo"), Person("Cy Fox"))),
        ("[Ana Abbott, ana  abbott]", (Person("Ana Abbott"),)),
        ('["Doe, Jane"]', (Person("Doe, Jane"),)),
        ("Ana Abbott <ana@example.org>", (Person("Ana Abbott", "ana@example.org"),)),
        ("[Ana (ana@example.org), ana.b@example.org]", (Person("Ana", "ana@example.org"), Person("ana.b", "ana.b@example.org"))),
        ("{name: Ana, email: a@b.c, affiliation: Growth, url: x}", (Person("Ana", "a@b.c", "Growth"),)),
        (
            "[{name: Ana <a@b.c>, orcid: https://orcid.org/0000-0002-1825-009X}, 7]",
            (Person("Ana", "a@b.c", "", "0000-0002-1825-009X"), Person("7")),
        ),
        ("[]", ()),
    ],
)
def test_people(text: str, expected: tuple[Person, ...]) -> None:
    """A list, a scalar or a map names authors; an e-mail address never becomes a part of the name, which is published."""
    assert value(kinds.PEOPLE, text) == expected


def test_people_that_are_none() -> None:
    """Every author that is wrong is reported, with what may have been meant."""
    with pytest.raises(NodeError) as caught:
        value(kinds.PEOPLE, "[{nmae: Ana}, {name: Bo, orcid: 12, email: [x]}, [Cy], '<>']")
    assert [(each.message, each.hint) for each in caught.value.complaints] == [
        ("an author without a name", 'did you mean "name"?'),
        ("must be a text, not a list", "put the value in quotes"),
        ('"12" is not an ORCID', "write it like 0000-0002-1825-0097"),
        ("must be a text, not a list", "put the value in quotes"),
        ("an author without a name", ""),
    ]


@pytest.mark.parametrize("text", ["~", "''", "[~]", "[a, '']", "','", "{}"])
def test_groups_without_a_name(text: str) -> None:
    """A group without a name is a mistake: it must not open a post to everybody."""
    assert refusal(kinds.GROUPS, text)


@pytest.mark.parametrize(("text", "expected"), [("[]", ()), ("a, b", ("a", "b")), ("[a, a, 7]", ("a", "7"))])
def test_groups(text: str, expected: tuple[str, ...]) -> None:
    """Groups are a list of names, or names with commas; only an empty list means none."""
    assert value(kinds.GROUPS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("projects/churn", "projects/churn"), ("a b/ü.v2", "a b/ü.v2"), ("projects/x.kp", "projects/x"), ("7/", "7")]
)
def test_paths_inside(text: str, expected: str) -> None:
    """A path inside the site is taken as it is, but for the suffix of knowledge-repo."""
    assert value(kinds.URL_PATH, text) == expected


@pytest.mark.parametrize(
    "text", ["/etc", "../x", "a/../b", "a/.. /b", "a//b", ".", "''", "C:/x", "https://x/y", "'a\\b'", '"a\\nb"', "[a]", "a/./b"]
)
def test_paths_that_leave(text: str) -> None:
    """A path that is absolute, climbs, or is written for Windows is refused."""
    assert refusal(kinds.URL_PATH, text)


def test_old_addresses() -> None:
    """Old addresses are paths with or without slashes around them; what only a server could see is refused."""
    assert value(kinds.OLD_URLS, "[/post/x.kp, old/, old]") == ("post/x.kp", "old")
    assert value(kinds.OLD_URLS, "post/x") == ("post/x",)
    assert refusal(kinds.OLD_URLS, '["/post?x=1", "../y", "https://old/x"]').count(";") == 2


@pytest.mark.parametrize(
    ("text", "expected"), [("0", "0"), ("007", "7"), ("img/a.png", "img/a.png"), ("https://x/y.svg", "https://x/y.svg")]
)
def test_thumbnails(text: str, expected: str) -> None:
    """A thumbnail is the number of a picture, a path or a URL."""
    assert value(kinds.THUMBNAIL, text) == expected


@pytest.mark.parametrize("text", ["-1", "1.5", "99999", "9" * 50_000, "[1]", '"a\\nb"'])
def test_no_thumbnails(text: str) -> None:
    """A number that counts no picture is refused."""
    assert refusal(kinds.THUMBNAIL, text)


@pytest.mark.parametrize(
    "text", ["example.org", "ftp://x", "javascript:alert(1)", "http://", "http://[::1", "https://x:99999", "https://a b", "[x]"]
)
def test_no_web_addresses(text: str) -> None:
    """Only http(s) addresses with a host are web addresses."""
    assert refusal(kinds.WEB, text)


def test_web_addresses() -> None:
    """A web address is taken as it is; one with a password is refused, and one of a whole site has no query."""
    assert value(kinds.WEB, "https://x.org/a?b#c") == "https://x.org/a?b#c"
    assert "password" in refusal(kinds.WEB, "https://me:secret@x.org/")
    assert refusal(kinds.SITE, "https://x.org/?a")


def test_choices_and_words() -> None:
    """A choice suggests what may have been meant; a word says what it should be."""
    with pytest.raises(NodeError) as caught:
        value(kinds.choice("commonmark", "classic"), "Clasic")
    assert caught.value.complaints[0].hint == 'did you mean "classic"?'
    assert refusal(kinds.word("^[a-z]+$", "a small word"), "X") == '"X" is not a small word'
