"""Bands to numbered entries: a hash table of chains through a ring, as LZ77 coders keep their matches.

An entry is a number that grows by one; only the last ``slots`` of them live. A table cell names the newest entry of its chain, each
entry the one before it in the same chain. Chains run from new to old, so an entry that has left the ring ends every chain that it
is in: nothing is ever deleted, and memory is fixed. 12 to 13 bytes an entry and band.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

STEPS = 6
"""Entries looked at in one chain, newest first: bounds the time of a lookup where thousands share a band."""


class Chains:
    """An index of ``bands`` keys an entry (unsigned 32-bit each) for the last ``slots`` entries, numbered from 1."""

    def __init__(self, slots: int, bands: int) -> None:
        self._slots = slots
        cells = 1 << max(4, (slots - 1).bit_length())
        self._mask = cells - 1
        # Of each band: the newest entries by cell, and of each entry its key and the next older entry.
        self._bands = [(_numbers(cells), _numbers(slots), _numbers(slots)) for _ in range(bands)]

    def put(self, entry: int, keys: Iterable[int], first: int) -> list[int]:
        """Puts an entry (the greatest so far) into the chains of its keys.

        Gives the entries from ``first`` on that share a band with it, each as often as it shares one.
        """
        mask, slots = self._mask, self._slots
        own_slot = entry % slots
        found = []
        for key, (heads, own, older) in zip(keys, self._bands, strict=True):
            cell = key & mask
            other = heads[cell]
            heads[cell] = entry
            own[own_slot] = key
            older[own_slot] = other
            steps = STEPS
            while other >= first and steps:
                slot = other % slots
                if own[slot] == key:
                    found.append(other)
                other = older[slot]
                steps -= 1
        return found

    def keys(self, entries: Sequence[int]) -> bytes:
        """The keys of living entries one after the other, little-endian, as ``split`` takes them."""
        slots = np.asarray(entries, np.int64) % self._slots
        return np.stack([np.asarray(own)[slots] for _, own, _ in self._bands], axis=1).astype("<u4").tobytes()


def split(data: bytes) -> list[int]:
    """Keys out of bytes."""
    return np.frombuffer(data, "<u4").tolist()  # type: ignore[no-any-return]


def _numbers(count: int) -> Any:
    # numpy's zeroed memory is taken page by page as it is touched, and a memoryview is the faster one to read singly.
    return np.zeros(count, np.uint32).data
