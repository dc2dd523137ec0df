"""Random notebooks and random edits of them, for tests of diffs: each edit is noted, so that it is known what a diff has to find."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Cell = dict[str, Any]

WORDS = st.sampled_from(["alpha", "beta", "gamma", "delta", "plot", "mean", "x", "y", "1", "2", "=", "(", "é", "数", "\t"])
LINES = st.lists(WORDS, max_size=6).map(" ".join)
TEXTS = st.lists(LINES, max_size=5).map("\n".join)
IDS = st.one_of(st.none(), st.text("abcdef0123456789", min_size=1, max_size=3))


def printed(text: str) -> dict[str, Any]:
    """What a cell wrote."""
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(True)}


def shown(value: str) -> dict[str, Any]:
    """What a cell returned."""
    data = {"text/plain": value, "text/html": f"<table><tr><td>{value}</td></tr></table>"}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


OUTPUTS = st.lists(st.one_of(LINES.map(printed), LINES.map(shown)), max_size=3)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """A cell of any kind, with or without an id; its text as a list of lines or as one string."""
    kind = draw(st.sampled_from(["code", "code", "markdown", "raw"]))
    text = draw(TEXTS)
    made: Cell = {"cell_type": kind, "metadata": draw(st.sampled_from([{}, {"tags": ["a"]}, {"x": 1}])), "source": text}
    if draw(st.booleans()):
        made["source"] = text.splitlines(True)
    if kind == "code":
        made |= {"execution_count": draw(st.one_of(st.none(), st.integers(0, 9))), "outputs": draw(OUTPUTS)}
    if own := draw(IDS):
        made["id"] = own
    return made


@dataclass
class Edited:
    """A notebook before and after."""

    old: list[Cell]
    new: list[Cell] = field(default_factory=list)


@st.composite
def edits(draw: st.DrawFn) -> Edited:
    """A notebook, some of whose cells were put in, taken out, moved, split, written anew or run again."""
    made = Edited(draw(st.lists(cells(), max_size=8)))
    new = copy.deepcopy(made.old)
    for act in draw(st.lists(st.sampled_from(["insert", "delete", "move", "split", "write", "run", "copy"]), max_size=5)):
        at = draw(st.integers(0, len(new)))
        if act == "insert":
            new.insert(at, draw(cells()))
        elif at < len(new):
            _edit(draw, act, new, at)
    made.new = new
    return made


def _edit(draw: st.DrawFn, act: str, new: list[Cell], at: int) -> None:
    cell = new[at]
    text = "".join(cell["source"])
    if act == "delete":
        del new[at]
    elif act == "move":
        new.insert(draw(st.integers(0, len(new) - 1)), new.pop(at))
    elif act == "copy":
        new.insert(at, copy.deepcopy(cell))
    elif act == "split":
        cut = draw(st.integers(0, len(text)))
        new[at : at + 1] = [{**cell, "source": text[:cut]}, {**cell, "source": text[cut:]}]
    elif act == "write":
        cell["source"] = text + "\n" + draw(LINES)
    elif cell["cell_type"] == "code":
        cell |= {"outputs": draw(OUTPUTS), "execution_count": 7}


def dump(found: list[Cell], indent: int | None = 1) -> bytes:
    """A notebook file of these cells; with ``indent`` as nbformat writes it, a line of the file for each line of a source."""
    whole = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=indent, ensure_ascii=False).encode()
