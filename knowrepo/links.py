"""Where the links of a post lead: to other posts by their source path, to pictures and listed files (published beside the page), to other files on the web."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from knowrepo import text, urls
from knowrepo.model import Artifact, Content, Draft, Found, Link, Stored, Target

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"})
_PAGES = (".ipynb", ".md", ".Rmd", ".rmd", ".qmd", ".py")


@dataclass(frozen=True, slots=True)
class Book:
    """What a link may lead to: posts (path → URL and anchors), files of the repository, folders (path → URL), pictures that were looked at.

    ``assets`` are the files that are published beside a page that links to them, ``left_out`` the posts that this site does not have.
    """

    posts: Mapping[str, tuple[str, frozenset[str]]]
    files: Mapping[str, str]
    folders: Mapping[str, str]
    pictures: Mapping[str, Found]
    source_url: Callable[[str], str]
    assets: Mapping[str, Stored] = field(default_factory=dict)
    left_out: Set[str] = frozenset()
    names: Mapping[str, str] = field(init=False, repr=False)
    """The first path that ends in a name, for every name of a file or post."""
    beside: Mapping[str, Sequence[str]] = field(init=False, repr=False)
    """The names of the files and posts in each folder."""

    def __post_init__(self) -> None:
        names: dict[str, str] = {}
        beside: dict[str, list[str]] = {}
        for path in sorted({*self.files, *self.posts} - self.left_out):
            folder, name = posixpath.split(path)
            names.setdefault(name, path)
            beside.setdefault(folder, []).append(name)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "beside", beside)


@dataclass(slots=True)
class Shelf:
    """The folder of one page: its URL, the file names in it, and the repository files that are copied there."""

    url: str
    names: set[str]
    copies: list[Artifact] = field(default_factory=list)
    _placed: dict[str, str] = field(default_factory=dict)

    def place(self, path: str, suffix: str, content: Stored) -> str:
        """The URL of a copy of this file; ``suffix`` (with its dot) is what the content is, whatever the file is called."""
        if path not in self._placed:
            self._placed[path] = self.add(text.slug(posixpath.splitext(posixpath.basename(path))[0]), suffix, content)
        return self._placed[path]

    def add(self, stem: str, suffix: str, content: Content) -> str:
        """The URL of a further file, under a name that begins with ``stem``."""
        name, number = f"{stem}{suffix}", 1
        while name in self.names:
            number += 1
            name = f"{stem}-{number}{suffix}"
        self.names.add(name)
        self.copies.append(Artifact(urls.beside(self.url, name), content))
        return self.copies[-1].path


def at(url: str) -> Link:
    """A link that stands in the header."""
    return Link(url, 0)


def pictures(drafts: Iterable[Draft], files: Mapping[str, str]) -> frozenset[str]:
    """The picture files of the repository that these posts refer to."""
    return frozenset(path for path in _named(drafts) if path in files and posixpath.splitext(path)[1].lower() in _PICTURES)


def assets(drafts: Iterable[Draft], files: Mapping[str, str], listed: Callable[[str], bool]) -> frozenset[str]:
    """The listed files of the repository that these posts link to; posts and pictures are published anyway."""
    posts = {draft.source.path for draft in drafts}
    return frozenset(
        path
        for path in _named(drafts)
        if path in files and path not in posts and posixpath.splitext(path)[1].lower() not in _PICTURES and listed(path)
    )


def _named(drafts: Iterable[Draft]) -> Iterator[str]:
    """The repository paths that posts name."""
    for draft in drafts:
        for url in [*(link.url for link in draft.body.links), draft.meta.thumbnail]:
            if path := _path(url, draft.source.path):
                yield path


def resolve(link: Link, path: str, book: Book, shelf: Shelf, *, shown: bool = True) -> Target:
    """Where a link in the post at ``path`` leads.

    A drawing that is ``shown`` is a ``data:`` URL, which no browser follows: one that is only linked leads to the project. What leads nowhere
    has no URL and a complaint; a file that could be shown by the project's web interface, if that were known, has neither. Nor has a post that is left
    out: not even its address on GitLab is told.
    """
    url = link.url
    if url.startswith("//"):
        return Target("https:" + url, local=False)
    if url.startswith("#"):
        return _anchored(path, unquote(url[1:]), book) if url != "#" else Target(book.posts[path][0])
    wanted = _path(url, path)
    if wanted is None:
        return Target("", complaint="it leaves the repository")
    post = _post_path(wanted, book.posts)
    if post:
        return _anchored(post, _fragment(url), book)
    if _post_path(wanted, book.left_out):
        return Target("", left_out=True)
    if wanted in book.folders:
        return Target(book.folders[wanted])
    if wanted in book.pictures:
        return _picture(wanted, book, shelf, shown=shown)
    if wanted in book.assets:
        return Target(shelf.place(wanted, posixpath.splitext(wanted)[1].lower(), book.assets[wanted]))
    if wanted in book.files:
        return _file(wanted, _fragment(url), book)
    if any(part.startswith(".") for part in wanted.split("/")):
        return Target("", complaint="a path that begins with a dot is never published")
    meant = _meant(wanted, book)
    return Target("", complaint="there is no such file that Git tracks" + (f"; is it {meant}?" if meant else ""))


def _picture(path: str, book: Book, shelf: Shelf, *, shown: bool) -> Target:
    found = book.pictures[path]
    if found.data_url and not shown:
        return Target(book.source_url(path), local=False)
    if found.data_url:
        return Target(found.data_url, local=False, picture=found.picture)
    return Target(shelf.place(path, f".{found.picture.format}", found.content), picture=found.picture)


def _meant(wanted: str, book: Book) -> str:
    """The file that was meant: one of that name elsewhere, or one of a similar name in the same folder."""
    folder, name = posixpath.split(wanted)
    return book.names.get(name) or _similar(name, tuple(book.beside.get(folder, ())))


@lru_cache(maxsize=16_384)
def _similar(name: str, known: tuple[str, ...]) -> str:
    """``text.near``, remembered: most broken links of a repository are those of its last build."""
    return text.near(name, known)


def _file(path: str, fragment: str, book: Book) -> Target:
    if posixpath.splitext(path)[1].lower() in _PICTURES:
        return Target("", complaint="it cannot be read as a picture, or is too long for one")
    address = book.source_url(path)
    return Target(address + (f"#{fragment}" if address and fragment else ""), local=False)


def _anchored(path: str, fragment: str, book: Book) -> Target:
    url, anchors = book.posts[path]
    if not fragment:
        return Target(url)
    for anchor in (fragment, text.slug(fragment)):
        if anchor in anchors:
            return Target(f"{url}#{anchor}")
    return Target(url, complaint=f'there is no heading or cell "{fragment}" there')


def _post_path(wanted: str, posts: Container[str]) -> str:
    """The post that this path means: itself, or the source of the HTML page that other tools would have made of it."""
    if wanted in posts:
        return wanted
    stem, suffix = posixpath.splitext(wanted)
    candidates = [stem + page for page in _PAGES] if suffix == ".html" else [wanted + page for page in _PAGES] if not suffix else []
    return next((candidate for candidate in candidates if candidate in posts), "")


@lru_cache(maxsize=16_384)
def _path(url: str, base: str) -> str | None:
    """The repository path that a relative URL in the file ``base`` means ("" is the root folder); None for one that leaves the repository."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or "\0" in parts.path:
        return None
    wanted = unquote(parts.path).replace("\\", "/")
    path = posixpath.normpath(wanted.lstrip("/") if wanted.startswith("/") else posixpath.join(posixpath.dirname(base), wanted))
    return None if path == ".." or path.startswith("../") else "" if path == "." else path


def _fragment(url: str) -> str:
    return unquote(url.partition("#")[2])
