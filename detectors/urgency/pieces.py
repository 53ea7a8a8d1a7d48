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
from detectors.table import Book, Read, Table
from detectors.text import Cache, as_read
from detectors.urgency.signs import add

PIECES = 1 << 17
WORDS = 200
"""Words that are read of a text: who is in danger says so at once."""
_SHORTEST, _LONGEST = 3, 5
_STEM = 5
_DIGITS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)


def of(word: bytes) -> list[int]:
    """The pieces of a word (detectors.words)."""
    return _hashed(as_read(word))


def _hashed(read: str) -> list[int]:
    framed = f" {'0' * min(len(read), _DIGITS) if read.isdigit() else read} "
    pieces = [framed]
    for length in range(_SHORTEST, _LONGEST + 1):
        pieces += [framed[at : at + length] for at in range(len(framed) - length + 1)]
    return [number % PIECES for number in map(xxh3_64_intdigest, map(str.encode, pieces))]


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
    pieces, begins = Cache[bytes, list[int]](of), Cache[bytes, int](begin)
    own = [pieces[word] for word in chain.from_iterable(texts)]
    owner = np.repeat(np.arange(len(texts)), [*map(len, texts)])
    pairs, of_text = beside(np.array([begins[word] for word in chain.from_iterable(texts)], np.uint64), owner)
    single = np.repeat(owner, [*map(len, own)]) * PIECES + np.fromiter(chain.from_iterable(own), np.int64)
    found, counts = np.unique(np.concatenate((single, of_text * PIECES + pairs)), return_counts=True)
    text, piece = np.divmod(found, PIECES)
    return text, piece, counts.astype(np.float64)


class Worth:
    """What words weigh, by the weights (PIECES x levels) and the rarity of their pieces; of the words of a book.

    All of it is whole numbers: what is said of a text does not depend on how it is summed.
    """

    def __init__(self, weights: NDArray[np.int8], rarity: NDArray[np.int8], book: Book) -> None:
        # What a piece counts, and in the last column the square of its length.
        worth = weights.astype(np.int16) * rarity[:, None]
        self._pieces = np.hstack((worth, rarity[:, None].astype(np.int16) ** 2))
        self._table = Table(book, self._rows)

    def _rows(self, words: Sequence[bytes]) -> tuple[Ints, NDArray[np.uint64]]:
        """What words weigh, and their beginnings."""
        read = [*map(as_read, words)]
        pieces = [*map(_hashed, read)]
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        weights = self._pieces.take(np.fromiter(chain.from_iterable(pieces), np.int64, int(lengths.sum())), axis=0)
        begins = np.array([xxh3_64_intdigest(one[:_STEM].encode()) for one in read], np.uint64)
        return np.add.reduceat(weights, lengths.cumsum() - lengths, axis=0, dtype=np.int32), begins

    def of(self, texts: Read) -> tuple[Ints, Ints]:
        """What speaks for each level (texts x levels), and the square of each text's length."""
        numbers, lengths = texts.first(WORDS)
        found = np.zeros((len(lengths), self._pieces.shape[1]), np.int64)
        weights, starts = self._table.of(numbers)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        pairs, of_text = beside(starts, owners)
        add(found, weights, owners)
        add(found, self._pieces.take(pairs, axis=0), of_text)
        return found[:, :-1], found[:, -1]
