"""How far a build is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

_SLOW = 20
"""From this many sources on a bar is worth showing."""


def bar(*, quiet: bool) -> Callable[[int, int, str], None]:
    """A function to be called with (done, all, path)."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return lambda _done, _all, _path: None
    shown = Progress(
        TextColumn("rendering"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[path]}"), console=console, transient=True
    )
    task = shown.add_task("posts", path="")

    def step(done: int, total: int, path: str) -> None:
        if total < _SLOW:
            return
        if done == 0:
            shown.start()
        shown.update(task, completed=done, total=total, path=path)
        if done == total:
            shown.stop()
            sys.stderr.flush()

    return step
