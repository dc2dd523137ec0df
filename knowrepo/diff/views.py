"""A diff as HTML: every block in three views that share its anchor, so that a reader changes between them without losing the place.

Rendered is what readers of the post will see, Source the cells as text, Raw Git's own lines. Which of them is seen is a matter of style sheets.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup, escape

from knowrepo import text
from knowrepo.diff import lines, marks, raw, rows, shown
from knowrepo.diff.blocks import Block, Diff, State
from knowrepo.diff.outputs import Noise
from knowrepo.diff.parts import Part
from knowrepo.diff.raw import Hunk, Line
from knowrepo.diff.sides import Side
from knowrepo.model import Asset, CellKind
from knowrepo.render import controls, maths

CONTEXT = 1
"""So many unchanged blocks stay visible beside one that is not."""
LONGEST = 300
"""Characters of a raw line, or of what differs unseen, that are shown."""

STATES = {
    State.ADDED: "added",
    State.REMOVED: "removed",
    State.CHANGED: "changed",
    State.RERUN: "only run again",
    State.MOVED: "moved",
    State.UNCHANGED: "unchanged",
}
_KINDS = {CellKind.MARKDOWN: "Text", CellKind.CODE: "Code", CellKind.RAW: "Raw text"}
_REFERENCE = re.compile(r' (src|href|poster|data-original|data-frame)="([^"<>:/#]{1,200})"')


Placing = Callable[[Asset], str]
"""Where an asset will lie: its address as seen from the page, or "" if it stays away."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a diff is shown with. ``merge_request`` is the address of one, or ""; ``notes`` are fragments (sanitised) by the anchor of the block they are on.

    ``prefix`` leads from the top of the repository to the folder that paths begin in.
    """

    merge_request: str = ""
    prefix: str = ""
    notes: Mapping[str, Markup] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A diff as HTML (sanitised). ``assets`` are the pictures and data that it names; ``maths``: formulas wait for the browser.

    ``libraries`` are those of its interactive outputs.
    """

    html: Markup
    assets: tuple[Asset, ...]
    libraries: tuple[str, ...]
    maths: bool


def page(diff: Diff, hunks: Sequence[Hunk], look: Look, place: Placing, typesetting: maths.Typesetting = maths.at_build) -> Page:
    """The diff of a file with Git's hunks. ``place`` says where its assets will lie."""
    old, new = Side(diff.old, "old-"), Side(diff.new, "")
    by_block = _lines_of(diff, hunks)
    made = [_block(block, old, new, by_block.get(number, ()), hunks, diff, look) for number, block in enumerate(diff.blocks)]
    parts = [*_folded(diff.blocks, made)]
    if around := by_block.get(-1):
        parts.append(_around(around))
    typeset = maths.typeset(parts, typesetting)
    assets: dict[str, Asset] = {}
    html = Markup("\n").join(typeset.fragments)
    for side in (old, new):
        assets |= side.collector.assets
    return Page(
        placed(html, assets, place),
        tuple(assets.values()),
        tuple(sorted(old.collector.libraries | new.collector.libraries)),
        typeset.waiting,
    )


def placed(html: str, assets: Mapping[str, Asset], place: Placing) -> Markup:
    """Sanitised HTML in which its assets, by name, have the addresses that ``place`` gives them."""

    def reference(found: re.Match[str]) -> str:
        asset = assets.get(found[2])
        if not asset:
            return found[0]
        address = place(asset)
        twice = address.startswith("data:") and found[1] == "data-original"
        return f' {found[1]}="{address}"' if address and not twice else ""

    return Markup(_REFERENCE.sub(reference, html))  # noqa: S704 - sanitised; addresses are our own


def _lines_of(diff: Diff, hunks: Iterable[Hunk]) -> dict[int, list[Line]]:
    """Git's lines by the number of the block in whose lines they stand; -1 for those that stand in none."""
    owners: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for number, block in enumerate(diff.blocks):
        for side, part in enumerate((block.old, block.new)):
            if part:
                owners[side].update(dict.fromkeys(range(part.first, part.last + 1), number))
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in raw.of_lines(hunks):
        found[owners[0].get(line.old, -1) if line.sign == "-" else owners[1].get(line.new, -1)].append(line)
    return found


def _folded(blocks: Sequence[Block], made: Sequence[Markup]) -> Iterator[Markup]:
    """The blocks, with those that are unchanged, and not beside one that is, behind a line that opens them."""
    quiet = [block.state is State.UNCHANGED for block in blocks]
    near = [all(quiet[max(0, at - CONTEXT) : at + CONTEXT + 1]) for at in range(len(blocks))]
    at = 0
    while at < len(made):
        end = at
        while end < len(made) and near[end]:
            end += 1
        if end - at > 1:
            words = f"{end - at} unchanged blocks"
            yield Markup('<details class="fold blocks"><summary>{}</summary>\n{}\n</details>').format(
                words, Markup("\n").join(made[at:end])
            )
            at = end
        else:
            yield made[at]
            at += 1


def _block(block: Block, old: Side, new: Side, own: Sequence[Line], hunks: Sequence[Hunk], diff: Diff, look: Look) -> Markup:
    inside = [_head(block, own, hunks, diff, look), _text(block, old, new), _outputs(block, old, new), _raw(block, own), _noise(block)]
    if look.notes and (note := look.notes.get(block.anchor)):
        inside.append(note)
    item = Markup("") if block.state is State.UNCHANGED else Markup(" data-item")
    return Markup('<section class="block {}" id="{}" aria-labelledby="{}-head"{}>\n{}\n</section>').format(
        block.state, block.anchor, block.anchor, item, Markup("\n").join(part for part in inside if part)
    )


def _head(block: Block, own: Sequence[Line], hunks: Sequence[Hunk], diff: Diff, look: Look) -> Markup:
    """What the block is, what became of it and where it stands."""
    part = block.part
    kind = "Header" if part.header else _KINDS[part.cell.kind]
    words = STATES[block.state]
    if block.moved and block.state is not State.MOVED:
        words += ", moved"
    if block.moved and block.old:
        words += f" from {_span(block.old)}"
    link = Markup("")
    if look.merge_request and block.state is not State.UNCHANGED:
        address = raw.link(look.merge_request, look.prefix + diff.path, *_place(block, own, hunks))
        link = Markup(' <a class="respond" href="{}" rel="noopener">Comment on GitLab</a>').format(address)
    return Markup(
        '<h3 class="head" id="{0}-head"><a href="#{0}">{1}</a> <span class="state">{2}</span> <span class="stands">{3}</span>{4}</h3>'
    ).format(block.anchor, kind, words, _span(part), link)


def _place(block: Block, own: Sequence[Line], hunks: Sequence[Hunk]) -> tuple[int, int]:
    """The counters of the line that stands for a block: the first of its text that Git counts as different, or its first."""
    source = set(block.new.lines if block.new else ()), set(block.old.lines if block.old else ())
    changed = [line for line in own if line.sign != " "]
    inside = [line for line in changed if (line.new in source[0] if line.sign == "+" else line.old in source[1])]
    for line in [*(line for line in inside if line.sign == "+"), *inside, *changed]:
        return line.old, line.new
    return raw.counters(hunks, new=block.new.lines[0]) if block.new else raw.counters(hunks, old=block.part.lines[0])


def _span(part: Part) -> str:
    return f"lines {part.first}–{part.last}" if part.last > part.first else f"line {part.first}"


def _text(block: Block, old: Side, new: Side) -> Markup:
    """The text of the block, in both views that show it."""
    part = block.part
    side = new if block.new else old
    prose = part.cell.kind is CellKind.MARKDOWN and not part.header
    views = "in-source" if prose else "in-rendered in-source"
    before, after = block.old, block.new
    if before and after and (before.text != after.text or before.options != after.options or before.cell.tags != after.cell.tags):
        numbers = before.lines, after.lines
        made = lines.both(before.text, after.text, f"{views} text", (partial(old.lines, before), partial(new.lines, after)), numbers)
        return _options(before, after) + (_prose(old.prose(before), new.prose(after)) if prose else Markup("")) + made
    sign = " " if before and after else "+" if after else "-"
    kind = {" ": "same", "+": "come", "-": "gone"}[sign]
    made = lines.single(part.text, sign, f"{views} text {kind}", partial(side.lines, part), part.lines) if part.text else Markup("")
    if prose:
        made = Markup('<div class="in-rendered prose {}">{}</div>').format(kind, side.prose(part)) + made
    return made


def _prose(old: Markup, new: Markup) -> Markup:
    return shown.sides(*marks.prose(old, new), "in-rendered prose")


def _options(before: Part, after: Part) -> Markup:
    """What is asked for about the cell, where that has changed: the line that opens it, or its tags."""
    was, now = (part.options or ", ".join(part.cell.tags) for part in (before, after))
    if was == now:
        return Markup("")
    gone, come = rows.words(was, now)
    marked = marks.wrapped(str(Markup.escape(was)), gone, "del"), marks.wrapped(str(Markup.escape(now)), come, "ins")
    return Markup('<p class="in-rendered in-source note">Options: <code>{}</code> → <code>{}</code></p>').format(*marked)


def _outputs(block: Block, old: Side, new: Side) -> Markup:
    if not block.outputs:
        return Markup("")
    if block.state in (State.UNCHANGED, State.MOVED):
        count = len(block.outputs)
        return Markup('<p class="in-rendered note">{} {}, unchanged</p>').format(count, "output" if count == 1 else "outputs")
    return shown.all_of(block, old, new)


def _raw(block: Block, own: Sequence[Line]) -> Markup:
    if not own:
        return Markup('<p class="in-raw note">{}, unchanged</p>').format(_span(block.part).capitalize())
    return _git_lines(own)


def _around(found: Sequence[Line]) -> Markup:
    """Git's lines outside of all blocks: what a notebook says of itself."""
    head = Markup('<h3 class="head" id="_file-head">Around the blocks</h3>')
    opening = Markup('<section class="block file in-raw" id="_file" aria-labelledby="_file-head">')
    return Markup("\n").join((opening, head, _git_lines(found), Markup("</section>")))


def _git_lines(found: Sequence[Line]) -> Markup:
    return Markup('<div class="lines git in-raw">%s</div>') % Markup("".join(map(_git_line, found[: lines.MOST])))  # noqa: S704 - escaped there


def _git_line(line: Line) -> str:
    kind = {"+": "come", "-": "gone"}.get(line.sign, "same")
    old, new = (f' data-line="{number}"' if line.sign != other else "" for number, other in ((line.old, "+"), (line.new, "-")))
    left = len(line.text) - LONGEST
    shown = controls.marked(escape(text.legal(line.text[:LONGEST]))) + (f" … ({left:,} more characters)" if left > 0 else "")
    return f'<div class="line {kind}"><span class="number"{old}></span><span class="number"{new}></span><code class="{kind}">{shown}</code></div>'


def _noise(block: Block) -> Markup:
    """What differs without a reader seeing it, in words."""
    said = [_said(noise, block) for noise in block.noise]
    return Markup('<p class="noise">Not shown: {}</p>').format("; ".join(said)) if said else Markup("")


def _said(noise: Noise, block: Block) -> str:
    old, new = block.old, block.new
    if not old or not new:
        return noise.value
    if noise is Noise.COUNT:
        return f"{noise.value} {old.cell.execution_count} → {new.cell.execution_count}"
    if noise is Noise.ID:
        return f"id {old.own_id or 'none'} → {new.own_id or 'none'}"
    if noise is Noise.METADATA and old.cell.metadata != new.cell.metadata:
        was, now = (json.dumps(dict(part.cell.metadata), sort_keys=True, default=str)[:LONGEST] for part in (old, new))
        return f"metadata {was} → {now}"
    return noise.value
