"""Python scripts with ``# %%`` cells. A repository holds many scripts that are no posts: those cost a look at their first lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowrepo import frontmatter
from knowrepo.model import Problem, Source
from knowrepo.read import jupytexts
from knowrepo.read.manuscript import Manuscript, decode

_CELL = re.compile(r"^# ?%%", re.MULTILINE)


def read(source: Source, data: bytes, _companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The script, with its header in a leading comment or cell."""
    decoded = decode(source.path, data)
    if isinstance(decoded, Problem):
        return decoded
    whole, problems = decoded
    header = frontmatter.split_comments(whole)
    body = header.body if header else whole
    return Manuscript(header, None, whole, lambda: jupytexts.percent(source.path, body), problems, bool(_CELL.search(body)))
