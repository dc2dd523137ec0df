"""Folders: each with its own README, the folders in it, and its posts. The root's page is the index of all."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Artifact, Group
from knowrepo.pages import gathering, post
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens, summary

ABOUT = 120


@dataclass(frozen=True, slots=True)
class Tile:
    """A folder inside a folder; its count is that of all posts below it, ``about`` begins as its README does."""

    link: Link
    about: str


@dataclass(frozen=True, slots=True)
class FolderPage:
    """What the page of a folder says besides its posts.

    ``above`` leads to the folders that it lies in, the outermost first. ``readme`` is "" without one; ``anchor`` is the id of its own title if the page's
    title repeats it.
    """

    above: tuple[Link, ...]
    readme: Markup
    anchor: str
    folders: tuple[Tile, ...]


def pages(lens: Lens) -> Iterator[Artifact]:
    """A page for every folder, with the files that its README names."""
    folders = {folder.name: folder for folder in lens.site.folders}
    inside: dict[str, list[Group]] = {}
    for name, folder in folders.items():
        if name:
            inside.setdefault(posixpath.dirname(name), []).append(folder)
    for name, folder in folders.items():
        cards = tuple(lens.card(folder.url, member) for member in folder.posts)
        above = _above(lens, folder, folders)
        tiles = tuple(_tile(lens, folder, below) for below in inside.get(name, ()))
        about = (lens.surroundings, name, folder.readme, cards, above, tiles)
        yield lens.theme.page(folder.url, "folder.html", about, partial(_views, lens, folder, above, tiles))
        if folder.readme:
            yield from post.files(folder.readme)


def _views(lens: Lens, folder: Group, above: tuple[Link, ...], tiles: tuple[Tile, ...]) -> Mapping[str, object]:
    name = _name(lens, folder)
    frame = lens.frame(folder.url, name, feeds=folder.url, post=folder.readme)
    readme, anchor = post.body(folder.readme, name, lens.texts) if folder.readme else (Markup(""), "")
    group = gathering.view(lens, lens.texts("folders"), name, urls.FOLDERS, folder)
    return {"frame": frame, "group": group, "folder": FolderPage(above, readme, anchor, tiles)}


def _name(lens: Lens, folder: Group) -> str:
    """The title of the README, if it has one of its own, else the folder's name."""
    titled = folder.readme and text.same_key(folder.readme.meta.title) != "readme"
    return folder.readme.meta.title if folder.readme and titled else posixpath.basename(folder.name) or lens.texts("folders")


def _above(lens: Lens, folder: Group, folders: Mapping[str, Group]) -> tuple[Link, ...]:
    parts = folder.name.split("/")[:-1]
    names = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return tuple(_link(lens, folder, folders[name]) for name in names if name in folders)


def _tile(lens: Lens, folder: Group, below: Group) -> Tile:
    return Tile(_link(lens, folder, below), summary(below.readme, ABOUT) if below.readme else "")


def _link(lens: Lens, folder: Group, other: Group) -> Link:
    """A link to another folder, under its name without those above it."""
    return replace(lens.group(folder.url, other), text=text.legal(posixpath.basename(other.name)))
