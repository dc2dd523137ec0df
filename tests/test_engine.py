"""The engine behind ``knowrepo search``: what a query finds, and the index that it keeps."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from knowrepo.analysis import entry
from knowrepo.model import Person, Post
from knowrepo.render import passages
from knowrepo.render.passages import CODE, COMMENT, OUTPUT, PROSE, Passage
from knowrepo.search import finding
from knowrepo.search.finding import Found
from tests import sitefactory

SECRET = b"s" * 32
Search = Callable[..., Found]


def post(name: str, prose: str = "", *, code: str = "", comment: str = "", output: str = "", heading: str = "", **changes: Any) -> Post:
    """A post with one passage of each kind that is given."""
    texts = ((PROSE, prose), (CODE, code), (COMMENT, comment), (OUTPUT, output))
    found = [Passage(kind, f"cell-{number}", heading, text) for number, (kind, text) in enumerate(texts) if text]
    made = sitefactory.post(f"{name}.ipynb", **{"title": name, "tldr": "", "tags": (), "authors": (), **changes})
    body = {"passages": passages.dump(found), "entry": entry.dump(passages.entry(made.path, made.meta, found, made.meta.lang or "en"))}
    return sitefactory.post(f"{name}.ipynb", **{"title": name, "tldr": "", "tags": (), "authors": (), **changes, **body})


def search(folder: Path, *posts: Post, language: str = "en") -> Search:
    """A function that searches these posts; what it returns is what was found."""
    books = finding.library(folder / "index", SECRET, posts, language)
    return lambda text, limit=50, newest=False: finding.search(books, text, limit=limit, newest=newest)


def names(found: Found) -> list[str]:
    return [result.post.path.removesuffix(".ipynb") for result in found.results]


def full(found: Found) -> set[str]:
    return {result.post.path.removesuffix(".ipynb") for result in found.results if result.full}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """A small team's posts."""
    ana, bob = Person("Ana Abbott"), Person("Bob Ross")
    return search(
        tmp_path_factory.mktemp("team"),
        post(
            "growth/churn", "Why riders leave: a random forest tells.", tags=("churn", "Growth Team"), authors=(ana,), created="2024-05-10"
        ),
        post(
            "growth/price",
            "The forest of prices is random.",
            tags=("pricing",),
            authors=(bob,),
            created="2023-02-01",
            extra={"team": "growth"},
        ),
        post("ops/trees", "", code="forest = 1", comment="plant a tree", output="42 birches", authors=(ana, bob), created="2022-01-01"),
        post("ops/undated", "A forest without a date.", created="", lang="de", extra={"Team": ["ops", "growth"], "draft_of": 3}),
        post("notes", "Nothing here is about trees.", heading="Random thoughts", created="2021-06-30"),
    )


# The grammar


@pytest.mark.parametrize(
    ("query", "all_of_it", "some_of_it"),
    [
        ("random forest", {"growth/churn", "growth/price"}, {"ops/trees", "ops/undated", "notes"}),
        ('"random forest"', {"growth/churn"}, set()),
        ('"random forest" price', set(), {"growth/churn"}),
        ("forest -random", {"ops/trees", "ops/undated"}, set()),
        ('forest -"random forest"', {"growth/price", "ops/trees", "ops/undated"}, set()),
        ("riders OR prices", {"growth/churn", "growth/price"}, set()),
        ("riders OR prices forest", {"growth/churn", "growth/price"}, {"ops/trees", "ops/undated"}),
        ("ride*", {"growth/churn"}, set()),
        ("birch* OR leav*", {"growth/churn", "ops/trees"}, set()),
        ("tag:churn", {"growth/churn"}, set()),
        ("tag:growth-team", {"growth/churn"}, set()),
        ('tag:"growth team" tag:churn', {"growth/churn"}, set()),
        ("tag:churn tag:pricing", set(), set()),
        ("tag:churn OR tag:pricing", {"growth/churn", "growth/price"}, set()),
        ("forest -tag:churn -tag:pricing", {"ops/trees", "ops/undated"}, set()),
        ("forest tag:churn", {"growth/churn"}, set()),
        ("nothing tag:churn", set(), set()),
        ('author:"ana abbott"', {"growth/churn", "ops/trees"}, set()),
        ("author:ana", {"growth/churn", "ops/trees"}, set()),
        ("folder:growth", {"growth/churn", "growth/price"}, set()),
        ("folder:ops/ forest", {"ops/trees", "ops/undated"}, set()),
        ("kind:notebook -folder:ops -folder:growth", {"notes"}, set()),
        ("kind:markdown", set(), set()),
        ("lang:de", {"ops/undated"}, set()),
        ("team:growth", {"growth/price", "ops/undated"}, set()),
        ("draft_of:3", {"ops/undated"}, set()),
        ("title:churn", {"growth/churn"}, set()),
        ("title:chu* forest", {"growth/churn"}, set()),
        ("title:forest", set(), set()),
        ("before:2023", {"ops/trees", "notes"}, set()),
        ("before:2023-02-01", {"ops/trees", "notes"}, set()),
        ("before:2023-02-02 after:2022", {"growth/price", "ops/trees"}, set()),
        ("after:2024-05", {"growth/churn"}, set()),
        ("forest -after:2023", {"ops/trees", "ops/undated"}, set()),
        ("forest in:code", {"ops/trees"}, set()),
        ("tree in:comment", {"ops/trees"}, set()),
        ("tree in:prose", {"notes"}, set()),
        ("tree in:prose in:comment", {"notes", "ops/trees"}, set()),
        ("birches in:output", {"ops/trees"}, set()),
        ("birches in:code", set(), set()),
        ('"random thoughts" in:prose', {"notes"}, set()),
        ("forest in:code -riders", {"ops/trees"}, set()),
        ("foo:bar riders", set(), {"growth/churn", "ops/undated"}),
        ("x-riders", set(), {"growth/churn"}),
        ("", set(), set()),
        ("-forest", set(), set()),
        ("in:code", set(), set()),
        ("?!", set(), set()),
    ],
)
def test_queries(team: Search, query: str, all_of_it: set[str], some_of_it: set[str]) -> None:
    """Each sentence of the grammar finds what it says; posts with all the words come first."""
    found = team(query)
    assert (full(found), set(names(found)) - full(found)) == (all_of_it, some_of_it)
    assert set(names(found)[: found.full]) == all_of_it
    assert (found.total, found.full) == (len(all_of_it | some_of_it), len(all_of_it))


def test_problems_do_not_stop_the_rest(team: Search) -> None:
    """What is wrong with a query is told, and the rest of it counts."""
    found = team('riders before:soon in:here tag: OR "leave')
    assert [problem.key for problem in found.problems] == ["bad-date", "bad-place", "empty-field", "unclosed-quote"]
    assert names(found) == ["growth/churn"]


# Words


@pytest.mark.parametrize(
    ("written", "queries"),
    [
        (
            "train_test_split(x)",
            ["train_test_split", "trainTestSplit", "train test split", "TrainTestSplit", "test_split", "traintestsplit"],
        ),
        ("trainTestSplit(x)", ["train_test_split", "trainTestSplit", "train test split", '"train test split"']),
        ("pd.read_csv('x')", ["pd.read_csv", "read_csv", "readCSV", "read csv", "readcsv", "pd.read_csv('x')"]),
        ("from sklearn.ensemble import x", ["sklearn.ensemble", "sklearn ensemble", "ensemble", "ensembles"]),
        (
            "RandomForestClassifier()",
            ["random forest classifier", "RandomForestClassifier", "random_forest_classifier", "random forest classifiers"],
        ),
        ("a random forest classifier", ["RandomForestClassifier", "random_forest_classifier"]),
        ("Python 3.11 and numpy 1.26.4", ["3.11", "numpy 1.26.4", "python3.11 OR 3.11"]),
        ("a loss of 0.25 at 1,000 steps", ["0.25", "1000", "1,000"]),
        ("it works 🚀", ["🚀"]),
        ("東京都の気温", ["東京", "気温", "東京都の気温", "京都"]),
        ("한국어 검색", ["검색", "한국어"]),
        ("a café über naïve Größen", ["cafe", "uber", "NAÏVE", "Café", "grossen"]),
        ("C++ beside C#", ["c++", "C#"]),
        ("the models were trained", ["model", "training", "TRAINED"]),
    ],
)
def test_words(tmp_path: Path, written: str, queries: list[str]) -> None:
    """Identifiers, numbers, versions, emoji, CJK, accents and other forms of a word find each other, and only where they stand."""
    find = search(tmp_path, post("here", written), post("there", "quite another thing"))
    assert [(query, names(find(query))) for query in queries] == [(query, ["here"]) for query in queries]


@pytest.mark.parametrize(
    ("lang", "text", "query"),
    [
        ("de", "Die Vorhersagen der Häuserpreise", "Vorhersage"),
        ("de", "Häuser", "haus"),
        ("fr", "Les prévisions étaient continuelles", "prévision continuel"),
    ],
)
def test_stems_of_a_posts_language(tmp_path: Path, lang: str, text: str, query: str) -> None:
    """Words are stemmed as in the language that the post names, else as in the site's."""
    assert names(search(tmp_path / "own", post("here", text, lang=lang), post("english", "houses are something else"))(query)) == ["here"]
    assert names(search(tmp_path / "site", post("here", text), language=lang)(query)) == ["here"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("regresion", "regression"),
        ("regresssion", "regression"),
        ("rgeression", "regression"),
        ("a regrission modle", "a regression model"),
        ("clasifer", "classifier"),
        ('modle "logistic regression"', 'model "logistic regression"'),
    ],
)
def test_typos(tmp_path: Path, query: str, meant: str) -> None:
    """A word that nobody wrote finds those with one or two letters different, and the query that was meant is suggested."""
    find = search(tmp_path, post("here", "A logistic regression model as a classifier"), post("there", "quite another thing"))
    found = find(query)
    assert (names(found), found.suggestion) == (["here"], meant)


def test_a_form_that_is_written_once_may_be_meant(tmp_path: Path) -> None:
    """A mistake in an ending is mended by any word of the stem, be it ever so rare beside the others."""
    find = search(tmp_path, post("here", "Random, random, random: an essay on randomness."), post("there", "Rainfall."))
    found = find("randomnesn")
    assert (names(found), found.suggestion) == (["here"], "randomness")


def test_a_word_that_is_there_is_no_typo(tmp_path: Path) -> None:
    """Nothing is suggested for words that somebody wrote, for short ones and for what is excluded."""
    find = search(tmp_path, post("here", "form and cat"), post("there", "from"))
    assert [find(query).suggestion for query in ("form", "from", "ca", "cat -fron", "qqqqqqqq")] == [""] * 5


# The order


def test_where_a_word_stands_counts(tmp_path: Path) -> None:
    """A word in the title tells more than in a heading, that more than in prose, that more than in code, that more than in an output."""
    long = "salmon" + " text" * 59
    find = search(
        tmp_path,
        post("a", output=long),
        post("b", code=long),
        post("c", long),
        post("d", "text", heading="salmon" + " text" * 29),
        post("e", "text", title="salmon" + " text" * 7),
        *(post(f"other{number}", "text") for number in range(9)),
    )
    assert names(find("salmon")) == ["e", "d", "c", "b", "a"]


def test_the_younger_of_two_alike_comes_first(tmp_path: Path) -> None:
    """Age tips the scales between posts that are alike, and does not outweigh better ones."""
    find = search(
        tmp_path,
        post("old", "a salmon here", created="2019-01-01"),
        post("new", "a salmon here", created="2024-01-01"),
        post("best", "salmon salmon salmon", title="salmon", created="2018-01-01"),
        post("undated", "a salmon here", created=""),
    )
    assert names(find("salmon"))[:2] == ["best", "new"]
    assert names(find("salmon", newest=True)) == ["new", "old", "best", "undated"]
    assert names(find("salmon", limit=1)) == ["best"]


# What is shown


def test_sections_show_where_it_stands(tmp_path: Path) -> None:
    """A result has the passages with the most of the words, with the words marked as they are written there."""
    find = search(
        tmp_path,
        post("here", "We read the file. " * 30 + "Then train_test_split it.", code="x = 1\ny = trainTestSplit(x)", heading="Splits"),
    )
    prose, code = find("train test split").results[0].sections
    assert [text for text, matches in prose.parts if matches] == ["train_test_split"]
    assert (prose.kind, prose.anchor, prose.heading, prose.text[0]) == ("prose", "cell-0", "Splits", "…")
    assert (code.kind, code.anchor, code.parts) == ("code", "cell-1", (("y = ", False), ("trainTestSplit", True), ("(x)", False)))


def test_sections_are_from_the_places(tmp_path: Path) -> None:
    """With ``in:`` only those passages are shown."""
    find = search(tmp_path, post("here", "salmon", code="salmon", output="salmon"))
    assert [section.kind for section in find("salmon in:code in:output").results[0].sections] == ["code", "output"]


# The index


def test_an_updated_post_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    """Only what changed is indexed again; what a post no longer says does not find it."""
    posts = [post("a", "salmon river"), post("b", "herring river"), post("c", "plaice river")]
    assert names(search(tmp_path, *posts)("herring")) == ["b"]
    changed = search(tmp_path, posts[0], post("b", "trout river"), posts[2])
    assert (names(changed("herring")), names(changed("trout")), names(changed("plaice"))) == ([], ["b"], ["c"])
    assert sorted(names(changed("river"))) == ["a", "b", "c"]


def test_a_post_that_left_the_site_leaves_the_index(tmp_path: Path) -> None:
    """What is no longer published is not found, not even as what a misspelt word may mean."""
    posts = [post("open", "river trout"), post("gone", "river zanzibar"), post("other", "river zanzibarfs")]
    assert len(names(search(tmp_path, *posts)("river"))) == 3
    left = search(tmp_path, posts[0], posts[2])
    assert (sorted(names(left("river"))), names(left("zanzi*")), names(left("zanzibra"))) == (["open", "other"], ["other"], ["other"])


def test_an_updated_index_finds_what_a_new_one_finds(tmp_path: Path) -> None:
    """However an index came about, it finds the same posts with the same scores."""
    states = [[post(f"p{number}", f"river{' salmon' * ((number + state) % 4)}") for number in range(state, 8)] for state in range(5)]
    updated = [search(tmp_path / "one", *posts) for posts in states][-1]
    fresh = search(tmp_path / "other", *states[-1])
    for text in ("river salmon", '"river salmon"', "salmon -river", "sal*", "samlon"):
        assert [(one.post.path, one.score) for one in updated(text).results] == [(one.post.path, one.score) for one in fresh(text).results]


def test_a_warm_index_is_left_alone(tmp_path: Path) -> None:
    """Where nothing changed, no file is written."""
    posts = [post("a", "river")]
    search(tmp_path, *posts)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    assert names(search(tmp_path, *posts)("river")) == ["a"]
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("damage", ["cut", "flip", "remove", "seal", "nonsense", "add"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: str) -> None:
    """Whatever happens to the files of the index, the search finds the same."""
    posts = [post("a", "river"), post("b", "trout")]
    search(tmp_path, *posts)
    seal = tmp_path / "index" / "seal.json"
    segment = next(tmp_path.rglob("*.seg"))
    match damage:
        case "cut":
            segment.write_bytes(segment.read_bytes()[:100])
        case "flip":
            data = bytearray(segment.read_bytes())
            data[len(data) // 2] ^= 255
            segment.write_bytes(data)
        case "remove":
            segment.unlink()
        case "seal":
            seal.unlink()
        case "nonsense":
            seal.write_text('{"folder": "../x", "posts": [], "seal": "00"}')
        case "add":
            (segment.parent / "_MAIN_9.toc").write_bytes(b"x")
    assert names(search(tmp_path, *posts)("river")) == ["a"]
    finding.library(tmp_path / "index", SECRET, posts[:1], "en")
    assert len([file for file in (tmp_path / "index").iterdir() if file.is_dir()]) <= 2


def test_an_index_of_somebody_else_is_never_opened(tmp_path: Path) -> None:
    """An index that was written under another secret counts as none: whoosh would run what its pickles say."""
    posts = [post("a", "river")]
    finding.library(tmp_path / "index", b"x" * 32, posts, "en")
    theirs = {file.name for file in tmp_path.rglob("index-*")}
    assert names(search(tmp_path, *posts)("river")) == ["a"]
    assert not theirs & {file.name for file in tmp_path.rglob("index-*")}


def test_what_killed_searches_left_is_removed(tmp_path: Path) -> None:
    """An index that nobody finished goes with the next change, an hour later."""
    left = tmp_path / "index" / "index-left"
    left.mkdir(parents=True)
    (left / "file").write_text("x")
    search(tmp_path, post("a", "river"))
    assert left.exists()
    os.utime(left, (0, 0))
    search(tmp_path, post("a", "trout"))
    assert len([file for file in (tmp_path / "index").iterdir() if file.is_dir()]) == 1


def test_searches_at_the_same_time(tmp_path: Path) -> None:
    """Several searches of different states of the posts do not disturb each other."""
    posts = [post(f"p{number}", "river") for number in range(6)]

    def found(number: int) -> list[str]:
        return sorted(names(search(tmp_path, *posts[: number + 1])("river")))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(found, range(6))) == [[f"p{place}" for place in range(number + 1)] for number in range(6)]


# Posts like this one


def test_similar_posts(tmp_path: Path) -> None:
    """Posts that share telling words are alike; a post is not like itself."""
    posts = [
        post("forest", "the data of a random forest with trees and leaves"),
        post("trees", "the data of trees, leaves and splits"),
        post("river", "the data of salmon and trout in a river"),
        *(post(f"other{number}", f"the data of thing{number}") for number in range(6)),
    ]
    books = finding.library(tmp_path / "index", SECRET, posts, "en")
    assert names(finding.similar(books, "salmon, trout", limit=5)) == ["river"]
    assert names(finding.similar(books, "leaves of trees", limit=1)) == ["trees"]
    assert names(finding.similar(books, books.wordings["forest.ipynb"], limit=5))[0] == "trees"
    assert "forest" not in names(finding.similar(books, books.wordings["forest.ipynb"], limit=50))
    assert names(finding.similar(books, "qqqq", limit=5)) == names(finding.similar(books, "", limit=5)) == []
