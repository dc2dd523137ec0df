"""itables: its rows are data of a script, and its table on the page only says "Loading".

Source of the shapes: ``itables/html/*.html`` and ``itables/javascript.py`` of versions 1 and 2.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from knowrepo.render.interactive import literals
from knowrepo.render.interactive.payload import Static

_OURS = re.compile(r"dt_for_itables|Loading ITables|itables_")
_ROWS = re.compile(r'"data_json":|\bconst data =|dt_args\["data_json"\] =')
_TEMPLATE = re.compile(r'"table_html":')


def static(page: str) -> Static | None:
    """The plain table of an interactive one, not sanitised; None where there is none."""
    if not _OURS.search(page):
        return None
    found = next((call[0] for call in literals.after(_ROWS, page) if call), None)
    rows = literals.loads(found) if isinstance(found, str) else found
    if not isinstance(rows, list):
        return None
    template = next((call[0] for call in literals.after(_TEMPLATE, page) if call and isinstance(call[0], str)), page)
    head = template[template.find("<thead") :].partition("</thead>")[0] if "<thead" in template else "<thead>"
    body = "".join(f"<tr>{''.join(f'<td>{_shown(value)}</td>' for value in row)}</tr>" for row in rows if isinstance(row, list))
    return Static("text/html", f'<table class="dataframe">{head}</thead><tbody>{body}</tbody></table>')


def _shown(value: Any) -> str:
    """A cell as itables writes it: HTML, a number, or a mapping with what to show and what to sort by."""
    if isinstance(value, dict):
        value = value.get("display")
    return value if isinstance(value, str) else "" if value is None else escape(str(value))
