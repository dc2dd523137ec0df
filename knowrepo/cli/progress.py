"""How far a build is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column

_SLOW = 20
"""From this many posts on a bar is worth showing."""
_EVERY = 0.1
"""Seconds between two drawings of the bar."""


def bar(*, quiet: bool) -> Callable[[int, int, str], None]:
    """A function to be called with (done, all, path). The bar is drawn then and by no thread of its own: workers are forked from a single thread."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return lambda _done, _all, _path: None
    path_column = TextColumn("{task.fields[path]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    columns = (TextColumn("rendering"), BarColumn(20), MofNCompleteColumn(), path_column)
    shown = Progress(*columns, console=console, transient=True, expand=True, auto_refresh=False)
    task = shown.add_task("posts", path="")
    click.get_current_context().call_on_close(shown.stop)  # or an error would leave the terminal without its cursor
    drawn = 0.0

    def step(done: int, total: int, path: str) -> None:
        nonlocal drawn
        if total < _SLOW or done == total:
            shown.stop()
        elif time.monotonic() - drawn > _EVERY:
            drawn = time.monotonic()
            shown.update(task, completed=done, total=total, path=path)
            shown.start()
            shown.refresh()

    return step
