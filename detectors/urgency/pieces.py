"""Hashed pieces of words, and of the beginnings of words that stand beside each other: what is read of a text besides its signs.

A word counts as often as it stands there, so that what its pieces weigh together is found once and remembered with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from detectors.model.vocabulary import Floats, Ints
from detectors.text import Cache, as_read
from detectors.urgency.signs import add

PIECES = 1 << 17
WORDS = 200
"""Words that are read of a text: who is in danger says so at once."""
_SHORTEST, _LONGEST = 3, 5
_STEM = 5
_DIGITS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)


def of(word: bytes) -> Ints:
    """The pieces of a word (detectors.words)."""
    read = as_read(word)
    framed = f" {'0' * min(len(read), _DIGITS) if read.isdigit() else read} "
    pieces = [framed]
    for length in range(_SHORTEST, _LONGEST + 1):
        pieces += [framed[at : at + length] for at in range(len(framed) - length + 1)]
    return np.array([xxh3_64_intdigest(piece.encode()) % PIECES for piece in pieces], np.int64)


def begin(word: bytes) -> int:
    """What stands for the beginning of a word."""
    return xxh3_64_intdigest(as_read(word)[:_STEM].encode())


def beside(begins: NDArray[np.uint64], owners: Ints) -> tuple[Ints, Ints]:
    """The pieces that neighbouring words make, and the text of each; of all words' beginnings and texts."""
    same = owners[1:] == owners[:-1]
    return ((begins[:-1] * _MIX + begins[1:]) % np.uint64(PIECES)).astype(np.int64)[same], owners[1:][same]


def entries(texts: Sequence[Sequence[bytes]]) -> tuple[Ints, Ints, Floats]:
    """Text, piece and how often it is there, in order, of texts cut into words. For learning: ``Worth`` is many times faster."""
    texts = [text[:WORDS] for text in texts]
    pieces, begins = Cache[bytes, Ints](of), Cache[bytes, int](begin)
    own = [pieces[word] for word in chain.from_iterable(texts)]
    owner = np.repeat(np.arange(len(texts)), [*map(len, texts)])
    pairs, of_text = beside(np.array([begins[word] for word in chain.from_iterable(texts)], np.uint64), owner)
    single = np.repeat(owner, [*map(len, own)]) * PIECES + np.concatenate((np.zeros(0, np.int64), *own))
    found, counts = np.unique(np.concatenate((single, of_text * PIECES + pairs)), return_counts=True)
    text, piece = np.divmod(found, PIECES)
    return text, piece, counts.astype(np.float64)


class Worth:
    """What words weigh, by the weights (PIECES x levels) and the rarity of their pieces; remembers at most ``limit`` words.

    All of it is whole numbers: what is said of a text does not depend on how it is summed.
    """

    def __init__(self, weights: NDArray[np.int8], rarity: NDArray[np.int8], limit: int) -> None:
        # What a piece counts, and in the last column the square of its length.
        worth = weights.astype(np.int16) * rarity[:, None]
        self._pieces = np.hstack((worth, rarity[:, None].astype(np.int16) ** 2))
        self._limit = limit
        self._numbers = Cache[bytes, int](self._number, limit)
        self._forget()

    def _forget(self) -> None:
        self._numbers.clear()
        self._words = np.zeros((1024, self._pieces.shape[1]), np.int32)
        self._begins = np.zeros(1024, np.uint64)
        self._used = 0

    def _number(self, word: bytes) -> int:
        number = self._used
        if number == len(self._words):
            self._words = np.concatenate((self._words, np.zeros_like(self._words)))
            self._begins = np.concatenate((self._begins, np.zeros_like(self._begins)))
        self._words[number] = self._pieces[of(word)].sum(axis=0, dtype=np.int32)
        self._begins[number] = begin(word)
        self._used += 1
        return number

    def of(self, texts: Sequence[Sequence[bytes]]) -> tuple[Ints, Ints]:
        """What speaks for each level (texts x levels) of texts cut into words, and the square of each text's length."""
        if self._used > self._limit:
            self._forget()
        read = [text if len(text) <= WORDS else text[:WORDS] for text in texts]
        lengths = np.fromiter(map(len, read), np.int64, len(read))
        found = np.zeros((len(read), self._pieces.shape[1]), np.int64)
        numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(read)), np.int64, int(lengths.sum()))
        owners = np.repeat(np.arange(len(read)), lengths)
        pairs, of_text = beside(self._begins.take(numbers), owners)
        add(found, self._words.take(numbers, axis=0), owners)
        add(found, self._pieces.take(pairs, axis=0), of_text)
        return found[:, :-1], found[:, -1]
