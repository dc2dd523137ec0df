"""The same work as ``workers.run`` does, on a Dask cluster (owner of distributed).

A task carries all that it needs; on the machine that gets it a crew of one process does it, within its bounds. Dask gives it to another machine if one
goes away. All machines need the same versions, or the site would depend on where a post was made: so every task says by which it is to be done.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent import futures
from typing import TYPE_CHECKING, Any, TypeVar

from knowrepo.errors import KnowrepoError, NetworkError
from knowrepo.makers import fingerprint, versions
from knowrepo.workers import Bounds, Crew, Death, Failure

if TYPE_CHECKING:
    from distributed import Client

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 100
"""So many tasks are with the cluster at a time, or two for each of its threads if that is more."""

HELD = 100_000_000
"""While these tasks are so many bytes, no further one is drawn: each is in this process's memory until it is done."""

_SAME = "install the same versions on its scheduler and all workers, or build without --executor"


def run(
    work: Callable[[Task], Result], tasks: Iterable[Task], bounds: Bounds, address: str
) -> Iterator[tuple[int, Result | Failure | Death]]:
    """Do the tasks on the cluster whose scheduler is at ``address`` (``host:port``): the number of each and its result, in the order in which they end.

    ``work``, tasks and results are as for ``workers.run``; tasks are drawn when there is room for them. Raises KnowrepoError where distributed is
    missing here or a machine has other versions, NetworkError if there is no scheduler, or no machine for ``bounds.patience`` seconds.
    """
    numbered = enumerate(tasks)
    following = next(numbered, None)
    if not following:
        return
    how = pickle.dumps((work, bounds))
    with _client(address) as client:
        executor: futures.Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        ahead = max(AHEAD, 2 * sum(client.ncores().values()))  # type: ignore[no-untyped-call]
        running: dict[futures.Future[Any], tuple[int, int]] = {}
        while following or running:
            while following and len(running) < ahead and sum(size for _, size in running.values()) < HELD:
                task = pickle.dumps(following[1])
                running[executor.submit(at_worker, fingerprint(), how, task)] = following[0], len(task)
                following = next(numbered, None)
            done, _ = futures.wait(running, timeout=bounds.patience, return_when=futures.FIRST_COMPLETED)
            if not done and not client.ncores():  # type: ignore[no-untyped-call]
                raise NetworkError(f"the Dask cluster at {address} has no workers", hint=f"start some: dask worker {address}")
            for future in done:
                yield running.pop(future)[0], _answer(future, address)


def at_worker(wanted: str, how: bytes, task: bytes) -> tuple[Any, Mapping[str, str]]:
    """Called on a machine of the cluster: the task's result, or None and the versions there if they are not those that are ``wanted``."""
    if wanted != fingerprint():
        return None, versions()
    with _STATION.crew(how) as crew:
        crew.give(0, pickle.loads(task))
        while not (done := crew.done()):
            pass
    ((_, result),) = done
    return result, {}


class _Station:
    """The crews of a machine of the cluster, each for one task at a time. They stay for a while, as starting one takes longer than most posts."""

    def __init__(self, rest: float = 60) -> None:
        self._rest = rest
        self._lock = threading.Lock()
        self._idle: list[tuple[bytes, Crew, threading.Timer]] = []

    @contextlib.contextmanager
    def crew(self, how: bytes) -> Iterator[Crew]:
        """A crew for this work and these bounds, which is nobody else's meanwhile."""
        crew = self._rested(how) or self._hired(how)
        with contextlib.ExitStack() as failing:
            failing.callback(crew.dismiss)
            yield crew
            failing.pop_all()
        timer = threading.Timer(self._rest, self._dismiss, (crew,))
        timer.daemon = True
        with self._lock:
            self._idle.append((how, crew, timer))
        timer.start()

    def _rested(self, how: bytes) -> Crew | None:
        with self._lock:
            found = next((idle for idle in self._idle if idle[0] == how), None)
            if found:
                self._idle.remove(found)
        if not found:
            return None
        _, crew, timer = found
        timer.cancel()
        return crew

    def _hired(self, how: bytes) -> Crew:
        import multiprocessing

        multiprocessing.current_process().daemon = False  # Dask's workers are daemons, which may have no processes of their own
        return Crew(*pickle.loads(how))

    def _dismiss(self, crew: Crew) -> None:
        with self._lock:
            resting = [idle for idle in self._idle if idle[1] is crew]
            self._idle = [idle for idle in self._idle if idle[1] is not crew]
        if resting:
            crew.dismiss()


_STATION = _Station()


def _answer(future: futures.Future[Any], address: str) -> Any:
    import distributed

    try:
        result, there = future.result()
    except futures.CancelledError as error:
        raise NetworkError(
            f"the Dask scheduler at {address} has gone", hint="posts that were rendered are in the cache: build again"
        ) from error
    except distributed.KilledWorker as error:  # Dask's scheduler counts how many workers a task has cost
        return Death(type(error).__name__)
    except (ImportError, RuntimeError) as error:  # the second is the scheduler's, which reads the name of the function too
        if not any(isinstance(each, ImportError) for each in (error, error.__cause__)):
            raise
        raise KnowrepoError("the Dask cluster cannot import knowrepo", hint=_SAME) from error
    if there:
        raise KnowrepoError(f"a worker of the Dask cluster has other versions: {_differences(there)}", hint=_SAME)
    return result


def _differences(there: Mapping[str, str]) -> str:
    """``nh3 0.3.2 instead of 0.3.3``; knowrepo's own code may differ where no version does."""
    here = versions()
    different = [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
    return ", ".join(f"{name} {there.get(name, 'missing')} instead of {here.get(name, 'none')}" for name in different) or "another knowrepo"


@contextlib.contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        import dask
        import distributed
    except ImportError as error:
        raise KnowrepoError("a Dask cluster needs the package distributed", hint="pip install 'knowrepo[dask]'") from error
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it would log is said once, by us
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):  # posts go with their tasks, and may be large
        try:
            client = distributed.Client(address, set_as_default=False)  # type: ignore[no-untyped-call]
        except OSError as error:
            hint = "start it with `dask scheduler`, or build without --executor"
            raise NetworkError(f"the Dask scheduler at {address} cannot be reached", hint=hint) from error
        with client:
            yield client
