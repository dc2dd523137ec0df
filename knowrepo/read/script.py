"""Python scripts with ``# %%`` cells. A repository holds many scripts that are no posts: those cost a look at their first lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from knowrepo import frontmatter
from knowrepo.model import Problem, Source
from knowrepo.read import jupytexts
from knowrepo.read.manuscript import Manuscript, from_text

_CELL = re.compile(r"^# ?%%", re.MULTILINE)


def read(source: Source, data: bytes, _companions: Mapping[str, bytes]) -> Manuscript | Problem:
    """The script, with its header in a leading comment or cell."""
    content = partial(jupytexts.percent, source.path)
    return from_text(source.path, data, frontmatter.split_comments, content, lambda body: bool(_CELL.search(body)))
