"""MinHash of a normal form, folded into the keys of locality-sensitive bands.

Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", 3.4; one hash turned instead of many hashes as in Li and Li, "C-MinHash: Improving Minwise Hashing with Circulant
Permutation" (2022). Shingles are five bytes of the normal form (five letters): a typo costs five of them, where it would cost three
whole words of word shingles. Written with numpy, since sketches live in snapshots and must not change with a library's version.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from zlib import crc32

import numpy as np

BANDS = 12
ROWS = 3
"""Twelve bands of three: two texts of likeness 0.5 (one cut by a fifth, both misspelt) share a band in 80 of 100 cases, of 0.6 in 94,
of 0.1 in one; and the third copy of a text has two chances."""

REACH = 600
"""Bytes that are sketched: a long post and its copy cut at "show more" keep nearly equal sketches."""

_WINDOW = np.dtype("<u8")
_BEYOND = 8 - 5
"""Bytes of a window that are not of its shingle."""


def _constants(name: str, count: int) -> list[int]:
    """Odd numbers of 64 bits; by BLAKE2b, as numpy's generators may give other numbers in another version."""
    draws = (blake2b(f"{name} {number}".encode(), digest_size=8).digest() for number in range(count))
    return [int.from_bytes(draw, "big") | 1 for draw in draws]


_POINTS = np.array(_constants("point", BANDS * ROWS), np.uint64).reshape(ROWS, BANDS)
_WEIGHTS = np.array(_constants("weight", ROWS), np.uint64)
# The factor's low bytes are empty, so that the bytes beyond a shingle are multiplied out of the 64 bits.
_MIX = np.uint64((0x9E3779B97F4A7C15 << 8 * _BEYOND) & ((1 << 64) - 1))
_HALF = np.uint64(32)
_PAD = b"\0" * 8


def sketches(texts: Sequence[tuple[bytes, bytes]]) -> list[list[int]]:
    """The keys (unsigned 32-bit) of the bands of one text or more, each a non-empty normal form and its details.

    The details (the numbers in a text) go into every second band: among a thousand copies of one petition for a thousand houses
    those of the same house still find each other. Texts are taken many at once: the way into numpy takes longer than the work there.
    """
    forms = [form[:REACH] for form, _ in texts]
    padded = _PAD.join([*forms, b""])
    windows: Any = np.ndarray((len(padded) - 7,), _WINDOW, padded, 0, (1,))
    hashes = windows.copy()
    hashes *= _MIX
    least = np.empty((len(texts), ROWS, BANDS), np.uint64)
    begin = 0
    for form, row in zip(forms, least, strict=True):
        own = hashes[begin : begin + max(1, len(form) - 4)]
        own.sort()
        # The least hash of a permutation that is a turn of the circle of hashes: the first one from some point on.
        own.take(own.searchsorted(_POINTS), mode="wrap", out=row)
        begin += len(form) + len(_PAD)
    keys: Any = _WEIGHTS.dot(least)
    keys >>= _HALF
    keys[:, ::2] ^= np.array([[crc32(details)] for _, details in texts], np.uint64)
    return keys.tolist()  # type: ignore[no-any-return]
