"""The analyser: what words are, and that both engines mean the same."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowrepo.analysis import words
from tests import javascript

OTHERS = (
    "Straße größe ÄPFEL naïve résumés e\u0301te\u0301 Ærøskøbing İstanbul ΣΊΣΥΦΟΣ Привет мир хорошие 机器学习 表 東京タワー データ分析 한국어 "
    "บทความ हिन्दी ﬁne ㎞ ½ ²x Ⅻ ١٢٣ 🚀 ☀ don't don’t l'analyse C++ c# F# i++ 3.11 v2.0.1 1.21.0rc1 1,000.5 1,000,000 0.8372615 10km IDs GPUs "
    "XMLParser getHTTPResponse __init__ x1 p99 f1_score word2vec a3f9c2e1b7d4f6a8 df.groupby.mean self._cache np.random.seed() Rivières kundenfreundliche "
    "\u0301 _\u0301_ x_\u0301 \u0301.\u0301 3\u0301"
)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("train_test_split", "trainTestSplit", "TrainTestSplit", "TRAIN_TEST_SPLIT"), ("train", "test", "split")),
        (("pd.read_csv", "pd.readCsv"), ("pd", "read", "csv")),
        (("sklearn.ensemble",), ("sklearn", "ensembl")),
        (("RandomForestClassifier", "random_forest_classifier"), ("random", "forest", "classifi")),
    ],
)
def test_the_parts_of_a_name_do_not_depend_on_how_it_is_written(names: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Snake case, camel case and dots are three ways to write blanks; the whole is one more term, the same for all."""
    assert {words.terms(name).parts for name in names} == {parts}
    assert len({max(words.terms(name).joined, key=len) for name in names}) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("running runs ran", ["run", "run", "ran"]),
        ("don't we'll", ["don", "we"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("Python 3.11, v2.0.1", ["python", "3.11", "2.0.1"]),
        ("1,000.5 rows", ["1000.5", "row"]),
        ("Café cafés", ["cafe", "cafe"]),
        ("机器学习 and 表", ["机器", "器学", "学习", "and", "表"]),
        ("launch 🚀", ["launch", "🚀"]),
        ("an accent alone: \u0301 _\u0301_", ["an", "accent", "alon"]),
    ],
)
def test_words(text: str, parts: list[str]) -> None:
    """Stems, symbols, versions, numbers, accents, scripts without blanks and emoji."""
    assert [part for chunk in words.chunks(text) for part in words.terms(chunk).parts] == parts


@given(st.text(max_size=40))
def test_no_term_is_empty(text: str) -> None:
    """Whatever a text is, its terms are words: the index sorts by them."""
    for chunk in words.chunks(text):
        found = words.terms(chunk)
        assert "" not in found.parts + found.joined


@pytest.mark.parametrize(("language", "forms"), [("de", ("Kunde", "Kunden")), ("fr", ("modèles", "modele")), ("ru", ("модели", "модель"))])
def test_languages_have_their_own_stems(language: str, forms: tuple[str, ...]) -> None:
    """The forms of a word in its own language are one term; code in a language of another script is stemmed as English."""
    assert len({words.terms(form, language).parts for form in forms}) == 1
    assert words.terms("classifiers", "ru") == words.terms("classifiers", "en")


def test_data_are_no_words() -> None:
    """A hash is none, and of a long number or word only the beginning counts."""
    assert words.terms("a3f9c2e1b7d4f6a8c3") == ((), ())
    assert words.terms("0.83726152").parts == ("0.837261",)
    assert len(words.terms("x" * 90).parts[0]) == words.LONGEST


def test_both_languages_agree() -> None:
    """On 39,000 words of Python's own library and on those of many scripts Python and JavaScript say the same; on some of them in other languages too."""
    folder = Path(sysconfig.get_path("stdlib"))
    text = OTHERS + "".join(file.read_text("utf-8", "replace") for file in sorted(folder.glob("*/*.py"))[:600])
    chunks = words.chunks(text)
    distinct = list(dict.fromkeys(chunks))
    assert len(distinct) >= 39_000
    assert [found["text"] for found in javascript.call("search/words.js", "chunks", [[text]])[0]] == chunks
    others = ("snowball/de.js", "snowball/fr.js", "snowball/ru.js")
    for language, some in (("en", distinct), *((language, distinct[:2_000]) for language in ("de", "fr", "ru", "xx"))):
        found = javascript.call("search/words.js", "terms", [[chunk, language] for chunk in some], others)
        differing = [
            (chunk, theirs, ours)
            for chunk, theirs in zip(some, found, strict=True)
            if (ours := words.terms(chunk, language)) != (tuple(theirs["parts"]), tuple(theirs["joined"]))
        ]
        assert not differing[:5]
