"""Terminal text to HTML: colours become spans, every other control sequence is dropped.

Own code because nbconvert's ``ansi2html`` costs 0.4 s of import and copies the rest of the text at every escape sequence, which is quadratic
on a log; the class names are the same. Sequences: ECMA-48, section 5.4 (CSI) and 8.3.117 (SGR); 256 colours as xterm has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from knowrepo.text import legal

_SEQUENCE = re.compile(
    "\x1b\\[([0-9;:]*)m"  # SGR: the colours, kept
    "|\x1b\\[[0-?]*[ -/]*[@-~]"  # any other CSI
    "|\x1b[\\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\\\)?"  # OSC, DCS, SOS, PM, APC: links, titles
    "|\x1b[ -/]*[0-~]?"  # the rest
)
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")

Colour = int | tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class _Style:
    fg: Colour = None
    bg: Colour = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False


_PLAIN = _Style()


def to_html(text: str) -> Markup:
    """The text escaped, with ``<span class="ansi-red-fg">`` where it was coloured."""
    if "\x1b" not in text:
        return escape(legal(text))
    parts: list[Markup] = []
    style, end = _PLAIN, 0
    for found in _SEQUENCE.finditer(text):
        parts.append(_span(style, text[end : found.start()]))
        end = found.end()
        if found[1] is not None:
            style = _apply(style, found[1])
    parts.append(_span(style, text[end:]))
    return Markup("").join(parts)


def _span(style: _Style, text: str) -> Markup:
    text = legal(text)
    if not text or style == _PLAIN:
        return escape(text)
    return _opening(style) + escape(text) + _CLOSING


_CLOSING = Markup("</span>")


@lru_cache(maxsize=256)
def _opening(style: _Style) -> Markup:
    fg, bg = (style.bg, style.fg) if style.inverse else (style.fg, style.bg)
    classes, css = [], []
    for colour, end, prop in ((fg, "fg", "color"), (bg, "bg", "background-color")):
        if isinstance(colour, int):
            classes.append(f"ansi-{_NAMES[colour % 8]}{'-intense' if colour > 7 else ''}-{end}")
        elif colour:
            css.append(f"{prop}: rgb{colour}")
        elif style.inverse:
            classes.append(f"ansi-default-inverse-{end}")
    classes += [f"ansi-{name}" for name in ("bold", "italic", "underline") if getattr(style, name)]
    attributes = Markup(' class="{}"').format(" ".join(classes)) if classes else Markup("")
    attributes += Markup(' style="{}"').format("; ".join(css)) if css else Markup("")
    return Markup("<span{}>").format(attributes)


def _apply(style: _Style, codes: str) -> _Style:
    numbers = [int(code[:4]) if code else 0 for code in re.split("[;:]", codes)]
    at = 0
    while at < len(numbers):
        code = numbers[at]
        at += 1
        if code in (38, 48):
            colour, used = _extended(numbers[at:])
            at += used
            style = replace(style, fg=colour) if code == 38 else replace(style, bg=colour)
        else:
            style = _simple(style, code)
    return style


_SWITCHES: dict[int, tuple[str, Any]] = {
    1: ("bold", True),
    3: ("italic", True),
    4: ("underline", True),
    7: ("inverse", True),
    21: ("bold", False),
    22: ("bold", False),
    23: ("italic", False),
    24: ("underline", False),
    27: ("inverse", False),
    39: ("fg", None),
    49: ("bg", None),
}
_COLOURS = ((30, "fg", 0), (40, "bg", 0), (90, "fg", 8), (100, "bg", 8))


def _simple(style: _Style, code: int) -> _Style:
    if code == 0:
        return _PLAIN
    if code in _SWITCHES:
        name, value = _SWITCHES[code]
        return replace(style, **{name: value})
    for first, name, shift in _COLOURS:
        if first <= code < first + 8:
            number = code - first + shift
            return replace(style, fg=number) if name == "fg" else replace(style, bg=number)
    return style


def _extended(numbers: list[int]) -> tuple[Colour, int]:
    """The colour after 38 or 48 (``5;N`` or ``2;R;G;B``) and how many numbers it took."""
    if len(numbers) >= 2 and numbers[0] == 5 and numbers[1] < 256:
        return _xterm(numbers[1]), 2
    if len(numbers) >= 4 and numbers[0] == 2 and all(n < 256 for n in numbers[1:4]):
        return (numbers[1], numbers[2], numbers[3]), 4
    return None, len(numbers)


def _xterm(number: int) -> Colour:
    if number < 16:
        return number
    if number > 231:
        grey = 8 + 10 * (number - 232)
        return (grey, grey, grey)
    levels = ((number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6)
    red, green, blue = (0 if level == 0 else 55 + 40 * level for level in levels)
    return (red, green, blue)
