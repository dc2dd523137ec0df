"""Pictures made anew: lossless WebP for PNG, small ones for cards, PNG for what browsers do not show. The same bytes in give the same bytes out.

A PNG is taken only if the WebP looks the same everywhere: its pixels are equal, and nothing in the file says that they are to be seen in another way
(a colour profile, a second frame, 16 bits). Chunks: https://www.w3.org/TR/png-3/#11Chunks
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowrepo.render import images

if TYPE_CHECKING:
    from PIL.Image import Image

CARD = (152, 114)
"""The box of a card's picture in CSS pixels, 9.5rem × 4:3; ``thumbnails`` are made for it and for screens with two pixels to each of them."""

_LEAST = 20_000
"""A PNG of fewer bytes stays as it is: what a reader would be spared is not worth the work."""
_MOST_PIXELS = 1_000_000
"""A larger PNG stays as it is: encoding takes up to a quarter of a microsecond per pixel, and the more pixels, the less it spares for that."""
_MOST_DECODED = 25_000_000
_LONGEST_SIDE = 16_383  # WebP's
_WORTH = 0.9
_LOOKS_THE_SAME = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"bKGD",
    b"hIST",
    b"pHYs",
    b"sBIT",
    b"sPLT",
    b"sRGB",
    b"tEXt",
    b"tIME",
    b"zTXt",
    b"iTXt",
}
_SRGB = {b"gAMA": struct.pack(">I", 45455), b"cHRM": struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)}
"""What says no more than that the colours are the usual ones."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_OTHERS = {b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF"}


def webp(data: bytes) -> bytes | None:
    """A PNG as WebP with equal pixels; None if that is not at least a tenth smaller, or would look different, or takes too long.

    Method 1 at effort 20 needs about 20 ms and leaves 60 % of the bytes of a typical plot; method 4 takes five times as long to leave 50 %.
    """
    if len(data) < _LEAST or not _plain(data):
        return None
    try:
        image = images.opened(data, "PNG")
        if max(image.size) > _LONGEST_SIDE or image.width * image.height > _MOST_PIXELS:
            return None
        made = _saved(_coloured(image), "WEBP", lossless=True, method=1, quality=20, exact=True)
    except images.BROKEN:
        return None
    return made if len(made) < _WORTH * len(data) else None


def thumbnails(data: bytes) -> tuple[bytes, bytes] | None:
    """A picture as WebP for ``CARD`` and for a box of twice its sides, on white; None if it cannot be read or is too large for that."""
    try:
        with warnings.catch_warnings(action="ignore"):
            image = images.opened(data, *images.FORMATS)
            image.draft("RGB", (4 * CARD[0], 4 * CARD[1]))  # a JPEG is decoded at a smaller size
            return _shrunk(image) if image.width * image.height <= _MOST_DECODED else None
    except images.BROKEN:
        return None


def png(data: bytes) -> bytes | None:
    """The first picture of a BMP or TIFF file as PNG; None if it is neither, or damaged, or has too many pixels."""
    name = next((name for start, name in _OTHERS.items() if data.startswith(start)), "")
    try:
        with warnings.catch_warnings(action="ignore"):
            image = images.opened(data, name) if name else None
            return _saved(image, "PNG") if image and image.width * image.height <= _MOST_DECODED else None
    except images.BROKEN:
        return None


def cut_off(data: bytes) -> bool:
    """Whether this is a PNG that ends before its end."""
    return data.startswith(_SIGNATURE) and b"IEND" not in (name for name, _ in _chunks(data))


def fitted(width: int, height: int, scale: int) -> tuple[int, int]:
    """The size of a thumbnail: inside the box of a card, ``scale`` times as large; never larger than the picture."""
    ratio = min(1, scale * CARD[0] / width, scale * CARD[1] / height)
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _shrunk(image: Image) -> tuple[bytes, bytes]:
    from PIL import Image as Images
    from PIL import ImageOps

    image = ImageOps.exif_transpose(_coloured(image))
    if image.mode == "RGBA":  # first of all: Pillow takes its fast way to a small picture only without transparency
        paper = Images.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    width, height = image.size
    small = [image := image.resize(fitted(width, height, scale), reducing_gap=1.0) for scale in (2, 1)]
    large, usual = (_saved(picture, "WEBP", quality=80, method=2) for picture in small)
    return usual, large


def _plain(data: bytes) -> bool:
    """Whether this is a whole PNG of at most 8 bits per channel whose pixels say all there is."""
    chunks = dict(_chunks(data))
    if b"IEND" not in chunks or len(chunks.get(b"IHDR", b"")) != 13 or chunks[b"IHDR"][8] > 8:
        return False
    return all(name in _LOOKS_THE_SAME or _SRGB.get(name, b"") == bytes(content) for name, content in chunks.items())


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The name and content of each chunk of a PNG that is there in its full length."""
    at, whole = len(_SIGNATURE), memoryview(data)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            return
        yield data[at + 4 : at + 8], whole[at + 8 : at + 8 + length]
        at += 12 + length


def _coloured(image: Image) -> Image:
    """The pixels as RGB or, where some may be transparent, as RGBA; 16 bits of grey become 8."""
    if image.mode in ("RGB", "RGBA") and "transparency" not in image.info:
        image.load()
        return image
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    clear = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if clear else "RGB")


def _saved(image: Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
