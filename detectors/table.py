"""What a model knows of words: a row of numbers for each, made when a word is first met, for all new ones at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.text import CACHE_WORD_LENGTH

Ints = NDArray[np.signedinteger[Any]]
_FIRST = 1024
"""Rows for which there is room at first."""


class _Numbers(dict[bytes, int]):
    """Words by number, and those that nobody has asked for before."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[bytes] = []

    def __missing__(self, word: bytes) -> int:
        number = self[word] = len(self)
        self.new.append(word)
        return number


class Table:
    """``make`` gives the rows of words, as arrays with a row a word. When more than ``limit`` words are remembered, or more bytes
    than so many of CACHE_WORD_LENGTH have, all is forgotten.
    """

    def __init__(self, make: Callable[[Sequence[bytes]], tuple[NDArray[Any], ...]], limit: int) -> None:
        self._make = make
        self._limit = limit
        self._numbers = _Numbers()
        self._bytes = 0
        self.columns: tuple[NDArray[Any], ...] = tuple(_room(rows, _FIRST) for rows in make((b"",)))

    def numbers(self, texts: Sequence[Sequence[bytes]], lengths: Ints) -> Ints:
        """The places of words in the columns, texts of these lengths end to end; they hold until the next call."""
        numbers = self._numbers
        if len(numbers) > self._limit or self._bytes > self._limit * CACHE_WORD_LENGTH:
            numbers.clear()
            self._bytes = 0
            self.columns = tuple(_room(rows, _FIRST) for rows in self.columns)
        found = np.fromiter(map(numbers.__getitem__, chain.from_iterable(texts)), np.intp, int(lengths.sum()))
        if numbers.new:
            self._enter(numbers.new)
            numbers.new = []
        return found

    def _enter(self, words: Sequence[bytes]) -> None:
        end = len(self._numbers)
        rows = len(self.columns[0])
        if end > rows:
            self.columns = tuple(np.concatenate((own, _room(own, max(end, 2 * rows) - rows))) for own in self.columns)
        for own, made in zip(self.columns, self._make(words), strict=True):
            own[end - len(words) : end] = made
        self._bytes += sum(map(len, words))


def _room(rows: NDArray[Any], count: int) -> NDArray[Any]:
    return np.zeros((count, *rows.shape[1:]), rows.dtype)
