"""The only place where URLs are made.

Inside the site a URL is relative to the site's root, ends in a file name and is made of ``[a-z0-9-./_]``, so that the same bytes work under
any base path, in an artifact browser and from ``file://``. ``relative`` turns it into the link that stands on a page.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from knowrepo.text import slug

HOME = "index.html"
ARCHIVE = "archive/index.html"
TREE = "tree/index.html"
POSTS_JSON = "posts.json"
"""What the feed's filters are made from."""
TAGS = "tags/index.html"
AUTHORS = "authors/index.html"
FOLDERS = "folders/index.html"
STATISTICS = "statistics/index.html"
SEARCH = "search/index.html"
NOT_FOUND = "404.html"
ATOM = "feed.xml"
JSON_FEED = "feed.json"
SITE_JSON = "site.json"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
REDIRECTS = "_redirects"
WEB_MANIFEST = "manifest.webmanifest"
CARD = "card.png"
"""The social card of all pages that are no posts."""
MANIFEST = ".knowrepo-manifest.json"
"""What a build wrote; its presence says that a folder is a site of ours."""

_PLACE = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"(?!\.)[^\x00-\x1f\x7f\\:*?\"<>|]{1,200}(?<![ .])")


def post(path: str) -> str:
    """The page of a post: ``posts/<path>/index.html``, from a source path without its suffix or a header's ``path``."""
    return "/".join(["posts", *(slug(part) for part in path.split("/") if part), "index.html"])


def past(page: str) -> str:
    """The page of a post's history, by the post's page: ``history/<path>/index.html``."""
    return f"history/{page.removeprefix('posts/')}"


def revision(page: str, commit_id: str) -> str:
    """The page that shows what a commit changed in a post: ``history/<path>/<commit>/index.html``."""
    return beside(past(page), f"{commit_id[:12]}/index.html")


def then(page: str, commit_id: str) -> str:
    """The page that shows a post as a commit left it: ``history/<path>/<commit>/post/index.html``."""
    return beside(past(page), f"{commit_id[:12]}/post/index.html")


def review(page: str) -> str:
    """The page that shows what a merge request changes in a post: ``review/<path>/index.html``."""
    return f"review/{page.removeprefix('posts/')}"


def is_post(page: str) -> bool:
    """Whether this is the page of a post."""
    return page.startswith("posts/")


def card(page: str) -> str:
    """The social card of a page: a post has its own, ``cards/<path>.png``, all others share one."""
    return f"cards/{page.removeprefix('posts/').removesuffix('/index.html')}.png" if is_post(page) else CARD


def feed_page(number: int) -> str:
    """Page ``number`` (from 1) of the feed."""
    return HOME if number == 1 else f"page/{number}/index.html"


def table_page(number: int) -> str:
    """Page ``number`` (from 1) of the table of all posts."""
    return "table/index.html" if number == 1 else f"table/{number}/index.html"


def group(kind: str, name_slug: str) -> str:
    """The page of a tag, an author or a folder: ``tags/<slug>/index.html``. A folder's slug may have several parts."""
    return f"{kind}/{name_slug}/index.html"


def folder_slug(path: str) -> str:
    """A folder's path, slugged part by part."""
    return "/".join(slug(part) for part in path.split("/"))


def beside(page: str, name: str) -> str:
    """A file that lies beside a page: ``beside("posts/a/index.html", "plot.png")`` is ``posts/a/plot.png``."""
    return posixpath.join(posixpath.dirname(page), name)


def relative(page: str, target: str) -> str:
    """The link on ``page`` that leads to ``target`` (both relative to the site's root; ``target`` may carry a ``#fragment``)."""
    shared = 0
    while (end := page.find("/", shared) + 1) and page[shared:end] == target[shared:end]:
        shared = end
    return "../" * page.count("/", shared) + target[shared:]


def climb(page: str) -> str:
    """The way from a page up to the site's root: ``../../`` from ``tags/churn/index.html``. Before any URL it makes a link that holds on every
    page of that depth.
    """
    return "../" * page.count("/")


def absolute(site_url: str, target: str) -> str:
    """The address of ``target`` on the published site, with ``index.html`` left out."""
    path = target.removesuffix("index.html") if target.endswith("/index.html") or target == "index.html" else target
    return site_url + path


def alias(address: str) -> str:
    """The file that answers at an old address (a path, or a URL of which the path counts), or "" where there can be none."""
    try:
        parts = [part for part in unquote(urlsplit(address.strip()).path, errors="strict").split("/") if part]
    except ValueError:
        return ""
    if not parts or not all(_PART.fullmatch(part) for part in parts):
        return ""
    return "/".join(parts) if parts[-1].endswith(".html") else "/".join([*parts, "index.html"])


def source(project_url: str, commit: str, path: str) -> str:
    """The file at that commit in the project's web interface (GitLab's form, GitHub's for github.com), or "" where either is unknown."""
    if not project_url or not commit:
        return ""
    middle = "blob" if _host(project_url) == "github.com" else "-/blob"
    return f"{project_url}/{middle}/{commit}/{quote(path, safe='/')}"


def history(project_url: str, commit: str, path: str) -> str:
    """The commits that made a file what it was at this one, in the project's web interface, or "" where either is unknown."""
    if not project_url or not commit:
        return ""
    middle = "commits" if _host(project_url) == "github.com" else "-/commits"
    return f"{project_url}/{middle}/{commit}/{quote(path, safe='/', errors='replace')}"


def new_issue(project_url: str, title: str, description: str) -> str:
    """The address where an issue is written, with its title and the beginning of its text; "" without a project."""
    if not project_url:
        return ""
    new, about, text = "-/issues/new", "issue%5Btitle%5D", "issue%5Bdescription%5D"
    if _host(project_url) == "github.com":
        new, about, text = "issues/new", "title", "body"
    return f"{project_url}/{new}?{about}={quote(title, safe='', errors='replace')}&{text}={quote(description, safe='', errors='replace')}"


def issues_about(project_url: str, path: str) -> str:
    """The address of the issues on GitLab in which a path stands, or ""."""
    return f"{project_url}/-/issues/?state=all&search={quote(path, safe='', errors='replace')}" if is_gitlab(project_url) else ""


def is_gitlab(project_url: str) -> bool:
    """Whether issues of this project can be read as GitLab's."""
    return bool(project_url) and _host(project_url) != "github.com"


def fill(template: str, values: Mapping[str, str]) -> str:
    """The address with its ``{places}`` filled in, or "" where one of them is not known.

    All is percent-encoded, but the slashes of ``{path}`` and ``{dir}``, and ``{project_url}`` where the address begins with it.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name == "project_url" and found.start() == 0:
            return values[name]
        return quote(values[name], safe="/" if name in ("path", "dir") else "", errors="replace")

    known = all(values[name] or name == "dir" for name in _PLACE.findall(template))
    return _PLACE.sub(value, template) if known else ""


def commit(project_url: str, commit_id: str) -> str:
    """The commit in the project's web interface, or "" where either is unknown."""
    if not project_url or not commit_id:
        return ""
    middle = "commit" if _host(project_url) == "github.com" else "-/commit"
    return f"{project_url}/{middle}/{commit_id}"


def merge_request(project_url: str, number: int) -> str:
    """A merge request in the project's web interface, or "" where either is unknown, or there are none."""
    if not project_url or not number or _host(project_url) == "github.com":
        return ""
    return f"{project_url}/-/merge_requests/{number}"


def project(remote: str) -> str:
    """The web address of a Git remote, without credentials: ``git@host:group/project.git`` → ``https://host/group/project``; "" if it has none."""
    remote = remote.strip()
    scp = re.fullmatch(r"(?:[^@/\s]+@)?([\w.-]+\.[\w.-]+):(?!//)/?(.+)", remote)
    if scp:
        return f"https://{scp[1].lower()}/{_project_path(scp[2])}"
    try:
        parts = urlsplit(remote)
        number = parts.port
    except ValueError:  # ssh://git@host:group/project: neither form
        return ""
    if not parts.hostname or parts.scheme not in ("https", "http", "ssh", "git"):
        return ""
    scheme = parts.scheme if parts.scheme in ("http", "https") else "https"
    port = f":{number}" if number and parts.scheme in ("http", "https") else ""
    return f"{scheme}://{parts.hostname}{port}/{_project_path(parts.path)}"


def is_web(address: str) -> bool:
    """Whether this is an http(s) address with a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _project_path(path: str) -> str:
    return quote(path.strip("/").removesuffix(".git"), safe="/~")


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()
