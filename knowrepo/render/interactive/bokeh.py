"""Bokeh: the documents that its notebook output, ``components`` and ``file_html`` carry.

Source of the shapes: ``bokeh/core/_templates/doc_nb_js.js``, ``doc_js.js`` and ``file.html`` of versions 1 to 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from knowrepo.render.interactive import literals
from knowrepo.render.interactive.payload import Answer, Payload, Refused

OLDEST = 3
"""Bokeh 3 changed how documents are written; its script does not read older ones."""

SERVED = "This chart needs a Bokeh server, which is not part of the notebook."

_DOCUMENTS = re.compile(r"\b(?:var|let|const) docs_json\s?=")
_ITEMS = re.compile(r"\b(?:var|let|const) render_items\s?=")
_ELSEWHERE = re.compile(r"""\s?document\.getElementById\(["']([^"']{1,200})["']\)""")
_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")
LOADER = re.compile(r"""class=\\?["']bk-(?:logo|notebook-logo)|_bokeh_onload_callbacks""")
"""What ``output_notebook()`` leaves: a logo that says how loading goes, and the script that loads."""


def drawn(codes: Iterable[str], texts: Mapping[str, str]) -> Answer:
    """The chart that scripts draw, if there is one; ``texts`` are inert script elements by id, where ``file_html`` keeps its documents."""
    for code in codes:
        if "docs_json" in code:
            items = next((call[0] for call in literals.after(_ITEMS, code) if call), None)
            documents = _documents(code, texts)
            if isinstance(documents, dict) and isinstance(items, list):
                return chart(documents, items)
    return None


def chart(documents: dict[str, Any], items: list[Any]) -> Answer:
    """The chart of ``docs_json`` and ``render_items``."""
    versions = [_VERSION.match(str(document.get("version", ""))) for document in documents.values() if isinstance(document, dict)]
    old = next((version for version in versions if version and int(version[1]) < OLDEST), None)
    if old:
        return Refused(f"This chart was made with Bokeh {old[0]}, which is too old to be drawn here; Bokeh {OLDEST} charts are.")
    return Payload("bokeh", {"docs_json": documents, "render_items": items}, ("bokeh",), "Interactive chart") if documents else None


def _documents(code: str, texts: Mapping[str, str]) -> Any:
    for found in islice(_DOCUMENTS.finditer(code), literals.MOST):
        elsewhere = _ELSEWHERE.match(code, found.end())
        if elsewhere:
            return literals.loads(texts.get(elsewhere[1], ""))
        read = literals.value(code, found.end())
        if read:
            return literals.loads(read[0]) if isinstance(read[0], str) else read[0]
    return None
