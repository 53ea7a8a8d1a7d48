"""Words by number, and tables of what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.table import Book, Ints, Table, runs

TEXTS = [[b"a", b"bb", b"a"], [], [b"ccc", b"a"]]


class Made:
    """A table of the lengths of words that notes what it is asked."""

    def __init__(self, limit: int) -> None:
        self.asked: list[list[bytes]] = []
        self.book = Book(limit)
        self.table = Table(self.book, self._make)
        self.asked.clear()

    def _make(self, words: Sequence[bytes]) -> tuple[Ints, Ints]:
        self.asked.append([*words])
        return np.array([[len(word), 1] for word in words]), np.array([*map(len, words)])

    def of(self, *texts: Sequence[bytes]) -> list[int]:
        pairs, alone = self.table.of(self.book.read(texts).numbers)
        found: list[int] = alone.tolist()
        assert pairs[:, 0].tolist() == found
        return found


def test_new_words_are_made_once_and_together() -> None:
    made = Made(10)
    assert made.of(*TEXTS) == [1, 2, 1, 3, 1]
    assert made.of([b"bb", b"dddd"]) == [2, 4]
    assert made.asked == [[b"a", b"bb", b"ccc"], [b"dddd"]]


def test_a_table_is_asked_only_for_what_is_read_in_it() -> None:
    made = Made(10)
    read = made.book.read(TEXTS)
    made.table.of(read.some(np.array([2])).numbers)
    assert made.asked == [[b"a", b"ccc"]]


def test_more_words_than_there_was_room_for() -> None:
    made = Made(10_000)
    words = [b"x" * length for length in range(1, 300)]
    assert made.of(words[:3]) == [1, 2, 3]
    assert made.of(words[::-1]) == [*range(299, 0, -1)]


def test_what_is_forgotten_is_asked_for_again() -> None:
    made = Made(2)
    assert made.of([b"a", b"b", b"c"]) == [1, 1, 1]
    assert made.book.full
    made.book.clear()
    assert made.of([b"dd", b"a"]) == [2, 1]
    assert made.asked[1:] == [[b"dd", b"a"]]


def test_few_words_that_are_long_fill_a_book_too() -> None:
    made = Made(2)
    made.of([b"x" * 1000])
    assert made.book.full
    made.book.clear()
    assert not made.book.full


def test_some_of_the_texts_and_the_first_words_of_them() -> None:
    book = Book(10)
    read = book.read(TEXTS)
    some = read.some(np.array([2, 0, 1]), 2)
    assert book.words(some.numbers) == [b"ccc", b"a", b"a", b"bb"]
    assert some.lengths.tolist() == [2, 2, 0]
    assert book.words(read.first(1).numbers) == [b"a", b"ccc"]
    assert read.first(3) is read


def test_where_runs_begin() -> None:
    assert runs(np.array([3, 3, 0, 5, 5, 3])).tolist() == [0, 2, 3, 5]
    assert runs(np.zeros(0, np.int64)).tolist() == []
