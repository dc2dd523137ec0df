#!/usr/bin/env python3
"""What does the search cost? Bytes on the wire, milliseconds in Chromium, and for many posts what the build of the index takes.

    python benchmarks/search/bytes.py FOLDER                         the notebooks themselves, beside Pagefind
    python benchmarks/search/bytes.py FOLDER --posts 10000 [--short] as many posts made of their cells (``made.py``), ours alone

Bytes are those of bodies as a server sends them: scripts and JSON with gzip, the index as it is. The first load is the script, its words and what the index
begins with. Each query is a new page's first, shows six posts with excerpts, as the dialog does, and its bytes are those beyond the first load.
Needs npm and Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

import made  # noqa: E402
import peers  # noqa: E402
import queries  # noqa: E402
import trialrepo  # noqa: E402

from knowrepo import build  # noqa: E402
from knowrepo.cache import Cache, load  # noqa: E402
from knowrepo.disk import Disk  # noqa: E402
from knowrepo.model import Site  # noqa: E402
from knowrepo.search import index  # noqa: E402
from tests.browser import chromium  # noqa: E402

SHOWN = 6
EACH = 25
ROUNDS = 5
TYPED = "random forest"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Bytes, milliseconds and seconds of the search.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=0)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    asked = [
        query.text for kind in queries.KINDS for query in [q for q in queries.made(queries.read(options.folder)) if q.kind == kind][:EACH]
    ]
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        shop = build.Workshop(trialrepo.make(options.folder, work / "repo"), work / "site", Cache(work / "cache"))
        build.build(shop)
        if options.posts:
            site, _ = build.site_of(shop)
            out = work / "many"
            show(in_child(made_index, site, options.posts, options.short, work / "made", out))
            show(on_wire(out, asked, shop.out))
        else:
            show(on_wire(shop.out, asked, shop.out))
            modules = peers.install(work / "npm")
            show(builds(shop, modules, work / "built"))
            folders = {"search": shop.out / "search", "posts": shop.out / "posts", "engine": peers.engine(modules, work / "engine")}
            for name, top in (("knowrepo", folders), ("Pagefind", {"pagefind": peers.pagefind(modules, shop.out, work / "pagefind")})):
                show({"in Chromium": name} | in_chromium(name, top, asked) | on_disk(top["search" if name == "knowrepo" else "pagefind"]))


def show(figures: dict[str, object]) -> None:
    """A line for each figure."""
    for name, value in figures.items():
        print(f"{name:52}{value:>12.2f}" if isinstance(value, float) else f"{name:52}{value!s:>12}", flush=True)
    print()


def on_wire(site: Path, asked: list[str], frame: Path) -> dict[str, object]:
    """KiB that our client loads, in Node; ``frame`` is the site that has the script."""
    script = sum(
        len(gzip.compress(file.read_bytes(), 9))
        for name in ("search-[0-9a-f]*.js", "search-texts-*.json")
        for file in (frame / "assets").glob(name)
    )
    done = client(site, {"queries": asked, "limit": SHOWN, "cold": True})
    first = sum(size for _, size in done["first"])
    sizes = [sum(size for _, size in answer["files"]) / 1024 for answer in done["answers"]]
    typing = client(site, {"queries": [TYPED[:end] for end in range(1, len(TYPED) + 1)], "limit": SHOWN, "typing": True})
    keys = [sum(size for _, size in answer["files"]) / 1024 for answer in typing["answers"]]
    kinds = {
        f"  of them in {name}, KiB p50": statistics.median(
            sum(size for file, size in answer["files"] if file.startswith(name)) / 1024 for answer in done["answers"]
        )
        for name in ("t/", "p/", "w/", "c/", "posts/")
    }
    return {
        "first load, KiB": (script + first) / 1024,
        "  of it the index, KiB": first / 1024,
        "a query, KiB p50": statistics.median(sizes),
        "a query, KiB p95": percentile(sizes),
        **kinds,
        f"“{TYPED}” key by key, KiB": sum(keys),
        "  key by key": " ".join(f"{size:.0f}" for size in keys),
        "heaviest": max(zip(sizes, asked, strict=True)),
        "milliseconds in Node, warm files, p50": statistics.median(answer["milliseconds"] for answer in done["answers"]),
    }


def builds(shop: build.Workshop, modules: Path, out: Path) -> dict[str, object]:
    """CPU seconds for an index of nothing cached, ours and Pagefind's in turn: medians, scaled to 1,000 posts."""
    site, _ = build.site_of(shop)
    pages = [(post, load(post.body.html).decode()) for post in site.posts]

    def ours(folder: Path) -> None:
        cache = Cache(folder / "cache")
        posts = tuple(made.indexed(post, html, cache) for post, html in pages)
        for artifact in index.files(replace(site, posts=posts), lambda about, make: cache.remember((about,), make)):
            disk.write(f"{folder}/{artifact.path}", load(artifact.content))

    disk = Disk()
    costs: list[tuple[float, float]] = []
    for turn in range(ROUNDS):
        began = time.process_time()
        ours(out / str(turn))
        spent = time.process_time() - began
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        peers.pagefind(modules, shop.out, out / f"pagefind-{turn}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append((spent, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    own, other = (1000 * statistics.median(column) / len(pages) for column in zip(*costs, strict=True))
    return {"build, CPU s per 1,000": own, "build by Pagefind, CPU s per 1,000": other, "  ratio": own / other}


def client(site: Path, question: dict[str, object]) -> Any:
    """What the site's own client says in Node."""
    command = ["node", HERE / "client.mjs", peers.ENGINE, site]
    return json.loads(subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=True).stdout)


def percentile(values: list[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def in_chromium(name: str, folders: dict[str, Path], asked: list[str]) -> dict[str, object]:
    """KiB and milliseconds of a search in a browser."""
    opener = peers.OPENERS[name]
    warm = f"""async (texts) => {{
        const search = await ({opener})(), times = [];
        for (const text of texts) await search(text, {SHOWN});
        for (const text of texts) {{ const began = performance.now(); await search(text, {SHOWN}); times.push(performance.now() - began); }}
        return times;
    }}"""
    cold = f"async (text) => {{ const began = performance.now(); await (await ({opener})())(text, {SHOWN}); return performance.now() - began; }}"
    typed = f"async (texts) => {{ const search = await ({opener})(); for (const text of texts) await search(text, {SHOWN}, true); }}"
    first, sizes, times = 0, [], []
    with chromium() as browser, peers.serving(folders) as (address, sent):

        def fresh(script: str, argument: object) -> Any:
            with browser.new_context() as context:
                page = context.new_page()
                page.goto(f"{address}blank.html")
                sent.clear()
                return page.evaluate(script, argument)

        fresh(f"async () => {{ await ({opener})(); }}", None)
        first = sum(size for _, size in sent)
        for text in asked:
            times.append(fresh(cold, text))
            sizes.append((sum(size for _, size in sent) - first) / 1024)
        fresh(typed, [TYPED[:end] for end in range(1, len(TYPED) + 1)])
        keys = (sum(size for _, size in sent) - first) / 1024
        after = fresh(warm, asked)
    return {
        "first load, KiB (ours without the dialog)": first / 1024,
        "a query, KiB p50": statistics.median(sizes),
        "a query, KiB p95": percentile(sizes),
        f"“{TYPED}” key by key, KiB": keys,
        "warm, ms p50": statistics.median(after),
        "warm, ms p95": percentile(after),
        "cold, ms p50": statistics.median(times),
    }


def on_disk(folder: Path) -> dict[str, object]:
    """Size and number of an index's files."""
    files = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return {"index, MB": sum(files) / 1e6, "index, files": len(files)}


def in_child(function: Callable[..., dict[str, object]], *arguments: object) -> dict[str, object]:
    """What a function returns in a process of its own, so that its peak of memory is its own."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(function(*arguments)))
    process.start()
    sender.close()
    answer = receiver.recv()
    process.join()
    return dict(answer)


def made_index(site: Site, count: int, short: bool, folder: Path, out: Path) -> dict[str, object]:
    """Build the index of made posts, change one and build it again."""
    cache = Cache(folder)
    posts, spent = [], 0.0
    for post, html in made.posts(site.posts, count, short):
        began = time.process_time()
        posts.append(made.indexed(post, html, cache))
        spent += time.process_time() - began
    whole = replace(site, posts=tuple(posts))
    began = time.process_time()
    files = dict(written(whole, cache, out))
    merging = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    changed = count // 2
    _, html = next(itertools.islice(made.posts(site.posts, count, short), changed, None))
    posts[changed] = made.indexed(posts[changed], made.edited(html), cache)
    began = time.process_time()
    again = dict(written(replace(site, posts=tuple(posts)), cache, out / "again"))
    return {
        "posts": count,
        "passages and entries, CPU s per 1,000": 1000 * spent / count,
        "index of nothing cached, CPU s per 1,000": 1000 * merging / count,
        "index after one change, CPU s in all": time.process_time() - began,
        "peak, MB": peak,
        **on_disk(out / "search"),
        "files changed by one post, %": 100 * len(again.items() - files.items()) / len(files),
        "  of them": " ".join(f"{name}/{number}" for name, number in sorted(kinds(again.items() - files.items()).items())),
    }


def kinds(files: set[tuple[str, str]]) -> dict[str, int]:
    """How many files there are of each kind."""
    names = [path.split("/")[1] for path, _ in files]
    return {name: names.count(name) for name in set(names)}


def written(site: Site, cache: Cache, out: Path) -> Iterator[tuple[str, str]]:
    """Write the index; the paths with a hash of what each holds."""
    for artifact in index.files(site, lambda about, make: cache.remember((about,), make)):
        data = load(artifact.content)
        file = out / artifact.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        yield artifact.path, hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
