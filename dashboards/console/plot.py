"""The picture of a spike in figures: a series against its usual band, in as many points as a card has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import sqrt
from typing import Any

POINTS = 96
USUAL_BUCKET = 300_000
"""What a bucket is taken to last where two never stand side by side."""
WIDTH = 2.0
"""Standard deviations of the band: nineteen of twenty usual points are in it."""
STRAY = 9.0
"""Of one point, in variances: more is an event, and says nothing about the usual."""


def plot(rows: Sequence[Mapping[str, Any]], since: int, end: int, onset: int) -> dict[str, Any] | None:
    """``{step, usual, points: [{at, posts, expected, low, high, complete}]}``, in posts; None where the series has no rows.

    ``usual`` is what was expected from ``onset`` on.

    ``rows`` are those of a series (``bucket``, ``posts``, ``expected`` in thousandths, ``complete``), oldest first: a bucket without
    posts has none, and its expectation lies on the line between its neighbours'. The band is as wide as what came before ``onset``
    strayed from what was expected, and never narrower than chance.
    """
    if not rows:
        return None
    buckets = [int(row["bucket"]) for row in rows]
    size = min((later - one for one, later in pairwise(buckets)), default=USUAL_BUCKET)
    first = buckets[0] - (buckets[0] - since) // size * size
    together = max(1, -(-(end - first) // (size * POINTS)))
    step = size * together
    points: list[dict[str, Any]] = [{"at": at, "posts": 0, "expected": 0.0, "complete": True} for at in range(first, end, step)]
    for row, bucket in zip(rows, buckets, strict=True):
        point = points[(bucket - first) // step]
        point["posts"] += int(row["posts"])
        point["complete"] = point["complete"] and bool(row["complete"])
    usual = 0.0
    for number, expected in enumerate(_filled(rows, buckets, first, end, size)):
        points[number // together]["expected"] += expected / 1000
        usual += expected / 1000 if first + number * size + size > onset else 0.0
    strays = [_stray(point["posts"], point["expected"]) for point in points if point["at"] + step <= onset]
    wide = sqrt(max(1.0, sum(strays) / len(strays))) if strays else 1.0
    for point in points:
        half = WIDTH * wide * sqrt(point["expected"])
        point["low"] = round(max(0.0, point["expected"] - half), 3)
        point["high"] = round(point["expected"] + half, 3)
        point["expected"] = round(point["expected"], 3)
    return {"step": step, "usual": round(usual, 3), "points": points}


def _stray(posts: int, expected: float) -> float:
    usual = max(expected, 0.05)
    return float(min(STRAY, (posts - usual) ** 2 / usual))


def _filled(rows: Sequence[Mapping[str, Any]], buckets: Sequence[int], first: int, end: int, size: int) -> list[float]:
    """Expected posts (thousandths) of every bucket from ``first``."""
    filled: list[float] = []
    later = 0
    for at in range(first, end, size):
        while later < len(buckets) and buckets[later] < at:
            later += 1
        after = min(later, len(buckets) - 1)
        before = max(0, after - 1) if buckets[after] > at else after
        gap = buckets[after] - buckets[before]
        share = min(1.0, max(0.0, (at - buckets[before]) / gap)) if gap else 0.0
        filled.append(rows[before]["expected"] * (1 - share) + rows[after]["expected"] * share)
    return filled
