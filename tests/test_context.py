"""What stands around a post: links to its source, downloads, other programs, discussion; series, related posts, mentions; how it is cited."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo import config, marker, urls
from knowrepo.errors import ConfigError
from knowrepo.model import Companion, Opener, Person, Post, Site, Stale, Target
from knowrepo.pages import cite
from tests import gitrepo, sitefactory, team
from tests.sitefactory import build, post, site
from tests.test_pages import one

COLAB = Opener("Colab", "https://colab.example/github/team/lab/blob/{commit}/{path}", (".ipynb",))


def page(shown: Post, *others: Post, **changes: object) -> bytes:
    """The page of a post in a site with others."""
    return build(site([shown, *others], **changes))[shown.url]


def texts(data: bytes, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in lxml_html.document_fromstring(data).xpath(path)]


# Actions


def test_the_actions_of_a_post() -> None:
    """One compact line: source, history at the commit, downloads and programs in menus that work without script, and where to discuss."""
    made = post(
        "growth/churn.ipynb",
        source_url="https://gitlab.example/team/lab/-/blob/c0ffee/growth/churn.ipynb",
        download="posts/growth/churn/churn.ipynb",
        script="posts/growth/churn/churn.py",
    )
    data = page(made, openers=(COLAB, replace(COLAB, name="Hub")), prefix="sub/")
    assert texts(data, "//nav[@class='actions']/a | //nav[@class='actions']//summary") == [
        "Source",
        "History",
        "Download",
        "Open in",
        "Discuss",
    ]
    assert one(data, "//nav/a[text()='History']/@href") == f"https://gitlab.example/team/lab/-/commits/{made.commit}/sub/growth/churn.ipynb"
    assert texts(data, "(//nav[@class='actions']//ul)[1]//a") == ["Source (.ipynb)", "Code as a script (.py)"]
    assert one(data, "//a[text()='Colab']/@href") == f"https://colab.example/github/team/lab/blob/{made.commit}/sub/growth/churn.ipynb"


def test_a_menu_of_one_is_a_link() -> None:
    """What there is one of needs no menu; what there is none of is not there."""
    data = page(post("a.ipynb", download="posts/a/a.ipynb"), openers=(COLAB,), discuss_url="")
    assert texts(data, "//nav[@class='actions']/a") == ["History", "Download", "Open in Colab"]
    assert b'<details class="menu"' not in data
    assert b'class="actions"' not in page(post("a.md", commit=""), project_url="", discuss_url="")


def test_programs_open_what_they_can() -> None:
    """A program is offered for its suffixes alone, and only if all that its address needs is known."""
    hub = Opener("Hub", "https://hub.example/pull?branch={branch}", (".ipynb", ".md"))
    assert b"Hub" not in page(post("a.ipynb"), openers=(hub,))
    assert b"Hub" in page(post("a.md"), openers=(hub, COLAB), branch="main")
    assert b"Colab" not in page(post("a.md"), openers=(COLAB,))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("https://h.example/{path}", "https://h.example/a%20b/c%26d%3F%23.ipynb"),
        (
            "https://h.example/pull?repo={project_url}&p={path}",
            "https://h.example/pull?repo=https%3A%2F%2Fg.example%2Ft&p=a%20b/c%26d%3F%23.ipynb",
        ),
        ("{project_url}/x/{name}", "https://g.example/t/x/c%26d%3F%23.ipynb"),
        ("https://h.example/{branch}/{dir}", "https://h.example/fix%2Fit/a%20b"),
        ("https://h.example/{commit}", ""),
    ],
)
def test_places_are_filled_in_encoded(template: str, expected: str) -> None:
    """No value can end its part of the address; the project's address may begin one; without a value there is no address."""
    values = {
        "path": "a b/c&d?#.ipynb",
        "dir": "a b",
        "name": "c&d?#.ipynb",
        "commit": "",
        "branch": "fix/it",
        "project_url": "https://g.example/t",
    }
    assert urls.fill(template, values) == expected


def discuss(shown: Post, **changes: object) -> str:
    return one(page(shown, **changes), "//nav[@class='actions']/a[text()='Discuss']/@href")


def test_a_new_issue_is_filled_in() -> None:
    """By default readers write an issue of the project, on GitLab or GitHub, with the post's title, address and path in it."""
    made = post("a b.md", "Why? 50 % & more", source_url="https://source.example/")
    parts = urlsplit(discuss(made))
    assert parts.path == "/team/lab/-/issues/new"
    assert parse_qs(parts.query)["issue[title]"] == ["Why? 50 % & more"]
    mark = f"<!-- knowrepo: post=a%20b.md -->\nhttps://source.example/\na b.md\n/label ~knowrepo\n\n{marker.NOTE}\n<!-- /knowrepo -->\n\n"
    assert parse_qs(parts.query)["issue[description]"] == [mark]
    github = urlsplit(discuss(made, project_url="https://github.com/team/lab", site_url="https://lab.example/"))
    assert (github.path, parse_qs(github.query)["body"]) == ("/team/lab/issues/new", ["https://lab.example/posts/a-b/\na b.md\n\n"])


def test_the_team_says_where_to_discuss() -> None:
    """An address of the team's own, or none."""
    assert discuss(post("a.md", "T&x"), discuss_url="https://chat.example/?about={title}") == "https://chat.example/?about=T%26x"
    assert b">Discuss<" not in page(post("a.md"), discuss_url="")


# Settings


def test_settings_of_addresses() -> None:
    """Templates are read with their suffixes; notebooks if none are named; ``false`` switches the discussion off."""
    read = config.load(
        b"open_in:\n- {name: Colab, url: 'https://c.example/{path}'}\n- {name: IDE, url: '{project_url}/-/ide/{path}', for: [.MD, .Rmd]}\ndiscuss_url: false\n"
    )
    assert read.open_in == (
        Opener("Colab", "https://c.example/{path}", (".ipynb",)),
        Opener("IDE", "{project_url}/-/ide/{path}", (".md", ".rmd")),
    )
    assert read.discuss_url == ""
    assert config.load(b"").discuss_url is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "open_in: [{name: A, url: 'https://h.example/{pth}'}]",
            r'knowrepo.yml:1: open_in: url: "\{pth\}" is no place.*did you mean "path"',
        ),
        ("open_in:\n- name: A\n  url: 'http://h.example/{path}'", "knowrepo.yml:3: open_in: url: .* is not a web address"),
        ("open_in: [{name: A, url: 'https://{name}.example/'}]", "is not a web address"),
        ("open_in: [{name: A, url: 'https://h.example@{name}/'}]", "is not a web address"),
        ("open_in: [{name: A, url: 'javascript:alert(1)'}]", "is not a web address"),
        ("open_in: [{name: A, url: 'https://h.example/{'}]", "a brace that belongs to no place"),
        ("open_in: [{name: A}]", "needs a name and a url"),
        ("open_in: [{name: A, url: 'https://h.example/', icon: x}]", 'unknown key "icon"'),
        ("open_in: [{name: A, url: 'https://h.example/', for: notebooks}]", "is not a suffix"),
        ("open_in: Colab", "is a map"),
        ("discuss_url: 'https://h.example/{commit}'", "the places are {title}, {url}, {path}, {project_url}"),
    ],
)
def test_a_mistake_in_a_template_is_one_clear_error(line: str, message: str) -> None:
    """A place that does not exist, or an address that is not https, is named with its line."""
    with pytest.raises(ConfigError, match=message) as caught:
        config.load(line.encode())
    assert str(caught.value).count("knowrepo.yml:") == 1


# Whether results are current


def test_old_results_are_named() -> None:
    """A calm line names the cells, at most five, with links to them; without such cells there is none."""
    stale = tuple(Stale(number, f"c{number}" if number else "") for number in range(7))
    shown = texts(page(post("a.ipynb", stale=stale)), "//p[@class='stale']")
    assert shown == [
        "Results may differ from the code. Not run since a change, or out of order: cell 0, cell 1, cell 2, cell 3, cell 4, and 2 more."
    ]
    assert texts(page(post("a.ipynb", stale=stale[:2])), "//p[@class='stale']/a[@href='#c1']") == ["cell 1"]
    assert b'class="stale"' not in page(post("a.ipynb"))


def test_a_source_that_is_newer_than_its_results_is_named() -> None:
    """What was knitted before the last commit of its source may differ from it; knitted in the same commit it does not."""
    made = post("a.Rmd", created="2024-03-05")
    assert made.source.updated

    def knitted(days: int) -> Post:
        beside = Companion("a.md", "b" * 40, made.source.updated and made.source.updated - timedelta(days=days))
        return replace(made, source=replace(made.source, companions=(beside,)))

    assert texts(page(knitted(2)), "//p[@class='stale']") == [
        "Results may differ from the code: the source was changed on 2024-03-05, they were made on 2024-03-03."
    ]
    assert b'class="stale"' not in page(knitted(0))
    assert b'class="stale"' not in page(replace(made, source=replace(made.source, companions=(Companion("a.meta.yml", "b" * 40, None),))))


# Where to go on


def series() -> list[Post]:
    return [post(f"{folder}/p.md", f"In {folder}", created=f"2024-0{number}-01", series="Bikes") for number, folder in enumerate("zya", 1)]


def test_a_part_of_a_series_leads_to_the_others() -> None:
    """It says which part it is, lists all, and its neighbours are those of the series, not of the folder."""
    first, second, third = series()
    data = page(second, first, third, post("y/other.md", "Other", created="2024-02-02"))
    assert texts(data, "//details[@class='series']/summary") == ["Part 2 of 3: Bikes"]
    assert texts(data, "//details[@class='series']//li") == ["In z", "In y", "In a"]
    assert texts(data, "//nav[@class='neighbours']/a") == ["← Previous part In z", "Next part → In a"]
    assert b"Part 1 of" not in page(post("x.md", series="Lonely"))


def test_related_posts_and_mentions() -> None:
    """Posts of the same words are related; posts that link here are named; what there is none of has no heading."""
    here = post("a.md", "A", tags=(), terms={"churn": 3, "member": 2})
    near = post("b.md", "B", tags=(), terms={"churn": 1, "member": 1}, targets=(Target("posts/a/index.html"),))
    far = [post(f"{name}.md", name, tags=(), terms={f"word{name}": 1}) for name in "cdef"]
    data = page(here, near, *far)
    assert texts(data, "//section[@class='related']//a") == ["B"]
    assert texts(data, "//section[@class='mentions']//a") == ["B"]
    assert b"Related posts" not in page(far[0], here)


def test_a_new_post_elsewhere_leaves_the_page_as_it_is() -> None:
    """A post that has nothing to do with this one changes not a byte of its page."""
    here, near = (post(f"x/{name}.md", name, terms={"churn": 2, "member": 1}) for name in "ab")
    far = [post(f"f{number}.md", tags=(), terms={f"word{number}": 1}) for number in range(9)]
    before = build(site([here, near, *far[:8]]))[here.url]
    assert before == build(site([here, near, *far]))[here.url]


# Citations


def cited(shown: Post, **changes: object) -> cite.Citation:
    made: Site = site([shown], **changes)
    return cite.of(shown, made, sitefactory.base().texts)


def test_a_citation() -> None:
    """BibTeX and a line of text, with the address where it is known, and the commit."""
    made = post("a.md", "How churn ends", authors=(Person("Ada Lovelace"), Person("Hopper, Grace")), created="2024-03-05")
    found = cited(made, site_url="https://lab.example/")
    assert found.bibtex == (
        "@misc{lovelace2024churn,\n  author = {Ada Lovelace and Hopper, Grace},\n  title = {{How churn ends}},\n  year = {2024},\n  month = mar,\n"
        "  howpublished = {Lab notes},\n  url = {https://lab.example/posts/a/},\n"
        f"  note = {{Commit {made.commit} https://gitlab.example/team/lab}}\n}}"
    )
    assert (
        found.line == "Ada Lovelace, Hopper, Grace (2024-03-05). How churn ends. Lab notes. Commit c0ffee00. https://lab.example/posts/a/"
    )


EVIL = r"""50 % of {a_b} & "c" \today ~ ^ # $x$ }{ } \{"""


def test_bibtex_is_escaped() -> None:
    """No character of a title, name or site ends its field or is a command of LaTeX: braces are balanced, specials are behind a backslash."""
    found = cited(post("a.md", EVIL, authors=(Person(EVIL), Person("Smith and Sons")), created="", commit=""), title=EVIL).bibtex
    depth = 0
    for letter in found:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[%&#$_]", found)
    assert r"\textbackslash{}today \textasciitilde{}" in found
    assert "{Smith and Sons}" in found
    assert set(re.findall(r"\\([a-z]+)", found)) == {
        "textbackslash",
        "textbraceleft",
        "textbraceright",
        "textasciitilde",
        "textasciicircum",
    }


@pytest.mark.parametrize(
    ("title", "authors", "created", "key"),
    [
        ("客户流失", (Person("王小明"),), "2024-01-01", r"[a-z]+2024[a-z]+"),
        ("2024", (), "", "2024"),
        ("!", (Person("!"),), "2024-01-01", "2024untitled"),
        ("A", (Person("de la Cruz, Juana"),), "2020-01-01", "delacruz2020a"),
    ],
)
def test_a_key_is_a_key(title: str, authors: tuple[Person, ...], created: str, key: str) -> None:
    """Whatever the names are, the key is letters and digits."""
    assert re.match(rf"@misc{{{key},\n", cited(post("a.md", title, authors=authors, created=created)).bibtex)


# The whole way


def test_from_the_repository_to_the_page(tmp_path: Path) -> None:
    """Series, script, related words and the age of results come from the files and Git, cold and warm alike."""
    files = {
        "knowrepo.yml": "project_url: https://gitlab.example/team/posts\nopen_in: [{name: Hub, url: 'https://hub.example/{branch}/{path}'}]\n",
        "a.ipynb": team.notebook("Churn", "series: Bikes"),
        "b.md": team.header("Second", "series: bikes", day="2024-02-01") + "See [churn](a.ipynb).",
        "r.Rmd": team.header("R") + "```{r}\n1\n```\n",
        "r.md": "one",
    }
    repository = gitrepo.make(tmp_path / "repo", files, {"r.Rmd": team.header("R") + "```{r}\n2\n```\n"})
    for out in (tmp_path / "cold", tmp_path / "warm"):
        team.site(repository, out, tmp_path / "cache")
        churn, knitted = ((out / f"posts/{name}/index.html").read_bytes() for name in "ar")
        assert (out / "posts/a/a.py").read_text() == "# %%\nimport pandas as pd\npd.read_csv('x')\n"
        assert texts(churn, "//details[@class='series']/summary") == ["Part 1 of 2: Bikes"]
        assert texts(churn, "//section[@class='mentions']//a") == ["Second"]
        assert unquote(one(churn, "//a[text()='Open in Hub']/@href")) == "https://hub.example/main/a.ipynb"
        assert "changed on 2024-01-02, they were made on 2024-01-01" in texts(knitted, "//p[@class='stale']")[0]
