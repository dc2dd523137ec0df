"""How posts relate: by the words that tell most of them, by mentions, in series."""

from __future__ import annotations

import random
from dataclasses import replace

from knowrepo import related
from knowrepo.analysis import entry
from knowrepo.model import Post, Target
from tests.sitefactory import group, post, site


def test_a_post_is_known_by_the_words_that_say_most_of_it() -> None:
    """Those of the title most, those of code least; a word is its stem, in any language. Numbers and short words are none."""
    texts = {"title": "Churn in 2024", "heading": "Survival", "prose": "Customers call us, 客户", "code": "fit_model(riders, 17)"}
    texts = {field: f"{text} {'and ' * length}" for (field, text), length in zip(texts.items(), (8, 30, 60, 90), strict=True)}
    found = entry.telling(entry.of(texts.items(), "en"))
    assert found["churn"] > max(found["surviv"], found["custom"]) >= min(found["surviv"], found["custom"]) > found["rider"] > 0
    assert {"客户", "fitmodel"} <= found.keys()
    assert not {"2024", "17", "in", "us"} & found.keys()


def test_of_a_long_post_only_what_says_most_is_compared() -> None:
    """Their number is bounded; what is said often is among them."""
    many = " ".join(f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(600))
    found = entry.telling(entry.of([("prose", f"{many} {'forest ' * 9}")], "en"))
    assert len(found) == entry.TELLING
    assert max(found, key=lambda term: found[term]) == "forest"


POSTS = {
    "bikes-1": {"bike": 4, "rain": 2, "dock": 1, "the": 9},
    "bikes-2": {"bike": 2, "rain": 3, "lock": 1, "the": 9},
    "churn-1": {"churn": 5, "member": 2, "the": 9},
    "churn-2": {"churn": 3, "member": 3, "the": 9},
    "alone": {"helmet": 3, "the": 9},
}


def test_alike_posts_find_each_other() -> None:
    """Posts are related by the words they share, not by words that all have; a post that shares nothing has none."""
    many = POSTS | {f"other-{number}": {f"word{number}": 1, "the": 9} for number in range(30)}
    found = related.alike(many)
    assert (found["bikes-1"], found["churn-2"], found["alone"]) == (("bikes-2",), ("churn-1",), ())


def test_likeness_does_not_depend_on_the_order() -> None:
    """Shuffled posts and words give the same lists; equally alike posts stand by name."""
    chance = random.Random(7)
    posts = {f"p{number:02}": {f"w{chance.randrange(40)}": chance.randrange(1, 5) for _ in range(12)} for number in range(60)}
    posts |= {name: {"twin": 1, "word": 1} for name in ("z", "x", "y")}
    shuffled = list(posts.items())
    chance.shuffle(shuffled)
    assert related.alike(posts) == related.alike({name: dict(reversed(words.items())) for name, words in shuffled})
    assert related.alike(posts)["y"][:2] == ("x", "z")


def test_no_post_is_related_to_itself_and_lists_are_short() -> None:
    """A list has at most so many entries, each once, never the post itself."""
    same = {f"p{number}": {"alpha": 1, "beta": 2} if number < 9 else {} for number in range(20)}
    for name, others in list(related.alike(same, 4).items())[:9]:
        assert len(others) == len(set(others)) == 4
        assert name not in others


def linked(path: str, *urls: str, created: str = "2024-01-01", **changes: str) -> Post:
    return post(path, created=created, targets=tuple(Target(url) for url in urls), **changes)


def test_mentions_are_the_posts_that_link_here() -> None:
    """Newest first, each once, whatever the anchor; folders' own pages count; links out, to itself and to nowhere do not."""
    here = linked("a.md", "posts/a/index.html#x")
    twice = linked("b.md", "posts/a/index.html", "posts/a/index.html#y", created="2024-02-01")
    newest = linked("c.md", "posts/a/index.html", created="2024-03-01")
    away = post("d.md", targets=(Target("posts/a/index.html", local=False), Target("")))
    readme = linked("team/README.md", "posts/a/index.html", "folders/team/index.html", url="folders/team/index.html", created="2023-01-01")
    made = site([here, twice, newest, away])
    made = replace(made, folders=(*made.folders, group("folders", "team", [], readme)))
    assert {url: [post.path for post in found] for url, found in related.mentions(made).items()} == {
        "posts/a/index.html": ["c.md", "b.md", "team/README.md"]
    }


def test_a_series_is_in_the_order_in_which_it_was_written() -> None:
    """Its parts lie anywhere and stand by date, then path, those without a date last; spellings that mean the same are one; one part is none."""
    parts = [
        post("x/b.md", created="2024-02-01", series="Why bikes break"),
        post("a.md", created="2024-02-01", series="why bikes-break"),
        post("z.md", created="2024-01-01", series="Why bikes break"),
        post("0.md", created="", series="Why bikes break"),
    ]
    found = related.series([*parts, post("n.md"), post("lonely.md", series="Alone")])
    assert {series.name for series in found.values()} == {"Why bikes break"}
    assert [part.path for part in found[parts[0].url].parts] == ["z.md", "a.md", "x/b.md", "0.md"]
    assert found.keys() == {part.url for part in parts}
