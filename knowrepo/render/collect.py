"""What the fragments of one post share: its links, pictures, headings and ids. One ``Collector`` lives as long as one post is rendered."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from urllib.parse import unquote

from markupsafe import Markup, escape

from knowrepo import text
from knowrepo.model import EMPTY, Asset, Cell, CellKind, Document, Heading, Link
from knowrepo.render import images, sanitize, stray
from knowrepo.render.options import Options

_IMG = re.compile(r"<img\b[^>]*>")
_SRC = re.compile(r' src="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_SIZED = re.compile(r' (?:width|height)="')
_HEADING = re.compile(r"<h([1-6])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_LEGAL_ID = re.compile(r"[^\s\"'<>&\x00-\x1f]{1,200}")
_LENGTH = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?(?:px|%)?")
_INLINED = re.compile(r"data:image/(?:png|jpe?g|gif|webp|svg\+xml)(?:;[a-z0-9=-]+)*;base64,", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"data:image/svg\+xml(?:;[a-z0-9=-]+)*,", re.IGNORECASE)


class Collector:
    """Sanitises fragments and remembers what it met in them."""

    def __init__(self, document: Document, options: Options, sanitising: sanitize.Sanitising) -> None:
        self.document = document
        self.options = options
        self.libraries: set[str] = set()
        self.maths = False
        self.links: list[Link] = []
        self.assets: dict[str, Asset] = {}
        self.headings: list[Heading] = []
        self.pictures: list[str] = []
        self.damaged: set[int] = set()
        self.words = 0
        self.ids: set[str] = {cell.id for cell in document.cells}
        self._cell: Cell = document.cells[0] if document.cells else Cell(CellKind.MARKDOWN, "")
        self._named: dict[str, str] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._ready: set[str] = set()
        self._cleaner = sanitising(schemes=frozenset({"data", "attachment"}), attribute=self._attribute, relative=self._relative)

    def enter(self, cell: Cell) -> None:
        """From here on fragments belong to this cell."""
        self._cell = cell

    def clean(self, fragment: str) -> Markup:
        """The fragment sanitised: links are markers, embedded pictures are files of our own."""
        return Markup(_IMG.sub(self._picture_tag, self._cleaner.clean(stray.seen_to(fragment))))  # noqa: S704 - sanitised here

    def prose(self, fragment: str) -> Markup:
        """The same for Markdown: headings get anchors and are noted, words are counted."""
        cleaned = _HEADING.sub(self._heading, self.clean(fragment))
        self.words += len(_TAG.sub(" ", cleaned).split())
        return Markup(cleaned)  # noqa: S704 - sanitised above

    def picture(self, data: bytes, *, alt: str, width: str = "", height: str = "") -> Markup | None:
        """The ``<img>`` of a picture that an output holds; None if these bytes are no picture that we publish."""
        source = self._keep(data)
        if not source:
            self.damaged.add(self._cell.index)
            return None
        self.pictures.append(source)
        size = {"width": width, "height": height} if width and height else self._size(source)
        attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in size.items())
        return Markup('<img src="{}" alt="{}"{} loading="lazy" decoding="async">').format(source, alt, attributes)

    def _keep(self, data: bytes, label: str = "") -> str:
        """Publish these bytes beside the page: the name of the file, or a data URL for an SVG, or "" if they are no picture."""
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._named:
            return self._named[digest]
        found = images.probe(data)
        if not found:
            return ""
        if found.format == "svg":
            url = images.data_url(data)
            self._sizes[url] = (found.width, found.height)
            return url
        stem, number = text.slug(self._cell.id), 1
        while (name := f"{stem}-{number}.{found.format}") in self.assets:
            number += 1
        self._named[digest] = name
        self._sizes[name] = (found.width, found.height)
        self.assets[name] = Asset(name, data, found.width, found.height, label)
        return name

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return self._claim(value)
        if name in ("width", "height"):
            return value if _LENGTH.fullmatch(value.strip()) else None
        if name not in ("src", "href"):
            return value
        start = value.lstrip()[:11].lower()
        if not start.startswith(("data:", "attachment:")):
            return value
        source = self._embedded(value.strip()) if tag == "img" else ""
        if source:
            self._ready.add(source)
        return source or None

    def _embedded(self, url: str) -> str:
        if url[:5].lower() == "data:":
            if found := _INLINED.match(url):
                return self._keep(images.decode(unquote(url[found.end() :])))
            found = _WRITTEN_OUT.match(url)
            return self._keep(unquote(url[found.end() :]).encode("utf-8", "replace")) if found else ""
        bundle: Mapping[str, str] = self._cell.attachments.get(unquote(url[11:]), EMPTY)
        for mime, value in bundle.items():
            data = value.encode("utf-8", "replace") if mime == "image/svg+xml" and "<svg" in value else images.decode(value)
            if source := self._keep(data, label=unquote(url[11:])):
                return source
        return ""

    def _relative(self, url: str) -> str | None:
        if url in self._ready:
            return url
        self.links.append(Link(url.strip(), self._cell.index))
        return f"\x02{len(self.links) - 1}\x03"

    def _claim(self, wanted: str) -> str | None:
        if not _LEGAL_ID.fullmatch(wanted) or wanted in self.ids:
            return None
        self.ids.add(wanted)
        return wanted

    def _picture_tag(self, found: re.Match[str]) -> str:
        tag = found[0]
        source, alt = _SRC.search(tag), _ALT.search(tag)
        words = alt[1] if alt else ""
        if not source:
            return f'<span class="missing">{words or "Picture"}</span>'
        url = source[1]
        if url.startswith(("http:", "https:")):
            return f'<a class="remote" href="{url}" rel="noopener noreferrer">{words or url.partition("?")[0]}</a>'
        self.pictures.append(html.unescape(url))
        if url.startswith("\x02"):
            return tag if alt else tag[:-1] + ' alt="">'
        size = {} if _SIZED.search(tag) else self._size(url)
        extra = "".join(f' {name}="{value}"' for name, value in size.items())
        return tag[:-1] + ("" if alt else ' alt=""') + extra + ' loading="lazy" decoding="async">'

    def _size(self, source: str) -> dict[str, str]:
        width, height = self._sizes.get(source, (0, 0))
        return {"width": str(width), "height": str(height)} if width and height else {}

    def _heading(self, found: re.Match[str]) -> str:
        level, attributes, inner = found.groups()
        words = " ".join(html.unescape(_TAG.sub("", inner)).split())
        given = _ID.search(attributes)
        anchor = given[1] if given else self._anchor(words)
        self.headings.append(Heading(int(level), html.unescape(anchor), words))
        return found[0] if given else f'<h{level} id="{escape(anchor)}"{attributes}>{inner}</h{level}>'

    def _anchor(self, words: str) -> str:
        stem = text.slug(words, fallback="section")
        number, anchor = 1, stem
        while anchor in self.ids:
            number += 1
            anchor = f"{stem}-{number}"
        self.ids.add(anchor)
        return anchor
