"""The worker's side: one task after another, each within its bounds.

A timer of the CPU time that was used (``ITIMER_PROF``) interrupts Python; code of other languages that does not react is ended by the system two
seconds later (``RLIMIT_CPU``). ``RLIMIT_DATA`` bounds the memory that can be written to; address space is no measure, V8 alone reserves many GB.
Windows has none of them: there a task ends on the parent's clock.
"""

from __future__ import annotations

import contextlib
import enum
import gc
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowrepo.errors import KnowrepoError

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_GRACE = 2
"""Seconds of CPU time that code which does not react to the interruption gets."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one task may use: seconds of CPU time, and megabytes of memory on top of what its process has.

    One that takes four times its CPU time and ``patience`` seconds on the clock hangs: it waits for something, or the system bounds no CPU time.
    """

    seconds: float
    megabytes: int
    patience: float = 60


class Failure(enum.Enum):
    """How a task failed."""

    SLOW = "slow"
    LARGE = "large"
    DEEP = "deep"
    BUG = "bug"


class _TooSlow(BaseException):
    """The time is up. Not an Exception, so that no library takes it for its own."""


def serve(work: Callable[[Any], Any], pipe: Connection, bounds: Bounds, inherited: list[Connection]) -> None:
    """Do one task after another until the parent is gone; a worker in which one failed, or that has grown much, ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for other in inherited:  # or this worker would keep the others from seeing that the parent is gone
        other.close()
    gc.freeze()
    swallowed: list[BaseException] = []

    def unraisable(said: sys.UnraisableHookArgs) -> None:
        if isinstance(said.exc_value, _TooSlow | MemoryError | RecursionError):
            swallowed.append(said.exc_value)
        else:
            sys.__unraisablehook__(said)

    sys.unraisablehook = unraisable
    most = _memory() + bounds.megabytes * 1_000_000 // 2
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            answer = _bounded(work, pipe.recv(), bounds, swallowed)
            goes_on = not isinstance(answer, Failure | KnowrepoError) and _memory() < most
            pipe.send((answer, goes_on))
            if not goes_on:
                return


def _bounded(work: Callable[[Any], Any], task: object, bounds: Bounds, swallowed: list[BaseException]) -> object:
    """The result of a task, or how it failed. ``swallowed`` is what was raised where nothing can be: in a callback of a library in Rust."""
    try:
        with _limits(bounds):
            made = work(task)
            if swallowed:
                raise swallowed[0]
            return made
    except _TooSlow:
        return Failure.SLOW
    except MemoryError:
        return Failure.LARGE
    except RecursionError:
        return Failure.DEEP
    except KnowrepoError as error:
        return error


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """While this is open Ctrl-C waits, so that no worker gets it before it can ignore it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _limits(bounds: Bounds) -> Iterator[None]:
    """While this is open, the process is bounded, as far as the system can do it."""
    if sys.platform == "win32":
        yield
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime + bounds.seconds) + _GRACE
    before = [(kind, resource.getrlimit(kind)) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_DATA)]
    _lower(resource.RLIMIT_CPU, seconds)
    if space := _memory():
        _lower(resource.RLIMIT_DATA, space + bounds.megabytes * 1_000_000)
    signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, bounds.seconds, 1)  # again every second, should a library have swallowed it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for kind, limit in before:
            resource.setrlimit(kind, limit)


def _lower(kind: int, most: int) -> None:
    if sys.platform != "win32":
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _interrupt(_signal: int, _frame: object) -> None:
    raise _TooSlow


def _memory() -> int:
    """What this process may write to, in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
