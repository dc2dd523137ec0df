"""The pipeline on one screen: (scan →) read → render → assemble → pages → write, and a report of what became of every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from knowrepo import (
    blobs,
    check,
    config,
    copies,
    discussion,
    drafts,
    git,
    making,
    pages,
    patterns,
    precompress,
    read,
    render,
    review,
    rosters,
    site,
    thumbnails,
    workers,
    workshop,
    write,
)
from knowrepo.cache import mending
from knowrepo.chronicle import Chronicle, Content
from knowrepo.config import Config
from knowrepo.errors import Superseded
from knowrepo.git import contents
from knowrepo.making import Made
from knowrepo.model import Draft, Problem, Repository, Site, Skipped, Source
from knowrepo.pages import theme
from knowrepo.pages.theme import Theme
from knowrepo.rosters import Roster, Rosters
from knowrepo.thumbnails import Shrink
from knowrepo.workshop import Given, Options, Report, Workshop

__all__ = ["Options", "Report", "Share", "Workshop", "build", "examine", "made", "share", "site_of"]

Each = TypeVar("Each")

Inspection = Callable[[Site, Mapping[str, drafts.Order], Config], Sequence[Problem]]
"""What is wrong with a site, beyond what a build has to know; the orders are those of its drafts by path."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the posts was rendered: the ``number``-th of so many parts, ``sources`` of ``everything``, ``rendered`` that the cache did not know."""

    number: int
    of: int
    sources: int
    everything: int
    rendered: int


def build(shop: Workshop) -> Report:
    """Build the site. Raises KnowrepoError for a mistake in the set-up (mistakes in posts are in the report), Superseded if it was given up."""
    return workshop.up_to_date(shop, made)


def made(shop: Workshop, given: Given) -> Report:
    """Make and write the site, whatever lies there. Raises as ``build`` does, SourceChanged if a post was saved meanwhile."""
    return mending(lambda: _written(shop, given))


def examine(shop: Workshop, inspect: Inspection = lambda _site, _orders, _settings: ()) -> Report:
    """Everything a build would say, without writing a site, and what else ``inspect`` finds."""
    given = workshop.given(shop)
    _theme(shop, given)
    orders = {source.path: _order(shop, source, given.settings) for source in given.repository.sources}

    def examined() -> Report:
        whole, report = _assemble(shop, given)
        more = check.kept(inspect(whole, orders, given.settings), whole, given.settings.ignore)
        return replace(report, problems=(*report.problems, *more))

    return mending(examined)


def site_of(shop: Workshop) -> tuple[Site, Report]:
    """The Site and the report, without pages. Raises CacheDamaged, as reading what the Site names may: see ``cache.mending``."""
    return _assemble(shop, workshop.given(shop))


def share(shop: Workshop, number: int, of: int) -> Share:
    """Render a part of all posts into the cache: every ``of``-th, beginning with the ``number``-th (from 1). It does not depend on what the cache knows."""
    given = workshop.given(shop)
    sources = given.repository.sources[number - 1 :: of]
    made = mending(lambda: _drafts(shop, given.settings, sources))
    return Share(number, of, len(sources), len(given.repository.sources), made.rendered)


def _written(shop: Workshop, given: Given) -> Report:
    looks = _theme(shop, given)
    whole, report = _assemble(shop, given, None if shop.options.preview else thumbnails.remembering(shop.cache))
    processes = 1 if whole.answered else shop.jobs or workers.cores()
    with _past(shop, given) as chronicle:
        artifacts = _wanted(shop, pages.artifacts(whole, looks, partial(workers.spread, processes=processes), chronicle))
        if shop.options.precompress:
            artifacts = precompress.beside(artifacts, shop.cache)
        report = replace(report, written=write.write(shop.out, artifacts, given.key, shop.disk, shop.say))
    workshop.remember(shop, given, report)
    return report


@contextmanager
def _past(shop: Workshop, given: Given) -> Iterator[Chronicle | None]:
    """What posts were, while it is asked for; nothing in a preview, and without Git."""
    checkout = git.describe(shop.root) if given.repository.revisions and not shop.options.preview else None
    if not checkout:
        yield None
        return
    repository, settings = given.repository, given.settings
    style = render.Options(settings.stderr, "original", settings.max_html_mb, settings.language)
    limit = settings.max_post_mb * 1_000_000
    with contents.Blobs(checkout, limit) as blobs:
        yield Chronicle(
            repository.revisions,
            _content(shop.root, repository, blobs, limit),
            lambda source: _order(shop, source, settings).options,
            style,
            settings.history,
            repository.prefix,
            repository.shallow,
        )


def _content(root: Path, repository: Repository, blobs: contents.Blobs, limit: int) -> Content:
    """The bytes of a blob, from Git, or from the disk if they have not been committed yet."""
    unsaved = {repository.files[source.path]: source.path for source in repository.sources if source.path not in repository.commits}

    def content(blob: str) -> bytes | None:
        return git.read_file(root, unsaved[blob], limit) if blob in unsaved else blobs(blob)

    return content


def _theme(shop: Workshop, given: Given) -> Theme:
    return theme.load(given.theme, shop.cache, given.settings.allow_network, given.settings.language, shop.secret)


def _assemble(shop: Workshop, given: Given, shrink: Shrink | None = None) -> tuple[Site, Report]:
    settings, repository = given.settings, given.repository
    drafted = _drafts(shop, settings, repository.sources)
    made = [result for result in drafted.results if isinstance(result, Draft)]
    skipped = [result for result in drafted.results if isinstance(result, Skipped)]
    files = copies.of(made, repository, patterns.matching(settings.assets), _left_out(repository.sources, skipped))
    threads, unread = discussion.load(given.said)
    discussed = discussion.attached(made, threads, repository.prefix, settings.language, shop.cache.keep)
    assembled = site.assemble(discussed, repository, settings, files, shrink, _rosters(shop.root, repository))
    whole = _reviewed(shop, settings, replace(assembled, offline=shop.options.offline, answered=shop.options.preview))
    problems = (
        *repository.problems,
        *(problem for left in skipped for problem in left.problems),
        *(problem for draft in made for problem in _complaints(draft)),
        *files.problems,
        *unread,
        *discussion.lost(repository.sources, threads, repository.prefix),
        *whole.problems,
        *check.problems(whole),
    )
    return whole, Report(
        tuple(post.path for post in whole.posts),
        tuple(skipped),
        check.kept(problems, whole, settings.ignore),
        repository.prefix,
        drafted.rendered,
        audiences=settings.audiences,
    )


def _left_out(sources: Sequence[Source], skipped: Sequence[Skipped]) -> frozenset[str]:
    """The posts that the site does not have, with what belongs to them: whatever links to them or lists them, nothing of them is published."""
    left = {each.path for each in skipped if each.reason not in read.NO_POST}
    posts = [source for source in sources if source.path in left]
    return frozenset(path for post in posts for path in (post.path, *(companion.path for companion in post.companions)))


def _reviewed(shop: Workshop, settings: Config, whole: Site) -> Site:
    """The site with what a merge request changes, if there is one; search engines are to leave it alone then."""
    since, limit = shop.options.review, settings.max_post_mb * 1_000_000
    found = review.since(shop.root, since, whole.posts, lambda source: _order(shop, source, settings).options, limit) if since else None
    return replace(whole, reviewed=found, merge_request=shop.options.merge_request, robots=whole.robots and not since)


def _complaints(draft: Draft) -> tuple[Problem, ...]:
    """The problems of a draft; a folder's README.md needs no header, so nothing is said of what it lacks."""
    if not site.is_readme(draft.source.path):
        return draft.body.problems
    return tuple(problem for problem in draft.body.problems if not problem.rule.startswith("header-no-"))


def _drafts(shop: Workshop, settings: Config, sources: Sequence[Source]) -> Made:
    bounds = workers.Bounds(settings.max_seconds, settings.max_memory_mb)
    rendering = making.away(shop.cache, bounds, shop.engine) if shop.engine else making.here(shop.cache, bounds, shop.jobs)
    orders = [_order(shop, source, settings) for source in sources]
    return making.every(orders, shop.cache, bounds, lambda missing: _wanted(shop, rendering(missing)), shop.progress)


def _wanted(shop: Workshop, made: Iterator[Each]) -> Iterator[Each]:
    """What is made, for as long as somebody waits for it."""
    for each in made:
        if shop.superseded():
            raise Superseded
        yield each


def _order(shop: Workshop, source: Source, settings: Config) -> drafts.Order:
    included = site.is_readme(source.path) or config.under(source.path, settings.include)
    options = read.Options(included, shop.options.drafts, shop.options.audience, settings.dialect, settings.exclude_tags)
    style = render.Options(
        settings.stderr, "original" if shop.options.preview else settings.pictures, settings.max_html_mb, settings.language
    )
    return drafts.Order(shop.root, source, options, style, settings.max_post_mb * 1_000_000, not shop.options.preview)


def _rosters(root: Path, repository: Repository) -> Rosters:
    """The team's own files, which like posts have to be tracked by Git."""
    return Rosters(_roster(root, repository, rosters.AUTHORS), _roster(root, repository, rosters.TAGS))


def _roster(root: Path, repository: Repository, file: str) -> Roster:
    if file not in repository.files:
        return Roster(file)
    try:
        return rosters.load(file, blobs.verified(file, git.read_file(root, file, rosters.MAX_BYTES), repository.files[file]))
    except git.Unreadable as error:
        return Roster(file, problems=(Problem(file, f"it cannot be read: {error}", "unreadable-file"),))
