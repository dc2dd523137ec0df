"""The clean filter: diffs are calm, outputs are kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from knowrepo import calming
from knowrepo.cli import cli
from knowrepo.model import Document
from tests import gitrepo, notebooks, team

ROOT = Path(__file__).parent.parent
VOLATILE = {
    "ExecuteTime": {"start_time": "2024"},
    "execution": {"iopub.execute_input": "2024"},
    "collapsed": True,
    "vscode": {"languageId": "python"},
}
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TEXTS = LETTERS | st.lists(LETTERS, max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)
METADATA = st.dictionaries(st.sampled_from([*VOLATILE, "tags", "own"]), JSON, max_size=4)
OUTPUTS = st.lists(
    st.builds(notebooks.stream, TEXTS)
    | st.builds(lambda value: notebooks.shown({"text/plain": "x", "application/json": value}), JSON)
    | JSON,
    max_size=3,
)
CELLS = st.lists(
    st.builds(lambda text, outputs, metadata: notebooks.code(text, *outputs, metadata=metadata), TEXTS, OUTPUTS, METADATA)
    | st.builds(lambda text, metadata: notebooks.markdown(text, metadata=metadata), TEXTS, METADATA)
    | JSON,
    max_size=4,
)


def joined(value: Any) -> Any:
    return "".join(value) if isinstance(value, list) and all(isinstance(part, str) for part in value) else value


@given(
    CELLS,
    st.dictionaries(st.sampled_from(["language_info", "kernelspec", "vscode", "toc", "own"]), JSON, max_size=4),
    st.sampled_from([None, 1, 4]),
)
def test_a_calm_notebook_stays_calm_and_has_all_outputs(cells: list[Any], metadata: dict[str, Any], indent: int | None) -> None:
    """A second time changes nothing; texts, outputs and what is not known as volatile are those of before, however the JSON was laid out."""
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    calm = calming.calm(json.dumps(whole, indent=indent).encode())
    assert calming.calm(calm) == calm == calming.calm(json.dumps(whole).encode())
    made = json.loads(calm)
    assert made["metadata"].get("own") == metadata.get("own")
    for old, new in zip(cells, made["cells"], strict=True):
        if not isinstance(old, dict) or "cell_type" not in old:
            continue
        assert joined(new["source"]) == joined(old["source"])
        assert set(new["metadata"]) == set(old["metadata"]) - VOLATILE.keys()
        for before, after in zip(old.get("outputs", []), new.get("outputs", []), strict=True):
            assert after == before or joined(after["text"]) == joined(before["text"])


@given(st.binary(max_size=40) | LETTERS.map(lambda text: json.dumps({"nbformat": 4, "cells": text}).encode()))
def test_what_is_no_notebook_stays_as_it_is(data: bytes) -> None:
    """Other bytes go through untouched."""
    assert calming.calm(data) == data


def test_what_cannot_be_written_stays_as_it_is() -> None:
    """A lone surrogate has no UTF-8; an older format is not ours to change."""
    for cells, nbformat in ((["\ud800"], 4), ([], 3)):
        data = json.dumps({"nbformat": nbformat, "metadata": {}, "cells": cells}).encode()
        assert calming.calm(data) == data


def test_it_is_written_as_jupyter_does() -> None:
    """A notebook that nbformat has written, and that holds nothing volatile, stays byte for byte."""
    import nbformat

    cell = notebooks.code("a = 1\n\nb\x0bc\n", notebooks.stream("é\n1"), id="a")
    made = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})  # type: ignore[no-untyped-call]
    data = (nbformat.writes(made) + "\n").encode()  # type: ignore[no-untyped-call]
    assert calming.calm(data) == data
    backwards = dict(reversed(json.loads(data).items()))
    assert calming.calm(json.dumps(backwards).encode()) == data


def test_as_a_filter_of_git(tmp_path: Path) -> None:
    """What a run changes is no difference for Git; the post on the site has its outputs."""
    notebook = json.loads(team.notebook("Churn"))
    root = gitrepo.make(tmp_path / "repo", {".gitattributes": "*.ipynb filter=knowrepo\n"})
    gitrepo.git(root, "config", "filter.knowrepo.clean", f"{sys.executable} -m knowrepo clean-filter")
    gitrepo.commit(root, {"a.ipynb": json.dumps(notebook)}, day=1)
    notebook["cells"][2]["metadata"] = VOLATILE
    gitrepo.write(root, {"a.ipynb": json.dumps(notebook, indent=2)})
    assert gitrepo.git(root, "diff", "--stat") == ""
    stored = gitrepo.git(root, "show", ":a.ipynb")
    assert "ExecuteTime" not in stored
    assert isinstance(made := notebooks.read("a.ipynb", stored), Document)
    assert len(made.cells[-1].outputs) == 3


def test_files_in_place(tmp_path: Path) -> None:
    """The hook changes the files that need it, and names them."""
    gitrepo.write(tmp_path, {"a.ipynb": notebooks.dump(notebooks.code("1", metadata=VOLATILE)), "b.ipynb": "no notebook"})
    said = [CliRunner().invoke(cli, ["-C", str(tmp_path), "clean-filter", "a.ipynb", "b.ipynb"]).stdout for _ in range(2)]
    assert said == ["calmed  a.ipynb\n", ""]
    assert CliRunner().invoke(cli, ["-C", str(tmp_path), "clean-filter", "c.ipynb"]).exit_code == 2


def test_the_hooks_run_commands_that_there_are() -> None:
    """Each hook of the repository names a command of ours."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["knowrepo-check", "knowrepo-calm"]
    for hook in hooks:
        program, command = hook["entry"].split()
        assert (program, command in cli.commands, hook["language"]) == ("knowrepo", True, "python")


POST = notebooks.dump(notebooks.markdown(team.header("A")), notebooks.code("1", notebooks.stream("1")))
HOOK = "repos: [{{repo: x, hooks: [{{id: nbstripout{}}}]}}]\n"


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        (".gitattributes", "*.ipynb filter=nbstripout\n", True),
        (".gitattributes", "*.ipynb filter=nbstripout\nposts/*.ipynb -filter\n", False),
        (".gitattributes", "*.ipynb filter=knowrepo\n", False),
        (".pre-commit-config.yaml", HOOK.format(""), True),
        (".pre-commit-config.yaml", HOOK.format(", exclude: ^posts/"), False),
        (".pre-commit-config.yaml", HOOK.format(", files: ^scratch/"), False),
        (".pre-commit-config.yaml", "exclude: ^posts/\n" + HOOK.format(""), False),
        (".pre-commit-config.yaml", HOOK.format(", args: [--keep-output]"), False),
        (".pre-commit-config.yaml", "repos: [{hooks: 1}, 2", False),
    ],
)
def test_outputs_that_would_be_stripped(tmp_path: Path, file: str, content: str, told: bool) -> None:
    """``check`` says so when a filter or a hook strips posts, and is silent where posts are left out of it."""
    root = gitrepo.make(tmp_path, {file: content, "posts/a.ipynb": POST})
    problems = json.loads(CliRunner().invoke(cli, ["-C", str(root), "check", "--json"], catch_exceptions=False).stdout)["problems"]
    assert [(problem["rule"], problem["path"]) for problem in problems] == [("outputs-stripped", file)] * told
