"""Random numbers that are a function of a number: the same in every process, and any one can be had without those before it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import exp, sqrt
from typing import Final, TypeVar

T = TypeVar("T")

_MASK: Final = (1 << 64) - 1
_A: Final = 6364136223846793005
_C: Final = 1442695040888963407
# Above this mean a Poisson draw is a rounded normal one: the sum over the terms would take longer than the posts themselves.
_NORMAL_FROM: Final = 30.0


def mix(number: int) -> int:
    """A well mixed 64-bit number: the output function of SplitMix64 (Steele, Lea and Flood, 2014)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def seed_of(*parts: str | int) -> int:
    """A 64-bit seed from any parts."""
    return int.from_bytes(blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def poisson(mean: float, number: int) -> int:
    """A Poisson draw with this mean from a mixed 64-bit number."""
    if mean > _NORMAL_FROM:
        # Four 16-bit uniforms add up to nearly a normal variable (Irwin and Hall): mean 2, variance 1/3.
        total = (number & 0xFFFF) + (number >> 16 & 0xFFFF) + (number >> 32 & 0xFFFF) + (number >> 48)
        return max(0, round(mean + sqrt(3 * mean) * (total / 65536 - 2)))
    left = number / (_MASK + 1)
    term = exp(-mean)
    count = 0
    while left >= term and count < 100:
        left -= term
        count += 1
        term *= mean / count
    return count


class Draw:
    """A stream of draws that begins at a seed (Knuth's linear congruential generator; its upper half is used)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1."""
        self._state = state = (self._state * _A + _C) & _MASK
        return ((state >> 32) * limit) >> 32

    def chance(self, percent: int) -> bool:
        """True so often in a hundred."""
        self._state = state = (self._state * _A + _C) & _MASK
        return ((state >> 32) * 100) >> 32 < percent

    def unit(self) -> float:
        """A number from 0 (included) to 1 (excluded)."""
        self._state = state = (self._state * _A + _C) & _MASK
        return (state >> 32) / 4294967296.0

    def pick(self, items: Sequence[T]) -> T:
        # Written out here and above: a call more for each draw would cost a tenth of all posts.
        self._state = state = (self._state * _A + _C) & _MASK
        return items[((state >> 32) * len(items)) >> 32]
