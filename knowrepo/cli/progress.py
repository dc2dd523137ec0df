"""How far a build is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress

_SLOW = 20
"""From this many posts on a bar is worth showing."""
_AFTER = 0.5
"""Seconds before it is: most builds are done by then, and loading what draws it takes a twentieth of a second."""
_EVERY = 0.1
"""Seconds between two drawings of the bar."""


def bar(*, quiet: bool) -> Callable[[int, int, str], None]:
    """A function to be called with (done, all, path). The bar is drawn then and by no thread of its own: workers are forked from a single thread."""
    if quiet or not sys.stderr.isatty():
        return lambda _done, _all, _path: None
    shown: Progress | None = None
    due = time.monotonic() + _AFTER

    def step(done: int, total: int, path: str) -> None:
        nonlocal shown, due
        if done == total:
            if shown:
                shown.stop()
        elif total >= _SLOW and time.monotonic() > due:
            due = time.monotonic() + _EVERY
            shown = shown or _hidden()
            shown.update(shown.task_ids[0], completed=done, total=total, path=path)
            shown.start()
            shown.refresh()

    return step


def _hidden() -> Progress:
    """A bar that is not to be seen yet."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    path_column = TextColumn("{task.fields[path]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    columns = (TextColumn("rendering"), BarColumn(20), MofNCompleteColumn(), path_column)
    made = Progress(*columns, console=Console(stderr=True), transient=True, expand=True, auto_refresh=False)
    made.add_task("posts", path="")
    click.get_current_context().call_on_close(made.stop)  # or an error would leave the terminal without its cursor
    return made
