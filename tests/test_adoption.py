"""A header is put into a file that is there, and no other byte of it is changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from knowrepo import adoption
from knowrepo.cli import cli
from knowrepo.errors import KnowrepoError
from knowrepo.model import Document
from tests import gitrepo, notebooks, team

HEADER = '---\ntitle: "Tür \\"x\\""\ntags: []\n---\n'
CELLS = [notebooks.markdown(["# A\n", "b"], id="a"), notebooks.code('cells = "[", "]"', id="b")]


def dumped(cells: list[Any], **style: Any) -> str:
    return json.dumps(
        {"metadata": {"cells": [{"cells": []}], "x": '"cells": ['}, "cells": cells, "nbformat": 4, "nbformat_minor": 5}, **style
    )


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments])


STYLES: dict[str, str] = {
    "jupyter": dumped(CELLS, indent=1) + "\n",
    "four blanks": dumped(CELLS, indent=4),
    "tabs": dumped(CELLS, indent="\t"),
    "one line": dumped(CELLS),
    "compact": dumped(CELLS, separators=(",", ":")),
    "sorted": dumped(CELLS, indent=1, sort_keys=True),
    "windows": dumped(CELLS, indent=2).replace("\n", "\r\n"),
    "mark": "\ufeff" + dumped(CELLS, indent=1),
    "escapes": dumped([notebooks.markdown("schön", id="a")], indent=1),
    "letters": dumped([notebooks.markdown("schön", id="a")], indent=1, ensure_ascii=False),
    "no cells": dumped([]),
    "no cells, indented": dumped([], indent=1),
    "its own id is taken": dumped([notebooks.markdown("x", id="header")]),
    "nbformat 3": json.dumps(
        {
            "metadata": {},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": [{"cell_type": "markdown", "source": ["x"], "metadata": {}}]}],
        },
        indent=1,
    ),
}


def untouched(old: bytes, new: bytes) -> bool:
    """Whether the new bytes are the old ones with something put in at one place."""
    more = len(new) - len(old)
    return any(new[:place] + new[place + more :] == old for place in range(len(old) + 1))


@pytest.mark.parametrize("style", STYLES)
def test_only_a_cell_is_put_in(style: str) -> None:
    """In whatever way the JSON is written: all else stays byte for byte, the header is read, and the cell is spelt as its neighbours are."""
    old = STYLES[style].encode()
    new = adoption.with_header("a.ipynb", old, HEADER)
    assert untouched(old, new)
    made = notebooks.read("a.ipynb", new)
    assert isinstance(made, Document)
    assert (made.meta.title, [problem.rule for problem in made.problems if problem.rule == "notebook-mended"]) == ('Tür "x"', [])
    if style in ("jupyter", "four blanks", "tabs", "one line", "compact", "windows", "letters"):
        again: dict[str, Any] = {"indent": {"jupyter": 1, "four blanks": 4, "tabs": "\t", "windows": 2, "letters": 1}.get(style)}
        separators = (",", ":") if style == "compact" else None
        whole = json.dumps(json.loads(new), ensure_ascii=False, separators=separators, **again).replace(
            "\n", "\r\n" if style == "windows" else "\n"
        )
        assert whole.strip() == new.decode().strip()


JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("cells"), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 0, 1, 3]))
def test_whatever_stands_around_the_cells(other: Any, indent: int | None) -> None:
    """Keys named cells elsewhere, brackets in texts, any order of keys: the cell goes before the first one, or nothing is done."""
    old = json.dumps({"a": other, "cells": CELLS, "b": other, "nbformat": 4, "nbformat_minor": 5}, indent=indent).encode()
    new = adoption.with_header("a.ipynb", old, HEADER)
    assert untouched(old, new)
    assert json.loads(new)["cells"][1:] == CELLS


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"cells": 1}', b'{"cells": {}}', b"\xff", b'{"worksheets": []}', b'{"cells": [], "cells": [1]}']
)
def test_what_is_no_notebook_is_left_alone(data: bytes) -> None:
    """It is said in a line."""
    with pytest.raises(KnowrepoError):
        adoption.with_header("a.ipynb", data, HEADER)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.md", "# A\n", HEADER + "\n# A\n"),
        ("a.qmd", "\ufeff# A\r\n", "\ufeff" + (HEADER + "\n").replace("\n", "\r\n") + "# A\r\n"),
        ("a.py", "#!/usr/bin/python\n# %%\n1\n", '#!/usr/bin/python\n# ---\n# title: "Tür \\"x\\""\n# tags: []\n# ---\n\n# %%\n1\n'),
    ],
)
def test_texts_get_lines(path: str, old: str, new: str) -> None:
    """Markdown gets the lines themselves, a script a comment below its first line for the system."""
    assert adoption.with_header(path, old.encode(), HEADER).decode() == new
    assert notebooks.post(path, new).meta.title == 'Tür "x"'


def test_tags_are_those_of_several_posts() -> None:
    """The best three that two posts share, whatever their spelling."""
    alike = [(("churn", "sql"), 3.0), (("Churn", "a", "b"), 2.0), (("a", "b", "c"), 1.0), (("c", "d"), 0.5)]
    assert adoption.tags(alike) == ("churn", "a", "b")
    assert adoption.tags([]) == ()


PROSE = "Riders who wear helmets ride longer on helmet lanes, and helmets sell.\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    posts: dict[str, str | bytes] = {
        f"posts/{name}.md": team.header(f"Helmets {name}", tags="[helmets, safety]") + PROSE for name in ("one", "two")
    }
    posts["posts/rain.md"] = team.header("Rain", tags="[weather]") + "Rain costs an hour of umbrellas.\n"
    posts["scratch/old.ipynb"] = json.dumps(json.loads(notebooks.dump(notebooks.markdown(f"# Helmets again\n\n{PROSE}"))), indent=1)
    return gitrepo.make(tmp_path, posts)


def test_new_from_a_notebook(repository: Path) -> None:
    """Title and summary come from the text, day and author from Git, tags from posts like it, which are named; the rights of the file stay."""
    file = repository / "scratch/old.ipynb"
    file.chmod(0o640)
    old = file.read_bytes()
    done = run(repository, "new", "--from", "scratch/old.ipynb")
    assert (done.exit_code, done.stdout) == (0, "scratch/old.ipynb\n")
    assert "similar: posts/one.md  Helmets one" in done.stderr
    assert untouched(old, file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o640
    meta = notebooks.post("a.ipynb", file.read_bytes()).meta
    assert (meta.title, meta.tags, meta.authors[0].name, str(meta.created_at)[:10]) == (
        "Helmets again",
        ("helmets", "safety"),
        "Ada Lovelace",
        "2024-01-01",
    )
    assert meta.tldr.startswith("Riders who wear helmets")
    again = run(repository, "new", "--from", "scratch/old.ipynb")
    assert (again.exit_code, "has a header already" in again.output) == (2, True)
    assert not [left for left in file.parent.iterdir() if left != file]


def test_a_title_can_be_given(repository: Path) -> None:
    """It counts more than the heading."""
    run(repository, "new", "Mine", "--from", "scratch/old.ipynb")
    assert notebooks.post("a.ipynb", (repository / "scratch/old.ipynb").read_bytes()).meta.title == "Mine"


def test_adopt_a_folder(repository: Path) -> None:
    """A dry run says what would be done and does nothing; then every file without a header has one; what cannot be read is named and kept."""
    gitrepo.write(
        repository, {"scratch/broken.ipynb": "{", "scratch/new.Rmd": "Text\n", "scratch/.hidden/x.ipynb": "{}", "scratch/notes.md": "x\n"}
    )
    before = team.tree(repository / "scratch")
    said = run(repository, "adopt", "scratch", "--dry-run")
    assert team.tree(repository / "scratch") == before
    assert "would adopt  scratch/old.ipynb  Helmets again  [helmets, safety]\n" in said.stdout
    assert "kept   scratch/broken.ipynb cannot be read as a post" in said.stdout
    done = run(repository, "adopt", "scratch", "--author", "Bo")
    assert "2 of 3 files have got a header" in done.stderr
    changed = {path for path, data in team.tree(repository / "scratch").items() if data != before[path]}
    assert changed == {"old.ipynb", "new.Rmd"}
    assert notebooks.post("new.Rmd", (repository / "scratch/new.Rmd").read_bytes()).meta.authors[0].name == "Bo"
    assert "0 of 3 files" in run(repository, "adopt", "scratch").stderr


@pytest.mark.parametrize(
    "arguments", [("adopt", "nowhere"), ("adopt", ".."), ("new", "--from", "nowhere.ipynb"), ("new", "--from", "knowrepo.yml"), ("new",)]
)
def test_mistakes(repository: Path, arguments: tuple[str, ...]) -> None:
    """Each ends with two lines and status 2."""
    done = run(repository, *arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
