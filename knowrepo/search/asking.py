"""A Query put to an index: which posts answer it, how well, and with which terms. ``themes/scripts/search/asking.js`` asks the browser's index alike.

The score is BM25F as in ``analysis.entry``: what a term counts in all fields is added up before it is saturated. Posts that have all the words come first;
a younger post counts a little more than one just as good.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from math import log, sqrt

from knowrepo.analysis import query, words
from knowrepo.analysis.clauses import Clause, Dated, Exact, Leaf, Mistake, Phrase, Query, Title, Word
from knowrepo.analysis.entry import FIELDS, SATURATION, SLOPE, USUAL, WEIGHTS
from knowrepo.search import spelling, wording
from knowrepo.search.engine import Index
from knowrepo.search.scores import Scores, both, either, rarity
from knowrepo.search.wording import PLACES
from knowrepo.text import same_key

YOUNGER = 0.1
"""The youngest post counts so much more than the oldest."""
JOINED = 0.5
"""What an identifier as a whole counts beside its parts."""
STRONGEST = 40
"""So many terms of a text are looked for in others."""
FEW = 3
"""In a query of so few words one that is a name means just that name."""
FARTHER = 0.05
"""What those count that are farther from it than the nearest."""
ENDINGS = 100
"""A beginning stands for at most so many terms."""

Forms = Callable[[], spelling.Forms]


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found; ``full``: it has all that was asked for."""

    path: str
    score: float
    full: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The posts, best first; ``terms`` are those that were looked for; ``instead`` are words that nobody wrote, with the terms taken in their place.

    ``problems`` are values that no post has.
    """

    hits: tuple[Hit, ...] = ()
    terms: frozenset[str] = frozenset()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problems: tuple[Mistake, ...] = ()


def ask(index: Index, asked: Query, languages: Sequence[str], younger: float = YOUNGER, forms: Forms = dict) -> Answer:
    """The answer to a query; its words are stemmed as in each of these languages. ``younger``: how much more the youngest post counts.

    ``forms`` says how stems are written (``spelling.written``, by number of document); it is asked when a word is not found.
    """
    return _Asking(index, asked, tuple(dict.fromkeys(languages)), forms).answer(younger)


def alike(index: Index, terms: Mapping[str, float], own: str = "") -> tuple[Hit, ...]:
    """The posts most like a text, given how often each term stands in it: those of its terms count that tell most (frequent here, rare elsewhere).

    ``own`` is the path of the post that the text is.
    """
    asking = _Asking(index, Query(), ())
    holders = {term: [document for document in asking.scores((term,)) if index.paths[document] != own] for term in terms}
    rare = {term: (1 + log(1 + count)) * rarity(len(index.paths), len(holders[term])) for term, count in terms.items() if holders[term]}
    found: defaultdict[int, float] = defaultdict(float)
    for term in sorted(rare, key=lambda term: (-rare[term], term))[:STRONGEST]:
        for document in holders[term]:
            found[document] += asking.scores((term,))[document] * rare[term]
    hits = [Hit(index.paths[document], score, True) for document, score in found.items()]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.path)))


class _Asking:
    """One query and the index, with what has been looked up already."""

    def __init__(self, index: Index, asked: Query, languages: tuple[str, ...], forms: Forms = dict) -> None:
        self.index = index
        self.forms = forms
        self.named: defaultdict[int, set[str]] = defaultdict(set)
        self.asked = replace(asked, clauses=tuple(query.spread(asked.clauses)))
        self.languages = languages
        self.fields = tuple(field for place in asked.places for field in PLACES[place]) or FIELDS
        self.terms: set[str] = set()
        self.problems: list[Mistake] = []
        self.instead: dict[str, tuple[str, ...]] = {}
        self.known: dict[tuple[tuple[str, ...], tuple[str, ...]], Scores] = {}

    def answer(self, younger: float) -> Answer:
        given = Counter(clause for clause in self.asked.clauses if not clause.excluded)
        found = [(clause, scores) for clause in given if (scores := self.clause(clause)) is not None]
        out = {document for clause in self.asked.clauses if clause.excluded for document in self.without(clause)}
        texts = [scores for clause, scores in found if not clause.is_filter]
        documents = set().union(*texts) if texts else set(self.index.paths) if found else set()
        for clause, scores in found:
            if not clause.is_optional:
                documents &= scores.keys()
        total: defaultdict[int, float] = defaultdict(float)
        repeated = [(scores, sqrt(given[clause])) for clause, scores in found if not clause.is_filter]
        for scores, times in (*repeated, *((scores, 1.0) for scores in self.neighbours())):
            for document, score in scores.items():
                total[document] += score * times
        young = self.youth()
        hits = [
            Hit(
                self.index.paths[document],
                total[document] * (1 + younger * young.get(document, 0)),
                all(document in scores for scores in texts),
            )
            for document in documents - out
        ]
        latest = {self.index.paths[document]: day.toordinal() for document, day in self.index.days.items()}
        named = {self.index.paths[document]: len(names) for document, names in self.named.items() if len(texts) <= FEW}
        hits.sort(key=lambda hit: (not hit.full, -named.get(hit.path, 0), -hit.score, -latest.get(hit.path, 0), hit.path))
        return Answer(tuple(hits), frozenset(self.terms), tuple(self.instead.items()), tuple(self.problems))

    def youth(self) -> dict[int, float]:
        """The rank of each day, from 0 for the first to 1 for the last."""
        ranks = {day: rank for rank, day in enumerate(sorted(set(self.index.days.values())))}
        return {document: ranks[day] / max(1, len(ranks) - 1) for document, day in self.index.days.items()}

    def clause(self, clause: Clause) -> Scores | None:
        """The documents that a clause finds; None if there is nothing in it to look for."""
        made = [scores for leaf in clause.any if (scores := self.leaf(leaf)) is not None]
        if made and not any(made):
            if len(clause.any) == 1 and isinstance(clause.any[0], Word):
                made.append(self.misspelt(clause.any[0]))
            elif all(isinstance(leaf, Exact) for leaf in clause.any):
                self.problems += [self.unknown(leaf) for leaf in clause.any if isinstance(leaf, Exact)]
                return None
        return reduce(either, made) if made else None

    def unknown(self, leaf: Exact) -> Mistake:
        """A value that no post has, which is left out."""
        values = sorted(term.partition("=")[2] for term in self.index.beginning(f"{leaf.name}=", ("exact",)))
        meant = query.near(same_key(leaf.value), values)
        return Mistake("unknown-value", 0, 0, f"{leaf.name}:{leaf.value}", meant and f"{leaf.name}:{meant}")

    def without(self, clause: Clause) -> Scores:
        """The documents that a clause excludes; what it says is not marked in the others."""
        terms, self.terms = self.terms, set()
        fields, self.fields = self.fields, FIELDS
        scores = self.leaf(clause.any[0]) or {}
        self.terms, self.fields = terms, fields
        return scores

    def leaf(self, leaf: Leaf) -> Scores | None:
        match leaf:
            case Word():
                return self.word(leaf.text, leaf.prefix, self.fields)
            case Title():
                return self.word(leaf.text, leaf.prefix, ("title",))
            case Phrase():
                return self.phrase(leaf.text)
            case Exact():
                return dict.fromkeys(self.holders(wording.exact(leaf.name, leaf.value)), 0.0)
            case Dated():
                day = query.first_day(leaf.value)
                early = leaf.name == "before"
                return {document: 0.0 for document, its in self.index.days.items() if day and (its < day) is early}

    def holders(self, value: str) -> set[int]:
        """The documents with a value; where there is none, those with one that begins so."""
        values = {value} if (found := set(self.index.postings("exact", value))) else self.index.beginning(value, ("exact",))
        return found.union(*(self.index.postings("exact", other) for other in values))

    def word(self, text: str, prefix: bool, fields: tuple[str, ...]) -> Scores | None:
        """The documents that have all chunks of a text; None if it has none."""
        chunks = [chunk for chunk in words.chunks(text) if any(words.terms(chunk))]
        made = [self.chunk(chunk, fields) for chunk in chunks]
        if prefix and made:
            made[-1] = either(made[-1], self.beginning(chunks[-1], fields))
        return reduce(both, made) if made else None

    def chunk(self, chunk: str, fields: tuple[str, ...]) -> Scores:
        """The documents that have all parts of a chunk, or the whole of it as one word."""
        parts = [self.scores(slot, fields) for slot in self.slots(chunk)]
        joined = words.terms(chunk).joined
        whole = self.scores((max(joined, key=len),), fields) if joined else {}
        found = either(reduce(both, parts), whole) if parts else dict(whole)
        for document in whole:
            self.named[document].add(chunk)  # who writes a name means the name, not its parts
        for term in joined:
            for document, score in self.scores((term,), fields).items():
                if document in found:
                    found[document] += JOINED * score
        self.terms.update(joined)
        return found

    def slots(self, chunk: str) -> list[tuple[str, ...]]:
        """The parts of a chunk, each as the stems that it has in the languages."""
        made = [words.terms(chunk, language).parts for language in self.languages]
        slots = [tuple(dict.fromkeys(stems)) for stems in zip(*made, strict=False)]
        self.terms.update(term for slot in slots for term in slot)
        return slots

    def beginning(self, chunk: str, fields: tuple[str, ...]) -> Scores:
        """The documents with a term that begins like a chunk."""
        begin = words.fold(chunk.lower()).replace("_", "")
        found = self.index.beginning(begin, fields) if begin else set()
        terms = tuple(sorted(found, key=lambda term: (len(term), term))[:ENDINGS])
        self.terms.update(terms)
        return self.scores(terms, fields)

    def phrase(self, text: str) -> Scores | None:
        """The documents in which the words stand one after the other."""
        slots = [slot for chunk in words.chunks(text) for slot in self.slots(chunk) or [(words.terms(chunk).joined or ("",))[-1:]]]
        if not slots:
            return None
        scores = reduce(both, (self.scores(slot, self.fields) for slot in slots))
        found = {document for field in self.fields for document in self.in_order(field, slots)}
        return {document: score for document, score in scores.items() if document in found}

    def in_order(self, field: str, slots: list[tuple[str, ...]]) -> set[int]:
        places: dict[int, set[int]] | None = None
        for number, slot in enumerate(slots):
            here: defaultdict[int, set[int]] = defaultdict(set)
            for term in slot:
                for document, positions in self.index.positions(field, term).items():
                    here[document].update(position - number for position in positions)
            kept = here if places is None else {document: starts & here[document] for document, starts in places.items()}
            places = {document: starts for document, starts in kept.items() if starts}
        return set(places or ())

    def neighbours(self) -> list[Scores]:
        """What words that stand side by side count when they are written as one: "read csv" means ``read_csv`` too."""
        runs: list[list[str]] = [[]]
        for clause in self.asked.clauses:
            leaf = clause.any[0]
            if clause.excluded or len(clause.any) > 1 or not isinstance(leaf, Word) or not leaf.text.isalnum():
                runs.append([])
            else:
                runs[-1].append(words.fold(leaf.text.lower()))
        joined = {term for run in runs if len(run) > 1 for term in (*map("".join, pairwise(run)), "".join(run))}
        self.terms.update(joined)
        return [self.scores((term,), self.fields) for term in sorted(joined)]

    def misspelt(self, word: Word) -> Scores:
        """The documents with the terms that a word of which there is none was probably meant to be."""
        chunks = words.chunks(word.text)
        slots = self.slots(chunks[0]) if len(chunks) == 1 else []
        if len(slots) > 1:
            return reduce(both, (self.clause(Clause((Word(slot[0]),))) or {} for slot in slots))
        if not slots or len(slots[0][0]) < 3:
            return {}
        typed = words.fold(word.text.lower())
        near = spelling.intended(slots[0][0], typed, self.known_words({slots[0][0][0], typed[1]}), self.forms())
        if not near:
            return {}
        nearest, others = (tuple(one.stem for one in near if (one.far == near[0].far) is is_nearest) for is_nearest in (True, False))
        self.instead[word.text] = nearest
        self.terms.update(one.stem for one in near)
        found = self.scores(nearest, self.fields)
        own = {document for one in near if one.far == near[0].far for document in one.own}
        most = max(found.values(), default=0.0)
        exact = {document: score + most if document in own else score for document, score in found.items()}
        return either(exact, {document: score * FARTHER for document, score in self.scores(others, self.fields).items()})

    def known_words(self, letters: set[str]) -> Iterator[tuple[str, int]]:
        """The words that begin with one of these letters, each with how many documents have it."""
        for term in {term for letter in letters for term in self.index.beginning(letter, self.fields)}:
            if spelling.is_word(term) and (holders := len(self.scores((term,)))):
                yield term, holders

    def scores(self, terms: tuple[str, ...], fields: tuple[str, ...] = FIELDS) -> Scores:
        """The documents with any of some terms, which count as one."""
        if (terms, fields) not in self.known:
            counted: defaultdict[int, float] = defaultdict(float)
            for field, weight, slope, usual in zip(FIELDS, WEIGHTS, SLOPE, USUAL, strict=True):
                for term in terms if field in fields else ():
                    for document, count in self.index.postings(field, term).items():
                        counted[document] += weight * count / (1 - slope + slope * self.index.length(field, document) / usual)
            rare = rarity(len(self.index.paths), len(counted))
            scores = {document: rare * count / (count + SATURATION) for document, count in counted.items()}
            self.known[terms, fields] = scores
        return self.known[terms, fields]
