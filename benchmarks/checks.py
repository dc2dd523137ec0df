"""What does `knowrepo check` cost? ``python benchmarks/checks.py FOLDER``.

CPU seconds (user and system, with all its processes) of `knowrepo check` in a repository of posts: of the first one, which renders every post; of the one
after it; of the rules that look into cells, alone and with nothing remembered. FOLDER is copied. Exit status 1 if one of the last two costs more than 3 s
for 239 posts, or as much for each.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from knowrepo import git, read, scan
from knowrepo.lint import cells
from knowrepo.model import Document

MOST = 3 / 239


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What knowrepo check costs.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary, "repo")
        shutil.copytree(folder, root, symlinks=True)
        first, again = check(root), check(root)
        alone, posts = rules(root)
    print(f"{posts} posts")
    for name, seconds in (("the first check", first), ("the second", again), ("the rules alone", alone)):
        print(f"{name:18}{seconds:8.2f} s of CPU")
    return int(max(again, alone) > MOST * posts)


def check(root: Path) -> float:
    """CPU seconds of a check."""
    before = _spent(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "knowrepo", "-C", str(root), "check"], capture_output=True, check=False)
    return _spent(resource.RUSAGE_CHILDREN) - before


def rules(root: Path) -> tuple[float, int]:
    """CPU seconds to read all posts and to look into their cells, and how many there are."""
    options = read.Options(included=True, drafts=False, audience=frozenset(), dialect="commonmark")
    sources = scan.scan(root).sources
    started, posts = time.process_time(), 0
    for source in sources:
        document = read.document(source, git.read_file(root, source.path, 10**9), {}, options)
        if isinstance(document, Document):
            posts += 1
            list(cells.problems(document, emails=True))
    return time.process_time() - started, posts


def _spent(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
