"""What the fragments of one post share: its links, pictures, headings and ids. One ``Collector`` lives as long as one post is rendered."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import unquote

from markupsafe import Markup, escape

from knowrepo import text
from knowrepo.model import EMPTY, Asset, Cell, CellKind, Document, Heading, Link, Problem, Severity
from knowrepo.render import images, recode, sanitize, stray
from knowrepo.render.directives import Directives
from knowrepo.render.embedded import Embedded, Kept, Lighter
from knowrepo.render.options import Options

_IMG = re.compile(r"<img\b[^>]*>")
_REMOTE = re.compile(r'<img\b[^>]* src="(https?:[^"]*)"[^>]*>')
_LINK = re.compile(r"<a\b[^>]*>.*?</a>", re.DOTALL)
_SRC = re.compile(r' src="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_SIZED = re.compile(r' (?:width|height)="')
_HEADING = re.compile(r"<h([1-6])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_LEGAL_ID = re.compile(r"[^\s\"'<>&\x00-\x1f]{1,200}")
_LENGTH = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?(?:px|%)?")
_INLINED = re.compile(r"data:(?:image|audio|video|application)/[a-z0-9.+-]+(?:;[a-z0-9=., -]+)*;base64,", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"data:image/svg\+xml(?:;[a-z0-9=-]+)*,", re.IGNORECASE)


class Collector:
    """Sanitises fragments and remembers what it met in them."""

    def __init__(self, document: Document, options: Options, sanitising: sanitize.Sanitising, lighter: Lighter | None = None) -> None:
        self.document = document
        self.options = options
        self.libraries: set[str] = set()
        self.code = False
        self.links: list[Link] = []
        self.assets: dict[str, Asset] = {}
        self.headings: list[Heading] = []
        self.pictures: list[str] = []
        self.problems: dict[tuple[str, int], Problem] = {}
        self.words = 0
        self.ids: set[str] = {cell.id for cell in document.cells}
        self.said = Directives("")
        self._cell: Cell = document.cells[0] if document.cells else Cell(CellKind.MARKDOWN, "")
        self._embedded = Embedded(self.assets, lighter if options.pictures == "webp" else None)
        self._ready: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._cleaner = sanitising(schemes=frozenset({"data", "attachment"}), attribute=self._attribute, relative=self._relative)

    def enter(self, cell: Cell, said: Directives) -> None:
        """From here on fragments belong to this cell, of which this is ``said``."""
        self._cell, self.said = cell, said

    def claim(self, wanted: str) -> str:
        """An id that nothing else on the page has: this one, or "" if it is taken or none."""
        return self._claim(wanted) or ""

    def clean(self, fragment: str) -> Markup:
        """The fragment sanitised: links are markers, embedded pictures are files of our own."""
        if (plain := sanitize.coloured(fragment)) is not None:
            return plain
        cleaned = _LINK.sub(_without_remote_pictures, self._cleaner.clean(stray.seen_to(fragment)))
        return Markup(_IMG.sub(self._picture_tag, cleaned))  # noqa: S704 - sanitised here

    def prose(self, fragment: str) -> Markup:
        """The same for Markdown: headings get anchors and are noted, words are counted."""
        cleaned = _HEADING.sub(self._heading, self.clean(fragment))
        self.words += len(_TAG.sub(" ", cleaned).split())
        return Markup(cleaned)  # noqa: S704 - sanitised above

    def picture(self, data: bytes, *, alt: str, width: str = "", height: str = "") -> Markup | None:
        """The ``<img>`` of a picture that an output holds; None if these bytes are no picture that we publish."""
        kept = self._keep(data)
        if not kept or not kept.is_picture:
            self.complain("picture-damaged", "a picture in the output is damaged, so it is not shown", "run the cell again")
            return None
        if kept.too_large:
            return images.instead(kept.width, kept.height, kept.source, kept.about)
        self.pictures.append(kept.source)
        size = Markup(' width="{}" height="{}"').format(width, height) if width and height else Markup("")
        return Markup('<img src="{}" alt="{}"{}{}>').format(kept.shown, alt, size, kept.attributes(sized=bool(size)))

    def media(self, data: bytes) -> Markup | None:
        """The player of a sound or film, or the PDF, that an output holds; None if these bytes are nothing that we publish."""
        kept = self._keep(data)
        return kept.player(self._place) if kept and not kept.is_picture else None

    @property
    def _place(self) -> str:
        return f"output of cell {self._cell.index}"

    def complain(self, rule: str, message: str, hint: str, cell: Cell | None = None) -> None:
        """Tell the author of something about a cell (this one), once for each rule."""
        place = (cell or self._cell).index
        problem = Problem(self.document.path, message, rule, cell=place, hint=hint, severity=Severity.WARNING)
        self.problems.setdefault((rule, place), problem)

    def _keep(self, data: bytes, label: str = "") -> Kept | None:
        kept = self._embedded.keep(data, text.slug(self._cell.id), label)
        if kept and kept.is_picture and kept.too_large:
            what = f"a picture of {kept.width:,} × {kept.height:,} pixels is too large to be shown"
            self.complain("picture-large", what, "make it smaller; most screens have fewer than 4,000 pixels across")
        elif kept and kept.suffix == "png" and recode.cut_off(data):
            self.complain("picture-damaged", "a picture in the output is cut off, so only a part of it is shown", "run the cell again")
        return kept

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
        kept = self._inlined(value.strip()) if tag == "img" else None
        if not kept:
            return None
        self._ready.add(kept.source)
        return kept.source

    def _inlined(self, url: str) -> Kept | None:
        if url[:5].lower() == "data:":
            if found := _INLINED.match(url):
                return self._keep(images.decode(unquote(url[found.end() :])))
            found = _WRITTEN_OUT.match(url)
            return self._keep(unquote(url[found.end() :]).encode("utf-8", "replace")) if found else None
        bundle: Mapping[str, str] = self._cell.attachments.get(unquote(url[11:]), EMPTY)
        for mime, value in bundle.items():
            data = value.encode("utf-8", "replace") if mime == "image/svg+xml" and "<svg" in value else images.decode(value)
            if kept := self._keep(data, label=unquote(url[11:])):
                return kept
        return None

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
        if url.startswith("\x02"):
            self.pictures.append(url)
            return tag if alt else tag[:-1] + ' alt="">'
        kept = self._embedded.get(html.unescape(url))
        if not kept:
            return tag
        if not kept.is_picture:
            return kept.player(self._place)
        if kept.too_large:
            return images.instead(kept.width, kept.height, kept.source, kept.about)
        self.pictures.append(kept.source)
        shown = tag.replace(source[0], f' src="{escape(kept.shown)}"', 1)
        described = "" if alt else ' alt=""'
        return f"{shown[:-1]}{described}{kept.attributes(sized=bool(_SIZED.search(tag)))}>"

    def _heading(self, found: re.Match[str]) -> str:
        level, attributes, inner = found.groups()
        words = " ".join(html.unescape(_TAG.sub("", inner)).split())
        given = _ID.search(attributes)
        anchor = given[1] if given else self._anchor(words)
        self.headings.append(Heading(int(level), html.unescape(anchor), words))
        own = "" if given else f' id="{escape(anchor)}"'
        link = f'<a class="anchor" href="#{escape(html.unescape(anchor))}" aria-label="Link to this section"></a>'
        return f"<h{level}{own}{attributes}>{inner}{link}</h{level}>"

    def _anchor(self, words: str) -> str:
        stem = text.slug(words, fallback="section")
        number, anchor = self._numbers.get(stem, 1), stem
        while anchor in self.ids:
            number += 1
            anchor = f"{stem}-{number}"
        self._numbers[stem] = number
        self.ids.add(anchor)
        return anchor


def _without_remote_pictures(link: re.Match[str]) -> str:
    """A link with words for pictures of other hosts: those become links elsewhere, and links do not nest."""
    own = _TAG.sub("", link[0]).strip()

    def words(picture: re.Match[str]) -> str:
        alt = _ALT.search(picture[0])
        return (alt[1] if alt else "") or ("" if own else picture[1].partition("?")[0])

    return _REMOTE.sub(words, link[0])
