"""The files that were in a post itself (outputs, attachments, ``data:`` URLs): each becomes one file beside the page, however often it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from knowrepo.model import Asset, Content, Picture
from knowrepo.render import images, media, recode

Lighter = Callable[[bytes], Content | None]
"""A PNG to a file of fewer bytes that looks the same, or None; see ``recode.webp``."""

MOST_PIXELS = 60_000_000
"""So many pixels of one post are encoded anew, a matter of seconds; further pictures are shown as they are."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a file: ``source`` is its name beside the page, or the ``data:`` URL of a drawing; ``shown`` is what an ``<img>`` loads.

    ``suffix`` says what it is. Width and height are in pixels, 0 if unknown or if it is no picture. ``size`` is in bytes.
    """

    source: str
    shown: str
    suffix: str
    width: int
    height: int
    size: int

    @property
    def is_picture(self) -> bool:
        """Whether it goes into an ``<img>``."""
        return self.suffix not in media.AUDIO | media.VIDEO | {"pdf"}

    @property
    def too_large(self) -> bool:
        """Whether it has too many pixels to be shown; drawings have none."""
        return self.suffix != "svg" and images.too_large(self.width, self.height)

    @property
    def about(self) -> str:
        """``PNG, 90 kB``."""
        return f"{self.suffix.upper()}, {_length(self.size)}"

    def attributes(self, *, sized: bool) -> Markup:
        """What an ``<img>`` of it says beside its source and text; with ``sized`` it has a size already."""
        size = Markup(' width="{}" height="{}"').format(self.width, self.height) if self.width and self.height and not sized else Markup("")
        own = (
            Markup("") if self.source.startswith("data:") else Markup(' data-original="{}" data-about="{}"').format(self.source, self.about)
        )
        return size + Markup(' loading="lazy" decoding="async"') + own

    def player(self, place: str) -> Markup:
        """What shows a file that is no picture; ``place`` says in words where it stands."""
        return media.to_html(self.source, self.suffix, place, _length(self.size))


class Embedded:
    """Keeps the files of one post in ``assets``, by name."""

    def __init__(self, assets: dict[str, Asset], lighter: Lighter | None) -> None:
        self._assets = assets
        self._lighter = lighter
        self._kept: dict[str, Kept] = {}
        self._by_source: dict[str, Kept] = {}
        self._pixels = 0

    def get(self, source: str) -> Kept | None:
        """What was kept as this source."""
        return self._by_source.get(source)

    def keep(self, data: bytes, stem: str, label: str = "") -> Kept | None:
        """Publish these bytes beside the page under a name that begins with ``stem``; None if they are nothing that we publish."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._kept:
            made = self._new(recode.png(data) or data, stem, label)
            if not made:
                return None
            self._kept[digest] = self._by_source[made.source] = made
        return self._kept[digest]

    def _new(self, data: bytes, stem: str, label: str) -> Kept | None:
        picture = images.probe(data)
        if picture and picture.format == "svg":
            url = images.data_url(data)
            return Kept(url, url, "svg", picture.width, picture.height, len(data))
        found = picture or Picture(media.probe(data), 0, 0)
        if not found.format:
            return None
        number = 1
        while any(f"{stem}-{number}.{suffix}" in self._assets for suffix in (found.format, "webp")):
            number += 1
        name, shown = f"{stem}-{number}.{found.format}", f"{stem}-{number}.webp"
        self._assets[name] = Asset(name, data, found.width, found.height, label)
        light = self._lighted(data, found)
        if light:
            self._assets[shown] = Asset(shown, light, found.width, found.height)
        return Kept(name, shown if light else name, found.format, found.width, found.height, len(data))

    def _lighted(self, data: bytes, picture: Picture) -> Content | None:
        if not self._lighter or picture.format != "png" or self._pixels + picture.width * picture.height > MOST_PIXELS:
            return None
        self._pixels += picture.width * picture.height
        return self._lighter(data)


def _length(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
