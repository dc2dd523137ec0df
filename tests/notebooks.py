"""Small notebooks made by hand, and their way through ``read.document``.

notebooks.read("a.ipynb", notebooks.dump(notebooks.raw(HEADER), notebooks.code("1", notebooks.stream("1"))))
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from knowrepo import read as rooms
from knowrepo.model import Document, Person, Skipped, Source

HEADER = "---\ntitle: Churn\nauthors: [Ada]\ntldr: Short.\n---\n"


def read(
    path: str,
    data: bytes | str,
    companions: Mapping[str, str | bytes] | None = None,
    *,
    included: bool = False,
    drafts: bool = False,
    audience: frozenset[str] = frozenset(),
    dialect: str = "commonmark",
) -> Document | Skipped:
    """What becomes of a file."""
    day = datetime(2024, 5, 31, tzinfo=UTC)
    source = Source(path, "b" * 40, day, day, (Person("Git Author"),))
    beside = {name: _bytes(value) for name, value in (companions or {}).items()}
    return rooms.document(source, _bytes(data), beside, rooms.Options(included, drafts, audience, dialect))


def post(path: str, data: bytes | str, companions: Mapping[str, str | bytes] | None = None, **options: Any) -> Document:
    """What becomes of a file that is a post."""
    made = read(path, data, companions, **options)
    assert isinstance(made, Document), made
    return made


def skipped(path: str, data: bytes | str, companions: Mapping[str, str | bytes] | None = None, **options: Any) -> Skipped:
    """What becomes of a file that is no post."""
    made = read(path, data, companions, **options)
    assert isinstance(made, Skipped), made
    return made


def dump(*cells: Any, **changes: Any) -> bytes:
    """A notebook of nbformat 4.5 as a file."""
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | changes
    return json.dumps({key: value for key, value in whole.items() if value is not None}).encode()


def raw(source: Any, **changes: Any) -> dict[str, Any]:
    """A raw cell."""
    return {"cell_type": "raw", "metadata": {}, "source": source, **changes}


def markdown(source: Any, **changes: Any) -> dict[str, Any]:
    """A Markdown cell."""
    return {**raw(source), "cell_type": "markdown", **changes}


def code(source: Any, *outputs: Any, **changes: Any) -> dict[str, Any]:
    """A code cell."""
    return {**raw(source), "cell_type": "code", "execution_count": 1, "outputs": list(outputs), **changes}


def stream(text: Any, name: str = "stdout") -> dict[str, Any]:
    """Printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def shown(data: Any, **changes: Any) -> dict[str, Any]:
    """Something displayed."""
    return {"output_type": "display_data", "data": data, "metadata": {}, **changes}


def texts(document: Document) -> list[str]:
    """The texts of the cells."""
    return [cell.text for cell in document.cells]


def rules(made: Document | Skipped) -> list[str]:
    """The rules of the problems."""
    return [problem.rule for problem in made.problems]


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
