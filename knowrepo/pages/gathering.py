"""What the pages of tags, authors and folders have in common: a name, and a list of posts with feeds of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.model import Entry, Group
from knowrepo.pages.views import Lens
from knowrepo.render import markdown, sanitize


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The page of a tag, an author or a folder.

    ``title`` says to people what kind of page it is and ``index`` leads to all of them ("" on the page of the root folder, which is that index itself).
    """

    title: str
    name: str
    index: str
    rows: tuple[Markup, ...]
    atom: str
    json_feed: str


def view(lens: Lens, title: str, name: str, index: str, group: Group) -> GroupPage:
    """The common part of a group's page; ``index`` is the page of all."""
    page = group.url
    return GroupPage(
        title=title,
        name=text.legal(name),
        index=urls.relative(page, index) if page != index else "",
        rows=tuple(lens.row(page, member) for member in group.posts),
        atom=urls.relative(page, urls.beside(page, urls.ATOM)),
        json_feed=urls.relative(page, urls.beside(page, urls.JSON_FEED)),
    )


def about(entry: Entry | None) -> Markup:
    """What the team says of a tag or an author, as HTML; "" if it says nothing."""
    return sanitize.clean(markdown.to_html(text.legal(entry.about))) if entry and entry.about else Markup("")


def line(entry: Entry | None, length: int) -> str:
    """The same as one line of at most ``length`` characters."""
    return text.excerpt(text.legal(text.plain(entry.about)), length) if entry else ""


def by_name(groups: tuple[Group, ...]) -> Mapping[str, Group]:
    """The groups by the key of their names (``text.same_key``)."""
    return {text.same_key(group.name): group for group in groups}
