"""Two pictures compared as they are seen: pixel by pixel, on white paper."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowrepo.render import images

if TYPE_CHECKING:
    from PIL.Image import Image

SLIGHT = 2
"""A channel (0 to 255) may differ by so much before anybody sees it: JPEG and WebP round."""
_FADED, _MARKED = 0.25, (214, 40, 57)


@dataclass(frozen=True, slots=True)
class Likeness:
    """``share`` of the pixels differ, 0.0 to 1.0; None if the pictures have different sizes, or cannot be compared."""

    share: float | None
    old_size: tuple[int, int] = (0, 0)
    new_size: tuple[int, int] = (0, 0)

    @property
    def same(self) -> bool:
        """Whether nobody sees a difference."""
        return self.share == 0.0


def likeness(old: bytes, new: bytes) -> Likeness:
    """How much two pictures have in common. Raises nothing, whatever the bytes are."""
    try:
        one, other = _seen(old), _seen(new)
    except images.BROKEN:
        return Likeness(None)
    if one.size != other.size:
        return Likeness(None, one.size, other.size)
    differing = one.width * one.height - _difference(one, other).histogram()[0]
    return Likeness(differing / max(1, one.width * one.height), one.size, other.size)


def difference(old: bytes, new: bytes) -> bytes | None:
    """A PNG that shows where two pictures of one size differ: the new one faded, with the pixels that differ in red. None where there is none."""
    from PIL import Image

    try:
        one, other = _seen(old), _seen(new)
    except images.BROKEN:
        return None
    if one.size != other.size:
        return None
    mask = _difference(one, other).point([0] + [255] * 255)
    faded = Image.blend(Image.new("RGB", other.size, "white"), other.convert("L").convert("RGB"), _FADED)
    faded.paste(_MARKED, mask=mask)
    written = io.BytesIO()
    faded.save(written, "PNG", optimize=False)
    return written.getvalue()


def _seen(data: bytes) -> Image:
    """The picture on white. Raises one of ``images.BROKEN``."""
    from PIL import Image

    opened = images.opened(data, *images.FORMATS)
    if images.too_large(*opened.size):
        raise ValueError
    if not opened.has_transparency_data:
        return opened.convert("RGB")
    seen = opened.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")


def _difference(one: Image, other: Image) -> Image:
    """In grey levels by how much each pixel differs, 0 where nobody sees it."""
    from PIL import ImageChops

    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([0] * (SLIGHT + 1) + list(range(SLIGHT + 1, 256)))
