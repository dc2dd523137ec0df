"""Work done in processes of its own, bounded in time and memory: what exceeds a bound, or kills its process, costs itself and nothing else.

A pipe leads to each worker, and a worker has one task at a time, so that it is known which task a worker died of. ``bounded`` is the worker's side.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from knowrepo.errors import KnowrepoError
from knowrepo.model import Problem
from knowrepo.workers import bounded
from knowrepo.workers.bounded import Bounds, Failure
from knowrepo.workers.cores import cores
from knowrepo.workers.spread import spread

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

    Context = ForkContext | ForkServerContext | SpawnContext

__all__ = ["Bounds", "Crew", "Death", "Failure", "cores", "problem", "run", "spread"]

_LONGEST_FOLDER = 89
"""A folder with a longer name (in bytes) leaves no room for the socket through which a clean process is talked to: its name has at most 107 (unix(7))."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Death:
    """A task whose worker died; ``cause`` is the name of a signal or an exit status."""

    cause: str


def problem(path: str, failed: Failure | Death, bounds: Bounds) -> Problem:
    """What to tell the author of a post that could not be rendered."""
    match failed:
        case Failure.SLOW:
            message = f"rendering it takes more than {bounds.seconds:g} s of processor time"
            return Problem(path, message, "too-slow", hint="shorten what is long in it, or raise max_seconds in knowrepo.yml")
        case Failure.LARGE:
            message = f"rendering it takes more than {bounds.megabytes:,} MB of memory"
            return Problem(path, message, "too-large", hint="clear its large outputs, or raise max_memory_mb in knowrepo.yml")
        case Failure.DEEP:
            return Problem(
                path, "it is nested too deeply to be rendered", "too-deep", hint="look for thousands of brackets, quotes or lists in it"
            )
        case Failure.BUG:
            return Problem(path, "rendering it met a bug in knowrepo", "bug", hint="please report it, with the traceback that was printed")
        case Death(cause):
            hint = "clear its outputs one by one to find what does it; if memory is short, raise max_memory_mb or build with --jobs 1"
            return Problem(path, f"rendering it ended the worker process ({cause})", "worker-died", hint=hint)


def run(work: Callable[[Task], Result], tasks: Sequence[Task], bounds: Bounds, jobs: int) -> Iterator[tuple[int, Result | Failure | Death]]:
    """Do the tasks in at most ``jobs`` processes: the number of each task and its result, in the order in which they end.

    ``work`` is a function of a module; tasks and results are pickled. A KnowrepoError that it raises is raised here; any other exception is a bug,
    of which the worker prints the traceback. However this ends, no worker is left.
    """
    if not tasks:
        return
    waiting = deque(enumerate(tasks))
    crew = Crew(work, bounds)
    try:
        while waiting or crew.busy:
            while waiting and len(crew.busy) < jobs:
                crew.give(*waiting.popleft())
            yield from crew.done()
    finally:
        crew.dismiss()


class _Worker:
    """One process, the pipe to it, the number of its task and what that calls itself, and when patience with it ends."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.task = -1
        self.deadline = math.inf

    def end(self) -> int | None:
        """Kill it if it still lives: its exit code."""
        self.pipe.close()
        self.process.kill()
        self.process.join()
        return self.process.exitcode


class Crew:
    """The workers of one run, or of many in which the same is done."""

    def __init__(self, work: Callable[[Any], Any], bounds: Bounds) -> None:
        self.busy: dict[Connection, _Worker] = {}
        self._idle: list[_Worker] = []
        self._work = work
        self._bounds = bounds
        self._context = _context()

    def give(self, number: int, task: object) -> None:
        """Hand a task to an idle worker or a new one."""
        worker = self._idle.pop() if self._idle else self._hired()
        worker.task = number
        worker.deadline = time.monotonic() + self._bounds.patience + 4 * self._bounds.seconds
        self.busy[worker.pipe] = worker
        with contextlib.suppress(BrokenPipeError):  # it died while it was idle: ``done`` will find that out
            worker.pipe.send(task)

    def done(self) -> list[tuple[int, Any]]:
        """Wait until a task is done or given up: the numbers and results of all that are."""
        from multiprocessing.connection import wait

        now = time.monotonic()
        ready = wait(list(self.busy), max(0, min(worker.deadline for worker in self.busy.values()) - now))
        if ready:
            return [self._heard(self.busy.pop(pipe)) for pipe in list(self.busy) if pipe in ready]
        late = [worker for worker in self.busy.values() if worker.deadline <= time.monotonic()]
        for worker in late:
            del self.busy[worker.pipe]
            worker.end()
        return [(worker.task, Failure.SLOW) for worker in late]

    def dismiss(self) -> None:
        """End all workers."""
        for worker in (*self.busy.values(), *self._idle):
            worker.end()

    def _hired(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        forked = self._context.get_start_method() == "fork"
        inherited = [ours, *self.busy, *(worker.pipe for worker in self._idle)] if forked else []
        process = self._context.Process(target=bounded.serve, args=(self._work, theirs, self._bounds, inherited), daemon=True)
        with bounded.undisturbed():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _heard(self, worker: _Worker) -> tuple[int, Any]:
        """The number of the worker's task and its result."""
        try:
            answer, goes_on = worker.pipe.recv()
        except EOFError:
            worker.process.join()
            return worker.task, _fate(worker.end())
        if goes_on:
            self._idle.append(worker)
        else:
            worker.end()
        if isinstance(answer, KnowrepoError):
            raise answer
        return worker.task, answer


def _fate(code: int | None) -> Failure | Death:
    """What it means that a worker ended with this exit code. multiprocessing prints the traceback of an exception and ends with 1."""
    if code == 1:
        return Failure.BUG
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return Failure.SLOW if name == "SIGXCPU" else Death(name)
    return Death(f"exit status {code}")


def _context() -> Context:
    """Forking costs 10 ms and is safe only while this process has one thread; else a clean process forks (Linux), or all starts anew."""
    import multiprocessing
    from multiprocessing.util import get_temp_dir

    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    if len(os.listdir("/proc/self/task")) == 1:
        return multiprocessing.get_context("fork")
    if len(os.fsencode(get_temp_dir())) > _LONGEST_FOLDER:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["knowrepo.drafts"])
    return context
