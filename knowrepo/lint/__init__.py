"""What ``check`` looks at beyond what a build has to know: the cells of each post, names that are like others, links to other hosts.

What was found in a post is kept under the hash of its file. No build loads this.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import orjson

from knowrepo import blobs, git, read
from knowrepo.analysis.query import distance
from knowrepo.cache import Cache, key
from knowrepo.config import Config
from knowrepo.drafts import Order
from knowrepo.lint import cells, stripping
from knowrepo.model import Document, Post, Problem, Severity, Site
from knowrepo.text import same_key

Asking = Callable[[Site], Iterable[Problem]]
"""Asks other hosts about the links of a site."""

_SHORT, _LONG = 5, 9
_DIGITS = re.compile("[0-9]+")
LARGE_MB = 10
"""A larger file takes long to open, to clone and to compare."""


def problems(
    site: Site, orders: Mapping[str, Order], settings: Config, *, root: Path, cache: Cache, asking: Asking | None = None
) -> tuple[Problem, ...]:
    """Everything about these posts; ``orders`` are what their drafts were made from, by path. Raises SourceChanged for a file that was saved meanwhile.

    Other hosts are only asked by ``asking``.
    """
    found = [*stripping.problems(root, site), *_twice(site), *_rare(site)]
    for post in sorted(site.posts, key=lambda post: post.path):
        order = orders[post.path]
        found += [*_large(root, post.path), *_stale(post), *_cells(root, order, cache, emails=settings.find_emails)]
    return (*found, *(asking(site) if asking else ()))


def _twice(site: Site) -> Iterator[Problem]:
    """Posts that cannot be told apart in a list."""
    titles: defaultdict[str, list[Post]] = defaultdict(list)
    for post in sorted(site.posts, key=lambda post: post.path):
        titles[same_key(post.meta.title)].append(post)
    for first, *others in titles.values():
        for post in others:
            message = f'the title "{post.meta.title}" is that of {first.path} too'
            yield Problem(post.path, message, "title-twice", hint="say what is different about it", severity=Severity.WARNING)


def _rare(site: Site) -> Iterator[Problem]:
    """Tags of one post that look like one of several."""
    common = [tag.name for tag in site.tags if len(tag.posts) > 1]
    for tag in site.tags:
        if len(tag.posts) == 1 and tag.entry is None and (meant := next((name for name in common if _alike(tag.name, name)), "")):
            message = f'only this post has the tag "{tag.name}"'
            yield Problem(tag.posts[0].path, message, "tag-rare", hint=f'did you mean "{meant}"?', severity=Severity.WARNING)


def _alike(one: str, other: str) -> bool:
    """Whether one is the other with a slip of the hand: a letter or, in a long word, two. Numbers tell things apart."""
    first, second = same_key(one), same_key(other)
    slips = 2 if len(first) > _LONG else 1
    if min(len(first), len(second)) < _SHORT or abs(len(first) - len(second)) > slips:
        return False
    return _DIGITS.findall(first) == _DIGITS.findall(second) and distance(first, second) <= slips


def _stale(post: Post) -> Iterator[Problem]:
    if post.body.stale:
        numbers = [str(stale.cell) for stale in post.body.stale]
        listed = ", ".join(numbers[:10]) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
        message = f"not run in order, or changed since they were run: {'cells' if len(numbers) > 1 else 'cell'} {listed}"
        hint = "restart the kernel, run all cells, and save"
        yield Problem(post.path, message, "execution-order", cell=post.body.stale[0].cell, hint=hint, severity=Severity.WARNING)


def _large(root: Path, path: str) -> Iterator[Problem]:
    size = sum(found.st_size for found in git.look(root, [path]).values())
    if size > LARGE_MB * 1_000_000:
        message = f"the file has {size / 1_000_000:.0f} MB"
        hint = "clear what is large in its outputs: tables of thousands of rows, interactive plots of all data"
        yield Problem(path, message, "file-large", hint=hint, severity=Severity.WARNING)


def _cells(root: Path, order: Order, cache: Cache, *, emails: bool) -> tuple[Problem, ...]:
    own = key("lint", order.source, order.options, emails)
    if (known := cache.get(own)) is not None:
        return tuple(Problem.of(value) for value in orjson.loads(known))
    wanted = {order.source.path: order.source.blob, **{each.path: each.blob for each in order.source.companions}}
    files = {path: blobs.verified(path, git.read_file(root, path, order.limit), blob) for path, blob in wanted.items()}
    document = read.document(order.source, files.pop(order.source.path), files, order.options)
    found = tuple(cells.problems(document, emails=emails)) if isinstance(document, Document) else ()
    cache.put(own, orjson.dumps(found))
    return found
