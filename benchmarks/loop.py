"""The programs that ``speed.py`` measures beside knowrepo, each in a process of its own.

``loop.py nbconvert REPO OUT`` converts every notebook with one ``HTMLExporter``, one after another, and prints what it fell over as JSON.
``loop.py floor REPO OUT BYTES`` does what nobody can do without: read, hash and parse every notebook, and write so many bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import warnings
from pathlib import Path

import orjson
import trialrepo


def nbconvert(repo: Path, out: Path) -> dict[str, str]:
    """A page per notebook; path → error for those that nbconvert cannot convert, whatever it raises."""
    from nbconvert import HTMLExporter

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    exporter = HTMLExporter(template_name="lab")  # type: ignore[no-untyped-call]
    failed = {}
    for file in trialrepo.notebooks(repo):
        path = file.relative_to(repo)
        try:
            page, _ = exporter.from_filename(str(file))
        except Exception as error:  # noqa: BLE001 - to be counted and named, of whatever kind
            failed[path.as_posix()] = f"{type(error).__name__}: {error}"
            continue
        target = out / path.with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, "utf-8", "replace")
    return failed


def floor(repo: Path, out: Path, size: int) -> dict[str, str]:
    """As many files as notebooks, ``size`` bytes together."""
    files = trialrepo.notebooks(repo)
    out.mkdir()
    for number, file in enumerate(files):
        content = file.read_bytes()
        hashlib.sha256(content).digest()
        orjson.loads(content)
        (out / str(number)).write_bytes(bytes(size // len(files)))
    return {}


if __name__ == "__main__":
    what, repo, out, *size = sys.argv[1:]
    failed = nbconvert(Path(repo), Path(out)) if what == "nbconvert" else floor(Path(repo), Path(out), int(size[0]))
    print(json.dumps(failed))
