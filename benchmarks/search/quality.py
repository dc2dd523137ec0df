#!/usr/bin/env python3
"""nDCG@10 of both search engines on judged collections: the browser's own client (in Node), and `knowrepo search` (whoosh).

    python benchmarks/search/quality.py FOLDER [NAME…]

FOLDER holds collections NAME.json with ``docs`` (id, title, body, author), ``queries`` (id, text) and ``qrels`` (query → document → 1), and beside each
NAME-short.json with the same questions in three words. Each document becomes a post of a repository, which is built.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from math import log2
from pathlib import Path
from typing import Any

from knowrepo import build
from knowrepo.cache import Cache
from knowrepo.search import finding

HERE = Path(__file__).parent
ENGINE = HERE.parent.parent / "themes" / "scripts" / "search" / "engine.js"
DEPTH = 10


def main() -> None:
    """A line for each collection, engine and length of question."""
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or sorted(file.stem for file in folder.glob("*.json") if not file.stem.endswith("-short"))
    print(f"{'collection':<12} {'engine':<8} {'questions':<10} nDCG@10  nothing found")
    for name in names:
        collection = json.loads((folder / f"{name}.json").read_text())
        short = json.loads((folder / f"{name}-short.json").read_text())
        with tempfile.TemporaryDirectory() as temporary:
            shop = built(collection, Path(temporary))
            books = library(shop)
            for length, queries in (("full", collection["queries"]), ("short", short["queries"])):
                asked = [query for query in queries if collection["qrels"].get(str(query["id"]))]
                texts = [query["text"] for query in asked]
                for engine, found in (("browser", in_browser(shop, texts)), ("whoosh", with_whoosh(books, texts))):
                    relevant = [collection["qrels"][str(query["id"])].keys() for query in asked]
                    scores = [gain(ids, wanted) for ids, wanted in zip(found, relevant, strict=True)]
                    empty = sum(not ids for ids in found)
                    print(f"{name:<12} {engine:<8} {length:<10} {sum(scores) / len(scores):.3f}    {empty} of {len(found)}", flush=True)


def built(collection: dict[str, Any], folder: Path) -> build.Workshop:
    """A repository with a post for each document, and its site."""
    root = folder / "repo"
    (root / "d").mkdir(parents=True)
    (root / "knowrepo.yml").write_text("include: [.]\nrecency: false\n")
    for document in collection["docs"]:
        header = {"title": document["title"] or "-", "authors": [document.get("author") or "-"], "tldr": "-", "created_at": "2000-01-01"}
        (root / "d" / f"{document['id']}.md").write_text(
            f"---\n{json.dumps(header)}\n---\n\n{document.get('author') or ''}\n\n{plain(document['body'])}\n"
        )
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    shop = build.Workshop(root, folder / "site", Cache(folder / "cache"))
    build.build(shop)
    return shop


def plain(text: str) -> str:
    """Text as Markdown that shows just that."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#+-!|$~=&" else letter for letter in " ".join(text.split()))


def library(shop: build.Workshop) -> finding.Library:
    """What `knowrepo search` looks in."""
    site, _ = build.site_of(shop)
    return finding.library(shop.cache.folder / "whoosh", b"benchmark", site.posts, site.language)


def in_browser(shop: build.Workshop, queries: list[str]) -> list[list[str]]:
    """The ids that the client of the site finds."""
    command = ["node", str(HERE / "client.mjs"), str(ENGINE), str(shop.out)]
    done = subprocess.run(command, input=json.dumps({"queries": queries, "limit": DEPTH}), capture_output=True, text=True, check=True)
    return [[url.split("/")[-2] for url in answer["urls"]] for answer in json.loads(done.stdout)["answers"]]


def with_whoosh(books: finding.Library, queries: list[str]) -> list[list[str]]:
    """The ids that the command finds."""
    return [[Path(result.post.path).stem for result in finding.search(books, query, limit=DEPTH).results] for query in queries]


def gain(ids: list[str], relevant: Any) -> float:
    """nDCG@10 with binary relevance."""
    found = sum(1 / log2(rank + 2) for rank, document in enumerate(ids) if document in relevant)
    return found / sum(1 / log2(rank + 2) for rank in range(min(DEPTH, len(relevant))))


main()
