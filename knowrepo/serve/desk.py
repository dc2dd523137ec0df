"""Where the preview answers the search: by whoosh's index, which is brought up to date when somebody searches, instead of static files after every save."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from knowrepo import build as pipeline
from knowrepo.cache import mending
from knowrepo.errors import CacheDamaged
from knowrepo.search import answers, finding
from knowrepo.search.finding import Library

Answer = TypeVar("Answer")


class Desk:
    """Answers for the pages of one preview; ``version`` says when there is a new site, ``secret`` seals the index."""

    def __init__(self, shop: pipeline.Workshop, secret: bytes, version: Callable[[], int]) -> None:
        self._shop = shop
        self._secret = secret
        self._version = version
        self._alone = threading.Lock()
        self._known: tuple[int, Library, bool] | None = None

    def found(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The answer to a query. Raises KnowrepoError where the posts or their index cannot be read."""
        limit = given.get("limit", "10")
        return self._asked(
            lambda books, recency: answers.found(
                books,
                given.get("q", ""),
                limit=int(limit) if limit.isdecimal() else 10,
                newest=given.get("sort") == "date",
                recency=recency,
                typing=given.get("typing") == "1",
                facets=given.get("facets") == "1",
            )
        )

    def completions(self, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """The ways to go on with a query. Raises KnowrepoError as ``found`` does."""
        return self._asked(lambda books, _: answers.completions(books, given.get("before", "")))

    def _asked(self, question: Callable[[Library, bool], Answer]) -> Answer:
        def answer() -> Answer:
            try:
                return question(*self._books())
            except CacheDamaged:  # the posts have to be made again
                self._known = None
                raise

        return mending(answer)

    def _books(self) -> tuple[Library, bool]:
        """The posts with their index, which is brought up to date when somebody searches, and whether younger ones are preferred."""
        with self._alone:
            version = self._version()
            if self._known is None or self._known[0] != version:
                site, _ = pipeline.site_of(self._shop)
                books = finding.library(self._shop.cache.folder / "search", self._secret, site.posts, site.language)
                self._known = version, books, site.recency
            return self._known[1:]
