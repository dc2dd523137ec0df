"""What a command costs: a process of its own, with its children (Git, workers) counted in. Linux only: there a peak is told in kB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process: CPU seconds (user and system), seconds on the wall, the peak of its memory in MB, bytes of files written."""

    cpu: float
    wall: float
    peak: float
    written: int


def clear(*folders: Path) -> None:
    """Remove folders."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def measure(out: Path, *command: str) -> tuple[Cost, str]:
    """What a command costs and prints. ``out`` is the folder that it writes to."""
    before = _files(out)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=complained)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (said, complained):
            stream.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{complained.read().decode(errors='replace')}")
        printed = said.read().decode()
    written = sum(file.st_size for key, file in _files(out).items() if key not in before)
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, written), printed


def _files(folder: Path) -> dict[tuple[Path, int, int], os.stat_result]:
    found = {file: file.stat() for file in folder.rglob("*") if file.is_file()}
    return {(file, stat.st_ino, stat.st_mtime_ns): stat for file, stat in found.items()}
