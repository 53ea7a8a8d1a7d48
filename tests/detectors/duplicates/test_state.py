"""The memory is a function of what it was told; a snapshot in between changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.duplicates import NearDuplicates, near
from monitor.model.plain import pack, unpack

TEXTS = [
    "Уже вторую неделю на улице Садовой возле дома 14 не горит ни один фонарь, дети идут из школы в темноте",
    "Уже вторую неделю на улице Садовой возле дома 16 не горит ни один фонарь, дети идут из школы в темноте",
    "Уже вторую нделю на улице Садовой возле дома 14 не гори ни один фонарь, дети идут из школы в тмноте",
    "РЕПОСТ! Уже вторую неделю на улице Садовой возле дома 14 не горит ни один фонарь, дети идут из школы",
    "Автобус снова не вышел в рейс, на остановке собралась толпа, все опоздали на работу",
    "Автобус снова не вышел в рейс, на остановке собралась толпа, все опоздали на работу #транспорт",
    "Когда дадут воду",
    "когда дадут воду?!",
    "👍",
    "",
]

Step = tuple[int, int, int]
STEPS = st.lists(st.tuples(st.integers(0, 11), st.integers(-1, len(TEXTS) - 1), st.integers(0, 40_000_000)), max_size=40)


def play(memory: NearDuplicates, steps: list[Step], at: int) -> tuple[list[object], int]:
    """Adds (or forgets, where the text is -1) and gives the answers and the clock afterwards."""
    answers: list[object] = []
    for post, text, later in steps:
        at += later
        if text < 0:
            memory.forget(f"p{post}")
        else:
            answers.append(memory.add(f"p{post}", TEXTS[text], at))
    return answers, at


@settings(max_examples=60, deadline=None)
@given(before=STEPS, after=STEPS, limit=st.integers(1, 9))
def test_a_snapshot_changes_nothing(before: list[Step], after: list[Step], limit: int) -> None:
    plain = NearDuplicates(limit=limit, days=3)
    _, at = play(plain, before, 0)
    state = pack(plain.dump())
    restored = NearDuplicates(limit=limit, days=3)
    restored.add("left over", TEXTS[0], 0)
    restored.load(unpack(state))
    assert pack(restored.dump()) == state
    assert len(restored) == len(plain)
    assert play(restored, after, at) == play(plain, after, at)
    assert pack(restored.dump()) == pack(plain.dump())


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_renumbering_changes_nothing(steps: list[Step]) -> None:
    plain, small = NearDuplicates(limit=5), NearDuplicates(limit=5)
    expected, _ = play(plain, steps, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "_LAST", 7)
        answers, _ = play(small, steps, 0)
    assert answers == expected
    assert pack(small.dump()) == pack(plain.dump())


@settings(max_examples=30, deadline=None)
@given(steps=STEPS, limit=st.integers(1, 6))
def test_never_more_than_the_limit_and_every_answer_names_an_earlier_post(steps: list[Step], limit: int) -> None:
    memory = NearDuplicates(limit=limit)
    known: set[str] = set()
    for post, text, _ in steps:
        if text >= 0:
            match = memory.add(f"p{post}", TEXTS[text], 0)
            assert match is None or {match.cluster, match.post} <= known
            known.add(f"p{post}")
        assert len(memory) <= limit


def test_the_dump_does_not_change_with_the_memory() -> None:
    memory = NearDuplicates(limit=4)
    memory.add("a", TEXTS[0], 0)
    state = memory.dump()
    before = pack(state)
    memory.add("b", TEXTS[4], 0)
    memory.forget("a")
    assert pack(state) == before


def test_a_smaller_memory_takes_the_newest() -> None:
    memory = NearDuplicates(limit=9)
    for number, text in enumerate(TEXTS[:6]):
        memory.add(f"p{number}", text, number)
    small = NearDuplicates(limit=2)
    small.load(memory.dump())
    assert len(small) == 2
    match = small.add("q", TEXTS[5], 9)
    assert match is not None
    assert match.post == "p5"


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.integers(0, len(TEXTS) - 1), max_size=20), cut=st.integers(0, 20), limit=st.integers(1, 9))
def test_together_is_as_one_by_one(texts: list[int], cut: int, limit: int) -> None:
    posts = [(f"p{number % 7}", TEXTS[text]) for number, text in enumerate(texts)]
    single, together = NearDuplicates(limit=limit), NearDuplicates(limit=limit)
    expected = [single.add(post, text, 5) for post, text in posts]
    assert [*together.add_all(posts[:cut], 5), *together.add_all(posts[cut:], 5)] == expected
    assert pack(together.dump()) == pack(single.dump())
