"""What the laws share: a repository of every kind of post, real builds in processes of their own, and a look at a site.

A site is *valid* if it holds exactly the files of its manifest, each with the bytes that it says, and every link leads to one of them.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urldefrag, urljoin

from knowrepo import blobs, write
from tests import gitrepo, team

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"""<[a-z]+\b[^>]*?\s(?:href|src)="([^"]*)\"""")
_ID = re.compile(r"""\s(?:id|name)="([^"]*)\"""")
_PROGRAM = "from knowrepo.cli import main; import sys; sys.argv[0] = 'knowrepo'; main()"

FILES: gitrepo.Files = {
    **team.FILES,
    "authors.yml": "Ada Lovelace: {name: Countess of Lovelace, role: Analyst}\n",
    "tags.yml": "growth: {description: Who stays, owner: Bob Ross}\n",
    "course/one.qmd": team.header("One", "series: A course", tags="[method]", day="2024-03-05")
    + "\n# Start\n\n```{python}\nprint(1)\n```\n",
    "course/two.md": team.header("Two", "series: A course", day="2024-03-06")
    + "\nAfter [one](one.qmd#start).\n\n![Plot](../methods/plot.png)\n",
}


def command(root: Path, *arguments: str, python: str = sys.executable) -> list[str]:
    """The command line of knowrepo in this repository."""
    return [python, "-c", _PROGRAM, "-C", str(root), *arguments]


def start(root: Path, out: Path, cache: Path, *more: str, said: IO[Any] | int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """A build that runs, in a process group of its own, so that it can be killed with its workers."""
    arguments = command(root, "build", "--quiet", "--out", str(out), "--cache", str(cache), *more)
    return subprocess.Popen(arguments, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=said, text=True)


def run(arguments: list[str], environment: Mapping[str, str] | None = None, **more: Any) -> None:
    """A command that has to succeed."""
    more.setdefault("cwd", ROOT)
    done = subprocess.run(arguments, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The files in which two sites differ."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def wrong(out: Path) -> list[str]:
    """What keeps a site from being valid."""
    manifest = write.manifest(out)
    if not manifest:
        return ["it has no manifest"]
    files = team.tree(out)
    found = [f"{path} is not in the manifest" for path in files.keys() - manifest.files.keys()]
    for path, (digest, size) in manifest.files.items():
        data = files.get(path)
        if data is None:
            found.append(f"{path} is missing")
        elif len(data) != size or digest.removeprefix("git-").removeprefix("file-") not in (
            hashlib.sha256(data).hexdigest(),
            blobs.identity(data),
        ):
            found.append(f"{path} is not what the manifest says")
    return sorted(found) + broken_links(out, "/")


def broken_links(out: Path, base: str) -> list[str]:
    """Every link of every page that does not resolve to a file (and an anchor) of the site, when it is served under ``base``."""
    files = team.tree(out)
    ids = {path: set(_ID.findall(data.decode())) for path, data in files.items() if path.endswith(".html")}
    found = []
    for path, data in files.items():
        if not path.endswith(".html"):
            continue
        for link in map(unescape, LINK.findall(data.decode())):
            target, anchor = urldefrag(urljoin(f"https://host{base}{path}", link))
            if not target.startswith("https://host/"):
                continue
            wanted = unquote(target.removeprefix(f"https://host{base}"))
            if wanted not in files or (anchor and unquote(anchor) not in ids.get(wanted, set())):
                found.append(f"{path}: {link}")
    return found
