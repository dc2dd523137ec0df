"""What others show of a link: Open Graph, social cards, microdata; and what browsers show of the site: icons, colours, the manifest."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # has no types
from PIL import Image

from knowrepo.model import Person
from knowrepo.pages import colours
from knowrepo.render import socialcards
from knowrepo.render.socialcards import Words
from tests.sitefactory import EVIL, base, build, post, site

ADDRESS = "https://lab.example/notes/"
PLAIN = Words("Lab notes", "Which customers leave", "W", "Ada Lovelace · 2024-03-01", ("churn", "maps"), "#14568c")


def said(page: bytes) -> dict[str, list[str]]:
    """The meta elements of a page by their property or name."""
    found: dict[str, list[str]] = {}
    for element in lxml_html.document_fromstring(page).xpath("//meta[@property or @name]"):
        found.setdefault(element.get("property") or element.get("name"), []).append(element.get("content"))
    return found


def opened(card: bytes) -> Any:
    return Image.open(io.BytesIO(card))


def drawn(card: bytes) -> tuple[int, int, int, int] | None:
    """The box around all that is not ground; None if there is nothing."""
    grey = opened(card).convert("L")
    ground = grey.getpixel((0, 0))
    box: tuple[int, int, int, int] | None = grey.point(lambda value: 255 * (value != ground)).getbbox()
    return box


def test_a_post_says_what_it_is() -> None:
    """A post's page names title, summary, address, picture, dates, authors and tags; other pages are the site's."""
    files = build(site([post("a.md", "First", authors=(Person("Ada"), Person("Grace")), tags=("x", "y"))], site_url=ADDRESS))
    found = said(files["posts/a/index.html"])
    assert found["og:title"] == ["First"]
    assert found["og:type"] == ["article"]
    assert found["og:description"] == found["description"] == ["What we found."]
    assert found["og:url"] == [f"{ADDRESS}posts/a/"]
    assert found["og:image"] == [f"{ADDRESS}cards/a.png"]
    assert found["article:published_time"] == ["2024-03-01T00:00:00+00:00"]
    assert (found["article:author"], found["article:tag"]) == (["Ada", "Grace"], ["x", "y"])
    assert found["twitter:card"] == ["summary_large_image"]
    whole = said(files["index.html"])
    assert (whole["og:type"], whole["og:title"], whole["og:image"]) == (["website"], ["Lab notes"], [f"{ADDRESS}card.png"])
    assert "article:published_time" not in said(files["tags/x/index.html"])


def test_without_an_address_nothing_is_said_or_drawn() -> None:
    """Open Graph needs absolute addresses: where the site's is unknown there is neither a word nor a card."""
    files = build(site([post("a.md")]))
    assert not [name for name in said(files["posts/a/index.html"]) if name.startswith(("og:", "article:", "twitter:"))]
    assert not [path for path in files if path.startswith("card")]


def test_every_page_describes_itself() -> None:
    """Each page has a description, even if neither its author nor the settings gave one."""
    for description in ("", "What we learnt."):
        for path, data in build(site([post("a.md", tldr="")], description=description)).items():
            if path.endswith("index.html"):
                (words,) = said(data)["description"]
                assert words, path


@pytest.mark.parametrize(
    "words", [PLAIN, replace(PLAIN, title="word " * 60), replace(PLAIN, title="x" * 500), replace(PLAIN, tags=("t",) * 90)]
)
def test_a_card_is_small_and_whole(words: Words) -> None:
    """A card has 1200 × 630 pixels and less than 15 kB, keeps its margins, and ends a title that is too long with an ellipsis."""
    data = socialcards.draw(words)
    card = opened(data)
    assert (card.format, card.size) == ("PNG", (1200, 630))
    assert len(data) < 15_000
    left, top, right, bottom = drawn(data) or (0, 0, 0, 0)
    assert left >= 70
    assert top >= 70
    assert right <= 1130
    assert bottom <= 590


def test_equal_words_make_equal_cards_and_others_do_not() -> None:
    """A card is a function of its words: each of them changes it."""
    first = socialcards.draw(PLAIN)
    assert socialcards.draw(replace(PLAIN)) == first
    changes: dict[str, Any] = {"site": "x", "title": "x", "byline": "x", "tags": (), "ground": "#ffcc00"}
    assert len({first, *(socialcards.draw(replace(PLAIN, **{name: value})) for name, value in changes.items())}) == 6


@pytest.mark.parametrize("title", ["顧客離脱", "A 顧客 title", "कितने ग्राहक"])
def test_a_title_with_letters_that_the_typeface_lacks_is_not_drawn_in_part(title: str) -> None:
    """Then the initial stands alone, or nothing, but never a title with boxes or gaps."""
    card = socialcards.draw(replace(PLAIN, title=title, initial="A"))
    assert card == socialcards.draw(replace(PLAIN, title="", initial="A"))
    assert socialcards.draw(replace(PLAIN, title=title, initial="顧")) == socialcards.draw(replace(PLAIN, title="", initial=""))


def test_pictograms_are_left_out() -> None:
    """An emoji is no letter: a title without it says the same."""
    assert socialcards.draw(replace(PLAIN, title="🦩 Launch 👩🏽‍🔬")) == socialcards.draw(replace(PLAIN, title="Launch"))


@pytest.mark.parametrize("title", ["תחזית הביקוש", "تحليل العملاء"])
def test_titles_from_right_to_left_stand_at_the_right(title: str) -> None:
    """Where Pillow can shape them; else their initial stands alone."""
    words = replace(PLAIN, title=title, initial="", site="", byline="", tags=())
    assert socialcards.needs_shaping(words)
    assert not socialcards.needs_shaping(PLAIN)
    card = opened(socialcards.draw(words)).crop((0, 130, 1200, 470))
    buffer = io.BytesIO()
    card.save(buffer, "PNG")
    box = drawn(buffer.getvalue())
    if socialcards.can_shape():
        assert box
        assert (box[0] > 80, box[2] > 1100) == (True, True)
    else:
        assert box is None


def test_a_light_ground_gets_dark_ink() -> None:
    """The colour of the words follows that of the ground."""
    shades = [opened(socialcards.draw(replace(PLAIN, ground=ground))).convert("L").getextrema() for ground in ("#14568c", "#ffe066")]
    assert shades[0][1] == 255
    assert shades[1][0] < 60


def test_hostile_text_is_drawn_as_it_stands() -> None:
    """Control characters and markup in titles and names cannot break a card."""
    made = site([post("a.md", EVIL, authors=(Person(EVIL),), tags=(EVIL,))], title=EVIL, site_url=ADDRESS)
    files = build(made)
    assert opened(files["cards/a.png"]).size == (1200, 630)
    assert said(files["posts/a/index.html"])["og:title"][0].startswith("<script>")


def test_colours_come_from_the_style_sheets(tmp_path: Path) -> None:
    """The first ``--accent`` of the last style sheet that has one counts; what is no plain colour is the base theme's."""
    assert colours.read([])["paper"] == ("#fcfcfa", "#15181b")
    sheets = [
        b":root { --accent: light-dark(#111111, #222222); --paper: RED; }",
        b"a{--Accent:#ABCDEF;} @media print { a { --accent: #000000; } }",
    ]
    assert colours.read(sheets)["accent"] == ("#abcdef", "#abcdef")
    assert colours.read(sheets)["paper"] == ("#fcfcfa", "#15181b")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "team.css").write_text(":root { --paper: light-dark(#fff8e7, #101010); }")
    page = build(site([post("a.md")]), tmp_path)["index.html"]
    assert said(page)["theme-color"] == ["#fff8e7", "#101010"]


def test_the_manifest_holds_what_a_home_screen_needs() -> None:
    """Name, relative start, colours, and icons that are there; it is asked for with the reader's cookies, since pages may be private."""
    files = build(site([post("a.md")], title="What the growth team has found out"))
    manifest = json.loads(files["manifest.webmanifest"])
    assert (manifest["start_url"], manifest["lang"], manifest["short_name"]) == ("index.html", "en", "What the growth…")
    assert [icon["sizes"] for icon in manifest["icons"]] == ["any", "192x192", "512x512"]
    assert all(icon["src"] in files for icon in manifest["icons"])
    (link,) = lxml_html.document_fromstring(files["posts/a/index.html"]).xpath("//link[@rel='manifest']")
    assert (link.get("href"), link.get("crossorigin")) == ("../../manifest.webmanifest", "use-credentials")


@pytest.mark.parametrize("size", [32, 180, 192, 512])
def test_icons_have_the_size_that_they_say(size: int) -> None:
    """The bitmaps of the icon are squares of their size; that of home screens has no clear corners."""
    (path,) = [path for name, path in base().assets.items() if name == f"icon-{size}.png"]
    icon = opened(build(site([]))[path]).convert("RGBA")
    assert icon.size == (size, size)
    assert (icon.getpixel((0, 0))[3] == 255) == (size == 180)


def test_an_icon_of_its_own_is_the_only_one(tmp_path: Path) -> None:
    """A repository that brings a drawing brings the bitmaps too, or has none: the base theme's would show another icon."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    files = build(site([]), tmp_path)
    assert not [path for path in files if path.startswith("assets/icon-") and path.endswith(".png")]
    assert b"apple-touch-icon" not in files["index.html"]
    (tmp_path / "assets" / "icon-180.png").write_bytes(b"png")
    assert b"apple-touch-icon" in build(site([]), tmp_path)["index.html"]


def test_posts_are_articles_for_machines() -> None:
    """On its page and in lists a post is an Article of schema.org with headline, authors, dates and keywords."""
    files = build(site([post("a.md", "First", tags=("x",))]))
    for path, url in (
        ("posts/a/index.html", None),
        ("index.html", "posts/a/index.html"),
        ("tags/x/index.html", "../../posts/a/index.html"),
    ):
        (item,) = lxml_html.document_fromstring(files[path]).xpath("//article[@itemtype='https://schema.org/Article']")
        own = [element for element in item.xpath(".//*[@itemprop]") if element.xpath("ancestor::*[@itemscope]")[-1] is item]
        properties = {element.get("itemprop"): element for element in own}
        assert properties["headline"].text_content().strip() == "First"
        assert properties["datePublished"].get("datetime") == "2024-03-01"
        assert properties["keywords"].text_content().strip() == "x"
        assert properties["abstract"].text_content().strip() == "What we found."
        assert properties["author"].xpath("string(.//*[@itemprop='name'])") == "Ada Lovelace"
        assert (properties["url"].get("href") if url else None) == url
        assert ("articleBody" in properties) == (url is None)


def test_no_property_stands_outside_of_an_item() -> None:
    """Every ``itemprop`` belongs to an item."""
    for path, data in build(site([post(f"{number}.md") for number in range(3)])).items():
        if path.endswith(".html"):
            assert lxml_html.document_fromstring(data).xpath("//*[@itemprop][not(ancestor::*[@itemscope])]") == [], path
