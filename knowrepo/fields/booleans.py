"""True or false: as any YAML dialect writes it, or as YAML 1.2 alone does where a mistake would be grave."""

from __future__ import annotations

from collections.abc import Iterable

from knowrepo.fields.kinds import Kind, Schema
from knowrepo.fields.nodes import Node, Scalar, wrong

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_PLAIN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def _boolean(node: Node) -> bool:
    word = node.text.strip().casefold() if isinstance(node, Scalar) else ""
    if word not in (*_TRUE, *_FALSE):
        raise wrong(node, "must be true or false", "until it is, the post is kept off the site, to be safe")
    return word in _TRUE


def _plain_boolean(node: Node) -> bool:
    """YAML's own true or false (https://yaml.org/spec/1.2.2/#1032-tag-resolution), and nothing that has to be interpreted."""
    word = node.text if isinstance(node, Scalar) and node.plain else ""
    if word not in _PLAIN:
        raise wrong(node, "must be true or false, without quotes", "until it is, the post is kept off the site, to be safe")
    return _PLAIN[word]


def _any_case(words: Iterable[str]) -> str:
    return "|".join("".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in each) for each in words)


_YES_OR_NO: Schema = {
    "anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string", "pattern": rf"^\s*({_any_case((*_TRUE, *_FALSE))})\s*$"}]
}

ANY = Kind("true or false", _boolean, _YES_OR_NO)
PLAIN = Kind("true or false", _plain_boolean, {"type": "boolean"})
