"""Themes: the chain of folders, mistakes in templates, the rules that the base theme keeps."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from knowrepo import chain
from knowrepo.errors import ThemeError
from knowrepo.model import Person
from knowrepo.pages import theme
from tests.browser import chromium
from tests.sitefactory import base, build, headings, post, site

FOLDER = chain.base()
TEMPLATES = sorted((FOLDER / "templates").iterdir())
STYLE = (FOLDER / "assets" / "base.css").read_text("utf-8")


def own(folder: Path, **files: str) -> Path:
    """A theme of one's own; ``templates__x_html`` is ``templates/x.html``."""
    for name, text in files.items():
        path = folder / re.sub(r"_(\w+)$", r".\1", name.replace("__", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_the_first_folder_that_has_a_file_wins(tmp_path: Path) -> None:
    """A repository's theme holds only what differs; the base theme gives the rest."""
    mine = own(tmp_path / "theme", templates__group_html="{{ group.name }} in {{ frame.site_title }}")
    files = build(site([post("a.md")]), mine)
    assert files["tags/churn/index.html"] == b"churn in Lab notes"
    assert b"<article" in files["index.html"]


def test_shared_files_are_named_by_their_content(tmp_path: Path) -> None:
    """A changed file has a new name, so that no browser shows an old one; pages link it, and style sheets follow."""
    mine = own(tmp_path, assets__extra_css="a { background: url(dot.svg) } b { background: url('gone.png') }", assets__dot_svg="<svg/>")
    made = base(mine)
    assert re.fullmatch(r"assets/base-[0-9a-f]{12}\.css", made.assets["base.css"])
    assert made.styles == ("base.css", "extra.css")
    files = build(site([post("a.md")]), mine)
    dot = made.assets["dot.svg"].removeprefix("assets/")
    assert files[made.assets["extra.css"]] == f"a {{ background: url(\"{dot}\") }} b {{ background: url('gone.png') }}".encode()
    assert f'<link rel="stylesheet" href="../../{made.assets["extra.css"]}">'.encode() in files["posts/a/index.html"]
    own(tmp_path, assets__dot_svg="<svg />")
    again = base(mine)
    assert again.assets["extra.css"] != made.assets["extra.css"]
    assert again.fingerprint != made.fingerprint
    assert base(mine).fingerprint == again.fingerprint


def test_links_and_hidden_files_are_no_part_of_a_theme(tmp_path: Path) -> None:
    """A symbolic link could lead out of the repository, so it is not followed; what an editor leaves behind is not published."""
    secret = tmp_path / "secret"
    secret.write_text("token")
    mine = own(tmp_path / "theme", assets___DS_Store="x")
    (mine / "assets" / "link.txt").symlink_to(secret)
    (mine / "assets" / ".hidden").write_text("x")
    assert not {"link.txt", ".hidden"} & base(mine).assets.keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one\n{% if %}", "Expected an expression"),
        ("one\n{{ group.nmae }}", "has no attribute 'nmae'"),
        ("one\n{{ nothing }}", "'nothing' is undefined"),
        ("one\n{{ group.name|safe }}", "No filter named 'safe'"),
        ("one\n{{ group.cards.index(1) + 'a' }}", ""),
        ("one\n{% include 'gone.html' %}", "there is no template gone.html"),
        ("one\n{{ 1 + 'a' }}", "unsupported operand"),
        ("one\n{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_names_its_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    """Syntax errors, unknown names, wrong types and forbidden access are a ThemeError with the template's path and line."""
    mine = own(tmp_path, templates__group_html=text)
    with pytest.raises(ThemeError) as caught:
        build(site([post("a.md")]), mine)
    assert f"{mine / 'templates' / 'group.html'}:2: " in caught.value.message
    assert words in caught.value.message
    assert caught.value.hint


def test_a_mistake_in_an_imported_template_is_placed_there(tmp_path: Path) -> None:
    """The place of a mistake is where it is, not the template that was asked for."""
    mine = own(tmp_path, templates__layout_html="\n\n{{ frame.oops }}")
    with pytest.raises(ThemeError, match=r"layout\.html:3: "):
        build(site([]), mine)


def test_a_theme_must_be_there(tmp_path: Path) -> None:
    """A missing folder, and a missing template, are said plainly."""
    with pytest.raises(ThemeError, match="does not exist"):
        chain.read(tmp_path / "gone")
    with pytest.raises(ThemeError, match=r"no template post\.html"):
        theme.load(chain.read(tmp_path)).render("post.html")


def test_no_theme_replaces_what_runs(tmp_path: Path) -> None:
    """Scripts and the frame document are the package's own: previewing a branch must not run the code in it."""
    evil = "alert(1)"
    mine = own(
        tmp_path,
        assets__app_js=evil,
        assets__diff_js=evil,
        assets__feed_js=evil,
        assets__scheme_js=evil,
        assets__search_js=evil,
        frame_html="<script>alert(1)</script>",
    )
    for script in ("app.js", "diff.js", "feed.js", "scheme.js", "search.js", "search-texts.json"):
        assert base(mine).assets[script] == base().assets[script]
    assert base(mine).scripts == base().scripts
    assert base(mine).frame == base().frame


def test_scripts_are_allowed_by_hash_only() -> None:
    """The policy forbids all scripts, or all but those whose hashes are given."""
    assert "script-src 'none'" in theme.policy()
    assert "script-src 'sha256-a' 'sha256-b';" in theme.policy(("sha256-a", "sha256-b"))
    assert theme.policy().count(";") == theme.policy(("sha256-a",)).count(";")
    assert theme.policy().endswith("trusted-types 'none'")
    assert theme.policy(("sha256-a",)).endswith("trusted-types knowrepo")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_the_rules(template: Path) -> None:
    """No template trusts a text, has an unquoted attribute, a script without a hash, an event handler or anything from another host."""
    source = without_offline_scripts(template.read_text("utf-8"))
    assert "|safe" not in source.replace(" ", "")
    assert "autoescape" not in source
    assert "://" not in source.replace('itemtype="https://schema.org/', "")
    shown = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "X", source, flags=re.DOTALL), flags=re.DOTALL)
    for tag in re.findall(r"<[a-z][^>]*>", shown):
        assert not re.search(r"=(?![\"])", re.sub(r'"[^"]*"', '""', tag)), tag

    hashed = [("src", "X"), ("integrity", "X")]

    class Linter(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("iframe", "object", "embed", "form", "base")
            assert tag != "script" or attrs in ([("defer", None), *hashed], hashed)
            assert not [name for name, _ in attrs if name.startswith("on")]

    Linter().feed(shown)


def without_offline_scripts(template: str) -> str:
    """A template without the places where the pages of an offline site, and those of a diff, have scripts of ours, or style sheets, as text."""
    for name, script in (("frame.scheme.text", "script.text"), ("page.scheme", "script")):
        template = template.replace(f"<script>{{{{ {name} }}}}</script>", "").replace(
            f'<script type="module">{{{{ {script} }}}}</script>', ""
        )
    return template.replace("<style>{{ style }}</style>", "")


def palette() -> dict[str, tuple[str, str]]:
    """The colours of the base theme by name: light and dark."""
    return {name: (light, dark) for name, light, dark in re.findall(r"--([a-z]+): light-dark\((#\w+), (#\w+)\)", STYLE)}


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["paper", "raised", "wash", "alarm"])
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_can_be_read(ground: str, scheme: int) -> None:
    """Every text colour, those of code and terminals among them, has AA contrast on every ground in both schemes."""
    colours = palette()
    below = luminance(colours[ground][scheme])
    for name in ("ink", "muted", "accent", "red", "green", "yellow", "blue", "magenta", "cyan", "orange", "grey"):
        dark, light = sorted((luminance(colours[name][scheme]), below))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{name} on {ground}"


def test_the_style_sheet_stays_small() -> None:
    """One style sheet, no framework: below 62 kB, 14 kB on the wire, with colours only in the palette's variables where text is concerned."""
    assert len(STYLE.encode()) < 62_000
    assert len(gzip.compress(STYLE.encode(), 9)) < 14_000
    assert not re.findall(r"(?<![-\w])color: (?!var|inherit|#fff)[^;]+;", STYLE)


WIDE = f"""<div class="cell code" id="c"><div class="input"><pre class="code"><code>{"x" * 400}</code></pre></div>
<div class="outputs"><div class="output html"><table class="dataframe"><tbody><tr>{"<td>1234.5</td>" * 40}</tr></tbody></table></div></div></div>
<div class="cell markdown" id="m"><table><tbody><tr>{"<td>value</td>" * 40}</tr></tbody></table><p>{"y" * 300}</p></div>"""


@pytest.mark.browser
def test_pages_work_in_a_browser_from_files(tmp_path: Path) -> None:
    """From ``file://`` at 320 pixels nothing scrolls sideways, the policy stops nothing of ours, and Tab comes to the wide code.

    (The script of hashes alone does not run there, since browsers compare no hash of a file; a page is complete without it.)
    """
    unbroken = post("b.md", "x" * 200, authors=(Person("y" * 200),), tags=("z" * 100,), created="2024-04-01")
    made = site([unbroken, post("a.md", "A very long title " * 5, html=WIDE, headings=headings("## One", "## Two"))])
    for path, data in build(made).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 320, "height": 800})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        for path in ("posts/a/index.html", "posts/b/index.html", "index.html", "tags/churn/index.html", "archive/index.html", "404.html"):
            page.goto((tmp_path / path).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not [text for text in said if "integrity" not in text]  # Chromium refuses scripts with a hash where there is no origin
        page.goto((tmp_path / "posts/a/index.html").as_uri())
        assert page.evaluate("getComputedStyle(document.querySelector('.site-header')).borderBottomWidth") == "1px"
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className"))
        assert "PRE.code" in reached
        assert "DIV.output html" in reached
