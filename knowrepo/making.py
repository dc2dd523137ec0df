"""Drafts of all sources: as the cache knows them, or made by workers, here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from knowrepo import drafts, workers
from knowrepo.cache import Cache
from knowrepo.drafts import Answer, Order, Parcelled
from knowrepo.model import Draft, Skipped
from knowrepo.workers import Bounds, Death, Failure

Progress = Callable[[int, int, str], None]
"""Called with (sources done, sources in all, the last one's path or "") while drafts are made."""

Rendering = Callable[[Sequence[Order]], Iterator[tuple[int, Answer | Failure | Death]]]
"""Makes the drafts that are ordered and leaves them in the cache: the number of each and the answer, in the order in which they end."""

Engine = Callable[
    [Callable[[Order], Parcelled], Iterable[Order], Bounds],
    Iterator[tuple[int, Parcelled | Failure | Death]],
]
"""Does tasks on other machines, as ``workers.run`` does them on this one."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of each source, in their order, and how many were rendered because the cache did not know them."""

    results: tuple[Draft | Skipped, ...]
    rendered: int


def here(cache: Cache, bounds: Bounds, jobs: int) -> Rendering:
    """By ``jobs`` processes of this computer; 0: as many as there are processors."""
    return lambda orders: workers.run(partial(drafts.produce, cache=cache), orders, bounds, jobs or workers.cores())


def away(cache: Cache, bounds: Bounds, engine: Engine) -> Rendering:
    """By an engine whose workers have neither the repository nor the cache."""

    def rendering(orders: Sequence[Order]) -> Iterator[tuple[int, Answer | Failure | Death]]:
        for number, made in engine(drafts.produce_away, map(drafts.packed, orders), bounds):
            if isinstance(made, Failure | Death):
                yield number, made
            else:
                answer, parcel = made
                parcel.unpack(cache)
                yield number, answer

    return rendering


def every(orders: Sequence[Order], cache: Cache, bounds: Bounds, rendering: Rendering, progress: Progress) -> Made:
    """What becomes of all orders."""
    found = {number: draft for number, order in enumerate(orders) if (draft := drafts.remembered(order, cache))}
    missing = [number for number in range(len(orders)) if number not in found]
    progress(len(found), len(orders), "")
    rendered = 0
    for at, answer in rendering([orders[number] for number in missing]):
        order = orders[missing[at]]
        path = order.source.path
        if isinstance(answer, Failure | Death):
            found[missing[at]] = drafts.failed(workers.problem(path, answer, bounds))
        else:
            found[missing[at]] = drafts.received(order, answer, cache)
            rendered += not isinstance(answer, Skipped)
        progress(len(found), len(orders), path)
    return Made(tuple(found[number] for number in range(len(orders))), rendered)
