"""Kinds of values: what a field accepts, and the same as JSON Schema.

Every parser takes a Node and gives the value, or raises NodeError with everything that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from knowrepo.fields.nodes import Complaint, Listing, Node, NodeError, Scalar, Table, wrong
from knowrepo.model import Person
from knowrepo.text import near, same_key

Parser = Callable[[Node], Any]
Schema = Mapping[str, Any]

_EMAIL = re.compile(r"(?<![^\s<>(),;])[<(]?([^\s<>(),;@]+)@([^\s<>(),;@]+)[>)]?")
_ORCID = re.compile(r"(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?")
_LIKE_A_DATE = re.compile(r"[0-9]{4}[0-9W-]{1,6}(?:[Tt ][0-9:.,]+ *(?:Z|[+-][0-9:]+)?)?")
_LONE_DIGIT = re.compile(r"(?<![\d.])\d(?!\d)")
_BEFORE_ZONE = re.compile(r"(?<=\d)\s+(?=Z$|[+-]\d)")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. ``parse`` gives it (None: as good as not given); ``schema`` says the same to editors."""

    name: str
    parse: Parser
    schema: Schema


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean "tags"?``, or "" where nothing is near."""
    found = near(same_key(word), known)
    return f'did you mean "{found}"?' if found else ""


def _text(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text.strip()
    raise wrong(node, f"must be a text, not a {'list' if isinstance(node, Listing) else 'map'}", "put the value in quotes")


def _line(node: Node) -> str:
    return " ".join(_text(node).split())


def _each(things: Iterable[Any], parse: Callable[[Any], Any]) -> list[Any]:
    """What ``parse`` makes of them; the complaints about all of them together."""
    values: list[Any] = []
    complaints: list[Complaint] = []
    for thing in things:
        try:
            values.append(parse(thing))
        except NodeError as error:
            complaints += error.complaints
    if complaints:
        raise NodeError(*complaints)
    return values


def _items(node: Node, separators: str = "") -> tuple[Node, ...]:
    """The items of a list; a scalar is a list of one, or of several between separators. Empty ones are left out."""
    if isinstance(node, Scalar) and separators:
        items: tuple[Node, ...] = tuple(Scalar(part, node.plain, node.line) for part in re.split(f"[{separators}]", node.text))
    else:
        items = node.items if isinstance(node, Listing) else (node,)
    return tuple(item for item in items if not item.empty)


def _date(node: Node) -> datetime | None:
    value = _text(node)
    if value.startswith("`r "):  # R Markdown's "now, when knitted", which Git knows better
        return None
    if len(value) <= 40 and _LIKE_A_DATE.fullmatch(value):
        for spelling in (value, _LONE_DIGIT.sub(r"0\g<0>", _BEFORE_ZONE.sub("", value))):
            try:
                found = datetime.fromisoformat(spelling)
                aware = found if found.tzinfo else found.replace(tzinfo=UTC)
                if aware.astimezone(UTC).second == aware.second:  # zones off by seconds cannot be written in JSON
                    return aware
            except (ValueError, OverflowError):
                continue
    raise wrong(node, f'"{value[:40]}" is not a date', "write it like 2024-05-31, or 2024-05-31 14:00")


def _tags(node: Node) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in _each(_items(node, ","), _line):
        tag = name.lstrip("# ")
        if same_key(tag):
            found.setdefault(same_key(tag), tag)
    return tuple(found.values())


def _groups(node: Node) -> tuple[str, ...]:
    """Only ``[]`` means "no group"; anything else that names none is a mistake, which must not open the post to everybody."""
    named = _items(node, ",")
    if len(named) < (len(node.items) if isinstance(node, Listing) else 1):
        raise wrong(node, "a group without a name", "name the groups, or remove the line")
    return tuple(dict.fromkeys(_each(named, _text)))


def _named(node: Node) -> Person:
    """``Ana Abbott <ana@example.org>`` in any of its forms; an address alone is known by what stands before the @."""
    value = _line(node)
    address = _EMAIL.search(value)
    name = _EMAIL.sub("", value).strip(" \"',;<>()") or (address[1] if address else "")
    if not name:
        raise wrong(node, "an author without a name")
    return Person(" ".join(name.split()), email=f"{address[1]}@{address[2]}" if address else "")


def _orcid(node: Node) -> str:
    found = _ORCID.fullmatch(_text(node))
    if not found:
        raise wrong(node, f'"{_text(node)[:60]}" is not an ORCID', "write it like 0000-0002-1825-0097")
    return found[1]


def _person(node: Node) -> Person:
    if not isinstance(node, Table):
        return _named(node)
    given = {key.text: item for key, item in node.pairs if not item.empty}
    if "name" not in given:
        raise wrong(node, "an author without a name", next(filter(None, (did_you_mean(key, ["name"]) for key in given)), ""))
    parsers: dict[str, Parser] = {"name": _named, "email": _line, "affiliation": _line, "orcid": _orcid}
    present = [key for key in parsers if key in given]
    values = dict(zip(present, _each(present, lambda key: parsers[key](given[key])), strict=True))
    person: Person = values.pop("name")
    return Person(person.name, **{"email": person.email, **values})


def _people(node: Node) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for person in _each(_items(node, ",;"), _person):
        people.setdefault(same_key(person.name), person)
    return tuple(people.values())


def _inside(node: Node) -> str:
    """A path that stays where it is put: no root, drive, scheme, ``..`` or backslash."""
    value = _text(node)
    parts = [part.strip() for part in value.split("/")]
    if not value.isprintable() or "\\" in value or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise wrong(node, f'"{value[:80]}" is not a path inside', 'write it like `projects/churn`: no "/" at the start, no ".."')
    return value


def _url_path(node: Node) -> str:
    text = _text(node).removesuffix("/").removesuffix(".kp")
    return _inside(Scalar(text, line=node.line))


def _old_url(node: Node) -> str:
    value = _text(node)
    if "?" in value or "#" in value:
        raise wrong(node, f'"{value[:80]}" cannot be redirected', 'write the path alone: what stands after "?" or "#" is not seen')
    return _inside(Scalar(value.removeprefix("/").removesuffix("/"), line=node.line))


def _folder(node: Node) -> str:
    value = _text(node).removeprefix("./").removesuffix("/")
    return "" if value in ("", ".") else _inside(Scalar(value, line=node.line))


def _thumbnail(node: Node) -> str:
    value = _text(node)
    if re.fullmatch(r"[+-]?[0-9][0-9.]*", value):
        if not re.fullmatch(r"[0-9]{1,4}", value):
            raise wrong(node, f'"{value[:20]}" is no index of a picture', "the first picture of the post is 0")
        return str(int(value))
    if not value.isprintable():
        raise wrong(node, "control characters in a path", "remove them")
    return value


def _web(node: Node) -> str:
    value = _text(node)
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[^\s<>\"\\]+", value):
        raise wrong(node, f'"{value[:80]}" is not a web address', "it begins with https:// or http://")
    if parts.username is not None:
        raise wrong(node, "the address holds a user name or a password, which would be published", "write it without")
    return value


def _site(node: Node) -> str:
    value = _web(node)
    if "?" in value or "#" in value:
        raise wrong(node, f'"{value[:80]}" is not the address of a whole site', 'leave out "?" or "#" and what follows')
    return value


def choice(*words: str) -> Kind:
    """One of these words."""

    def parse(node: Node) -> str:
        value = _text(node)
        if value not in words:
            raise wrong(node, f'"{value[:40]}" is not known', did_you_mean(value, words) or "one of: " + ", ".join(words))
        return value

    return Kind(" or ".join(words), parse, {"enum": list(words)})


def whole(low: int, high: int) -> Kind:
    """A whole number from ``low`` to ``high``."""

    def parse(node: Node) -> int:
        value = _text(node)
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise wrong(node, f'"{value[:20]}" is not a whole number from {low} to {high}')
        return int(value)

    return Kind(f"whole number from {low} to {high}", parse, {"type": "integer", "minimum": low, "maximum": high})


def word(pattern: str, what: str) -> Kind:
    """A text that matches ``pattern`` (for Python and ECMAScript alike, with its anchors) and is described by ``what``."""

    def parse(node: Node) -> str:
        value = _text(node)
        if not re.search(pattern, value):
            raise wrong(node, f'"{value[:40]}" is not {what}')
        return value

    return Kind(what, parse, {"type": "string", "pattern": pattern})


def listed(name: str, parse: Parser, item: Schema) -> Kind:
    """A list (or one) of what ``parse`` reads, each once."""
    return Kind(name, lambda node: tuple(dict.fromkeys(_each(_items(node), parse))), _many(item))


def _many(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": {"anyOf": [item, {"type": "null"}]}}]}


_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_PATH: Schema = {"type": ["string", "number"], "pattern": r"^(?!\s*/)(?!.*//)(?!(.*/)?\s*\.\.?\s*(/|$))[^\\:/]+(/[^\\]*)?$"}
_OLD: Schema = {"type": ["string", "number"], "pattern": r"^(?!//)(?!.*//)(?!(.*/)?\s*\.\.?\s*(/|$))/?[^\\:/?#][^\\?#]*$"}
_GROUP: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_AUTHOR: Schema = {
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": _TEXT,
                "email": {**_TEXT, "description": "Never published."},
                "affiliation": _TEXT,
                "orcid": {"type": "string", "pattern": rf"^\s*{_ORCID.pattern}\s*$"},
            },
        },
    ]
}
_RULE = word(r"^[a-z0-9]+(-[a-z0-9]+)*$", "a rule such as laptop-path")
LINE = Kind("text", _line, _TEXT)
MARKDOWN = Kind("Markdown", _text, _TEXT)
DATE = Kind("date", _date, {"type": "string", "pattern": r"^\s*(`r |[0-9]{4}-?([0-9]|W))"})
TAGS = Kind("list of texts, or a text with commas", _tags, _many(_TEXT))
TEXTS = listed("list of texts", _text, _TEXT)
GROUPS = Kind("list of texts, or a text with commas", _groups, {"anyOf": [_GROUP, {"type": "array", "items": _GROUP}]})
PEOPLE = Kind("list of names, or a text with commas", _people, _many(_AUTHOR))
URL_PATH = Kind("path", _url_path, _PATH)
OLD_URLS = listed("list of paths", _old_url, _OLD)
RULES = listed("list of rules", _RULE.parse, _RULE.schema)
FOLDERS = listed("list of folders", _folder, _TEXT)
THUMBNAIL = Kind("number, path or URL", _thumbnail, {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9999}, {"type": "string"}]})
WEB = Kind("web address", _web, {"type": "string", "pattern": r"^\s*https?://[^/?#\s]"})
LANGUAGE = word(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "a language tag such as en or pt-BR")
SITE = Kind("web address", _site, {"type": "string", "pattern": r"^\s*https?://[^/?#\s][^?#\s]*\s*$"})
