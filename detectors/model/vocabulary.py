"""Texts as sparse rows: stems and pairs of stems that stand beside each other, log counts, weighted by rarity, of length one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.text import Cache, Stems, as_read

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.floating[Any]]

WORDS = 400
"""Words that are read of a text: an appeal says on its first page what it is about."""
PAIR = 0.5
"""What a pair counts beside a word."""
LEAST = 2
"""Texts that must have a stem or pair for it to be learned."""
UNKNOWN = -1


class Rows(NamedTuple):
    """A sparse matrix as entries in order of row: ``row``, ``column`` and ``value`` of each; ``texts`` is the number of rows."""

    row: Ints
    column: Ints
    value: Floats
    texts: int

    def only(self, texts: Sequence[int]) -> Rows:
        """The rows of some texts, given in order, as rows of their own."""
        number = np.full(self.texts, UNKNOWN)
        number[list(texts)] = np.arange(len(texts))
        row = number[self.row]
        kept = row >= 0
        return Rows(row[kept], self.column[kept], self.value[kept], len(texts))


class Vocabulary:
    """Stems, in order, then pairs of them (first * stems + second, sorted); ``rarity`` has a weight for each.

    Not shared between threads: the stemmer is not.
    """

    def __init__(self, stems: Sequence[str], pairs: Ints, rarity: Floats) -> None:
        self.stems = tuple(stems)
        self.pairs = pairs
        self.rarity = rarity
        # Behind the last pair stands one that is none.
        self._pairs = np.append(pairs, UNKNOWN)
        self._stemmer = Stems()
        self._numbers = {stem: number for number, stem in enumerate(self.stems)}
        self._of = Cache[bytes, int](self._look_up)

    def __len__(self) -> int:
        return len(self.stems) + len(self.pairs)

    def _look_up(self, word: bytes) -> int:
        return self._numbers.get(stem_of(word, self._stemmer), UNKNOWN)

    def known(self, words: Sequence[bytes]) -> tuple[Ints]:
        """The numbers of some words, as a table has them (detectors.table)."""
        return (np.fromiter(map(self._look_up, words), np.int64, len(words)),)

    def numbers(self, texts: Sequence[Sequence[bytes]]) -> tuple[Ints, Ints]:
        """The numbers of all words of some texts (detectors.words), end to end, and the text of each."""
        read = [text if len(text) <= WORDS else text[:WORDS] for text in texts]
        lengths = np.fromiter(map(len, read), np.int64, len(read))
        numbers = np.fromiter(map(self._of.__getitem__, chain.from_iterable(read)), np.int64, int(lengths.sum()))
        return numbers, np.repeat(np.arange(len(read)), lengths)

    def rows(self, texts: Sequence[Sequence[bytes]]) -> Rows:
        """A row a text; words that were never learned have no part in it."""
        return self.counted(*self.numbers(texts), len(texts))

    def counted(self, numbers: Ints, owners: Ints, texts: int) -> Rows:
        """As ``rows``, of the numbers of words and the text of each, as ``numbers`` gives them."""
        known = numbers >= 0
        beside = known[1:] & known[:-1] & (owners[1:] == owners[:-1])
        keys = (numbers[:-1] * len(self.stems) + numbers[1:])[beside]
        at = self.pairs.searchsorted(keys)
        met = self._pairs.take(at) == keys
        width = len(self)
        entries = np.concatenate(
            (owners[known] * width + numbers[known], owners[:-1][beside][met] * width + len(self.stems) + at[met])
        )
        entries, counts = np.unique(entries, return_counts=True)
        row, column = np.divmod(entries, max(width, 1))
        value = np.log1p(np.where(column < len(self.stems), 1.0, PAIR) * counts) * self.rarity[column]
        norm = np.sqrt(np.bincount(row, value * value, texts))
        return Rows(row, column, value / np.maximum(norm, 1e-9)[row], texts)


def stem_of(word: bytes, stems: Stems) -> str:
    """What a word is learned under: its stem; numbers of one length are one."""
    read = as_read(word)
    return "0" * min(len(read), 5) if read.isdigit() else stems.one(read)


def learn(texts: Sequence[Sequence[bytes]]) -> Vocabulary:
    """The vocabulary of some texts, in alphabetic order."""
    stems = Stems()
    of = Cache[bytes, str](lambda word: stem_of(word, stems))
    met: dict[str, int] = {}
    for text in texts:
        for stem in {of[word] for word in text[:WORDS]}:
            met[stem] = met.get(stem, 0) + 1
    kept = sorted(stem for stem, count in met.items() if count >= LEAST)
    bare = Vocabulary(kept, np.zeros(0, np.int64), np.ones(len(kept)))
    numbers, owners = bare.numbers(texts)
    beside = (numbers[1:] >= 0) & (numbers[:-1] >= 0) & (owners[1:] == owners[:-1])
    keys, of_text = (numbers[:-1] * len(kept) + numbers[1:])[beside], owners[:-1][beside]
    # Each pair once a text.
    once = np.unique(keys * len(texts) + of_text) // max(len(texts), 1)
    pairs, counts = np.unique(once, return_counts=True)
    pairs, counts = pairs[counts >= LEAST], counts[counts >= LEAST]
    seen = np.concatenate((np.array([met[stem] for stem in kept], np.int64), counts))
    rarity = np.log((1 + len(texts)) / (1 + seen)) + 0.3
    return Vocabulary(kept, pairs, rarity.astype(np.float32).astype(np.float64))
