"""What is too long for a page: its beginning is shown, with a line that says what is missing, and the author hears of it.

Every function takes what would be shown and gives what is, with the note ("" if nothing is missing).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from markupsafe import Markup

from knowrepo.model import Cell
from knowrepo.render.collect import Collector

LENGTH = 1_000_000
"""Characters of one output, or of one text cell."""
LINE = 10_000
"""Characters of one line of an output."""
OUTPUTS = 1_000
"""Outputs of one cell."""

_PICTURE = re.compile(r";base64,[A-Za-z0-9+/=]{100,}")
_HINT = "print less of it, or save it as a file"

Item = TypeVar("Item")


def text(value: str, collector: Collector) -> tuple[str, Markup]:
    """Text that a cell printed."""
    shown, words = value, ""
    if len(value) > LENGTH:
        shown = value[:LENGTH]
        words = _first(LENGTH, len(value))
    if len(shown) > LINE and any(len(line) > LINE for line in shown.split("\n")):
        shown = "\n".join(line if len(line) <= LINE else line[:LINE] + " …" for line in shown.split("\n"))
        words = words or f"Lines of more than {LINE:,} characters are cut"
    return shown, _note(words, collector)


def html(value: str, collector: Collector) -> tuple[str, Markup]:
    """HTML, whose embedded pictures do not count: they become files. A table ends with a whole row; sanitising closes what is open."""
    if len(value) <= LENGTH:
        return value, Markup("")
    end = LENGTH
    for picture in _PICTURE.finditer(value):
        if picture.start() > end:
            break
        end += len(picture[0])
    if end >= len(value):
        return value, Markup("")
    row, tag = value.rfind("</tr>", end // 2, end), value.rfind("<", 0, end)
    return value[: row + len("</tr>") if row > 0 else max(tag, 0)], _note(_first(end, len(value)), collector)


def prose(value: str, collector: Collector) -> tuple[str, Markup]:
    """Markdown, cut between two blocks."""
    if len(value) <= LENGTH:
        return value, Markup("")
    blank = value.rfind("\n\n", 0, LENGTH)
    return value[: blank if blank > 0 else LENGTH], _note(_first(LENGTH, len(value)), collector)


def some(outputs: Sequence[Item], collector: Collector) -> tuple[Sequence[Item], Markup]:
    """The outputs of a cell."""
    words = f"The first {OUTPUTS:,} of {len(outputs):,} outputs are shown" if len(outputs) > OUTPUTS else ""
    return outputs[:OUTPUTS], _note(words, collector)


def page(fragments: Sequence[Markup], cells: Sequence[Cell], collector: Collector) -> list[Markup]:
    """The cells of a post, without those for which there is no room on its page any more."""
    most = collector.options.max_html_mb
    left, kept = most * 1_000_000, list[Markup]()
    missing = list[Cell]()
    for fragment, cell in zip(fragments, cells, strict=True):
        size = len(fragment.encode("utf-8", "replace"))
        if size > left:
            words = f"This cell is not shown: the page would be longer than {most} MB. Download the source to see it."
            missing.append(cell)
            fragment = Markup('<div class="cell" id="{}"><div class="output note">{}</div></div>').format(cell.id, words)
            size = 0
        left -= size
        kept.append(fragment)
    if missing:
        message = f"the page would be longer than {most} MB, so cells are left out: {len(missing)}"
        collector.complain("page-too-long", message, "print less, or raise max_html_mb in knowrepo.yml", missing[0])
    return kept


def _first(shown: int, whole: int) -> str:
    return f"The first {shown / 1e6:.1f} MB of {whole / 1e6:.1f} MB is shown"


def _note(words: str, collector: Collector) -> Markup:
    if not words:
        return Markup("")
    collector.complain("output-shortened", f"too long for a page: {words[0].lower()}{words[1:]}", _HINT)
    return Markup('<div class="output note">{}; download the source to see all.</div>').format(words)
