"""URLs: inside the site, from page to page, and into GitLab."""

from __future__ import annotations

import pytest

from knowrepo import urls


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("posts/Churn Model", "posts/posts/churn-model/index.html"),
        ("分析/a.b", "posts/fenxi/a-b/index.html"),
        ("a//b/", "posts/a/b/index.html"),
    ],
)
def test_the_page_of_a_post(path: str, url: str) -> None:
    """Every part of the path is slugged."""
    assert urls.post(path) == url


@pytest.mark.parametrize(
    ("page", "target", "link"),
    [
        ("index.html", "posts/a/index.html", "posts/a/index.html"),
        ("posts/a/index.html", "index.html", "../../index.html"),
        ("posts/a/index.html", "posts/b/index.html#c", "../b/index.html#c"),
        ("posts/a/index.html", "posts/a/plot.png", "plot.png"),
        ("404.html", "feed.xml", "feed.xml"),
    ],
)
def test_links_are_relative_and_end_in_a_file_name(page: str, target: str, link: str) -> None:
    """The same bytes work under any base path."""
    assert urls.relative(page, target) == link


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@gitlab.com:group/sub/project.git", "https://gitlab.com/group/sub/project"),
        ("https://oauth2:token@gitlab.example:8443/g/p.git", "https://gitlab.example:8443/g/p"),
        ("ssh://git@gitlab.example:2222/g/p.git", "https://gitlab.example/g/p"),
        ("https://gitlab.com/g/p", "https://gitlab.com/g/p"),
        ("/srv/git/p.git", ""),
        ("file:///srv/p", ""),
        ("../p", ""),
        ("C:/p", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_remote(remote: str, address: str) -> None:
    """Every form of remote leads to the project's page, without credentials; a path on this computer leads nowhere."""
    assert urls.project(remote) == address


def test_the_source_at_a_commit() -> None:
    """GitLab's form, GitHub's for github.com, nothing where the project or the commit is unknown."""
    assert urls.source("https://gitlab.com/g/p", "abc", "a b/ü.md") == "https://gitlab.com/g/p/-/blob/abc/a%20b/%C3%BC.md"
    assert urls.source("https://github.com/g/p", "abc", "x.md") == "https://github.com/g/p/blob/abc/x.md"
    assert urls.source("", "abc", "x.md") == ""
    assert urls.source("https://gitlab.com/g/p", "", "x.md") == ""
    assert urls.commit("https://gitlab.com/g/p", "abc") == "https://gitlab.com/g/p/-/commit/abc"


def test_addresses_on_the_published_site() -> None:
    """index.html is left out where a server finds it by itself."""
    assert urls.absolute("https://x.example/", "posts/a/index.html") == "https://x.example/posts/a/"
    assert urls.absolute("https://x.example/", "index.html") == "https://x.example/"
    assert urls.absolute("https://x.example/", "feed.xml") == "https://x.example/feed.xml"


@pytest.mark.parametrize(
    ("address", "web"), [("https://a.example/x", True), ("javascript:alert(1)", False), ("https://", False), ("http://[", False)]
)
def test_web_addresses(address: str, web: bool) -> None:
    """Only http and https with a host are web addresses."""
    assert urls.is_web(address) is web
