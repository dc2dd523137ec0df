"""The header of a post: every row of its table, where it stands, what is wrong with it, and what holds where it is silent."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from knowrepo import frontmatter
from knowrepo.frontmatter import FIELDS, Header, Split
from knowrepo.model import Meta, Person, Problem, Severity, Source

NOBODY: frozenset[str] = frozenset()


def parse(yaml: str) -> tuple[Header | None, tuple[Problem, ...]]:
    found = frontmatter.split(f"---\n{yaml}\n---\n")
    assert found is not None
    return frontmatter.parse(found, "posts/a.md")


def said(yaml: str) -> Header:
    """The header of a text without any mistake."""
    header, problems = parse(yaml)
    assert problems == ()
    assert header is not None
    return header


def refused(yaml: str) -> Problem:
    """The first error of a text that is kept off the site."""
    header, problems = parse(yaml)
    assert header is None
    return next(problem for problem in problems if problem.severity is Severity.ERROR)


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def source(**changes: Any) -> Source:
    made = Source("posts/churn_model.ipynb", "b10b", day(2020), day(2022), (Person("Git Author"),))
    return replace(made, **changes)


def complete(header: Header, **changes: Any) -> tuple[Meta, list[str]]:
    meta, problems = frontmatter.complete(header, source(**changes), heading="", paragraph="", cell=0)
    return meta, [problem.rule for problem in problems]


# Where it stands


def test_a_header_and_its_body() -> None:
    """The YAML between the lines `---` and the rest, each with the number of its first line."""
    assert frontmatter.split("---\ntitle: x\n---\n\n# Text\n") == Split("title: x", 2, "\n# Text\n", 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff---\ntitle: x\n---\nb", Split("title: x", 2, "b", 4)),
        ("\n \n---\ntitle: x\n---\nb", Split("title: x", 4, "b", 6)),
        ("---\r\ntitle: x\r\n---\r\nb\r\nc", Split("title: x", 2, "b\nc", 4)),
        ("--- \ntitle: x\n---\t\nb", Split("title: x", 2, "b", 4)),
        ("---\ntitle: x\n...\nb", Split("title: x", 2, "b", 4)),
        ("---\ntitle: x\n---", Split("title: x", 2, "", 4)),
        ("---\n---\nb", Split("", 2, "b", 3)),
        ("---\n# nothing yet\n---\nb", Split("# nothing yet", 2, "b", 4)),
        ("---\n\n{title: x}\n---\nb", Split("\n{title: x}", 2, "b", 5)),
    ],
)
def test_forms_of_a_header(text: str, expected: Split) -> None:
    """A byte order mark, blank lines before, Windows' line ends, spaces behind the dashes, `...` and an empty header are all fine."""
    assert frontmatter.split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "# Title\n---\ntitle: x\n---\n",
        "---\n\nSome prose.\n\n---\nMore: prose\n",
        "---\nprose that never ends\n",
        "----\ntitle: x\n---\n",
    ],
)
def test_texts_without_a_header(text: str) -> None:
    """A thematic break with prose is no header, nor is one that stands later."""
    assert frontmatter.split(text) is None


@pytest.mark.parametrize("value", ['"a --- b"', '"---"', "|\n  one\n  ---\n  two", "a\n  ---\n  b", ">\n\n  ---\n"])
def test_dashes_inside_a_value_do_not_end_the_header(value: str) -> None:
    """`---` in quotes, in a block or indented belongs to the value."""
    found = frontmatter.split(f"---\ntldr: {value}\ntitle: x\n---\nbody")
    assert found is not None
    header, problems = frontmatter.parse(found, "a.md")
    assert header is not None
    assert (header.title, found.body, problems) == ("x", "body", ())
    assert "---" in header.tldr


def test_a_header_that_is_never_closed() -> None:
    """It is an error in the line where it begins, and the post is not published."""
    found = frontmatter.split("\n---\ntitle: x\nprivate: true\n\n# Text\n")
    assert found is not None
    header, (problem,) = frontmatter.parse(found, "a.md")
    assert header is None
    assert str(problem) == "a.md:2: the header is never closed (put a line `---` below its last line)"
    assert (problem.rule, problem.severity) == ("header-unclosed", Severity.ERROR)


def test_a_slip_in_the_first_line_does_not_hide_a_header() -> None:
    """What holds known keys is a header even if its first line is broken: else `private` would be read as prose."""
    found = frontmatter.split('---\ntitle "x"\nprivate: true\n---\n')
    assert found is not None
    header, (problem,) = frontmatter.parse(found, "a.md")
    assert header is None
    assert (problem.line, problem.excerpt) == (3, "private: true")
    assert "the line before" in problem.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# ---\n# title: x\n#\n# tags: [a]\n# ---\n\n# %%\n1", Split("title: x\n\ntags: [a]", 2, "\n# %%\n1", 6)),
        (
            "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n# ---\n# title: x\n# ---\nrun()",
            Split("title: x", 5, "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nrun()", 4),
        ),
        ("# %% [markdown]\n# ---\n# title: x\n# ---\n# # Text\n\n# %%\n1", Split("title: x", 3, "# %% [markdown]\n# # Text\n\n# %%\n1", 4)),
        ("#---\n#title: x\n#---\n", Split("title: x", 2, "", 4)),
        ("# ---\n# title: x\nrun()", Split("title: x", 2, "run()", 3, closed=False)),
    ],
)
def test_headers_of_scripts(text: str, expected: Split) -> None:
    """A header stands in the first comment or the first cell of a script; what stands before it stays in the body."""
    assert frontmatter.split_comments(text) == expected


@pytest.mark.parametrize(
    "text", ["", "run()\n# ---\n# title: x\n# ---\n", "# A comment\nrun()", "# ---\n# prose\n# ---\n", "---\ntitle: x\n---\n"]
)
def test_scripts_without_a_header(text: str) -> None:
    """Other comments, and comments below code, are no header."""
    assert frontmatter.split_comments(text) is None


def test_lines_of_a_script_are_those_of_the_file() -> None:
    """A mistake in a script's header is reported in the line of the file."""
    found = frontmatter.split_comments("#!python\n# ---\n# title: x\n# created_at: soon\n# ---\n")
    assert found is not None
    assert [problem.line for problem in frontmatter.parse(found, "a.py")[1]] == [4]


# What it says


def test_the_table_is_complete() -> None:
    """A header has a field for every row of the table, and every row has a description and an example that its own parser takes."""
    assert [field.name for field in FIELDS] == [field.name for field in fields(Header)][:-1]
    for field in FIELDS:
        assert field.doc.endswith(".")
        assert said(f"{field.name}: {json.dumps(field.example)}")


def test_a_header_of_knowledge_repo() -> None:
    """A header as knowledge-repo writes it is taken unchanged."""
    header = said(
        "title: I Found that Lemurs Do Funny Dances\nauthors:\n- sally_smarts\n- wesley_wisdom\ntags:\n- knowledge\n- '#example'\n"
        "created_at: 2016-06-29\nupdated_at: 2016-06-30 10:00:00\ntldr: This is short description of the content.\n"
        "path: projects/lemurs.kp\nthumbnail: 1\nprivate: false\nallowed_groups: []"
    )
    assert header == Header(
        title="I Found that Lemurs Do Funny Dances",
        authors=(Person("sally_smarts"), Person("wesley_wisdom")),
        tldr="This is short description of the content.",
        created_at=day(2016, 6, 29),
        updated_at=datetime(2016, 6, 30, 10, tzinfo=UTC),
        tags=("knowledge", "example"),
        path="projects/lemurs",
        thumbnail="1",
    )


@pytest.mark.parametrize(
    ("yaml", "name", "value"),
    [
        ("title: 2024", "title", "2024"),
        ("title: >\n  two\n  lines", "title", "two lines"),
        ("author: Ana", "authors", (Person("Ana"),)),
        ("summary: '*x*'", "tldr", "*x*"),
        ("description: x", "tldr", "x"),
        ("abstract: x", "tldr", "x"),
        ("tldr: |\n  - a\n  - b", "tldr", "- a\n- b"),
        ("date: 2024-05-31", "created_at", day(2024, 5, 31)),
        ("publish_date: 2024-05-31", "created_at", day(2024, 5, 31)),
        ("tags: [no, 2017, 12:30]", "tags", ("no", "2017", "12:30")),
        ("categories: a, b", "tags", ("a", "b")),
        ("keywords: [a]", "tags", ("a",)),
        ("subtitle: x", "subtitle", "x"),
        ("proxy: https://x.org/a", "proxy", "https://x.org/a"),
        ("aliases: [/old/a]", "aliases", ("old/a",)),
        ("dialect: classic", "dialect", "classic"),
        ("thumbnail: img/a.svg", "thumbnail", "img/a.svg"),
        ("draft: yes", "draft", True),
    ],
)
def test_rows_of_the_table(yaml: str, name: str, value: object) -> None:
    """Every key and alias gives its value, whatever YAML would make of it."""
    assert getattr(said(yaml), name) == value


def test_everything_else_is_kept() -> None:
    """Unknown keys are kept as plain data with texts as written, and cannot be changed."""
    header = said("title: x\nteam: Growth\nsprint: 012\nsince: 2024-05-31\nempty:\njupyter: {kernelspec: {name: python3}, list: [1, yes]}")
    assert header.extra == {
        "team": "Growth",
        "sprint": "012",
        "since": "2024-05-31",
        "empty": "",
        "jupyter": {"kernelspec": {"name": "python3"}, "list": ["1", "yes"]},
    }
    with pytest.raises(TypeError):
        header.extra["team"] = "x"  # type: ignore[index]


@pytest.mark.parametrize(
    ("yaml", "line", "message", "hint"),
    [
        ("title: Churn: why", 2, 'an unexpected ":", column 13', "quotes"),
        ("title: a\ntags: [x]\ntitle: b", 4, '"title" is given twice, in lines 2 and 4', "remove one"),
        ("title: [a]", 2, "title: must be a text, not a list", "quotes"),
        ("created_at: 2026-02-30", 2, 'created_at: "2026-02-30" is not a date', "2024-05-31"),
        ("x: y\ndate: soon", 3, 'date: "soon" is not a date', "2024-05-31"),
        ("path: ../x", 2, 'path: "../x" is not a path inside', "projects/churn"),
        ("path: /x", 2, 'path: "/x" is not a path inside', "projects/churn"),
        ("proxy: javascript:alert(1)", 2, 'proxy: "javascript:alert(1)" is not a web address', "https://"),
        ("dialect: clasic", 2, 'dialect: "clasic" is not known', 'did you mean "classic"?'),
        ("thumbnail: -1", 2, 'thumbnail: "-1" is no index of a picture', "0"),
        ("tags: [a, {b: c}]", 2, "tags: must be a text, not a map", "quotes"),
        ("- a\n- b\n# title: x", 2, "the header is no mapping", "title:"),
        ("title: !!python/name:os.system", 2, 'the tag "!!python/name:os.system" is not allowed here', "remove"),
    ],
)
def test_mistakes(yaml: str, line: int, message: str, hint: str) -> None:
    """A mistake is an error in the file's own line, with that line and the way out, and the post is not published."""
    found = Split(yaml, 2, "", 9)
    header, (problem,) = frontmatter.parse(found, "a.md")
    assert header is None
    assert (problem.line, problem.message) == (line, message)
    assert hint in problem.hint
    assert problem.excerpt == yaml.split("\n")[line - 2]


def test_all_mistakes_are_told_at_once() -> None:
    """Reading does not stop at the first mistake."""
    _, problems = parse("created_at: soon\ntgas: [a]\ndraft: maybe\ndialect: x\nauthors: [{email: a@b.c}]")
    assert [(problem.line, problem.rule) for problem in sorted(problems, key=lambda each: each.line or 0)] == [
        (2, "header-value"),
        (3, "header-unknown-key"),
        (4, "header-value"),
        (5, "header-value"),
        (6, "header-value"),
    ]


def test_places_in_a_notebook() -> None:
    """In a notebook a mistake has its cell and its line within the cell."""
    found = frontmatter.split("---\ntitle: x\ntgas: [a]\n---\nMore text")
    assert found is not None
    _, (problem,) = frontmatter.parse(found, "a.ipynb", 3)
    assert str(problem) == 'a.ipynb cell 3, line 3: unknown header key "tgas" (did you mean "tags"?)'


@pytest.mark.parametrize(
    ("key", "meant"), [("tgas", "tags"), ("Title", "title"), ("autors", "authors"), ("created-at", "created_at"), ("tag", "tags")]
)
def test_near_misses_are_reported(key: str, meant: str) -> None:
    """A key that looks like a known one is a warning, and is kept all the same."""
    header, (problem,) = parse(f"{key}: x")
    assert header is not None
    assert header.extra == {key: "x"}
    assert (problem.rule, problem.severity, problem.hint) == ("header-unknown-key", Severity.WARNING, f'did you mean "{meant}"?')


def test_two_names_for_the_same() -> None:
    """The first name of the table counts; the other is kept among the rest, with a warning."""
    header, (problem,) = parse("description: long\ntldr: short")
    assert header is not None
    assert (header.tldr, header.extra) == ("short", {"description": "long"})
    assert (problem.rule, problem.line, problem.severity) == ("header-two-names", 2, Severity.WARNING)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80) | st.text(alphabet=st.sampled_from("-#\n\r: titleprva[]{}\"'&*!|>\t\x00é"), max_size=80))
def test_no_text_raises(text: str) -> None:
    """Whatever stands at the start of a file, it has no header, a header, or problems; and none of the body is lost."""
    for found in (frontmatter.split(text), frontmatter.split(f"---\n{text}\n---\nbody"), frontmatter.split_comments(text)):
        if found is not None:
            header, problems = frontmatter.parse(found, "a.md", 0)
            assert (header is None) == any(problem.severity is Severity.ERROR for problem in problems)
    for name in ("report.json", "report.toml", "a.meta.yml"):
        frontmatter.sidecar(name, text.encode("utf-8", "replace"), "a.ipynb")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "orcid", "a", ""]), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from([name for field in FIELDS for name in field.names] + ["x", "Private"]), VALUES, max_size=5))
def test_no_value_raises(values: dict[str, Any]) -> None:
    """Any value of any key is taken or is a problem; what is taken can be completed and is fit for JSON."""
    header, problems = frontmatter.sidecar("a.meta.yml", json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"), "a.md")
    assert header is not None or problems
    if header is not None:
        meta, _ = frontmatter.complete(header, source(), heading="", paragraph="")
        assert meta.created_at is not None
        assert meta.updated_at is not None
        assert meta.updated_at >= meta.created_at
        json.dumps(dict(header.extra))


# Who may read it


@pytest.mark.parametrize("value", ["true", "True", "TRUE"])
def test_private_posts_stay_private(value: str) -> None:
    """YAML's own true keeps a post off the site, for everybody."""
    header = said(f"private: {value}")
    assert frontmatter.left_out(header, drafts=True, audience=frozenset({"finance"})) == "private"


@pytest.mark.parametrize(
    "value",
    [
        '"true"',
        "yes",
        "YES",
        "1",
        "on",
        '" True"',
        "!!str on",
        "!!bool true",
        "no",
        "off",
        "0",
        '"false"',
        "'False'",
        "fALSE",
        "|\n  false",
        "n",
    ],
)
def test_only_a_plain_false_opens_a_post(value: str) -> None:
    """Whatever has to be interpreted is an error, and the post is not published; only a plain false is no."""
    assert refused(f"title: x\nprivate: {value}").line == 3
    assert not said("private: false").private
    assert not said("private: FALSE # for now").private


@pytest.mark.parametrize("value", ["", "~", "[]", "[true]", "{a: b}", "maybe", "2", "yes please", '""'])
@pytest.mark.parametrize("key", ["private", "draft"])
def test_guards_fail_closed(key: str, value: str) -> None:
    """What is neither true nor false is an error, and the post is not published."""
    assert refused(f"title: x\n{key}: {value}").line == 3


@pytest.mark.parametrize(
    "key",
    [
        "Private",
        "PRIVATE",
        "privat",
        "prviate",
        "privates",
        "is_private",
        "Draft",
        "drafts",
        "allowed-groups",
        "Allowed Groups",
        "allowedGroups",
        "allowed_group",
        "ｐｒｉｖａｔｅ",
    ],
)
def test_misspelt_guards_fail_closed(key: str) -> None:
    """A key that may be meant to keep the post from somebody is an error, and the post is not published."""
    problem = refused(f"title: x\n{key}: true")
    assert (problem.rule, problem.line) == ("header-unknown-key", 3)
    assert "did you mean" in problem.hint


@pytest.mark.parametrize("value", ["", "~", "''", "[~]", "[a, '']", "{a: b}", "[[a]]"])
def test_groups_fail_closed(value: str) -> None:
    """Groups without a name are an error, and the post is not published."""
    assert refused(f"allowed_groups: {value}").line == 2


@pytest.mark.parametrize(
    ("yaml", "audience", "drafts", "reason"),
    [
        ("title: x", NOBODY, False, ""),
        ("private: false", NOBODY, False, ""),
        ("private : True", NOBODY, False, "private"),
        ("private: true\nallowed_groups: [a, b]", NOBODY, False, "private"),
        ("private: true\nallowed_groups: [a, b]", frozenset({"b"}), False, ""),
        ("private: true\nallowed_groups: [a, b]", frozenset({"c"}), False, "private"),
        ("allowed_groups: [a]", NOBODY, False, "private"),
        ("private: false\nallowed_groups: [a]", NOBODY, False, "private"),
        ("allowed_groups: [a]", frozenset({"a"}), False, ""),
        ("allowed_groups: [a]", frozenset({"A"}), False, "private"),
        ("allowed_groups: []", NOBODY, False, ""),
        ("draft: true", NOBODY, False, "draft"),
        ("draft: true", NOBODY, True, ""),
        ("draft: true\nprivate: true", NOBODY, True, "private"),
    ],
)
def test_what_is_left_out(yaml: str, audience: frozenset[str], drafts: bool, reason: str) -> None:
    """Private posts need an audience that they name, drafts need --drafts; the same holds for the complete Meta."""
    header = said(yaml)
    assert frontmatter.left_out(header, drafts=drafts, audience=audience) == reason
    assert frontmatter.left_out(complete(header)[0], drafts=drafts, audience=audience) == reason


# Sidecars


def test_a_yaml_sidecar() -> None:
    """NAME.meta.yml holds a header without dashes, or with them at its start."""
    expected = (Header(title="x", tags=("a",)), ())
    assert frontmatter.sidecar("a.meta.yml", b"title: x\ntags: a\n", "a.ipynb") == expected
    assert frontmatter.sidecar("a.meta.yaml", b"\xef\xbb\xbf---\r\ntitle: x\r\ntags: a\r\n", "a.ipynb") == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "r/report.json",
            '{"title": "x \\ud83d\\ude00", "publish_date": "2024-05-31", "author": "Ana", "abstract": "y", "tags": ["a"], "file": "./a.ipynb"}',
        ),
        (
            "r/report.toml",
            'title = "x \\U0001F600"\npublish_date = 2024-05-31\nauthors = ["Ana"]\nabstract = "y"\ntags = ["a"]\nfile = "a.ipynb"',
        ),
    ],
)
def test_sidecars_of_docere(name: str, content: str) -> None:
    """report.json and report.toml say the same in Mozilla's words, of the file that they name."""
    expected = Header("x 😀", (Person("Ana"),), "y", day(2024, 5, 31), tags=("a",))
    assert frontmatter.sidecar(name, content.encode(), "r/a.ipynb") == (expected, ())
    assert frontmatter.sidecar(name, content.encode(), "r/b.ipynb") == (None, ())
    assert frontmatter.sidecar(name, content.encode(), "a.ipynb") == (None, ())


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.meta.yml", b"title: x\ndate: soon", "a.meta.yml:2"),
        ("a.meta.yml", b"title: x\n\xff: y", "a.meta.yml:2"),
        ("report.json", b'{\n\t"title": "x",\n\t"private": "perhaps"\n}', "report.json:3"),
        ("report.json", b'{"title": "x"', "report.json:1"),
        ("report.toml", b"title = ", "report.toml"),
        ("report.toml", b"private = 2", "report.toml"),
        ("a.meta.yml", b"just text", "a.meta.yml:1"),
    ],
)
def test_mistakes_in_sidecars(name: str, content: bytes, place: str) -> None:
    """A mistake is reported in the sidecar, and the post is not published."""
    header, (problem,) = frontmatter.sidecar(name, content, "a.ipynb")
    assert header is None
    assert (problem.place, problem.severity) == (place, Severity.ERROR)


def test_the_header_wins_over_a_sidecar() -> None:
    """What the file says counts, the sidecar fills the gaps, and what either withholds is withheld."""
    merged = frontmatter.merge(said("title: x\nprivate: false\nteam: a"), said("title: y\ntags: [b]\nprivate: true\nteam: c\nsprint: 1"))
    assert (merged.title, merged.tags, merged.private) == ("x", ("b",), True)
    assert merged.extra == {"team": "a", "sprint": "1"}


# What holds where it says nothing


def test_a_complete_header_is_taken_as_it_is() -> None:
    """What the author says is what the post says, without a warning."""
    header = said("title: x\nauthor: Ana\ntldr: y\ndate: 2021-01-01\nupdated_at: 2021-02-01\npath: a/b\nteam: Growth")
    meta, rules = complete(header)
    assert rules == []
    assert (meta.title, meta.authors, meta.tldr, meta.url_path, meta.extra) == ("x", (Person("Ana"),), "y", "a/b", {"team": "Growth"})
    assert (meta.created_at, meta.updated_at) == (day(2021), day(2021, 2))


def test_an_empty_header() -> None:
    """Title, summary, authors and dates come from the text and from Git; the first heading alone is no reason for a warning."""
    meta, problems = frontmatter.complete(Header(), source(), heading="The heading", paragraph="word " * 100, cell=2)
    assert (meta.title, meta.authors, meta.created_at, meta.updated_at) == ("The heading", (Person("Git Author"),), day(2020), day(2022))
    assert len(meta.tldr) <= 281
    assert meta.tldr.endswith("word…")
    assert [str(problem) for problem in problems] == [
        "posts/churn_model.ipynb cell 2: no authors: Git Author from Git (add `authors: [Your Name]` in the header)",
        'posts/churn_model.ipynb cell 2: no tldr: the first paragraph is taken (add `tldr: "…"` in the header)',
    ]
    assert {problem.severity for problem in problems} == {Severity.WARNING}


def test_nothing_to_take() -> None:
    """Without heading, paragraph, authors and dates the file's name is the title, and the rest stays empty, with warnings."""
    meta, rules = complete(Header(), authors=(), created=None, updated=None)
    assert (meta.title, meta.authors, meta.tldr, meta.created_at, meta.updated_at) == ("Churn model", (), "", None, None)
    assert rules == ["header-no-title", "header-no-authors", "header-no-tldr"]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("posts/2024-churn_model.v2.ipynb", "2024 churn model.v2"),
        ("projects/lemurs.kp/knowledge.md", "Lemurs"),
        ("a/b c/index.md", "B c"),
        ("README.md", "README"),
        ("---.md", "---.md"),
    ],
)
def test_titles_from_names(path: str, title: str) -> None:
    """A file's name is made readable; one that is named like any other is called after its folder."""
    assert complete(Header(), path=path)[0].title == title


@pytest.mark.parametrize(
    ("yaml", "created", "updated", "expected"),
    [
        ("x: y", 2020, 2022, (2020, 2022)),
        ("date: 2018-01-01", 2020, 2022, (2018, 2022)),
        ("date: 2023-01-01", 2020, 2022, (2023, 2023)),
        ("date: 2023-01-01", None, None, (2023, 2023)),
        ("updated_at: 2021-01-01", 2020, 2022, (2020, 2021)),
        ("updated_at: 2019-01-01", 2020, 2022, (2019, 2019)),
        ("updated_at: 2021-01-01", None, None, (None, 2021)),
        ("date: 2018-01-01\nupdated_at: 2019-01-01", 2020, 2022, (2018, 2019)),
    ],
)
def test_dates(yaml: str, created: int | None, updated: int | None, expected: tuple[int | None, int]) -> None:
    """The author's dates count, Git's fill the gaps, and no post is updated before it is created."""
    meta, _ = complete(said(yaml), created=created and day(created), updated=updated and day(updated))
    assert (meta.created_at and meta.created_at.year, meta.updated_at and meta.updated_at.year) == expected


def test_dates_in_the_wrong_order() -> None:
    """If the author says that a post was updated before it was created, there is a warning; a day without an hour is no contradiction."""
    meta, rules = complete(said("date: 2021-01-01\nupdated_at: 2020-01-01"))
    assert "header-dates" in rules
    assert meta.updated_at == meta.created_at == day(2021)
    assert "header-dates" not in complete(said("date: 2021-01-01 14:00\nupdated_at: 2021-01-01"))[1]


def test_the_dialect_of_the_repository() -> None:
    """The header's dialect counts, then the repository's, then CommonMark."""
    plain, classic = Header(), said("dialect: classic")
    chosen = [
        frontmatter.complete(header, source(), heading="", paragraph="", dialect=own)[0].dialect
        for header in (plain, classic)
        for own in ("classic", "commonmark")
    ]
    assert chosen == ["classic", "commonmark", "classic", "classic"]
    assert complete(plain)[0].dialect == "commonmark"


# The schema


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ({"title": "x"}, True),
        ({"title": 2024}, True),
        ({"title": None}, True),
        ({"title": ["x"]}, False),
        ({"authors": "Ana, Bo"}, True),
        ({"author": ["Ana", {"name": "Bo", "orcid": "0000-0002-1825-0097"}]}, True),
        ({"authors": {"name": "Bo"}}, True),
        ({"authors": [{"email": "a@b.c"}]}, False),
        ({"authors": [{"name": "Bo", "orcid": "12"}]}, False),
        ({"authors": [["Bo"]]}, False),
        ({"abstract": "x"}, True),
        ({"tldr": {"a": "b"}}, False),
        ({"date": "2024-05-31"}, True),
        ({"created_at": "2024-05-31T14:00:00Z"}, True),
        ({"created_at": "soon"}, False),
        ({"updated_at": ["2024-05-31"]}, False),
        ({"tags": ["a", 2017, True]}, True),
        ({"tags": "a, b"}, True),
        ({"tags": []}, True),
        ({"tags": [["a"]]}, False),
        ({"path": "projects/churn"}, True),
        ({"path": "/churn"}, False),
        ({"path": "../churn"}, False),
        ({"path": "a/../churn"}, False),
        ({"path": "https://x.org/a"}, False),
        ({"thumbnail": 0}, True),
        ({"thumbnail": "a.png"}, True),
        ({"thumbnail": -1}, False),
        ({"thumbnail": []}, False),
        ({"private": True}, True),
        ({"private": "YES"}, False),
        ({"private": "true"}, False),
        ({"private": 0}, False),
        ({"draft": "YES"}, True),
        ({"draft": 0}, True),
        ({"private": 2}, False),
        ({"private": None}, False),
        ({"private": "perhaps"}, False),
        ({"draft": [True]}, False),
        ({"allowed_groups": ["a"]}, True),
        ({"allowed_groups": "a"}, True),
        ({"allowed_groups": []}, True),
        ({"allowed_groups": None}, False),
        ({"allowed_groups": [""]}, False),
        ({"proxy": "https://x.org"}, True),
        ({"proxy": "x.org"}, False),
        ({"aliases": ["/old/x.kp", "a"]}, True),
        ({"aliases": ["../x"]}, False),
        ({"aliases": ["x?y=1"]}, False),
        ({"dialect": "classic"}, True),
        ({"dialect": "gfm"}, False),
        ({"anything": {"else": [1]}}, True),
    ],
)
def test_schema_and_parser_agree(values: dict[str, Any], good: bool) -> None:
    """Editors, which know the schema, accept and refuse the same as the parser."""
    header, _ = frontmatter.sidecar("a.meta.yml", json.dumps(values).encode(), "a.md")
    assert (header is not None) is good
    assert Draft202012Validator(frontmatter.json_schema()).is_valid(values) is good


def test_the_schema_is_valid_and_takes_its_own_examples() -> None:
    """The schema is one of draft 2020-12, has a property for every key and alias, and takes the examples that it shows."""
    schema = frontmatter.json_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == {name for field in FIELDS for name in field.names}
    for name, about in schema["properties"].items():
        assert about["description"]
        assert all(Draft202012Validator(schema).is_valid({name: example}) for example in about["examples"])
