"""Old addresses: a page at each, and GitLab's rules for those that no page can answer."""

from __future__ import annotations

from typing import Any

import pytest

from knowrepo.pages import redirects
from tests import sitefactory


def built(*aliases: str, site_url: str = "https://team.example/notes/", **changes: Any) -> dict[str, bytes]:
    post = sitefactory.post("new.md", "New", aliases=aliases)
    return sitefactory.build(sitefactory.site([post], site_url=site_url, **changes))


def rules(*aliases: str, **changes: Any) -> list[str]:
    return built(*aliases, **changes).get("_redirects", b"").decode().splitlines()


@pytest.mark.parametrize(
    ("alias", "old"),
    [
        ("post/churn.kp", "/notes/post/churn.kp"),
        ("old/churn.html", "/notes/old/churn.html"),
        ("old/index.html", "/notes/old"),
        ("Größe", "/notes/Größe"),
        ("feed.xml/old", "/notes/feed.xml/old"),
    ],
)
def test_each_old_address_has_a_rule(alias: str, old: str) -> None:
    """A rule leads from the whole path, as GitLab wants it, to the whole path of the post, also where a page would have to lie below a file."""
    assert rules(alias) == [f"{old} /notes/posts/new/ 301"]


def test_rules_need_the_address_of_the_site() -> None:
    """Where nobody knows below which path the site lies there are no rules, but pages."""
    found = built("old", site_url="")
    assert "_redirects" not in found
    assert b'content="0; url=../posts/new/index.html"' in found["old/index.html"]
    assert "_redirects" not in built()


def test_what_gitlab_would_misread_has_no_rule() -> None:
    """Blanks, percent signs, halves of characters and very long paths; nor is an address named twice, in whatever case."""
    assert rules("my page", "100%25", "a/\ud800", "/".join("x" * 25), "old", "Old") == ["/notes/old /notes/posts/new/ 301"]


def test_there_are_no_more_rules_than_gitlab_takes() -> None:
    """A thousand rules, and 64 KiB."""
    many = rules(*(f"old/{number}" for number in range(redirects.MAX_RULES + 5)))
    assert len(many) == redirects.MAX_RULES
    assert many[-1].startswith("/notes/old/999 ")
    long = built(*(f"{number}/{'x' * 190}" for number in range(redirects.MAX_RULES)))["_redirects"]
    assert redirects.MAX_BYTES - 300 < len(long) <= redirects.MAX_BYTES
