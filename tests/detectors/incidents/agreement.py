"""Two ways to put things into groups, compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def adjusted_rand(found: Sequence[str], true: Sequence[str]) -> float:
    """The adjusted Rand index (Hubert and Arabie, 1985): 1.0 for equal groups, about 0.0 for chance. A label a thing."""
    together = _pairs(Counter(zip(found, true, strict=True)).values())
    mine, theirs, every = _pairs(Counter(found).values()), _pairs(Counter(true).values()), _pairs([len(true)])
    expected = mine * theirs / every if every else 0.0
    most = (mine + theirs) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
