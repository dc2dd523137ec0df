"""Maps with keys of their own, as a list in the settings holds them: a table of fields below a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from knowrepo.fields import Complaint, Field, Node, NodeError, Table, json_schema, read, wrong
from knowrepo.fields.kinds import Kind, listed


def records(what: str, fields: Sequence[Field], required: Sequence[str], make: Callable[..., Any]) -> Kind:
    """A list of maps. ``make`` is called with the values that are given, by the fields' names; ``what`` says what one of them is ("an audience")."""
    schema = {
        "type": "object",
        "required": list(required),
        "properties": json_schema(fields, title="", closed=True)["properties"],
        "additionalProperties": False,
    }
    names = [f"`{name}`" for name in required]

    def parse(node: Node) -> Any:
        if not isinstance(node, Table):
            raise wrong(node, f"{what} is a map", f"write it with {_and(_written(fields, required))}")
        reading = read(node, fields)
        hint = f"the keys are {_and([field.name for field in fields])}"
        unknown = [Complaint(f'unknown key "{key.text}"', "unknown-key", key.line, hint) for key, _ in reading.unknown]
        if complaints := (*reading.complaints, *unknown):
            raise NodeError(*complaints)
        if not reading.values.keys() >= set(required):
            raise wrong(node, f"{what} needs {_and(['a ' + name for name in required])}", f"write {_and(_written(fields, required))}")
        return make(**reading.values)

    return listed(f"list of maps with {_and(names)}", parse, schema)


def _written(fields: Sequence[Field], required: Sequence[str]) -> list[str]:
    return [f"`{field.name}: {field.example}`" for field in fields if field.name in required]


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
