"""Tables of fields. One table makes the validation, the JSON Schema and the documentation of the header, another those of knowrepo.yml.

    text ─nodes.tree→ Table ─read(table, fields)→ Reading(values, unknown, complaints)

``nodes`` is YAML with places (owner of PyYAML), ``kinds`` are what a value may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from knowrepo.fields.kinds import Kind, did_you_mean
from knowrepo.fields.nodes import Complaint, Listing, Node, NodeError, Scalar, Table, data, from_json, from_toml, quoted, tree, wrong
from knowrepo.model import Severity

__all__ = [
    "Complaint",
    "Field",
    "Kind",
    "Listing",
    "Node",
    "NodeError",
    "Reading",
    "Scalar",
    "Table",
    "data",
    "did_you_mean",
    "from_json",
    "from_toml",
    "json_schema",
    "quoted",
    "read",
    "tree",
    "wrong",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table. ``doc`` is Markdown; ``example`` and ``default`` are JSON values.

    ``guard`` marks a field that decides who may read the post: it may not be left empty or misspelt.
    """

    name: str
    kind: Kind
    doc: str
    example: Any
    aliases: tuple[str, ...] = ()
    default: Any = None
    guard: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases; where several are given, the first of them counts."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Reading:
    """``values`` by the fields' names (those that are given and right), the pairs that are no field, and everything that is wrong."""

    values: dict[str, Any]
    unknown: tuple[tuple[Scalar, Node], ...]
    complaints: tuple[Complaint, ...]


def read(table: Table, fields: Iterable[Field]) -> Reading:
    """The values of a table. A pair whose field has been given by a better name counts as unknown, with a warning."""
    left = {key.text: (key, node) for key, node in table.pairs}
    values: dict[str, Any] = {}
    complaints: list[Complaint] = []
    for field in fields:
        given = [name for name in field.names if name in left]
        if not given:
            continue
        key, node = left.pop(given[0])
        try:
            value = None if node.empty and not field.guard else field.kind.parse(node)
        except NodeError as error:
            complaints += [replace(each, message=f"{key.text}: {each.message}") for each in error.complaints]
        else:
            values |= {} if value is None else {field.name: value}
        for name in given[1:]:
            message = f'"{name}" says the same as "{given[0]}", which is used'
            complaints.append(Complaint(message, "two-names", left[name][0].line, "remove one of them", Severity.WARNING))
    return Reading(values, tuple(left.values()), tuple(complaints))


def json_schema(fields: Iterable[Field], *, title: str, closed: bool) -> dict[str, Any]:
    """The table as JSON Schema (draft 2020-12); a ``closed`` one refuses other keys."""
    properties: dict[str, Any] = {}
    for field in fields:
        accepted = field.kind.schema if field.guard else {"anyOf": [field.kind.schema, {"type": "null"}]}
        about = {"description": field.doc, "examples": [field.example]}
        default = {} if field.default is None else {"default": field.default}
        properties[field.name] = {**accepted, **about, **default}
        for alias in field.aliases:
            properties[alias] = {**accepted, **about, "description": f"The same as `{field.name}`. {field.doc}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": not closed,
    }
