"""The grammar of queries: the same in Python and in JavaScript, and no text that it cannot read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowrepo.analysis import query
from knowrepo.analysis.clauses import Clause, Word
from tests import javascript

FIELDS = ["team", "größe"]
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "queries.yml").read_text("utf-8"))

PIECES = [
    *("tag:", "title:", "in:", "-in:", "before:", "after:", "team:", "größe:", "Größe:", "foo:", "TAG:", "ſtag:", "c:", "::", "://", ":", "é:x"),
    *("code", "prosa", "outputs", "2024", "2024-02-30", "2024-05", "0000-01", "１２３４", "20240"),
    *('"', "“", "”", "„", "'", "-", "--", "−", "*", "**", " ", "  ", "\u3000", "\u00a0", "\ufeff", "\u200b", "\x1c", "\x85", "\n", " OR ", "OR", " OR OR "),
    *("forest", "random", "İ", "ß", "🚀", "森林", "\U0001d54f", "\ud800", "\x00", "a_b", "pd.read_csv", "café"),
]  # fmt: skip
"""What queries are made of, and what looks like it."""

QUERIES = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def plain(text: str, typing: bool = False) -> Any:
    """What Python reads, as JSON has it."""
    return json.loads(json.dumps(query.parse(text, FIELDS, typing=typing).plain()))


def written_out(case: dict[str, Any]) -> dict[str, Any]:
    """What a case expects, with all that it leaves out."""
    return {
        "clauses": [
            {"not": clause.get("not", False), "any": [leaf(given) for given in clause["any"]]} for clause in case.get("clauses", [])
        ],
        "in": case.get("in", []),
        "problems": [{"value": "", "hint": "", **problem} for problem in case.get("problems", [])],
    }


def leaf(given: dict[str, Any]) -> dict[str, Any]:
    return {"prefix": False, **given} if given["kind"] in ("word", "title") else given


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["query"]) + (" (typing)" if case.get("typing") else ""))
def test_python_reads_every_case(case: dict[str, Any]) -> None:
    """Python reads each case as it is written down."""
    assert plain(case["query"], case.get("typing", False)) == written_out(case)


def test_javascript_reads_every_case() -> None:
    """JavaScript reads each case as it is written down."""
    read = javascript.call("search/query.js", "parse", ([case["query"], FIELDS, case.get("typing", False)] for case in CASES))
    assert read == [written_out(case) for case in CASES]


def test_the_cases_know_every_problem() -> None:
    """There is a case for each kind of problem."""
    shown = {problem["key"] for case in CASES for problem in case.get("problems", [])}
    assert shown == {"unknown-field", "unclosed-quote", "bad-date", "bad-place", "empty-field", "lonely-or", "only-not"}


@given(QUERIES, st.booleans())
def test_any_text_is_a_query(text: str, typing: bool) -> None:
    """No text makes an exception; every problem stands inside the query, in order, and tells of words that are there."""
    asked = query.parse(text, FIELDS, typing=typing)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert all(0 <= problem.at < problem.at + problem.length <= units for problem in asked.problems)
    assert [problem.at for problem in asked.problems] == sorted(problem.at for problem in asked.problems)
    assert all(clause.any and (len(clause.any) == 1 or not clause.excluded) for clause in asked.clauses)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(QUERIES, st.booleans()), min_size=200, max_size=300))
def test_javascript_reads_what_python_reads(queries: list[tuple[str, bool]]) -> None:
    """Both languages read every text alike."""
    read = javascript.call("search/query.js", "parse", ([text, FIELDS, typing] for text, typing in queries))
    for (text, typing), theirs in zip(queries, read, strict=True):
        assert plain(text, typing) == theirs, (text, typing)


@given(st.text("abcé", max_size=6), st.text("abcé", max_size=6))
def test_distances_are_distances(one: str, other: str) -> None:
    """The distance of two words is the same both ways, 0 only for the same word, and at most the length of the longer one."""
    assert query.distance(one, other) == query.distance(other, one) <= max(len(one), len(other))
    assert (query.distance(one, other) == 0) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "letters"), [("forest", "forst", 1), ("forest", "froest", 1), ("forest", "forrets", 2), ("", "ab", 2)]
)
def test_a_swap_is_one_letter(one: str, other: str, letters: int) -> None:
    """Letters that are added, left out, changed or swapped with a neighbour count one each."""
    assert query.distance(one, other) == letters


@pytest.mark.parametrize(
    ("value", "day"),
    [("2024", "2024-01-01"), ("2024-02", "2024-02-01"), ("2024-02-29", "2024-02-29"), ("２０２４", "None"), ("2023-02-29", "None")],
)
def test_first_days(value: str, day: str) -> None:
    """A year or a month means its first day; what is no date is none."""
    assert str(query.first_day(value)) == day


def test_only_the_end_of_a_word_is_a_beginning() -> None:
    """Of a word of several parts the last may go on, even where the parts are alike."""
    assert [*query.spread([Clause((Word("r-r", prefix=True),))])] == [Clause((Word("r"),)), Clause((Word("r", prefix=True),))]
    excluded = Clause((Word("r-r"),), excluded=True)
    assert [*query.spread([excluded])] == [excluded]
