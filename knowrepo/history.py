"""Who made a file and when: what ``git log`` says → commits → the first date, the last date and the authors of each path, across renames.

A file's name is followed from every commit to its parents. Most names never change, so a commit carries only those that do: a mapping
from the name there to the paths of today, which commits share until a rename makes a new one. Merges count for dates (where they differ
from all parents) but not as authorship, unless nobody else is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from knowrepo.model import Person, Revision

FORMAT = "--format=%H%n%P%n%aI%n%aN%n%aE%n%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x01)%n%B"

_MERGE_REQUEST = re.compile(r"(?:See merge request \S*|\()!([0-9]{1,9})\b")
"""As GitLab writes it into the message of a merge, or of a squashed commit (https://docs.gitlab.com/user/project/merge_requests/commit_templates/)."""
_SUBJECT = 200
_PERSON = re.compile(r"([^<]*)(?:<([^<>]*)>)?\s*")

Names = dict[str, tuple[str, ...]]  # a name at some commit → the paths of today that it became


@dataclass(frozen=True, slots=True)
class Change:
    """A file that a commit wrote: ``before`` is its name in the parents, or "" where one of them lacks it, ``blob`` the id of what was written."""

    path: str
    before: str
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. ``date`` is the author's, with the author's own offset, or ``None`` where Git has nonsense; ``people`` starts with them.

    ``message`` is what they said of it.
    """

    id: str
    parents: tuple[str, ...]
    date: datetime | None
    people: tuple[Person, ...]
    changes: tuple[Change, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What the history knows of a file; ``None``, () and "" where it does not reach far enough. ``commit`` is the last that wrote it, ``revisions`` all,
    ``former`` are the names that the file had before, the latest first.
    """

    created: datetime | None
    updated: datetime | None
    authors: tuple[Person, ...]
    commit: str = field(default="", compare=False)
    former: tuple[str, ...] = field(default=(), compare=False)
    revisions: tuple[Revision, ...] = field(default=(), compare=False)


def commits(output: str) -> tuple[Commit, ...]:
    """The commits that ``git log -z --raw`` with ``FORMAT`` prints. Deletions are left out."""
    return tuple(_commit(header, changes) for header, changes in _records(output))


def person(name: str, email: str) -> Person | None:
    """A person as Git names one, without bytes that are no UTF-8; ``None`` without a name."""
    name, email = (" ".join(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split()) for value in (name, email))
    return Person(name, email) if name else None


def trace(log: Sequence[Commit], paths: Set[str], *, shallow: bool) -> dict[str, Past]:
    """The past of every path that some commit wrote. ``log`` has children before parents, HEAD first.

    In a shallow history a commit without parents is where it was cut off: it lists every file and says nothing true about any.
    """
    names: dict[str, Names] = {}
    former = _former(log)
    writers: defaultdict[str, list[tuple[Commit, Change]]] = defaultdict(list)
    for commit in log:
        here = names.pop(commit.id, {})
        for change in commit.changes:
            for path in _today(here, change.path, paths):
                writers[path].append((commit, change))
        before = _before(commit, here, former, paths)
        for parent in commit.parents:
            names[parent] = _both(names[parent], before, paths) if parent in names else before
    return {path: _past(path, found, shallow) for path, found in writers.items()}


def _records(output: str) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Each header with its changes. A line of changes starts with a colon, a header (a commit's id first) never does."""
    header = ""
    changes: list[Change] = []
    tokens = iter(output.split("\0"))
    for token in tokens:
        line = token.lstrip("\n")
        if line.startswith(":"):
            status = line.rpartition(" ")[2]
            before = path = next(tokens)
            if status.startswith("R"):
                path = next(tokens)
            if "D" not in status:
                changes.append(Change(path, "" if "A" in status else before, line.split(" ")[-2]))
        elif line:
            if header:
                yield header, tuple(changes)
            header, changes = line, []
    if header:
        yield header, tuple(changes)


def _commit(header: str, changes: tuple[Change, ...]) -> Commit:
    commit, parents, date, name, email, helpers, message = header.split("\n", 6)
    pairs = [(name, email), *((found[1], found[2] or "") for found in map(_PERSON.fullmatch, helpers.split("\x01")) if found)]
    people = tuple(found for found in (person(*pair) for pair in pairs) if found)
    return Commit(commit, tuple(parents.split()), _date(date), people, changes, message.strip())


def _date(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None


def _today(names: Names, name: str, paths: Set[str]) -> tuple[str, ...]:
    """The paths of today that ``name`` became; a name that was never changed is its own path."""
    found = names.get(name)
    if found is None:
        return (name,) if name in paths else ()
    return found


def _before(commit: Commit, names: Names, former: Mapping[str, Set[str]], paths: Set[str]) -> Names:
    """The names in the parents of a commit, given those in itself."""
    if len(commit.parents) > 1:  # a parent that lacks the file may have it under a name it had once
        lacking = [change.path for change in commit.changes if not change.before and change.path in former]
        old = {name: _union(_today(names, name, paths), _today(names, path, paths)) for path in lacking for name in former[path]}
        return names | old if old else names
    renames = [(change.before, change.path) for change in commit.changes if change.before not in ("", change.path)]
    renames = [(old, new) for old, new in renames if _today(names, new, paths) or _today(names, old, paths)]
    if not renames:
        return names
    gone: Names = {new: () for _, new in renames}
    return names | gone | {old: _today(names, new, paths) for old, new in renames}


def _both(one: Names, other: Names, paths: Set[str]) -> Names:
    """The names at a commit with two children."""
    if one is other or one == other:
        return one
    return {name: _union(_today(one, name, paths), _today(other, name, paths)) for name in one.keys() | other.keys()}


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one + other))


def _former(log: Iterable[Commit]) -> dict[str, set[str]]:
    """Every name that was changed, with the names before it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for commit in log:
        for change in commit.changes:
            if change.before not in ("", change.path):
                found[change.path].add(change.before)
    return found


def _past(path: str, writers: Sequence[tuple[Commit, Change]], shallow: bool) -> Past:
    """From the commits that wrote a file, newest first, each with what it did to the file."""
    known = [(commit, change) for commit, change in writers if commit.parents or not shallow]
    true = [commit for commit, _ in known]
    whole = len(true) == len(writers)
    authored = [commit for commit in true if len(commit.parents) < 2] or true
    return Past(
        created=true[-1].date if whole else None,
        updated=true[0].date if true else None,
        authors=_distinct(person for commit in reversed(authored) for person in commit.people),
        commit=true[0].id if true else "",
        former=tuple(name for name in dict.fromkeys(change.path for _, change in writers) if name != path),
        revisions=tuple(_revision(commit, change) for commit, change in known),
    )


def _revision(commit: Commit, change: Change) -> Revision:
    named = _MERGE_REQUEST.search(commit.message)
    names = tuple(person.name for person in commit.people)
    subject = commit.message.partition("\n")[0].encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:_SUBJECT]
    return Revision(commit.id, commit.date, names, subject, int(named[1]) if named else 0, change.path, change.blob)


def _distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    """Each person once, by e-mail or name: in the order of their first contribution, spelt as in their last."""
    found: list[Person] = []
    for person in people:
        place = next((place for place, known in enumerate(found) if _same(known, person)), None)
        if place is None:
            found.append(person)
        else:
            found[place] = person
    return tuple(found)


def _same(one: Person, other: Person) -> bool:
    return one.name.casefold() == other.name.casefold() or (one.email != "" and one.email.casefold() == other.email.casefold())
