"""The statistics: how much there is, when it was written and by whom, what others build on, and what may be out of date.

There is no clock in a build: a post is stale as seen from the newest change of the site, not from today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from knowrepo import related, text, urls
from knowrepo.model import Artifact, Group, Post
from knowrepo.pages import charts
from knowrepo.pages.charts import Bar, Chart
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens, date

MOST = 20
"""So many rows a list has at most."""
STALE = timedelta(days=548)
"""Eighteen months."""
MOST_MONTHS = 180
"""A site that is older is counted by years."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Total:
    """A number with its name."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Posts over time: the chart, the same as (period, posts) newest first, and how many have no date. ``monthly``: else they are counted by years."""

    monthly: bool
    chart: Chart
    counts: tuple[tuple[str, int], ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The groups of a kind with the most posts; ``rest`` leads to all of them if there are more."""

    bars: tuple[Bar, ...]
    rest: Link | None


@dataclass(frozen=True, slots=True)
class Stale:
    """A post that has long been left alone, and the day of its last change."""

    link: Link
    updated: str


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """All figures. ``newest`` is the day of the newest change, from which ``stale`` posts are counted; ``stale_count`` is how many there are in all."""

    totals: tuple[Total, ...]
    growth: Growth | None
    authors: Ranking
    tags: Ranking
    linked: tuple[Bar, ...]
    newest: str
    stale: tuple[Stale, ...]
    stale_count: int


def pages(lens: Lens) -> Iterator[Artifact]:
    """The one page."""
    page = urls.STATISTICS
    title = lens.texts("statistics")
    yield lens.theme.show(
        page, "statistics.html", frame=lens.frame(page, title, lens.texts("statistics-words")), statistics=_view(lens, page)
    )


def _view(lens: Lens, page: str) -> StatisticsPage:
    site, texts = lens.site, lens.texts
    mentions = related.mentions(site)
    linked = sorted((post for post in site.posts if post.url in mentions), key=lambda post: -len(mentions[post.url]))
    newest = max(map(_changed, site.posts), default=_LONG_AGO)
    stale = sorted(
        (post for post in site.posts if _LONG_AGO < _changed(post) < newest - STALE), key=lambda post: (_changed(post), post.path)
    )
    notebooks = sum(post.source.suffix == ".ipynb" for post in site.posts)
    counts = (("posts", len(site.posts)), ("authors", len(site.authors)), ("tags", len(site.tags)), ("notebooks", notebooks))
    return StatisticsPage(
        totals=tuple(Total(texts(name), count) for name, count in counts),
        growth=_growth(site.posts),
        authors=_ranking(lens, page, site.authors, Link(texts("all-authors", count=len(site.authors)), urls.relative(page, urls.AUTHORS))),
        tags=_ranking(lens, page, site.tags, Link(texts("all-tags", count=len(site.tags)), urls.relative(page, urls.TAGS))),
        linked=charts.bars((_link(page, post), len(mentions[post.url])) for post in linked[:MOST]),
        newest=date(newest) if newest > _LONG_AGO else "",
        stale=tuple(Stale(_link(page, post), date(_changed(post))) for post in stale[:MOST]),
        stale_count=len(stale),
    )


def _changed(post: Post) -> datetime:
    return post.meta.updated_at or post.meta.created_at or _LONG_AGO


def _link(page: str, post: Post) -> Link:
    return Link(text.legal(post.meta.title), urls.relative(page, post.url))


def _ranking(lens: Lens, page: str, groups: Iterable[Group], rest: Link) -> Ranking:
    largest = sorted(groups, key=lambda group: -len(group.posts))
    shown = [lens.group(page, group) for group in largest[:MOST]]
    return Ranking(charts.bars((link, link.count) for link in shown), rest if len(largest) > MOST else None)


def _growth(posts: Iterable[Post]) -> Growth | None:
    """Posts by month of creation, where the author was; None without a date."""
    moments = [post.meta.created_at for post in posts]
    months = Counter(12 * moment.year + moment.month - 1 for moment in moments if moment)
    if not months:
        return None
    first, last = min(months), max(months)
    if monthly := last - first < MOST_MONTHS:
        named = [(f"{month // 12}-{month % 12 + 1:02}", months[month]) for month in range(first, last + 1)]
        years = [(at, name[:4]) for at, (name, _) in enumerate(named) if name.endswith("-01")]
        marks = years if len(years) > 1 else [(at, name) for at, (name, _) in enumerate(named)]
    else:
        by_year = Counter(month // 12 for month in months.elements())
        named = [(str(year), by_year[year]) for year in range(first // 12, last // 12 + 1)]
        marks = [(at, name) for at, (name, _) in enumerate(named)]
    counts = tuple((name, count) for name, count in reversed(named) if count)
    return Growth(monthly, charts.columns(named, marks), counts, moments.count(None))
