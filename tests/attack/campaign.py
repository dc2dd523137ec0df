"""Which payloads are tried at which places: about 1,300 pages for every change, all combinations for a long run.

``python -m tests.attack.campaign FOLDER`` writes anew which payloads are known to fire where nothing defends the page.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.attack import oracle, payloads, places, serving, sites
from tests.attack.files import FILES
from tests.attack.payloads import Payload
from tests.attack.sites import CELLS, Salvo

T = TypeVar("T")

TELLING = (
    "output.html",
    "output.html.attr",
    "output.html.attr-single",
    "output.html.attr-unquoted",
    "output.html.href",
    "output.plain",
    "md.image.alt",
    "md.code",
    "code",
)
"""Places that differ in what a payload has to break out of; the bare site has these in every post, and some others in turn."""

SAMPLE = 12
"""Of a source with thousands of payloads one in so many is tried."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is tried: salvos at a defended page, cells in it, posts in which one payload is at the places of files, bare pages, control pages."""

    salvos: int = 190
    cells: int = 90
    files: int = 12
    bare: int = 330
    control: int = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built: salvos for the defended site, and salvos of one payload each for the bare one. ``control`` are those of the latter that must fire."""

    tried: tuple[Payload, ...]
    defended: tuple[Salvo, ...]
    bare: tuple[Salvo, ...]
    control: tuple[Salvo, ...]


def plan(found: Sequence[Payload], size: Size) -> Plan:
    """The plan for these payloads."""
    tried = _sampled(found, SAMPLE)
    known = payloads.known_to_fire()
    live = [payload for payload in tried if payload.digest in known]
    bare = _spread(live, size.bare) if live else tried
    salvos = _bare(bare)
    control = _spread(salvos, size.control) if live else ()
    defended = (*_notebooks(tried, size), *_files("f", tried, size.files), *_framed("g", tried, 2))
    return Plan(tried, defended, (*salvos, *_files("b", bare, 4), *_framed("c", bare, 1)), control)


def everything(found: Sequence[Payload]) -> Iterator[Plan]:
    """Plans for all of them at all places, some payloads in each: a site of all would be too large."""
    known = payloads.known_to_fire()
    for tried in _several(found, 150):
        salvos = _bare(tried)
        whole = tuple(Salvo(f"s{number:05}", several, tuple(CELLS)) for number, several in enumerate(_several(tried, 3)))
        files = tuple(Salvo(f"f{number:05}", (payload,), TELLING[:1], tuple(FILES), framed=True) for number, payload in enumerate(tried))
        yield Plan(tried, (*whole, *files), salvos, tuple(salvo for salvo in salvos if salvo.payloads[0].digest in known))


def _notebooks(tried: Sequence[Payload], size: Size) -> tuple[Salvo, ...]:
    """Notebooks with several payloads, each at as many places as a page bears; the places go round."""
    several = -(-len(tried) // size.salvos)
    per_page = min(len(CELLS), max(1, size.cells // several))
    names = [*CELLS] * 2
    salvos = []
    for number, together in enumerate(_several(tried, several)):
        start = number * per_page % len(CELLS)
        salvos.append(Salvo(f"s{number:05}", together, tuple(names[start : start + per_page])))
    return tuple(salvos)


def _files(name: str, tried: Sequence[Payload], number: int) -> tuple[Salvo, ...]:
    """So many payloads, each at a quarter of the places that are files."""
    names = tuple(FILES)
    chosen = _spread(tried, number)
    return tuple(Salvo(f"{name}{at:05}", (payload,), TELLING[:1], names[at % 4 :: 4]) for at, payload in enumerate(chosen))


def _framed(name: str, tried: Sequence[Payload], number: int) -> tuple[Salvo, ...]:
    """So many notebooks of interactive outputs, with another payload in each output."""
    chosen = _spread(tried, number * len(places.FRAMES))
    return tuple(Salvo(f"{name}{at:05}", several, (), framed=True) for at, several in enumerate(_several(chosen, len(places.FRAMES))))


def _bare(tried: Sequence[Payload]) -> tuple[Salvo, ...]:
    return tuple(Salvo(f"p{number:05}", (payload,), _share(payload)) for number, payload in enumerate(tried))


def _share(payload: Payload) -> tuple[str, ...]:
    """The telling places and an eighth of the others: which, follows from the payload, so that it fires in every plan or in none."""
    others = [name for name in CELLS if name not in TELLING]
    return (*TELLING, *others[int(payload.digest, 16) % 8 :: 8])


def _sampled(found: Sequence[Payload], one_in: int) -> tuple[Payload, ...]:
    """All of them, but of a source with thousands one in so many."""
    sources: dict[str, list[Payload]] = {}
    for payload in found:
        sources.setdefault(payload.source, []).append(payload)
    return tuple(payload for several in sources.values() for payload in (several[::one_in] if len(several) > 1000 else several))


def _spread(things: Sequence[T], number: int) -> tuple[T, ...]:
    """So many of them, evenly chosen."""
    return tuple(things[at * len(things) // number] for at in range(number)) if number < len(things) else tuple(things)


def _several(tried: Sequence[Payload], number: int) -> Iterator[tuple[Payload, ...]]:
    return (tuple(tried[at : at + number]) for at in range(0, len(tried), number))


def _survey(folder: Path) -> None:
    """Write the digests of the payloads, of our own and of the folder, that run on a page that nothing defends."""
    tried = _sampled((*payloads.ours(), *payloads.folder(folder)), SAMPLE)
    salvos = _bare(tried)
    with tempfile.TemporaryDirectory() as scratch:
        built = sites.bare(salvos, Path(scratch))
        with serving.serving({"control": serving.unpoliced(built.files)}) as base:
            pages = [f"{base}control/{built.posts[salvo.name][0]}" for salvo in salvos]
            seen = oracle.look(pages, serving.allowed(built.files), first=True)
    live = {payload.digest for payload, page in zip(tried, seen, strict=True) if oracle.ran(page)}
    payloads.KNOWN.write_text(
        "# digests of the payloads that ran where nothing defended the page\n" + "".join(f"{one}\n" for one in sorted(live)), "ascii"
    )
    print(f"{len(live)} of {len(tried)} payloads fire")


if __name__ == "__main__":
    _survey(Path(sys.argv[1]))
