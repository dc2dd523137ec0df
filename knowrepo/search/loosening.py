"""A phrase that nobody wrote is looked for as words. ``themes/scripts/search/phrases.js`` does the same."""

from __future__ import annotations

from dataclasses import replace

from knowrepo.analysis import query
from knowrepo.analysis.clauses import Clause, Mistake, Phrase, Query
from knowrepo.search.asking import Answer


def loosened(asked: Query) -> Query | None:
    """A query with the words of its phrases in their place, and a problem that says so; None where it has no phrase."""
    phrases = [leaf.text for clause in asked.clauses if not clause.excluded for leaf in clause.any if isinstance(leaf, Phrase)]
    if not phrases:
        return None
    clauses = [words for clause in asked.clauses for words in _in_words(clause)]
    return replace(
        asked, clauses=tuple(clauses), problems=(*asked.problems, *(Mistake("no-phrase", 0, 0, value=phrase) for phrase in phrases))
    )


def partly(answer: Answer) -> Answer:
    """The answer to a loosened query: no post has all that was asked for."""
    return replace(answer, hits=tuple(replace(hit, full=False) for hit in answer.hits))


def _in_words(clause: Clause) -> list[Clause]:
    phrases = [leaf.text for leaf in clause.any if isinstance(leaf, Phrase)]
    if clause.excluded or not phrases:
        return [clause]
    return [word for phrase in phrases for word in query.in_words(phrase)]
