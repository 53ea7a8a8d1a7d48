"""How the words of a text end, which stems do not tell: who wants what is new says «сделать бы», «поставьте», who complains tells of
what was and is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain

import numpy as np
from xxhash import xxh3_64_intdigest

from detectors.model.model import Head
from detectors.model.vocabulary import Floats, Ints, Rows
from detectors.table import Book, Read, Table
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


def _columns(word: bytes) -> list[int]:
    mark = word[:1] if word[:1] in (_FIRST, _LAST) else b""
    read = as_read(word[len(mark) :])
    own = [read] if mark or len(read) < _SHORT else ["-" + read[-2:]]
    forms = own if not mark and len(read) < _SHORT else [*own, "-" + read[-3:]]
    return [xxh3_64_intdigest((mark.decode() + form).encode()) % COLUMNS for form in forms]


def rows(texts: Sequence[Sequence[bytes]]) -> Rows:
    """Rows of texts cut into words (detectors.words). For learning: ``Endings`` is many times faster."""
    columns = Cache[bytes, list[int]](_columns)
    own = [[columns[word] for word in text] for text in _read(texts)]
    counts = np.array([sum(map(len, text)) for text in own])
    keys = np.repeat(np.arange(len(own)), counts) * COLUMNS + np.fromiter(chain.from_iterable(chain.from_iterable(own)), np.int64)
    found, times = np.unique(keys, return_counts=True)
    row, column = np.divmod(found, COLUMNS)
    return Rows(row, column, times * np.sqrt(SHARE / np.maximum(counts, 1))[row], len(own))


class Endings:
    """What the endings of words say, by the weights of a head; of the words of a book."""

    def __init__(self, head: Head, book: Book) -> None:
        # What an ending says, and in the last column that it is one.
        self._worth = np.hstack((head.weights.astype(np.int32), np.ones((COLUMNS, 1), np.int32)))
        self._scale = head.scale.astype(np.float64)
        self._words, self._firsts, self._lasts = (Table(book, partial(self._rows, mark)) for mark in (b"", _FIRST, _LAST))

    def _rows(self, mark: bytes, words: Sequence[bytes]) -> tuple[Ints]:
        columns = [_columns(mark + word) for word in words]
        lengths = np.fromiter(map(len, columns), np.int64, len(columns))
        worth = self._worth.take(np.fromiter(chain.from_iterable(columns), np.int64, int(lengths.sum())), axis=0)
        return (np.add.reduceat(worth, lengths.cumsum() - lengths, axis=0, dtype=np.int32),)

    def scores(self, texts: Read) -> Floats:
        """Texts x labels of the head."""
        numbers, lengths = texts.first(WORDS)
        found = np.zeros((len(lengths), self._worth.shape[1]), np.int64)
        full = lengths.nonzero()[0]
        if len(full):
            ends = lengths.cumsum()[full]
            begins = ends - lengths[full]
            found[full] = (
                np.add.reduceat(self._words.of(numbers)[0], begins, axis=0)
                + self._firsts.of(numbers.take(begins))[0]
                + self._lasts.of(numbers.take(ends - 1))[0]
            )
        return found[:, :-1] * self._scale * np.sqrt(SHARE / np.maximum(found[:, -1:], 1))
