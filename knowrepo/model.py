"""Every value of knowrepo, in the order they are made.

    Repository → Source → Document → Body → Post → Site → Artifact          (and Problem, from every stage)

All are frozen. A value is complete when it is born: each stage makes a value of a new type instead of filling in an old one.
Paths are POSIX paths relative to the repository's root (``posts/churn.ipynb``); URLs are relative to the site's root and end in a
file name (``posts/churn/index.html``). Dates are aware datetimes.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

EMPTY: Mapping[str, Any] = MappingProxyType({})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _nothing() -> Mapping[str, Any]:
    return EMPTY


class Severity(enum.StrEnum):
    """How much a Problem matters: an error keeps a post (or a part of it) off the site, a warning does not, an info is only listed."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the content, with its place and the way out.

    ``rule`` is a stable id such as ``header-unknown-key``. ``line`` counts from 1 within the file or, where ``cell`` is given
    (counted from 0), within that cell. ``excerpt`` is the source line, if it helps.
    """

    path: str
    message: str
    rule: str
    line: int | None = None
    cell: int | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR
    excerpt: str = ""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Problem:
        """A Problem from its JSON form."""
        return cls(**{**value, "severity": Severity(value["severity"])})

    @property
    def place(self) -> str:
        """``path:line``, or ``path cell 0, line 3`` inside a notebook."""
        if self.cell is not None:
            return f"{self.path} cell {self.cell}" + (f", line {self.line}" if self.line else "")
        return f"{self.path}:{self.line}" if self.line else self.path

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie in a file; ``size`` is in bytes.

    ``digest`` identifies the content: its SHA-256, or for a file that is not the cache's own ``git-`` and the blob id (the repository's) or
    ``file-`` and its SHA-256 (the package's).
    """

    digest: str
    _file: str
    size: int

    @property
    def file(self) -> str:
        """The file's absolute path: no part of what it is, so it stands in no key and no JSON (orjson leaves out names like that of its field)."""
        return self._file


Content = bytes | Stored


@dataclass(frozen=True, slots=True)
class Person:
    """An author as a header or Git names them. The e-mail address is never shown on a page or in a feed."""

    name: str
    email: str = ""
    affiliation: str = ""
    orcid: str = ""


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to a source: a sidecar header, or results that somebody has knitted already.

    ``updated`` is the last commit that touched it, ``None`` where Git cannot know.
    """

    path: str
    blob: str
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What a commit made of a file: the name that the file had then, and its blob. ``authors`` are names; ``subject`` is the message's first line.

    ``merge_request`` is the number of the one that the message names, 0 for none. ``date`` is None where Git has nonsense.
    """

    commit: str
    date: datetime | None
    authors: tuple[str, ...]
    subject: str
    merge_request: int
    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the repository that may be a post.

    ``blob`` is Git's own content hash (hex) of the bytes on disk. ``created`` and ``updated`` are the first and the last commit that
    touched the file, across renames; ``None`` where Git cannot know (a shallow clone). ``authors`` are the commit authors, first
    author first. ``former`` are the names that it had before, from Git's top level on.
    """

    path: str
    blob: str
    created: datetime | None
    updated: datetime | None
    authors: tuple[Person, ...] = ()
    companions: tuple[Companion, ...] = ()
    former: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The suffix in lower case: ``.ipynb``."""
        return PurePosixPath(self.path).suffix.lower()


@dataclass(frozen=True, slots=True)
class Opener:
    """A place where the sources with these suffixes can be opened; ``url`` is a template, as ``urls.fill`` takes it."""

    name: str
    url: str
    suffixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may read more than everybody: a site of its own in the folder ``out``, with the private posts of these groups. ``title`` and ``site_url`` may be "".

    With ``drafts`` it has drafts too.
    """

    name: str
    groups: tuple[str, ...]
    out: str
    title: str = ""
    site_url: str = ""
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Repository:
    """What ``scan`` found.

    ``commits`` maps each file that is on disk as it was committed to the commit that last changed it (HEAD, where Git cannot know that one).
    ``files`` maps every regular file that may be published (tracked, inside, no link) to its blob id. ``commit`` is the full id of HEAD, or
    "". ``project_url`` is the web address of the project (``https://gitlab.com/group/project``), or "". ``prefix`` leads from Git's top level
    to ``root`` (``sample_repo/``, or "" where they are the same folder): ``prefix + path`` is what a link to the source names. ``branch`` is the one that
    is checked out, or "". ``revisions`` are those of each source, the newest first; ``shallow``: there may be older ones that are not here.
    """

    root: str
    commit: str
    project_url: str
    files: Mapping[str, str]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()
    commits: Mapping[str, str] = field(default_factory=_nothing)
    prefix: str = ""
    branch: str = ""
    revisions: Mapping[str, tuple[Revision, ...]] = field(default_factory=_nothing)
    shallow: bool = False


@dataclass(frozen=True, slots=True)
class Meta:
    """The header of a post, complete: what the author did not say has been taken from the text or from Git.

    ``tldr`` and ``subtitle`` are Markdown and plain text. ``thumbnail`` is "" (first picture), a number as text (index of a picture), or
    a path or URL. ``url_path`` is the header's ``path``; ``series`` names what it is a part of. ``code`` (shown, hidden or "": as the site has it) is
    how the page opens; ``lang`` is its language, "" the site's. ``ignore`` are rules that
    nobody wants to hear of. ``extra`` holds the keys that knowrepo does not know.
    """

    title: str
    authors: tuple[Person, ...]
    tags: tuple[str, ...]
    created_at: datetime | None
    updated_at: datetime | None
    tldr: str
    subtitle: str = ""
    thumbnail: str = ""
    url_path: str = ""
    proxy: str = ""
    aliases: tuple[str, ...] = ()
    series: str = ""
    dialect: str = "commonmark"
    code: str = ""
    lang: str = ""
    draft: bool = False
    private: bool = False
    allowed_groups: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_nothing)


class CellKind(enum.StrEnum):
    """The three kinds of nbformat."""

    MARKDOWN = "markdown"
    CODE = "code"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a document.

    ``outputs`` are nbformat 4 output mappings with joined text (never lists of lines). ``format`` is a raw cell's MIME type.
    ``attachments`` maps a name to a MIME bundle. ``index`` is the cell's place in the source file, for messages.
    """

    kind: CellKind
    text: str
    outputs: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
    id: str = ""
    execution_count: int | None = None
    format: str = ""
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    metadata: Mapping[str, Any] = field(default_factory=_nothing)
    index: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A post as cells, whatever format it was written in.

    ``language`` is a Pygments lexer name such as ``python`` or ``r``. ``widgets`` is the saved state of a notebook's interactive widgets: the id of a
    model → what nbformat keeps of it. ``kernel`` is the name of the kernel that ran it, as people see it, or "".
    """

    path: str
    meta: Meta
    cells: tuple[Cell, ...]
    language: str = "python"
    problems: tuple[Problem, ...] = ()
    widgets: Mapping[str, Any] = field(default_factory=_nothing)
    kernel: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not published, and why (a draft, private, no header, or an error that is among the problems)."""

    path: str
    reason: str
    line: int | None = None
    hint: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its anchor; ``level`` is 1 to 6."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A relative link as the author wrote it; in the HTML stands a marker (see ``Body``). ``cell`` is where, for messages."""

    url: str
    cell: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that was in the post itself: ``name`` is its file name beside the page.

    Width and height of a picture are in pixels; they are 0 for what is no picture. ``label`` is the name of the attachment that it was.
    """

    name: str
    content: Content
    width: int
    height: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A code cell whose results may be older than its code: its index in the source, and the anchor of what is shown of it, or ""."""

    cell: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered post that knows nothing of the site.

    In ``html`` (sanitised, UTF-8) the URL of every relative link is the marker ``\\x02N\\x03``, where N is its index in ``links``: only the site
    knows where it leads. ``anchors`` are the ids that a link may lead to. ``pictures`` are the sources of all pictures in their order: a marker,
    the name of an asset or a ``data:`` URL. ``words`` counts the words of the prose. ``libraries`` are the names of the script libraries that its
    interactive outputs need; ``maths`` says that the page has to typeset formulas in the browser; ``code``, that it shows code cells. ``terms`` are its
    most telling words and how much of each there is; ``script`` is its code as one file, empty where there is none; ``stale`` are cells that were not
    run after their last change, or out of order. ``passages`` is what can be found in it (``render.passages``), ``entry`` what it puts into the search's
    index (``analysis.entry``).
    """

    html: Content
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    assets: tuple[Asset, ...] = ()
    pictures: tuple[str, ...] = ()
    words: int = 0
    problems: tuple[Problem, ...] = ()
    libraries: tuple[str, ...] = ()
    maths: bool = False
    code: bool = False
    terms: Mapping[str, int] = field(default_factory=_nothing)
    script: Content = b""
    stale: tuple[Stale, ...] = ()
    passages: Content = b""
    entry: Content = b""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about a post: Markdown, from anywhere. ``cell`` is an anchor of the page, or ""; so is an unknown ``url``."""

    id: int
    author: str
    created: datetime
    text: str
    url: str = ""
    cell: str = ""
    replies: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue about a post, which it names by its path at that time, from Git's top level on. ``first`` is what it says itself; its id is the issue's
    number in the project. ``likes`` are thumbs up. So many ``earlier`` comments are left to GitLab.
    """

    post: str
    title: str
    closed: bool
    likes: int
    first: Comment
    comments: tuple[Comment, ...] = ()
    earlier: int = 0

    @property
    def every(self) -> tuple[Comment, ...]:
        """All comments in their order, replies after what they answer; what the issue says itself is the first."""
        return (self.first, *(each for comment in self.comments for each in (comment, *comment.replies)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it has a place on the site: what one source makes, and all that is cached of it.

    ``downloadable``: the file may be published as it is. ``threads`` are what is said about it, the oldest first; they are not cached.
    """

    source: Source
    meta: Meta
    body: Body
    language: str
    downloadable: bool = True
    kernel: str = ""
    threads: tuple[Thread, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """What a look at a picture's first bytes tells: ``format`` is the suffix without a dot (png, jpg, gif, webp, svg); pixels, 0 if unknown."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Found:
    """A picture file of the repository: what it is, where its bytes lie and, for an SVG, the ``data:`` URL that shows it."""

    picture: Picture
    content: Stored
    data_url: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads.

    ``url`` is relative to the site's root if ``local``, else absolute (or a ``data:`` picture); "" means nowhere: show the text alone.
    ``complaint`` says what is wrong with it; ``left_out``, that it is a post which this site does not have.
    ``dense`` is the same picture for screens with two pixels to a point, if there is one.
    """

    url: str
    local: bool = True
    picture: Picture | None = None
    complaint: str = ""
    dense: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post on its page.

    ``targets`` stand parallel to ``body.links``; ``copies`` are repository files that are published beside it, ``download`` is the URL of the one that
    is its source and ``script`` that of its code alone; ``source_url`` is the source in the project's web interface at ``commit``, or "". ``commit`` is
    the one that last changed the source (a link to it shows what the page was built from, and does not change with every other commit), "" for a file
    that is not committed as it is. ``threads`` are what is said about it, the oldest first.
    """

    source: Source
    url: str
    meta: Meta
    body: Body
    language: str
    targets: tuple[Target, ...] = ()
    copies: tuple[Artifact, ...] = ()
    thumbnail: Target | None = None
    source_url: str = ""
    download: str = ""
    script: str = ""
    commit: str = ""
    kernel: str = ""
    threads: tuple[Thread, ...] = ()

    @property
    def path(self) -> str:
        """The source's path."""
        return self.source.path

    @property
    def newest_first(self) -> tuple[float, str]:
        """What posts are sorted by: the newest first, those of unknown age last, by path where they are of one age."""
        return -(self.meta.created_at or _LONG_AGO).timestamp(), self.path


@dataclass(frozen=True, slots=True)
class Entry:
    """What the team says of an author (``authors.yml``) or a tag (``tags.yml``).

    ``name`` is how it is shown, ``spellings`` are all names that mean it. ``about`` is Markdown, ``owner`` the name of who looks after a tag, ``links`` are
    pairs of a text and an http(s) or mailto URL. ``line`` is its place in the file.
    """

    name: str
    spellings: tuple[str, ...]
    about: str = ""
    role: str = ""
    owner: str = ""
    links: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Posts that share a tag, an author or a folder, newest first. ``name`` is shown; ``url`` is the group's page.

    ``readme`` is a folder's own page, ``entry`` what the team says of an author or a tag.
    """

    kind: str
    name: str
    url: str
    posts: tuple[Post, ...]
    readme: Post | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a merge request does to a post: ``kind`` is new, changed, moved or gone. ``header`` names the fields that say something else; so many cells are
    ``added``, ``removed`` or ``changed``, and so many with the same text have other ``outputs``. ``before`` and ``blob`` are its path and content then, or "".
    """

    path: str
    title: str
    kind: str
    header: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    changed: int = 0
    outputs: int = 0
    before: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """The whole, ready for pages: posts newest first, groups by name. ``site_url`` ends in a slash or is ""; ``code`` (shown, hidden) is how posts open.

    ``pinned`` are posts that the team wants to be seen first, in its order. ``prefix`` and ``branch`` are the repository's. ``discuss_url`` is the template of
    the address where readers answer; "" means nowhere, None at the issues of ``discuss_project``. ``recency``: the search prefers younger
    posts a little; ``robots``: search engines may list the site. ``languages`` are those of the posts, as two letters; an ``offline`` site can be
    searched without a server, an ``answered`` one has a server that answers queries itself.
    ``reviewed`` is what a merge request does, None on a site that shows none; ``merge_request`` is its address, or "".
    """

    title: str
    description: str
    language: str
    site_url: str
    project_url: str
    commit: str
    posts_per_page: int
    code: str
    posts: tuple[Post, ...]
    tags: tuple[Group, ...]
    authors: tuple[Group, ...]
    folders: tuple[Group, ...]
    readme: Post | None = None
    problems: tuple[Problem, ...] = ()
    pinned: tuple[Post, ...] = ()
    prefix: str = ""
    branch: str = ""
    openers: tuple[Opener, ...] = ()
    discuss_url: str | None = None
    discuss_project: str = ""
    recency: bool = True
    robots: bool = True
    languages: tuple[str, ...] = ()
    offline: bool = False
    answered: bool = False
    reviewed: tuple[Reviewed, ...] | None = None
    merge_request: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the site. Raises ValueError for a path that would leave it."""

    path: str
    content: Content = field(repr=False)

    def __post_init__(self) -> None:
        parts = self.path.split("/")
        if "\0" in self.path or "\\" in self.path or any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"not a path inside the site: {self.path!r}")
