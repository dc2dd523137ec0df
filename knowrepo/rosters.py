"""The team's own files: ``authors.yml`` says who is who, ``tags.yml`` what a tag means. Both are optional.

    bytes ─load→ Roster       Drafts ─settle(Rosters)→ the same Drafts, with one name for each author and tag

Both files map a name as it stands in headers to what there is to say: a table of ``FIELDS``, or a text for the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from knowrepo.fields import Complaint, Field, Kind, Node, NodeError, Scalar, Table, did_you_mean, kinds, read, tree, wrong
from knowrepo.fields import json_schema as _json_schema
from knowrepo.model import EMPTY, Draft, Entry, Meta, Person, Problem, Severity
from knowrepo.text import near, same_key

AUTHORS = "authors.yml"
TAGS = "tags.yml"
MAX_BYTES = 256 * 1024

_MAIL = re.compile(r"mailto:[^\s<>\"\\?&@:/]+@[^\s<>\"\\?&@:/]+")


def _address(node: Node) -> str:
    if isinstance(node, Scalar) and node.text.strip().startswith("mailto:"):
        if not _MAIL.fullmatch(node.text.strip()):
            raise wrong(node, f'"{node.text.strip()[:80]}" is not an e-mail address', "write it like mailto:ana@example.org")
        return node.text.strip()
    address: str = kinds.WEB.parse(node)
    return address


def _links(node: Node) -> tuple[tuple[str, str], ...]:
    if not isinstance(node, Table):
        raise wrong(node, "must be names with addresses", "write lines like `Chat: https://chat.example.org/ana`")
    found = []
    complaints: list[Complaint] = []
    for key, value in node.pairs:
        try:
            found.append((kinds.LINE.parse(key), _address(value)))
        except NodeError as error:
            complaints += error.complaints
    if complaints:
        raise NodeError(*complaints)
    return tuple(found)


_LINKS = Kind(
    "names with addresses",
    _links,
    {"type": "object", "additionalProperties": {"type": "string", "pattern": r"^\s*(https?://[^/?#\s]|mailto:[^\s@]+@[^\s@]+)"}},
)
_NAMES = kinds.listed("list of names", kinds.LINE.parse, kinds.LINE.schema)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    AUTHORS: (
        Field("role", kinds.LINE, "What they do, in a few words.", "Pricing and growth"),
        Field("about", kinds.MARKDOWN, "A line or two about them (Markdown).", "Ask me about **elasticity**.", aliases=("description",)),
        Field("name", kinds.LINE, "The name as the site shows it. If missing: the one that the entry stands under.", "Ana Abbott"),
        Field(
            "aliases", _NAMES, "Other names that mean the same person: user names, initials, e-mail addresses.", ["aabbott", "A. Abbott"]
        ),
        Field("links", _LINKS, "Where else to find them: names with web or `mailto:` addresses.", {"Chat": "https://chat.example.org/ana"}),
    ),
    TAGS: (
        Field("description", kinds.MARKDOWN, "What the tag means (Markdown).", "Why customers **leave**.", aliases=("about",)),
        Field("owner", kinds.LINE, "Who looks after it: the name of an author.", "Ana Abbott"),
        Field("aliases", _NAMES, "Other spellings, which become this tag.", ["attrition", "churn-rate"]),
    ),
}
"""What an entry may say, by file. A bare text stands for the first field."""


def _nothing() -> Mapping[str, Entry]:
    return EMPTY


@dataclass(frozen=True, slots=True)
class Roster:
    """One of the files. ``meanings`` maps the key (``text.same_key``) of each spelling to its entry."""

    file: str
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    meanings: Mapping[str, Entry] = field(default_factory=_nothing)

    def of(self, name: str) -> Entry | None:
        """The entry that this name means."""
        return self.meanings.get(same_key(name))


@dataclass(frozen=True, slots=True)
class Rosters:
    """Both files."""

    authors: Roster = Roster(AUTHORS)
    tags: Roster = Roster(TAGS)


NONE = Rosters()


def load(file: str, content: bytes) -> Roster:
    """What a file says; ``file`` is one of ``FIELDS``. Whatever is wrong in it is among the problems, and the rest holds."""
    try:
        root = tree(content.decode("utf-8-sig"), longest=MAX_BYTES)
    except UnicodeDecodeError:
        return Roster(file, problems=(_mistake(file, Complaint("the file is not UTF-8", "yaml", 0, "save it as UTF-8")),))
    except NodeError as error:
        return Roster(file, problems=tuple(_mistake(file, complaint) for complaint in error.complaints))
    if root is None or root.empty:
        return Roster(file)
    if not isinstance(root, Table):
        complaint = Complaint("the file is no mapping", "yaml", root.line, f"write lines like `Name: {FIELDS[file][0].example}`")
        return Roster(file, problems=(_mistake(file, complaint),))
    entries: list[Entry] = []
    complaints: list[Complaint] = []
    meanings: dict[str, Entry] = {}
    for key, node in root.pairs:
        entry, found = _entry(file, key, node)
        complaints += [*found, *_taken(entry, meanings)]
        for spelling in entry.spellings:
            meanings.setdefault(same_key(spelling), entry)
        entries.append(entry)
    return Roster(file, tuple(entries), tuple(_mistake(file, complaint) for complaint in complaints), MappingProxyType(meanings))


def settle(drafts: Iterable[Draft], rosters: Rosters) -> list[Draft]:
    """The drafts with the names that the team has agreed on, each once."""
    return [_settled(draft, rosters) for draft in drafts] if rosters.authors.entries or rosters.tags.entries else list(drafts)


def problems(posts: Iterable[Meta], rosters: Rosters) -> tuple[Problem, ...]:
    """What is wrong in both files, entries that match none of these settled posts among it."""
    metas = tuple(posts)
    authors = {same_key(person.name): person.name for meta in metas for person in meta.authors}
    tags = {same_key(tag): tag for meta in metas for tag in meta.tags}
    return (
        *rosters.authors.problems,
        *_unmatched(rosters.authors, authors),
        *rosters.tags.problems,
        *_unmatched(rosters.tags, tags),
        *_owners(rosters, authors),
    )


def json_schema(file: str) -> dict[str, Any]:
    """The table of a file as JSON Schema, for editors."""
    entry = _json_schema(FIELDS[file], title="An entry", closed=True)
    short = FIELDS[file][0].kind.schema
    draft = entry.pop("$schema")
    return {"$schema": draft, "title": file, "type": ["object", "null"], "additionalProperties": {"anyOf": [short, entry]}}


def _entry(file: str, key: Scalar, node: Node) -> tuple[Entry, list[Complaint]]:
    rows = FIELDS[file]
    short = () if node.empty else ((Scalar(rows[0].name, line=node.line), node),)
    reading = read(node if isinstance(node, Table) else Table(short, node.line), rows)
    names = [row.name for row in rows]
    complaints = [
        *reading.complaints,
        *(
            Complaint(f'unknown key "{unknown.text}"', "unknown-key", unknown.line, _known(unknown.text, names))
            for unknown, _ in reading.unknown
        ),
    ]
    values = reading.values
    given = " ".join(key.text.split()).lstrip("# ") if file == TAGS else " ".join(key.text.split())
    if not same_key(given):
        complaints.append(Complaint("an entry without a name", "value", key.line, "write the name before the colon"))
    name = values.get("name") or given
    spellings = (given, name, *values.get("aliases", ()))
    entry = Entry(
        name=name,
        spellings=tuple(dict.fromkeys(spelling for spelling in spellings if same_key(spelling))),
        about=values.get("about") or values.get("description") or "",
        role=values.get("role", ""),
        owner=values.get("owner", ""),
        links=values.get("links", ()),
        line=key.line,
    )
    return entry, [replace(complaint, message=f"{given}: {complaint.message}" if given else complaint.message) for complaint in complaints]


def _known(word: str, names: list[str]) -> str:
    return did_you_mean(word, names) or f"an entry may say {', '.join(names)}"


def _taken(entry: Entry, meanings: Mapping[str, Entry]) -> Iterator[Complaint]:
    for spelling in entry.spellings:
        other = meanings.get(same_key(spelling))
        if other:
            yield Complaint(
                f'{entry.name}: "{spelling}" means {other.name} already, in line {other.line}', "value", entry.line, "remove one of the two"
            )


def _mistake(file: str, complaint: Complaint) -> Problem:
    return Problem(file, complaint.message, "team-file", line=complaint.line or None, hint=complaint.hint, severity=complaint.severity)


def _settled(draft: Draft, rosters: Rosters) -> Draft:
    people: dict[str, Person] = {}
    for person in draft.meta.authors:
        entry = rosters.authors.of(person.name) or rosters.authors.of(person.email)
        people.setdefault(same_key(entry.name if entry else person.name), replace(person, name=entry.name) if entry else person)
    tags: dict[str, str] = {}
    for tag in draft.meta.tags:
        entry = rosters.tags.of(tag)
        tags.setdefault(same_key(entry.name if entry else tag), entry.name if entry else tag)
    return replace(draft, meta=replace(draft.meta, authors=tuple(people.values()), tags=tuple(tags.values())))


def _unmatched(roster: Roster, names: Mapping[str, str]) -> Iterator[Problem]:
    kind = "author" if roster.file == AUTHORS else "tag"
    for entry in roster.entries:
        if same_key(entry.name) not in names and roster.of(entry.name) is entry:
            hint = _meant(entry.name, names) or "write it as the headers do, or remove the entry"
            message = f'no published post has the {kind} "{entry.name}"'
            yield Problem(roster.file, message, f"{kind}-unknown", line=entry.line, hint=hint, severity=Severity.WARNING)


def _owners(rosters: Rosters, authors: Mapping[str, str]) -> Iterator[Problem]:
    """Owners that are nobody but look like somebody; others (a team, a guest) are shown as they are."""
    for entry in rosters.tags.entries:
        if entry.owner and not rosters.authors.of(entry.owner) and same_key(entry.owner) not in authors:
            hint = _meant(entry.owner, {same_key(each.name): each.name for each in rosters.authors.entries} | dict(authors))
            if hint:
                message = f'{entry.name}: the owner "{entry.owner}" is no author'
                yield Problem(TAGS, message, "owner-unknown", line=entry.line, hint=hint, severity=Severity.WARNING)


def _meant(word: str, names: Mapping[str, str]) -> str:
    found = near(same_key(word), names)
    return f'did you mean "{names[found]}"?' if found else ""
