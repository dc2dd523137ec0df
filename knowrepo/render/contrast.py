"""Colours that can be read: contrast as WCAG 2.2 measures it, and the nearest lightness of a colour that has enough of it.

Colours are (red, green, blue), 0 to 255. Formulas: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio.
"""

from __future__ import annotations

RGB = tuple[int, int, int]

READABLE = 4.5
"""The ratio that WCAG asks of text (success criterion 1.4.3, level AA)."""

_LIGHT: RGB = (0xF2, 0xEE, 0xEA)
_DARK: RGB = (0x2C, 0x26, 0x29)
"""The papers of the theme on which text is hardest to read, with a little to spare."""
_BLACK: RGB = (0, 0, 0)
_WHITE: RGB = (255, 255, 255)
_STEPS = 20


def ratio(one: RGB, other: RGB) -> float:
    """The contrast of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink(ground: RGB) -> RGB:
    """Black or white, whichever is better read on this ground."""
    return max((_BLACK, _WHITE), key=lambda colour: ratio(colour, ground))


def on_light(colour: RGB) -> RGB:
    """The colour, as much darker as light paper asks for."""
    return _towards(_BLACK, colour, _LIGHT)


def on_dark(colour: RGB) -> RGB:
    """The colour, as much lighter as dark paper asks for."""
    return _towards(_WHITE, colour, _DARK)


def css(colour: RGB) -> str:
    """The colour as style sheets write it: ``#1c2024``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _towards(end: RGB, colour: RGB, paper: RGB) -> RGB:
    mixed = colour
    for step in range(1, _STEPS + 1):
        if ratio(mixed, paper) >= READABLE:
            break
        mixed = _mix(colour, end, step / _STEPS)
    return mixed


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
