"""What a build makes of discussion.json: comments below posts and at cells, the latest beside the feed, words for the search."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo import discussion, marker
from knowrepo.cli import cli
from knowrepo.model import Comment, Severity, Source, Thread
from knowrepo.pages import talk
from tests import gitrepo, team
from tests.sitefactory import EVIL

CHURN = "posts/growth/churn/index.html"
DAY = datetime(2026, 2, 1, 10, tzinfo=UTC)


def said(number: int, text: str, author: str = "Ada Lovelace", **more: Any) -> Comment:
    return Comment(number, author, more.pop("created", DAY), text, f"https://gitlab.example/team/posts/-/issues/3#note_{number}", **more)


def thread(*comments: Comment, post: str = "growth/churn.ipynb", **more: Any) -> Thread:
    first = more.pop("first", Comment(3, "Bob Ross", DAY, "Is it **true**?", "https://gitlab.example/team/posts/-/issues/3"))
    return Thread(post, more.pop("title", "Churn"), more.pop("closed", False), more.pop("likes", 0), first, comments)


Built = Callable[..., dict[str, bytes]]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Builds the site with these threads, or these bytes, as discussion.json."""
    root = gitrepo.make(tmp_path / "posts", team.FILES)

    def build(*threads: Thread, content: bytes | None = None) -> dict[str, bytes]:
        (root / marker.FILE).write_bytes(discussion.dump(threads) if content is None else content)
        team.site(root, tmp_path / "out", tmp_path / "cache")
        return team.tree(tmp_path / "out")

    return build


def texts(page: bytes, path: str) -> list[str]:
    return [
        " ".join(str(getattr(found, "text_content", lambda found=found: found)()).split())
        for found in lxml_html.document_fromstring(page).xpath(path)
    ]


def test_comments_stand_below_the_post(built: Built) -> None:
    """With author, day, replies, likes, whether it is closed, and a way to answer; all in HTML, no script needed."""
    answer = said(12, "No.", "Eve Ng")
    page = built(thread(said(11, "Why?", replies=(answer,)), said(13, "`x` $y$"), closed=True, likes=2))[CHURN]
    assert texts(page, "//section[@class='discussion']/p") == ["4 comments 2 likes", "Ask a question, or report a problem"]
    assert texts(page, "//section[@class='discussion']//h3") == ["Churn closed"]
    assert texts(page, "//li[@id='_note-11']/p") == ["Ada Lovelace 2026-02-01"]
    assert texts(page, "//li[@id='_note-11']/p/span/a/@href") == ["https://gitlab.example/team/posts/-/issues/3#note_11"]
    assert texts(page, "//li[@id='_note-11']/ol/li/@id") == ["_note-12"]
    assert texts(page, "//li[@id='_issue-3']//strong") == ["true"]


def test_there_is_no_discussion_where_nothing_is_said(built: Built) -> None:
    """Without the file, or on another post, the page has no such section."""
    site = built(thread())
    assert b'class="discussion"' in site[CHURN]
    assert not [path for path, page in site.items() if path.endswith(".html") and path != CHURN and b'class="discussion"' in page]


def test_a_comment_on_a_cell_is_linked_from_it(built: Built) -> None:
    """Each way; a cell that is gone keeps the comment without a link. The page knows the address of an issue with the anchor of a cell."""
    cell = re.findall(rb'class="cell code" id="([^"]+)"', built()[CHURN])[0].decode()
    page = built(thread(said(11, "Here.", cell=cell), said(12, "Gone.", cell="no-such-cell")))[CHURN]
    assert texts(page, f"//div[@id='{cell}']/p/a/@href") == ["#_note-11"]
    assert texts(page, f"//div[@id='{cell}']/p/a") == ["1 comment"]
    assert texts(page, "//li[@id='_note-11']/p//a[text()='about this cell']/@href") == [f"#{cell}"]
    assert texts(page, "//li[@id='_note-12']/p") == ["Ada Lovelace 2026-02-01"]
    (address,) = texts(page, "//div[@class='body']/@data-discuss")
    assert "cell%3Dknowrepo-cell" in address
    assert "knowrepo%3A%20post%3Dgrowth%2Fchurn.ipynb" in address


def test_an_open_issue_is_where_readers_go(built: Built) -> None:
    """The link to discuss a post leads to its open issue; to a new one if there is none, or all are closed."""
    path = "//nav[@class='actions']/a[text()='Discuss']/@href"
    assert texts(built(thread())[CHURN], path) == ["https://gitlab.example/team/posts/-/issues/3"]
    assert "/-/issues/new?" in texts(built(thread(closed=True))[CHURN], path)[0]


HOSTILE = [
    EVIL,
    "<img src=x onerror=alert(1)><iframe src=//x></iframe><form action=//x><style>*{display:none}</style>",
    "[x](javascript:alert(1)) ![p](https://spy.example/p.png) <a href='//spy.example'>y</a>",
    '<div id="_discussion" class="site-header" style="position:fixed">z</div>',
    "\x02" + "0\x03 {{ t('discuss') }} {% if %}",
    "</li></ol></section></article><h1>out</h1>",
    "> " * 500 + "deep",
    "<!-- " * 50 + "$$\\def\\x{\\x\\x}\\x$$",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_comment_is_text(built: Built, text: str) -> None:
    """As text, author and title it adds no script, no handler, no picture from elsewhere, no id or look of ours; what stands around it stays."""
    page = built(thread(said(11, text.replace("\ud800", ""), text.replace("\ud800", "")), title=text.replace("\ud800", "")))[CHURN]
    plain = built(thread(said(11, "x"), title="Other"))[CHURN]
    shown = lxml_html.document_fromstring(page)
    assert not shown.xpath(
        "//section[@class='discussion']//*[self::script or self::iframe or self::form or self::style or self::img[@src]]"
    )
    assert not shown.xpath(
        "//section[@class='discussion']//*[@style[. != ''] or @*[starts-with(name(), 'on')] or starts-with(@href, 'javascript')]"
    )
    assert not shown.xpath("//section[@class='discussion']//*[contains(@class, 'site-header')]")
    assert len(shown.xpath("//*[@id='_discussion']")) == len(shown.xpath("//footer[@class='post-footer']")) == 1
    assert [len(shown.xpath(f"//{name}")) for name in ("article", "main", "script")] == [
        len(lxml_html.document_fromstring(plain).xpath(f"//{name}")) for name in ("article", "main", "script")
    ]
    assert b"\x02" not in page


def test_an_issue_about_nothing_is_named() -> None:
    """A note of the build says which issues are about no file of the repository; those about drafts and private posts are known, and not mentioned."""
    about = [thread(post=name) for name in ("growth/churn.ipynb", "growth/draft.md", "growth/go%20ne\nx.md", "b", "c", "d")]
    drafts = [Source(path, "0", None, None) for path in ("growth/churn.ipynb", "growth/draft.md")]
    (note,) = discussion.lost(drafts, about, "")
    assert (note.path, note.rule, note.severity) == (marker.FILE, "discussion-lost", Severity.INFO)
    url = "https://gitlab.example/team/posts/-/issues/3"
    assert note.message == f"4 of 6 issues are about no file that is here: growth/go%20ne x.md ({url}), b ({url}), c ({url}), …"
    assert discussion.lost(drafts, about[:2], "") == ()


def test_the_file_moves_with_the_posts() -> None:
    """In a folder of another repository names lead on from the file; a file that has the whole name comes before."""
    posts = [Source(path, "0", None, None) for path in ("growth/churn.ipynb", "notes/x.md", "x.md")]
    said = [thread(post=name) for name in ("growth/churn.ipynb", "notes/x.md")]
    assert discussion.about(posts, said, "notes/") == {"growth/churn.ipynb": (said[0],), "x.md": (said[1],)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"schema_version": 1, "threads": [',
        b"[]",
        b'{"schema_version": 2, "threads": []}',
        b'{"schema_version": 1, "threads": [{}]}',
        b'{"schema_version": 1, "threads": {"a": 1}}',
        b"\xff\xfe",
        b"[" * 5000,
        json.dumps(
            {"schema_version": 1, "threads": [{**orjson.loads(discussion.dump([thread()]))["threads"][0], "likes": "<b>"}]}
        ).encode(),
        discussion.dump([thread()]).replace(b"2026-02-01T10:00:00+00:00", b"2026-02-01T10:00:00"),
        discussion.dump([thread()]).replace(b'"Bob Ross"', b"[1]"),
    ],
)
def test_a_damaged_file_is_one_problem(content: bytes) -> None:
    """It is named, and how to mend it; the build goes on without the discussion."""
    threads, problems = discussion.load(content)
    assert threads == ()
    assert [(problem.path, problem.rule) for problem in problems] == [("discussion.json", "discussion-damaged")]


def test_what_is_written_is_read() -> None:
    """``load`` reads what ``dump`` writes; without a file there is nothing to say."""
    threads = (thread(said(11, "Ü", replies=(said(12, "y"),), cell="c"), likes=1), thread(post="b.md"))
    assert discussion.load(discussion.dump(threads)) == (threads, ())
    assert discussion.load(None) == ((), ())
    unsafe = discussion.dump([thread(first=Comment(1, "x", DAY, "y", "javascript:alert(1)"))])
    assert discussion.load(unsafe)[0][0].first.url == ""


def test_a_damaged_file_stops_no_build(built: Built) -> None:
    """The site is the one without a discussion."""
    assert built(content=b"{") == built()


def test_the_same_discussion_is_the_same_site(built: Built, tmp_path: Path) -> None:
    """A build with nothing new renders nothing; another comment renders no post and changes the pages that show it alone."""
    one = built(thread(said(11, "x")))
    assert built(thread(said(11, "x"))) == one
    other = built(thread(said(11, "x"), said(12, "zebra")))
    changed = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path) and path.endswith((".html", ".xml"))}
    assert changed == {
        CHURN,
        "index.html",
        *(page for page in one if b'<a href="../../posts/growth/churn/index.html#_discussion">' in one[page]),
    }
    assert len(changed) == 6
    report = team.site(tmp_path / "posts", tmp_path / "out", tmp_path / "cache")
    assert (report.rendered, report.written.written) == (0, 0)


def test_comments_are_found(built: Built, tmp_path: Path) -> None:
    """By the search, which leads to the comment."""
    built(thread(said(11, "A **zebra** crossed.")))
    found = CliRunner().invoke(cli, ["-C", str(tmp_path / "posts"), "search", "zebra", "--json"])
    (result,) = json.loads(found.stdout)["results"]
    assert result["path"] == "growth/churn.ipynb"
    assert "_note-11" in found.stdout


def test_the_latest_comments_stand_beside_the_feed(built: Built) -> None:
    """Of each post the latest, the latest first, at most five, each with a link to it."""
    some = [said(10 + day, f"Day {day}", created=datetime(2026, 3, day, tzinfo=UTC)) for day in range(1, 5)]
    site = built(
        thread(*some), thread(said(50, "Guide", created=datetime(2026, 3, 3, 5, tzinfo=UTC)), post="methods/guide.md", title="The guide")
    )
    assert texts(site["index.html"], "//ul[@class='plain lately-said']/li/p[1]") == ["Day 4", "Guide"]
    assert texts(site["index.html"], "//ul[@class='plain lately-said']/li/a/@href") == [
        f"{CHURN}#_note-14",
        "posts/methods/guide/index.html#_note-50",
    ]


def test_a_long_discussion_is_shown_from_its_end(built: Built) -> None:
    """The latest comments stand on the page; of others it says how many there are, and leads to them. None is lost from the count, on cards neither."""
    many = [said(1000 + number, f"n{number}", created=DAY + timedelta(minutes=number)) for number in range(discussion.MOST + 30)]
    old = thread(first=Comment(2, "Bob Ross", DAY - timedelta(days=9), "old", "https://gitlab.example/team/posts/-/issues/2"), title="Old")
    site = built(thread(*many), old)
    page = site[CHURN]
    assert len(texts(page, "//div[@class='topic']/ol/li/@id")) == discussion.MOST + 1
    assert texts(page, "//div[@class='topic']/ol/li[position() < 4]/@id") == ["_issue-3", "_note-1030"]
    assert texts(page, "//p[@class='earlier']") == ["1 earlier comment", "30 earlier comments"]
    assert texts(page, "//p[@class='earlier']/a/@href")[1] == "https://gitlab.example/team/posts/-/issues/3"
    assert texts(page, "//section[@class='discussion']/p[1]") == [f"{discussion.MOST + 32} comments"]
    assert f"{discussion.MOST + 32} comments".encode() in site["index.html"]
    assert json.loads(site["posts.json"])["posts"]["comments"].count(f"{discussion.MOST + 32} comments") == 1


def test_a_long_comment_goes_on_elsewhere(built: Built) -> None:
    """Its beginning is shown, with a link to the rest; the file has no more of it."""
    page = built(thread(said(11, "x" * discussion.LONGEST), said(12, "y" * 9 + "z" * discussion.LONGEST)))[CHURN]
    assert texts(page, "//p[@class='earlier']/a/@href") == ["https://gitlab.example/team/posts/-/issues/3#note_12"]
    assert len(re.findall(rb"z{50,}", page)) == page.count(b"z" * (discussion.LONGEST - 9)) == 1
    assert len(discussion.dump([thread(said(1, "x" * 1_000_000))])) < discussion.LONGEST + 2000


def test_an_issue_that_says_nothing_is_no_discussion(built: Built) -> None:
    """One that was opened for a post, and has no answer yet: the page says so only by where its link leads. Likes alone are shown."""
    silent = Comment(3, "Bob Ross", DAY, "", "https://gitlab.example/team/posts/-/issues/3")
    page = built(thread(first=silent))[CHURN]
    assert b'class="discussion"' not in page
    assert texts(page, "//nav[@class='actions']/a[text()='Discuss']/@href") == ["https://gitlab.example/team/posts/-/issues/3"]
    assert texts(built(thread(first=silent, likes=2))[CHURN], "//section[@class='discussion']/p[1]") == ["0 comments 2 likes"]


def test_what_is_about_no_post_of_the_site_leaves_no_trace(built: Built) -> None:
    """A discussion about a draft, a private post or nothing is not published."""
    assert built(thread(said(11, "secret"), post="growth/draft.md")) == built()


def test_a_comment_is_rendered_once() -> None:
    """Markdown as in posts, with what GitLab and JupyterLab know."""
    assert 'checked=""' in talk.shown("- [x] ~~a~~", "")
    assert 'class="language-python"' in talk.shown("```python\nx\n```", "")
    assert "text-align:right" in talk.shown("|a|\n|-:|\n|1|", "")
    assert talk.shown("# a\n![b](https://spy.example/c.png)", "") == '<h4>a</h4>\n<p><span class="missing">b</span></p>\n'
    assert talk.shown("<span class='unmark o'>a</span>", "") == '<p><span class="o">a</span></p>\n'
