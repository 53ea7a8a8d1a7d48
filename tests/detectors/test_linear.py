"""No text takes more than linear time: process CPU, the least of five runs, 8 times the text at most 12 times the time.

Everything that reads a text is tried with texts that are made to hurt: one letter, no letters, words without end, names without end.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from detectors.classifier import RuleClassifier
from detectors.classifier.place import Places
from detectors.duplicates import NearDuplicates
from detectors.duplicates.normal import normal_form
from detectors.text import clean
from detectors.topics import Sketcher
from detectors.words import cut
from monitor.model.codec import encode
from monitor.model.position import Position
from monitor.model.post import Page, Post
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.triage.decode import decode_page
from sources.masking import mask

RUNS, TIMES, AT_MOST = 5, 8, 12
MEASURED = 5
LEAST = 0.003
"""Seconds that the short text has to take, so that the clock can tell: else it is lengthened first."""
SHORT, LONGEST = 2_000, 32_000
"""Characters of the short text, at first and at most: TIMES as long is the longest post there is, 256,000."""

TEXTS: dict[str, str] = {
    "one letter": "а",
    "a Latin letter": "a",
    "one letter in words": "а ",
    "digits": "1",
    "digits and spaces": "8 9 1 ",
    "phone-like": "+7 (",
    "points": ".",
    "marks": "?!.,;:",
    "brackets": "<",
    "tags": "<a ",
    "entities": "&",
    "entities without end": "&#",
    "quotes": '"«',
    "dashes": "-",
    "zero width": "\u200b",
    "zero width in a word": "а\u200b",
    "accents": "и\u0306",
    "combining": "\u0301",
    "emoji": "🔥",
    "joined emoji": "👨\u200d👩\u200d👧",
    "look-alikes": "pауx",
    "long words": "достопримечательностями" * 8 + " ",
    "hyphens": "северо-западно-",
    "e-mails": "a@b.",
    "addresses": "ул. ",
    "houses": "д. 5, ",
    "streets": "на улице Мира 5, ",
    "bare streets": "Ленина 5 Мира 7 ",
    "settlements": "с. Волобуево ",
    "letters with points": "г. п. с. д. ",
    "buses": "автобус № 5 ",
    "requests": "прошу убрать мусор ",
    "new lines": "\n",
    "cases": "аА",
    "open JSON": '{"id":"',
}


@cache
def profile() -> Profile:
    return load_profile("samara")


@cache
def streets() -> str:
    """All names of streets that the profile has, one after the other."""
    return " ".join(f"{place.name}, {number}" for number, place in enumerate(profile().places, 1) if place.kind == "street") + " "


def classify() -> Callable[[str], object]:
    classifier = RuleClassifier(profile())
    return lambda text: classifier.classify([Post("p", text, thread="t")], "go-samara")


def judge() -> Callable[[str], object]:
    classifier = RuleClassifier(None)
    return lambda text: classifier.judge([Post("p", text, official=True)])


def places() -> Callable[[str], object]:
    found = Places(profile())
    return lambda text: found.find(text, text, "go-samara")


def duplicates() -> Callable[[str], object]:
    near = NearDuplicates()
    near.add("first", "совсем другой текст о другом", 0)
    return lambda text: near.add("again", text, 0)


def sketch() -> Callable[[str], object]:
    return lambda text: Sketcher().make([("a", text, cut(text))])


def decode() -> Callable[[str], object]:
    def read(text: str) -> object:
        data = encode(Page("s", "samara", "vk", 1_768_165_200_000, posts=[Post("p", text, 1_768_165_200_000)]))
        return decode_page(data, Position(1, 0, 0))

    return read


def broken() -> Callable[[str], object]:
    """A page that breaks off in the text."""

    def read(text: str) -> object:
        data = encode(Page("s", "samara", "vk", 1_768_165_200_000, posts=[Post("p", text, 1_768_165_200_000)]))
        return decode_page(data[:-60], Position(1, 0, 0))

    return read


READERS: dict[str, Callable[[], Callable[[str], object]]] = {
    "classify": classify,
    "judge": judge,
    "places": places,
    "duplicates": duplicates,
    "topics": sketch,
    "decode": decode,
    "broken pages": broken,
    "clean": lambda: clean,
    "cut": lambda: cut,
    "normal form": lambda: normal_form,
    "mask": lambda: mask,
}


def spent(read: Callable[[str], object], text: str, runs: int = RUNS) -> float:
    """Seconds of this process for one reading, the least of ``runs``."""

    def once() -> float:
        began = time.process_time()
        read(text)
        return time.process_time() - began

    return min(once() for _ in range(runs))


def growth(read: Callable[[str], object], piece: str) -> float:
    """How many times the time a text takes that is TIMES as long. What takes less than LEAST counts as LEAST."""
    size = SHORT
    while True:
        short = (piece * (size // len(piece) + 1))[:size]
        took = spent(read, short)
        if took >= LEAST or size >= LONGEST:
            took = max(took, LEAST)
            found = spent(read, short * TIMES, 1) / took
            # One run is never less than the least of five.
            return found if found <= AT_MOST else spent(read, short * TIMES) / took
        size *= 2


@pytest.fixture
def calm() -> Iterator[None]:
    """Without the garbage collector, which walks over all that other tests have left."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_more_than_linear_time(reader: str) -> None:
    read = READERS[reader]()
    slow = dict.fromkeys(TEXTS, 0.0)
    # A neighbour of this process can spoil one measurement or two, and what is superlinear is so every time.
    for _ in range(MEASURED):
        slow = {name: found for name in slow if (found := growth(read, TEXTS[name])) > AT_MOST}
    assert not slow


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("reader", ["classify", "places", "duplicates"])
def test_thousands_of_street_names_do_not_either(reader: str) -> None:
    assert len(streets()) > 2_000
    read = READERS[reader]()
    assert any(growth(read, streets()) <= AT_MOST for _ in range(MEASURED))


def test_what_is_quadratic_is_noticed() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count(letter) for letter in text[: len(text) // 50])

    assert growth(quadratic, "аб") > AT_MOST
