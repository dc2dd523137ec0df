"""The header of a post: where it stands, what it may say, and what holds where it says nothing.

text ─split→ Split ─parse→ Header and Problems ─merge (with a sidecar's), left_out, complete→ Meta
"""

from knowrepo.frontmatter.completion import complete, left_out
from knowrepo.frontmatter.header import Result, merge, parse, sidecar
from knowrepo.frontmatter.splitting import Split, split, split_comments
from knowrepo.frontmatter.table import FIELDS, Header, json_schema

__all__ = [
    "FIELDS",
    "Header",
    "Result",
    "Split",
    "complete",
    "json_schema",
    "left_out",
    "merge",
    "parse",
    "sidecar",
    "split",
    "split_comments",
]
