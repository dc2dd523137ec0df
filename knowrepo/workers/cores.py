"""How many processors this process may really use."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_ROOT = Path("/")


def cores(system: Path = _ROOT, allowed: int = 0) -> int:
    """The processors of its affinity (``allowed``, if that is known), or fewer if its control groups grant less time: a part of one counts as one.

    ``system`` is the folder in which ``proc`` and ``sys`` lie. Control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html (``cpu.max``) and
    https://docs.kernel.org/scheduler/sched-bwc.html (version 1).
    """
    most = allowed or _affinity()
    return max(1, min([most, *(math.ceil(share) for share in _shares(system))]))


def _affinity() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _shares(system: Path) -> Iterator[float]:
    """What each control group that this process is in grants, in processors."""
    mounted = system / "sys/fs/cgroup"
    for controllers, group in _groups(system / "proc/self/cgroup"):
        for folder in (group, *group.parents):  # a container sees its own group as the root, whatever its name is outside
            inside = folder.relative_to("/")
            if not controllers:
                yield from _share(*_words(mounted / inside / "cpu.max"))
            elif "cpu" in controllers.split(","):
                (quota, *_), (period, *_) = (
                    _words(mounted / "cpu" / inside / f"cpu.cfs_{name}_us") or [""] for name in ("quota", "period")
                )
                yield from _share(quota, period)


def _groups(file: Path) -> Iterator[tuple[str, PurePosixPath]]:
    """The controllers ("" in version 2) and the name of each group of this process: ``4:cpu,cpuacct:/docker/1f`` or ``0::/user.slice``; the roots always."""
    yield from (("", PurePosixPath("/")), ("cpu", PurePosixPath("/")))
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = [*line.split(":", 2), "", ""][:3]
        if name.startswith("/") and ".." not in name.split("/"):
            yield controllers, PurePosixPath(name)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text("ascii").split()
    except (OSError, ValueError):
        return []


def _share(quota: str = "", period: str = "", *_: str) -> Iterator[float]:
    """``max`` and -1 mean no bound."""
    if quota.isdecimal() and period.isdecimal() and int(period):
        yield int(quota) / int(period)
