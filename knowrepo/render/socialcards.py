"""Social cards: the picture that a chat or a social network shows of a link to a post. 1200 × 630 pixels, PNG.

All words are drawn in one plane of 8 bits, which says how much of the ink's colour lies on the ground; 4 levels of that are the palette, 2 bits a pixel.
The typeface is DejaVu Sans Condensed (``scripts/card-fonts``). A title that cannot be drawn as it is written (a letter that the typeface lacks; a script
that runs from right to left or puts marks on letters, where Pillow has no Raqm) gives way to its initial: half a title would be another one.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from knowrepo import shipped

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
FOLDER = "cards"
"""Of the typeface, in ``themes``."""

_EDGE = 80
_ROOM = WIDTH - 2 * _EDGE
_SIZES = (76, 64, 54)
"""Of a title in pixels: the first that needs no more than ``_LINES`` lines."""
_LINES = 4
_TITLE_TOP, _TITLE_ROOM = 138, 300
_LINE = 1.16
_FULL, _MUTED, _FAINT = 255, 170, 85
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a card. ``ground`` is its colour, ``#rrggbb``; what there is not is ""."""

    site: str
    title: str
    initial: str
    byline: str
    tags: tuple[str, ...]
    ground: str


def draw(words: Words) -> bytes:
    """The card as PNG."""
    from PIL import Image, ImageDraw

    plane = Image.new("L", (WIDTH, HEIGHT))
    drawing = ImageDraw.Draw(plane)
    if _drawable(words.site):
        _line(drawing, _EDGE, _cut(words.site, 32), 32, _MUTED)
    if title := _drawable(words.title):
        _title(drawing, title)
    elif _drawable(words.initial):
        drawing.text((WIDTH // 2, _TITLE_TOP + _TITLE_ROOM // 2), words.initial, _FULL, _font("bold", 260), anchor="mm")
    drawing.line((_EDGE, 476, WIDTH - _EDGE, 476), _FAINT, 2)
    if byline := _drawable(words.byline):
        _line(drawing, 500, _cut(byline, 32), 32, _FULL)
    tags = "   ".join(f"#{tag}" for tag in words.tags if _drawable(tag) and not _shaped(tag))
    if tags:
        _line(drawing, 546, _cut(tags, 28), 28, _MUTED)
    return _saved(plane.point([level * _LEVELS // 256 for level in range(256)]), words.ground)


def needs_shaping(words: Words) -> bool:
    """Whether the card depends on what Pillow can do with scripts that run from right to left or put marks on letters."""
    return any(map(_shaped, (words.site, words.title, words.byline)))


@cache
def can_shape() -> bool:
    """Whether this Pillow can draw them."""
    from PIL import features

    return bool(features.check("raqm") and features.check("fribidi"))


def _title(drawing: ImageDraw, title: str) -> None:
    for size in _SIZES:
        lines = list(_wrapped(title, size))
        if len(lines) <= _LINES and len(lines) * size * _LINE <= _TITLE_ROOM:
            break
    most = min(_LINES, int(_TITLE_ROOM / (size * _LINE)))
    if len(lines) > most:
        lines[most - 1 :] = [_cut(f"{lines[most - 1]} {lines[most]}", size, "bold")]
    top = _TITLE_TOP + (_TITLE_ROOM - len(lines) * size * _LINE) / 2
    for number, line in enumerate(lines):
        _line(drawing, round(top + number * size * _LINE), line, size, _FULL, "bold", from_right=_from_right(title))


def _line(drawing: ImageDraw, top: int, line: str, size: int, level: int, face: str = "regular", *, from_right: bool = False) -> None:
    font = _font(face, size, shaped=_shaped(line) or from_right)
    if from_right or _from_right(line):
        drawing.text((WIDTH - _EDGE, top), line, level, font, anchor="ra", direction="rtl")
    else:
        drawing.text((_EDGE, top), line, level, font, anchor="la")


def _wrapped(title: str, size: int) -> Iterator[str]:
    """The title in lines that fit; a word that is too long for one is broken."""
    blank, line, filled = _length(" ", size, "bold"), "", 0.0
    for word in title.split():
        while (length := _length(word, size, "bold")) > _ROOM:
            kept = _fitting(word, size, "bold")
            yield from filter(None, (line, word[:kept]))
            line, filled, word = "", 0.0, word[kept:]
        if line and filled + blank + length > _ROOM:
            yield line
            line, filled = word, length
        else:
            line, filled = f"{line} {word}".strip(), filled + blank + length if line else length
    yield line


def _cut(line: str, size: int, face: str = "regular") -> str:
    """As much of the line as fits, with an ellipsis where something is left out."""
    if _length(line, size, face) <= _ROOM:
        return line
    return line[: _fitting(line, size, face, "…")].rstrip(" ,·") + "…"


def _fitting(line: str, size: int, face: str, end: str = "") -> int:
    """How many characters of the line fit, at least one."""
    low, high = 1, min(len(line), 400)
    while low < high:
        middle = (low + high + 1) // 2
        if _length(line[:middle] + end, size, face) <= _ROOM:
            low = middle
        else:
            high = middle - 1
    return low


def _length(line: str, size: int, face: str) -> float:
    return _font(face, size, shaped=_shaped(line)).getlength(line[:1000])


def _drawable(line: str) -> str:
    """The line as it can be drawn, composed and without pictograms that the typeface lacks; "" where more than those would be missing."""
    known = _characters()
    kept = "".join(letter for letter in unicodedata.normalize("NFC", line) if letter in known or not _pictogram(letter))
    if not all(letter in known for letter in kept) or (_shaped(kept) and not can_shape()):
        return ""
    return " ".join(kept.split())


def _pictogram(letter: str) -> bool:
    """Whether this is an emoji or a mark that belongs to one (a joiner, a variation, a tone of skin)."""
    return unicodedata.category(letter) in ("So", "Sk", "Cf", "Cc") or "\ufe00" <= letter <= "\ufe0f"


def _shaped(line: str) -> bool:
    return _from_right(line) or any(unicodedata.category(letter).startswith("M") for letter in unicodedata.normalize("NFC", line))


def _from_right(line: str) -> bool:
    return not line.isascii() and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)


@cache
def _characters() -> frozenset[str]:
    """All characters of the typeface, and the white space that ends up as blanks."""
    runs = (shipped.themes() / FOLDER / "characters.txt").read_text("ascii").split()
    ends = [tuple(int(end, 16) for end in run.split("-")) for run in runs]
    return frozenset("\t\n\r").union(*(map(chr, range(first, last + 1)) for first, last in ends))


@cache
def _font(face: str, size: int, *, shaped: bool = False) -> FreeTypeFont:
    """The simple layout wherever it is enough: it is the same on every machine."""
    from PIL import ImageFont

    layout = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(shipped.themes() / FOLDER / f"{face}.ttf"), size, layout_engine=layout)


def _saved(plane: Image, ground: str) -> bytes:
    colour = tuple(bytes.fromhex(ground.removeprefix("#")))
    ink = 255 if sum(part * weight for part, weight in zip(colour, (299, 587, 114), strict=True)) < 150_000 else 20
    plane.putpalette([round(part + (ink - part) * level / (_LEVELS - 1)) for level in range(_LEVELS) for part in colour])
    buffer = io.BytesIO()
    plane.save(buffer, "PNG", bits=2, compress_level=5)
    return buffer.getvalue()
