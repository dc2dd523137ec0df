"""The feed's data file, and all posts as a table and as a tree."""

from __future__ import annotations

import gzip
import json
from typing import Any
from xml.etree import ElementTree

from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo import chain
from knowrepo.model import Person, Picture, Site, Target
from knowrepo.pages import table
from tests import sitefactory
from tests.sitefactory import EVIL, build, post, site

SCRIPT_LIMITS = {"app.js": 12_000, "feed.js": 8_500, "scheme.js": 500}
"""Gzipped bytes."""


def lab(**changes: Any) -> Site:
    """Five posts of every format, in folders of folders."""
    thumbnail = Target(
        "posts/growth/eu/churn/thumbnail.webp", picture=Picture("webp", 152, 114), dense="posts/growth/eu/churn/thumbnail-2x.webp"
    )
    ada, bob = Person("Ada Lovelace"), Person("Bob Ross")
    posts = [
        post("growth/eu/churn.ipynb", "Churn", created="2024-05-01", tags=("churn", "maps"), authors=(ada, bob), thumbnail=thumbnail),
        post("growth/price.Rmd", "Prices", created="2024-04-01", tags=("churn",), authors=(bob,)),
        post("methods/guide.md", "A guide", created="2024-03-01", tags=()),
        post("methods/clean.py", "Cleaning", created="2024-02-01", tags=("maps",)),
        post("top.qmd", "At the top", created="", proxy="https://dash.example/q3"),
    ]
    return site(posts, **changes)


def listing(made: Site) -> dict[str, Any]:
    """What posts.json says."""
    return dict(json.loads(build(made)["posts.json"]))


def names(value: dict[str, Any], kind: str) -> list[list[str]]:
    """The tags, authors, folders or formats of every post by name."""
    return [[value[kind][number][0] for number in numbers] for numbers in value["posts"][kind]]


def test_the_data_of_the_filters_name_every_post() -> None:
    """posts.json has a column per property, newest first; names are numbers of rows of its tables."""
    value = listing(lab())
    posts = value["posts"]
    assert {len(column) for column in posts.values()} == {5}
    assert posts["title"] == ["Churn", "Prices", "A guide", "Cleaning", "At the top"]
    assert posts["url"][0] == "posts/growth/eu/churn/index.html"
    assert posts["created"] == ["2024-05-01", "2024-04-01", "2024-03-01", "2024-02-01", ""]
    assert names(value, "tag") == [["churn", "maps"], ["churn"], [], ["maps"], ["churn"]]
    assert names(value, "author")[:2] == [["Ada Lovelace", "Bob Ross"], ["Bob Ross"]]
    assert names(value, "folder") == [["growth/eu"], ["growth"], ["methods"], ["methods"], [""]]
    assert names(value, "kind") == [["notebook"], ["rmarkdown"], ["markdown"], ["script"], ["quarto"]]
    assert dict(value["kind"])["rmarkdown"] == "R Markdown"
    assert posts["host"][4] == "dash.example"
    files = build(lab())
    assert {url for table in ("tag", "author", "folder") for _, url in value[table]} <= files.keys()


def test_cards_of_the_data_have_the_picture_or_colour_of_the_feed() -> None:
    """A picture is named from the post's own page, with its size; a post without one has the hue that its card is drawn in."""
    files = build(lab())
    value = json.loads(files["posts.json"])
    assert value["posts"]["picture"][0] == ["thumbnail.webp", "thumbnail-2x.webp", 152, 114]
    hue = value["posts"]["picture"][1]
    assert f'style="--hue: {hue}"'.encode() in files["index.html"]


def test_the_data_stay_small() -> None:
    """Five thousand posts with summaries weigh less than a photograph: below 0.5 MB on the wire, 100 bytes a post."""
    many = [
        post(f"area-{number % 30}/analysis-{number}.ipynb", f"What we found in experiment {number}", tags=(f"tag-{number % 90}", "all"))
        for number in range(5000)
    ]
    data = build(site(many, posts_per_page=500))["posts.json"]
    assert len(gzip.compress(data, 6)) < 500_000


def test_hostile_text_stays_text_in_the_data() -> None:
    """Titles, names and summaries come as they are, without characters that no page may hold."""
    value = listing(site([post("a.md", EVIL, tags=(EVIL,), authors=(Person(EVIL),), tldr=EVIL)]))
    assert value["posts"]["title"] == ["<script>alert(1)</script> \"quoted\" 'single' ]]> &  end"]
    assert "\x00" not in value["tag"][0][0]


def test_the_feed_names_what_its_script_needs() -> None:
    """The first page and the later ones lead to posts.json; no other page does, and no other page loads the script of the filters."""
    files = build(site([post(f"{number}.md") for number in range(7)]))
    assert b'data-feed="posts.json"' in files["index.html"]
    assert b'data-feed="../../posts.json"' in files["page/2/index.html"]
    others = [path for path in files if path.endswith(".html") and path != "index.html" and not path.startswith("page/")]
    assert not [path for path in others if b"data-feed" in files[path] or b"assets/feed-" in files[path]]


def test_the_words_of_the_filters_are_only_where_they_are_used() -> None:
    """The feed has the words of its filters in the site's language; other pages do not carry them."""
    files = build(lab())
    words = json.loads(lxml_html.document_fromstring(files["index.html"]).xpath("//div/@data-words")[0])
    assert words["filters"] == "Filters"
    assert not [key for key in words if "." in key]
    assert b"Recently updated" not in files["table/index.html"]


def test_scripts_are_light() -> None:
    """All scripts of the feed weigh at most 20 kB on the wire; a post needs no more than the first two. The search is loaded on demand."""
    assets = chain.base() / "assets"
    sizes = {name: len(gzip.compress((assets / name).read_bytes(), 9)) for name in SCRIPT_LIMITS}
    assert all(sizes[name] <= most for name, most in SCRIPT_LIMITS.items()), sizes
    assert sum(sizes.values()) <= 20_000
    assert len(gzip.compress((assets / "search.js").read_bytes(), 9)) <= 17_600
    assert len(gzip.compress((assets / "search-page.js").read_bytes(), 9)) <= 18_700


def test_the_colours_are_chosen_before_the_page_is_drawn() -> None:
    """The script that knows the reader's colours comes before all style sheets and does not wait for the page."""
    head = build(lab())["posts/top/index.html"].partition(b"</head>")[0]
    scheme = head.index(b"assets/scheme-")
    assert scheme < head.index(b'rel="stylesheet"')
    assert b"defer" not in head[head.rindex(b"<script", 0, scheme) : scheme]


def rows(page: bytes) -> list[list[str]]:
    """The cells of the table's body."""
    tree = lxml_html.document_fromstring(page)
    return [[cell.text_content() for cell in row.xpath("td")] for row in tree.xpath("//tbody/tr")]


def test_all_posts_stand_in_a_table() -> None:
    """A plain page has a row per post with links to the post, its authors, tags and folder."""
    files = build(lab())
    page = files["table/index.html"]
    assert rows(page)[0] == ["Churn", "Ada Lovelace, Bob Ross", "churn, maps", "2024-05-01", "2024-05-01", "growth/eu", "2"]
    assert rows(page)[4] == ["At the top", "Ada Lovelace", "churn", "", "", "", "2"]
    assert b'href="../folders/growth/eu/index.html"' in page
    assert b'href="../tags/maps/index.html"' in page


def test_a_long_table_has_pages() -> None:
    """Beyond five hundred rows the table goes on on a second page, and leads to the view that sorts them all."""
    files = build(site([post(f"{number}.md") for number in range(table.SIZE + 1)], posts_per_page=500))
    assert len(rows(files["table/index.html"])) == table.SIZE
    assert len(rows(files["table/2/index.html"])) == 1
    assert b'href="2/index.html"' in files["table/index.html"]
    assert b'href="../../index.html?view=table"' in files["table/2/index.html"]


def test_all_posts_stand_in_a_tree() -> None:
    """A plain page has the folders in each other, each with the number of posts in it and below; posts of the top come last."""
    tree = lxml_html.document_fromstring(build(lab())["tree/index.html"]).xpath("//ul[@class='tree']")[0]
    assert [" ".join(summary.text_content().split()) for summary in tree.xpath(".//summary")] == ["growth 2", "eu 1", "methods 2"]
    assert [link.text for link in tree.xpath("./li/details/ul/li/details/ul/li/a")] == ["Churn"]
    assert [link.text for link in tree.xpath("./li/a")] == ["At the top"]


def test_a_tree_has_a_bottom() -> None:
    """Folders that lie in each other beyond all reason make long names, not a page that nobody can draw."""
    deep = "/".join("abcdefghijklmnopqrstuvwxyz")
    page = build(site([post(f"{deep}/post.md", "Deep")]))["tree/index.html"]
    assert page.count(b"<details") == 26
    assert lxml_html.document_fromstring(page).xpath("count(//a[text()='Deep']/ancestor::details)") == 9
    assert b"i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z" in page


def test_an_empty_site_has_empty_views() -> None:
    """Without posts there is a table page, a tree page and a data file, and they say so."""
    files = build(site([]))
    assert b"There are no posts yet." in files["table/index.html"]
    assert b"There are no posts yet." in files["tree/index.html"]
    assert json.loads(files["posts.json"])["posts"]["title"] == []


def test_search_engines_find_the_views() -> None:
    """The sitemap has the table and the tree."""
    sitemap = ElementTree.fromstring(build(lab(site_url="https://lab.example/"))["sitemap.xml"])
    found = {entry.text for entry in sitemap.iter() if entry.tag.endswith("loc")}
    assert {"https://lab.example/table/", "https://lab.example/tree/"} <= found


def test_the_views_lead_to_each_other() -> None:
    """Feed, table and tree name each other, and say which one is seen."""
    files = build(lab())
    for page, current in (("index.html", "Cards"), ("table/index.html", "Table"), ("tree/index.html", "Tree")):
        links = lxml_html.document_fromstring(files[page]).xpath("//nav[@data-ways]/a")
        assert [link.text for link in links] == ["Cards", "Table", "Tree"]
        assert [link.text for link in links if link.get("aria-current")] == [current]
    assert sitefactory.base().texts("table") == "Table"
