"""Pages: what each says, that every link leads somewhere, and that no text of an author becomes markup."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo import urls
from knowrepo.model import Artifact, Asset, Body, Heading, Link, Person, Picture, Post, Site, Stored, Target
from knowrepo.pages import artifacts
from knowrepo.pages import post as post_pages
from knowrepo.pages.theme import policy
from tests import sitefactory
from tests.sitefactory import EVIL, build, group, headings, post, site


def whole_site(**changes: object) -> Site:
    """A site that shows everything that pages can show."""
    plot = Asset("plot-1.png", b"png", 640, 480)
    first = post(
        "growth/churn.ipynb",
        "Churn, again",
        html='<h1 id="churn-again">Churn, again</h1><h2 id="data">Data</h2><img src="plot-1.png" alt=""><a href="\x020\x03">other</a>',
        headings=(Heading(1, "churn-again", "Churn, again"), *headings("## Data", "### Source", "## Result")),
        links=(Link("b.md", 0),),
        targets=(Target("posts/growth/deep/b/index.html#x"),),
        assets=(plot,),
        copies=(Artifact("posts/growth/churn/churn.ipynb", b"{}"),),
        download="posts/growth/churn/churn.ipynb",
        thumbnail=Target("posts/growth/churn/plot-1.png", picture=Picture("png", 640, 480)),
        source_url="https://gitlab.example/team/lab/-/blob/c0ffee/growth/churn.ipynb",
        subtitle="What is new",
        aliases=("/old/churn.html", "kb/churn"),
        created="2024-03-05",
    )
    others = [
        post("growth/deep/b.md", "B", created="2024-02-01", tags=("churn", "maps")),
        post("growth/c.md", "C", created="2024-01-15", authors=(Person("Grace Hopper"),)),
        post("d.md", "D", created="2023-12-31", tags=()),
        post("growth/link.md", "Dashboard", created="2023-05-01", proxy="https://dash.example/q3"),
        post("undated.md", "Undated", created=""),
    ]
    readme = post(
        "README.md",
        "About us",
        url="folders/index.html",
        html='<h1 id="about-us">About us</h1><p>Read me.</p>',
        headings=headings("# About us"),
    )
    made = site([first, *others], readme=readme, **changes)
    folders = tuple(group("folders", found.name, found.posts, readme if not found.name else None) for found in made.folders)
    return sitefactory.site(made.posts, readme=readme, folders=folders, **changes)


def links(page: bytes) -> list[str]:
    """Every link of a page, the one of a redirect among them."""
    tree = lxml_html.document_fromstring(page)
    found = [str(value) for name in ("href", "src") for value in tree.xpath(f"//@{name}")]
    refresh = [str(value).split("url=")[1] for value in tree.xpath("//meta[@http-equiv='refresh']/@content")]
    return found + refresh


def one(page: bytes, path: str) -> str:
    """The text at the only place that ``path`` names."""
    (found,) = lxml_html.document_fromstring(page).xpath(path)
    return " ".join((found if isinstance(found, str) else found.text_content()).split())


@pytest.mark.parametrize("site_url", ["", "https://lab.example/notes/"])
def test_every_link_leads_to_a_file_of_the_site(site_url: str) -> None:
    """Every internal link of every page is relative, ends in a file name and leads to a file that is emitted; anchors exist."""
    files = build(whole_site(site_url=site_url))
    pages = {path: data for path, data in files.items() if path.endswith(".html") and path != "404.html"}
    assert len(pages) == 24
    for path, data in pages.items():
        for link in links(data):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("https", "data")
                continue
            assert not link.startswith("/"), (path, link)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
            assert target in files, (path, link)
            assert not link.endswith("/")
            if parts.fragment and parts.fragment != "x":
                assert f' id="{parts.fragment}"'.encode() in files[target] or parts.fragment in ("source", "result")


@pytest.mark.parametrize(("site_url", "expected"), [("", ["index.html"]), ("https://lab.example/", ["https://lab.example/"])])
def test_the_page_for_lost_readers_works_at_any_depth(site_url: str, expected: list[str]) -> None:
    """404.html needs no other file; its links are absolute where the site's address is known, and never start at the host's root."""
    found = [link for link in links(build(whole_site(site_url=site_url))["404.html"]) if not link.startswith("data:")]
    assert found[:1] == expected
    assert all(urlsplit(link).scheme for link in found) == bool(site_url)


def test_the_policy_comes_first_on_every_page() -> None:
    """Right after the charset stands the policy, unescaped, so that the preview can add to it; no script but the theme's may run, and that of the search."""
    known = {name: program.integrity for name, program in sitefactory.base().scripts.items()}
    own = {b"data-feed": "feed.js", b"data-search-page": "search-page.js"}
    for path, data in build(whole_site()).items():
        if path.endswith(".html"):
            head = data.partition(b'<meta charset="utf-8">\n')[2]
            alone = path == "404.html" or b'http-equiv="refresh"' in data
            scripts = [] if alone else ["scheme.js", "app.js", *(script for mark, script in own.items() if mark in data)]
            allowed = policy(tuple(known[script] for script in [*scripts, "search.js"])) if scripts else policy()
            assert head.startswith(f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'.encode()), path
            assert data.count(b"<script") == len(scripts), path


def test_a_page_has_one_main_and_the_skip_link_is_first() -> None:
    """Each full page has one main, one h1, and a first link that leads to the main."""
    for path, data in build(whole_site()).items():
        if path.endswith("index.html") and b'http-equiv="refresh"' not in data:
            tree = lxml_html.document_fromstring(data)
            assert len(tree.xpath("//main")) == 1
            assert len(tree.xpath("//h1")) == 1, path
            assert tree.xpath("//body//a/@href")[0] == "#" + tree.xpath("//main/@id")[0]


def test_hostile_text_stays_text() -> None:
    """Markup, quotes and control characters in titles, tags, names and folders are shown as text on every page."""
    evil = post(
        f"{EVIL.replace('/', '')}/a.md", EVIL, tags=(EVIL,), authors=(Person(EVIL),), tldr=EVIL, subtitle=EVIL, proxy=f"https://x.example/{EVIL}",
        headings=(Heading(1, "h", EVIL), Heading(2, "i", EVIL)), aliases=("old/a",),
    )  # fmt: skip
    readme = post("README.md", EVIL, tldr=EVIL, url="folders/index.html")
    files = build(site([evil, post("b.md", proxy="javascript:alert(1)")], title=EVIL, description=EVIL, language=EVIL, readme=readme))
    for path, data in files.items():
        if not path.startswith("assets/") and not path.endswith(".bin"):
            shown = data.decode("utf-8")
            assert not {"\x00", "\x08", "\ud800"} & set(shown), path
            if path.endswith(".html"):
                assert not re.search(r"<script(?! (defer )?src=\"[./]*assets/)", shown), path
                tree = lxml_html.document_fromstring(data)
                assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")], path
                assert not [link for link in links(data) if link.startswith("javascript:")]
    assert one(files["index.html"], "(//article)[1]//h2").startswith("<script>alert(1)</script> \"quoted\" 'single' ]]> &")


def test_same_site_same_bytes() -> None:
    """Two renderings of one site are equal, byte for byte and in their order."""
    made = whole_site()
    assert list(build(made).items()) == list(build(made).items())


def test_each_path_is_emitted_once() -> None:
    """Two posts that publish the same file of the repository give one artifact."""
    shared = Artifact("posts/img/logo.png", b"png")
    made = site([post("a.md", copies=(shared,)), post("b.md", copies=(shared,))])
    paths = [artifact.path for artifact in artifacts(made, sitefactory.base())]
    assert len(paths) == len(set(paths))
    assert "posts/img/logo.png" in paths


def test_the_feed_has_pages() -> None:
    """Posts stand newest first, ``posts_per_page`` on each page; an empty site has one page that says so."""
    files = build(whole_site())
    titles = [lxml_html.document_fromstring(files[page]).xpath("//article//h2/a/text()") for page in ("index.html", "page/2/index.html")]
    assert titles == [["Churn, again", "B", "C"], ["D", "Dashboard", "Undated"]]
    assert "page/3/index.html" not in files
    assert b"There are no posts yet." in build(site([]))["index.html"]


def test_a_card_without_a_picture_is_drawn() -> None:
    """A card shows its picture with its size, or its initial; a picture of another host would break and is never shown."""
    far = post("far.md", "far away", thumbnail=Target("https://elsewhere.example/x.png", local=False))
    files = build(site([*whole_site().posts[:1], far]))
    assert (
        b'<img src="posts/growth/churn/plot-1.png" alt="" width="640" height="480" loading="lazy" decoding="async">' in files["index.html"]
    )
    assert one(files["index.html"], "//a[contains(@class, 'drawn')]") == "F"
    assert b"elsewhere.example" not in files["index.html"]


def test_the_readme_is_where_readers_start() -> None:
    """The repository's README is named on the home page, on its first page only, and shown on the page of the root folder."""
    files = build(whole_site())
    assert one(files["index.html"], "//section[@aria-label='Start here']//a") == "About us"
    assert b"Start here" not in files["page/2/index.html"]
    assert one(files["folders/index.html"], "//h1[@id='about-us']") == "About us"
    assert b"Read me." in files["folders/index.html"]


def test_a_folder_lists_what_lies_in_it() -> None:
    """A folder's page has its posts and the folders below it, which count the posts below them."""
    files = build(whole_site())
    page = files["folders/growth/index.html"]
    assert lxml_html.document_fromstring(page).xpath("//article//h2/a/text()") == ["Churn, again", "C", "Dashboard"]
    assert one(page, "//section[@aria-label='Folders']//li") == "deep 1"
    assert one(files["folders/index.html"], "(//section[@aria-label='Folders']//li)[1]") == "growth 4"


def test_the_archive_is_by_year_and_month() -> None:
    """The archive has every post under its year and month, newest first, and those without a date at the end."""
    tree = lxml_html.document_fromstring(build(whole_site())["archive/index.html"])
    assert tree.xpath("//section/h2/text()") == ["2024 ", "2023 ", "Without a date "]
    assert tree.xpath("//section[1]/h3/text()") == ["March", "February", "January"]
    assert len(tree.xpath("//section//li")) == 6


def test_a_post_says_where_it_comes_from() -> None:
    """A post has its dates, authors, tags, tldr, the way to its source, its download, its commit and its neighbours in the folder."""
    page = build(whole_site())["posts/growth/churn/index.html"]
    assert one(page, "//p[@class='subtitle']") == "What is new"
    assert one(page, "//header//time/@datetime") == "2024-03-05"
    assert one(page, "//section[@class='tldr']//strong") == "found"
    assert one(page, "//main//header//a[text()='Source']/@href").startswith("https://gitlab.example/team/lab/-/blob/")
    assert one(page, "//a[@download]/@href") == "churn.ipynb"
    assert one(page, "//footer[@class='post-footer']//a/code") == "c0ffee00"
    assert one(page, "//nav[@class='neighbours']").endswith("C")
    assert one(page, "//p[@class='folder']/a/@href") == "../../../folders/growth/index.html"


def test_the_contents_are_a_tree_without_the_title() -> None:
    """Headings nest by level; a first heading that repeats the title is left out, and the title takes over its anchor."""
    page = build(whole_site())["posts/growth/churn/index.html"]
    assert one(page, "//h1/@id") == "churn-again"
    assert one(page, "(//nav[@class='contents']/div/ol/li)[1]/ol/li/a") == "Source"
    assert lxml_html.document_fromstring(page).xpath("//nav[@class='contents']/div/ol/li/a/text()") == ["Data", "Result"]


def test_a_link_post_leads_out() -> None:
    """A link post has a clear link, and names the host instead of a reading time."""
    page = build(whole_site())["posts/growth/link/index.html"]
    assert one(page, "//p[@class='proxy']/a/@href") == "https://dash.example/q3"
    assert one(page, "//p[@class='proxy']/a") == "Open on dash.example"
    assert b"min read" not in page


def resolved(html: str, *targets: Target) -> str:
    """A body with one link per target, resolved."""
    made = post("a.md", html=html, links=tuple(Link(f'no"{number}<', 0) for number in range(len(targets))), targets=targets)
    return str(post_pages.body(made, "a.md", sitefactory.base().texts)[0])


PICTURE = Picture("png", 300, 200)


@pytest.mark.parametrize(
    ("html", "target", "expected"),
    [
        ('<a href="M" rel="x">b</a>', Target("posts/b/index.html#c"), '<a href="../b/index.html#c" rel="x">b</a>'),
        ('<a href="M">b</a>', Target("https://x.example/?a=1&b=2", local=False), '<a href="https://x.example/?a=1&amp;b=2">b</a>'),
        ('<a href="M" title="t">b</a>', Target(""), '<a title="This link leads nowhere: no&#34;0&lt;">b</a>'),
        (
            '<img src="M" alt="">',
            Target("posts/a/p.png", picture=PICTURE),
            '<img src="p.png" alt="" width="300" height="200" loading="lazy" decoding="async">',
        ),
        (
            '<img src="M" alt="" width="30">',
            Target("posts/a/p.png", picture=PICTURE),
            '<img src="p.png" alt="" width="30" loading="lazy" decoding="async">',
        ),
        (
            '<img alt="a &lt;b&gt;" src="M">',
            Target(""),
            '<span class="missing" title="Picture not found: no&#34;0&lt;">a &lt;b&gt;</span>',
        ),
        (
            '<img alt="far" src="M">',
            Target("https://x.example/p.png", local=False),
            '<span class="missing" title="Picture not found: no&#34;0&lt;">far</span>',
        ),
        ('<blockquote cite="M">q</blockquote>', Target("posts/b/index.html"), '<blockquote cite="../b/index.html">q</blockquote>'),
    ],
)  # fmt: skip
def test_links_stand_where_markers_stood(html: str, target: Target, expected: str) -> None:
    """Each kind of marker becomes what its target is: a link, a picture with its size, or the text alone."""
    assert resolved(html.replace("M", "\x020\x03"), target) == expected


@pytest.mark.parametrize("forged", ["\x027\x03", "\x02" + "9" * 5000 + "\x03", "\x02\x03", "\x02", "\x03", "\x02-1\x03"])
def test_a_forged_marker_does_no_harm(forged: str) -> None:
    """A marker in an author's own text that is no index of a link vanishes; no control character is left."""
    shown = resolved(f'<p>x{forged}y</p><a href="{forged}">z</a>', Target("posts/b/index.html"))
    assert not {"\x02", "\x03"} & set(shown)
    assert "../b" not in shown


def test_the_body_may_lie_in_a_file(tmp_path: Path) -> None:
    """The HTML of a post may be bytes, or a file that holds them."""
    file = tmp_path / "body"
    file.write_bytes("<p>größer</p>".encode())
    stored = Stored(hashlib.sha256(file.read_bytes()).hexdigest(), str(file), len(file.read_bytes()))
    made = post("a.md")
    moved = Post(made.source, made.url, made.meta, Body(html=stored), "python")
    assert "größer" in build(site([moved]))["posts/a/index.html"].decode()


def test_old_addresses_lead_to_the_post() -> None:
    """An alias becomes a page that leads on at once, with a link for those whose browser does not."""
    files = build(whole_site(site_url="https://lab.example/"))
    for path, link in (
        ("old/churn.html", "../posts/growth/churn/index.html"),
        ("kb/churn/index.html", "../../posts/growth/churn/index.html"),
    ):
        assert one(files[path], "//meta[@http-equiv='refresh']/@content") == f"0; url={link}"
        assert one(files[path], "//a/@href") == link
        assert one(files[path], "//link[@rel='canonical']/@href") == "https://lab.example/posts/growth/churn/"


@pytest.mark.parametrize(
    "alias",
    [
        "/",
        "",
        "index.html",
        "INDEX.HTML",
        "posts/b",
        "posts/b/index.html/x",
        "posts",
        "../up",
        "a/../../up",
        "a\x00b",
        "..",
        "a\\b",
        ".git/x",
        "%ff",
    ],
)
def test_an_alias_never_takes_the_place_of_a_file(alias: str) -> None:
    """An alias that is another page, needs a folder where a file is, or leaves the site is skipped."""
    plain = build(site([post("a.md"), post("b.md")]))
    assert build(site([post("a.md", aliases=(alias,)), post("b.md")])).keys() - plain.keys() <= {"posts/index.html"}


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("/post/projects/x.kp", "post/projects/x.kp/index.html"),
        ("https://old.example/a%20b/?q=1#f", "a b/index.html"),
        ("a//b.html", "a/b.html"),
    ],
)  # fmt: skip
def test_an_alias_is_a_path_or_an_address(alias: str, path: str) -> None:
    """Of an address only the path counts; what is no HTML file is a folder with an index."""
    assert urls.alias(alias) == path


def test_site_json_lists_every_post() -> None:
    """site.json has each published post with its path, url, names, dates, tldr, blob and commit, and says its version."""
    value = json.loads(build(whole_site())["site.json"])
    assert value["schema_version"] == 1
    assert [entry["path"] for entry in value["posts"]] == [post.path for post in whole_site().posts]
    assert value["posts"][0] == {
        "path": "growth/churn.ipynb",
        "url": "posts/growth/churn/index.html",
        "title": "Churn, again",
        "authors": ["Ada Lovelace"],
        "tags": ["churn"],
        "created_at": "2024-03-05T00:00:00+00:00",
        "updated_at": "2024-03-05T00:00:00+00:00",
        "tldr": "What we **found**.",
        "blob": "b" * 40,
        "commit": value["commit"],
    }
    assert value["posts"][-1]["created_at"] is None


def test_e_mail_addresses_are_not_published() -> None:
    """An author's e-mail address is on no page, feed or list."""
    files = build(site([post("a.md", authors=(Person("Ada", email="ada@example.org"),))]))
    assert not [path for path, data in files.items() if b"ada@example.org" in data]
