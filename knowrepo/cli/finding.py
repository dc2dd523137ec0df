"""``knowrepo search`` and ``knowrepo similar``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from knowrepo.cli import choices
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.model import Site
    from knowrepo.search.finding import Found, Library
    from knowrepo.search.wording import Wording
    from knowrepo.workshop import Workshop

_LIMIT = click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, metavar="N", help="Show at most N posts.")
_HIDDEN = "\0"
LARGEST = 50_000_000
"""A file that is no post is read up to so many bytes."""


class Asking(click.Command):
    """A word with a minus is a part of the query and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide such words from click behind a character that no argument can have."""
        return super().parse_args(ctx, [_HIDDEN + arg if arg[:1] == "-" and arg[:2] != "--" and arg != "-h" else arg for arg in args])


@click.command(cls=Asking)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True, help="The best first, or the newest."
)
@_LIMIT
@choices.CACHE
@choices.JOBS
@choices.as_json
@click.pass_obj
def search(root: Path, query: tuple[str, ...], sort: str, limit: int, cache_folder: str, jobs: int | None, as_json: bool) -> None:
    """Find posts by their words, as the search of the site does. QUERY may have "phrases", -not, OR, tag:, author:, in:code and more."""
    from knowrepo.cache import mending
    from knowrepo.cli import findings
    from knowrepo.cli.report import print_json
    from knowrepo.search import finding

    asked = " ".join(query).replace(_HIDDEN, "")
    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options())

    def result() -> Found:
        found_in = site(shop)
        return finding.search(library(found_in, root / cache_folder), asked, limit=limit, newest=sort == "date", recency=found_in.recency)

    found = mending(result)
    findings.print_problems(found.problems)
    if as_json:
        print_json(findings.as_json(found, asked))
    else:
        findings.print_found(found)


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="PATH|TEXT")
@_LIMIT
@choices.CACHE
@choices.JOBS
@choices.as_json
@click.pass_obj
def similar(root: Path, what: tuple[str, ...], limit: int, cache_folder: str, jobs: int | None, as_json: bool) -> None:
    """Find posts like one: PATH is a post, or a file that is none yet; any other TEXT is compared as it is."""
    from knowrepo.cache import mending
    from knowrepo.cli import findings
    from knowrepo.cli.report import print_json
    from knowrepo.search import finding

    asked = " ".join(what)
    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options())
    path = Path(os.path.relpath(root / asked, root)).as_posix()

    def result() -> Found:
        books = library(site(shop), shop.cache.folder)
        return finding.similar(books, _read(shop, books, path) or asked, limit=limit)

    found = mending(result)
    if as_json:
        print_json(findings.as_json(found, asked))
    else:
        findings.print_found(found)


def site(shop: Workshop) -> Site:
    """All posts that anybody may read."""
    from knowrepo import build as pipeline

    return pipeline.site_of(shop)[0]


def library(site: Site, cache: Path) -> Library:
    """The posts of a site and their index."""
    from knowrepo.search import finding

    return finding.library(cache / "search", choices.secret(), site.posts, site.language)


def _read(shop: Workshop, books: Library, path: str) -> Wording | None:
    """The words of a post, or of a file that could become one; None if it is neither."""
    from knowrepo import git, read

    if path in books.wordings:
        return books.wordings[path]
    if Path(path).suffix.lower() not in read.READERS or not os.path.isfile(shop.root / path):
        return None
    try:
        data = git.read_file(shop.root, path, LARGEST)
    except git.Unreadable as error:
        raise KnowrepoError(f"{path} cannot be read: {error}") from error
    return wording_of(books, path, data)


def wording_of(books: Library, path: str, data: bytes) -> Wording:
    """The words of a file that could become a post. Raises KnowrepoError if it cannot be read as one."""
    from knowrepo import drafts, read, render
    from knowrepo.model import Skipped, Source
    from knowrepo.search import wording

    source, options = Source(path, "", None, None), read.Options(included=True, drafts=True, audience=frozenset(), dialect="commonmark")
    made = drafts.make(source, {path: data}, options, render.Options(pictures="original", language=books.language))
    if isinstance(made, Skipped):
        raise KnowrepoError(f"{path} cannot be compared: {made.reason}", hint=made.hint)
    return wording.of(made, books.language)
