"""Feeds and the sitemap, read by the parsers that readers use."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import feedparser  # type: ignore[import-untyped]  # has no types
import pytest
from lxml import etree  # type: ignore[import-untyped]  # has no types

from knowrepo.model import Person, Site
from tests.sitefactory import EVIL, build, post, site

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def lab(site_url: str = "", **changes: object) -> Site:
    posts = [
        post("growth/a.md", "First", created="2024-03-01", updated_at=datetime.fromisoformat("2024-04-02T10:00:00+02:00")),
        post("growth/b.md", "Second", created="2024-02-01", authors=(Person("Ada"), Person("Grace")), tags=("x", "y")),
        post("c.md", "Undated", created=""),
    ]
    return site(posts, site_url=site_url, **changes)


def test_there_is_a_feed_beside_each_list() -> None:
    """The site, each tag, each author and each folder have both feeds beside their page."""
    files = build(lab())
    pages = [
        "",
        "tags/x/",
        "tags/y/",
        "tags/churn/",
        "authors/ada/",
        "authors/ada-lovelace/",
        "authors/grace/",
        "folders/",
        "folders/growth/",
    ]
    for page in pages:
        assert {f"{page}index.html", f"{page}feed.xml", f"{page}feed.json"} <= files.keys()
    assert len([path for path in files if path.endswith("feed.xml")]) == len(pages)


def test_atom_is_valid_where_it_matters() -> None:
    """Every entry has an id, a title and a date; the feed is as new as its newest entry; feedparser finds nothing wrong."""
    data = build(lab("https://lab.example/notes/"))["feed.xml"]
    feed = feedparser.parse(data)
    assert not feed.bozo
    assert feed.feed.title == "Lab notes"
    assert feed.feed.updated == "2024-04-02T10:00:00+02:00"
    assert [link.rel for link in feed.feed.links] == ["self", "alternate"]
    assert feed.feed.links[0].href == "https://lab.example/notes/feed.xml"
    assert [entry.title for entry in feed.entries] == ["First", "Second", "Undated"]
    first, second, undated = feed.entries
    assert first.link == "https://lab.example/notes/posts/growth/a/"
    assert first.summary == "What we found."
    assert first.published == "2024-03-01T00:00:00Z"
    assert [author.name for author in second.authors] == ["Ada", "Grace"]
    assert [tag.term for tag in second.tags] == ["x", "y"]
    assert undated.updated == "1970-01-01T00:00:00Z"
    assert len({entry.id for entry in feed.entries}) == 3
    assert all(entry.id.startswith("urn:uuid:") for entry in feed.entries)


def test_an_empty_feed_is_valid_too() -> None:
    """A site without posts has feeds, with a date that never changes."""
    feed = feedparser.parse(build(site([]))["feed.xml"])
    assert not feed.bozo
    assert feed.feed.updated == "1970-01-01T00:00:00Z"


def test_ids_stay_when_the_site_moves() -> None:
    """A post keeps its id under another address, title and date: readers do not see it twice."""
    ids = [
        [entry.id for entry in feedparser.parse(build(lab(url, title=title))["feed.xml"]).entries]
        for url, title in (("", "A"), ("https://b.example/", "B"))
    ]
    assert ids[0] == ids[1]


def test_links_are_relative_without_an_address() -> None:
    """Where the site's address is unknown links are relative to the feed, as its pages' links are."""
    files = build(lab())
    tree = etree.fromstring(files["tags/x/feed.xml"])
    assert tree.xpath("a:entry/a:link/@href", namespaces=ATOM) == ["../../posts/growth/b/index.html"]
    assert tree.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == ["feed.xml"]
    assert json.loads(files["tags/x/feed.json"])["items"][0]["url"] == "../../posts/growth/b/index.html"


def test_json_feed_has_what_the_standard_asks_for() -> None:
    """Version 1.1 with id, url, title, texts, dates, authors and tags; what there is not is left out."""
    value = json.loads(build(lab("https://lab.example/"))["feed.json"])
    assert value["version"] == "https://jsonfeed.org/version/1.1"
    assert value["feed_url"] == "https://lab.example/feed.json"
    assert value["home_page_url"] == "https://lab.example/"
    assert value["items"][0] == {
        "id": value["items"][0]["id"],
        "url": "https://lab.example/posts/growth/a/",
        "title": "First",
        "summary": "What we found.",
        "content_text": "What we found.",
        "date_published": "2024-03-01T00:00:00Z",
        "date_modified": "2024-04-02T10:00:00+02:00",
        "authors": [{"name": "Ada Lovelace"}],
        "tags": ["churn"],
    }
    assert "date_published" not in value["items"][2]


def test_hostile_text_leaves_feeds_well_formed() -> None:
    """Markup, ``]]>`` and characters that XML may not hold do not break a feed."""
    evil = post("a.md", EVIL, tags=(EVIL,), authors=(Person(EVIL),), tldr=EVIL)
    files = build(site([evil], title=EVIL, site_url="https://lab.example/"))
    feeds = [data for path, data in files.items() if path.endswith(".xml")]
    assert len(feeds) == 5
    for data in feeds:
        etree.fromstring(data)
    entry = feedparser.parse(files["feed.xml"]).entries[0]
    assert entry.title_detail.type == "text/plain"
    assert json.loads(files["feed.json"])["items"][0]["title"].startswith("<script>")


def test_a_feed_ends_somewhere() -> None:
    """A feed has the fifty newest posts."""
    files = build(site([post(f"p{number}.md", f"P{number}") for number in range(60)]))
    assert [entry.title for entry in feedparser.parse(files["feed.xml"]).entries] == [f"P{number}" for number in range(50)]
    assert len(json.loads(files["feed.json"])["items"]) == 50


@pytest.mark.parametrize("site_url", ["", "https://lab.example/"])
def test_the_sitemap_needs_an_address(site_url: str) -> None:
    """sitemap.xml lists every page that is to be found, and robots.txt names it; both are there only if the address is known."""
    files = build(lab(site_url))
    assert ("sitemap.xml" in files) == ("robots.txt" in files) == bool(site_url)
    if site_url:
        found = etree.fromstring(files["sitemap.xml"]).xpath("//*[local-name()='loc']/text()")
        assert {"https://lab.example/", "https://lab.example/posts/growth/a/", "https://lab.example/tags/x/"} <= set(found)
        assert len(found) == len(set(found))
        assert b"Sitemap: https://lab.example/sitemap.xml" in files["robots.txt"]


@pytest.mark.parametrize("site_url", ["", "https://lab.example/"])
def test_a_site_that_is_not_to_be_listed_says_so(site_url: str) -> None:
    """robots.txt keeps search engines out, nothing invites them, and each page repeats it, since robots.txt counts only at the top of a host."""
    files = build(replace(lab(site_url), robots=False))
    assert files["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    assert "sitemap.xml" not in files
    assert [path for path, data in files.items() if path.endswith(".html") and b'<meta name="robots" content="noindex' not in data] == []
    assert b'name="robots"' not in build(lab(site_url))["index.html"]
