"""As many workers as the container grants: control groups of both versions, nested, whole and in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowrepo import workers
from tests import gitrepo

OWN = "proc/self/cgroup"


def granted(folder: Path, files: dict[str, str], allowed: int = 8) -> int:
    """The cores of a system with these files."""
    gitrepo.write(folder, files)
    return workers.cores(folder, allowed)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("max 100000\n", 8),
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("20000 100000\n", 1),
        ("1600000 100000\n", 8),
        ("300000 200000\n", 2),
        ("", 8),
        ("200000\n", 8),
        ("2 0\n", 8),
        ("\xff", 8),
    ],
)
def test_version_2_says_quota_and_period(tmp_path: Path, said: str, number: int) -> None:
    """``cpu.max`` is a share of the time: parts are rounded up, none means no bound, and what cannot be read bounds nothing."""
    assert granted(tmp_path, {OWN: "0::/\n", "sys/fs/cgroup/cpu.max": said}) == number


@pytest.mark.parametrize(
    ("quota", "period", "number"), [("-1", "100000", 8), ("250000", "100000", 3), ("50000", "100000", 1), ("x", "1", 8)]
)
def test_version_1_says_quota_and_period(tmp_path: Path, quota: str, period: str, number: int) -> None:
    """The two files of ``cpu``; -1 means no bound."""
    files = {f"sys/fs/cgroup/cpu/cpu.cfs_{name}_us": f"{value}\n" for name, value in (("quota", quota), ("period", period))}
    assert granted(tmp_path, {OWN: "5:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n", **files}) == number


def test_the_narrowest_group_counts(tmp_path: Path) -> None:
    """A service is bounded by its own group and by all groups around it."""
    groups = {
        "": "max 100000",
        "/team.slice": "300000 100000",
        "/team.slice/runner.service": "500000 100000",
        "/other.slice": "100000 100000",
    }
    files = {f"sys/fs/cgroup{name}/cpu.max": said for name, said in groups.items()}
    assert granted(tmp_path, {OWN: "0::/team.slice/runner.service\n", **files}) == 3


def test_the_bound_of_memory_is_none_of_processors(tmp_path: Path) -> None:
    """In version 1 only the groups of the controller ``cpu`` count."""
    files = {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "100000", "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000"}
    assert granted(tmp_path, {OWN: "3:cpuset:/a\n4:cpuacct:/a\n", **files}) == 8
    assert granted(tmp_path, {OWN: "4:cpu:/a\n", **files}) == 1


def test_the_affinity_counts(tmp_path: Path) -> None:
    """Where groups grant more than the affinity, or there are none, the affinity holds; the root's bound holds also where the own group is not known."""
    assert granted(tmp_path / "one", {OWN: "0::/\n", "sys/fs/cgroup/cpu.max": "400000 100000"}, allowed=3) == 3
    assert workers.cores(tmp_path / "none", 5) == 5
    assert granted(tmp_path / "two", {OWN: "0::/../x\nodd\n", "sys/fs/x/cpu.max": "100000 100000"}) == 8
    assert granted(tmp_path / "three", {"sys/fs/cgroup/cpu.max": "100000 100000"}) == 1
    assert workers.cores() >= 1
