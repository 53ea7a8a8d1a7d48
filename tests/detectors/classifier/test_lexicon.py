"""Terms: what each way of writing one matches, and what it refuses."""

from __future__ import annotations

import pytest

from detectors.classifier.lexicon import Lexicon
from detectors.text import Stems


def points(term: str, text: str) -> int:
    lexicon = Lexicon({"other": (("дом", 1),), "class": ((term, 6),)}, Stems())
    return lexicon.scores(lexicon.fired(lexicon.hits(text.split()))).get(1, 0)


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
        # A token of several words, and one cleaned of what people paste.
        ("нет|без_вода", "так:нет/воды", True),
        ("нет|без_вода", "нeт во\u00adды", True),
    ],
)
def test_matching(term: str, text: str, found: bool) -> None:
    assert points(term, text) == (6 if found else 0)


def test_a_term_counts_once_and_classes_add_up() -> None:
    lexicon = Lexicon({"one": (("яма", 6), ("дорога яма", 3), ("рука", -6)), "two": (("яма", 1),)}, Stems())
    assert lexicon.scores(lexicon.fired(lexicon.hits("яма на дороге яма рука".split()))) == {0: 3, 1: 1}


def test_words_that_explain() -> None:
    lexicon = Lexicon({"one": (("нет_вода", 6), ("запах", -6)), "two": (("дом", 1),)}, Stems())
    tokens = "Запах!В доме нет воды, нет воды.".split()
    hits = lexicon.hits(tokens)
    fired = lexicon.fired(hits)
    assert lexicon.explain(tokens, hits, fired, [0]) == ["нет", "воды"]
    assert lexicon.explain(tokens, hits, fired, [0, 1]) == ["доме", "нет", "воды"]


@pytest.mark.parametrize("term", ["", "три слова вместе", "а_б_в", "а_б в", "Яма", "ёлка", "я*", "*яма", "яма|", "яма,дорога"])
def test_terms_that_are_wrong(term: str) -> None:
    with pytest.raises(ValueError, match="class"):
        points(term, "")


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.classifier.lexicon.CACHE_WORDS", 10)
    lexicon = Lexicon({"one": (("яма", 6),)}, Stems())
    for number in range(100):
        lexicon.hits([f"слово{number}", "яма", "я" * 1000 + str(number)])
    assert len(lexicon._entries) <= 10
    assert lexicon.scores(lexicon.fired(lexicon.hits(["яма"]))) == {0: 6}
