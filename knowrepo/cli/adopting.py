"""``knowrepo adopt``, and ``knowrepo new --from``: a header for files that are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from knowrepo.cli import choices, finding
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.model import Document, Source
    from knowrepo.search.finding import Found, Library
    from knowrepo.workshop import Workshop

_ALIKE = 5
"""So many posts are shown, and asked for their tags."""
_SUFFIXES = (".ipynb", ".rmd", ".qmd")
"""What ``adopt`` takes in a folder: there are too many other texts and scripts that are no posts."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file with its new header: all its bytes, and the posts that are like it."""

    path: str
    title: str
    tags: tuple[str, ...]
    data: bytes
    alike: Found


@dataclass(frozen=True, slots=True)
class Desk:
    """What proposals are made from: the posts that there are, what Git knows of the files, and who is at work."""

    shop: Workshop
    books: Library
    sources: dict[str, Source]
    author: str
    today: date


def desk(root: Path, cache_folder: str, jobs: int | None, author: str) -> Desk:
    """All that a proposal needs. Posts that the cache does not know are rendered for it."""
    from knowrepo import workshop

    shop = choices.workshop(root, "public", cache_folder, jobs, choices.options())
    sources = {source.path: source for source in workshop.given(shop).repository.sources}
    books = finding.library(finding.site(shop), shop.cache.folder)
    return Desk(shop, books, sources, author, date.today())


def propose(desk: Desk, path: str, title: str = "") -> Proposal:
    """The file with a header: title and summary from its text, day and author from Git, tags from posts like it. Raises KnowrepoError if it has one."""
    from knowrepo import adoption, git, read, scaffold
    from knowrepo.search import finding as searching

    if Path(path).suffix.lower() not in read.READERS:
        raise KnowrepoError(f"{path} is no kind of post", hint=f"the kinds are {', '.join(read.READERS)}")
    try:
        data = git.read_file(desk.shop.root, path, finding.LARGEST)
    except git.Unreadable as error:
        raise KnowrepoError(f"{path} cannot be read: {error}") from error
    document = _document(path, data)
    alike = searching.similar(desk.books, finding.wording_of(desk.books, path, data), limit=_ALIKE)
    tags = adoption.tags((result.post.meta.tags, result.score) for result in alike.results)
    known = desk.sources.get(path)
    authors = [person.name for person in known.authors] if known else []
    header = scaffold.header(
        title or document.meta.title,
        author=authors[0] if authors else desk.author,
        today=known.created.date() if known and known.created else desk.today,
        tags=tags,
        tldr=document.meta.tldr,
    )
    return Proposal(path, title or document.meta.title, tags, adoption.with_header(path, data, header), alike)


def _document(path: str, data: bytes) -> Document:
    from knowrepo import read
    from knowrepo.model import Problem, Skipped, Source

    source = Source(path, "", None, None)
    manuscript = read.READERS[source.suffix](source, data, {})
    if not isinstance(manuscript, Problem) and manuscript.header:
        raise KnowrepoError(f"{path} has a header already", hint="`knowrepo why` says whether it appears on the site")
    made = read.document(source, data, {}, read.Options(included=True, drafts=True, audience=frozenset(), dialect="commonmark"))
    if isinstance(made, Skipped):
        raise KnowrepoError(f"{path} cannot be read as a post: {made.reason}", hint=made.hint)
    return made


def place(root: Path, proposal: Proposal) -> None:
    """Write the file, all or nothing, with the rights that it had. Raises OutputError."""
    from knowrepo.disk import Disk, writing

    file = root / proposal.path
    with writing(file, len(proposal.data), "the file is as it was before"):
        mode = file.stat().st_mode & 0o7777
        Disk().replace(str(file), proposal.data)
        file.chmod(mode)


def show_alike(proposal: Proposal) -> None:
    """On stderr: what has been done already."""
    for result in proposal.alike.results:
        click.echo(f"similar: {result.post.path}  {result.post.meta.title}", err=True)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--dry-run", is_flag=True, help="Change nothing, say what would be done.")
@click.option("--author", default="", help="The author of files that Git does not know (default: Git's user.name).")
@choices.CACHE
@choices.JOBS
@click.pass_obj
def adopt(root: Path, folder: str, dry_run: bool, author: str, cache_folder: str, jobs: int | None) -> None:
    """Put a header into every notebook, R Markdown and Quarto file in FOLDER that has none. No other byte of them is changed."""
    found = sorted(_files(root, folder))
    if not found:
        raise KnowrepoError(
            f"there is no notebook in {folder}", hint="folders are relative to the repository that -C names (default: here)"
        )
    at = desk(root, cache_folder, jobs, author or choices.author(root))
    adopted = 0
    for path in found:
        try:
            proposal = propose(at, path)
        except KnowrepoError as error:
            click.echo(f"kept   {error.message}")
            continue
        if not dry_run:
            place(root, proposal)
        adopted += 1
        click.echo(f"{'would adopt' if dry_run else 'adopted'}  {path}  {proposal.title}  [{', '.join(proposal.tags)}]")
    click.echo(f"{adopted} of {len(found)} files {'would get' if dry_run else 'have got'} a header", err=True)


def _files(root: Path, folder: str) -> Iterator[str]:
    """The files that may become posts, by their paths in the repository. What is hidden, and what packages bring, is left alone."""
    from knowrepo import git

    start = Path(os.path.relpath(root / folder, root)).as_posix()
    if start.startswith(".."):
        raise KnowrepoError(f"{folder} lies outside of the repository")
    for path in git.walk(
        root / folder, lambda name: not name.rpartition("/")[2].startswith(".") and name.rpartition("/")[2] != "node_modules"
    ):
        if Path(path).suffix.lower() in _SUFFIXES and not any(part.startswith(".") for part in path.split("/")):
            yield path if start == "." else f"{start}/{path}"
