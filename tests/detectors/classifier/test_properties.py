"""What holds for every text."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.classifier import RuleClassifier
from detectors.classifier.classifier import LONGEST
from detectors.classifier.kind import Cues, weigh
from detectors.classifier.theme import Themes
from detectors.taxonomy import taxonomy
from monitor.model.codec import decode, encode
from monitor.model.post import Post
from monitor.model.verdict import GROUPS, Urgency, Verdict
from tests.detectors.classifier.world import CLASSIFIER, PROFILE

WORDS = """яма дороге нет воды улица ул. д. 14 дом Мира в на проспект №59 школе <p> </p> &nbsp; &lt; отопления прошу
принять меры спасибо предлагаю Ивантеевка , . ! ? 3-й р-н б-р к корп автобус 47 14/2 İ ﬀ 1-му пер. « » люк горит""".split()
WORDS += ["\x00", "с\u00adвет", "\u200b", "е\u0301"]
ANY = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(text=ANY, place=ANY, territory=st.sampled_from(["", "city", "rayon", "nowhere"]))
def test_any_text_gets_a_sound_verdict(text: str, place: str, territory: str) -> None:
    post = Post("1", text, place=place)
    (found,) = CLASSIFIER.classify([post], territory)
    assert 0 <= found.score <= 1000
    assert found.group in ("", *GROUPS)
    assert found.theme.startswith(found.group)
    assert found.place.territory in ("", *PROFILE.territories)
    assert all(0 < score <= 1000 for _, score in found.themes)
    assert len(found.themes) <= 3
    assert len(found.bodies) <= 3
    assert isinstance(found.urgency, Urgency)
    assert found.appeal or found == Verdict()
    assert decode(encode(found), Verdict) == found
    assert CLASSIFIER.judge([post])[0] in ("substantive", "interim", "formal", "redirect")


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(ANY, max_size=6))
def test_verdicts_do_not_depend_on_what_was_read_before(texts: list[str]) -> None:
    posts = [Post(str(number), text) for number, text in enumerate(texts)]
    alone = [CLASSIFIER.classify([post], "city")[0] for post in reversed(posts)]
    assert CLASSIFIER.classify(posts, "city") == alone[::-1]


def test_a_fresh_classifier_says_the_same() -> None:
    posts = [Post("1", " ".join(WORDS[start:] + WORDS[:start])) for start in range(0, len(WORDS), 3)]
    fresh = RuleClassifier(PROFILE)
    assert fresh.version == CLASSIFIER.version
    assert fresh.classify(posts, "city") == CLASSIFIER.classify(posts, "city")


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    start = "Прошу убрать мусор у дома, контейнеры переполнены, не вывозят. "
    filler = start + "слово " * LONGEST
    (one, other) = CLASSIFIER.classify([Post("1", filler), Post("2", filler + "Запах газа! " * 1000)], "city")
    assert one == other


def test_texts_without_spaces_and_with_much_markup_are_read_in_time() -> None:
    for text in (
        "я" * 1_000_000,
        "<" * 1_000_000,
        "<a " * 300_000,
        "&" * 1_000_000,
        "ул." * 300_000,
        "1-" * 300_000,
        "а" + "\u0301" * 500_000,
    ):
        assert dataclasses.asdict(CLASSIFIER.classify([Post("1", text)], "city")[0])["score"] >= 0


KNOWN = taxonomy()
CLASSES = len(KNOWN.groups) + len(KNOWN.themes)


@given(points=st.dictionaries(st.integers(0, CLASSES - 1), st.integers(-12, 30), max_size=12))
def test_the_bound_of_a_strength_holds(points: dict[int, int]) -> None:
    row = np.zeros((1, CLASSES), np.int64)
    for number, value in points.items():
        row[0, number] = value
    themes = Themes(KNOWN)
    assert themes.find(row)[0].strength <= themes.bound(row)[0]


@given(
    cues=st.builds(Cues, *[st.integers(-12, 30)] * len(Cues._fields)),
    strength=st.integers(-5, 40),
    more=st.integers(0, 40),
    length=st.integers(0, 400),
    danger=st.booleans(),
)
def test_more_strength_never_weighs_less(cues: Cues, strength: int, more: int, length: int, danger: bool) -> None:
    less, greater = weigh(
        np.array([cues, cues]), np.array([strength, strength + more]), np.array([length] * 2), np.array([danger] * 2)
    )
    assert less <= greater
