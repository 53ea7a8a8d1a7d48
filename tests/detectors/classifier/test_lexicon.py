"""Terms: what each way of writing one matches, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.classifier.lexicon import WINDOW, Lexicon
from detectors.classifier.scan import Scan
from detectors.text import Stems
from detectors.words import cut


def points(term: str, text: str) -> int:
    lexicon = Lexicon({"other": (("дом", 1),), "class": ((term, 6),)}, Stems())
    return int(Scan(lexicon, [cut(text)]).points[0, 1])


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("яма", "Ямы, одни ямы!", True),
        ("яма", "ямщик", False),
        ("освещ*", "освещение", True),
        ("=света", "света", True),
        ("=света", "свет", False),
        ("двор|дорога снег", "снег лежит на всей нашей дороге", True),
        ("двор|дорога снег", "снег один два три четыре пять дорога", False),
        ("двор|дорога снег", "дорога во двор", False),
        ("нет|без_вода", "опять нет воды", True),
        ("нет|без_вода", "нет горячей воды", False),
        ("нет|без_вода", "воды нет", False),
        # Words between signs, and one with what people paste.
        ("нет|без_вода", "так:нет/воды", True),
        ("нет|без_вода", "нeт во\u00adды", True),
    ],
)
def test_matching(term: str, text: str, found: bool) -> None:
    assert points(term, text) == (6 if found else 0)


def test_a_term_counts_once_and_classes_add_up() -> None:
    lexicon = Lexicon({"one": (("яма", 6), ("дорога яма", 3), ("рука", -6)), "two": (("яма", 1),)}, Stems())
    assert Scan(lexicon, [cut("яма на дороге яма рука"), [], cut("Яма")]).points.tolist() == [[3, 1], [0, 0], [6, 1]]


def test_words_that_explain() -> None:
    lexicon = Lexicon({"one": (("нет_вода", 6), ("запах", -6)), "two": (("дом", 1),)}, Stems())
    scan = Scan(lexicon, [cut("дом"), cut("Запах!В доме нет воды, нет воды.")])
    assert scan.explain([(1, [0])]) == [["нет", "воды"]]
    assert scan.explain([(0, [0, 1]), (1, [0, 1])]) == [["дом"], ["доме", "нет", "воды"]]
    # Asked anew: what a first question has set is wiped.
    assert scan.explain([(0, [0, 1])]) == [["дом"]]
    assert scan.explain([]) == []


WORDS = ("аа", "бб", "вв", "гг", "дд")
TERMS = ("аа", "аа бб", "бб_аа", "вв|аа вв", "гг вв|бб", "дд_дд")
HALVES = {term: tuple(side.split("|") for side in term.replace("_", " ").split()) for term in TERMS}


def naive(term: str, text: list[str]) -> bool:
    """What a term matches, as the module says it, without any index."""
    halves = HALVES[term]
    if len(halves) == 1:
        return any(word in halves[0] for word in text)
    return any(
        (there - at == 1 if "_" in term else at != there and abs(there - at) <= WINDOW)
        for at, word in enumerate(text)
        for there, second in enumerate(text)
        if word in halves[0] and second in halves[1]
    )


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=14), min_size=1, max_size=5))
def test_many_texts_at_once_are_read_as_each_would_be_alone(texts: list[list[str]]) -> None:
    lexicon = Lexicon({term: ((term, 1),) for term in TERMS}, Stems())
    cuts = [cut(" ".join(text)) for text in texts]
    assert Scan(lexicon, cuts).points.tolist() == [[naive(term, text) for term in TERMS] for text in texts]


@pytest.mark.parametrize("term", ["", "три слова вместе", "а_б_в", "а_б в", "Яма", "ёлка", "я*", "*яма", "яма|", "яма,дорога"])
def test_terms_that_are_wrong(term: str) -> None:
    with pytest.raises(ValueError, match="class"):
        points(term, "")


def test_the_memory_of_words_is_bounded() -> None:
    lexicon = Lexicon({"one": (("яма", 6), *((f"с{number}", 1) for number in range(90)))}, Stems(), limit=10)
    for number in range(100):
        assert Scan(lexicon, [cut(f"слово{number} с{number} яма {'я' * 1000}{number}")]).points.max() >= 6
        assert len(lexicon.book) <= 15
        assert len(lexicon.entries) <= 15
