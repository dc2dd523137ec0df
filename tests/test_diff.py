"""Diffs: exact, whatever was edited; every place in the source is right; what readers see no difference in is noise."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo.diff import blocks, outputs, parts, rows, scanner, sequences
from knowrepo.diff.blocks import Block, Diff, State
from knowrepo.diff.outputs import Noise
from knowrepo.diff.parts import Part
from knowrepo.model import Cell, CellKind
from knowrepo.render import pixels
from tests import notebooks, versions
from tests.versions import Edited

FORMATS = {
    "a.md": "---\ntitle: A\n---\n\n# Head\n\nSome words\non two lines.\n\n- one\n\n- two\n\n```\ncode\n\nmore\n```\n",
    "a.Rmd": "---\ntitle: A\n---\n\nWords.\n\n```{r echo=FALSE}\nx <- 1\n```\n\n\nMore.\n",
    "a.qmd": "Words.\n\n```{python}\n#| label: x\nx = 1\n```\n",
    "a.py": '# ---\n# title: A\n# ---\n\nimport a\n\n# %% [markdown]\n# # Head\n# words\n\n# %% tags=["x"]\nx = 1\n\n\n# %% [markdown]\n"""\nHi.\n"""\n',
}


def changed_text(block: Block) -> str:
    """The old text with what the hunks of a block put in and take out."""
    assert block.old
    assert block.new
    old, new = block.old.text.split("\n"), block.new.text.split("\n")
    made: list[str] = []
    for run in block.hunks:
        made += old[run.old_start : run.old_end] if run.same else new[run.new_start : run.new_end]
    return "\n".join(made)


def became(block: Block) -> Cell:
    """The new cell, made of the old one and of what the block says is different, and of nothing else."""
    assert block.new
    old, new = block.old, block.new.cell
    if old is None:
        return new
    made = old.cell
    if block.state is State.CHANGED:
        made = replace(made, text=changed_text(block), tags=new.tags, attachments=new.attachments, format=new.format, metadata=new.metadata)
    if any(pair.changed or pair.noise for pair in block.outputs):
        made = replace(made, outputs=new.outputs)
    if Noise.COUNT in block.noise:
        made = replace(made, execution_count=new.execution_count)
    if Noise.METADATA in block.noise:
        made = replace(made, metadata=new.metadata)
    return replace(made, id=new.id, index=new.index)


def diffed(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Diff:
    return blocks.of("a.ipynb", versions.dump(old), versions.dump(new))


def states(found: Diff) -> list[str]:
    return [str(block.state) for block in found.blocks]


def streams(cell: Cell) -> Cell:
    """The cell with consecutive pieces of a stream joined, which nobody can tell apart."""
    return replace(cell, outputs=tuple(pair.new for pair in outputs.compared((), cell.outputs, pixels.likeness) if pair.new))


@settings(deadline=None)
@given(versions.edits())
def test_a_diff_applied_to_one_side_gives_the_other(made: Edited) -> None:
    """With what the blocks say the old cells become the new ones exactly; each old cell is used once or said to be removed."""
    found = diffed(made.old, made.new)
    assert [streams(became(block)) for block in found.blocks if block.new] == [streams(part.cell) for part in found.new.parts]
    used = [block.old for block in found.blocks if block.old]
    assert sorted(part.cell.index for part in used) == [part.cell.index for part in found.old.parts]


@settings(deadline=None)
@given(versions.edits(), st.sampled_from([1, 4]))
def test_every_place_points_at_the_text_it_claims(made: Edited, indent: int) -> None:
    """In a notebook written with line breaks each line of a cell's text stands on the line of the file that its part names."""
    data = versions.dump(made.new, indent)
    lines = data.decode().split("\n")
    for part in parts.read("a.ipynb", data).parts:
        assert [is_on(text, lines[number - 1]) for text, number in zip(part.text.split("\n"), part.lines, strict=True)] == [True] * len(
            part.lines
        )
        assert (lines[part.first - 1].strip(), lines[part.last - 1].strip().rstrip(",")) == ("{", "}")
        assert all(part.first <= first <= last <= part.last for first, last in part.places)


def is_on(text: str, line: str) -> bool:
    """Whether a line of JSON holds this text as a string, or as a line of one."""
    return json.dumps(text, ensure_ascii=False)[1:-1] in line


@pytest.mark.parametrize("path", FORMATS)
def test_every_line_of_a_text_stands_where_it_is_said_to(path: str) -> None:
    """Parts of text files follow each other without a gap; each line of a part's text stands on the line that it names."""
    lines = FORMATS[path].split("\n")
    found = parts.read(path, FORMATS[path].encode())
    assert [part.first for part in found.parts] == [1, *(part.last + 1 for part in found.parts[:-1])]
    assert found.parts[-1].last == found.length == len(lines) - 1
    for part in found.parts:
        assert all(text in lines[number - 1] for text, number in zip(part.text.split("\n"), part.lines, strict=True)), part


def test_text_formats_have_the_parts_that_people_see() -> None:
    """Markdown is cut into blocks, R Markdown into chunks and text, a script into its cells; a header is a part of its own."""
    found = {
        path: [(part.cell.kind.value, part.text, part.options) for part in parts.read(path, text.encode()).parts]
        for path, text in FORMATS.items()
    }
    assert [text for _, text, _ in found["a.md"]][1:] == ["# Head", "Some words\non two lines.", "- one\n\n- two", "```\ncode\n\nmore\n```"]
    assert found["a.Rmd"][2] == ("code", "x <- 1", "```{r echo=FALSE}")
    assert found["a.qmd"][1] == ("code", "#| label: x\nx = 1", "```{python}")
    assert found["a.py"][1:] == [
        ("code", "import a", ""),
        ("markdown", "# Head\nwords", "# %% [markdown]"),
        ("code", "x = 1", '# %% tags=["x"]'),
        ("markdown", "Hi.", "# %% [markdown]"),
    ]
    assert parts.read("a.md", FORMATS["a.md"].encode()).parts[0].header


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 5), max_size=30))
def test_runs_cover_both_sequences(old: list[int], new: list[int]) -> None:
    """Runs go through both sequences without a gap, the same and different in turn, and what they call the same is."""
    found = sequences.runs(old, new)
    assert [value for run in found for value in old[run.old_start : run.old_end]] == old
    assert [value for run in found for value in new[run.new_start : run.new_end]] == new
    assert all(not run.same or old[run.old_start : run.old_end] == new[run.new_start : run.new_end] for run in found)
    assert all(one.same != other.same for one, other in pairwise(found))


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_not_marked_is_the_same(old: str, new: str) -> None:
    """Two lines without the ranges that the other lacks are one text."""
    gone, come = rows.words(old, new)
    assert without(old, gone) == without(new, come)


def without(text: str, ranges: tuple[rows.Range, ...]) -> str:
    for start, end in reversed(ranges):
        text = text[:start] + text[end:]
    return text


def code(text: str, *outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": text, "outputs": list(outputs), **more}


def test_an_inserted_cell_changes_no_other() -> None:
    """A cell that was put in is new, and nothing else is, even if a tool gave all cells other ids, by their position."""
    old = [code(f"step {number} does {number * 7}", id=f"cell-{number}") for number in range(5)]
    new = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate([*old[:2], code("something new"), *old[2:]])]
    assert states(diffed(old, new)) == ["unchanged", "unchanged", "added", "unchanged", "unchanged", "unchanged"]


def test_ids_tell_cells_apart_that_say_the_same() -> None:
    """A cell keeps its id while its text is written anew."""
    old = [code("a = 1", id="a"), code("whatever", id="b")]
    new = [code("nothing of this was there before", id="a"), code("whatever", id="b")]
    assert states(diffed(old, new)) == ["changed", "unchanged"]


def test_a_move_is_found() -> None:
    """A cell that stands elsewhere is moved, not removed and added; the fewest cells count as moved."""
    texts = [f"step {number} does {number * 7}" for number in range(6)]
    found = diffed([code(text) for text in texts], [code(text) for text in [texts[4], *texts[:4], texts[5]]])
    assert states(found) == ["moved", *["unchanged"] * 5]
    assert found.blocks[0].moved


def test_a_moved_cell_that_was_edited_is_both() -> None:
    """A cell may be moved and changed at once."""
    texts = [f"step {number} does {number * 7} of {number * 11} with {number * 13}" for number in range(6)]
    found = diffed([code(text) for text in texts], [code(text) for text in [texts[4] + " and more", *texts[:4], texts[5]]])
    assert (found.blocks[0].state, found.blocks[0].moved) == (State.CHANGED, True)


def test_a_cell_that_was_only_run_again_says_so() -> None:
    """Other outputs with the same text are a state of their own; another execution count alone is noise."""
    old = [code("f()", versions.printed("1\n")), code("g()", versions.printed("1\n"))]
    new = [code("f()", versions.printed("2\n"), execution_count=5), code("g()", versions.printed("1\n"), execution_count=6)]
    found = diffed(old, new)
    assert states(found) == ["rerun", "unchanged"]
    assert found.noise == {Noise.COUNT: 2}


@pytest.mark.parametrize(
    ("was", "now", "noise"),
    [
        ({"text/plain": "<Axes at 0x7f03a2bc10>"}, {"text/plain": "<Axes at 0x7f99fffff0>"}, Noise.ADDRESS),
        ({"text/html": "<b>1</b>", "text/plain": "1"}, {"text/html": "<b>1</b>", "text/plain": "2"}, Noise.UNSEEN),
    ],
)
def test_what_nobody_sees_is_noise(was: dict[str, str], now: dict[str, str], noise: Noise) -> None:
    """Addresses in memory and forms that are not shown make no difference that readers see; they are counted."""
    old, new = ({"output_type": "display_data", "metadata": {}, "data": data} for data in (was, now))
    found = diffed([code("f()", old)], [code("f()", new)])
    assert (states(found), dict(found.noise)) == (["unchanged"], {noise: 1})


def test_tags_are_no_noise() -> None:
    """Tags say how a cell is shown, other metadata does not."""
    found = diffed([code("f()"), code("g()")], [code("f()", metadata={"tags": ["hide-input"]}), code("g()", metadata={"scrolled": True})])
    assert states(found) == ["changed", "unchanged"]
    assert found.noise == {Noise.METADATA: 1}


@pytest.mark.parametrize(
    "damaged", [b"{", b"", b"[]", b'{"cells": 1}', b'{"nbformat": 9, "cells": []}', b"\xff\xfe\x00", b"<<<<<<< HEAD\n{}"]
)
def test_a_damaged_notebook_is_compared_as_text(damaged: bytes) -> None:
    """A file that is no notebook on either side is compared line by line, and a problem says why."""
    sound = notebooks.dump(notebooks.raw("x"))
    for old, new in ((damaged, sound), (sound, damaged)):
        found = blocks.of("a.ipynb", old, new)
        assert [problem.rule for problem in found.problems] == ["diff-as-text"] * 2
        assert all(part.cell.kind is CellKind.RAW for file in (found.old, found.new) for part in file.parts)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_diff(data: bytes) -> None:
    """Whatever a file holds, there is a diff of it, in every format."""
    for path in ("a.ipynb", *FORMATS):
        assert blocks.of(path, data, None).counts[State.ADDED] == 0
        assert blocks.of(path, None, data).counts[State.REMOVED] == 0
        blocks.of(path, data, b"{}")


def test_a_new_file_is_added_and_a_deleted_one_removed() -> None:
    """Of a file that was not there, or is gone, every block is new or gone."""
    data = versions.dump([code("f()"), code("g()")])
    assert states(blocks.of("a.ipynb", None, data)) == ["added", "added"]
    assert states(blocks.of("a.ipynb", data, None)) == ["removed", "removed"]


def test_anchors_are_unique() -> None:
    """No two blocks have one anchor, also where a removed cell had the id of another one."""
    old = [code("one thing", id="a"), code("gone for ever", id="old-a")]
    found = diffed(old, [code("one thing", id="b"), code("whatever else there is", id="old-old-a")])
    anchors = [block.anchor for block in found.blocks]
    assert len(set(anchors)) == len(anchors)


def test_an_old_notebook_has_its_places() -> None:
    """Cells of a notebook before nbformat 4 stand where its worksheets have them."""
    sheet = {
        "cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"], "outputs": [], "language": "python", "metadata": {}}],
        "metadata": {},
    }
    data = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}, indent=1).encode()
    found = parts.read("a.ipynb", data)
    lines = data.decode().split("\n")
    assert [lines[number - 1].strip() for number in found.parts[0].lines] == ['"a = 1\\n",', '"b = 2"']


def test_a_notebook_on_one_line_is_on_line_one() -> None:
    """A file without line breaks has every part on its only line."""
    found: tuple[Part, ...] = parts.read("a.ipynb", versions.dump([code("a\nb")], None)).parts
    assert [(part.first, part.last, part.lines) for part in found] == [(1, 1, (1, 1))]


@pytest.mark.parametrize("text", ["", "[", '{"cells": [{"a" 1}]}', '{"cells": [{"a": {"b": [1}]}', "1"])
def test_what_is_no_json_ends_the_scanner(text: str) -> None:
    """The scanner goes through any text, or says that it is unsound."""
    with suppress(scanner.Unsound):
        assert scanner.places(text) is not None
