"""The bounded memories, rebuilt from what was written down, go on as if nothing had happened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.triage.memory import KnownPosts, Parking, SeenTexts
from sinks.base import Known

LIMIT = 5
KEEP = 10
STEADY = settings(derandomize=True, database=None, deadline=None)


@STEADY
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 6)), max_size=60), st.integers(0, 60))
def test_texts(steps: list[tuple[int, int]], restart: int) -> None:
    whole, broken = SeenTexts(LIMIT, KEEP), SeenTexts(LIMIT, KEEP)
    entries: list[tuple[int, str, int]] = []
    at = 0
    for number, (text, pause) in enumerate(steps):
        if number == restart:
            broken = SeenTexts(LIMIT, KEEP)
            broken.load(entries[-LIMIT:])
        at += pause
        answer = whole.first(text, f"p{number % 4}", at)
        assert broken.first(text, f"p{number % 4}", at) == answer
        if answer[1]:
            entries.append((text, answer[0], at))
        assert len(whole) <= LIMIT


@STEADY
@given(st.lists(st.integers(0, 12), max_size=60), st.integers(0, 60))
def test_a_forgotten_post_is_asked_for(posts: list[int], restart: int) -> None:
    memory = KnownPosts(LIMIT)
    latest: dict[str, tuple[Known, int]] = {}
    for number, post in enumerate(posts):
        if number == restart:
            memory = KnownPosts(LIMIT)
            memory.load([(name, *latest[name]) for name in latest][-LIMIT:])
        name, at = f"p{post}", 1000 + number
        known = Known(number, 0, False, False, 1)
        if name in latest:
            assert memory.get(name) == latest[name][0] or memory.must_ask(name, 1000)
        else:
            assert memory.get(name) is None
        memory.put(name, known, at)
        memory.trim()
        latest.pop(name, None)
        latest[name] = (known, at)
        assert len(memory) <= LIMIT


def test_pages_of_nobody_park_nobody() -> None:
    parking = Parking(0.5, 12)
    parking.note("", True, 50)
    assert parking.sources() == []


@STEADY
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(1, 70)), max_size=40), st.integers(0, 40))
def test_parking(steps: list[tuple[str, bool, int]], restart: int) -> None:
    whole, broken = Parking(0.5, 12), Parking(0.5, 12)
    outcomes: list[tuple[str, bool]] = []
    for number, (source, dead, times) in enumerate(steps):
        if number == restart:
            broken = Parking(0.5, 12)
            broken.load([one for name in "ab" for one in [each for each in outcomes if each[0] == name][-Parking.window :]])
        for parking in (whole, broken):
            parking.note(source, dead, times)
        outcomes += [(source, dead)] * times
        last = [dead for name, dead in outcomes if name == source][-Parking.window :]
        assert whole.parked(source) == broken.parked(source) == (len(last) >= 12 and sum(last) * 2 >= len(last))
