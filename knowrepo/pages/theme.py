"""Themes: templates to HTML (owner of jinja2), and the files that every page shares.

A theme is a folder with ``templates/`` and ``assets/``; several make a chain in which the first that has a file wins, so that a
repository's own ``theme/`` needs to hold only what differs. Text is always escaped, an unknown name is an error, and there is no ``safe``
filter. Templates run in Jinja's sandbox: previewing a branch must not run the code in it.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

import knowrepo
from knowrepo.cache import Cache
from knowrepo.errors import ThemeError
from knowrepo.model import Artifact, Site

TEMPLATES = "templates/"
ASSETS = "assets/"
STYLE = "base.css"

_BROKEN = (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
_CSS_URL = re.compile(r"url\(\s*([\"']?)([\w.-]+)\1\s*\)")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a short cut for views, which hold nothing but plain values: it halves the sandbox's cost."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if hasattr(type(obj), "__dataclass_fields__"):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


@dataclass(frozen=True, slots=True)
class Theme:
    """A chain of theme folders, read.

    ``assets`` maps the name of a shared file (``base.css``) to the path it is published at (``assets/base-3f2a….css``); ``styles`` are the
    names of the style sheets in the order in which a page links them; ``fingerprint`` tells whether anything in the theme has changed.
    """

    assets: Mapping[str, str]
    styles: tuple[str, ...]
    artifacts: tuple[Artifact, ...]
    fingerprint: str
    _environment: jinja2.Environment = field(repr=False)
    _cache: Cache | None = field(repr=False)

    def page(self, path: str, template: str, about: object, views: Callable[[], Mapping[str, object]]) -> Artifact:
        """A page at ``path``. ``about`` is all that its views are made from: where that is as it was in an earlier build, so is the page."""
        return self.file(path, (template, about), lambda: self.render(template, **views()))

    def file(self, path: str, about: object, make: Callable[[], bytes]) -> Artifact:
        """A file at ``path``, made unless an earlier build made one about the same."""
        return Artifact(path, self._cache.remember(("page", self.fingerprint, about), make) if self._cache else make())

    def show(self, path: str, template: str, **views: object) -> Artifact:
        """A page whose views cost nothing to make: they are what it is about."""
        return self.page(path, template, views, lambda: views)

    def render(self, template: str, **views: object) -> bytes:
        """A page, as UTF-8. Raises ThemeError that names the template and the line."""
        try:
            return self._environment.get_template(template).render(views).encode("utf-8")
        except _BROKEN as error:
            _explain(template, error)


def policy(scripts: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of every page; ``scripts`` are the hashes (``sha256-…``) of the scripts that may run."""
    sources = " ".join(f"'{script}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {sources}; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def default_folder() -> Path:
    """The base theme: inside the package when installed from a wheel, beside it in a working copy."""
    package = Path(knowrepo.__file__).parent
    inside = package / "themes" / "base"
    return inside if inside.is_dir() else package.parent / "themes" / "base"


def load(folders: tuple[Path, ...], cache: Cache | None = None) -> Theme:
    """The theme of a chain of folders, the most particular first; ``cache`` is where it remembers pages. Raises ThemeError for a folder that is not there."""
    files = _files(folders)
    published = _published({name.removeprefix(ASSETS): data for name, (_, data) in files.items() if name.startswith(ASSETS)})
    styles = sorted((name for name in published if name.endswith(".css")), key=lambda name: (name != STYLE, name))
    return Theme(
        assets=MappingProxyType({name: artifact.path for name, artifact in published.items()}),
        styles=tuple(styles),
        artifacts=tuple(published.values()),
        fingerprint=hashlib.sha256(
            b"".join(f"{name}\0{len(data)}\0".encode() + data for name, (_, data) in sorted(files.items()))
        ).hexdigest(),
        _cache=cache,
        _environment=_environment({name.removeprefix(TEMPLATES): file for name, file in files.items() if name.startswith(TEMPLATES)}),
    )


def assets(_site: Site, theme: Theme) -> Iterator[Artifact]:
    """The theme's shared files."""
    yield from theme.artifacts


def _files(folders: tuple[Path, ...]) -> dict[str, tuple[Path, bytes]]:
    """Every regular file of the chain by its name inside the theme; links are not followed, since they may lead out of the repository."""
    found: dict[str, tuple[Path, bytes]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ThemeError(f"the theme folder {folder} does not exist", hint="correct `theme` in knowrepo.yml, or make the folder")
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            hidden = any(part.startswith(".") for part in name.split("/"))
            if not hidden and not path.is_symlink() and path.is_file():
                found.setdefault(name, (path, path.read_bytes()))
    return found


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


def _named(name: str, data: bytes) -> Artifact:
    stem, dot, suffix = name.replace("/", "-").rpartition(".")
    digest = hashlib.sha256(data).hexdigest()[:12]
    return Artifact(f"{ASSETS}{stem}-{digest}{dot}{suffix}" if dot else f"{ASSETS}{suffix}-{digest}", data)


def _environment(templates: Mapping[str, tuple[Path, bytes]]) -> jinja2.Environment:
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
    )
    del environment.filters["safe"]
    environment.globals["policy"] = Markup(policy())  # noqa: S704 - a constant without a double quote
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
