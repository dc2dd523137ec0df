"""knowrepo.yml, the settings of a repository: all are optional.

``SETTINGS`` is the table of them: ``load``, ``json_schema`` and the documentation are made from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from knowrepo import sections
from knowrepo.errors import ConfigError
from knowrepo.fields import Complaint, Field, Node, NodeError, Scalar, Table, booleans, did_you_mean, kinds, read, templates, tree
from knowrepo.fields import json_schema as _json_schema
from knowrepo.model import Audience, Opener

FILE = "knowrepo.yml"

_HOST = kinds.word(
    r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    "the name of a host such as tile.example.org or *.tile.example.org",
)
_THEME = kinds.word(r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "the name of a theme")


def _path(node: Node) -> Scalar:
    return Scalar(kinds.MARKDOWN.parse(node).removeprefix(".").removeprefix("/"), line=node.line)


_ABOUT = ("title", "url", "path", "project_url")


_PATHS = kinds.listed("list of paths", _path, kinds.MARKDOWN.schema)

SETTINGS = (
    Field("title", kinds.LINE, "The name of the site.", "What we found out", default="Knowledge repository"),
    Field("description", kinds.LINE, "One line below it, and in the feeds.", "Notebooks of the growth team", default=""),
    Field("language", kinds.LANGUAGE, "The language of the posts, as HTML names it.", "de", default="en"),
    Field(
        "site_url",
        kinds.SITE,
        "Where the site will be published; feeds and the sitemap need it.",
        "https://growth.pages.example.org/",
        default="",
    ),
    Field(
        "project_url",
        kinds.SITE,
        "The project on GitLab or GitHub, for links to the source. If missing: as the Git remote says.",
        "https://gitlab.example.org/growth/posts",
        default="",
    ),
    Field(
        "include", kinds.FOLDERS, "Folders whose files are posts even without a header; `.` is the whole repository.", ["posts"], default=[]
    ),
    Field("exclude", kinds.TEXTS, "Patterns of files that are never posts.", ["scratch/**", "*_old.ipynb"], default=[]),
    Field(
        "exclude_tags",
        kinds.TAGS,
        "Posts with one of these tags are left out of the site.",
        ["in-progress"],
        default=[],
    ),
    Field(
        "audiences",
        sections.AUDIENCES,
        "Sites for those who may read more than everybody: each has a `name`, the `groups` whose private posts it shows, and a folder `out` of its own.",
        [{"name": "finance", "groups": ["finance", "board"], "out": "public-finance", "site_url": "https://finance.pages.example.org/"}],
        default=[],
    ),
    Field(
        "ignore",
        kinds.RULES,
        "Rules that `knowrepo check` is silent about in the whole repository.",
        ["laptop-path"],
        default=[],
    ),
    Field("find_emails", booleans.ANY, "`knowrepo check` warns of e-mail addresses in posts.", True, default=False),
    Field("theme", _THEME, "The theme that the pages are made with.", "base", default="base"),
    Field(
        "dialect",
        kinds.choice("commonmark", "classic"),
        "How Markdown is read where the header says nothing: `commonmark`, as JupyterLab and GitLab do, or `classic`, as Python-Markdown and"
        " knowledge-repo do.",
        "classic",
        default="commonmark",
    ),
    Field(
        "code",
        kinds.choice("shown", "hidden"),
        "How a post opens: with its code `shown` (Notebook) or `hidden` (Report); readers can switch, and a header can say otherwise.",
        "hidden",
        default="shown",
    ),
    Field(
        "stderr",
        kinds.choice("fold", "show", "remove"),
        "What becomes of warnings and whatever else a cell wrote to stderr.",
        "remove",
        default="fold",
    ),
    Field(
        "pictures",
        kinds.choice("webp", "original"),
        "PNG pictures in outputs are shown as lossless WebP, half the size, and can be downloaded as they are; or `original`: shown as they are.",
        "original",
        default="webp",
    ),
    Field(
        "assets",
        kinds.TEXTS,
        "Patterns of files that are published when a post links to them; links to other files lead to the project.",
        ["data/*.csv"],
        default=[],
    ),
    Field(
        "allow_network",
        kinds.listed("list of hosts", _HOST.parse, _HOST.schema),
        "Hosts that interactive outputs may load pictures from (map tiles); a line below such an output says so.",
        ["tile.openstreetmap.org"],
        default=[],
    ),
    Field(
        "pinned",
        _PATHS,
        "Posts that stand first on the first page, in this order, by their paths in the repository.",
        ["methods/metric-definitions.md"],
        default=[],
    ),
    Field(
        "open_in",
        sections.OPENERS,
        "Where a post can be opened: a `name` and a `url` in which {path}, {dir}, {name}, {commit}, {branch} and {project_url} are filled in; `for` are the"
        " suffixes of the posts that it is for, else notebooks.",
        [{"name": "Colab", "url": "https://colab.research.google.com/github/growth/posts/blob/{branch}/{path}", "for": [".ipynb"]}],
        default=[],
    ),
    Field(
        "discuss_url",
        templates.address_or_off(*_ABOUT),
        "Where readers answer: an address in which {title}, {url}, {path} and {project_url} are filled in, or `false`. If missing: a new issue of the project.",
        "https://chat.example.org/new?about={title}&link={url}",
    ),
    Field(
        "discuss_project",
        kinds.SITE,
        "The project with the issues about posts, if it is not the one of the posts: its web address, on the same server.",
        "https://gitlab.example.org/growth/questions",
        default="",
    ),
    Field(
        "recency",
        booleans.ANY,
        "The search prefers younger posts a little: the newest counts a tenth more than the oldest.",
        False,
        default=True,
    ),
    Field(
        "robots", booleans.ANY, "Search engines may read and list the site; `robots.txt` says whether, and each page.", False, default=True
    ),
    Field(
        "history",
        kinds.whole(0, 1000),
        "Of so many of the newest revisions of each post there are pages: the post as it was, and what was changed; 0: of none.",
        3,
        default=10,
    ),
    Field("posts_per_page", kinds.whole(1, 500), "How many posts one page of the feed lists.", 50, default=20),
    Field("max_post_mb", kinds.whole(1, 2000), "Files that are larger than this (in megabytes) are not published.", 100, default=50),
    Field(
        "max_html_mb",
        kinds.whole(1, 200),
        "The page of one post is at most so long (in megabytes); further outputs are left out with a note.",
        20,
        default=10,
    ),
    Field("max_seconds", kinds.whole(1, 3600), "Rendering one post takes at most so long (seconds of processor time).", 60, default=30),
    Field("max_memory_mb", kinds.whole(64, 65536), "Rendering one post takes at most so much memory (in megabytes).", 2048, default=1024),
)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings. ``site_url`` ends in a slash, ``project_url`` and ``discuss_project`` do not, or they are "".

    A folder of ``include`` that is "" is the whole. ``pinned`` are paths with their lines in the file.
    """

    title: str = "Knowledge repository"
    description: str = ""
    language: str = "en"
    site_url: str = ""
    project_url: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    ignore: tuple[str, ...] = ()
    find_emails: bool = False
    theme: str = "base"
    dialect: str = "commonmark"
    code: str = "shown"
    stderr: str = "fold"
    pictures: str = "webp"
    assets: tuple[str, ...] = ()
    allow_network: tuple[str, ...] = ()
    pinned: tuple[Scalar, ...] = ()
    open_in: tuple[Opener, ...] = ()
    discuss_url: str | None = None
    discuss_project: str = ""
    recency: bool = True
    history: int = 10
    robots: bool = True
    posts_per_page: int = 20
    max_post_mb: int = 50
    max_html_mb: int = 10
    max_seconds: int = 30
    max_memory_mb: int = 1024


def load(content: bytes | None) -> Config:
    """The settings in the bytes of knowrepo.yml; None if there is no such file. Raises ConfigError, which lists every mistake."""
    try:
        root = tree((content or b"").decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{FILE} is not UTF-8", hint="save the file as UTF-8") from error
    except NodeError as error:
        raise _mistakes(error.complaints) from None
    settings = Config(**_values(root))
    for kind, used in (
        ("name", Counter(each.name for each in settings.audiences)),
        ("folder", Counter(each.out for each in settings.audiences)),
    ):
        if twice := [value for value, number in used.items() if number > 1]:
            raise ConfigError(
                f'{FILE}: two audiences have the {kind} "{twice[0]}"', hint="every audience has a name and a folder of its own"
            )
    return settings


def facing(settings: Config, audience: str) -> Config:
    """The settings of the site for one audience, which search engines leave alone; "" is everybody. Raises ConfigError for one that is not named there."""
    if not audience:
        return settings
    found = next((each for each in settings.audiences if each.name == audience), None)
    if not found:
        raise ConfigError(f'{FILE} names no audience "{audience}"', hint=f"it names {', '.join(each.name for each in settings.audiences)}")
    site_url = found.site_url.rstrip("/") + "/" if found.site_url else ""
    return replace(settings, title=found.title or settings.title, site_url=site_url, robots=False)


def json_schema() -> dict[str, Any]:
    """The table as JSON Schema, for editors."""
    return _json_schema(SETTINGS, title=f"The settings of knowrepo ({FILE})", closed=True)


def under(path: str, folders: Iterable[str]) -> bool:
    """Whether the path lies in one of the folders; "" is the repository's root."""
    return any(not folder or path.startswith(f"{folder}/") for folder in folders)


def _values(root: Node | None) -> dict[str, Any]:
    if root is None or root.empty:
        return {}
    if not isinstance(root, Table):
        raise _mistakes(
            [Complaint("the settings are no mapping", "yaml", root.line, "write them as lines like `title: What we found out`")]
        )
    reading = read(root, SETTINGS)
    complaints = (*reading.complaints, *_unknown(key for key, _ in reading.unknown))
    if complaints:
        raise _mistakes(complaints)
    values = reading.values
    values |= {"site_url": values["site_url"].rstrip("/") + "/"} if "site_url" in values else {}
    return values | {name: values[name].rstrip("/") for name in ("project_url", "discuss_project") if name in values}


def _unknown(keys: Iterable[Scalar]) -> Iterator[Complaint]:
    names = [setting.name for setting in SETTINGS]
    for key in keys:
        hint = did_you_mean(key.text, names) or f"the settings are {', '.join(names)}"
        yield Complaint(f'unknown setting "{key.text}"', "unknown-key", key.line, hint)


def _mistakes(complaints: Iterable[Complaint]) -> ConfigError:
    lines = (
        f"{FILE}:{complaint.line}: {complaint.message}" + (f" ({complaint.hint})" if complaint.hint else "")
        for complaint in sorted(complaints, key=lambda complaint: complaint.line)
    )
    return ConfigError("\n".join(lines), hint="`knowrepo schema config` describes every setting")
