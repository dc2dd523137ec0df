"""The page of the search. What it finds is its script's business; without script it says how to find posts otherwise, and how to write a query."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from knowrepo import urls
from knowrepo.cache import load
from knowrepo.model import Artifact
from knowrepo.pages import texts
from knowrepo.pages.frame import Link
from knowrepo.pages.theme import SEARCH_PAGE_SCRIPT
from knowrepo.pages.views import Lens
from knowrepo.search.index import FOLDER, files


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be written in a query: some examples and what they find."""

    examples: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """``places`` lead to all posts without the search; ``rules`` are the grammar of a query. ``words`` (JSON) are those of the script."""

    places: tuple[Link, ...]
    rules: tuple[Rule, ...]
    words: str


def pages(lens: Lens) -> Iterator[Artifact]:
    """The one page."""
    page = urls.SEARCH
    frame = lens.frame(page, lens.texts("search"), lens.texts("search-words"), script=SEARCH_PAGE_SCRIPT)
    table = Link(lens.texts("table"), urls.relative(page, urls.table_page(1)))
    search = SearchPage((*frame.navigation, table), _rules(lens), lens.texts.script(texts.SEARCH, texts.SEARCH_PAGE))
    yield lens.theme.show(page, "search.html", frame=frame, search=search)


def index(lens: Lens) -> Iterator[Artifact]:
    """The files that the search loads; on an offline site as scripts, since a page from ``file://`` may load nothing else.

    None where a server answers queries itself.
    """
    site, theme = lens.site, lens.theme
    if site.answered:
        return iter(())
    made = files(site, lambda about, make: theme.drawn("search/card", about, make).content, recency=site.recency)
    if not site.offline:
        return made
    words = Artifact(f"{FOLDER}texts.bin", theme.texts.script(texts.SEARCH).encode())
    return (_as_script(artifact) for artifact in (*made, words))


def _as_script(artifact: Artifact) -> Artifact:
    name = artifact.path.removeprefix(FOLDER)
    data = base64.b64encode(load(artifact.content)).decode()
    return Artifact(artifact.path.removesuffix("bin") + "js", f'knowrepoFile("{name}","{data}")\n'.encode())


def _rules(lens: Lens) -> tuple[Rule, ...]:
    texts = lens.texts
    return (
        Rule(("random forest",), texts("search-rule-words")),
        Rule(('"random forest"',), texts("search-rule-phrase")),
        Rule(("forest -random", '-"random forest"'), texts("search-rule-not")),
        Rule(("churn OR retention",), texts("search-rule-or")),
        Rule(("regress*",), texts("search-rule-prefix")),
        Rule(("train_test_split", "read csv"), texts("search-rule-names")),
        Rule(("tag:churn", 'author:"Ana Abbott"', "folder:growth"), texts("search-rule-fields")),
        Rule(("title:churn",), texts("search-rule-title")),
        Rule(("in:code merge", "in:output error"), texts("search-rule-in")),
        Rule(("after:2024-05", "before:2025"), texts("search-rule-dates")),
        Rule(("tag:churn OR tag:growth", "-tag:archive"), texts("search-rule-combined")),
    )
