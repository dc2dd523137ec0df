"""Patterns of paths, much as in ``.gitignore``.

``*`` and ``?`` stand for characters other than the slash, ``**`` for any number of folders, everything else for itself. A pattern with a slash
(other than at its end) begins at the root, one without matches at any depth; a folder that is matched takes all its files with it; with a slash
at the end only folders match. https://git-scm.com/docs/gitignore#_pattern_format
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matching(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the patterns matches a path that is relative to the root."""
    expressions = [_expression(pattern) for pattern in patterns if pattern.strip("/")]
    if not expressions:
        return lambda _path: False
    expression = re.compile("|".join(expressions), re.DOTALL)
    return lambda path: expression.fullmatch(path) is not None


def _expression(pattern: str) -> str:
    body = "".join(_WILDCARDS.get(part) or re.escape(part) for part in re.findall(r"\*\*/|\*\*|.", pattern.strip("/"), re.DOTALL))
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    return start + body + ("/.*" if pattern.endswith("/") else "(?:/.*)?")
