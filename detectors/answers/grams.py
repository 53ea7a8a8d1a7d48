"""Texts as counts of pieces of words, hashed: short pieces see through endings and misspellings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from detectors.text import Cache

COLUMNS = 1 << 17
WORDS = 400
"""Words that are read of an answer: what was done or promised stands before the law that is quoted."""
_SHORTEST, _LONGEST = 2, 5
_DIGITS = 4
"""Numbers are told apart by their length up to so many digits: hours and days, years, sums."""


def _columns(word: bytes) -> tuple[int, ...]:
    if word.isdigit():
        word = b"0" * min(len(word), _DIGITS)
    framed = b" " + word + b" "
    pieces = [framed]
    for length in range(_SHORTEST, _LONGEST + 1):
        pieces += [framed[at : at + length] for at in range(len(framed) - length + 1)]
    return tuple(xxh3_64_intdigest(piece) % COLUMNS for piece in pieces)


class Grams:
    """Counts by column of texts cut into words (detectors.words); remembers at most ``limit`` words."""

    def __init__(self, limit: int) -> None:
        self._of = Cache[bytes, tuple[int, ...]](_columns, limit)

    def rows(self, texts: Sequence[Sequence[bytes]]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Of all texts, in order: the text's number, a column, and what it counts: the logarithm of how often it is there, so that a
        long answer is no other than a short one.
        """
        pieces = [list(chain.from_iterable(map(self._of.__getitem__, words[:WORDS]))) for words in texts]
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        columns = np.fromiter(chain.from_iterable(pieces), np.int64, int(lengths.sum()))
        entries, counts = np.unique(np.repeat(np.arange(len(pieces)) * COLUMNS, lengths) + columns, return_counts=True)
        row, column = np.divmod(entries, COLUMNS)
        return row, column, np.log1p(counts)
