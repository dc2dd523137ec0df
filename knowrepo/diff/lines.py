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
    return _table(Markup("").join(_folded(found[:MOST], parts)), f"{views} pair", len(found) - MOST)


def single(text: str, sign: str, views: str, shown: Highlighting, numbers: Numbers = None) -> Markup:
    """One text; ``sign`` says whether it was added (``+``) or removed (``-``), or neither (a space)."""
    html = _cut(shown())[:MOST]
    kind = {"+": "come", "-": "gone"}.get(sign, "same")
    parts = [_cell(line, kind, numbers[at] if numbers and at < len(numbers) else None) for at, line in enumerate(html)]
    return _table(
        Markup("").join(Markup('<div class="line {}">{}</div>').format(kind, part) for part in parts), views, text.count("\n") + 1 - MOST
    )


def _table(inside: Markup, views: str, left: int) -> Markup:
    more = Markup('<p class="note">{} more lines are not shown.</p>').format(left) if left > 0 else Markup("")
    return Markup('<div class="lines {}">{}{}</div>').format(views, inside, more)


def _cut(lines: list[str]) -> list[str]:
    """Lines with their invisible characters marked, none longer than a page can bear."""
    return [line if len(line) <= WIDEST * 4 else _shortened(line) for line in lines]


def _shortened(line: str) -> str:
    plain = marks.plain(line)
    return line if len(plain) <= WIDEST else str(Markup("{} …").format(plain[:WIDEST]))


def _row(row: Row, html: Sequence[list[str]], numbers: tuple[Numbers, Numbers]) -> Markup:
    kind = "same" if row.same else "changed" if row.old is not None and row.new is not None else "gone" if row.new is None else "come"
    sides = []
    for side, at, ranges, tag, name in ((0, row.old, row.gone, "del", "gone"), (1, row.new, row.come, "ins", "come")):
        if at is None:
            sides.append(Markup('<span class="number"></span><code class="none"></code>'))
            continue
        line = html[side][at] if at < len(html[side]) else ""
        known = numbers[side]
        number = known[at] if known and at < len(known) else None
        sides.append(_cell(marks.wrapped(line, ranges, tag), "same" if row.same else name, number))
    return Markup('<div class="line {}">{}</div>').format(kind, Markup("").join(sides))


def _cell(line: str, kind: str, number: int | None) -> Markup:
    label = Markup(' data-line="{}"').format(number) if number is not None else Markup("")
    shown = Markup(controls.marked(line))  # noqa: S704 - sanitised before; the marks are ours
    return Markup('<span class="number"{}></span><code class="{}">{}</code>').format(label, kind, shown)


def _folded(found: Sequence[Row], parts: Sequence[Markup]) -> Iterator[Markup]:
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
            inside = Markup("").join(parts[at + head : end - tail])
            words = f"{end - at - head - tail} unchanged lines"
            yield Markup('<details class="fold"><summary>{}</summary>{}</details>').format(words, inside)
            yield from parts[end - tail : end]
        else:
            yield from parts[at:end]
        if end < len(found):
            yield parts[end]
        at = end + 1
