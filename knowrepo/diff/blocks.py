"""Two files, block by block: the heart of every diff. What it says is exact: with it the old file's cells become the new one's."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowrepo.diff import alignment, outputs, parts, sequences
from knowrepo.diff.outputs import Comparing, Noise, Pair
from knowrepo.diff.parts import File, Part
from knowrepo.model import Problem
from knowrepo.render import pixels


class State(enum.StrEnum):
    """What became of a part. ``RERUN``: its text is the same, its outputs are not. ``UNCHANGED``: readers see no difference."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RERUN = "rerun"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Block:
    """A part before and after; None where there was or is none.

    ``moved``: it stands at another place among those that are left, whatever else became of it. ``outputs`` are those of a code cell in pairs, ``noise`` is
    what differs unseen. ``anchor`` is its id on every page that shows it.
    """

    state: State
    old: Part | None
    new: Part | None
    anchor: str
    moved: bool = False
    outputs: tuple[Pair, ...] = ()
    noise: tuple[Noise, ...] = ()

    @property
    def part(self) -> Part:
        """The part as it is now, or as it was where it is gone."""
        found = self.new or self.old
        assert found  # noqa: S101 - a block of nothing is never made
        return found

    @property
    def hunks(self) -> list[sequences.Run]:
        """The lines of the old text and of the new, from their beginnings to their ends, as runs that are the same or not."""
        return sequences.runs(*(part.text.split("\n") if part else [] for part in (self.old, self.new)))


@dataclass(frozen=True, slots=True)
class Diff:
    """Two files block by block, in the order of the new one; a removed part stands behind the part that it followed."""

    old: File
    new: File
    blocks: tuple[Block, ...]

    @property
    def path(self) -> str:
        """The path of the new file, or of the old one where it is gone."""
        return self.new.path if self.new.length or not self.old.length else self.old.path

    @property
    def counts(self) -> Mapping[State, int]:
        """How many blocks there are in each state."""
        found = Counter(block.state for block in self.blocks)
        return {state: found[state] for state in State}

    @property
    def noise(self) -> Mapping[Noise, int]:
        """In how many blocks each kind of noise is."""
        found = Counter(noise for block in self.blocks for noise in block.noise)
        return {noise: found[noise] for noise in Noise if found[noise]}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it had to be compared as text."""
        return tuple(file.problem for file in (self.old, self.new) if file.problem)


def of(path: str, old: bytes | None, new: bytes | None, *, before: str = "", comparing: Comparing = pixels.likeness) -> Diff:
    """The diff of a file's bytes; None where it was not or is not there. ``before`` is its old path, if it had another. Raises nothing."""
    one, other = parts.read(before or path, old), parts.read(path, new)
    if bool(one.problem) != bool(other.problem):
        one = one if one.problem or not other.problem else parts.as_text(one.path, old, other.problem)
        other = other if other.problem or not one.problem else parts.as_text(other.path, new, one.problem)
    return compared(one, other, comparing)


def compared(old: File, new: File, comparing: Comparing = pixels.likeness) -> Diff:
    """The diff of two files that were read."""
    matched = alignment.pairs(old.parts, new.parts)
    order = sorted(matched)
    still = {order[index] for index in sequences.rising([matched[number] for number in order])}
    taken: set[str] = set()

    def block(one: int | None, other: int | None) -> Block:
        moved = other is not None and one is not None and other not in still
        return _block(None if one is None else old.parts[one], None if other is None else new.parts[other], moved, taken, comparing)

    return Diff(old, new, tuple(block(one, other) for one, other in _ordered(len(old.parts), len(new.parts), matched, still)))


def _ordered(olds: int, news: int, matched: Mapping[int, int], still: set[int]) -> Iterator[tuple[int | None, int | None]]:
    """The pairs in the order in which they are shown."""
    kept = set(matched.values())
    at = 0
    for other in range(news):
        one = matched.get(other)
        if other in still and one is not None:
            yield from ((gone, None) for gone in range(at, one) if gone not in kept)
            at = one + 1
        yield one, other
    yield from ((gone, None) for gone in range(at, olds) if gone not in kept)


def _block(old: Part | None, new: Part | None, moved: bool, taken: set[str], comparing: Comparing) -> Block:
    anchor = _free(new.cell.id if new else f"old-{old.cell.id}" if old else "", taken)
    if not new or not old:
        shown = (old or new).cell.outputs if old or new else ()  # type: ignore[union-attr]
        pairs = outputs.compared(shown if old else (), shown if new else (), comparing)
        return Block(State.REMOVED if old else State.ADDED, old, new, anchor, outputs=pairs)
    pairs = outputs.compared(old.cell.outputs, new.cell.outputs, comparing)
    if _said(old) != _said(new):
        state = State.CHANGED
    elif any(pair.changed for pair in pairs):
        state = State.RERUN
    else:
        state = State.MOVED if moved else State.UNCHANGED
    return Block(state, old, new, anchor, moved, pairs, tuple(_noise(old, new, pairs)))


def _said(part: Part) -> tuple[object, ...]:
    """What an author wrote."""
    cell = part.cell
    return cell.kind, cell.text, cell.tags, part.options, cell.attachments, cell.format, part.header


def _noise(old: Part, new: Part, pairs: tuple[Pair, ...]) -> list[Noise]:
    inside = {noise for pair in pairs for noise in pair.noise}
    if old.cell.execution_count != new.cell.execution_count:
        inside.add(Noise.COUNT)
    if old.own_id != new.own_id:
        inside.add(Noise.ID)
    if _unseen(old) != _unseen(new):
        inside.add(Noise.METADATA)
    return [noise for noise in Noise if noise in inside]


def _unseen(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.cell.metadata.items() if name not in ("tags", "format", "raw_mimetype")}


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "-x"
    taken.add(name)
    return name
