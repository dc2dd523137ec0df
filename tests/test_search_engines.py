"""The two engines: what the client of the site finds, ``knowrepo search`` finds too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from knowrepo import build
from knowrepo.build import Workshop
from knowrepo.cache import Cache
from knowrepo.search import answers, finding
from tests import gitrepo, javascript, samplesite

QUERIES = [
    *("rain", "rain bikes", "read_csv", "pd.read_csv", "train test split", "LogisticRegression", "logistic regression", "bootstrap interval", "1,000", "0.95"),
    *('"logistic regression"', '"gradient boosting"', '"boosting of gradient rain" bikes', "rain -snow", "bikes -tag:rain"),
    *("helmet OR umbrella", "helmet OR umbrella voucher", "statio*", "regr* in:code"),
    *("numpy in:code", "import in:code", "plot in:comment", "members in:output", "rain in:prose", "title:rain", "title:how trips", "title:ra*"),
    *("kind:notebook", "kind:script", "lang:en", "folder:growth", "folder:operations rain"),
    *("before:2024", "after:2025", "after:2024-03 before:2024-12-01", "rain after:2023"),
    *("tag:rain", "-tag:rain trips", "author:nobody", "foo:bar rain", "rian", "helmts voucer", "qqqqqq", "in:code", "-rain", "?!"),
    *("tag:nothing rain", "tag:rian", "kind:nootebook -tag:gone rain", "tag:gone OR tag:lost", "trian_test_split", "pd.raed_csv", "rain AND bikes NOT snow"),
]  # fmt: skip

_SEARCH = """
const { readFileSync } = await import("node:fs");
const { open } = await load("search/engine.js");
const page = async (url) => readFileSync(`${given.folder}/../${url}`, "utf8");
const { counted } = await load("search/counting.js");
const index = await open(async (name) => new Uint8Array(readFileSync(`${given.folder}/${name}`)), page);
const answers = [], told = [];
for (const query of given.queries) {
  const { results, total, full, facets, suggestion, problems } = await index.search(query, { limit: 100, facets: counted });
  answers.push([results.filter((one) => one.full).map(({ url }) => url).sort(), results.filter((one) => !one.full).map(({ url }) => url).sort(), total, full]);
  const ways = await index.complete(query, query.length);
  told.push({ total, full, facets, problems, ways: ways.map(({ label, count }) => [label, count ?? null]), keys: Object.keys(results[0] ?? {}) });
}
return [answers, told];
"""

_FIRST = """
const { readFileSync } = await import("node:fs");
const { open } = await load("search/engine.js");
const index = await open(async (name) => new Uint8Array(readFileSync(`${given.folder}/${name}`)), async () => "");
return Promise.all(given.queries.map(async (query) => {
  const { results, total } = await index.search(query, { limit: 1 });
  return [results[0].url, total];
}));
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The sample repository, built."""
    folder = tmp_path_factory.mktemp("engines")
    shutil.copytree(samplesite.ROOT / "sample_repo", folder / "repo", ignore=shutil.ignore_patterns(".knowrepo", "public"))
    made = Workshop(gitrepo.make(folder / "repo", {}), folder / "out", Cache(folder / "cache"))
    build.build(made)
    return made


def test_both_find_the_same_posts(shop: Workshop) -> None:
    """For every kind of query both find the same posts, and say of the same that they have all the words."""
    site, _ = build.site_of(shop)
    books = finding.library(shop.cache.folder / "search", b"s" * 32, site.posts, site.language)
    theirs, _ = javascript.run(_SEARCH, {"folder": str(Path(shop.out) / "search"), "queries": QUERIES})
    different = []
    for query, (full, partly, total, number) in zip(QUERIES, theirs, strict=True):
        found = finding.search(books, query, limit=100)
        ours = [sorted(one.post.url for one in found.results if one.full is whole) for whole in (True, False)]
        if (ours, found.total, found.full) != ([full, partly], total, number):
            different.append((query, ours, [full, partly]))
    assert different == []
    assert sum(1 for full, *_ in theirs if full) > len(QUERIES) // 2


def test_a_server_answers_as_the_browser_does(shop: Workshop) -> None:
    """What the preview tells the dialog has the parts, the counts, the problems and the completions of the client's own answer."""
    site, _ = build.site_of(shop)
    books = finding.library(shop.cache.folder / "search", b"s" * 32, site.posts, site.language)
    queries = [*QUERIES, "t", "ta", "tag:", "tag:ra", "author:", "in:c", "kind:n", "rain fold", "rain folder:gr", "title:a"]
    _, theirs = javascript.run(_SEARCH, {"folder": str(Path(shop.out) / "search"), "queries": queries})
    for query, told in zip(queries, theirs, strict=True):
        found = answers.found(books, query, limit=100, newest=False, recency=True, typing=False, facets=True)
        ways = [(way["label"], way["count"]) for way in answers.completions(books, query)]
        ours = {name: found[name] for name in ("total", "full", "facets", "problems")} | {"ways": ways}
        keys = set(told.pop("keys")) - {"hidden"}
        assert json.loads(json.dumps(ours)) == told, query
        assert not found["results"] or keys == found["results"][0].keys()


def test_a_misspelt_form_finds_first_the_posts_that_have_it(tmp_path: Path) -> None:
    """Of a stem that many posts have, those come first in which the form stands that was meant, in both."""
    texts = {f"many-{number:02}": "A random, random and random thing." for number in range(30)} | {
        "zz-meant": "Long words about randomness, and more of them."
    }
    root = gitrepo.make(tmp_path / "repo", {f"{name}.md": f"---\ntitle: {name}\n---\n\n{text}\n" for name, text in texts.items()})
    shop = Workshop(root, tmp_path / "out", Cache(tmp_path / "cache"))
    build.build(shop)
    site, _ = build.site_of(shop)
    books = finding.library(tmp_path / "index", b"s" * 32, site.posts, site.language)
    found = finding.search(books, "randomnesn", limit=1)
    first, ordinary = javascript.run(_FIRST, {"folder": str(tmp_path / "out" / "search"), "queries": ["randomnesn", "random"]})
    assert (first, found.results[0].post.url, found.total) == (["posts/zz-meant/index.html", 31], "posts/zz-meant/index.html", 31)
    assert ordinary[0] != "posts/zz-meant/index.html"
