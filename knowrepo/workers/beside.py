"""Something made in a process of its own while this one goes on with other work."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from knowrepo.errors import CacheDamaged, KnowrepoError
from knowrepo.workers.bounded import undisturbed

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Part = TypeVar("Part")


@contextlib.contextmanager
def beside(make: Callable[[], Iterable[Part]]) -> Iterator[Iterable[Part]]:
    """The parts that ``make`` returns, begun at once in a copy of this process. They are pickled; the process ends with the context.

    What goes wrong there is made here when it is asked for, and goes wrong here if it must. So is everything where a process cannot be copied safely: on
    other systems than Linux, and while there are several threads.
    """
    if sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:
        yield make()
        return
    import multiprocessing

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(make, ours, theirs), daemon=True)
    with undisturbed():
        process.start()
    theirs.close()
    try:
        yield _received(ours, make)
    finally:
        ours.close()
        process.kill()
        process.join()


def _received(pipe: Connection, make: Callable[[], Iterable[Part]]) -> Iterator[Part]:
    parts: list[Part] = []
    try:
        while sent := pipe.recv():
            parts += sent
    except EOFError:
        parts = list(make())
    yield from parts


def _send(make: Callable[[], Iterable[Part]], ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    gc.freeze()
    ours.close()
    with contextlib.suppress(BrokenPipeError, KnowrepoError, CacheDamaged):
        for part in make():
            theirs.send([part])
        theirs.send([])
