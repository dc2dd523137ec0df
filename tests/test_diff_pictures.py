"""Pictures compared as they are seen."""

from __future__ import annotations

import io

from PIL import Image

from knowrepo.render import pixels
from knowrepo.render.pixels import Likeness


def picture(changed: int = 0, form: str = "PNG", size: tuple[int, int] = (20, 10), **options: object) -> bytes:
    """A white picture of 200 pixels, with so many black ones at its beginning."""
    image = Image.new("RGBA", size, "white")
    for number in range(changed):
        image.putpixel((number % 20, number // 20), (0, 0, 0, 255))
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def test_the_same_picture_stored_anew_is_the_same() -> None:
    """Another compression, or metadata of its own, makes no difference that anybody sees."""
    assert pixels.likeness(picture(3), picture(3, compress_level=0)).same
    assert pixels.likeness(picture(3), picture(3, "WEBP", lossless=True)).same


def test_the_share_of_pixels_that_differ() -> None:
    """Pixels are counted; what is transparent is seen as white."""
    assert pixels.likeness(picture(), picture(30)) == Likeness(0.15, (20, 10), (20, 10))
    clear = io.BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(clear, "PNG")
    assert pixels.likeness(picture(), clear.getvalue()).same


def test_pictures_of_two_sizes_have_no_share() -> None:
    """Pictures of two sizes are told by their sizes."""
    assert pixels.likeness(picture(), picture(size=(20, 20))) == Likeness(None, (20, 10), (20, 20))
    assert pixels.difference(picture(), picture(size=(20, 20))) is None


def test_damaged_pictures_are_no_alarm() -> None:
    """Of bytes that are no picture nothing is said."""
    assert pixels.likeness(b"nothing", picture()) == Likeness(None)
    assert pixels.likeness(picture()[:60], picture()) == Likeness(None)
    assert pixels.difference(b"", picture()) is None


def test_the_difference_is_red() -> None:
    """The picture of the difference shows the pixels that differ in red, and no other."""
    made = pixels.difference(picture(), picture(1))
    assert made
    shown = Image.open(io.BytesIO(made)).convert("RGB")
    assert shown.getpixel((0, 0)) == (214, 40, 57)
    assert len(set(shown.get_flattened_data() if hasattr(shown, "get_flattened_data") else shown.getdata())) == 2
