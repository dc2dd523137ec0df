"""authors.yml and tags.yml: what they say, what is wrong in them, and what becomes of the names in posts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from knowrepo import rosters
from knowrepo.model import Body, Draft, Entry, Person, Severity
from knowrepo.rosters import AUTHORS, FIELDS, TAGS, Roster, Rosters
from tests import gitrepo, sitefactory, team

GUIDE = (Path(__file__).parent.parent / "docs" / "team.md").read_text("utf-8")


def load(file: str, text: str) -> Roster:
    return rosters.load(file, text.encode())


def said(file: str, text: str) -> list[str]:
    """The problems, as they are printed."""
    found = load(file, text).problems
    assert {problem.rule for problem in found} <= {"team-file"}
    return [str(problem) for problem in found]


def draft(*names: str, tags: tuple[str, ...] = (), email: str = "") -> Draft:
    made = sitefactory.post("a.md", authors=tuple(Person(name, email) for name in names), tags=tags)
    return Draft(made.source, made.meta, Body(b""), "python")


def names(made: Draft, authors: str = "", tags: str = "") -> tuple[list[str], tuple[str, ...]]:
    """The authors and tags of a post once the files have been heard."""
    (settled,) = rosters.settle([made], Rosters(load(AUTHORS, authors), load(TAGS, tags)))
    return [person.name for person in settled.meta.authors], settled.meta.tags


def test_an_entry_says_what_its_table_has() -> None:
    """Every field of both files arrives in the entry, with the line."""
    authors = load(
        AUTHORS,
        "# who is who\njdoe:\n  name: Jane Doe\n  role: Growth\n  about: Asks *why*.\n  aliases: [J. Doe]\n"
        "  links: {Chat: 'https://chat.example/j', Mail: 'mailto:j@x.example'}\n",
    )
    links = (("Chat", "https://chat.example/j"), ("Mail", "mailto:j@x.example"))
    expected = Entry("Jane Doe", ("jdoe", "Jane Doe", "J. Doe"), about="Asks *why*.", role="Growth", links=links, line=2)
    assert (authors.entries, authors.problems) == ((expected,), ())
    tags = load(TAGS, "'#churn':\n  description: Who leaves.\n  owner: Jane Doe\n  aliases: attrition\n")
    assert tags.entries == (Entry("churn", ("churn", "attrition"), about="Who leaves.", owner="Jane Doe", line=1),)


def test_a_bare_text_is_the_first_field() -> None:
    """``how-to: How we do things`` describes a tag, ``Ana: Growth`` is a role; an entry may be empty."""
    assert load(TAGS, "how-to: How we do things.\nempty:\n").entries == (
        Entry("how-to", ("how-to",), about="How we do things.", line=1),
        Entry("empty", ("empty",), line=2),
    )
    assert load(AUTHORS, "Ana: Growth").entries[0].role == "Growth"


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"~", b"\xef\xbb\xbf"])
def test_an_empty_file_says_nothing(content: bytes) -> None:
    """There is no entry and no problem."""
    assert rosters.load(TAGS, content) == Roster(TAGS)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (AUTHORS, "Ana: [", "authors.yml:1: "),
        (AUTHORS, "- Ana\n- Bo", "authors.yml:1: the file is no mapping (write lines like `Name: Pricing and growth`)"),
        (AUTHORS, "Ana:\n  rol: x", 'authors.yml:2: Ana: unknown key "rol" (did you mean "role"?)'),
        (AUTHORS, "Ana:\n  photo: x", 'authors.yml:2: Ana: unknown key "photo" (an entry may say role, about, name, aliases, links)'),
        (AUTHORS, "Ana:\n  links: {Chat: 'javascript:alert(1)'}", 'authors.yml:2: Ana: links: "javascript:alert(1)" is not a web address'),
        (AUTHORS, "Ana:\n  links: {Mail: 'mailto:a@b?bcc=c@d'}", 'authors.yml:2: Ana: links: "mailto:a@b?bcc=c@d" is not an e-mail'),
        (AUTHORS, "Ana:\n  links: https://x.example", "authors.yml:2: Ana: links: must be names with addresses"),
        (AUTHORS, "Ana:\n  role: [x]", "authors.yml:2: Ana: role: must be a text, not a list"),
        (AUTHORS, "Ana: a\nBo:\n  aliases: [ana]", 'authors.yml:2: Bo: "ana" means Ana already, in line 1 (remove one of the two)'),
        (AUTHORS, "Ana: a\nAna: b", 'authors.yml:2: "Ana" is given twice'),
        (TAGS, "'': x", "tags.yml:1: an entry without a name"),
        (TAGS, "a: &x b\nc: *y", 'tags.yml:2: "*y" names no anchor'),
    ],
)
def test_a_mistake_is_named_with_its_line(file: str, text: str, expected: str) -> None:
    """Each mistake is one error with file, line and the way out."""
    (problem,) = said(file, text)
    assert problem.startswith(expected)


def test_bytes_that_are_no_text_are_named() -> None:
    """A file in another encoding is a problem, not a crash."""
    assert "not UTF-8" in str(rosters.load(TAGS, b"caf\xe9: x").problems[0])


def test_what_is_right_holds_beside_a_mistake() -> None:
    """A wrong field costs itself, not its entry; of two claims to a name the first counts."""
    found = load(AUTHORS, "Ana:\n  role: Growth\n  links: {x: y}\nBo:\n  aliases: [Ana, B.]\n")
    assert [entry.role for entry in found.entries] == ["Growth", ""]
    assert [found.of(name).name for name in ("ana", "b.") if found.of(name)] == ["Ana", "Bo"]  # type: ignore[union-attr]
    assert len(found.problems) == 2


def test_spellings_become_one_name() -> None:
    """Aliases, another case and e-mail addresses become the name that the team has chosen, once in each post."""
    authors = "jdoe: {name: Jane Doe, aliases: [J. Doe, jane@x.example]}"
    assert names(draft("J. Doe", "JDOE", "Bo"), authors)[0] == ["Jane Doe", "Bo"]
    assert names(draft("janie", email="jane@x.example"), authors)[0] == ["Jane Doe"]
    assert names(draft(tags=("Attrition", "CHURN", "x")), tags="churn: {aliases: attrition}")[1] == ("churn", "x")
    made = draft("Bo")
    assert rosters.settle([made], rosters.NONE) == [made]


def problems(authors: str, tags: str, *drafts: Draft) -> list[str]:
    both = Rosters(load(AUTHORS, authors), load(TAGS, tags))
    found = rosters.problems((each.meta for each in rosters.settle(drafts, both)), both)
    assert all(problem.severity is Severity.WARNING for problem in found)
    return [f"{problem.rule}: {problem}" for problem in found]


def test_entries_that_match_nothing_are_named() -> None:
    """An entry without a post is a warning, with the name that may be meant; an owner need not be an author, but must not nearly be one."""
    made = draft("Maya Okafor", tags=("churn", "price", "ops"))
    assert problems("Maya Okafro: x", "chrun: x", made) == [
        'author-unknown: authors.yml:1: no published post has the author "Maya Okafro" (did you mean "Maya Okafor"?)',
        'tag-unknown: tags.yml:1: no published post has the tag "chrun" (did you mean "churn"?)',
    ]
    owners = "churn: {owner: Maya Okafro}\nprice: {owner: The pricing team}\nops: {owner: maya-okafor}\n"
    assert problems("", owners, made) == [
        'owner-unknown: tags.yml:1: churn: the owner "Maya Okafro" is no author (did you mean "Maya Okafor"?)'
    ]


@pytest.mark.parametrize("file", [AUTHORS, TAGS])
def test_the_guide_shows_every_field(file: str) -> None:
    """The guide has each field and alias in its table and in its example, which is right for the program and for the schema."""
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if block.startswith(f"# {file}"))
    assert said(file, example) == []
    schema = rosters.json_schema(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(example))
    for field in FIELDS[file]:
        assert f"{field.name}:" in example
        assert all(f"`{name}`" in GUIDE for name in field.names)


def test_the_schema_refuses_what_the_program_refuses() -> None:
    """Unknown keys and addresses of other schemes are wrong for both."""
    validator = jsonschema.Draft202012Validator(rosters.json_schema(AUTHORS))
    wrong: list[dict[str, Any]] = [{"Ana": {"rol": "x"}}, {"Ana": {"links": {"Chat": "javascript:alert(1)"}}}, {"Ana": ["x"]}]
    for value in wrong:
        assert not validator.is_valid(value)
        assert load(AUTHORS, yaml.safe_dump(value)).problems


AUTHORS_YML = "Ada Lovelace: {role: Engines, aliases: [ada@x.example]}\nBob Ross: Trees\n"
TAGS_YML = "churn: {description: Who *leaves*., owner: ada lovelace}\npricing: {aliases: price}\n"


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_an_edited_file_changes_its_pages_alone(tmp_path: Path) -> None:
    """A new role rebuilds the pages of that author and the index, as a clean build would make them; a second build touches nothing."""
    root = gitrepo.make(tmp_path / "repo", {**team.FILES, AUTHORS: AUTHORS_YML, TAGS: TAGS_YML})
    assert [problem for problem in team.site(root, tmp_path / "out", tmp_path / "cache").problems if problem.severity != "info"] == []
    before = team.tree(tmp_path / "out")
    gitrepo.write(root, {AUTHORS: AUTHORS_YML.replace("Trees", "Happy trees")})
    report = team.site(root, tmp_path / "out", tmp_path / "cache")
    after = team.tree(tmp_path / "out")
    assert changed(before, after) == {"authors/index.html", "authors/bob-ross/index.html"}
    assert b"Happy trees" in after["authors/bob-ross/index.html"]
    assert (report.written.written, team.site(root, tmp_path / "out", tmp_path / "cache").written.written) == (2, 0)
    team.site(root, tmp_path / "clean")
    assert team.tree(tmp_path / "clean") == after


def test_the_files_have_to_be_tracked(tmp_path: Path) -> None:
    """Like posts: a file that Git does not know is named, and not used without --worktree."""
    root = gitrepo.make(tmp_path / "repo", team.FILES)
    gitrepo.write(root, {AUTHORS: AUTHORS_YML})
    report = team.site(root, tmp_path / "out")
    assert [problem.path for problem in report.problems if problem.rule == "untracked-file"] == [AUTHORS]
    assert b"Engines" not in team.tree(tmp_path / "out")["authors/index.html"]
    team.site(root, tmp_path / "out", worktree=True)
    assert b"Engines" in team.tree(tmp_path / "out")["authors/index.html"]


def test_a_broken_file_costs_no_post(tmp_path: Path) -> None:
    """With a file that is no YAML, or a link, the site is as without it, and the problem says so."""
    root = gitrepo.make(tmp_path / "repo", {**team.FILES, "secret.yml": "Ada Lovelace: Secret\n"})
    team.site(root, tmp_path / "without")
    gitrepo.write(root, {TAGS: "churn: ["})
    (root / AUTHORS).symlink_to("secret.yml")
    report = team.site(root, tmp_path / "with", worktree=True)
    assert [problem.path for problem in report.problems if problem.rule == "team-file"] == [TAGS]
    assert changed(team.tree(tmp_path / "without"), team.tree(tmp_path / "with")) == set()


def test_an_address_that_is_only_an_alias_is_not_published(tmp_path: Path) -> None:
    """An e-mail address among the aliases is on no page."""
    root = gitrepo.make(tmp_path / "repo", {**team.FILES, AUTHORS: AUTHORS_YML})
    team.site(root, tmp_path / "out")
    assert not [path for path, data in team.tree(tmp_path / "out").items() if b"ada@x.example" in data]


def pinned(root: Path, out: Path, lines: str) -> tuple[list[str], str]:
    """The problems about pinned posts, and the first page."""
    gitrepo.write(root, {"knowrepo.yml": f"title: Team\n{lines}"})
    report = team.site(root, out, worktree=True)
    found = [f"{problem.severity}: {problem}" for problem in report.problems if problem.rule.startswith("pinned")]
    return found, (out / "index.html").read_text("utf-8")


def test_pinned_posts_stand_first_and_once(tmp_path: Path) -> None:
    """They stand in the team's order above the list, which leaves them out; other files of the site stay as they were."""
    root = gitrepo.make(tmp_path / "repo", team.FILES)
    _, plain = pinned(root, tmp_path / "out", "")
    before = team.tree(tmp_path / "out")
    problems, page = pinned(root, tmp_path / "out", "pinned: [growth/churn.ipynb, ./methods/guide.md, growth/churn.ipynb]\n")
    assert problems == []
    assert "Pinned" not in plain
    titles = re.findall(r'<h2 dir="auto"[^>]*><a[^>]*>([^<]+)</a>', page)
    assert titles[:3] == ["Start here", "Churn", "The guide"]
    assert sorted(titles) == ["A report", "A script", "Churn", "Prices", "Start here", "The guide"]
    assert changed(before, team.tree(tmp_path / "out")) == {"index.html"}


def test_a_pinned_path_that_is_no_post_is_named(tmp_path: Path) -> None:
    """A path that is nowhere is a warning with the one that may be meant; of a post that is left out only the line is told."""
    root = gitrepo.make(tmp_path / "repo", {**team.FILES, "growth/secret.md": team.header("Secret", "private: true")})
    problems, page = pinned(root, tmp_path / "out", "pinned:\n  - growth/chrun.ipynb\n  - growth/secret.md\n  - README.md\n")
    assert problems == [
        'warning: knowrepo.yml:3: pinned: there is no post "growth/chrun.ipynb" (did you mean "growth/churn.ipynb"?)',
        "info: knowrepo.yml:4: this pinned post is not published (`knowrepo list --all` says why; or take the line out)",
        'warning: knowrepo.yml:5: pinned: there is no post "README.md" (`knowrepo list` shows the paths of all posts; a folder\'s README.md is none)',
    ]
    assert "Pinned" not in page
