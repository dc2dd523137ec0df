"""What is private stays private: of a post that is left out no byte is in the site, whatever else is in the repository."""

from __future__ import annotations

import base64
import gzip
import html
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]  # has no types
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knowrepo.build import Report
from knowrepo.search import postings
from tests import canaries, gitrepo, lawful, team
from tests.canaries import Mint

REASONS = (
    "private: true",
    'private: "true"',
    "private: yes",
    "private: 1",
    "private: [true]",
    "private: no",
    "Private: true",
    "privat: false",
    "allowed_groups: [hr]",
    "draft: true",
    "# hush",
    "private: {a: b}",
)
SETTINGS = "title: Ours\nsite_url: https://team.example/\nproject_url: https://gitlab.example/a/b\nexclude_tags: [Hush]\nassets: ['**']\n"
PUBLIC: gitrepo.Files = {
    **lawful.FILES,
    "knowrepo.yml": SETTINGS,
    "secret/README.md": team.header("Secret folder", "private: true") + "x\n",
    "growth/links.md": team.header("Links", tags="[shared]") + "\nSee [one](../secret/linked.md) and [two](../secret/knitted.md#x).\n",
}


def secrets(mint: Mint, notebooks: int) -> dict[str, str | bytes]:
    """Posts that are left out, each for another reason, and files that only they use."""
    found: dict[str, str | bytes] = {}
    for number in range(notebooks):
        name, data = canaries.notebook(mint, REASONS[number % len(REASONS)])
        found[f"secret/{mint('folder')}/{name}"] = data
    picture = mint("picture name")
    found["secret/linked.md"] = (
        team.header(mint("title"), "private: true", tags=f"[{mint('tag')}]") + f"\n![{mint('alt')}]({picture}.png)\n"
    )
    found[f"secret/{picture}.png"] = canaries.picture(mint("picture"))
    found["secret/knitted.Rmd"] = team.header(mint("title"), "private: true") + f"\n{mint('prose')}\n"
    found["secret/knitted.md"] = f"{mint('knitted')}\n"
    found["secret/beside.md"] = team.header(mint("title")) + mint("prose")
    found["secret/beside.meta.yml"] = f"private: true\nnote: {mint('sidecar')}\n"
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mint]:
    """A hundred private posts among a few public ones."""
    mint = Mint()
    return gitrepo.make(tmp_path_factory.mktemp("private") / "repo", {**PUBLIC, **secrets(mint, 100)}), mint


def everything(repository: tuple[Path, Mint], folder: Path, **options: Any) -> Report:
    return team.site(repository[0], folder / "out", folder / "cache", precompress=True, **options)


def test_no_canary_is_seen(repository: tuple[Path, Mint], tmp_path: Path) -> None:
    """Of 1,200 words in every place of a hundred private posts none is in any file of the site or the cache, however it is wrapped."""
    mint = repository[1]
    report = everything(repository, tmp_path)
    assert len(mint.made) >= 1_200
    assert len(report.skipped) == 105, report.skipped
    assert canaries.seen(tmp_path / "out", mint.made) == {}
    assert canaries.seen(tmp_path / "cache", mint.made) == {}


UNSHOWN = {"mail", "unknown-key", "unknown-value", "thumbnail", "series", "plain", "ename", "evalue"} | {
    f"{what}-{part}"
    for what, part in (("raw", "cell"), ("cell", "tag"), ("output", "metadata"), ("notebook", "metadata"), ("attachment", "name"))
}
"""What no page shows of a post, and only the copy of the notebook has."""


def test_the_search_for_canaries_can_find_them(tmp_path: Path) -> None:
    """In the site of an audience, with drafts, a canary of every place is found; those of the page alone without the notebook's own copy too."""
    mint = Mint()
    name, data = canaries.notebook(mint, "allowed_groups: [hr]")
    root = gitrepo.make(tmp_path / "repo", {**PUBLIC, name: data})
    team.site(root, tmp_path / "out", audience=frozenset({"hr"}), precompress=True)
    assert set(mint.made.values()) - set(canaries.seen(tmp_path / "out", mint.made)) == set()
    for file in tmp_path.glob("out/**/*.ipynb*"):
        file.unlink()
    unseen = set(mint.made.values()) - set(canaries.seen(tmp_path / "out", mint.made))
    assert unseen <= UNSHOWN


WORD = canaries.BEGINNING + "cab"
WRAPS = {
    "gzip": gzip.compress(WORD.encode()),
    "brotli": brotli.compress(WORD.encode()),
    "url": "".join(f"%{ord(letter):02x}" for letter in WORD).encode(),
    "html": "".join(f"&#{ord(letter)};" for letter in WORD).encode(),
    "json": "".join(f"\\u{ord(letter):04x}" for letter in WORD).encode(),
    "capitals": WORD.upper().encode(),
    "full width": "".join(chr(ord(letter) + 0xFEE0) for letter in WORD).encode(),
    "utf-16": WORD.encode("utf-16"),
    "base64 0": base64.b64encode(f"{WORD}---".encode()),
    "base64 1": b"A" + base64.b64encode(f"{WORD}---".encode()),
    "base64 2": base64.b64encode(f"-{WORD}---".encode()),
    "base64 3": b"data:" + base64.b64encode(f"--{WORD}---".encode()),
    "base64 of gzip of base64": base64.b64encode(gzip.compress(base64.b64encode(f"-{WORD}--".encode()))),
    "base64 in json in html": html.escape(json.dumps(base64.b64encode(f"\xff{WORD}--".encode("latin-1")).decode())).encode(),
    "quoted": quote(f'"{WORD}"').encode(),
    "picture": canaries.picture(WORD),
    "index": postings.shard([postings.Posting(term, [1], b"\1", b"\1") for term in ("qzxk", WORD)], {}),
}


@pytest.mark.parametrize("wrap", WRAPS)
def test_every_wrap_is_undone(wrap: str) -> None:
    """The search for canaries sees through compression, base64 at every alignment, escapes and the search index."""
    assert WORD in (canaries.within(b"before " + WRAPS[wrap] if wrap.startswith(("u", "h", "j", "base64 1")) else WRAPS[wrap]))


@pytest.mark.parametrize("precompress", [False, True])
def test_a_post_that_becomes_private_is_gone(tmp_path: Path, precompress: bool) -> None:
    """After an incremental build nothing of it is left, nor a compressed file beside what was its page: the site is that of a clean build."""
    mint = Mint()
    name, data = canaries.notebook(mint, "subtitle: x")
    data = data.replace("subtitle: x\\n", "")
    root = gitrepo.make(tmp_path / "repo", {**PUBLIC, name: data})
    team.site(root, tmp_path / "out", tmp_path / "cache", precompress=precompress)
    assert len(canaries.seen(tmp_path / "out", mint.made)) > 20
    gitrepo.commit(root, {name: data.replace("tldr: ", "private: true\\ntldr: ")}, day=2)
    team.site(root, tmp_path / "out", tmp_path / "cache", precompress=precompress)
    team.site(root, tmp_path / "clean", precompress=precompress)
    assert canaries.seen(tmp_path / "out", mint.made) == {}
    assert lawful.differences(team.tree(tmp_path / "out"), team.tree(tmp_path / "clean")) == []


def test_links_to_what_is_left_out_are_text(repository: tuple[Path, Mint], tmp_path: Path) -> None:
    """A link to a private post leads nowhere, not even to GitLab; only ``check`` says so. No file of its is published, though `assets` lists all."""
    report = everything(repository, tmp_path)
    page = (tmp_path / "out/posts/growth/links/index.html").read_text()
    assert "See <a>one</a> and <a>two</a>." in page
    found = [problem for problem in report.problems if problem.rule == "link-left-out"]
    assert [(problem.path, problem.severity) for problem in found] == [("growth/links.md", "info")] * 2
    assert not list(tmp_path.glob("out/**/linked*"))
    assert not list(tmp_path.glob("out/**/knitted*"))


# Random repositories

PUBLIC_TAGS, PUBLIC_AUTHORS, PUBLIC_PATHS = (
    ("shared", "growth"),
    ("Ada Lovelace", "Bob Ross"),
    ("open/a.md", "open/b.ipynb", "mixed/c.py", "README.md"),
)
MINT = Mint(1)
HIDDEN_TAGS, HIDDEN_AUTHORS, HIDDEN_WORDS = ([MINT(place) for _ in range(3)] for place in ("tag", "author", "word"))
HIDDEN_PATHS = tuple(
    f"{folder}/{name}"
    for folder, name in zip(("open", "mixed", "closed", "closed/deep"), ("x.md", "y.ipynb", "README.md", "z.qmd"), strict=True)
)


@st.composite
def posts(draw: st.DrawFn, paths: tuple[str, ...], hidden: bool) -> dict[str, str]:
    """Some posts; the hidden ones may have in common with the others whatever posts can have in common."""
    return {path: _post(draw, path, hidden) for path in draw(st.lists(st.sampled_from(paths), unique=True, min_size=1))}


def _post(draw: st.DrawFn, path: str, hidden: bool) -> str:
    def some(known: tuple[str, ...], secret: list[str]) -> str:
        return f"[{', '.join(draw(st.lists(st.sampled_from([*known, *secret] if hidden else known), min_size=1, unique=True)))}]"

    lines = [draw(st.sampled_from(REASONS))] if hidden else []
    lines += draw(
        st.lists(
            st.sampled_from([f"series: {MINT('series') if hidden else 'One'}", "thumbnail: 0", "code: hidden", "lang: de"]), unique=True
        )
    )
    lines += [f"aliases: [{draw(st.sampled_from(['old/one', 'old/two']))}]"] if draw(st.booleans()) else []
    lines += ["path: open/a"] if hidden and draw(st.booleans()) else []
    tags = some(PUBLIC_TAGS, HIDDEN_TAGS).replace("[", "[hush, " if "# hush" in lines else "[")
    head = team.header(
        draw(st.sampled_from(HIDDEN_WORDS)) if hidden else f"About {path}", *lines, tags=tags, authors=some(PUBLIC_AUTHORS, HIDDEN_AUTHORS)
    )
    links = draw(st.lists(st.sampled_from([*PUBLIC_PATHS, *(HIDDEN_PATHS if hidden else ()), "open/plot.png"])))
    words = [*draw(st.lists(st.sampled_from([*HIDDEN_WORDS, "riders"]))), "riders"] if hidden else ["riders", "stay"]
    body = "\n".join(
        [f"# Part\n\n{' '.join(words)}", *(f"\n![p](/{link})" if link.endswith(".png") else f"\n[{link[:3]}](/{link})" for link in links)]
    )
    if path.endswith(".ipynb"):
        cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in (head, body)]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    return "".join(f"# {line}\n" for line in head.splitlines()) + "\n# %%\n1\n" if path.endswith(".py") else f"{head}\n{body}\n"


def _same_without(folder: Path, shown: gitrepo.Files, hidden: gitrepo.Files) -> None:
    """Builds the site with the hidden files and without them."""
    common: gitrepo.Files = {"knowrepo.yml": SETTINGS + f"pinned: [{', '.join(HIDDEN_PATHS)}]\n", "open/plot.png": team.picture()}
    team_files = {"authors.yml": f"{HIDDEN_AUTHORS[0]}: {{role: x}}\n", "tags.yml": f"{HIDDEN_TAGS[0]}: {{description: x}}\n"}
    shutil.rmtree(folder, ignore_errors=True)
    with_ = gitrepo.make(folder / "with", {**common, **team_files, **shown, **hidden})
    without = folder / "without"
    shutil.copytree(with_, without, copy_function=shutil.copy2)
    for path in hidden:
        (without / path).unlink()
    for root in (with_, without):
        team.site(root, folder / f"{root.name}-out", folder / f"{root.name}-cache", jobs=1)
    assert lawful.differences(team.tree(folder / "with-out"), team.tree(folder / "without-out")) == []
    assert canaries.seen(folder / "with-out", MINT.made) == {}
    told = canaries.seen(
        folder / "with-cache", MINT.made
    )  # what authors.yml and tags.yml say is no secret: warnings about them are remembered
    assert {canary for canary, files in told.items() if len(files) > 1} | (told.keys() - {"author", "tag"}) == set()


@settings(phases=[Phase.generate], max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(shown=posts(PUBLIC_PATHS, hidden=False), hidden=posts(HIDDEN_PATHS, hidden=True))
def test_a_site_is_the_same_without_what_is_left_out(
    tmp_path_factory: pytest.TempPathFactory, shown: dict[str, str], hidden: dict[str, str]
) -> None:
    """Every byte of the site is as if the posts that are left out were not there: tags, authors, words, links, series, addresses, pins, statistics."""
    _same_without(tmp_path_factory.getbasetemp() / "hidden", shown, hidden)


@pytest.mark.long
@settings(phases=[Phase.generate], max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(shown=posts(PUBLIC_PATHS, hidden=False), hidden=posts(HIDDEN_PATHS, hidden=True))
def test_three_hundred_sites_are_the_same_without(
    tmp_path_factory: pytest.TempPathFactory, shown: dict[str, str], hidden: dict[str, str]
) -> None:
    """The same over three hundred random repositories."""
    _same_without(tmp_path_factory.getbasetemp() / "hidden-long", shown, hidden)
