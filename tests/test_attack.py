"""Hostile text at every place of a post, in a browser: nothing of it runs, with both layers of defence, with either alone.

See tests/attack. ``pytest --attacks FOLDER`` tries more payloads than the suite's own.
"""

from __future__ import annotations

import json
import posixpath
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]  # has no types

from knowrepo import chain
from tests.attack import campaign, oracle, payloads, serving, sites
from tests.attack.campaign import Plan, Size
from tests.test_theme import without_offline_scripts

pytestmark = pytest.mark.browser

Say = Callable[[str], None]

TEMPLATES = sorted((chain.base() / "templates").glob("*.html"))
PUBLISHED = frozenset(
    [
        "_redirects",
        "bin",
        "css",
        "csv",
        "html",
        "ipynb",
        "js",
        "json",
        "md",
        "png",
        "py",
        "qmd",
        "r",
        "rmd",
        "svg",
        "txt",
        "webmanifest",
        "webp",
        "woff2",
        "xml",
    ]
)
"""The suffixes of files that a site of these posts may have."""
REFRESH = re.compile(rb"http-equiv\W{0,3}refresh", re.IGNORECASE)
ENOUGH = 0.95
"""Of the payloads that are known to fire so many have to, where nothing defends the page."""


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """The sites of a plan, served."""

    plan: Plan
    defended: sites.Built
    bare: sites.Built
    modes: Any
    base: str
    say: Say

    def look(self, mode: str, pages: Iterable[str], *, first: bool = False) -> tuple[oracle.Seen, ...]:
        """What these pages do in this mode; how many there were is said at the end of the run."""
        began = time.monotonic()
        allowed = serving.allowed(self.defended.files, self.bare.files)
        seen = oracle.look([f"{self.base}{mode}/{page}" for page in pages], allowed, first=first)
        bad, held = sum(bool(page.hits) for page in seen), sum(page.held for page in seen)
        seconds = time.monotonic() - began
        self.say(f"attacks, {mode}: {len(seen)} pages in {seconds:.0f} s, {bad} with a hit, {held} times the policy refused something")
        return seen


def field(plan: Plan, folder: Path, say: Say) -> Iterator[Field]:
    """Build the sites of a plan and serve them."""
    defended, bare = sites.defended(plan.defended, folder / "defended"), sites.bare(plan.bare, folder / "bare")
    combinations = sum(salvo.combinations for salvo in plan.defended), sum(salvo.combinations for salvo in plan.bare)
    say(f"attacks: {len(plan.tried)} payloads, {sites.PLACES} places: {combinations[0]} combinations defended, {combinations[1]} bare")
    modes = serving.modes(defended, bare)
    with serving.serving(modes) as base:
        yield Field(plan, defended, bare, modes, base, say)


@pytest.fixture(scope="module")
def arsenal(attacks: Path | None) -> tuple[payloads.Payload, ...]:
    return (*payloads.ours(), *(payloads.folder(attacks) if attacks else ()))


@pytest.fixture(scope="module")
def battle(arsenal: tuple[payloads.Payload, ...], say: Say, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    yield from field(campaign.plan(arsenal, Size()), tmp_path_factory.mktemp("attack"), say)


def posts(built: sites.Built) -> list[str]:
    return [page for found in built.posts.values() for page in found]


def others(built: sites.Built, number: int) -> tuple[str, ...]:
    """So many of the pages that belong to no post, of every kind."""
    return built.pages[:: max(1, len(built.pages) // number)]


def complaints(seen: Iterable[oracle.Seen]) -> list[tuple[Any, ...]]:
    """The pages that did anything, and what."""
    return [(page.url, *page.hits[:3], *page.left) for page in seen if page.hits or page.left]


def refreshed(page: oracle.Seen, data: bytes) -> bool:
    """Whether all that happened is a ``<meta http-equiv=refresh>``: no policy that stands in a page stops one, only sanitising does."""
    return bool(page.hits) and all(kind in ("navigation", "request") for kind, _ in page.hits) and bool(REFRESH.search(data))


JUDGED = {
    "script": ("<script>1</script>", "script"),
    "handler": ("<p onmouseover=2>x</p>", "script"),
    "address": ("<iframe src='javascript:3'></iframe>", "script"),
    "srcdoc": ("<iframe srcdoc='<script>4</script>'></iframe>", "script"),
    "srcdoc-handler": ("<iframe srcdoc='<p onmouseover=5>x</p>'></iframe>", "script"),
    "sandboxed": ("<iframe sandbox=allow-scripts srcdoc='<script>6</script>'></iframe>", "script"),
    "sandboxed-data": ("<iframe sandbox=allow-scripts src='data:text/html,<script>7</script>'></iframe>", "script"),
    "frame-loose": ("<iframe src=assets/frame-0a.html></iframe>", "script"),
    "frame": ("<iframe sandbox=allow-scripts src=assets/frame-0a.html></iframe>", None),
    "blank": ("<iframe></iframe><p>x</p>", None),
    "blocked": ("<meta http-equiv=Content-Security-Policy content=\"frame-src 'none'\"><iframe src=assets/frame-0a.html></iframe>", None),
    "picture": ("<img src=http://evil.example/x>", "request"),
    "refresh": ("<meta http-equiv=refresh content='0;url=blank.html'>", "navigation"),
}
"""Pages, and the kind of hit that the judge has to see on each."""


def test_the_judge_sees() -> None:
    """The judge sees a script in every kind of frame, a request and a navigation; only the site's own sandboxed frame is exempt."""
    files = {f"{name}.html": f"<!doctype html><title>x</title>{html}".encode() for name, (html, _) in JUDGED.items()}
    inside = b"<script>8</script><iframe srcdoc='<script>9</script>'></iframe>"
    with serving.serving({"judge": {**files, "assets/frame-0a.html": inside}}) as base:
        seen = oracle.look([f"{base}judge/{name}.html" for name in JUDGED], frozenset(), first=True)
    found = {page.url.rpartition("/")[2].removesuffix(".html"): page.hits[0][0] if page.hits else None for page in seen}
    assert found == {name: kind for name, (_, kind) in JUDGED.items()}


def test_nothing_runs_with_both_layers(battle: Field) -> None:
    """On the site as it is published nothing of a payload runs, asks another host, leads away or opens anything; the policy has nothing to refuse."""
    seen = battle.look("both", [*posts(battle.defended), *others(battle.defended, 60)])
    assert not complaints(seen)
    assert not [(page.url, page.held) for page in seen if page.held]


def test_nothing_runs_with_sanitising_alone(battle: Field) -> None:
    """Nor without the policy."""
    assert not complaints(battle.look("sanitised", [*posts(battle.defended), *others(battle.defended, 60)]))


def test_nothing_runs_with_the_policy_alone(battle: Field) -> None:
    """Nor where sanitising and every escape is off: then the policy refuses. (A refresh alone it cannot stop.)"""
    seen = battle.look("policed", [*posts(battle.bare), *others(battle.bare, 20)])
    prefix = f"{battle.base}policed/"
    hits = [page for page in seen if page.hits and not refreshed(page, battle.bare.files[page.url.removeprefix(prefix)])]
    assert not [(page.url, *page.hits[:3]) for page in hits]
    assert sum(page.held for page in seen) > len(seen)


def test_what_fires_undefended_does_fire(battle: Field) -> None:
    """Where nothing defends the page, at least 95 % of the payloads that are known to fire do: else the harness is broken, and the zeros above say nothing."""
    pages = [battle.bare.posts[salvo.name][0] for salvo in battle.plan.control]
    assert pages
    seen = battle.look("control", pages, first=True)
    rate = sum(map(oracle.ran, seen)) / len(seen)
    battle.say(f"attacks, control: {rate:.1%} fired")
    assert rate >= ENOUGH, [page.url for page in seen if not oracle.ran(page)]


def test_only_listed_kinds_of_files_are_published(battle: Field) -> None:
    """A repository full of hostile files publishes files of known suffixes; scripts, styles and drawings only below assets/."""
    suffixes = {path.rpartition(".")[2].lower() for path in battle.defended.files}
    assert suffixes <= PUBLISHED
    assert not [path for path in battle.defended.files if path.endswith((".js", ".css", ".svg")) and not path.startswith("assets/")]


def test_no_script_holds_text_of_a_post(battle: Field) -> None:
    """The published scripts and the frame document are the theme's own, byte for byte the same as on a site without posts."""
    with_posts = {path: data for path, data in battle.defended.files.items() if path.startswith("assets/")}
    shipped = {file.read_bytes() for folder in (chain.base().parent,) for file in folder.rglob("*") if file.is_file()}
    hosts = b" https://tile.openstreetmap.org"  # what the setting allow_network adds to the frame document
    assert not [path for path, data in with_posts.items() if path.endswith((".js", ".html")) and data.replace(hosts, b"") not in shipped]


def test_feeds_and_sitemap_are_well_formed(battle: Field) -> None:
    """Every XML file parses, holds no DOCTYPE, no stylesheet and no element but its own."""
    own = {
        "feed",
        "id",
        "title",
        "updated",
        "link",
        "author",
        "name",
        "entry",
        "published",
        "category",
        "summary",
        "urlset",
        "url",
        "loc",
        "lastmod",
    }
    for path, data in battle.defended.files.items():
        if path.endswith(".xml"):
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
            assert {etree.QName(element).localname if isinstance(element.tag, str) else "" for element in root.iter()} <= own, path
            assert b"<!DOCTYPE" not in data
            assert b"<?xml-stylesheet" not in data


def test_redirects_lead_to_a_page_of_the_site(battle: Field) -> None:
    """What stands at an old address of a post leads to a page of this site, by a relative link."""
    for path, target in battle.defended.redirects.items():
        assert posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in battle.defended.files


def test_json_is_json(battle: Field) -> None:
    """Every JSON file that the site makes parses."""
    for path, data in battle.defended.files.items():
        if path.endswith(("feed.json", "site.json", ".webmanifest")):
            assert json.loads(data)


def test_every_page_begins_with_its_policy(battle: Field) -> None:
    """The policy is the first thing after the charset, and before anything that a post can say."""
    for path, data in battle.defended.files.items():
        if path.endswith(".html"):
            start = re.match(rb'<!doctype html>\n<html lang="[A-Za-z-]+">\n<head>\n<meta charset="utf-8">\n', data)
            assert start, path
            assert serving.POLICY.match(data, start.end()), path


def test_no_link_begins_at_the_root(battle: Field) -> None:
    """No link of a page begins with a slash or names another host's script, style or picture."""
    rooted = re.compile(rb"""<[a-z]+\b[^>]*?\s(?:href|src)="/""")
    fetched = re.compile(rb"""<(?:img|script|source|video|audio|iframe|embed)\b[^>]*?\ssrc="(?:https?:)?//""")
    for path, data in battle.defended.files.items():
        if path.endswith(".html"):
            assert not rooted.search(data), path
            assert not fetched.search(data), path


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_templates_escape_and_quote(template: Path) -> None:
    """No template turns escaping off, and every attribute with a value from outside is quoted."""
    text = without_offline_scripts(template.read_text("utf-8"))
    assert not re.search(r"\|\s*safe|autoescape|Markup", text)
    assert not re.search(r"<[a-z][^<>]*=\s*\{[{%]", re.sub('"[^"]*"', '""', text))
    assert "{{" not in "".join(
        re.findall(r"<script\b.*?</script>|<style\b.*?</style>", re.sub(r"<script\b[^>]*></script>", "", text), re.DOTALL)
    )


@pytest.mark.long
def test_every_combination(arsenal: tuple[payloads.Payload, ...], say: Say, tmp_path: Path) -> None:
    """All payloads at all places: nothing runs in any mode, and 95 % of what is known to fire does without defence."""
    for number, plan in enumerate(campaign.everything(arsenal)):
        for battle in field(plan, tmp_path / str(number), say):
            test_nothing_runs_with_both_layers(battle)
            test_nothing_runs_with_sanitising_alone(battle)
            test_nothing_runs_with_the_policy_alone(battle)
            if plan.control:
                test_what_fires_undefended_does_fire(battle)
