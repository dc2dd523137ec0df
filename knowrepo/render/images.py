"""Pictures (owner of Pillow): what their bytes are, never what their name says."""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import warnings
import zlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from knowrepo.model import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT = 25_000_000
"""A longer picture, in bytes, is not published."""

LONGEST_SVG = 2_000_000
"""A longer drawing, in bytes, is not shown: it stands in the page itself."""

LONGEST_SIDE = 100_000
"""A longer side is no size that a page could use."""

MOST_PIXELS = 100_000_000
"""A picture of more pixels is not shown: it would take 400 MB of a reader's memory."""

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
"""The formats that every browser shows, by Pillow's names, with their suffixes."""
BROKEN = (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, RuntimeError, EOFError, struct.error, zlib.error)
"""What Pillow raises for damaged pictures."""

_ORIENTATION = 0x0112
_TURNED = range(5, 9)
_SVG_TAG = re.compile(rb"<svg[^>]*")
_SVG_SIZE = re.compile(rb"""\s(width|height)\s*=\s*["']\s*([0-9.]+)(?:px|pt)?\s*["']""")
_VIEW_BOX = re.compile(rb"""<svg[^>]*?\sviewBox\s*=\s*["']\s*[-0-9.e]+[\s,]+[-0-9.e]+[\s,]+([0-9.e]+)[\s,]+([0-9.e]+)\s*["']""")


def decode(text: str) -> bytes:
    """The bytes of base64 text; b"" where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def probe(data: bytes) -> Picture | None:
    """Format and size in pixels as shown, read from the first bytes; None for what is no picture that we publish (PNG, JPEG, GIF, WebP, AVIF, SVG)."""
    if len(data) > LIMIT:
        return None
    if _is_svg(data[:4096]):
        return Picture("svg", *_svg_size(data[:8192])) if len(data) <= LONGEST_SVG else None
    try:
        with warnings.catch_warnings(action="ignore"):
            image = opened(data, *FORMATS)
            turned = image.format != "PNG" and image.getexif().get(_ORIENTATION) in _TURNED
    except BROKEN:
        return None
    return Picture(FORMATS[str(image.format)], *(image.size[::-1] if turned else image.size))


def opened(data: bytes, *formats: str) -> Image:
    """A picture of one of these formats (Pillow's names) before it is decoded: look at its size first. Raises one of ``BROKEN``."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # with a limit of Pillow's own a picture above it would not even tell its size
    return Image.open(io.BytesIO(data), formats=formats)


def too_large(width: int, height: int) -> bool:
    """Whether showing a picture of so many pixels could take a reader's browser down."""
    return width * height > MOST_PIXELS


def instead(width: int, height: int, url: str, about: str) -> Markup:
    """What stands in the place of a picture that is too large: its size, and a link to it."""
    words = f"A picture of {width:,} × {height:,} pixels is too large to be shown.".replace(",", "\u202f")
    return Markup('<span class="missing">{} <a class="file" href="{}">Original ({})</a></span>').format(words, url, about)


def data_url(data: bytes) -> str:
    """An SVG as a ``data:`` URL: inside ``<img>`` a browser runs no script of it and loads nothing for it."""
    return "data:image/svg+xml;base64," + base64.b64encode(data).decode()


def _is_svg(head: bytes) -> bool:
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<?", b"<!")):
        end = b"-->" if rest.startswith(b"<!--") else b">"
        rest = rest.partition(end)[2].lstrip()
    return re.match(rb"<svg[\s>]", rest) is not None


def _svg_size(head: bytes) -> tuple[int, int]:
    tag = _SVG_TAG.search(head)
    sizes = {name: _pixels(value) for name, value in _SVG_SIZE.findall(tag[0] if tag else b"")}
    if sizes.get(b"width") and sizes.get(b"height"):
        return sizes[b"width"], sizes[b"height"]
    box = _VIEW_BOX.search(head)
    return (_pixels(box[1]), _pixels(box[2])) if box else (0, 0)


def _pixels(number: bytes) -> int:
    """A length as whole pixels; 0 for one that no picture has."""
    try:
        length = float(number)
    except ValueError:
        return 0
    return round(length) if 0 < length < LONGEST_SIDE else 0
