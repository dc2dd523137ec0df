"""Where a file of the repository appears on the site, or exactly why it does not."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowrepo import config, git, patterns, scan
from knowrepo.config import Config
from knowrepo.git import ignoring
from knowrepo.model import Post, Problem, Repository, Site, Skipped, Stored
from knowrepo.workshop import Report, Workshop


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``urls`` are the pages and files of the site that are made from a file, none if it does not appear. ``why`` says it in a sentence.

    ``hint`` is the way out; ``problems`` are those with the file.
    """

    path: str
    urls: tuple[str, ...]
    why: str
    hint: str = ""
    problems: tuple[Problem, ...] = ()


def of(path: str, shop: Workshop, site: Site, repository: Repository, report: Report, settings: Config) -> Whereabouts:
    """What becomes of the file at this path of the repository, which need not be there."""
    problems = tuple(problem for problem in report.problems if problem.path == path)
    for found in (
        *_published(path, site),
        *_left_out(path, report),
        *_companion(path, repository, report, site),
        *_shown(path, shop.root, site),
    ):
        return Whereabouts(path, found.urls, found.why, found.hint, problems)
    told = next((problem for problem in problems if not problem.message.startswith("cannot")), None)
    if told:
        return Whereabouts(path, (), told.message, told.hint, problems)
    return next(_unseen(path, shop, repository, settings))


def _published(path: str, site: Site) -> Iterator[Whereabouts]:
    for post in site.posts:
        if post.path == path:
            yield Whereabouts(path, _urls(post), f'it is the post "{post.meta.title}"')
    for folder in site.folders:
        if folder.readme and folder.readme.path == path:
            yield Whereabouts(path, (folder.url,), f"it is the page of its folder, {folder.name or 'the whole repository'}")


def _urls(post: Post) -> tuple[str, ...]:
    return tuple(filter(None, (post.url, post.download)))


def _left_out(path: str, report: Report) -> Iterator[Whereabouts]:
    hints = {
        "no header": "give it a header (`knowrepo new --from` does), or name its folder in `include`",
        "no cells": "give it a header if it is to be a post",
        "draft": "take `draft` out of its header, or build with --drafts",
        "private": "its header says so; the audiences that may read it are in `allowed_groups`",
        "excluded tag": f"it has one of the tags of `exclude_tags` in {config.FILE}",
    }
    for left in report.skipped:
        if left.path == path:
            yield Whereabouts(path, (), _reason(left), left.hint or hints.get(left.reason, ""))


def _reason(left: Skipped) -> str:
    first = left.problems[0] if left.problems else None
    return f"there is an error in it: {first.message} ({first.place})" if first else f"it is left out: {left.reason}"


def _companion(path: str, repository: Repository, report: Report, site: Site) -> Iterator[Whereabouts]:
    for source in repository.sources:
        if any(companion.path == path for companion in source.companions):
            post = next((post for post in site.posts if post.path == source.path), None)
            if post:
                yield Whereabouts(path, (post.url,), f"it belongs to {source.path}, which shows what it holds")
            else:
                reason = next((_reason(left) for left in report.skipped if left.path == source.path), "that is no post")
                yield Whereabouts(path, (), f"it belongs to {source.path}, and of that {reason}", f"knowrepo why {source.path}")


def _shown(path: str, root: Path, site: Site) -> Iterator[Whereabouts]:
    """A picture or another file that posts show or link to."""
    file = str(root / path)
    pages = [*site.posts, *(folder.readme for folder in site.folders if folder.readme)]
    users = [(post, copy) for post in pages for copy in post.copies if isinstance(copy.content, Stored) and copy.content.file == file]
    if users:
        yield Whereabouts(
            path, tuple(copy.path for _, copy in users), f"it is published beside {', '.join(post.path for post, _ in users)}"
        )


def _unseen(path: str, shop: Workshop, repository: Repository, settings: Config) -> Iterator[Whereabouts]:
    """Why nobody has looked at the file; the last answer is always true."""
    checkout = git.describe(shop.root)

    def no(why: str, hint: str = "") -> Whereabouts:
        return Whereabouts(path, (), why, hint)

    if not (shop.root / path).exists():
        yield no("there is no such file", "paths are relative to the repository that -C names (default: here)")
    if (shop.root / path).is_dir():
        yield no("it is a folder", "`knowrepo list --all` says what becomes of every file")
    if hidden := next((part for part in path.split("/") if part.startswith(".")), ""):
        yield no(f'a part of its path begins with a dot: "{hidden}"', "move it")
    if pattern := next((pattern for pattern in settings.exclude if patterns.matching([pattern])(path)), ""):
        yield no(f'`exclude` in {config.FILE} names it: "{pattern}"', "take the pattern out, or make it narrower")
    if checkout and (ignored := ignoring.rule(checkout, path)) and not ignoring.tracks(checkout, path):
        yield no(f"Git ignores it: {ignored}", f"take the rule out, or git add --force {path}")
    if checkout and not ignoring.tracks(checkout, path):
        yield no("Git does not track it", f"git add {path}, or build with --worktree")
    if path in repository.files and posixpath.splitext(path)[1].lower() not in scan.SUFFIXES:
        yield no(
            f"a file that ends in {posixpath.splitext(path)[1] or path} is no post, and no post shows it",
            "show it in a post, or convert it",
        )
    yield no("it lies in a folder that is not looked at: that of the site, of the cache or of a package")
