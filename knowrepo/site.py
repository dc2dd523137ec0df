"""Drafts to the Site: URLs, order, tags, authors, folders, and where every link leads."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from types import MappingProxyType

from knowrepo import links, rosters, text, thumbnails, urls
from knowrepo.config import FILE, Config
from knowrepo.copies import Copies
from knowrepo.fields import Scalar, did_you_mean
from knowrepo.model import Artifact, Draft, Group, Post, Problem, Repository, Severity, Site
from knowrepo.render import percent
from knowrepo.rosters import NONE, Roster, Rosters
from knowrepo.thumbnails import Shrink

_ONE = {"tags": "tag", "authors": "author"}


def assemble(
    drafts: Iterable[Draft], repository: Repository, config: Config, files: Copies, shrink: Shrink | None = None, team: Rosters = NONE
) -> Site:
    """The whole site. ``files`` are those of the repository that are published with the posts. The order of ``drafts`` does not matter.

    Cards show what ``shrink`` makes of a picture; without it they show the picture itself. ``team`` is what the team says of authors and tags.
    """
    ordered = sorted(rosters.settle(drafts, team), key=lambda draft: draft.source.path)
    folders, folder_problems = _folder_places(ordered)
    places, problems = _places(ordered, folders)
    book = _book(ordered, places, folders, repository, files)
    made = [
        _post(draft, places[draft.source.path], book, files, repository.commits.get(draft.source.path, ""), shrink) for draft in ordered
    ]
    posts = tuple(sorted((post for post in made if not is_readme(post.path)), key=attrgetter("newest_first")))
    readmes, readme_problems = _readmes(made)
    tags, tag_problems = _groups("tags", posts, lambda post: post.meta.tags, team.tags)
    authors, author_problems = _groups("authors", posts, lambda post: tuple(person.name for person in post.meta.authors), team.authors)
    team_problems = rosters.problems((post.meta for post in posts), team)
    pinned, pin_problems = _pinned(config.pinned, posts, repository)
    return Site(
        title=config.title,
        description=config.description,
        language=config.language,
        site_url=config.site_url,
        project_url=repository.project_url,
        commit=repository.commit,
        posts_per_page=config.posts_per_page,
        code=config.code,
        posts=posts,
        tags=tags,
        authors=authors,
        folders=_folder_groups(posts, readmes, folders),
        readme=readmes.get(""),
        problems=(*folder_problems, *problems, *readme_problems, *tag_problems, *author_problems, *team_problems, *pin_problems),
        pinned=pinned,
        prefix=repository.prefix,
        branch=repository.branch,
        openers=config.open_in,
        discuss_url=config.discuss_url,
        discuss_project=config.discuss_project or repository.project_url,
        recency=config.recency,
        robots=config.robots,
        languages=tuple(sorted({(post.meta.lang or config.language)[:2].lower() for post in posts})),
    )


def _book(drafts: list[Draft], places: Mapping[str, str], folders: Mapping[str, str], repository: Repository, files: Copies) -> links.Book:
    """What a link in one of the posts may lead to."""
    return links.Book(
        posts=MappingProxyType({draft.source.path: (places[draft.source.path], frozenset(draft.body.anchors)) for draft in drafts}),
        files=repository.files,
        folders=MappingProxyType(folders),
        pictures=files.pictures,
        source_url=lambda path: urls.source(repository.project_url, repository.commits.get(path, ""), repository.prefix + path),
        assets=files.assets,
        left_out=files.left_out,
    )


def is_readme(path: str) -> bool:
    """Whether this file is its folder's own page and no post."""
    return posixpath.basename(path).lower() == "readme.md"


def _readmes(posts: list[Post]) -> tuple[dict[str, Post], list[Problem]]:
    """The own page of each folder that has one; a second one (``readme.md`` beside ``README.md``) is named."""
    found: dict[str, Post] = {}
    problems = []
    for post in posts:
        if is_readme(post.path) and found.setdefault(posixpath.dirname(post.path), post) is not post:
            other = found[posixpath.dirname(post.path)].path
            problems.append(
                Problem(post.path, f"not published: {other} is this folder's page already", "url-taken", hint="rename one of the two")
            )
    return found, problems


def _free(address: Callable[[str], str], name: str, taken: Mapping[str, str]) -> str:
    """The address of a name; where another has it already, with some digits of the name's hash in it."""
    tail, attempt = "", name
    while (url := address(tail)) in taken:
        tail = f"-{text.short_hash(attempt)}"
        attempt += "'"
    return url


def _taken(path: str, what: str, other: str, url: str) -> Problem:
    return Problem(
        path,
        f"{what} has the same address as {other}, so its page is {url}",
        "url-taken",
        hint="rename one of the two; a post can also name another `path:` in its header",
        severity=Severity.WARNING,
    )


def _places(drafts: list[Draft], folders: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The URL of every draft; where two want the same, the later path gets another one and both are named."""
    places: dict[str, str] = {}
    taken: dict[str, str] = {}
    problems = []
    for draft in drafts:
        path = draft.source.path
        if is_readme(path):
            places[path] = folders[posixpath.dirname(path)]
            continue
        wanted = draft.meta.url_path or posixpath.splitext(path)[0]
        url = _free(partial(_post_url, wanted), path, taken)
        if url != urls.post(wanted):
            problems.append(_taken(path, "the post", taken[urls.post(wanted)], url))
        taken[url] = path
        places[path] = url
    return places, problems


def _post_url(wanted: str, tail: str) -> str:
    return urls.post(wanted + tail)


def _group_url(kind: str, slug: str, tail: str) -> str:
    return urls.group(kind, slug + tail)


def _folder_places(drafts: list[Draft]) -> tuple[dict[str, str], list[Problem]]:
    """The URL of every folder that holds a post or a folder with posts. The root's is the list of all."""
    places = {"": urls.FOLDERS}
    taken = {urls.FOLDERS: ""}
    problems = []
    for folder in sorted(_folders(drafts) - {""}):
        address = partial(_group_url, "folders", urls.folder_slug(folder))
        url = _free(address, folder, taken)
        if url != address(""):
            first = next(draft.source.path for draft in drafts if draft.source.path.startswith(folder + "/"))
            problems.append(_taken(first, f'the folder "{folder}"', f'"{taken[address("")]}"', url))
        taken[url] = folder
        places[folder] = url
    return places, problems


def _folders(drafts: list[Draft]) -> set[str]:
    """All folders that hold a post, and the folders above them."""
    found = {""}
    for draft in drafts:
        folder = posixpath.dirname(draft.source.path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def _post(draft: Draft, url: str, book: links.Book, files: Copies, commit: str, shrink: Shrink | None) -> Post:
    path = draft.source.path
    source = files.sources.get(path)
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    name = text.slug(stem) + suffix
    shelf = links.Shelf(url, {asset.name for asset in draft.body.assets} | {name, "index.html"})
    pictures = frozenset(draft.body.pictures)
    targets = tuple(
        links.resolve(link, path, book, shelf, shown=f"\x02{number}\x03" in pictures) for number, link in enumerate(draft.body.links)
    )
    thumbnail = thumbnails.of(draft, targets, book, shelf, None if is_readme(path) else shrink)
    download = urls.beside(url, name)
    own = (Artifact(download, source),) if source and not is_readme(path) else ()
    script = shelf.add(text.slug(stem), percent.suffix(draft.language), draft.body.script) if draft.body.script else ""
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
        script=script,
        commit=commit,
        kernel=draft.kernel,
        threads=draft.threads,
    )


def _pinned(wanted: Iterable[Scalar], posts: tuple[Post, ...], repository: Repository) -> tuple[tuple[Post, ...], list[Problem]]:
    """The posts that knowrepo.yml pins, in its order. Of one that is left out only the line is told: its path may be a secret."""
    published = {post.path: post for post in posts}
    sources = {source.path for source in repository.sources if not is_readme(source.path)}
    found: dict[str, Post] = {}
    problems = []
    for path in wanted:
        if path.text in published:
            found[path.text] = published[path.text]
        elif path.text in sources:
            message, hint = "this pinned post is not published", "`knowrepo list --all` says why; or take the line out"
            problems.append(Problem(FILE, message, "pinned-left-out", line=path.line, hint=hint, severity=Severity.INFO))
        else:
            hint = did_you_mean(path.text, published) or "`knowrepo list` shows the paths of all posts; a folder's README.md is none"
            message = f'pinned: there is no post "{path.text}"'
            problems.append(Problem(FILE, message, "pinned-unknown", line=path.line, hint=hint, severity=Severity.WARNING))
    return tuple(found.values()), problems


def _groups(
    kind: str, posts: tuple[Post, ...], names: Callable[[Post], tuple[str, ...]], roster: Roster
) -> tuple[tuple[Group, ...], list[Problem]]:
    """Posts by name. Spellings that differ in case, blanks, hyphens or underscores are one name; different names never share a page."""
    found: dict[str, dict[str, list[Post]]] = {}
    for post in posts:
        for name in names(post):
            found.setdefault(text.same_key(name), {}).setdefault(name, []).append(post)
    groups: list[Group] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for _, spellings in sorted(found.items()):
        name = min(spellings, key=lambda spelling: (-len(spellings[spelling]), spelling))
        problems += _spelt_twice(kind, name, spellings)
        address = partial(_group_url, kind, text.slug(name))
        url = _free(address, name, taken)
        if url != address(""):
            problems.append(_taken(spellings[name][0].path, f'the {_ONE[kind]} "{name}"', f'"{taken[address("")]}"', url))
        taken[url] = name
        members = {post.path: post for spelt in spellings.values() for post in spelt}
        groups.append(Group(kind, name, url, tuple(sorted(members.values(), key=attrgetter("newest_first"))), entry=roster.of(name)))
    return tuple(sorted(groups, key=lambda group: (group.name.casefold(), group.name))), problems


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


def _folder_groups(posts: tuple[Post, ...], readmes: Mapping[str, Post], folders: Mapping[str, str]) -> tuple[Group, ...]:
    """A group for every folder with posts anywhere below it or with a page of its own; the root's is the first."""
    members: dict[str, list[Post]] = {folder: [] for folder in folders}
    for post in posts:
        members[posixpath.dirname(post.path)].append(post)
    return tuple(Group("folders", folder, folders[folder], tuple(found), readmes.get(folder)) for folder, found in sorted(members.items()))
