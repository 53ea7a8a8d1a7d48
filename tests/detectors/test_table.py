"""Rows of words: made once, in one go, and forgotten when there are too many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.table import Ints, Table


class Made:
    def __init__(self, limit: int) -> None:
        self.asked: list[list[bytes]] = []
        self.table = Table(self._make, limit)
        self.asked.clear()

    def _make(self, words: Sequence[bytes]) -> tuple[Ints, Ints]:
        self.asked.append([*words])
        return np.array([[len(word), 1] for word in words]), np.array([*map(len, words)])

    def of(self, *texts: Sequence[bytes]) -> list[int]:
        at = self.table.numbers(texts, np.array([*map(len, texts)]))
        pairs, alone = self.table.columns
        assert pairs[at, 0].tolist() == alone[at].tolist()
        found: list[int] = alone[at].tolist()
        return found


def test_new_words_are_made_once_and_together() -> None:
    made = Made(10)
    assert made.of([b"a", b"bb", b"a"], [], [b"ccc"]) == [1, 2, 1, 3]
    assert made.of([b"bb", b"dddd"]) == [2, 4]
    assert made.asked == [[b"a", b"bb", b"ccc"], [b"dddd"]]


def test_more_words_than_there_is_room_for() -> None:
    made = Made(10_000)
    words = [b"x" * length for length in range(1, 3000)]
    assert made.of(words) == [*range(1, 3000)]
    assert made.of(words[::-1]) == [*range(2999, 0, -1)]


def test_too_many_words_or_too_long_ones_are_forgotten() -> None:
    made = Made(2)
    made.of([b"a", b"b", b"c"])
    made.of([b"a"])
    made.of([b"x" * 1000])
    made.of([b"a"])
    assert made.asked == [[b"a", b"b", b"c"], [b"a"], [b"x" * 1000], [b"a"]]
    assert made.of([b"a"], [b"b"]) == [1, 1]
