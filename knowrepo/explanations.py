"""What every rule means: the page of the guide that describes them, which comes with the package."""

from __future__ import annotations

import re

from knowrepo import shipped

_SECTION = re.compile(r"^### (\S+)\n\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def every() -> dict[str, str]:
    """By rule, in alphabetical order, what it means and the way out, as Markdown without links."""
    page = shipped.problems().read_text("utf-8")
    return {rule: _LINK.sub(r"\1", about).strip() for rule, about in sorted(_SECTION.findall(page))}
