"""The colours of a theme, for what is no page: the browser's own frame, the web manifest, social cards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

_COLOUR = re.compile(
    rb"--(accent|paper)\s*:\s*(?:light-dark\(\s*(#[0-9a-f]{6})\s*,\s*(#[0-9a-f]{6})\s*\)|(#[0-9a-f]{6}))\s*;", re.IGNORECASE
)
_BASE = {"accent": ("#14568c", "#86c0ee"), "paper": ("#fcfcfa", "#15181b")}

Colours = Mapping[str, tuple[str, str]]
"""``accent`` and ``paper``: each as ``#rrggbb`` on light and on dark screens."""


def read(sheets: Iterable[bytes]) -> Colours:
    """The colours that style sheets give to ``--accent`` and ``--paper``; of several the last one counts, in each the first place.

    Only ``#rrggbb`` and ``light-dark(#rrggbb, #rrggbb)`` are understood; whatever else there is, the colour of the base theme stands for it.
    """
    found = dict(_BASE)
    for sheet in sheets:
        first = {match[1]: match for match in reversed(list(_COLOUR.finditer(sheet)))}
        for name, match in first.items():
            light, dark = (match[2], match[3]) if match[2] else (match[4], match[4])
            found[name.decode().lower()] = (light.decode().lower(), dark.decode().lower())
    return MappingProxyType(found)
