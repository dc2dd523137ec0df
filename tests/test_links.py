"""Where links lead: posts by source path, pictures beside the page, files to GitLab, and nowhere with a reason."""

from __future__ import annotations

import pytest

from knowrepo import links
from knowrepo.model import Found, Link, Picture, Stored, Target

PNG = Found(Picture("png", 30, 20), Stored("git-1", "/r/img/a b.png", 9))
SVG = Found(Picture("svg", 30, 20), Stored("git-2", "/r/logo.svg", 9), "data:image/svg+xml;base64,AA==")
BOOK = links.Book(
    posts={
        "growth/churn.ipynb": ("posts/growth/churn/index.html", frozenset({"result", "cell-3"})),
        "growth/other.md": ("posts/growth/other/index.html", frozenset()),
        "growth/README.md": ("folders/growth/index.html", frozenset()),
    },
    files={"img/a b.png": "1", "logo.svg": "2", "data/x.csv": "3", "broken.png": "4"},
    folders={"": "folders/index.html", "growth": "folders/growth/index.html"},
    pictures={"img/a b.png": PNG, "logo.svg": SVG},
    source_url=lambda path: f"https://gitlab.example/g/p/-/blob/c/{path}",
)


def resolve(url: str, path: str = "growth/other.md", book: links.Book = BOOK, *, shown: bool = True) -> Target:
    return links.resolve(Link(url, 0), path, book, links.Shelf("posts/growth/other/index.html", set()), shown=shown)


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("churn.ipynb", "posts/growth/churn/index.html"),
        ("./churn.ipynb#result", "posts/growth/churn/index.html#result"),
        ("../growth/churn.ipynb#Result", "posts/growth/churn/index.html#result"),
        ("/growth/churn.ipynb", "posts/growth/churn/index.html"),
        ("churn", "posts/growth/churn/index.html"),
        ("churn.html", "posts/growth/churn/index.html"),
        ("churn.ipynb?x=1#cell-3", "posts/growth/churn/index.html#cell-3"),
        ("../growth", "folders/growth/index.html"),
        ("../growth/", "folders/growth/index.html"),
        (".", "folders/growth/index.html"),
        ("..", "folders/index.html"),
        ("README.md", "folders/growth/index.html"),
        ("#", "posts/growth/other/index.html"),
        ("../data/x.csv", "https://gitlab.example/g/p/-/blob/c/data/x.csv"),
        ("../data/x.csv#L3", "https://gitlab.example/g/p/-/blob/c/data/x.csv#L3"),
        ("//other.example/x", "https://other.example/x"),
        ("../img/a%20b.png", "posts/growth/other/a-b.png"),
        ("../logo.svg", "data:image/svg+xml;base64,AA=="),
    ],
)
def test_links_lead_where_their_author_meant(url: str, leads_to: str) -> None:
    """By source path, with or without suffix, from the root, to folders, files and pictures."""
    found = resolve(url)
    assert (found.url, found.complaint) == (leads_to, "")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("../../etc/passwd", "leaves the repository"),
        ("..%2f..%2fetc", "leaves the repository"),
        ("missing.md", "no such file"),
        ("churn.ipyn", "is it churn.ipynb"),
        ("http:[", "leaves the repository"),
        ("../broken.png", "cannot be read as a picture"),
        ("a%00b", "no such file"),
    ],
)
def test_links_that_lead_nowhere_say_why(url: str, complaint: str) -> None:
    """Nothing outside the repository and nothing that Git does not track is ever found."""
    found = resolve(url)
    assert found.url == ""
    assert complaint in found.complaint


def test_a_missing_anchor_leads_to_the_page_with_a_complaint() -> None:
    """The post is still reached."""
    found = resolve("churn.ipynb#gone")
    assert found.url == "posts/growth/churn/index.html"
    assert "gone" in found.complaint


def test_a_file_without_a_project_leads_nowhere_without_complaint() -> None:
    """That the project's address is not known is nobody's mistake."""
    book = links.Book(BOOK.posts, BOOK.files, BOOK.folders, BOOK.pictures, lambda _path: "")
    assert resolve("../data/x.csv", book=book) == Target("", local=False)


def test_a_drawing_that_is_only_linked_can_be_reached() -> None:
    """No browser follows a link to a ``data:`` URL: one to a drawing leads to the project; a picture's copy lies beside the page either way."""
    assert resolve("../logo.svg", shown=False).url == "https://gitlab.example/g/p/-/blob/c/logo.svg"
    assert resolve("../img/a%20b.png", shown=False).url == "posts/growth/other/a-b.png"


def test_copies_of_pictures_never_take_each_others_names() -> None:
    """Two pictures of one name lie beside the page under two names, the same picture under one."""
    shelf = links.Shelf("posts/a/index.html", {"a-b.png"})
    first = shelf.place("x/a b.png", ".png", PNG.content)
    assert (first, shelf.place("y/a_b.png", ".png", PNG.content), shelf.place("x/a b.png", ".png", PNG.content)) == (
        "posts/a/a-b-2.png",
        "posts/a/a-b-3.png",
        first,
    )
    assert [copy.path for copy in shelf.copies] == ["posts/a/a-b-2.png", "posts/a/a-b-3.png"]
