"""Diffs as pages of their own: one file that holds all it needs, or a folder with an index."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

import orjson
from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.cache import load
from knowrepo.comparison import Compared
from knowrepo.diff import views
from knowrepo.diff.blocks import Diff, State
from knowrepo.diff.views import Look
from knowrepo.model import Artifact, Asset
from knowrepo.pages.frame import Outputs
from knowrepo.pages.theme import DIFF_SCRIPT, DIFF_STYLE, SCHEME_SCRIPT, SCRIPT, STYLE, Program, Theme, policy

_TYPES = MappingProxyType({"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif"})
_NO_BODY = Markup("")
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Versions:
    """How the two versions are called, and the address of the merge request that leads from one to the other, or ""; ``prefix`` is as in ``Look``."""

    old: str
    new: str
    merge_request: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many blocks are in a state, in words."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """A diff: what has become of how many blocks, what is hidden ("" for nothing), why it was compared as text, and its blocks."""

    tally: tuple[Count, ...]
    noise: str
    problems: tuple[str, ...]
    body: Markup


@dataclass(frozen=True, slots=True)
class Page:
    """What surrounds a diff. ``styles`` and ``scripts`` stand in the page; ``scheme`` runs before it is drawn; ``home`` leads to the index, or is ""."""

    title: str
    about: tuple[str, ...]
    language: str
    policy: Markup
    scheme: Markup
    styles: tuple[Markup, ...]
    scripts: tuple[Markup, ...]
    home: str
    outputs: Outputs | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    text: str
    url: str
    view: View


def view(diff: Diff, body: Markup = _NO_BODY) -> View:
    """What a template needs of a diff."""
    counts = ((state, count) for state, count in diff.counts.items() if count and state is not State.UNCHANGED)
    tally = tuple(Count(state.value, f"{count} {views.STATES[state]}") for state, count in counts)
    noise = ", ".join(f"{count} × {name.value}" for name, count in diff.noise.items())
    return View(tally, noise, tuple(text.legal(str(problem)) for problem in diff.problems[:1]), body)


def alone(theme: Theme, compared: Compared, versions: Versions) -> bytes:
    """The diff of one file as one file, which holds pictures, styles and scripts. Interactive outputs stand still in it."""
    shown = views.page(compared.diff, compared.hunks, Look(versions.merge_request, versions.prefix), inside)
    page = _page(theme, text.legal(compared.diff.path), _about(theme, compared.diff, versions))
    return theme.render("diff.html", page=page, view=view(compared.diff, shown.html), entries=())


def folder(theme: Theme, every: Sequence[Compared], versions: Versions) -> Iterator[Artifact]:
    """An index and a page for each file, with what they need beside them."""
    entries: list[Entry] = []
    written: set[str] = set()
    for artifact in _pages(theme, every, versions, entries):
        if artifact.path not in written:
            written.add(artifact.path)
            yield artifact
    about = (theme.texts("diff-files", count=len(entries)), *_names(theme, versions))
    page = _page(theme, f"{versions.old} → {versions.new}", about)
    yield Artifact(urls.HOME, theme.render("diff.html", page=page, view=None, entries=tuple(entries)))


def _pages(theme: Theme, every: Sequence[Compared], versions: Versions, entries: list[Entry]) -> Iterator[Artifact]:
    """The page of each file, and what it needs; it is added to the ``entries`` of the index."""
    for compared in every:
        path = _url(compared.diff.path, entries)
        shown = views.page(compared.diff, compared.hunks, Look(versions.merge_request, versions.prefix), _beside)
        framed = any(asset.name.endswith(".json") for asset in shown.assets)
        outputs = _outputs(theme, path, shown.libraries) if framed else None
        page = _page(theme, text.legal(compared.diff.path), _about(theme, compared.diff, versions), urls.relative(path, urls.HOME), outputs)
        yield Artifact(path, theme.render("diff.html", page=page, view=view(compared.diff, shown.html), entries=()))
        yield from (Artifact(urls.beside(path, _beside(asset)), asset.content) for asset in shown.assets)
        if framed:
            yield theme.frame
            yield from (file for name in shown.libraries for file in theme.libraries.get(name, ()))
        entries.append(Entry(text.legal(compared.diff.path), urls.relative(urls.HOME, path), view(compared.diff)))


def _url(path: str, others: Sequence[Entry]) -> str:
    """The page of a file; no other file has it."""
    wanted = "/".join(text.slug(part) for part in path.split("/") if part)
    taken = {entry.url for entry in others}
    return f"{wanted}/index.html" if f"{wanted}/index.html" not in taken else f"{wanted}-{text.short_hash(path)}/index.html"


def _about(theme: Theme, diff: Diff, versions: Versions) -> tuple[str, ...]:
    renamed = diff.old.path != diff.new.path and diff.old.length and diff.new.length
    before = (theme.texts("diff-before", path=text.legal(diff.old.path)),) if renamed else ()
    return (*_names(theme, versions), *before)


def _names(theme: Theme, versions: Versions) -> tuple[str, ...]:
    return theme.texts("diff-from", name=text.legal(versions.old)), theme.texts("diff-to", name=text.legal(versions.new))


def _page(theme: Theme, title: str, about: tuple[str, ...], home: str = "", outputs: Outputs | None = None) -> Page:
    scheme, *scripts = (theme.scripts[name] for name in (SCHEME_SCRIPT, SCRIPT, DIFF_SCRIPT))
    hashes = tuple(script.integrity for script in (scheme, *scripts))
    published = {artifact.path: artifact.content for artifact in theme.artifacts}
    styles = tuple(_style(load(published[theme.assets[name]])) for name in (STYLE, DIFF_STYLE))
    return Page(
        title,
        about,
        theme.texts.language,
        Markup(policy(hashes, frames=outputs is not None)),  # noqa: S704 - hashes alone
        _source(scheme),
        styles,
        tuple(map(_source, scripts)),
        home,
        outputs,
    )


def _source(script: Program) -> Markup:
    return Markup(script.source.decode())  # noqa: S704 - a script of ours, without an end tag


def _style(data: bytes) -> Markup:
    """A style sheet in the page, without the fonts that lie beside it on a site."""
    return Markup(_FONTS.sub("", data.decode("utf-8", "replace")).replace("</", "<\\/"))  # noqa: S704 - it cannot end its element


def _outputs(theme: Theme, page: str, names: Sequence[str]) -> Outputs:
    root = urls.climb(page)
    links = {name: [root + file.path for file in theme.libraries[name]] for name in names if name in theme.libraries}
    return Outputs(root + theme.frame.path, orjson.dumps(links).decode(), " ".join(theme.hosts))


def inside(asset: Asset) -> str:
    """An asset as a ``data:`` URL; what is no picture stays away."""
    kind = _TYPES.get(PurePosixPath(asset.name).suffix[1:])
    return f"data:{kind};base64,{base64.b64encode(load(asset.content)).decode()}" if kind else ""


def _beside(asset: Asset) -> str:
    """The name of an asset beside the page: that of its content, so that both versions of a file may have the same."""
    return hashlib.sha256(load(asset.content)).hexdigest()[:20] + PurePosixPath(asset.name).suffix
