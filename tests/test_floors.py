"""The house rules: who may import whom, who owns which package, how large a room may get."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "knowrepo"

FLOORS = (
    {"errors"},
    {"model"},
    {"text", "history", "patterns", "calming", "shipped", "analysis", "blobs", "disk", "marker"},
    {"fields", "urls", "chain", "makers"},
    {"sections", "explanations"},
    {"config", "frontmatter", "rosters", "git", "gitlab", "cache", "stage"},
    {"scan", "read", "render", "links", "sweep", "doctor"},
    {"copies", "thumbnails", "diff", "discussion"},
    {"review", "comparison"},
    {"site", "related", "search", "chronicle"},
    {"check"},
    {"pages"},
    {"drafts", "precompress", "write"},
    {"workers"},
    {"making"},
    {"workshop"},
    {"build"},
    {"serve", "scaffold", "lint", "adoption", "whereabouts"},
    {"cli"},
)
"""From the ground up; a module imports only from floors below its own. Folders are rooms: inside one, modules may know each other."""

OWNERS = {
    "brotli": {"precompress"},
    "bs4": {"read"},
    "gitlab": {"gitlab"},
    "jinja2": {"pages"},
    "jupytext": {"read"},
    "markdown": {"render"},
    "markdown_it": {"render"},
    "multiprocessing": {"workers"},
    "mdit_py_plugins": {"render"},
    "nbconvert": set[str](),
    "nbformat": {"read"},
    "cssselect2": {"render"},
    "dask": {"workers"},
    "distributed": {"workers"},
    "nh3": {"render"},
    "PIL": {"render"},
    "py_mini_racer": {"render"},
    "pygments": {"render"},
    "requests": {"gitlab"},
    "starlette": {"serve"},
    "tinycss2": {"render"},
    "uvicorn": {"serve"},
    "watchfiles": {"serve"},
    "filelock": {"search"},
    "whoosh": {"search"},
    "yaml": {"fields"},
    "click": {"cli"},
    "rich": {"cli"},
}
"""Packages that shape the design have one owner."""

HEAVY = {
    "brotli": "1 ms, only with --precompress",
    "bs4": "60 ms, only for knitted HTML",
    "dask": "with distributed, which brings it",
    "distributed": "1,000 ms, only where a Dask cluster renders",
    "cssselect2": "10 ms, only for outputs with a style sheet of their own",
    "gitlab": "200 ms, only where GitLab is asked",
    "jupytext": "300 ms, only for R Markdown, Quarto and scripts",
    "markdown": "30 ms, only for the classic dialect",
    "multiprocessing": "13 ms, only where there is something to render",
    "filelock": "95 ms, only for a search in the terminal",
    "nbformat": "130 ms, only for notebooks older than nbformat 4",
    "requests": "with gitlab, which brings it",
    "py_mini_racer": "100 ms and 50 ms to start V8, only where a post has a formula",
    "tinycss2": "20 ms, only for outputs with a style sheet of their own",
    "PIL": "20 ms, only where a post has a picture",
    "whoosh": "140 ms, only for search and similar on the command line",
}
"""What may be imported inside a function of its owner, with what importing it costs."""

LONG = {"model.py": "every value in the order they are made, to be read from top to bottom"}
"""Files over 300 lines, and why they read better in one piece."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(file: Path) -> str:
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Every imported module's dotted name; for ``from knowrepo import site`` it is ``knowrepo.site``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "knowrepo":
            yield from ((f"knowrepo.{alias.name}", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


def rooms_known(file: Path) -> set[str]:
    names = (name.split(".") for name, _ in imports(ast.parse(file.read_text("utf-8"))))
    return {parts[1] for parts in names if parts[0] == "knowrepo" and len(parts) > 1 and parts[1] != "__version__"}


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_floors_below_its_own(file: Path) -> None:
    """A module imports only from floors below its own, never sideways, never up; inside a folder modules may know each other."""
    own = room(file)
    if own in ("__init__", "__main__"):
        return
    for other in rooms_known(file) - {own}:
        assert floor(other) < floor(own), f"{own} (floor {floor(own)}) imports {other} (floor {floor(other)})"


def test_every_room_has_a_floor() -> None:
    """Every module and folder of the package stands on one floor, and every room named there exists."""
    built = {room(file) for file in modules()} - {"__init__", "__main__"}
    assert built == set().union(*FLOORS)


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_packages_that_shape_the_design_have_one_owner(file: Path) -> None:
    """Only its owner imports a package that shapes the design."""
    for name, _ in imports(ast.parse(file.read_text("utf-8"))):
        top = name.split(".")[0]
        if top in OWNERS:
            assert room(file) in OWNERS[top], f"{file.name} imports {top}"


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_only_heavy_packages_are_imported_inside_functions(file: Path) -> None:
    """Nothing outside the command line imports inside a function, but for a heavy package in its owner's room."""
    if room(file) == "cli":
        return
    tree = ast.parse(file.read_text("utf-8"))
    inside = {
        name.split(".")[0]
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for name, _ in imports(function)
    }
    assert inside <= HEAVY.keys()


def test_no_import_of_a_heavy_package_at_the_top() -> None:
    """Heavy packages are never imported when a module is loaded."""
    for file in modules():
        for node in ast.parse(file.read_text("utf-8")).body:
            assert not {name.split(".")[0] for name, _ in imports(node)} & HEAVY.keys() or not isinstance(
                node, (ast.Import, ast.ImportFrom)
            ), file


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_rooms_are_small(file: Path) -> None:
    """Files stay under 300 lines and functions under 40, so that the room of any line is found at once."""
    source = file.read_text("utf-8")
    name = file.relative_to(PACKAGE).as_posix()
    assert source.count("\n") <= 300 or name in LONG
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 45, f"{name}: {node.name}"


def test_no_room_is_named_after_nothing() -> None:
    """No module is called utils, helpers, base, manager, core, common or misc."""
    assert not {file.stem for file in modules()} & {"utils", "helpers", "base", "manager", "core", "common", "misc"}


def test_nothing_catches_everything() -> None:
    """There is no ``except Exception`` and no bare ``except``: what is not foreseen is a bug and keeps its traceback."""
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                assert all(kind is not None and ast.unparse(kind) not in ("Exception", "BaseException") for kind in caught), file
