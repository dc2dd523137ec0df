"""The pipeline on one screen: scan → read → render → assemble → pages → write, and a report of what became of every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import orjson

from knowrepo import (
    blobs,
    check,
    config,
    copies,
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
    scan,
    site,
    thumbnails,
    workers,
    write,
)
from knowrepo.cache import Cache, key, mending
from knowrepo.config import Config
from knowrepo.disk import Disk
from knowrepo.errors import ConfigError, SourceChanged, Superseded, ThemeError
from knowrepo.making import Engine, Made, Progress
from knowrepo.model import Draft, Problem, Repository, Severity, Site, Skipped, Source
from knowrepo.pages.theme import Theme
from knowrepo.rosters import Roster, Rosters
from knowrepo.thumbnails import Shrink
from knowrepo.write import Written

_TURNS = 5
"""How often a build starts over because somebody saves files meanwhile."""

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a build. ``site_url`` and ``project_url`` fill in what knowrepo.yml leaves open, ``branch`` what Git does.

    In a ``preview`` pictures are shown as they are, on cards too: encoding them would take most of the time. Nor has it an index for the
    browser: its server answers the search. An ``offline`` site runs its scripts from ``file://`` too. With ``precompress`` compressed files lie
    beside the texts. With ``review``, the full id of a commit, what has changed since then stands first.
    """

    drafts: bool = False
    audience: frozenset[str] = frozenset()
    worktree: bool = False
    site_url: str = ""
    project_url: str = ""
    branch: str = ""
    preview: bool = False
    offline: bool = False
    precompress: bool = False
    review: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every file: the paths of published posts, files left out with the reason, all problems, and what was written.

    ``prefix`` leads from the top of the Git repository to the folder that was built. ``rendered`` counts the posts that the cache did not know.
    """

    published: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]
    prefix: str = ""
    rendered: int = 0
    written: Written = field(default_factory=lambda: Written(0, 0, 0))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the posts was rendered: the ``number``-th of so many parts, ``sources`` of ``everything``, ``rendered`` that the cache did not know."""

    number: int
    of: int
    sources: int
    everything: int
    rendered: int


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every build of one repository works with.

    ``out`` is the folder of the site, absolute; the cache may be any folder. Posts are made by ``jobs`` processes at a time; 0: as many as there
    are processors; or by the workers of an ``engine`` that may be anywhere. What is made does not depend on it. A build ends early once it is
    ``superseded``.
    """

    root: Path
    out: Path
    cache: Cache
    options: Options = field(default_factory=Options)
    progress: Progress = field(default=lambda _done, _all, _path: None)
    jobs: int = 0
    engine: Engine | None = None
    disk: Disk = field(default_factory=Disk)
    superseded: Callable[[], bool] = field(default=lambda: False)


def build(shop: Workshop) -> Report:
    """Build the site. Raises KnowrepoError for a mistake in the set-up (mistakes in posts are in the report), Superseded if it was given up."""
    write.check(shop.out)
    for _ in range(_TURNS):
        try:
            return _up_to_date(shop)
        except SourceChanged as error:  # what has been made lies in the cache, so that another turn is a short one
            changed = error
    raise changed


def _up_to_date(shop: Workshop) -> Report:
    settings, repository, theme = _prepare(shop)
    encoders = precompress.encoders() if shop.options.precompress else ()
    whole = key("build", settings, replace(repository, root=""), theme.fingerprint, shop.options, encoders)
    old = write.manifest(shop.out)
    if old and old.key == whole and write.whole(shop.out, old):
        report = _remembered(shop.cache, whole, repository, len(old.files))
        if report:
            return report
    return mending(lambda: _build(shop, settings, repository, theme, whole))


def examine(shop: Workshop) -> Report:
    """Everything a build would say, without writing a site."""
    _, report = mending(lambda: site_of(shop))
    return report


def site_of(shop: Workshop) -> tuple[Site, Report]:
    """The Site and the report, without pages. Raises CacheDamaged, as reading what the Site names may: see ``cache.mending``."""
    settings, repository, _ = _prepare(shop)
    return _assemble(shop, settings, repository)


def share(shop: Workshop, number: int, of: int) -> Share:
    """Render a part of all posts into the cache: every ``of``-th, beginning with the ``number``-th (from 1). It does not depend on what the cache knows."""
    settings, repository, _ = _prepare(shop)
    sources = repository.sources[number - 1 :: of]
    made = mending(lambda: _drafts(shop, settings, sources))
    return Share(number, of, len(sources), len(repository.sources), made.rendered)


def _prepare(shop: Workshop) -> tuple[Config, Repository, Theme]:
    settings = config.load(settings_file(shop.root))
    repository = scan.scan(
        shop.root,
        suffixes=frozenset(read.READERS),
        worktree=shop.options.worktree,
        exclude=settings.exclude,
        outside=(shop.out, shop.cache.folder),
    )
    project = settings.project_url or shop.options.project_url or repository.project_url
    settings = replace(settings, site_url=settings.site_url or shop.options.site_url)
    return (
        settings,
        replace(repository, project_url=project, branch=repository.branch or shop.options.branch),
        pages.theme.load(theme_folders(shop.root, settings), shop.cache, settings.allow_network, settings.language),
    )


def _build(shop: Workshop, settings: Config, repository: Repository, theme: Theme, whole: str) -> Report:
    made, report = _assemble(shop, settings, repository, None if shop.options.preview else thumbnails.remembering(shop.cache))
    artifacts = _wanted(shop, pages.artifacts(made, theme))
    if shop.options.precompress:
        artifacts = precompress.beside(artifacts, shop.cache)
    written = write.write(shop.out, artifacts, whole, shop.disk)
    report = replace(report, written=written)
    if not any(problem.severity is Severity.ERROR for problem in report.problems):
        shop.cache.put(key("report", whole), _dump(report, repository))
    return report


def _assemble(shop: Workshop, settings: Config, repository: Repository, shrink: Shrink | None = None) -> tuple[Site, Report]:
    drafted = _drafts(shop, settings, repository.sources)
    made = [result for result in drafted.results if isinstance(result, Draft)]
    skipped = [result for result in drafted.results if isinstance(result, Skipped)]
    files = copies.of(made, repository, patterns.matching(settings.assets))
    assembled = site.assemble(made, repository, settings, files, shrink, _rosters(shop.root, repository))
    whole = _reviewed(shop, settings, replace(assembled, offline=shop.options.offline, answered=shop.options.preview))
    problems = (
        *repository.problems,
        *(problem for left in skipped for problem in left.problems),
        *(problem for draft in made for problem in _complaints(draft)),
        *files.problems,
        *whole.problems,
        *check.problems(whole),
    )
    return whole, Report(tuple(post.path for post in whole.posts), tuple(skipped), problems, repository.prefix, drafted.rendered)


def _reviewed(shop: Workshop, settings: Config, whole: Site) -> Site:
    """The site with what a merge request changes, if there is one; search engines are to leave it alone then."""
    since, limit = shop.options.review, settings.max_post_mb * 1_000_000
    found = review.since(shop.root, since, whole.posts, lambda source: _order(shop, source, settings).options, limit) if since else None
    return replace(whole, reviewed=found, robots=whole.robots and not since)


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
    options = read.Options(included, shop.options.drafts, shop.options.audience, settings.dialect)
    style = render.Options(
        settings.stderr, "original" if shop.options.preview else settings.pictures, settings.max_html_mb, settings.language
    )
    return drafts.Order(shop.root, source, options, style, settings.max_post_mb * 1_000_000)


def settings_file(root: Path) -> bytes | None:
    """The bytes of knowrepo.yml, None if there is none. Raises ConfigError if it cannot be read."""
    try:
        return (root / config.FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {config.FILE}: {error.strerror}", hint="it has to be a file that you may read") from error


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


def theme_folders(root: Path, settings: Config) -> tuple[Path, ...]:
    """The folders of the theme, the most particular first. Raises ThemeError for a link."""
    own = root / "theme"
    named = () if settings.theme == "base" else (root / settings.theme,)
    for folder in (own, *named):
        if folder.is_symlink():
            raise ThemeError(
                f"the theme folder {folder.name} is a link", hint="put the folder itself in its place: links may lead out of the repository"
            )
    return (*((own,) if own.is_dir() else ()), *named, pages.theme.default_folder())


def _dump(report: Report, repository: Repository) -> bytes:
    """A report as bytes; what is left out is named by its number among the sources, so that the cache knows no private name."""
    numbers = {source.path: number for number, source in enumerate(repository.sources)}
    skipped = [(numbers[left.path], left.reason, left.line, left.hint) for left in report.skipped]
    return orjson.dumps({"published": report.published, "skipped": skipped, "problems": report.problems})


def _remembered(cache: Cache, whole: str, repository: Repository, files: int) -> Report | None:
    data = cache.get(key("report", whole))
    if not data:
        return None
    value = orjson.loads(data)
    return Report(
        tuple(value["published"]),
        tuple(Skipped(repository.sources[number].path, *rest) for number, *rest in value["skipped"]),
        tuple(drafts.problem(found) for found in value["problems"]),
        repository.prefix,
        written=Written(0, files, 0),
    )
