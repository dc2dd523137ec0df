"""What Git keeps and what it says of two contents: blobs by the thousand from one process, and patches of bytes that need not be Git's."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from knowrepo.git import _GIT, Checkout, _environment, _failure, _run

Reading = Callable[[str], bytes | None]
"""The bytes of a blob by its id; None if it is not here, or larger than is wanted."""

_PATCH = (
    "--no-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=default",
    "--indent-heuristic", "--no-renames",
)  # fmt: skip
"""As GitLab's own Git is called, whatever somebody has chosen."""


@contextmanager
def reading(checkout: Checkout, limit: int) -> Iterator[Reading]:
    """A process that reads blobs of at most ``limit`` bytes for as long as it is needed."""
    command = [*_GIT, "cat-file", "--batch"]
    with subprocess.Popen(  # noqa: S603 - no shell, and no argument comes from the repository
        command, cwd=checkout.folder, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin  # noqa: S101 - they are pipes
        assert process.stdout  # noqa: S101
        asked, answers = process.stdin, process.stdout

        def read(blob: str) -> bytes | None:
            asked.write(f"{blob}\n".encode())
            asked.flush()
            said = answers.readline().split()
            if len(said) != 3:
                return None
            left = int(said[2]) + 1
            if said[1] == b"blob" and left <= limit + 1:
                return answers.read(left)[:-1]
            while left:
                left -= len(answers.read(min(left, 1 << 20)))
            return None

        try:
            yield read
        finally:
            asked.close()


def patch(old: bytes, new: bytes) -> str:
    """The patch that makes one content the other, as Git writes it, without the names of files; "" if they are the same, or no text."""
    with tempfile.TemporaryDirectory(prefix="knowrepo-") as folder:
        (Path(folder) / "old").write_bytes(old)
        (Path(folder) / "new").write_bytes(new)
        answer = _run(Path(folder), "-c", "core.attributesFile=/dev/null", "-c", "core.autocrlf=false", "diff", *_PATCH, "--", "old", "new")
        if answer.returncode > 1:
            raise _failure("diff", answer.stderr)
    return answer.stdout.decode("utf-8", "replace")
