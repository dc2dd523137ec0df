"""Outputs side by side as HTML: printed text by line, tables by cell, pictures by pixel, everything else by word."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from knowrepo.diff import lines, marks, outputs, tables
from knowrepo.diff.blocks import Block
from knowrepo.diff.outputs import Output, Pair
from knowrepo.diff.parts import Part
from knowrepo.diff.sides import Side
from knowrepo.model import Asset
from knowrepo.render import ansi, images, pixels

PRINTED = ("stdout", "stderr", "error", "text/plain")
WORDED = ("text/html", "text/markdown", "text/latex")

_RENDERED = "in-rendered"
_MODES = (("side", "Side by side"), ("swipe", "Swipe"), ("onion", "Onion skin"), ("difference", "Difference"))


def all_of(block: Block, old: Side, new: Side) -> Markup:
    """All outputs of a block."""
    shown = [_pair(block, pair, number, old, new) for number, pair in enumerate(block.outputs)]
    return Markup("\n").join(part for part in shown if part)


def _pair(block: Block, pair: Pair, number: int, old: Side, new: Side) -> Markup:
    if not pair.changed and pair.new and block.new:
        inside = new.output(pair.new, block.new)
        return Markup('<div class="{} result same">{}</div>').format(_RENDERED, inside) if inside else inside
    if pair.old and pair.new and block.old and block.new:
        return _changed(pair.old, pair.new, block, pair, f"{block.anchor}-{number}", old, new)
    side, part, output, kind = (new, block.new, pair.new, "come") if pair.new else (old, block.old, pair.old, "gone")
    if not part or not output:
        return Markup("")
    shown, text = outputs.form(output)
    if shown in PRINTED and isinstance(text, str):
        sign = "+" if kind == "come" else "-"
        return lines.single(ansi.plain(text), sign, f"{_RENDERED} in-source printed {kind}", partial(side.printed, text))
    inside = side.output(output, part)
    return Markup('<div class="{} result {}">{}</div>').format(_RENDERED, kind, inside) if inside else inside


def _changed(was: Output, now: Output, block: Block, pair: Pair, name: str, old: Side, new: Side) -> Markup:
    (kind, before), (_, after) = outputs.form(was), outputs.form(now)
    assert block.old  # noqa: S101 - the caller has looked
    assert block.new  # noqa: S101
    if kind in PRINTED and isinstance(before, str) and isinstance(after, str):
        shown = partial(old.printed, before), partial(new.printed, after)
        return lines.both(ansi.plain(before), ansi.plain(after), f"{_RENDERED} in-source printed", shown)
    one, other = old.output(was, block.old), new.output(now, block.new)
    if pair.likeness:
        return _pictures(was, now, pair.likeness, (one, other), name, block.new, new)
    if found := tables.compared(one, other):
        return sides(found.old, found.new, _RENDERED, found.words)
    if kind in WORDED:
        one, other = marks.prose(one, other)
    return sides(one, other, _RENDERED)


def sides(old: Markup, new: Markup, views: str, words: str = "") -> Markup:
    """Two fragments side by side."""
    note = Markup('<p class="note">{}</p>').format(words) if words else Markup("")
    return Markup('<div class="{} sides">{}<div class="version gone">{}</div><div class="version come">{}</div></div>').format(
        views, note, old, new
    )


def _pictures(was: Output, now: Output, found: pixels.Likeness, shown: tuple[Markup, Markup], name: str, part: Part, side: Side) -> Markup:
    """Two pictures: side by side, one over the other, and where they differ."""
    before, after = outputs.picture(was), outputs.picture(now)
    if found.share is None or before is None or after is None:
        sizes = " → ".join(f"{width} × {height}" for width, height in (found.old_size, found.new_size))
        return sides(*shown, _RENDERED, f"The size in pixels has changed: {sizes}" if found.old_size[0] else "")
    difference = pixels.difference(before, after)
    third = _difference(difference, part, side) if difference else Markup("")
    modes = Markup("").join(
        Markup('<label{}><input type="radio" name="pictures-{}" value="{}"{}>{}</label>').format(
            Markup(" hidden data-scripted") if mode in ("swipe", "onion") else "",
            name,
            mode,
            Markup(" checked") if mode == "side" else "",
            words,
        )
        for mode, words in _MODES
    )
    slider = Markup(
        '<input type="range" min="0" max="100" value="50" aria-label="How much of the new picture is shown" hidden data-slider>'
    )
    return Markup(
        '<div class="{} pictures" data-pictures><p class="note">{} of the pixels differ</p>'
        '<fieldset class="modes"><legend>How the pictures are compared</legend>{}</fieldset>{}'
        '<div class="frames"><div class="version gone">{}</div><div class="version come">{}</div><div class="version difference">{}</div></div></div>'
    ).format(_RENDERED, share(found.share), modes, slider, *shown, third)


def share(part: float) -> str:
    """A share of pixels in words: ``3.2 %``."""
    percent = part * 100
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %" if percent >= 0.1 else "less than 0.1 %"


def _difference(data: bytes, part: Part, side: Side) -> Markup:
    picture = images.probe(data)
    if not picture:
        return Markup("")
    number = len(side.collector.assets)
    name = f"difference-{number}.png"
    side.collector.assets[name] = Asset(name, data, picture.width, picture.height)
    alt = f"Where the pictures of cell {part.cell.index} differ"
    return Markup('<div class="output figure"><img src="{}" alt="{}" width="{}" height="{}" loading="lazy"></div>').format(
        name, alt, picture.width, picture.height
    )
