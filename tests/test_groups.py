"""The pages of tags, authors and folders, and what the team puts first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types

from knowrepo.model import Entry, Group, Person, Site
from knowrepo.pages import authors, tags
from tests.sitefactory import EVIL, build, group, headings, post, site


def page(made: Site, path: str) -> str:
    return build(made)[path].decode()


def texts(source: str, path: str) -> list[str]:
    """The text of every place that ``path`` names."""
    found = lxml_html.document_fromstring(source).xpath(path)
    return [" ".join((each if isinstance(each, str) else each.text_content()).split()) for each in found]


def described(made: Site, **entries: Entry) -> Site:
    """The site with what the team says of some of its tags and authors."""

    def told(groups: tuple[Group, ...]) -> tuple[Group, ...]:
        return tuple(replace(each, entry=entries.get(each.name.split()[0])) for each in groups)

    return replace(made, tags=told(made.tags), authors=told(made.authors))


def test_a_tag_says_what_it_means_and_who_looks_after_it() -> None:
    """The description is Markdown; the owner leads to the author's page, or stands alone where it is nobody who has written here."""
    made = site([post("a.md", tags=("churn", "maps"))])
    churn = Entry("churn", ("churn",), about="Who *leaves*, [more](https://x.example/).", owner="ada_lovelace")
    made = described(made, churn=churn, maps=Entry("maps", ("maps",), owner="The map team"))
    source = page(made, "tags/churn/index.html")
    assert texts(source, "//div[@class='described']//em") == ["leaves"]
    assert texts(source, "//p[span[starts-with(., 'Owner')]]//a/@href") == ["../../authors/ada-lovelace/index.html"]
    assert texts(source, "//meta[@name='description']/@content") == ["Who leaves, more."]
    assert texts(page(made, "tags/maps/index.html"), "//p[span[starts-with(., 'Owner')]]") == ["Owner: The map team"]
    assert texts(page(made, "tags/index.html"), "//li/p") == ["Who leaves, more."]


def test_related_tags_share_the_largest_part_of_their_posts() -> None:
    """By Jaccard's index: a tag that stands on everything is no closer than one that always goes along; equals stand by their URL."""
    posts = [post(f"{n}.md", tags=("all", *extra)) for n, extra in enumerate([("a", "b"), ("a", "b"), ("a", "c"), (), (), ()])]
    near = {tag: [other.name for other in others] for tag, others in tags.related(site(posts).tags).items()}
    assert near["tags/a/index.html"] == ["b", "all", "c"]
    assert near["tags/all/index.html"] == ["a", "b", "c"]
    assert near["tags/c/index.html"] == ["a", "all"]
    many = site([post("x.md", tags=tuple(f"t{n:02}" for n in range(20)))])
    assert texts(page(many, "tags/t05/index.html"), "//nav[@aria-label='Related tags']//a") == [f"t0{n}" for n in (0, 1, 2, 3, 4, 6, 7, 8)]
    assert "Related tags" not in page(site([post("a.md", tags=("alone",))]), "tags/alone/index.html")


def test_a_short_index_of_tags_is_one_list() -> None:
    """Up to a screenful there are no letters to choose from."""
    source = page(site([post("a.md", tags=("b", "a"))]), "tags/index.html")
    assert texts(source, "//main//li") == ["a 1", "b 1"]
    assert texts(source, "//main//h2") == []
    assert "There are none yet." in page(site([post("a.md", tags=())]), "tags/index.html")


def test_a_long_index_of_tags_is_by_letter() -> None:
    """Each letter has its anchor and its tags; above them stand those with the most posts. Every tag is there once more."""
    names = [f"{first}{n}" for first in ("zeta", "Alpha", "ärger", "3d", "Жизнь") for n in range(7)]
    made = site([post("a.md", tags=tuple(names)), post("b.md", tags=("Жизнь3",))])
    source = page(made, "tags/index.html")
    assert texts(source, "//nav[@class='letters']/a") == ["#", "A", "Z", "Ж"]
    assert texts(source, "//nav[@class='letters']/a/@href") == [f"#{each}" for each in texts(source, "//h2/@id")]
    assert len(texts(source, "//ul[@class='index']/li")) == len(names)
    assert "Жизнь3 2" in texts(source, "//section[@aria-label='Most used']//li")
    assert texts(source, "//section[h2='A']//li/a")[:2] == ["Alpha0", "Alpha1"]
    assert "ärger6" in texts(source, "//section[h2='A']//li/a")


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("churn", "C"),
        ("Éclair", "E"),
        ("3d", "#"),
        ("c++", "C"),
        ("Жизнь", "Ж"),
        ("王", "W"),
        ("ר", "R"),
        ("…", "#"),
        ("  x", "X"),
        ("ﬁsh", "F"),
    ],
)
def test_a_tag_stands_under_a_letter(name: str, letter: str) -> None:
    """Marks do not count; scripts without capitals stand where their Latin spelling does."""
    assert tags.letter(name) == letter


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Maya Okafor", "MO"),
        ("Hanneke de Vries", "HV"),
        ("ada", "A"),
        ("éva (guest) élan", "ÉÉ"),
        ("王小明", "王"),
        ("王 小明", "王"),
        ("رنا أحمد", "ر"),
        ("שרה", "ש"),
        ("Зоя Петрова", "ЗП"),
        ("e\u0331va x", "E\u0331X"),
        ("ßen", "ß"),
        ("<script>", "S"),
        ("@@@", "·"),
        ("  ", "·"),
        ("R2 D2", "RD"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    """The first and the last word, in any script; one letter where there are no capitals; a dot where there is nothing."""
    made = authors.avatar(name)
    assert made.initials == initials
    assert 0 <= made.hue < 360


def test_an_author_has_a_page() -> None:
    """Role, line, links and the author's tags with their own counts, the most used first; feeds and posts below."""
    both = (Person("Ada Lovelace"), Person("Bob"))
    made = site(
        [
            post("a.md", "A", tags=("maps", "churn")),
            post("b.md", "B", tags=("churn",), authors=both),
            post("c.md", "C", tags=("maps", "zoo"), authors=both[1:], created="2025-02-03"),
        ]
    )
    links = (("Chat", "https://chat.example/ada"), ("Mail", "mailto:ada@x.example"))
    made = described(made, Ada=Entry("Ada Lovelace", ("Ada Lovelace",), about="Ask *first*.", role="Engines", links=links))
    source = page(made, "authors/ada-lovelace/index.html")
    assert texts(source, "//h1") == ["Ada Lovelace"]
    assert texts(source, "//span[contains(@class, 'avatar')]") == ["AL"]
    assert texts(source, "//p[@class='subtitle']") == ["Engines"]
    assert texts(source, "//div[@class='described']//em") == ["first"]
    assert texts(source, "//ul[@class='elsewhere']//a/@href") == [url for _, url in links]
    assert texts(source, "//nav[@aria-label='Writes about']//li") == ["churn 2", "maps 1"]
    assert texts(source, "//article//h2") == ["A", "B"]
    index = page(made, "authors/index.html")
    assert texts(index, "//ul[@class='people']/li") == [
        "AL Ada Lovelace Engines 2 posts · latest 2024-03-01",
        "B Bob 2 posts · latest 2025-02-03",
    ]


def test_a_folder_is_titled_by_its_readme() -> None:
    """The README's title is the page's; a README without one, and a folder without a README, go by the folder's name."""
    titled = post(
        "x/README.md",
        "What X is",
        url="folders/x/index.html",
        html='<h1 id="what-x-is">What X is</h1><p>Text</p>',
        headings=headings("# What X is"),
    )
    plain = post("x/y/README.md", "Readme", url="folders/x/y/index.html", html="<p>Why</p>", tldr="Why **y**.")
    made = site([post("x/y/z/a.md", "A")])
    own = {"x": titled, "x/y": plain}
    made = replace(made, folders=tuple(group("folders", each.name, each.posts, own.get(each.name)) for each in made.folders))
    assert texts(page(made, "folders/x/index.html"), "//h1") == ["What X is"]
    assert texts(page(made, "folders/x/y/index.html"), "//h1") == ["y"]
    source = page(made, "folders/x/y/z/index.html")
    assert texts(source, "//h1") == ["z"]
    assert texts(source, "//nav[contains(@class, 'crumbs')]/a/@href") == [
        "../../../index.html",
        "../../../../folders/x/index.html",
        "../../../../folders/x/y/index.html",
    ]
    assert texts(page(made, "folders/x/index.html"), "//section[@aria-label='Folders']//li") == ["y 1Why y."]


def test_hostile_entries_stay_text() -> None:
    """What stands in authors.yml and tags.yml is shown as text, and its Markdown without script."""
    about = f"{EVIL} <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    entry = Entry("x", ("x",), about=about, role=EVIL, owner=EVIL, links=((EVIL, "https://x.example/?a='\"<"),))
    made = described(site([post("a.md", tags=("churn",))]), churn=entry, Ada=entry)
    for path, data in build(made).items():
        if path.startswith(("tags/", "authors/")) and path.endswith(".html"):
            shown = data.decode("utf-8")
            assert not {"\x00", "\x08", "\ud800"} & set(shown)
            tree = lxml_html.document_fromstring(shown)
            assert tree.xpath("//main//script") == []
            assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
            assert not [link for link in tree.xpath("//@href") if link.startswith("javascript:")]


def test_pinned_posts_and_the_readme_stand_on_the_first_page_alone() -> None:
    """The first page has both boxes and leaves the pinned posts out of its list; later pages have the posts that are theirs."""
    posts = [post(f"{n}.md", f"Post {n}", created=f"2024-03-0{9 - n}") for n in range(5)]
    made = site(posts, pinned=(posts[4], posts[0]), readme=post("README.md", "Start here", url="folders/index.html", tldr="Read **this**."))
    files = build(made)
    first, second = files["index.html"].decode(), files["page/2/index.html"].decode()
    assert texts(first, "//section[@aria-label='Pinned']//h2") == ["Post 4", "Post 0"]
    assert texts(first, "//section[@aria-label='Start here']/*") == ["Start here", "Read this."]
    assert texts(first, "//article//h2") == ["Post 1", "Post 2"]
    assert texts(second, "//article//h2") == ["Post 3", "Post 4"]
    assert "Pinned" not in second


def test_a_first_page_of_nothing_but_pinned_posts_does_not_say_that_there_are_none() -> None:
    """The words for an empty site are for an empty site."""
    made = site([post("a.md")])
    assert "There are no posts yet." not in page(replace(made, pinned=made.posts), "index.html")
