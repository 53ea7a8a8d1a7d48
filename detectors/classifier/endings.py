"""How the words of a text end, which stems do not tell: who wants what is new says «сделать бы», «поставьте», who complains tells of
what was and is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from xxhash import xxh3_64_intdigest

from detectors.model.model import Head
from detectors.model.vocabulary import Floats, Ints, Rows
from detectors.text import Cache, as_read

COLUMNS = 1 << 12
WORDS = 120
"""Words that are read of a text."""
SHARE = 0.5
"""What endings count beside a text's words, which have length one: the square of their length."""
_SHORT = 4
"""A shorter word is an ending by itself."""
_FIRST, _LAST = b"^", b"$"
"""Marks of a text's first and last word: both count a second time."""


def _read(texts: Sequence[Sequence[bytes]]) -> list[list[bytes]]:
    own = (text[:WORDS] for text in texts)
    return [[*text, _FIRST + text[0], _LAST + text[-1]] if text else [] for text in own]


def _columns(word: bytes) -> Ints:
    mark = word[:1] if word[:1] in (_FIRST, _LAST) else b""
    read = as_read(word[len(mark) :])
    own = [read] if mark or len(read) < _SHORT else ["-" + read[-2:]]
    forms = own if not mark and len(read) < _SHORT else [*own, "-" + read[-3:]]
    return np.array([xxh3_64_intdigest((mark.decode() + form).encode()) % COLUMNS for form in forms], np.int64)


def rows(texts: Sequence[Sequence[bytes]]) -> Rows:
    """Rows of texts cut into words (detectors.words). For learning: ``Endings`` is many times faster."""
    columns = Cache[bytes, Ints](_columns)
    own = [[columns[word] for word in text] for text in _read(texts)]
    counts = np.array([sum(map(len, text)) for text in own])
    keys = np.repeat(np.arange(len(own)), counts) * COLUMNS + np.concatenate((np.zeros(0, np.int64), *chain.from_iterable(own)))
    found, times = np.unique(keys, return_counts=True)
    row, column = np.divmod(found, COLUMNS)
    return Rows(row, column, times * np.sqrt(SHARE / np.maximum(counts, 1))[row], len(own))


class Endings:
    """What the endings of words say, by the weights of a head. Remembers at most ``limit`` words."""

    def __init__(self, head: Head, limit: int) -> None:
        # What an ending says, and in the last column that it is one.
        self._worth = np.hstack((head.weights.astype(np.int32), np.ones((COLUMNS, 1), np.int32)))
        self._scale = head.scale.astype(np.float64)
        self._limit = limit
        self._numbers = Cache[bytes, int](self._number, limit)
        self._forget()

    def _forget(self) -> None:
        self._numbers.clear()
        self._words = np.zeros((1024, self._worth.shape[1]), np.int32)
        self._used = 0

    def _number(self, word: bytes) -> int:
        number = self._used
        if number == len(self._words):
            self._words = np.concatenate((self._words, np.zeros_like(self._words)))
        self._words[number] = self._worth[_columns(word)].sum(axis=0)
        self._used += 1
        return number

    def scores(self, texts: Sequence[Sequence[bytes]]) -> Floats:
        """Texts x labels of the head."""
        if self._used > self._limit:
            self._forget()
        read = _read(texts)
        lengths = np.fromiter(map(len, read), np.int64, len(read))
        found = np.zeros((len(read), self._worth.shape[1]), np.int64)
        full = lengths.nonzero()[0]
        if len(full):
            numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(read)), np.int64, int(lengths.sum()))
            begins = (lengths.cumsum() - lengths)[full]
            found[full] = np.add.reduceat(self._words.take(numbers, axis=0), begins, axis=0)
        return found[:, :-1] * self._scale * np.sqrt(SHARE / np.maximum(found[:, -1:], 1))
