"""From the text of a header, or of a sidecar, to what the author has said; and every mistake in it, with its place."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import fields
from types import MappingProxyType

from knowrepo.fields import Complaint, Node, NodeError, Scalar, Table, data, did_you_mean, from_json, from_toml, read, tree
from knowrepo.frontmatter.splitting import Split
from knowrepo.frontmatter.table import FIELDS, GUARDS, NAMES, Header
from knowrepo.model import Problem, Severity
from knowrepo.text import excerpt

Result = tuple[Header | None, tuple[Problem, ...]]
Said = tuple[Header | None, tuple[Complaint, ...]]

_FORMATS = {".json": from_json, ".toml": from_toml}


def parse(found: Split, path: str, cell: int | None = None) -> Result:
    """What a header says; None if there is an error in it, which keeps the post off the site. ``cell`` is where it stands in a notebook."""
    if not found.closed:
        hint = "put a line `---` below its last line"
        return None, (Problem(path, "the header is never closed", "header-unclosed", found.first_line - 1, cell, hint, excerpt="---"),)
    try:
        header, complaints = _said(tree(found.yaml, found.first_line))
    except NodeError as error:
        header, complaints = None, error.complaints
    return header, _problems(complaints, found, path, cell)


def sidecar(path: str, content: bytes, source_path: str) -> Result:
    """What ``NAME.meta.yml``, ``report.json`` or ``report.toml`` says of the post ``source_path``; nothing at all if it is about another one."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, (Problem(path, "not UTF-8", "header-encoding", line, hint="save the file as UTF-8"),)
    try:
        root = _FORMATS.get(posixpath.splitext(path)[1].lower(), tree)(text)
        subject, root = _subject(root)
        if subject and posixpath.normpath(posixpath.join(posixpath.dirname(path), subject)) != source_path:
            return None, ()
        header, complaints = _said(root)
    except NodeError as error:
        header, complaints = None, error.complaints
    return header, _problems(complaints, Split(text, 1, "", 1), path, None)


def merge(first: Header, second: Header) -> Header:
    """What either says. ``first`` is right where both say something, but what one of them keeps private, or calls a draft, is."""
    values = {each.name: getattr(first, each.name) or getattr(second, each.name) for each in fields(Header)}
    return Header(**{**values, "extra": MappingProxyType({**second.extra, **first.extra})})


def _subject(root: Node | None) -> tuple[str, Node | None]:
    """The file that docere's key ``file`` names, and the rest."""
    if not isinstance(root, Table):
        return "", root
    named = [value.text for key, value in root.pairs if key.text == "file" and isinstance(value, Scalar)]
    return "".join(named), Table(tuple(pair for pair in root.pairs if pair[0].text != "file"))


def _said(root: Node | None) -> Said:
    if root is None or root.empty:
        return Header(), ()
    if not isinstance(root, Table):
        return None, (Complaint("the header is no mapping", "yaml", root.line, "write it as lines like `title: Why customers leave`"),)
    reading = read(root, FIELDS)
    complaints = (*reading.complaints, *_misspelt(key for key, _ in reading.unknown), *_unpublished(reading.unknown))
    if any(complaint.severity is Severity.ERROR for complaint in complaints):
        return None, complaints
    extra = {key.text: data(node) for key, node in reading.unknown}
    return Header(**reading.values, extra=MappingProxyType(extra)), complaints


def _unpublished(unknown: Iterable[tuple[Scalar, Node]]) -> Iterable[Complaint]:
    """``published: false``, as other tools write it, is no key of ours, but what it asks for is clear."""
    for key, node in unknown:
        if key.text.lower() == "published" and isinstance(node, Scalar) and node.text.strip().lower() in ("false", "no", "off", "0"):
            yield Complaint(
                '"published" is no key of a header', "unknown-key", key.line, "to keep the post off the site, write `draft: true`"
            )


def _misspelt(keys: Iterable[Scalar]) -> Iterable[Complaint]:
    """Complaints about unknown keys that look like known ones; an error if it may be one that keeps the post from somebody."""
    for key in keys:
        guard = did_you_mean(key.text, GUARDS)
        hint = guard or did_you_mean(key.text, NAMES)
        if hint and key.text not in NAMES:
            hint += " Until that is clear, the post is kept off the site." if guard else ""
            severity = Severity.ERROR if guard else Severity.WARNING
            yield Complaint(f'unknown header key "{key.text}"', "unknown-key", key.line, hint, severity)


def _problems(complaints: Iterable[Complaint], found: Split, path: str, cell: int | None) -> tuple[Problem, ...]:
    lines = found.yaml.split("\n")
    return tuple(
        Problem(
            path,
            complaint.message,
            f"header-{complaint.rule}",
            line=complaint.line or None,
            cell=cell,
            hint=complaint.hint,
            severity=complaint.severity,
            excerpt=excerpt(lines[complaint.line - found.first_line].strip(), 120) if complaint.line else "",
        )
        for complaint in complaints
    )
