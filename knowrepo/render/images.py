"""Pictures (owner of Pillow): what their bytes are, never what their name says."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings

from knowrepo.model import Picture

LIMIT = 25_000_000
"""A longer picture, in bytes, is not published."""

MOST_PIXELS = 100_000
"""A longer side is no size that a page could use."""

_FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_SVG_SIZE = re.compile(rb"""<svg[^>]*?\s(width|height)\s*=\s*["']\s*([0-9.]+)(?:px|pt)?\s*["']""")
_VIEW_BOX = re.compile(rb"""<svg[^>]*?\sviewBox\s*=\s*["']\s*[-0-9.e]+[\s,]+[-0-9.e]+[\s,]+([0-9.e]+)[\s,]+([0-9.e]+)\s*["']""")


def decode(text: str) -> bytes:
    """The bytes of base64 text; b"" where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def probe(data: bytes) -> Picture | None:
    """Format and size in pixels, read from the first bytes; None for what is no picture that we publish (PNG, JPEG, GIF, WebP, SVG)."""
    if len(data) > LIMIT:
        return None
    if _is_svg(data[:4096]):
        return Picture("svg", *_svg_size(data[:8192]))
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as image:
                return Picture(_FORMATS[str(image.format)], image.width, image.height)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None


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
    sizes = {name: _pixels(value) for name, value in _SVG_SIZE.findall(head)}
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
    return round(length) if 0 < length < MOST_PIXELS else 0
