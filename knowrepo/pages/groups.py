"""Tags, authors and folders: an index of each kind, and a page per group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Artifact, Group, Site
from knowrepo.pages import post
from knowrepo.pages.theme import Theme
from knowrepo.pages.views import Frame, Lens, Link, lies_in


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The page of a tag, an author or a folder.

    ``kind`` is ``tags``, ``authors`` or ``folders``, ``title`` says so to people and ``index`` leads to all of them ("" on the page of the root
    folder, which is that index itself). ``readme`` is "" without one; ``anchor`` is the id of its own title if ``name`` repeats it.
    """

    kind: str
    title: str
    name: str
    anchor: str
    index: str
    rows: tuple[Markup, ...]
    readme: Markup
    folders: tuple[Link, ...]
    atom: str
    json_feed: str


@dataclass(frozen=True, slots=True)
class IndexPage:
    """All groups of a kind."""

    kind: str
    title: str
    groups: tuple[Link, ...]


def pages(site: Site, theme: Theme) -> Iterator[Artifact]:
    """The index and the pages of every kind. The index of folders is the page of the root folder."""
    lens = Lens(site, theme)
    kinds = (
        ("tags", lens.texts("tags"), urls.TAGS, site.tags),
        ("authors", lens.texts("authors"), urls.AUTHORS, site.authors),
        ("folders", lens.texts("folders"), urls.FOLDERS, site.folders),
    )
    for kind, title, index, groups in kinds:
        if index not in {group.url for group in groups}:
            yield theme.show(index, "groups.html", frame=lens.frame(index, title), index=_index(lens, kind, title, index, groups))
        for group in groups:
            frame = lens.frame(group.url, text.legal(_name(group, title)), feeds=group.url, post=group.readme)
            cards = tuple(lens.card(group.url, post) for post in group.posts)
            about = (frame, kind, group.readme, cards, _folders(lens, kind, group))
            yield theme.page(group.url, "group.html", about, partial(_views, frame, lens, kind, title, index, group))
            if group.readme:
                yield from post.files(group.readme)


def _index(lens: Lens, kind: str, title: str, index: str, groups: tuple[Group, ...]) -> IndexPage:
    return IndexPage(kind, title, tuple(lens.group(index, group) for group in groups))


def _name(group: Group, title: str) -> str:
    return group.name or (group.readme.meta.title if group.readme else title)


def _folders(lens: Lens, kind: str, group: Group) -> tuple[Link, ...]:
    return tuple(lens.group(group.url, folder) for folder in lens.site.folders if kind == "folders" and lies_in(folder, group))


def _views(frame: Frame, lens: Lens, kind: str, title: str, index: str, group: Group) -> Mapping[str, object]:
    return {"frame": frame, "group": _view(lens, kind, title, index, group)}


def _view(lens: Lens, kind: str, title: str, index: str, group: Group) -> GroupPage:
    page = group.url
    name = _name(group, title)
    readme, anchor = post.body(group.readme, name, lens.texts) if group.readme else (Markup(""), "")
    return GroupPage(
        kind=kind,
        title=title,
        name=text.legal(name),
        anchor=anchor,
        index=urls.relative(page, index) if page != index else "",
        rows=tuple(lens.row(page, member) for member in group.posts),
        readme=readme,
        folders=_folders(lens, kind, group),
        atom=urls.relative(page, urls.beside(page, urls.ATOM)),
        json_feed=urls.relative(page, urls.beside(page, urls.JSON_FEED)),
    )
