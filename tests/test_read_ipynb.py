"""Notebooks: nbformat 4 as it should be, as it is in the wild, and older forms."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo.model import CellKind, Document, Severity
from tests import notebooks
from tests.notebooks import HEADER, code, dump, markdown, post, raw, rules, shown, skipped, stream, texts

RESULT = {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["a\n", "b"]}}
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mone", "two"]}
OLD_CELLS: list[dict[str, Any]] = [
    {"cell_type": "raw", "metadata": {}, "source": [HEADER]},
    {"cell_type": "heading", "level": 2, "metadata": {}, "source": "Then"},
    {
        "cell_type": "code",
        "collapsed": False,
        "input": ["1\n", "2"],
        "language": "python",
        "metadata": {},
        "prompt_number": 7,
        "outputs": [{"output_type": "pyout", "prompt_number": 7, "metadata": {}, "text": ["2"], "png": "AAAA"}],
    },
]
OLD: dict[str, Any] = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": OLD_CELLS}]}


def one(*cells: Any, **changes: Any) -> Document:
    """The post of a notebook with a header and these cells."""
    return post("a.ipynb", dump(raw(HEADER), *cells, **changes))


def mended(document: Document) -> str:
    """The one message that says what was mended."""
    (problem,) = document.problems
    assert (problem.rule, problem.severity) == ("notebook-mended", Severity.WARNING)
    return problem.message


@pytest.mark.parametrize("make", [raw, markdown])
@pytest.mark.parametrize("source", [HEADER, HEADER.splitlines(keepends=True), HEADER.replace("\n", "\r\n")])
def test_the_header_is_the_first_cell_with_text(make: Any, source: Any) -> None:
    """The header may stand in a raw or a Markdown cell, below empty cells of any kind; its cell is gone from the post."""
    document = post("a.ipynb", dump(code(""), markdown(" \n"), make(source), markdown("Text")))
    assert document.meta.title == "Churn"
    assert [text for text in texts(document) if text.strip()] == ["Text"]


def test_text_below_the_header_stays() -> None:
    """What follows the header in its cell stays in that cell."""
    document = post("a.ipynb", dump(markdown(HEADER + "\n## Findings\n", id="first")))
    assert [(cell.text.strip(), cell.id) for cell in document.cells] == [("## Findings", "first")]


def test_the_first_raw_or_markdown_cell_holds_the_header() -> None:
    """Code may stand above it; a later cell is no header, and what it says there of privacy keeps an included notebook off the site."""
    assert post("a.ipynb", dump(code("1"), raw(HEADER))).meta.title == "Churn"
    assert skipped("a.ipynb", dump(markdown("Hello"), raw(HEADER))).reason == "no header"
    private = "---\ntitle: T\nprivate: true\n---\nSecret"
    assert skipped("a.ipynb", dump(code("1"), markdown(private)), included=True).reason == "private"
    assert "private: true" in skipped("a.ipynb", dump(markdown("Hello"), markdown(private)), included=True).reason


@pytest.mark.parametrize("opening", ["? private\n: true", "private = true", "+++\nprivate = true\n+++", "published: false", "Draft: yes"])
def test_an_included_post_that_may_be_private_is_kept_off(opening: str) -> None:
    """Without a header, words that would keep a post off the site do so wherever it begins with them; it is an error with the way out."""
    left = skipped("a.md", f"{opening}\n\nText.\n", included=True)
    assert [problem.rule for problem in left.problems] == ["header-guard"]
    assert post("b.md", "```\nprivate: true\n```\nText about drafts.\n", included=True)
    assert post("c.md", "draft: false\n\nText.\n", included=True)


@pytest.mark.parametrize("opening", ["--- # mine", "\u200b---", "\ufeff---"])
def test_a_header_may_begin_oddly(opening: str) -> None:
    """A comment behind the first mark and invisible characters before it change nothing."""
    assert skipped("a.md", f"{opening}\nprivate: true\n---\nText.\n").reason == "private"
    assert "header-unknown-key" in [problem.rule for problem in skipped("a.md", "---\npublished: no\n---\nText.\n").problems]


def test_an_unfinished_merge_is_said() -> None:
    """Conflict markers in a text are a warning with their line."""
    made = post("a.md", "---\ntitle: T\nauthors: [A]\ntldr: x\n---\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other\n")
    assert [(problem.rule, problem.line) for problem in made.problems] == [("merge-conflict", 6)]


@pytest.mark.parametrize(
    ("cells", "noticed"),
    [
        ([code("1")], True),
        ([code("1", execution_count=None), code("2")], True),
        ([code("1", stream("1")), code("2")], False),
        ([code("  ")], False),
        ([markdown("x")], False),
    ],
)
def test_code_without_any_outputs_is_noticed(cells: list[Any], noticed: bool) -> None:
    """The site shows stored outputs: a notebook that stores none of its code's is a warning."""
    assert ([problem.rule for problem in one(*cells).problems] == ["no-outputs"]) is noticed


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"kernelspec": {"display_name": "Python 3 (ipykernel)"}}, "Python 3 (ipykernel)"),
        ({"kernelspec": {"display_name": "a\nb\x00"}}, "a b"),
        ({"kernelspec": {"display_name": 3}}, ""),
        ({"kernelspec": "ir"}, ""),
        ({}, ""),
    ],
)
def test_the_kernel_has_a_name(metadata: dict[str, Any], name: str) -> None:
    """The name that people see, on one line; nothing where it is no text."""
    assert post("a.ipynb", dump(raw(HEADER), markdown("x"), metadata=metadata)).kernel == name


def test_cells_keep_what_they_are() -> None:
    """Kind, text, tags, id, execution count, format, attachments and place come from the file."""
    picture = {"a.png": {"image/png": ["AA", "AA"]}}
    document = one(
        markdown(["one\r\n", "two"], id="m", attachments=picture, metadata={"tags": ["remove-cell"]}),
        code("1", stream("1"), id="c", execution_count=12),
        raw("<b>", id="r", metadata={"format": "text/html"}),
        raw(".. note::", id="s", metadata={"raw_mimetype": "text/x-rst"}),
    )
    first, second, third, fourth = document.cells
    assert (first.kind, first.text, first.tags, first.index) == (CellKind.MARKDOWN, "one\ntwo", ("remove-cell",), 1)
    assert first.attachments == {"a.png": {"image/png": "AAAA"}}
    assert (second.kind, second.execution_count, second.id) == (CellKind.CODE, 12, "c")
    assert (third.kind, third.format, fourth.format) == (CellKind.RAW, "text/html", "text/x-rst")
    assert document.problems == ()


def test_outputs_have_joined_text() -> None:
    """Lists of lines are joined; JSON stays JSON; a traceback stays a list of texts."""
    data = {"text/html": ["<b>", "x</b>"], "application/json": [1, {"a": None}], "application/vnd.plotly.v1+json": {"data": []}}
    document = one(code("1", stream(["a\n", "b"], "stderr"), shown(data), RESULT, ERROR))
    printed, display, result, error = document.cells[0].outputs
    assert printed == stream("a\nb", "stderr")
    assert display["data"] == {**data, "text/html": "<b>x</b>"}
    assert (result["data"], result["execution_count"]) == ({"text/plain": "a\nb"}, 3)
    assert error["traceback"] == ["\x1b[31mone", "two"]
    assert document.problems == ()


def test_control_characters_go_but_those_of_terminals() -> None:
    """Nothing that HTML cannot hold is left; escape, backspace, carriage return and bell, which ends a terminal's link, stay in printed text."""
    document = one(
        markdown("a\x00\x1bb\ufffe"), code("1", stream("\x00\x1b[1m\b\r.\x07"), shown({"text/html": "\x1bx", "image/png": "AA\n"}))
    )
    assert document.cells[0].text == "ab"
    printed, display = document.cells[1].outputs
    assert printed["text"] == "\x1b[1m\b\r.\x07"
    assert display["data"] == {"text/html": "x", "image/png": "AA\n"}


def test_missing_and_doubtful_ids_are_replaced_by_the_place() -> None:
    """A cell without valid id of its own gets one from its place: never by lot, never twice."""
    cells = [markdown("a"), markdown("b", id="x"), markdown("c", id="x"), markdown("d", id="no id"), markdown("e", id="cell-1")]
    document = one(*cells)
    assert [cell.id for cell in document.cells] == ["cell-1-x", "x", "cell-3", "cell-4", "cell-1"]
    assert "share" in mended(document)
    assert "invalid cell id" in mended(document)


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"language": "R"}}, "r"),
        ({"language_info": {"name": "python", "pygments_lexer": "ipython3"}}, "python"),
        ({"language_info": {"name": "C++17", "pygments_lexer": "cpp"}}, "cpp"),
        ({"language_info": {"name": "julia"}, "kernelspec": {"language": "python"}}, "julia"),
        ({"language_info": {"name": "<script>"}, "kernelspec": []}, "python"),
        ({"language_info": {"pygments_lexer": {"name": "ipython", "version": 3}}, "kernelspec": {"language": 3}}, "python"),
    ],
)
def test_the_language_is_the_kernels(metadata: Any, language: str) -> None:
    """The language is a simple name that the kernel gives; of anything else nothing is believed."""
    assert one(metadata=metadata).language == language


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ({"cell_type": "code", "metadata": {}}, "a cell without text"),
        ({"cell_type": "code", "metadata": [], "source": "", "outputs": []}, "cell metadata of the wrong type"),
        ({"cell_type": "code", "metadata": {}, "source": ""}, "a code cell without a list of outputs"),
        ({"cell_type": "slide", "metadata": {}, "source": "x"}, "a cell of unknown type is shown raw"),
        ({"metadata": {}, "source": "x"}, "a cell of unknown type is shown raw"),
        ("text", "a cell that is no object was left out"),
        (code("", {"output_type": "hologram"}), "an output of unknown type was left out"),
        (code("", 3), "an output of unknown type was left out"),
        (code("", shown([])), "output data of the wrong type"),
        (code("", shown({"text/plain": 3})), "output data that is no text"),
        (code("", shown({}, metadata=3)), "output metadata of the wrong type"),
        (markdown("", metadata={"tags": "one"}), "tags that are no list of texts"),
        (markdown("", metadata={"tags": ["one", 2]}), "tags that are no list of texts"),
        (markdown("", attachments=[]), "attachments of the wrong type"),
    ],
)
def test_what_can_be_mended_is_mended(cell: Any, what: str) -> None:
    """A wrong type costs at most what has it, and is told once, with the first cell."""
    assert f"{what} (cell 1)" in mended(one(cell, cell))


def test_a_mended_notebook_has_one_warning() -> None:
    """Many faults make one warning, at the first of them."""
    document = one(markdown("fine"), *[{"cell_type": "code"}] * 50, code("", 3))
    mended(document)
    assert document.problems[0].cell == 2


def test_mended_values_are_used() -> None:
    """What stands behind a wrong type is kept as far as it makes sense."""
    document = one(
        code(["a", 1], shown({"text/plain": 3}), stream(None), ERROR | {"traceback": "lone"}, execution_count="x", metadata={"tags": "t"})
    )
    (cell,) = document.cells
    assert (cell.text, cell.tags, cell.execution_count) == ("a1", ("t",), None)
    assert [output.get("data", output.get("text", output.get("traceback"))) for output in cell.outputs] == [
        {"text/plain": "3"},
        "",
        ["lone"],
    ]


@pytest.mark.parametrize("major", [2, 3])
def test_old_notebooks_are_upgraded(major: int) -> None:
    """nbformat 2 and 3 have worksheets, ``input`` and ``pyout``; the same notebook comes out, with ids by place and without a problem."""
    cells = OLD_CELLS if major == 3 else [OLD_CELLS[0] | {"cell_type": "markdown"}, OLD_CELLS[2] | {"input": ["1", "2"]}]
    document = post("a.ipynb", json.dumps(OLD | {"nbformat": major, "worksheets": [{"metadata": {}, "cells": cells}]}))
    last = document.cells[-1]
    assert (last.text, last.execution_count, last.id) == ("1\n2", 7, f"cell-{len(cells) - 1}")
    assert last.outputs[0]["data"] == {"image/png": "AAAA", "text/plain": "2"}
    assert document.problems == ()


def test_worksheets_without_number_are_nbformat_3() -> None:
    """A notebook that does not say its nbformat is known by its worksheets; missing metadata is no obstacle."""
    assert len(post("a.ipynb", json.dumps({"worksheets": OLD["worksheets"]})).cells) == 2


@pytest.mark.parametrize(
    ("data", "rule", "words"),
    [
        ("", "notebook-json", "empty"),
        (" \n", "notebook-json", "empty"),
        ("[]", "notebook-json", "no object"),
        ("3", "notebook-json", "no object"),
        ("{}", "notebook-cells", "no list of cells"),
        ('{"cells": {}}', "notebook-cells", "no list of cells"),
        (b"\x89PNG\x00\xff\xfe", "notebook-json", "not JSON"),
        ('{"cells": ' + "[" * 50_000 + "]" * 50_000 + "}", "notebook-json", "too deeply"),
        (dump(nbformat=5), "notebook-version", "nbformat 5"),
        ({"nbformat": 3, "worksheets": 3}, "notebook-version", "cannot upgrade"),
        ({"nbformat": 2, "worksheets": [{"cells": [{}]}]}, "notebook-version", "cannot upgrade"),
        ({"nbformat": 3, "worksheets": [{"cells": [3]}]}, "notebook-version", "cannot upgrade"),
        ({"nbformat": -1, "cells": []}, "notebook-version", "cannot upgrade"),
    ],
)
def test_what_cannot_be_read_is_one_problem(data: Any, rule: str, words: str) -> None:
    """A file that is no notebook is skipped with one Problem that says why and what to do."""
    left = skipped("a.ipynb", json.dumps(data) if isinstance(data, dict) else data)
    assert rules(left) == [rule]
    assert words in left.reason
    assert left.hint


def test_broken_json_has_a_place() -> None:
    """Line and column say where JSON ends to be JSON."""
    left = skipped("a.ipynb", '{\n "cells": [}\n}')
    assert (left.line, "column 12" in left.reason) == (2, True)


def test_a_merge_conflict_is_called_so() -> None:
    """Conflict markers are what breaks most notebooks: the message names them, with the first line."""
    left = skipped("a.ipynb", '{\n "cells": [\n<<<<<<< HEAD\n  1\n=======\n  2\n>>>>>>> branch\n]}')
    assert (left.line, rules(left)) == (3, ["merge-conflict"])
    assert "nbdime" in left.hint


def test_conflict_markers_in_a_text_are_text() -> None:
    """A notebook about merge conflicts is a notebook."""
    assert texts(one(code("<<<<<<< HEAD\n"))) == ["<<<<<<< HEAD\n"]


@pytest.mark.parametrize(
    "data",
    [
        dump(raw(HEADER), code("1", shown({"application/json": 1}))).replace(b": 1}", b": NaN}"),
        dump(raw(HEADER), code("1", shown({"application/json": 1}))).replace(b": 1}", b": -Infinity}"),
        dump(raw(HEADER), code("1", shown({"application/json": 1}))).replace(b": 1}", b": 1" + b"0" * 6000 + b"}"),
        b"\xef\xbb\xbf" + dump(raw(HEADER), code("1")),
        dump(raw(HEADER), code("1")).decode().encode("utf-16"),
        dump(raw(HEADER), code("1"), markdown("caf?")).replace(b"?", b"\xe9"),
    ],
    ids=["NaN", "Infinity", "huge number", "byte order mark", "UTF-16", "Latin-1"],
)
def test_json_that_strict_readers_refuse(data: bytes) -> None:
    """Python writes NaN and huge numbers, Windows a byte order mark: none of it costs a post."""
    assert post("a.ipynb", data).cells[0].text == "1"


def test_lone_surrogates_become_the_replacement_character() -> None:
    """Half a character is none: U+FFFD stands for it, and whole ones stay whole."""
    assert texts(one(markdown("a\ud83d b \U0001f6b2"))) == ["a\ufffd b \U0001f6b2"]


def test_a_newer_minor_version_is_read_with_a_warning() -> None:
    """nbformat 4.6 is read as far as 4.5 goes."""
    document = one(markdown("Text"), nbformat_minor=6)
    assert texts(document) == ["Text"]
    assert [(problem.rule, problem.severity) for problem in document.problems] == [("notebook-version", Severity.WARNING)]


def test_deep_values_are_left_out() -> None:
    """Output data and metadata that later stages could not walk without a stack overflow are dropped."""
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    document = one(code("1", shown({"application/json": deep}), metadata={"a": deep}))
    assert (document.cells[0].outputs[0]["data"], document.cells[0].metadata) == ({}, {})
    mended(document)


def test_no_cells_are_an_empty_post() -> None:
    """A notebook with an empty list of cells is a post if it is included, else it has no header."""
    assert skipped("a.ipynb", dump()).reason == "no header"
    assert post("a.ipynb", dump(), included=True).cells == ()


WHOLE = json.loads(
    dump(
        raw(HEADER, id="h"),
        markdown(["# A\n"], id="m", attachments={"a.png": {"image/png": "AAAA"}}, metadata={"tags": ["t"]}),
        code("1", stream(["a"]), ERROR, RESULT, shown({"application/json": {"a": 1}, "image/png": "AA"}), id="c"),
        metadata={"kernelspec": {"language": "python"}, "language_info": {"name": "python", "pygments_lexer": "x"}},
    )
)
WORDS = ["cells", "source", "text", "data", "metadata", "output_type", "stream", "error", "code", "text/html", "image/png", "pyout", "id"]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from([*WORDS, HEADER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*place, key))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([WHOLE, OLD]).flatmap(lambda whole: st.tuples(st.just(whole), st.sampled_from(list(places(whole))[1:]))),
    ANY | st.just(...),
)
def test_any_value_at_any_place_is_survived(where: tuple[Any, tuple[Any, ...]], value: Any) -> None:
    """Whatever stands anywhere in a notebook, or is missing: a Document with unique ids and plain texts, or a reason."""
    whole, (*way, last) = where
    changed = inner = copy.deepcopy(whole)
    for key in way:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    made = notebooks.read("a.ipynb", json.dumps(changed), included=True)
    if isinstance(made, Document):
        assert len({cell.id for cell in made.cells}) == len(made.cells)
        assert all(isinstance(cell.text, str) and json.dumps(cell.outputs) for cell in made.cells)
    else:
        assert made.reason
