"""Themes: templates to HTML (owner of jinja2), and the files that every page shares.

A theme is a folder with ``templates/`` and ``assets/``; several make a chain in which the first that has a file wins, so that a
repository's own ``theme/`` needs to hold only what differs. Text is always escaped, an unknown name is an error, and there is no ``safe``
filter. Templates run in Jinja's sandbox: previewing a branch must not run the code in it. For the same reason scripts, the frame document and
the libraries of interactive outputs are the package's own, whatever a repository's theme holds.
"""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from knowrepo import chain, shipped
from knowrepo.cache import Cache, key
from knowrepo.chain import Chain
from knowrepo.errors import ThemeError
from knowrepo.model import Artifact, Site
from knowrepo.pages import colours, libraries, texts
from knowrepo.pages.colours import Colours
from knowrepo.pages.compiled import Compiled
from knowrepo.pages.libraries import Libraries
from knowrepo.pages.texts import Texts

TEMPLATES = "templates/"
ASSETS = "assets/"
STYLE = "base.css"
SCRIPT = "app.js"
FEED_SCRIPT = "feed.js"
SCHEME_SCRIPT = "scheme.js"
DIFF_SCRIPT = "diff.js"
DIFF_STYLE = "diff.css"
"""The style sheet of diffs, which no other page links."""
SEARCH_SCRIPT = "search.js"
SEARCH_PAGE_SCRIPT = "search-page.js"
SEARCH_TEXTS = "search-texts.json"
"""The words of the search, which it fetches: most pages are read without it."""
FRAME = "frame.html"
ICON = "icon.svg"
POLICY = "knowrepo"
"""The Trusted Types policy by which ``app.js`` loads the search."""

_BROKEN = (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
_SCRIPTS = (SCHEME_SCRIPT, SCRIPT, FEED_SCRIPT, DIFF_SCRIPT, SEARCH_SCRIPT, SEARCH_PAGE_SCRIPT)
_BITMAP = re.compile(r"assets/icon-[0-9]+\.png")
_PICTURES = b"img-src data: blob:"
_CSS_URL = re.compile(r"url\(\s*([\"']?)([\w.-]+)\1\s*\)")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a short cut for views, which hold nothing but plain values: it halves the sandbox's cost."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if hasattr(type(obj), "__dataclass_fields__"):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


@dataclass(frozen=True, slots=True)
class Program:
    """A script of the package: where it is published, the hash by which a page lets it run, and its text as UTF-8."""

    path: str
    integrity: str
    source: bytes


@dataclass(frozen=True, slots=True)
class Theme:
    """A chain of theme folders, read.

    ``assets`` maps the name of a shared file (``base.css``) to the path it is published at (``assets/base-3f2a….css``); ``styles`` are the
    names of the style sheets in the order in which a page links them. ``scripts`` are the package's own by name. ``frame`` is the document
    in which interactive outputs are drawn, ``hosts`` are those from which it may load pictures, ``libraries`` what outputs may need. ``stemmers`` are scripts
    of the search for languages other than English. ``texts`` are the words of the interface, ``colours`` what the style sheets call them. ``fingerprint``
    tells whether anything of all this has changed.
    """

    assets: Mapping[str, str]
    styles: tuple[str, ...]
    artifacts: tuple[Artifact, ...]
    scripts: Mapping[str, Program]
    frame: Artifact
    hosts: tuple[str, ...]
    libraries: Libraries
    stemmers: Mapping[str, Program]
    texts: Texts
    colours: Colours
    fingerprint: str
    _environment: jinja2.Environment = field(repr=False)
    _cache: Cache | None = field(repr=False)

    def page(self, path: str, template: str, about: object, views: Callable[[], Mapping[str, object]]) -> Artifact:
        """A page at ``path``. ``about`` is all that its views are made from: where that is as it was in an earlier build, so is the page."""
        return self.file(path, (path, template, about), lambda: self.render(template, **views()))

    def file(self, path: str, about: object, make: Callable[[], bytes]) -> Artifact:
        """A file at ``path``, made unless an earlier build made one about the same."""
        return self.drawn(path, ("page", self.fingerprint, about), make)

    def drawn(self, path: str, about: object, make: Callable[[], bytes]) -> Artifact:
        """A file that nothing of the theme is in but what ``about`` says."""
        return Artifact(path, self._cache.remember((about,), make) if self._cache else make())

    def show(self, path: str, template: str, **views: object) -> Artifact:
        """A page whose views cost nothing to make: they are what it is about."""
        return self.page(path, template, views, lambda: views)

    def render(self, template: str, **views: object) -> bytes:
        """A page, as UTF-8. Raises ThemeError that names the template and the line."""
        try:
            return self._environment.get_template(template).render(views).encode("utf-8")
        except _BROKEN as error:
            _explain(template, error)


def policy(scripts: tuple[str, ...] = (), *, frames: bool = False, loading: bool = False) -> str:
    """The Content-Security-Policy of a page.

    ``scripts`` are the hashes (``sha256-…``) of the scripts that may run, ``frames`` whether it has any. Scripts of ours name one more by way of ``POLICY``,
    which must have its hash here as well, but on a page whose scripts are ``loading`` others (the index of an offline site).
    """
    sources = " ".join(f"'{script}'" for script in scripts) or "'none'"
    sources += " 'strict-dynamic'" if loading else ""
    inner = "'self'" if frames else "'none'"
    trusted = POLICY if scripts else "'none'"
    return (
        f"default-src 'none'; script-src {sources}; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"font-src 'self'; media-src 'self'; manifest-src 'self'; frame-src {inner}; base-uri 'none'; form-action 'none'; "
        f"require-trusted-types-for 'script'; trusted-types {trusted}"
    )


def load(themes: Chain, cache: Cache | None = None, hosts: tuple[str, ...] = (), language: str = "en", secret: bytes = b"") -> Theme:
    """The theme that a chain of folders makes.

    ``cache`` is where it remembers pages, and compiled templates if there is a ``secret`` (see ``compiled``); ``hosts`` are those from which interactive
    outputs may load pictures, ``language`` that of the interface. Raises ThemeError for a file that cannot be used.
    """
    files = _of_one_icon(_first(themes)) | _own(hosts)
    words = texts.load(_texts(themes), language)
    shared = {name.removeprefix(ASSETS): data for name, (_, data) in files.items() if name.startswith(ASSETS)}
    published = _published(shared | {SEARCH_TEXTS: words.script(texts.SEARCH).encode()})
    styles = sorted((name for name in published if name.endswith(".css") and name != DIFF_STYLE), key=lambda name: (name != STYLE, name))
    vendor = shipped.themes() / "vendor"
    index = (vendor / libraries.INDEX).read_bytes()
    languages = {
        file.stem: _program(_named(f"stem-{file.name}", data := file.read_bytes()).path, data)
        for file in sorted((shipped.themes() / "stemmers").glob("*.js"))
    }
    return Theme(
        assets=MappingProxyType({name: artifact.path for name, artifact in published.items()}),
        styles=tuple(styles),
        artifacts=tuple(published.values()),
        scripts=MappingProxyType({name: _program(published[name].path, files[ASSETS + name][1]) for name in _SCRIPTS}),
        frame=_named(FRAME, files[FRAME][1]),
        hosts=hosts,
        libraries=libraries.read(vendor, index),
        stemmers=MappingProxyType(languages),
        texts=words,
        colours=colours.read(files[ASSETS + name][1] for name in styles),
        fingerprint=key("theme", themes.fingerprint, hosts, language),
        _cache=cache,
        _environment=_environment(
            {name.removeprefix(TEMPLATES): file for name, file in files.items() if name.startswith(TEMPLATES)},
            words,
            Compiled(cache, secret) if cache and secret else None,
        ),
    )


def _first(themes: Chain) -> dict[str, tuple[Path, bytes]]:
    """Every file by its name, from the first folder that has it."""
    return {name: file for files in reversed(themes.folders) for name, file in files.items()}


def _of_one_icon(files: Mapping[str, tuple[Path, bytes]]) -> dict[str, tuple[Path, bytes]]:
    """Without the bitmaps of the icon that lie in another folder than the drawing: they would show another icon."""
    icon = files.get(ASSETS + ICON)
    return {name: file for name, file in files.items() if not icon or not _BITMAP.fullmatch(name) or file[0].parent == icon[0].parent}


def _texts(themes: Chain) -> dict[str, list[tuple[Path, bytes]]]:
    """The catalogues by name, the most particular first: unlike other files they add to each other."""
    found: defaultdict[str, list[tuple[Path, bytes]]] = defaultdict(list)
    for files in themes.folders:
        for name, file in files.items():
            if name.startswith(texts.FOLDER):
                found[name].append(file)
    return found


def _own(hosts: tuple[str, ...]) -> dict[str, tuple[Path, bytes]]:
    """The files that no theme may replace; the frame document lets pictures be loaded from these hosts."""
    names = (*(ASSETS + script for script in _SCRIPTS), FRAME)
    own = {name: ((path := chain.base() / name), path.read_bytes()) for name in names}
    sources = b"".join(f" https://{host}".encode() for host in hosts)
    path, frame = own[FRAME]
    return own | {FRAME: (path, frame.replace(_PICTURES, _PICTURES + sources, 1))}


def _published(files: Mapping[str, bytes]) -> dict[str, Artifact]:
    """The shared files under names that change with their content; style sheets follow the new names of what they refer to."""
    published = {name: _named(name, data) for name, data in sorted(files.items()) if not name.endswith(".css")}

    def renamed(found: re.Match[str]) -> str:
        target = published.get(found[2])
        return f'url("{target.path.removeprefix(ASSETS)}")' if target else found[0]

    for name, data in sorted(files.items()):
        if name.endswith(".css"):
            published[name] = _named(name, _CSS_URL.sub(renamed, data.decode("utf-8", "replace")).encode())
    return published


def stemmers(site: Site, theme: Theme) -> tuple[Program, ...]:
    """What the search needs for the languages of the posts."""
    return tuple(theme.stemmers[language] for language in site.languages if language in theme.stemmers)


def _program(path: str, source: bytes) -> Program:
    return Program(path, "sha256-" + base64.b64encode(hashlib.sha256(source).digest()).decode(), source)


def _named(name: str, data: bytes) -> Artifact:
    stem, dot, suffix = name.replace("/", "-").rpartition(".")
    digest = hashlib.sha256(data).hexdigest()[:12]
    return Artifact(f"{ASSETS}{stem}-{digest}{dot}{suffix}" if dot else f"{ASSETS}{suffix}-{digest}", data)


def _environment(templates: Mapping[str, tuple[Path, bytes]], words: Texts, compiled: Compiled | None) -> jinja2.Environment:
    def source(name: str) -> tuple[str, str, None]:
        if name not in templates:
            raise jinja2.TemplateNotFound(name)
        path, data = templates[name]
        return data.decode("utf-8"), str(path), None

    environment = _Sandbox(
        loader=jinja2.FunctionLoader(source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    del environment.filters["safe"]
    environment.globals["policy"] = Markup(policy())  # noqa: S704 - a constant without a double quote
    environment.globals |= {"t": words, "words": words.script(texts.SCRIPT)}
    return environment


def _explain(template: str, error: Exception) -> NoReturn:
    """Jinja rewrites tracebacks so that a frame of a template names its file and line: the innermost such frame is the place."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        place = f"{error.filename or error.name or template}:{error.lineno}"
    elif isinstance(error, jinja2.TemplateNotFound) and str(error.name) == template:
        raise ThemeError(f"the theme has no template {template}", hint=f"add it to {TEMPLATES}") from error
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.endswith((".py", ">"))]
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template
    raise ThemeError(f"{place}: {_words(error)}", hint="mend the template, or delete it to use the base theme's") from error


def _words(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template {error.name}"
    return str(getattr(error, "message", None) or error)
