#!/usr/bin/env python3
"""Does the search find in notebooks what is in them? Ours in Node and ``knowrepo search``, beside Pagefind and lunr, on the queries of ``queries.py``.

    python benchmarks/search/notebooks.py FOLDER [--misses]

For headings the mean reciprocal rank of the notebook that has it; for identifiers and the same as words the precision at 10 (at most as many as have the name);
for typos the share of queries that find a notebook with the right word among the first 10. Each for the half of the repositories that may be looked at, and for
the one kept aside. ``--misses`` lists what the site's own client does not find of the first. Needs npm and Chromium.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

import peers  # noqa: E402
import queries  # noqa: E402
import trialrepo  # noqa: E402
from queries import Notebook, Query  # noqa: E402

from knowrepo import build  # noqa: E402
from knowrepo.cache import Cache  # noqa: E402
from knowrepo.model import Post  # noqa: E402
from knowrepo.search import finding  # noqa: E402
from tests.browser import chromium  # noqa: E402

ENGINES = ("knowrepo", "knowrepo search", "Pagefind", "lunr")
TARGETS = {"heading": 0.78, "identifier": 0.85, "as words": 0.85, "typo": 0.90}


def main() -> None:
    """A line for each kind of query and half."""
    parser = argparse.ArgumentParser(description="Known-item search in notebooks.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    notebooks = queries.read(options.folder)
    asked = queries.made(notebooks)
    if {query.half for query in asked} != set(queries.HALVES):
        parser.error("all of these notebooks are from one repository: give the folder whose SOURCES.tsv or first folders name them")
    with tempfile.TemporaryDirectory() as temporary:
        found = answers(options.folder, notebooks, [query.text for query in asked], Path(temporary))
    print(f"{'':22}{'queries':>8}" + "".join(f"{name:>17}" for name in ENGINES))
    for kind in queries.KINDS:
        for half in queries.HALVES:
            some = [at for at, query in enumerate(asked) if (query.kind, query.half) == (kind, half)]
            means = [sum(score(asked[at], found[name][at]) for at in some) / len(some) for name in ENGINES]
            print(f"{kind:12}{half:10}{len(some):8}" + "".join(f"{mean:17.3f}" for mean in means))
    if options.misses:
        misses(asked, found["knowrepo"])


def answers(folder: Path, notebooks: list[Notebook], texts: list[str], work: Path) -> dict[str, list[list[str]]]:
    """The paths that each engine finds, best first."""
    shop = build.Workshop(trialrepo.make(folder, work / "repo"), work / "site", Cache(work / "cache"))
    build.build(shop)
    site, _ = build.site_of(shop)
    paths = {post.url: post.path for post in site.posts}
    books = finding.library(shop.cache.folder / "whoosh", b"benchmark", site.posts, site.language)
    modules = peers.install(work / "npm")
    return {
        "knowrepo": [[paths[url] for url in urls] for urls in in_node(shop.out, texts)],
        "knowrepo search": [[result.post.path for result in finding.search(books, text, limit=10).results] for text in texts],
        "Pagefind": [[paths[url] for url in urls] for urls in with_pagefind(peers.pagefind(modules, shop.out, work / "pagefind"), texts)],
        "lunr": peers.lunr(modules, documents(site.posts, notebooks), texts),
    }


def in_node(site: Path, texts: list[str]) -> list[list[str]]:
    """What the site's own client finds."""
    command = ["node", HERE / "client.mjs", peers.ENGINE, site]
    done = subprocess.run(command, input=json.dumps({"queries": texts}), capture_output=True, text=True, check=True)
    return [answer["urls"] for answer in json.loads(done.stdout)["answers"]]


def with_pagefind(index: Path, texts: list[str]) -> list[list[str]]:
    """What Pagefind's own client finds."""
    opened = f"const search = await ({peers.OPENERS['Pagefind']})(), found = [];"
    script = f"async (texts) => {{ {opened} for (const text of texts) found.push(await search(text, 10)); return found; }}"
    with chromium() as browser, peers.serving({"pagefind": index}) as (address, _):
        page = browser.new_page()
        page.goto(f"{address}blank.html")
        return list(page.evaluate(script, texts))


def documents(posts: tuple[Post, ...], notebooks: list[Notebook]) -> list[dict[str, str]]:
    """What lunr indexes."""
    titles = {post.path: post.meta.title for post in posts}
    return [{"path": each.path, "title": titles[each.path], "text": each.whole} for each in notebooks if each.path in titles]


def score(query: Query, found: list[str]) -> float:
    """How good an answer is, from 0 to 1."""
    right = [path in query.wanted for path in found[: query.depth]]
    match query.kind:
        case "heading":
            return 1 / (right.index(True) + 1) if any(right) else 0.0
        case "typo":
            return float(any(right))
        case _:
            return sum(right) / query.depth


def misses(asked: list[Query], found: list[list[str]]) -> None:
    """The queries of the half that may be looked at whose answers are not the best."""
    for query, paths in zip(asked, found, strict=True):
        if query.half == queries.HALVES[0] and score(query, paths) < 1:
            print(f"{query.kind:12}{score(query, paths):.2f}  {query.text!r}: wanted {sorted(query.wanted)[:3]}, found {paths[:3]}")


main()
