"""Characters that nobody sees, shown as marks: in code and terminal text they can make a line read as what it is not ("Trojan Source", CVE-2021-42574)."""

from __future__ import annotations

import re
import unicodedata

_ALWAYS = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f"
"""Bidirectional controls, zero-width characters, invisible letters, tags."""
_JOINERS = "\u200c\u200d"
"""They belong into emoji and into words of some scripts; beside an ASCII character there is no use for them."""
_HIDDEN = re.compile(rf"[{_ALWAYS}]|(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])")


def marked(html: str) -> str:
    """The HTML with ``<span class="control" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>`` for each of them in its text.

    Attributes must hold none of them.
    """
    return html if html.isascii() else _HIDDEN.sub(_mark, html)


def _mark(found: re.Match[str]) -> str:
    code = f"U+{ord(found[0]):04X}"
    return f'<span class="control" title="{code} {unicodedata.name(found[0], "CONTROL")}">{code}</span>'
