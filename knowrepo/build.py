"""The pipeline on one screen: scan → read → render → assemble → pages → write, and a report of what became of every file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from knowrepo import check, config, copies, drafts, git, pages, patterns, read, render, scan, site, write
from knowrepo.cache import Cache, key
from knowrepo.config import Config
from knowrepo.errors import CacheDamaged, ConfigError, OutputError, ThemeError
from knowrepo.model import Draft, Problem, Repository, Severity, Site, Skipped, Source
from knowrepo.pages.theme import Theme
from knowrepo.write import Written

Progress = Callable[[int, int, str], None]
"""Called with (sources done, sources in all, path) while drafts are made."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a build. ``site_url`` and ``project_url`` fill in what knowrepo.yml leaves open."""

    drafts: bool = False
    audience: frozenset[str] = frozenset()
    worktree: bool = False
    site_url: str = ""
    project_url: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every file: the paths of published posts, files left out with the reason, all problems, and what was written.

    ``prefix`` leads from the top of the Git repository to the folder that was built.
    """

    published: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]
    prefix: str = ""
    written: Written = field(default_factory=lambda: Written(0, 0, 0))


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every build of one repository works with. ``out`` is the folder of the site, absolute; the cache may be any folder."""

    root: Path
    out: Path
    cache: Cache
    options: Options = field(default_factory=Options)
    progress: Progress = field(default=lambda _done, _all, _path: None)


def build(shop: Workshop) -> Report:
    """Build the site. Raises KnowrepoError for a mistake in the set-up; mistakes in posts are in the report."""
    write.check(shop.out)
    settings, repository, theme = _prepare(shop)
    whole = key("build", settings, replace(repository, root=""), theme.fingerprint, shop.options)
    old = write.manifest(shop.out)
    if old and old.key == whole and write.whole(shop.out, old):
        report = _remembered(shop.cache, whole, repository, len(old.files))
        if report:
            return report
    damaged: set[str] = set()
    while True:
        try:
            return _build(shop, settings, repository, theme, whole)
        except CacheDamaged as error:  # the damaged file is gone by now, so that it is made again
            if error.file in damaged:
                raise OutputError(f"the damaged cache file {error.file} cannot be removed", hint="delete the cache folder") from error
            damaged.add(error.file)


def examine(shop: Workshop) -> Report:
    """Everything a build would say, without writing a site."""
    _, report = site_of(shop)
    return report


def site_of(shop: Workshop) -> tuple[Site, Report]:
    """The Site and the report, without pages."""
    settings, repository, _ = _prepare(shop)
    return _assemble(shop, settings, repository)


def _prepare(shop: Workshop) -> tuple[Config, Repository, Theme]:
    settings = config.load(_settings_file(shop.root))
    repository = scan.scan(
        shop.root,
        suffixes=frozenset(read.READERS),
        worktree=shop.options.worktree,
        exclude=settings.exclude,
        outside=(shop.out, shop.cache.folder),
    )
    project = settings.project_url or shop.options.project_url or repository.project_url
    settings = replace(settings, site_url=settings.site_url or shop.options.site_url)
    return settings, replace(repository, project_url=project), pages.theme.load(_theme_folders(shop.root, settings), shop.cache)


def _build(shop: Workshop, settings: Config, repository: Repository, theme: Theme, whole: str) -> Report:
    made, report = _assemble(shop, settings, repository)
    written = write.write(shop.out, pages.artifacts(made, theme), whole)
    report = replace(report, written=written)
    if not any(problem.severity is Severity.ERROR for problem in report.problems):
        shop.cache.put(key("report", whole), _dump(report, repository))
    return report


def _assemble(shop: Workshop, settings: Config, repository: Repository) -> tuple[Site, Report]:
    made: list[Draft] = []
    skipped: list[Skipped] = []
    for done, source in enumerate(repository.sources):
        shop.progress(done, len(repository.sources), source.path)
        result = _draft(shop, source, settings)
        (made if isinstance(result, Draft) else skipped).append(result)  # type: ignore[arg-type]
    shop.progress(len(repository.sources), len(repository.sources), "")
    files = copies.of(made, repository, patterns.matching(settings.assets))
    whole = site.assemble(made, repository, settings, files)
    problems = (
        *repository.problems,
        *(problem for left in skipped for problem in left.problems),
        *(problem for draft in made for problem in _complaints(draft)),
        *files.problems,
        *whole.problems,
        *check.problems(whole),
    )
    return whole, Report(tuple(post.path for post in whole.posts), tuple(skipped), problems, repository.prefix)


def _complaints(draft: Draft) -> tuple[Problem, ...]:
    """The problems of a draft; a folder's README.md needs no header, so nothing is said of what it lacks."""
    if not site.is_readme(draft.source.path):
        return draft.body.problems
    return tuple(problem for problem in draft.body.problems if not problem.rule.startswith("header-no-"))


def _draft(shop: Workshop, source: Source, settings: Config) -> Draft | Skipped:
    included = site.is_readme(source.path) or config.under(source.path, settings.include)
    options = read.Options(included, shop.options.drafts, shop.options.audience, settings.dialect)
    style = render.Options(settings.stderr, settings.pictures, settings.max_html_mb)
    limit = settings.max_post_mb * 1_000_000
    name = key("draft", source, options, style, limit)
    found = shop.cache.get(name)
    if found:
        draft = drafts.load(found, source, shop.cache)
        if draft:
            return draft
    made = _make(shop.root, source, options, style, limit)
    if isinstance(made, Draft):
        made = drafts.keep(made, shop.cache)
    if isinstance(made, Draft) or not made.problems:
        shop.cache.put(name, drafts.dump(made))
    return made


def _make(root: Path, source: Source, options: read.Options, style: render.Options, limit: int) -> Draft | Skipped:
    try:
        data = git.read_file(root, source.path, limit)
        companions = {companion.path: git.read_file(root, companion.path, limit) for companion in source.companions}
    except git.Unreadable as error:
        message = f"it cannot be read: {error}"
        return Skipped(source.path, message, problems=(Problem(source.path, message, "unreadable-file"),))
    return drafts.make(source, data, companions, options, style)


def _settings_file(root: Path) -> bytes | None:
    try:
        return (root / config.FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {config.FILE}: {error.strerror}", hint="it has to be a file that you may read") from error


def _theme_folders(root: Path, settings: Config) -> tuple[Path, ...]:
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
        Written(0, files, 0),
    )
