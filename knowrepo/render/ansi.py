"""Terminal text to HTML: colours become spans, every other control sequence is dropped, characters that nobody sees are marked.

The 16 named colours are classes, which the theme colours. Any other is written out, so it is made readable here: text keeps its hue and gets the
lightness that it needs on light and on dark paper; on a ground of its own it is black or white if it could not be read.

Own code because nbconvert's ``ansi2html`` costs 0.4 s of import and copies the rest of the text at every escape sequence, which is quadratic
on a log; the class names are the same. Sequences: ECMA-48, section 5.4 (CSI) and 8.3.117 (SGR); 256 colours as xterm has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from knowrepo.render import contrast, controls
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
        return Markup(controls.marked(escape(legal(text))))  # noqa: S704 - escaped, with marks of ours
    parts: list[Markup] = []
    style, end = _PLAIN, 0
    for found in _SEQUENCE.finditer(text):
        parts.append(_span(style, text[end : found.start()]))
        end = found.end()
        if found[1] is not None:
            style = _apply(style, found[1])
    parts.append(_span(style, text[end:]))
    return Markup(controls.marked("".join(parts)))  # noqa: S704 - parts are Markup; marks are ours


def plain(text: str) -> str:
    """The text without its colours and other control sequences."""
    return legal(_SEQUENCE.sub("", text) if "\x1b" in text else text)


def _span(style: _Style, text: str) -> Markup:
    text = legal(text)
    if not text or style == _PLAIN:
        return escape(text)
    return _opening(style) + escape(text) + _CLOSING


_CLOSING = Markup("</span>")


@lru_cache(maxsize=256)
def _opening(style: _Style) -> Markup:
    fg, bg = (style.bg, style.fg) if style.inverse else (style.fg, style.bg)
    css = _css(fg, bg)
    classes = [] if isinstance(bg, tuple) else _named(fg, "fg", style.inverse)
    classes += _named(bg, "bg", style.inverse)
    classes += [f"ansi-{name}" for name in ("bold", "italic", "underline") if getattr(style, name)]
    attributes = Markup(' class="{}"').format(" ".join(classes)) if classes else Markup("")
    attributes += Markup(' style="{}"').format(css) if css else Markup("")
    return Markup("<span{}>").format(attributes)


def _named(colour: Colour, end: str, inverse: bool) -> list[str]:
    if isinstance(colour, int):
        return [f"ansi-{_NAMES[colour % 8]}{'-intense' if colour > 7 else ''}-{end}"]
    return [f"ansi-default-inverse-{end}"] if colour is None and inverse else []


def _css(fg: Colour, bg: Colour) -> str:
    """The style of colours that have no name."""
    if isinstance(bg, tuple):
        ink = fg if isinstance(fg, tuple) and contrast.ratio(fg, bg) >= contrast.READABLE else contrast.ink(bg)
        return f"color: {contrast.css(ink)}; background-color: {contrast.css(bg)}"
    if not isinstance(fg, tuple):
        return ""
    return f"color: light-dark({contrast.css(contrast.on_light(fg))}, {contrast.css(contrast.on_dark(fg))})"


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
