"""Drafts to the Site: URLs, order, tags, authors, folders, and where every link leads."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from knowrepo import links, text, urls
from knowrepo.config import Config
from knowrepo.model import Artifact, Draft, Found, Group, Picture, Post, Problem, Repository, Severity, Site, Stored, Target

_ONE = {"tags": "tag", "authors": "author"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SMALL = 120
"""A picture below this, in pixels, is a badge or a logo and makes no thumbnail unless the header names it."""


def assemble(
    drafts: Iterable[Draft], repository: Repository, config: Config, pictures: Mapping[str, Found], sources: Mapping[str, Stored]
) -> Site:
    """The whole site.

    ``pictures`` are the repository's pictures that posts refer to (see ``links.pictures``); ``sources`` are the posts' own files. The order of
    ``drafts`` does not matter.
    """
    ordered = sorted(drafts, key=lambda draft: draft.source.path)
    places, problems = _places(ordered)
    book = links.Book(
        posts=MappingProxyType({draft.source.path: (places[draft.source.path], frozenset(draft.body.anchors)) for draft in ordered}),
        files=repository.files,
        folders=MappingProxyType({folder: _folder_url(folder) for folder in _folders(ordered)}),
        pictures=pictures,
        source_url=lambda path: urls.source(
            repository.project_url, repository.commits.get(path, repository.commit), repository.prefix + path
        ),
    )
    made = [
        replace(
            _post(draft, places[draft.source.path], book, sources[draft.source.path]),
            commit=repository.commits.get(draft.source.path, repository.commit),
        )
        for draft in ordered
    ]
    posts = tuple(sorted((post for post in made if not is_readme(post.path)), key=_newest))
    readmes = {posixpath.dirname(post.path): post for post in made if is_readme(post.path)}
    tags, tag_problems = _groups("tags", posts, lambda post: post.meta.tags)
    authors, author_problems = _groups("authors", posts, lambda post: tuple(person.name for person in post.meta.authors))
    return Site(
        title=config.title,
        description=config.description,
        language=config.language,
        site_url=config.site_url,
        project_url=repository.project_url,
        commit=repository.commit,
        posts_per_page=config.posts_per_page,
        posts=posts,
        tags=tags,
        authors=authors,
        folders=_folder_groups(posts, readmes),
        readme=readmes.get(""),
        problems=(*problems, *tag_problems, *author_problems),
    )


def is_readme(path: str) -> bool:
    """Whether this file is its folder's own page and no post."""
    return posixpath.basename(path).lower() == "readme.md"


def _newest(post: Post) -> tuple[float, str]:
    return -(post.meta.created_at or _LONG_AGO).timestamp(), post.path


def _places(drafts: list[Draft]) -> tuple[dict[str, str], list[Problem]]:
    """The URL of every draft; where two want the same, the later path gets another one and both are named."""
    places: dict[str, str] = {}
    taken: dict[str, str] = {}
    problems = []
    for draft in drafts:
        path = draft.source.path
        if is_readme(path):
            places[path] = _folder_url(posixpath.dirname(path))
            continue
        wanted = draft.meta.url_path or posixpath.splitext(path)[0]
        url = urls.post(wanted)
        if url in taken:
            other, url = taken[url], urls.post(f"{wanted}-{text.short_hash(path)}")
            problems.append(
                Problem(
                    path,
                    f"has the same address as {other}, so it is published as {url}",
                    "url-taken",
                    hint="rename one of the two, or give it another `path:` in its header",
                    severity=Severity.WARNING,
                )
            )
        taken[url] = path
        places[path] = url
    return places, problems


def _folder_url(folder: str) -> str:
    return urls.group("folders", urls.folder_slug(folder)) if folder else urls.FOLDERS


def _folders(drafts: list[Draft]) -> set[str]:
    """All folders that hold a post, and the folders above them."""
    found = {""}
    for draft in drafts:
        folder = posixpath.dirname(draft.source.path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def _post(draft: Draft, url: str, book: links.Book, source: Stored) -> Post:
    path = draft.source.path
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    name = text.slug(stem) + suffix
    shelf = links.Shelf(url, {asset.name for asset in draft.body.assets} | {name, "index.html"})
    targets = tuple(links.resolve(link, path, book, shelf) for link in draft.body.links)
    thumbnail = _thumbnail(draft, targets, book, shelf)
    download = urls.beside(url, name)
    own = () if is_readme(path) else (Artifact(download, source),)
    return Post(
        source=draft.source,
        url=url,
        meta=draft.meta,
        body=draft.body,
        language=draft.language,
        targets=targets,
        copies=(*own, *shelf.copies),
        thumbnail=thumbnail,
        source_url=book.source_url(path),
        download=download if own else "",
    )


def _thumbnail(draft: Draft, targets: tuple[Target, ...], book: links.Book, shelf: links.Shelf) -> Target | None:
    """The picture of a card: the one that the header names, else the first of a decent size. A wrong name is a Target with a complaint."""
    shown = [target for source in draft.body.pictures if (target := _shown(source, draft, targets, shelf)).url]
    wanted = draft.meta.thumbnail
    if not wanted:
        return next((target for target in shown if target.picture and min(target.picture.width, target.picture.height) >= _SMALL), None)
    if wanted.isdigit():
        return shown[int(wanted)] if int(wanted) < len(shown) else Target("", complaint=f"there is no picture number {wanted} in the post")
    if urls.is_web(wanted):
        return Target("", complaint="a picture of another host is not loaded")
    label = wanted.removeprefix("attachment:")
    for asset in draft.body.assets:
        if asset.label == label:
            return Target(urls.beside(shelf.url, asset.name), picture=_picture(asset.name, asset.width, asset.height))
    target = links.resolve(links.at(wanted), draft.source.path, book, shelf)
    return target if target.picture else Target("", complaint=target.complaint or f"{wanted} is no picture")


def _shown(source: str, draft: Draft, targets: tuple[Target, ...], shelf: links.Shelf) -> Target:
    if source.startswith("\x02"):
        target = targets[int(source[1:-1])]
        return target if target.picture else Target("")
    if source.startswith("data:"):
        return Target(source, local=False, picture=Picture("svg", 640, 480))
    asset = next(asset for asset in draft.body.assets if asset.name == source)
    return Target(urls.beside(shelf.url, source), picture=_picture(source, asset.width, asset.height))


def _picture(name: str, width: int, height: int) -> Picture:
    return Picture(posixpath.splitext(name)[1][1:], width, height)


@dataclass(slots=True)
class _Names:
    """The spellings of one name, with their posts."""

    spellings: dict[str, list[Post]]


def _groups(kind: str, posts: tuple[Post, ...], names: Callable[[Post], tuple[str, ...]]) -> tuple[tuple[Group, ...], list[Problem]]:
    """Posts by name. Spellings that differ in case, blanks, hyphens or underscores are one name; different names never share a page."""
    found: dict[str, _Names] = {}
    for post in posts:
        for name in names(post):
            entry = found.setdefault(text.same_key(name), _Names({}))
            entry.spellings.setdefault(name, []).append(post)
    groups: list[Group] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for _, entry in sorted(found.items()):
        name = min(entry.spellings, key=lambda spelling: (-len(entry.spellings[spelling]), spelling))
        problems += _spelt_twice(kind, name, entry.spellings)
        slug = text.slug(name)
        if slug in taken:
            wanted, slug = slug, f"{slug}-{text.short_hash(name)}"
            problems.append(_same_address(kind, name, entry.spellings[name][0], taken[wanted], urls.group(kind, slug)))
        taken[slug] = name
        members = {post.path: post for spelt in entry.spellings.values() for post in spelt}
        groups.append(Group(kind, name, urls.group(kind, slug), tuple(sorted(members.values(), key=_newest))))
    return tuple(sorted(groups, key=lambda group: (group.name.casefold(), group.name))), problems


def _same_address(kind: str, name: str, post: Post, other: str, url: str) -> Problem:
    return Problem(
        post.path,
        f'the {_ONE[kind]} "{name}" has the same address as "{other}", so its page is {url}',
        "url-taken",
        hint="rename one of the two if they mean the same; both are published",
        severity=Severity.WARNING,
    )


def _spelt_twice(kind: str, name: str, spellings: Mapping[str, list[Post]]) -> list[Problem]:
    return [
        Problem(
            posts[0].path,
            f'the {_ONE[kind]} "{spelling}" is written "{name}" in {spellings[name][0].path}; both are shown as one',
            "name-spelt-twice",
            hint=f'write "{name}"',
            severity=Severity.WARNING,
        )
        for spelling, posts in sorted(spellings.items())
        if spelling != name
    ]


def _folder_groups(posts: tuple[Post, ...], readmes: Mapping[str, Post]) -> tuple[Group, ...]:
    """A group for every folder with posts anywhere below it or with a page of its own; the root's is the first."""
    members: dict[str, list[Post]] = {"": []}
    for folder in readmes:
        members.setdefault(folder, [])
    for post in posts:
        folder = posixpath.dirname(post.path)
        members.setdefault(folder, []).append(post)
        while folder:
            folder = posixpath.dirname(folder)
            members.setdefault(folder, [])
    return tuple(
        Group(
            "folders",
            folder,
            _folder_url(folder),
            tuple(found),
            replace(readmes[folder], url=_folder_url(folder)) if folder in readmes else None,
        )
        for folder, found in sorted(members.items())
    )
