"""Bands to numbered entries: a hash table of chains through a ring, as LZ77 coders keep their matches.

An entry is a number that grows by one; only the last ``slots`` of them live. A table cell names the newest entry of its chain, each
entry the one before it in the same chain. Chains run from new to old, so an entry that has left the ring ends every chain that it
is in: nothing is ever deleted, and memory is fixed. 12 to 13 bytes an entry and band.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

STEPS = 6
"""Entries looked at in one chain, newest first: bounds the time of a lookup where thousands share a band."""


class Chains:
    """An index of ``bands`` keys an entry (unsigned 32-bit each) for the last ``slots`` entries, numbered from 1."""

    def __init__(self, slots: int, bands: int) -> None:
        self._slots = slots
        self._bands = bands
        self._cells = 1 << max(4, (slots - 1).bit_length())
        # numpy's zeroed memory is taken page by page as it is touched, and a memoryview is the faster one to read singly.
        self._heads = np.zeros(self._cells * bands, np.uint32).data
        self._keys = np.zeros(slots * bands, np.uint32).data
        self._older = np.zeros(slots * bands, np.uint32).data

    def add(self, entry: int, keys: Sequence[int]) -> None:
        """Puts an entry (the greatest so far) into the chains of its keys."""
        mask, cells = self._cells - 1, self._cells
        heads, own, older = self._heads, self._keys, self._older
        place = (entry % self._slots) * self._bands
        base = 0
        for key in keys:
            cell = base + (key & mask)
            own[place] = key
            older[place] = heads[cell]
            heads[cell] = entry
            base += cells
            place += 1

    def find(self, keys: Iterable[int], first: int) -> dict[int, int]:
        """Entries from ``first`` on that share a band with the keys, and how many bands they share."""
        mask, cells, bands, slots = self._cells - 1, self._cells, self._bands, self._slots
        heads, own, older = self._heads, self._keys, self._older
        found: dict[int, int] = {}
        base = 0
        for band, key in enumerate(keys):
            entry = heads[base + (key & mask)]
            steps = STEPS
            while entry >= first and steps:
                place = (entry % slots) * bands + band
                if own[place] == key:
                    found[entry] = found.get(entry, 0) + 1
                entry = older[place]
                steps -= 1
            base += cells
        return found

    def keys(self, entry: int) -> bytes:
        """The keys of a living entry, little-endian, as ``split`` takes them."""
        place = (entry % self._slots) * self._bands
        return np.asarray(self._keys[place : place + self._bands]).astype("<u4").tobytes()


def split(data: bytes) -> list[int]:
    """Keys out of bytes."""
    return np.frombuffer(data, "<u4").tolist()  # type: ignore[no-any-return]
