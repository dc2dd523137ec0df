"""What surrounds every page: the view that ``layout.html`` is given, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import orjson
from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Post, Site
from knowrepo.pages import libraries, social
from knowrepo.pages.social import Preview
from knowrepo.pages.theme import SCHEME_SCRIPT, SCRIPT, SEARCH_PAGE_SCRIPT, SEARCH_SCRIPT, SEARCH_TEXTS, Program, Theme, policy


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; ``url`` is "" where there is nowhere to go. ``count`` is the number of posts behind it, where that is shown."""

    text: str
    url: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A script of a page; only one with this ``integrity`` runs. On an offline site it stands in the page as ``text``."""

    url: str
    integrity: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the interactive outputs of a page need: the link of the frame document, JSON that maps a library to its links, and the hosts of pictures."""

    document: str
    libraries: str
    hosts: str


@dataclass(frozen=True, slots=True)
class Search:
    """The way to the search: ``link`` to its page, and as JSON (``parts``) the links that a page needs to open it: its scripts and their hashes,
    its words, and the site's root.
    """

    link: Link
    parts: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page.

    ``title`` is the page's own, "" on the first page of the feed. ``assets`` maps a name in the theme to its link, ``styles`` are links.
    ``canonical`` is the absolute address or "". ``commit`` stands on the first page alone, so that a commit does not change them all.
    ``atom`` and ``json_feed`` are the feeds that belong to this page. ``policy`` is its Content-Security-Policy, which lets ``scheme`` (before
    the page is drawn), ``scripts`` and that of the ``search`` run and no other; ``outputs`` is None on a page without interactive outputs. ``paper`` is the
    colour of the ground on light and on dark screens; ``preview`` is what is said of the page elsewhere, None where the site's address is unknown;
    ``robots``: search engines may list it.
    """

    title: str
    description: str
    site_title: str
    language: str
    home: str
    navigation: tuple[Link, ...]
    assets: Mapping[str, str]
    styles: tuple[str, ...]
    canonical: str
    atom: str
    json_feed: str
    site_json: str
    statistics: str
    commit: Link | None
    policy: Markup
    scheme: Script
    scripts: tuple[Script, ...]
    search: Search
    outputs: Outputs | None
    manifest: str
    paper: tuple[str, str]
    preview: Preview | None
    robots: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that frames know of the site: where neither this nor what is on a page has changed, its frame need not be made.

    ``places`` are the keys of the names of the pages to which every page leads, with their URLs; ``stemmers`` the languages for which the search has one.
    """

    title: str
    description: str
    language: str
    site_url: str
    offline: bool
    robots: bool
    places: tuple[tuple[str, str], ...]
    stemmers: tuple[str, ...]


def surroundings(site: Site, theme: Theme) -> Surroundings:
    """Those of this site."""
    places = [("posts", urls.HOME, True), ("tags", urls.TAGS, site.tags), ("authors", urls.AUTHORS, site.authors)]
    places += [("folders", urls.FOLDERS, len(site.folders) > 1), ("archive", urls.ARCHIVE, True)]
    return Surroundings(
        text.legal(site.title),
        site.description,
        text.legal(site.language),
        site.site_url,
        site.offline,
        site.robots,
        tuple((name, url) for name, url, shown in places if shown),
        tuple(language for language in site.languages if language in theme.stemmers),
    )


def surround(
    site: Surroundings,
    theme: Theme,
    page: str,
    title: str = "",
    description: str = "",
    *,
    feeds: str = urls.HOME,
    post: Post | None = None,
    script: str = "",
    commit: Link | None = None,
) -> Frame:
    """The frame of a page; ``feeds`` is the page whose feeds it announces, ``post`` the one whose body it shows, ``script`` one that it alone needs."""
    languages = tuple(theme.stemmers[language] for language in site.stemmers)
    scheme, scripts = _script(site, page, theme.scripts[SCHEME_SCRIPT]), _scripts(site, theme, page, post, script)
    outputs = _outputs(theme, page, post)
    searching = tuple(_script(site, page, program) for program in (*languages, theme.scripts[SEARCH_SCRIPT]))
    hashes = tuple(dict.fromkeys(script.integrity for script in (scheme, *scripts, *searching)))
    framed = outputs is not None or (post is not None and libraries.has_documents(post.body))
    assets = {name: urls.relative(page, path) for name, path in theme.assets.items()}
    return Frame(
        title=text.legal(title),
        description=text.legal(description or site.description),
        site_title=site.title,
        language=site.language,
        home=urls.relative(page, urls.HOME),
        navigation=tuple(Link(theme.texts(name), urls.relative(page, url), current=url == page) for name, url in site.places),
        assets=MappingProxyType(assets),
        styles=tuple(assets[name] for name in theme.styles),
        canonical=urls.absolute(site.site_url, page) if site.site_url else "",
        atom=urls.relative(page, urls.beside(feeds, urls.ATOM)),
        json_feed=urls.relative(page, urls.beside(feeds, urls.JSON_FEED)),
        site_json=urls.relative(page, urls.SITE_JSON),
        statistics=urls.relative(page, urls.STATISTICS),
        commit=commit,
        policy=Markup(policy(hashes, frames=framed, loading=site.offline)),  # noqa: S704 - hashes alone
        scheme=scheme,
        scripts=scripts,
        search=_search(site, theme, page, searching),
        outputs=outputs,
        manifest=urls.relative(page, urls.WEB_MANIFEST),
        paper=theme.colours["paper"],
        preview=social.preview(site.site_url, page, post),
        robots=site.robots,
    )


def _scripts(site: Surroundings, theme: Theme, page: str, post: Post | None, own: str) -> tuple[Script, ...]:
    """The scripts of a page in the order in which they run."""
    maths = theme.libraries[libraries.MATHS] if post and post.body.maths else ()
    vendored = (Script(urls.relative(page, file.path), libraries.integrity(file), Markup("")) for file in maths)
    before = [theme.stemmers[language] for language in site.stemmers] if own == SEARCH_PAGE_SCRIPT else []
    programs = (*before, *(theme.scripts[name] for name in (SCRIPT, own) if name))
    return (*vendored, *(_script(site, page, program) for program in programs))


def _search(site: Surroundings, theme: Theme, page: str, scripts: tuple[Script, ...]) -> Search:
    texts = urls.relative(page, theme.assets[SEARCH_TEXTS])
    named = [[script.url, "" if site.offline else script.integrity] for script in scripts]
    parts = {"scripts": named, "texts": texts, "root": urls.climb(page), "offline": site.offline}
    link = Link(theme.texts("search"), urls.relative(page, urls.SEARCH), current=page == urls.SEARCH)
    return Search(link, orjson.dumps(parts).decode())


def _script(site: Surroundings, page: str, program: Program) -> Script:
    """A script of ours. Browsers compare no hash of a file that comes from ``file://``, but they do of one that stands in the page."""
    text = Markup(program.source.decode()) if site.offline else Markup("")  # noqa: S704 - a script of ours, without an end tag
    return Script(urls.relative(page, program.path), program.integrity, text)


def _outputs(theme: Theme, page: str, post: Post | None) -> Outputs | None:
    if not post or not libraries.has_frames(post.body):
        return None
    root, known = urls.climb(page), theme.libraries
    links = {name: [root + file.path for file in known[name]] for name in sorted(known.keys() & frozenset(post.body.libraries))}
    return Outputs(root + theme.frame.path, orjson.dumps(links).decode(), " ".join(theme.hosts))
