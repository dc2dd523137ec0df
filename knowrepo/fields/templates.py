"""Web addresses with ``{places}`` to be filled in. Whatever is filled in, the host stays the one that was written (or the project's own)."""

from __future__ import annotations

import re

from knowrepo.fields.kinds import MARKDOWN, Kind, did_you_mean
from knowrepo.fields.nodes import Node, wrong

_START = re.compile(r"(?:https://[A-Za-z0-9.:\[\]-]+(?=[/?#]|\Z)|\{project_url\})[^\s<>\"\\^`|]*")
_PLACE = re.compile(r"\{([^{}]*)\}")


def address(*places: str) -> Kind:
    """An https address (or one that begins with the project's) in which these places may stand."""

    def parse(node: Node) -> str:
        value: str = MARKDOWN.parse(node)
        known = "the places are " + ", ".join(f"{{{place}}}" for place in places)
        for name in _PLACE.findall(value):
            if name not in places:
                raise wrong(node, f'"{{{name}}}" is no place that can be filled in', did_you_mean(name, places) or known)
        if set("{}") & set(_PLACE.sub("", value)):
            raise wrong(node, "a brace that belongs to no place", known)
        if not _START.fullmatch(value):
            raise wrong(node, f'"{value[:80]}" is not a web address', "it begins with https:// and a host, or with {project_url}")
        return value

    return Kind("web address with places", parse, {"type": "string", "pattern": r"^\s*(https://[^/?#{}\s@]+|\{project_url\})"})


def address_or_off(*places: str) -> Kind:
    """The same, or false: "" then."""
    kind = address(*places)

    def parse(node: Node) -> str:
        return "" if str(MARKDOWN.parse(node)).lower() in ("false", "no", "off") else str(kind.parse(node))

    return Kind(f"{kind.name}, or false", parse, {"anyOf": [kind.schema, {"enum": [False, "false", "no", "off"]}]})
