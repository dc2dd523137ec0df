"""Rows of lines as HTML: the line before, the line now, with their numbers in the file; long stretches without a difference fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from knowrepo.diff import marks, rows
from knowrepo.diff.rows import Row
from knowrepo.render import controls

CONTEXT = 3
"""So many lines stay visible around a difference."""
FEWEST = 6
"""A stretch of fewer lines than this does not fold."""
MOST = 3_000
"""More rows of one text are not shown."""
WIDEST = 2_000
"""A longer line, in characters, is cut."""

Numbers = Sequence[int] | None
"""The line of the file for each line of a text, where there is one."""
Highlighting = Callable[[], list[str]]
"""Makes the HTML of each line."""


def both(
    old: str, new: str, views: str, shown: tuple[Highlighting, Highlighting], numbers: tuple[Numbers, Numbers] = (None, None)
) -> Markup:
    """Two texts side by side. ``views`` are the classes of the views that show them, ``shown`` makes the HTML of their lines."""
    befores, afters = old.split("\n"), new.split("\n")
    found = rows.of(befores, afters)
    html = [_cut(side) for side in (shown[0](), shown[1]())]
    parts = [_row(row, html, numbers) for row in found[:MOST]]
    return _table("".join(_folded(found[:MOST], parts)), f"{views} pair", len(found) - MOST)


def single(text: str, sign: str, views: str, shown: Highlighting, numbers: Numbers = None) -> Markup:
    """One text; ``sign`` says whether it was added (``+``) or removed (``-``), or neither (a space)."""
    html = _cut(shown())[:MOST]
    kind = {"+": "come", "-": "gone"}.get(sign, "same")
    parts = [_cell(line, kind, numbers[at] if numbers and at < len(numbers) else None) for at, line in enumerate(html)]
    inside = "".join(f'<div class="line {kind}">{part}</div>' for part in parts)
    return _table(inside, views, text.count("\n") + 1 - MOST)


def _table(inside: str, views: str, left: int) -> Markup:
    more = f'<p class="note">{left} more lines are not shown.</p>' if left > 0 else ""
    return Markup(f'<div class="lines {views}">{inside}{more}</div>')  # noqa: S704 - lines are sanitised before; the rest is ours


def _cut(lines: list[str]) -> list[str]:
    """Lines with their invisible characters marked, none longer than a page can bear."""
    return [line if len(line) <= WIDEST * 4 else _shortened(line) for line in lines]


def _shortened(line: str) -> str:
    plain = marks.plain(line)
    return line if len(plain) <= WIDEST else str(Markup("{} …").format(plain[:WIDEST]))


def _row(row: Row, html: Sequence[list[str]], numbers: tuple[Numbers, Numbers]) -> str:
    kind = "same" if row.same else "changed" if row.old is not None and row.new is not None else "gone" if row.new is None else "come"
    sides = []
    for side, at, ranges, tag, name in ((0, row.old, row.gone, "del", "gone"), (1, row.new, row.come, "ins", "come")):
        if at is None:
            sides.append('<span class="number"></span><code class="none"></code>')
            continue
        line = html[side][at] if at < len(html[side]) else ""
        known = numbers[side]
        number = known[at] if known and at < len(known) else None
        sides.append(_cell(marks.wrapped(line, ranges, tag), "same" if row.same else name, number))
    return f'<div class="line {kind}">{"".join(sides)}</div>'


def _cell(line: str, kind: str, number: int | None) -> str:
    label = "" if number is None else f' data-line="{number}"'
    return f'<span class="number"{label}></span><code class="{kind}">{controls.marked(line)}</code>'


def _folded(found: Sequence[Row], parts: Sequence[str]) -> Iterator[str]:
    """The rows, with long stretches that are the same behind a line that opens them."""
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].same:
            end += 1
        head = CONTEXT if at else 0
        tail = CONTEXT if end < len(found) else 0
        if end - at - head - tail >= FEWEST:
            yield from parts[at : at + head]
            inside = "".join(parts[at + head : end - tail])
            yield f'<details class="fold"><summary>{end - at - head - tail} unchanged lines</summary>{inside}</details>'
            yield from parts[end - tail : end]
        else:
            yield from parts[at:end]
        if end < len(found):
            yield parts[end]
        at = end + 1
