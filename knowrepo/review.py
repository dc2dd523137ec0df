"""What a merge request does to the posts: which of them are new, changed, moved or gone since the commit that it began at, and what of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import Any

from knowrepo import git, read
from knowrepo.git import Checkout, revisions
from knowrepo.git.revisions import Change
from knowrepo.model import Cell, Document, Meta, Post, Reviewed, Source

_HEADER = {field.name: {"url_path": "path"}.get(field.name, field.name) for field in dataclasses.fields(Meta)}
"""The fields of a header by those of Meta."""
_UNSEEN = ("execution_count", "metadata")
"""What may differ in an output that a reader sees as the same."""

Options = Callable[[Source], read.Options]


def since(root: Path, commit: str, posts: Iterable[Post], options: Options, limit: int) -> tuple[Reviewed, ...]:
    """The posts that are not what they were at a commit, in the order in which they come, then those that are gone.

    A file of more than ``limit`` bytes is not compared. What was not to be published then is compared with as little as if it had not been there.
    """
    checkout = git.describe(root)
    if not checkout:
        return ()
    changes = revisions.changes(checkout, commit)
    now = {change.path: change for change in changes if change.path}
    touched = (post for post in posts if now.keys() & {post.path, *(companion.path for companion in post.source.companions)})
    found = [_reviewed(checkout, post, now, options(post.source), limit) for post in touched]
    return (*found, *_gone(checkout, changes, options, limit))


def compared(old: Document, new: Document) -> Reviewed:
    """What is different in a post: the fields of its header, and how many cells are new, gone, or have another text or other outputs."""
    header = tuple(_HEADER[name] for name in _HEADER if getattr(old.meta, name) != getattr(new.meta, name))
    added = removed = changed = outputs = 0
    matcher = SequenceMatcher(None, [_text(cell) for cell in old.cells], [_text(cell) for cell in new.cells], autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old.cells[old_start:old_end], new.cells[new_start:new_end]
        both = [(one, other) for one, other in zip(before, after, strict=False) if one.kind is other.kind]
        same = [(one, other) for one, other in both if one.text == other.text]
        outputs += sum(_outputs(one) != _outputs(other) for one, other in same)
        changed += len(both) - len(same)
        added += len(after) - len(both)
        removed += len(before) - len(both)
    return Reviewed(new.path, new.meta.title, "changed", header, added, removed, changed, outputs)


def _reviewed(checkout: Checkout, post: Post, changes: Mapping[str, Change], options: read.Options, limit: int) -> Reviewed:
    change = changes.get(post.path, Change(post.path, post.path, post.source.blob))
    plain = Reviewed(post.path, post.meta.title, "new" if not change.before else "changed", before=change.before, blob=change.blob)
    if not change.before:
        return plain
    old = _document(checkout, replace(post.source, path=change.before, blob=change.blob), changes, options, limit, then=True)
    new = _document(checkout, post.source, changes, options, limit, then=False)
    if not old:
        return replace(plain, kind="new")
    found = compared(old, new) if new else plain
    return replace(found, before=change.before, blob=change.blob, kind="moved" if change.before != change.path else found.kind)


def _document(
    checkout: Checkout, source: Source, changes: Mapping[str, Change], options: read.Options, limit: int, *, then: bool
) -> Document | None:
    """The post as it is now, or as it was; None if it was none, or cannot be read any more. Dates and authors that Git knows are those of now."""
    files = {}
    for path, blob in ((source.path, source.blob), *((companion.path, companion.blob) for companion in source.companions)):
        before = changes[path].blob if path != source.path and path in changes else blob
        data = _before(checkout, before, limit) if then else _now(checkout, path, limit)
        if data is not None:
            files[path] = data
    if source.path not in files:
        return None
    companions = tuple(companion for companion in source.companions if companion.path in files)
    own = {path: data for path, data in files.items() if path != source.path}
    made = read.document(replace(source, companions=companions), files[source.path], own, options)
    return made if isinstance(made, Document) else None


def _before(checkout: Checkout, blob: str, limit: int) -> bytes | None:
    return revisions.content(checkout, blob, limit) if blob else None


def _now(checkout: Checkout, path: str, limit: int) -> bytes | None:
    try:
        return git.read_file(checkout.folder, path, limit)
    except git.Unreadable:
        return None


def _gone(checkout: Checkout, changes: Iterable[Change], options: Options, limit: int) -> Iterator[Reviewed]:
    for change in changes:
        if not change.path and PurePosixPath(change.before).suffix.lower() in read.READERS:
            source = Source(change.before, change.blob, None, None)
            document = _document(checkout, source, {}, options(source), limit, then=True)
            if document:
                yield Reviewed(change.before, document.meta.title, "gone")


def _text(cell: Cell) -> tuple[str, str]:
    return cell.kind.value, cell.text


def _outputs(cell: Cell) -> list[dict[str, Any]]:
    return [{name: value for name, value in output.items() if name not in _UNSEEN} for output in cell.outputs]
