"""The sample site on a double of GitLab Pages, wherever it may lie there; and the double itself, held against the examples of its documentation."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks import links
from tests import gitrepo, samplesite, sitefactory, team
from tests.browser import chromium
from tests.gitlabpages import Answer, Pages, Rule, serving
from tests.test_sample_browser import kinds

LEFT = "net::ERR_ABORTED"
"""The page was left before a picture had come."""
HOST = "https://team.gitlab.io"
BASES = ("/", "/project/", "/group/project/", "/project/mr-7/")
"""A unique domain; a project of a group, of a subgroup; the preview of a merge request."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the sample repository, which does not know where it will lie."""
    return samplesite.build(tmp_path_factory, address="")


@pytest.fixture
def published(tmp_path: Path) -> Pages:
    """The site of the documentation's example, as a project's."""
    for path in ("index.html", "data.html", "info.html", "data/index.html", "info/details.html", "404.html", "style.css"):
        file = tmp_path / "site" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path, "utf-8")
    return Pages({"/": tmp_path / "group", "/slug/": tmp_path / "site"})


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        ("/", 200, "index.html"),
        ("/index.html", 200, "index.html"),
        ("/index", 200, "index.html"),
        ("/data", 302, "/slug/data/"),
        ("/data/", 200, "data/index.html"),
        ("/data.html", 200, "data.html"),
        ("/info", 302, "/slug/info/"),
        ("/info/", 404, "404.html"),
        ("/info.html", 200, "info.html"),
        ("/info/details", 200, "info/details.html"),
        ("/info/details.html", 200, "info/details.html"),
        ("/none", 404, "404.html"),
        ("/../site/index.html", 404, "404.html"),
    ],
)
def test_addresses_are_resolved_as_documented(published: Pages, path: str, status: int, answer: str) -> None:
    """The table of "Resolving ambiguous URLs"; folders without an index are not listed."""
    got = published.get("/slug" + path)
    assert (got.status, got.headers.get("location") or got.body.decode()) == (status, answer)


def test_the_group_answers_for_what_is_missing(published: Pages) -> None:
    """404.html of the project, else that of the group's site, else GitLab's own; a project's path without a slash leads to it."""
    (published.sites["/slug/"] / "404.html").unlink()
    assert published.get("/slug/none").body == b"GitLab's own page"
    published.sites["/"].mkdir()
    (published.sites["/"] / "404.html").write_text("the group's", "utf-8")
    assert (published.get("/slug/none").status, published.get("/slug/none").body) == (404, b"the group's")
    assert published.get("/slug").headers["location"] == "/slug/"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip;q=0.9", "gzip"), ("", ""), ("zstd", "")])
def test_compressed_files_are_negotiated(published: Pages, accepted: str, encoding: str) -> None:
    """A .br, else a .gz, is served in place of its file to browsers that take it, as what the file is."""
    style = published.sites["/slug/"] / "style.css"
    style.with_name("style.css.br").write_bytes(b"br")
    style.with_name("style.css.gz").write_bytes(gzip.compress(b"gz"))
    got = published.get("/slug/style.css", {"accept-encoding": accepted})
    assert (got.headers.get("content-encoding", ""), got.headers["content-type"]) == (encoding, "text/css; charset=utf-8")


@pytest.mark.parametrize(
    ("old", "new", "path", "leads"),
    [
        ("/a/", "/b/", "/A", "/b/"),
        ("/a", "/b", "/a/c", None),
        ("/a/b", "/c", "//a//b/", "/c"),
        ("/a/*", "/b/:splat", "/a/x/y", "/b/x/y"),
        ("/*/a.html", "/:splat/b.html", "/mr-7/a.html", "/mr-7/b.html"),
        ("/*/a.html", "/:splat/b.html", "/a.html", "/b.html"),
        ("/news/:year/:month", "/blog-:year-:month", "/news/2024/01", "/blog-2024-01"),
        ("/news/:year", "/blog-:year", "/news/2024/01", None),
        ("/:a/:a", "/b/:a", "/x/y", "/b/x"),
    ],
)
def test_rules_match_as_documented(old: str, new: str, path: str, leads: str | None) -> None:
    """Splats take any number of parts, placeholders one; slashes at the end, doubled slashes and case do not matter."""
    assert Rule(old, new, 301).match(path) == leads


def test_rules_give_way_to_files_and_to_limits(published: Pages) -> None:
    """A file wins over a rule; the thousandth rule counts, the next does not; a rewrite answers itself; the list says which rules are valid."""
    rules = published.sites["/slug/"] / "_redirects"
    first = ["/slug/data.html /slug/info.html", "no-slash /x", "/slug/re /slug/data.html 200"]
    many = [*first, *(f"/slug/{number} /slug/to-{number} 302" for number in range(998))]
    rules.write_text("\n".join(["# old places", *many]), "utf-8")
    assert published.get("/slug/data.html").status == 200
    assert published.get("/slug/re").body == b"data.html"
    assert (published.get("/slug/996").status, published.get("/slug/996").headers["location"]) == (302, "/slug/to-996")
    assert published.get("/slug/997").status == 404
    assert published.get("/slug/_redirects").body.startswith(b"1000 rules\nrule 1: valid\nrule 2: error\nrule 3: valid\n")
    rules.write_text("/slug/996 /x\n" + "#" * 65_536, "utf-8")
    assert published.get("/slug/996").status == 404


@pytest.mark.parametrize("base", BASES)
def test_no_link_leads_nowhere(site: Path, base: str) -> None:
    """Every link of every page and list, with its anchor, leads to a file under each base path; none leaves it, and none is a detour."""
    found = links.read(site)
    pages = Pages({base: site})
    answers: dict[str, Answer] = {}
    broken = []
    for file, link in found.links:
        url, anchor = urldefrag(urljoin(f"{HOST}{base}{file}", link))
        answer = answers.setdefault(url, pages.get(url))
        ids = found.ids[answer.file.relative_to(site).as_posix()] if answer.status == 200 and answer.file else frozenset[str]()
        if unquote(anchor) not in ids:
            broken.append((file, link, answer.status))
    assert len(answers) > 150
    assert broken == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def listened(browser: Browser, host: str) -> Iterator[Page]:
    """A page that may only ask this host, and has to be silent: no error on the console, no answer but a good one."""
    said: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(15_000)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"{request.url} failed") if request.failure != LEFT else None)
    page.on("response", lambda response: said.append(f"{response.url} {response.status}") if response.status != 200 else None)
    page.on(
        "request",
        lambda request: said.append(f"{request.url} asked") if not request.url.startswith((f"{host}/", "data:", "blob:")) else None,
    )
    yield page
    page.close()
    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("base", BASES)
def test_pages_load_in_silence(browser: Browser, site: Path, base: str) -> None:
    """A page of each kind loads with all that it needs under each base path: no error on the console, no answer but 200, no other host asked."""
    with serving(Pages({base: site})) as host, listened(browser, host) as page:
        for path in kinds(site):
            page.goto(host + base + path)
            assert page.locator("h1").first.inner_text()
        page.wait_for_load_state("networkidle")


@pytest.mark.browser
def test_a_private_site_works(browser: Browser, site: Path) -> None:
    """Members see all of a site that asks for a session: pages, interactive outputs, the search. No script asks another host, such as GitLab's API."""
    with serving(Pages({"/project/": site}), private=True) as host, listened(browser, host) as page:
        page.context.request.get(f"{host}/auth")  # a page of its own would ask for the icon of the host
        for path in kinds(site):
            page.goto(f"{host}/project/{path}")
            for number, frame in enumerate(page.locator(".frame[data-run=auto]").all()):
                frame.scroll_into_view_if_needed()
                page.locator(".frame[data-drawn]").nth(number).wait_for()
        page.goto(f"{host}/project/index.html")
        page.keyboard.press("/")
        page.keyboard.type("churn")
        expect(page.get_by_role("dialog").get_by_role("option").last).to_contain_text("result")


def test_the_session_of_a_private_site_is_needed(site: Path) -> None:
    """The double itself: without a session it sends readers to GitLab."""
    with serving(Pages({"/project/": site}), private=True) as host:
        answer = httpx.get(f"{host}/project/index.html")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://gitlab.example/oauth/authorize")


@pytest.mark.browser
def test_lost_readers_find_the_way(browser: Browser, site: Path) -> None:
    """An address below the site that leads nowhere shows the site's own page, at whatever depth."""
    page = browser.new_page()
    with serving(Pages({"/project/": site})) as host:
        lost = page.goto(f"{host}/project/no/such/page")
        assert lost is not None
        assert (lost.status, page.locator("main a").first.is_visible()) == (404, True)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("base", BASES)
def test_old_addresses_lead_to_their_post(browser: Browser, tmp_path: Path, base: str) -> None:
    """By its page or, in another spelling, by a rule: an old address ends at the post, under each base path."""
    post = {
        "knowrepo.yml": f"site_url: {HOST}{base}\n",
        "a.md": team.header("New", "aliases: [old/place, kp/a.kp, was.html]") + "\nText.\n",
    }
    team.site(gitrepo.make(tmp_path / "repo", post), tmp_path / "site")
    page = browser.new_page()
    with serving(Pages({base: tmp_path / "site"})) as host:
        for old in ("old/place", "old/place/", "old/place/index.html", "OLD/Place", "kp/a.kp", "KP/A.kp", "was", "was.html", "WAS.html"):
            page.goto(host + base + old)
            page.wait_for_url(lambda url: url.removesuffix("index.html") == f"{host}{base}posts/a/")
            assert page.locator("h1").inner_text() == "New"
    page.close()


def test_every_rule_that_is_written_is_valid(tmp_path: Path) -> None:
    """GitLab's list of our own rules finds no mistake in them."""
    aliases = ("old/place", "kp/a.kp", "a b", "Größe", "x#y", "a=b", "!", "/".join("x" * 30))
    built = sitefactory.build(sitefactory.site([sitefactory.post("new.md", aliases=aliases)], site_url=f"{HOST}/project/"))
    (tmp_path / "_redirects").write_bytes(built["_redirects"])
    pages = Pages({"/project/": tmp_path})
    assert pages.get("/project/_redirects").body == b"6 rules\n" + b"".join(b"rule %d: valid\n" % number for number in range(1, 7))
    assert all(pages.get(f"/project/{alias}").status == 301 for alias in aliases[:2])
