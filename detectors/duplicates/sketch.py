"""MinHash of a normal form, folded into the keys of locality-sensitive bands.

Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", 3.4. Shingles are five bytes of the normal form (five letters): a typo costs five of them, where it would cost three
whole words of word shingles. Written with numpy, since sketches live in snapshots and must not change with a library's version.
"""

from __future__ import annotations

from typing import Any

import numpy as np

BANDS = 20
ROWS = 3
"""Twenty bands of three: two texts of likeness 0.4 (a copy cut by a fifth, misspelt, with a header) share a band with a chance of
three in four, of 0.6 in 99 of 100, of 0.1 in one of 50."""

REACH = 600
"""Bytes that are sketched: a long post and its copy cut at "show more" keep nearly equal sketches."""

_SEED = 0x6E61626174
_LETTERS = np.uint64((1 << 40) - 1)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_TOP = np.uint64(48)
_WINDOW = np.dtype("<u8")
_PLACES = np.array([1, 1 << 16, 1 << 32], np.uint64)

_FACTORS = np.random.Generator(np.random.PCG64(_SEED)).integers(0, 1 << 15, (BANDS * ROWS, 1), dtype=np.uint16) * np.uint16(2) + np.uint16(1)


def sketch(form: bytes, details: int) -> list[int]:
    """The keys (unsigned 32-bit) of the bands of a non-empty normal form.

    ``details`` (unsigned 64-bit, a hash of the numbers in the text) goes into every second band: among a thousand copies of one
    petition for a thousand houses those of the same house still find each other.
    """
    padded = form[:REACH] + b"\0" * 8
    windows: Any = np.ndarray((max(1, len(padded) - 12),), _WINDOW, padded, 0, (1,))
    # Sixteen bits are enough for a few hundred shingles and halve the work; odd, since zero would be the least under every factor.
    shingles = (((windows & _LETTERS) * _MIX) >> _TOP).astype(np.uint16) | np.uint16(1)
    lowest = (shingles * _FACTORS).min(axis=1).reshape(BANDS, ROWS)
    keys = lowest @ _PLACES
    keys[::2] ^= np.uint64(details)
    keys *= _MIX
    return ((keys ^ (keys >> _HALF)) * _MIX >> _HALF).tolist()  # type: ignore[no-any-return]
