"""MinHash of a normal form, folded into the keys of locality-sensitive bands.

Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", 3.4. Shingles are five bytes of the normal form (five letters): a typo costs five of them, where it would cost three
whole words of word shingles. Written with numpy, since sketches live in snapshots and must not change with a library's version.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

BANDS = 12
ROWS = 3
"""Twelve bands of three: two texts of likeness 0.5 (one cut by a fifth, both misspelt) share a band in 80 of 100 cases, of 0.6 in 94,
of 0.1 in one; and the third copy of a text has two chances."""

REACH = 600
"""Bytes that are sketched: a long post and its copy cut at "show more" keep nearly equal sketches."""

_LETTERS = np.uint64((1 << 40) - 1)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_WINDOW = np.dtype("<u8")
_QUARTER = np.dtype("<u2")
_ODD = np.uint16(1)


def _constants(name: str, count: int, width: int) -> list[int]:
    """Odd numbers of so many bytes; by BLAKE2b, as numpy's generators may give other numbers in another version."""
    draws = (blake2b(f"{name} {number}".encode(), digest_size=width).digest() for number in range(count))
    return [int.from_bytes(draw, "big") | 1 for draw in draws]


_FACTORS = np.array(_constants("factor", BANDS * ROWS, 2), np.uint16).reshape(-1, 1)
_WEIGHTS = np.array(_constants("weight", ROWS, 8), np.uint64)


def sketch(form: bytes, details: int) -> list[int]:
    """The keys (unsigned 32-bit) of the bands of a non-empty normal form.

    ``details`` (unsigned 64-bit, a hash of the numbers in the text) goes into every second band: among a thousand copies of one
    petition for a thousand houses those of the same house still find each other.
    """
    padded = form[:REACH] + b"\0" * 8
    windows: Any = np.ndarray((max(1, len(padded) - 12),), _WINDOW, padded, 0, (1,))
    mixed = windows & _LETTERS
    mixed *= _MIX
    # The top sixteen bits are enough for a few hundred shingles; odd, since zero would be the least under every factor.
    shingles = mixed.view(_QUARTER)[3::4] | _ODD
    keys = (shingles * _FACTORS).min(axis=1).reshape(BANDS, ROWS) @ _WEIGHTS
    keys[::2] += np.uint64(details)
    return (keys >> _HALF).tolist()  # type: ignore[no-any-return]
