"""Words by number, and what is known of each in tables by that number: a text's words are looked up once, whoever reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.text import CACHE_WORD_LENGTH

Ints = NDArray[np.signedinteger[Any]]


class Read(NamedTuple):
    """Some texts as the numbers of their words, end to end; ``lengths`` are words a text."""

    numbers: Ints
    lengths: Ints

    def some(self, texts: Ints, most: int | None = None) -> Read:
        """These texts, of each at most so many words."""
        lengths = self.lengths.take(texts)
        begins = (self.lengths.cumsum() - self.lengths).take(texts)
        if most is not None:
            lengths = np.minimum(lengths, most)
        places = np.repeat(begins - lengths.cumsum() + lengths, lengths)
        places += np.arange(len(places))
        return Read(self.numbers.take(places), lengths)

    def first(self, most: int) -> Read:
        """At most so many words of each text."""
        return self if self.lengths.max(initial=0) <= most else self.some(np.arange(len(self.lengths)), most)


class _Numbers(dict[bytes, int]):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[bytes] = []

    def __missing__(self, word: bytes) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number


class Book:
    """Gives words their numbers. It is ``full`` when it has more than ``limit`` of them, or more bytes than so many of
    CACHE_WORD_LENGTH have; whoever owns it clears it then.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._numbers = _Numbers()
        self.age = 0

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def full(self) -> bool:
        return len(self._numbers) > self._limit or self._bytes > self._limit * CACHE_WORD_LENGTH

    def clear(self) -> None:
        """Forgets all words: numbers from before mean nothing any more."""
        self._numbers = _Numbers()
        self._bytes = 0
        self.age += 1

    def read(self, texts: Sequence[Sequence[bytes]]) -> Read:
        lengths = np.fromiter(map(len, texts), np.intp, len(texts))
        known = len(self._numbers)
        numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(texts)), np.intp, int(lengths.sum()))
        self._bytes += sum(map(len, self._numbers.words[known:]))
        return Read(numbers, lengths)

    def words(self, numbers: Ints) -> list[bytes]:
        return [*map(self._numbers.words.__getitem__, numbers.tolist())]


class Table:
    """What ``make`` says of words, as arrays with a row a word: asked once for each word, for all new ones at once."""

    def __init__(self, book: Book, make: Callable[[Sequence[bytes]], tuple[NDArray[Any], ...]]) -> None:
        self._book = book
        self._make = make
        self._age = book.age
        self._there = np.zeros(0, np.bool_)
        self._columns = tuple(rows[:0] for rows in make((b"",)))

    def of(self, numbers: Ints) -> tuple[NDArray[Any], ...]:
        """The rows of some words of the book."""
        if self._age != self._book.age:
            self._age = self._book.age
            self._there = self._there[:0]
            self._columns = tuple(rows[:0].copy() for rows in self._columns)
        if len(self._there) < len(self._book):
            room = max(len(self._book), 2 * len(self._there)) - len(self._there)
            self._there = _wider(self._there, room)
            self._columns = tuple(_wider(rows, room) for rows in self._columns)
        new = numbers[~self._there.take(numbers)]
        if len(new):
            new = np.unique(new)
            self._there[new] = True
            for rows, made in zip(self._columns, self._make(self._book.words(new)), strict=True):
                rows[new] = made
        return tuple(rows.take(numbers, axis=0) for rows in self._columns)


def runs(values: NDArray[Any]) -> Ints:
    """Where runs of equal values begin."""
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new.nonzero()[0]


def _wider(rows: NDArray[Any], room: int) -> NDArray[Any]:
    return np.concatenate((rows, np.zeros((room, *rows.shape[1:]), rows.dtype)))
