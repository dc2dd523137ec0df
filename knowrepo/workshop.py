"""Where a build works, what it starts from, what it says in the end; and that there is nothing to do if nothing has changed.

Whether anything has is seen from Git's blob ids, the settings, the theme's bytes and the manifest of the site. No post is read for it, and nothing is loaded
that makes posts or pages: importing that takes longer than all the rest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from knowrepo import chain, config, git, precompress, scan, write
from knowrepo.cache import Cache, key
from knowrepo.chain import Chain
from knowrepo.config import Config
from knowrepo.disk import Disk
from knowrepo.errors import ConfigError, SourceChanged
from knowrepo.marker import FILE
from knowrepo.model import Audience, Problem, Repository, Severity, Skipped
from knowrepo.write import Manifest, Written

if TYPE_CHECKING:
    from knowrepo.making import Engine, Progress

MOST_SAID = 50_000_000
"""So many bytes of discussion.json are read."""
_TURNS = 5
"""How often a build starts over because somebody saves files meanwhile."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a build. ``site_url`` and ``project_url`` fill in what knowrepo.yml leaves open, ``branch`` what Git does.

    In a ``preview`` pictures are shown as they are, on cards too: encoding them would take most of the time. Nor has it an index for the
    browser: its server answers the search. An ``offline`` site runs its scripts from ``file://`` too. With ``precompress`` compressed files lie
    beside the texts. With ``review``, the full id of a commit, what has changed since then stands first; ``merge_request`` is the
    address of the one that does it, or "". ``site`` is the name of the audience, in the settings, that the site is for: "" is
    everybody.
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
    site: str = ""
    merge_request: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every file: the paths of published posts, files left out with the reason, all problems, and what was written.

    ``prefix`` leads from the top of the Git repository to the folder that was built. ``rendered`` counts the posts that the cache did not know.
    ``audiences`` have sites of their own.
    """

    published: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]
    prefix: str = ""
    rendered: int = 0
    written: Written = field(default_factory=lambda: Written(0, 0, 0))
    audiences: tuple[Audience, ...] = ()


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every build of one repository works with.

    ``out`` is the folder of the site, absolute; the cache may be any folder. Posts are made by ``jobs`` processes at a time; 0: as many as there
    are processors; or by the workers of an ``engine`` that may be anywhere. What is made does not depend on it. A build ends early once it is
    ``superseded``. What it has to wait for it will ``say``. ``secret`` is what only this user knows: without it nothing is kept that is code.
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
    say: Callable[[str], None] = field(default=lambda _line: None)
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """All that a site is made from; ``key`` is the hash of it, of the options, and of the code that makes the site.

    ``said`` are the bytes of discussion.json, None if there is none.
    """

    settings: Config
    repository: Repository
    theme: Chain
    said: bytes | None
    key: str


def given(shop: Workshop) -> Given:
    """What there is to build from now. Raises KnowrepoError for a mistake in the set-up."""
    options = shop.options
    settings = config.facing(config.load(settings_file(shop.root)), options.site)
    settings = replace(settings, site_url=settings.site_url or options.site_url)
    theme = chain.read(*chain.of(shop.root, settings.theme))
    if not options.site:
        _apart(shop, settings.audiences)
    outside = (shop.out, shop.cache.folder, *(shop.root / audience.out for audience in settings.audiences))
    found = scan.scan(shop.root, worktree=options.worktree, exclude=settings.exclude, outside=outside)
    repository = replace(
        found,
        project_url=settings.project_url or options.project_url or found.project_url,
        branch=found.branch or options.branch,
    )
    encoders = precompress.encoders() if options.precompress else ()
    said = spoken(shop.root)
    made_of = (settings, replace(repository, root=""), theme.fingerprint, options, encoders, hashlib.sha256(said or b"").hexdigest())
    return Given(settings, repository, theme, said, key("build", *made_of))


def others(shop: Workshop, report: Report) -> tuple[Workshop, ...]:
    """The workshops for the sites of the audiences that the settings name, once that for everybody is made; all have the same cache."""
    return tuple(
        replace(
            shop,
            out=shop.root / each.out,
            options=replace(
                shop.options,
                site=each.name,
                site_url="",
                audience=frozenset(each.groups),
                drafts=each.drafts or shop.options.drafts,
            ),
        )
        for each in report.audiences
    )


def _apart(shop: Workshop, audiences: tuple[Audience, ...]) -> None:
    """Raises ConfigError if the folder of one site lies in that of another: what is in it would be published there too."""
    folders = [("that for everybody", shop.out), *((f"that for {each.name}", shop.root / each.out) for each in audiences)]
    for (one, inner), (other, outer) in permutations(folders, 2):
        if inner.resolve().is_relative_to(outer.resolve()):
            message = f"the folder of one site, {one}, lies in that of another, {other}: {inner}"
            raise ConfigError(
                message, hint=f"correct `out` of the audiences in {config.FILE}, or --out: what is in a folder is published with it"
            )


def up_to_date(shop: Workshop, make: Callable[[Workshop, Given], Report]) -> Report:
    """The report on a site that is up to date; ``make`` makes it so where something has changed. Raises what ``given`` and ``make`` raise."""
    for _ in range(_TURNS):
        there = write.check(shop.out)
        try:
            now = given(shop)
            return _unchanged(shop, now, there) or make(shop, now)
        except SourceChanged as error:  # what has been made lies in the cache, so that another turn is a short one
            changed = error
    raise changed


def remember(shop: Workshop, made_from: Given, report: Report) -> None:
    """Keep a report without errors for a build that finds nothing to do. What is left out is named by its number: the cache knows no private name."""
    if not any(problem.severity is Severity.ERROR for problem in report.problems):
        numbers = {source.path: number for number, source in enumerate(made_from.repository.sources)}
        skipped = [(numbers[left.path], left.reason, left.line, left.hint) for left in report.skipped]
        value = orjson.dumps({"published": report.published, "skipped": skipped, "problems": report.problems})
        shop.cache.put(key("report", made_from.key), value)


def _unchanged(shop: Workshop, now: Given, there: Manifest | None) -> Report | None:
    """The report on the site that lies there, if it was made from the same."""
    if not there or there.key != now.key or not write.whole(shop.out, there):
        return None
    data = shop.cache.get(key("report", now.key))
    if not data:
        return None
    value = orjson.loads(data)
    return Report(
        tuple(value["published"]),
        tuple(Skipped(now.repository.sources[number].path, *rest) for number, *rest in value["skipped"]),
        tuple(Problem.of(found) for found in value["problems"]),
        now.repository.prefix,
        written=Written(0, len(there.files), 0),
        audiences=now.settings.audiences,
    )


def spoken(root: Path) -> bytes | None:
    """The bytes of discussion.json, which Git need not know; None if there is none. Raises ConfigError if it cannot be read."""
    if not os.path.lexists(root / FILE):
        return None
    try:
        return git.read_file(root, FILE, MOST_SAID)
    except git.Unreadable as error:
        raise ConfigError(f"cannot read {FILE}: {error}", hint="run `knowrepo discuss sync` again, or delete the file") from error


def settings_file(root: Path) -> bytes | None:
    """The bytes of knowrepo.yml, None if there is none. Raises ConfigError if it cannot be read."""
    try:
        return (root / config.FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {config.FILE}: {error.strerror}", hint="it has to be a file that you may read") from error
