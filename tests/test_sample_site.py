"""What the site of the sample repository holds to: valid HTML, valid feeds, links that lead somewhere wherever it lies."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]  # has no types
import pytest
from lxml import etree  # type: ignore[import-untyped]  # has no types

from benchmarks import links
from tests import samplesite

VALIDATOR = samplesite.ROOT / ".venv-check" / "npm" / "node_modules" / ".bin" / "html-validate"
RULES = Path(__file__).parent / "htmlvalidate.json"
SCHEMA = Path(__file__).parent / "schemas" / "atom.rng"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samplesite.build(tmp_path_factory)


@pytest.fixture(scope="module")
def addressless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samplesite.build(tmp_path_factory, address="")


@pytest.mark.skipif(not VALIDATOR.exists(), reason="html-validate is not installed; scripts/check installs it")
def test_every_page_is_valid_html(published: Path) -> None:
    """html-validate finds nothing against the HTML standard on any page of the sample site, the rendered notebooks among it."""
    assert len(list(published.rglob("*.html"))) > 45
    done = subprocess.run(
        [VALIDATOR, "--config", RULES, "--formatter", "json", f"{published}/**/*.html"], capture_output=True, text=True, check=False
    )
    found = [
        (file["filePath"].removeprefix(str(published)), said["line"], said["ruleId"], said["message"])
        for file in json.loads(done.stdout)
        for said in file["messages"]
    ]
    assert found == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("base", links.BASES)
@pytest.mark.parametrize("kind", ["published", "addressless"])
def test_every_link_leads_somewhere(request: pytest.FixtureRequest, kind: str, base: str) -> None:
    """Links of pages, style sheets, feeds, the sitemap, the manifest and the lists of posts resolve, with their anchors, wherever the site lies."""
    site = links.read(request.getfixturevalue(kind))
    assert len(site.links) > 1500
    assert links.broken(site, base) == []


def test_a_link_that_leads_nowhere_is_found(published: Path, tmp_path: Path) -> None:
    """The check itself sees a page that is gone, an anchor that is gone, a way out of the project and a link from the host's root."""
    site = tmp_path / "site"
    shutil.copytree(published, site)
    (site / "archive" / "index.html").unlink()
    page = site / "tags" / "index.html"
    wrong = '<a href="#gone">1</a><a href="../../x.html">2</a><a href="/index.html">3</a><img srcset="no.png 2x">'
    page.write_text(page.read_text("utf-8").replace("</main>", f"{wrong}</main>"), "utf-8")
    found = links.broken(links.read(site), "https://host/project/")
    wanted = {"tags/index.html: #gone", "tags/index.html: ../../x.html", "tags/index.html: /index.html", "tags/index.html: no.png"}
    assert wanted < set(found)
    assert "index.html: archive/index.html" in found
    assert {line for line in found if not line.endswith("/") and "archive" not in line} == wanted


@pytest.mark.parametrize("kind", ["published", "addressless"])
def test_atom_feeds_are_valid(request: pytest.FixtureRequest, kind: str) -> None:
    """Each Atom feed conforms to the schema of RFC 4287 and to the rules beside it, and feedparser reads it without a complaint."""
    site: Path = request.getfixturevalue(kind)
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    feeds = sorted(site.rglob("feed.xml"))
    assert len(feeds) > 20
    for path in feeds:
        feed = etree.parse(path)
        schema.assertValid(feed)
        for entry in feed.xpath("a:entry", namespaces=ATOM):
            assert entry.xpath("a:author or ../a:author", namespaces=ATOM)
            assert entry.xpath("a:content or a:link[not(@rel) or @rel='alternate']", namespaces=ATOM)
        for holder in [feed.getroot(), *feed.xpath("a:entry", namespaces=ATOM)]:
            alternates = [(link.get("type"), link.get("hreflang")) for link in holder.xpath("a:link[@rel='alternate']", namespaces=ATOM)]
            assert len(alternates) == len(set(alternates)) == 1
        ids = feed.xpath("//a:id/text()", namespaces=ATOM)
        assert len(ids) == len(set(ids))
        read = feedparser.parse(path.read_bytes())
        assert not read.bozo, path
        assert [entry.title for entry in read.entries] == feed.xpath("a:entry/a:title/text()", namespaces=ATOM)


def test_json_feeds_keep_the_rules(published: Path) -> None:
    """Each JSON feed has what version 1.1 (https://www.jsonfeed.org/version/1.1/) demands, in the types that it demands, and nothing it does not know."""
    feeds = sorted(published.rglob("feed.json"))
    assert len(feeds) == len(list(published.rglob("feed.xml")))
    for path in feeds:
        feed = json.loads(path.read_bytes())
        assert feed.keys() <= {
            "version",
            "title",
            "home_page_url",
            "feed_url",
            "description",
            "language",
            "items",
            "authors",
            "icon",
            "favicon",
        }
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        for name in ("home_page_url", "feed_url"):
            assert urlsplit(feed[name]).scheme == "https"
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
        for item in feed["items"]:
            keeps_the_rules(item)
        twin = feedparser.parse(path.with_name("feed.xml").read_bytes())
        assert [item["title"] for item in feed["items"]] == [entry.title for entry in twin.entries]


def keeps_the_rules(item: dict[str, Any]) -> None:
    assert item.keys() <= {
        "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published", "date_modified", "authors",
        "tags", "language", "attachments",
    }  # fmt: skip
    assert isinstance(item["id"], str)
    assert "content_html" in item or "content_text" in item
    assert all(isinstance(item[name], str) for name in item.keys() - {"authors", "tags", "attachments"})
    assert urlsplit(item["url"]).scheme == "https"
    for name in item.keys() & {"date_published", "date_modified"}:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", item[name])
        assert datetime.fromisoformat(item[name]).tzinfo
    assert all(author.keys() <= {"name", "url", "avatar"} and author for author in item.get("authors", []))
    assert all(isinstance(tag, str) for tag in item.get("tags", []))
