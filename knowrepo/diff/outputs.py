"""Outputs of two cells, side by side: which is which, and what of their difference a reader sees."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowrepo.diff import sequences
from knowrepo.render import images
from knowrepo.render import outputs as rendering
from knowrepo.render.pixels import Likeness
from knowrepo.render.streams import settle

Output = Mapping[str, Any]
Comparing = Callable[[bytes, bytes], Likeness]
"""See ``pixels.likeness``."""

_NAMES = re.compile(r"\b0x[0-9a-fA-F]{6,}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")
"""Addresses in memory and random ids: another run has others."""


class Noise(enum.StrEnum):
    """What differs without a reader seeing it."""

    COUNT = "execution count"
    ID = "id"
    METADATA = "metadata"
    PICTURE = "picture stored anew"
    ADDRESS = "address or random id"
    UNSEEN = "form that is not shown"


@dataclass(frozen=True, slots=True)
class Pair:
    """An output before and after; None where there was or is none. ``changed``: readers see a difference, else there is at most ``noise``.

    ``likeness`` compares two pictures.
    """

    old: Output | None
    new: Output | None
    changed: bool
    noise: tuple[Noise, ...] = ()
    likeness: Likeness | None = None


def compared(old: Sequence[Output], new: Sequence[Output], comparing: Comparing) -> tuple[Pair, ...]:
    """All outputs of two cells in pairs, in their order; consecutive pieces of one stream are one output."""
    befores, afters = list(rendering.joined(tuple(old))), list(rendering.joined(tuple(new)))
    if befores == afters:
        return tuple(Pair(one, other, False) for one, other in zip(befores, afters, strict=True))
    kinds = [[form(output)[0] for output in side] for side in (befores, afters)]
    found: list[Pair] = []
    for run in sequences.runs(*kinds):
        ones, others = befores[run.old_start : run.old_end], afters[run.new_start : run.new_end]
        if run.same:
            found += (_pair(one, other, comparing) for one, other in zip(ones, others, strict=True))
        else:
            found += (Pair(one, None, True) for one in ones)
            found += (Pair(None, other, True) for other in others)
    return tuple(found)


def form(output: Output) -> tuple[str, Any]:
    """What readers see of an output: its kind (``stdout``, ``stderr``, ``error`` or a MIME type) and the text or value in this form."""
    match output["output_type"]:
        case "stream":
            return str(output.get("name", "stdout")), settle(str(output.get("text", ""))).rstrip()
        case "error":
            trace = settle("\n".join(output.get("traceback") or ())).rstrip()
            return "error", trace or f"{output.get('ename', '')}: {output.get('evalue', '')}".strip(": ")
    data: Output = output.get("data") or {}
    own = next((mime for mime in data if mime.startswith("application/vnd.")), None)
    mime = own or next((mime for mime in rendering.PRIORITY if mime in data), next(iter(data), "nothing"))
    return mime, data.get(mime, "")


def picture(output: Output | None) -> bytes | None:
    """The bytes of the picture that is seen of an output, None if that is no bitmap."""
    if output is None:
        return None
    kind, value = form(output)
    return images.decode(value) if kind in rendering.PICTURES and isinstance(value, str) else None


def _pair(old: Output, new: Output, comparing: Comparing) -> Pair:
    """Two outputs of one kind."""
    if old == new:
        return Pair(old, new, False)
    (_, was), (_, now) = form(old), form(new)
    noise = tuple(_noise(old, new))
    if was == now:
        return Pair(old, new, False, noise)
    before, after = picture(old), picture(new)
    if before is not None and after is not None:
        likeness = comparing(before, after)
        return Pair(old, new, not likeness.same, (*noise, Noise.PICTURE) if likeness.same else noise, likeness)
    if isinstance(was, str) and isinstance(now, str) and _NAMES.sub("", was) == _NAMES.sub("", now):
        return Pair(old, new, False, (*noise, Noise.ADDRESS))
    return Pair(old, new, True, noise)


def _noise(old: Output, new: Output) -> Iterator[Noise]:
    """What differs beside the form that is seen."""
    if old.get("execution_count") != new.get("execution_count"):
        yield Noise.COUNT
    if old.get("metadata") != new.get("metadata") or old["output_type"] != new["output_type"]:
        yield Noise.METADATA
    seen = form(old)[0]
    one, other = ({mime: value for mime, value in (output.get("data") or {}).items() if mime != seen} for output in (old, new))
    if one != other:
        yield Noise.UNSEEN
