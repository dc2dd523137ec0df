"""A folder → Repository: which files there are, which of them may be posts, who wrote them and when.

A file is in if Git tracks it (with ``worktree`` also if it does not ignore it), if it lies on disk as a regular file, if no part of its
path begins with a dot, and if neither ``exclude`` nor ``outside`` names it. Without Git every file of the folder counts.
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from os import stat_result
from pathlib import Path
from types import MappingProxyType

from knowrepo import git, history, patterns, rosters, urls
from knowrepo.git import revisions
from knowrepo.model import Companion, Person, Problem, Repository, Severity, Source

SUFFIXES = frozenset({".ipynb", ".md", ".rmd", ".qmd", ".py"})
"""Those of files that may be posts, in lower case; ``read`` has a reader for each."""
HASH_LIMIT = 200_000_000  # bytes: GitLab Pages would hardly take a larger file, and hashing takes a second

_LINK = "120000"
_SUBMODULE = "160000"
_CLUTTER = ("node_modules", "__pycache__")
_KNITTED = {".rmd": (".nb.html", ".html", ".md"), ".qmd": (".nb.html", ".html", ".md")}  # in order of preference
_SIDECARS = (".meta.yml", ".meta.yaml")
_REPORTS = ("report.json", "report.toml")
_HIDDEN = re.compile(r"(?:^|/)\.")


@dataclass(frozen=True, slots=True)
class _Found:
    """What Git or the folder tells. ``unsaved`` are files whose last change is not in a commit yet: their own time counts."""

    files: Mapping[str, str]
    status: Mapping[str, stat_result]
    unsaved: Collection[str]
    past: Mapping[str, history.Past]
    user: tuple[Person, ...]
    problems: tuple[Problem, ...]


def scan(
    root: Path,
    *,
    worktree: bool = False,
    exclude: tuple[str, ...] = (),
    outside: tuple[Path, ...] = (),
) -> Repository:
    """What lies in the folder ``root`` (absolute). ``outside`` names folders that are never looked at, such as the output and the cache.

    Raises RepositoryError if ``root`` is no folder or Git refuses to read it. Outside Git every file is read once to be hashed.
    """
    wanted = _rule(exclude, [path for folder in outside if (path := git.below(root, folder))])
    checkout = git.describe(root)
    found = _in_folder(root, wanted) if checkout is None else _in_git(checkout, wanted, worktree)
    sources = tuple(_sources(found))
    return Repository(
        root=str(root),
        commit=checkout.commit if checkout else "",
        project_url=urls.project(checkout.remote) if checkout else "",
        files=MappingProxyType(dict(sorted(found.files.items()))),
        sources=sources,
        problems=tuple(sorted(found.problems, key=lambda problem: (problem.path, problem.rule))),
        commits=MappingProxyType(
            {path: past.commit or checkout.commit for path, past in sorted(found.past.items()) if checkout and path not in found.unsaved}
        ),
        prefix=checkout.prefix if checkout else "",
        branch=checkout.branch if checkout else "",
        revisions=MappingProxyType({source.path: found.past[source.path].revisions for source in sources if source.path in found.past}),
        shallow=bool(checkout and checkout.shallow),
    )


def _in_git(checkout: git.Checkout, wanted: Callable[[str], bool], worktree: bool) -> _Found:
    tracked = {path: entry for path, entry in git.index(checkout).items() if wanted(path)}
    others = [path for path in _without_clutter(git.untracked(checkout)) if wanted(path) and path not in tracked]
    modules = [path for path, entry in tracked.items() if entry.mode == _SUBMODULE]
    paths = tracked.keys() - set(modules) | (set(others) if worktree else set())
    status = git.look(checkout.folder, paths)
    links = {path for path in paths if path in tracked and tracked[path].mode == _LINK}
    files, problems = _publishable(checkout.folder, status, links)

    filtered = git.filtered(checkout)
    dirty = (git.changed(checkout) | filtered | set(others)) & files
    disk, unreadable = _hashes(checkout.folder, dirty, checkout.object_format)
    blobs = {path: disk[path] if path in dirty else tracked[path].blob for path in files if path not in dirty or path in disk}
    past = history.trace(revisions.log(checkout), {checkout.prefix + path for path in blobs}, shallow=checkout.shallow)
    return _Found(
        files=blobs,
        status=status,
        unsaved={path for path in disk.keys() - filtered if path not in tracked or tracked[path].blob != disk[path]},
        past={path.removeprefix(checkout.prefix): found for path, found in past.items()},
        user=(checkout.user,) if checkout.user else (),
        problems=(
            *problems,
            *unreadable,
            *_shallow(checkout),
            *(_note(path, "a submodule: its posts are published by its own project", "submodule") for path in modules),
            *_missing(_possible(tracked.keys() - status.keys() - set(modules))),
            *_untracked(() if worktree else [*_possible(others), *rosters.FIELDS.keys() & set(others)]),
        ),
    )


def _in_folder(root: Path, wanted: Callable[[str], bool]) -> _Found:
    walked = git.walk(root, lambda folder: wanted(folder) and posixpath.basename(folder) not in _CLUTTER)
    status = git.look(root, filter(wanted, walked))
    files, problems = _publishable(root, status, set())
    blobs, unreadable = _hashes(root, files, "sha1")
    message = "there is no Git repository (or no git program): dates are those of the files, and no authors are known"
    no_git = _note(".", message, "no-git", "run knowrepo in a clone, or start a repository with `git init`", Severity.WARNING)
    return _Found(blobs, status, blobs, {}, (), (*problems, *unreadable, no_git))


def _rule(exclude: Iterable[str], outside: Iterable[str]) -> Callable[[str], bool]:
    """Whether a file or folder is looked at."""
    excluded = patterns.matching(exclude)
    folders = tuple(f"{folder}/" for folder in outside)
    return lambda path: not (_HIDDEN.search(path) or f"{path}/".startswith(folders) or excluded(path))


def _without_clutter(paths: Iterable[str]) -> list[str]:
    """The paths without what package managers, Python and earlier builds put there."""
    kept = [path for path in paths if not any(part in _CLUTTER for part in path.split("/"))]
    made = tuple(f"{folder}/" for folder, name in map(posixpath.split, kept) if folder and name in git.MARKERS)
    return [path for path in kept if not path.startswith(made)] if made else kept


def _publishable(folder: Path, status: Mapping[str, stat_result], tracked_links: Set[str]) -> tuple[set[str], list[Problem]]:
    """The regular files with a usable name, and a Problem for each of the others that matters."""
    links = tracked_links | {path for path, found in status.items() if stat.S_ISLNK(found.st_mode)}
    regular = {path for path, found in status.items() if stat.S_ISREG(found.st_mode)} - links
    files = {path for path in regular if "\\" not in path and _is_utf8(path)}
    problems = []
    for path in regular - files:
        reason = "there is a backslash in its name" if "\\" in path else "its name is not UTF-8"
        problems.append(_note(path, f"not published: {reason}", "file-name", "rename it", Severity.WARNING))
    for path in _possible(links):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), git.link_target(folder, path)))
        if target in files:
            message, hint = f"not published: it is a link to {target}, which is published by itself", "remove the link"
        else:
            message, hint = "not published: it is a link to something that is not", "put the file itself in its place"
        problems.append(_note(path, message, "symbolic-link", hint, Severity.WARNING))
    return files, problems


def _is_utf8(path: str) -> bool:
    return path.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in path)


def _hashes(folder: Path, paths: Iterable[str], object_format: str) -> tuple[dict[str, str], list[Problem]]:
    """The blob ids of files as they lie on disk."""
    blobs, problems = {}, []
    for path in paths:
        try:
            blobs[path] = git.hash_file(folder, path, HASH_LIMIT, object_format)
        except OSError as reason:
            problems.append(_note(path, f"not published: {reason}", "unreadable-file", severity=Severity.WARNING))
    return blobs, problems


def _sources(found: _Found) -> Iterator[Source]:
    """The files that may be posts, by path. What was knitted from another source belongs to that one."""
    candidates = sorted(_possible(found.files))
    knitted = {path: _beside(path, _KNITTED[suffix], found.files) for path in candidates if (suffix := _suffix(path)) in _KNITTED}
    results = {companion for companions in knitted.values() for companion in companions}
    reports = _reports(found.files)
    for path in candidates:
        if path in results:
            continue
        sidecars = [*_beside(path, _SIDECARS, found.files), *reports.get(posixpath.dirname(path), ())]
        past = found.past.get(path)
        updated = _updated(found, path)
        yield Source(
            path=path,
            blob=found.files[path],
            created=past.created if past else updated,
            updated=updated,
            authors=past.authors if past else found.user,
            companions=tuple(Companion(path, found.files[path], _updated(found, path)) for path in (*knitted.get(path, ()), *sidecars)),
            former=past.former if past else (),
        )


def _reports(files: Iterable[str]) -> Mapping[str, list[str]]:
    """By folder the files that say something of all notebooks in it."""
    reports: dict[str, list[str]] = {}
    for path in sorted(path for path in files if path.endswith(_REPORTS)):
        folder, name = posixpath.split(path)
        if name in _REPORTS:
            reports.setdefault(folder, []).append(path)
    return reports


def _updated(found: _Found, path: str) -> datetime | None:
    """The last commit of a file, or where its last change is in none, the file's own time."""
    past = found.past.get(path)
    own = datetime.fromtimestamp(int(found.status[path].st_mtime), UTC) if past is None or path in found.unsaved else None
    return own or (past.updated if past else None)


def _beside(path: str, endings: Iterable[str], files: Collection[str]) -> list[str]:
    stem = posixpath.splitext(path)[0]
    return [stem + ending for ending in endings if stem + ending in files]


def _suffix(path: str) -> str:
    return posixpath.splitext(path)[1].lower()


def _possible(paths: Iterable[str]) -> Iterator[str]:
    """The paths that may be posts."""
    return (path for path in paths if _suffix(path) in SUFFIXES)


def _shallow(checkout: git.Checkout) -> Iterator[Problem]:
    if checkout.shallow:
        message = "the clone is shallow: Git knows neither the first dates nor the first authors of older posts"
        hint = 'set GIT_DEPTH: "0" in .gitlab-ci.yml, or run `git fetch --unshallow`'
        yield _note(".", message, "shallow-clone", hint, Severity.WARNING)


def _missing(paths: Iterable[str]) -> Iterator[Problem]:
    for first, names in _several(paths):
        message = f"tracked by Git but not on disk, so not published: {names}"
        yield _note(first, message, "missing-file", "commit the removal, or widen the sparse checkout")


def _untracked(paths: Iterable[str]) -> Iterator[Problem]:
    for path in sorted(paths):
        yield _note(path, "not tracked by Git, so not published", "untracked-file", "`git add` it, or build with --worktree")


def _several(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """For any number of paths but none: the first, and the first three with how many more there are."""
    found = [_shown(path) for path in sorted(paths)]
    if found:
        yield found[0], ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _note(path: str, message: str, rule: str, hint: str = "", severity: Severity = Severity.INFO) -> Problem:
    return Problem(_shown(path), message, rule, hint=hint, severity=severity)


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
