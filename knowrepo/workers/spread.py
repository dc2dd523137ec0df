"""Much to make, spread over this process and copies of it: whoever is free takes what comes next."""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from knowrepo.errors import CacheDamaged, KnowrepoError
from knowrepo.workers.bounded import undisturbed

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Part = TypeVar("Part")
Maker = Callable[[], Iterable[Part]]

_ROOM = 1 << 20
"""So many bytes a copy can send before it has to wait until they are read."""


def spread(makers: Sequence[Maker[Part]], processes: int) -> Iterator[Part]:
    """The parts of all makers, made by so many processes: this one, and copies of it from which they come pickled. Their order is that of their making.

    What goes wrong in a copy is made here again, so a part may come twice, and goes wrong here if it must. All is made here where a process cannot be
    copied safely: on other systems than Linux, and while there are several threads. However this ends, no copy is left.
    """
    if processes == 1 or sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:
        for maker in makers:
            yield from maker()
        return
    done: set[int] = set()
    with _turns(len(makers)) as turns, _copies(makers, turns, processes - 1) as pipes:
        for number in _taken(turns):
            for part in makers[number]():
                yield part
                yield from _received(pipes, done, 0)
            done.add(number)
        while pipes:
            yield from _received(pipes, done, None)
    for number in range(len(makers)):
        if number not in done:
            yield from makers[number]()


@contextlib.contextmanager
def _turns(many: int) -> Iterator[int]:
    """A pipe with the numbers below ``many``, at most 1,000. The system lets one process read at a time, and so gives each number to one of them (pipe(7))."""
    turns, end = os.pipe()
    try:
        os.write(end, b"".join(number.to_bytes(4, "big") for number in range(many)))
        os.close(end)
        yield turns
    finally:
        os.close(turns)


def _taken(turns: int) -> Iterator[int]:
    while number := os.read(turns, 4):
        yield int.from_bytes(number, "big")


@contextlib.contextmanager
def _copies(makers: Sequence[Maker[Part]], turns: int, many: int) -> Iterator[dict[int, Connection]]:
    """The pipes from so many copies of this process at work, by their descriptors; the copies end with the context."""
    import multiprocessing

    context = multiprocessing.get_context("fork")
    processes: list[ForkProcess] = []
    pipes: dict[int, Connection] = {}
    try:
        for _ in range(many):
            ours, theirs = context.Pipe(duplex=False)
            _widen(theirs)
            pipes[ours.fileno()] = ours
            processes.append(context.Process(target=_send, args=(makers, turns, theirs, list(pipes.values())), daemon=True))
            with undisturbed():
                processes[-1].start()
            theirs.close()
        yield pipes
    finally:
        for pipe in pipes.values():
            pipe.close()
        for process in processes:
            process.kill()
            process.join()


def _widen(pipe: Connection) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):  # a user may have so many such pipes
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _ROOM)


def _received(pipes: dict[int, Connection], done: set[int], timeout: int | None) -> Iterator[Part]:
    """What copies have sent: parts, and the numbers of makers that are ``done``. A pipe at its end is taken from ``pipes``."""
    waiting = select.poll()
    for descriptor in pipes:
        waiting.register(descriptor, select.POLLIN)
    for descriptor, _ in waiting.poll(timeout):
        try:
            number, parts = pipes[descriptor].recv()
        except EOFError:
            pipes.pop(descriptor).close()
            continue
        yield from parts
        if not parts:
            done.add(number)


def _send(makers: Sequence[Maker[Part]], turns: int, pipe: Connection, inherited: Sequence[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    gc.freeze()
    for other in inherited:
        other.close()
    with contextlib.suppress(BrokenPipeError, KnowrepoError, CacheDamaged):
        for number in _taken(turns):
            for part in itertools.chain(([each] for each in makers[number]()), [()]):
                pipe.send((number, part))
