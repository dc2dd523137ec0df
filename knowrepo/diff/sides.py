"""One side of a diff as HTML: cells and outputs by the code that renders posts, sanitised by the same cleaner, without ids (both sides have the same)."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from knowrepo.diff import marks
from knowrepo.diff.outputs import Output
from knowrepo.diff.parts import File, Part
from knowrepo.model import Cell, CellKind, Document, Link, Meta
from knowrepo.render import ansi, frames, highlight, limits, markdown, outputs, sanitize
from knowrepo.render.collect import Collector
from knowrepo.render.directives import Directives
from knowrepo.render.options import Options

_TAG = re.compile(r"<[a-z][^<>]*>")
_DROPPED = re.compile(r' (?:id|headers|data-table|tabindex)(?:="[^"]*")?(?=[ >])| href="#[^"]*"| role="region"| aria-label="Table: [^"]*"')
_ANCHOR = re.compile(r'<a class="anchor"[^>]*></a>')
_LINKED = re.compile('<(a|img)((?: [^<>]*)? (?:href|src)="\x02([0-9]{1,7})\x03"[^<>]*)>')
_URL = re.compile(r' (?:href|src|rel)="[^"]*"')
_ALT = re.compile(r' alt="([^"]*)"')
_MARKER = re.compile("\x02(?:[0-9]{1,7}\x03)?|\x03")
_NOTHING = Meta("", (), (), None, None, "")


class Side:
    """A file's cells as readers see them. What it met (pictures, data of interactive outputs) is in ``collector``, named by ``prefix`` and the cell's id."""

    def __init__(self, file: File, prefix: str) -> None:
        self.file = file
        self.prefix = prefix
        document = Document(file.path, _NOTHING, tuple(part.cell for part in file.parts), file.language, widgets=file.widgets)
        self.collector = Collector(document, Options("show", "original"), sanitize.cleaner)

    def language(self, part: Part) -> str:
        """What the text of a part is written in."""
        if part.header:
            return "yaml"
        return str(part.cell.metadata.get("language") or self.file.language) if part.cell.kind is CellKind.CODE else ""

    def lines(self, part: Part) -> list[str]:
        """The lines of a part's text, highlighted."""
        return marks.lines(self.collector.clean(highlight.coloured(part.text, self.language(part))))

    def printed(self, text: str) -> list[str]:
        """The lines of what a cell printed, coloured."""
        return marks.lines(self.collector.clean(ansi.to_html(text)))

    def prose(self, part: Part) -> Markup:
        """A Markdown cell, rendered."""
        cell = self._enter(part)
        shown, cut = limits.prose(part.text, self.collector)
        return self._plain(frames.diagrams(self.collector.prose(markdown.to_html(shown)), cell, self.collector) + cut)

    def output(self, output: Output, part: Part) -> Markup:
        """An output, rendered."""
        return self._plain(outputs.one(output, self._enter(part), self.collector))

    def _enter(self, part: Part) -> Cell:
        cell = replace(part.cell, id=self.prefix + part.cell.id)
        self.collector.enter(cell, Directives(part.text))
        return cell

    def _plain(self, fragment: Markup) -> Markup:
        """The fragment without what is unique on a page."""
        return adrift(_TAG.sub(lambda found: _DROPPED.sub("", found[0]), _ANCHOR.sub("", fragment)), self.collector.links)


def adrift(fragment: str, links: Sequence[Link]) -> Markup:
    """Sanitised HTML whose relative links and pictures (markers, as in ``Body``) lead nowhere: the files beside an old version are not here."""

    def nowhere(found: re.Match[str]) -> str:
        number = int(found[3])
        if number >= len(links):
            return ""
        wanted = html.escape(links[number].url)
        if found[1] == "a":
            return f'<a{_URL.sub("", found[2])} title="{wanted}">'
        alt = _ALT.search(found[2])
        return f'<span class="missing" title="{wanted}">{alt[1] if alt and alt[1] else wanted}</span>'

    return Markup(_MARKER.sub("", _LINKED.sub(nowhere, fragment)))  # noqa: S704 - sanitised before, less some attributes
