"""What Git keeps and what it says of two contents: blobs by the thousand from one process, and patches of bytes that need not be Git's."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from knowrepo.git import _GIT, Checkout, _environment, _failure, _run

_PATCH = (
    "--no-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=default",
    "--indent-heuristic", "--no-renames",
)  # fmt: skip
"""As GitLab's own Git is called, whatever somebody has chosen."""


class Blobs:
    """Reads blobs of at most ``limit`` bytes by one process, which starts with the first question and ends with the context."""

    def __init__(self, checkout: Checkout, limit: int) -> None:
        self._folder = checkout.folder
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Blobs:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process:
            self._process.communicate()
            self._process = None

    def __call__(self, blob: str) -> bytes | None:
        """The bytes of a blob by its id; None if it is not here, or larger than is wanted."""
        process = self._process = self._process or self._started()
        assert process.stdin  # noqa: S101 - they are pipes
        assert process.stdout  # noqa: S101
        process.stdin.write(f"{blob}\n".encode())
        process.stdin.flush()
        said = process.stdout.readline().split()
        if len(said) != 3:
            return None
        left = int(said[2]) + 1
        if said[1] == b"blob" and left <= self._limit + 1:
            return process.stdout.read(left)[:-1]
        while left:
            left -= len(process.stdout.read(min(left, 1 << 20)))
        return None

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - no shell, and no argument comes from the repository
            [*_GIT, "cat-file", "--batch"],
            cwd=self._folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def patch(old: bytes, new: bytes) -> str:
    """The patch that makes one content the other, as Git writes it, without the names of files; "" if they are the same, or no text."""
    with tempfile.TemporaryDirectory(prefix="knowrepo-") as folder:
        (Path(folder) / "old").write_bytes(old)
        (Path(folder) / "new").write_bytes(new)
        answer = _run(Path(folder), "-c", "core.attributesFile=/dev/null", "-c", "core.autocrlf=false", "diff", *_PATCH, "--", "old", "new")
        if answer.returncode > 1:
            raise _failure("diff", answer.stderr)
    return answer.stdout.decode("utf-8", "replace")
