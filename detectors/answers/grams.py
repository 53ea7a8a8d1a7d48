"""Texts as counts of pieces of words, hashed: short pieces see through endings and misspellings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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

    def row(self, words: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Columns in order and what each counts: the logarithm of its number, so that a long answer is no other than a short one."""
        counts = Counter(column for word in words[:WORDS] for column in self._of[word])
        columns = np.fromiter(sorted(counts), np.int64, len(counts))
        return columns, np.log1p(np.fromiter((counts[column] for column in columns.tolist()), np.float64, len(counts)))
