"""From scores to what people would feel: recall by size, delay, and false alerts, at swept thresholds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tests.benchmarks.tension.world import DAY, HOUR, Array, World

_APART = 6 * HOUR
"""Buckets of calm that end an alert."""
SIZES = ((1.5, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0, 10.1))
ENOUGH = 12
"""Extra posts that a problem must have brought to be counted on."""


class Line(NamedTuple):
    """At one threshold: false alerts per 1,000 series-days, recall of each size, of all of at least 3 times, and the median
    delay of these in minutes (NaN: none was found).
    """

    threshold: float
    false: float
    recall: list[float]
    large: float
    delay: float


def line(world: World, scores: Array, threshold: float, begin: int) -> Line:
    """An alert begins where the score reaches the threshold after hours below it. One in a series while its problem or weather
    goes on, and for a day after, is not false. Buckets before ``begin`` are for learning.
    """
    high = scores >= threshold
    high[:begin] = False
    when, where = np.nonzero(high)
    order = np.lexsort((when, where))
    when, where = when[order], where[order]
    first = np.ones(len(when), bool)
    first[1:] = (where[1:] != where[:-1]) | (np.diff(when) > _APART)
    alerts = sorted(zip(where[first].tolist(), when[first].tolist(), strict=True))
    excused = world.weather.copy()
    excused[DAY:] |= world.weather[:-DAY]
    for problem in world.problems:
        excused[problem.begin : problem.begin + problem.length + DAY, problem.series] = True
    false = sum(not excused[at, series] for series, at in alerts)
    by_size: list[list[bool]] = [[] for _ in SIZES]
    delays = []
    for problem in world.problems:
        if problem.extra < ENOUGH or world.weather[problem.begin, problem.series]:
            continue
        span = high[problem.begin : problem.begin + problem.length + HOUR, problem.series]
        hit = bool(span.any())
        for row, (least, most) in zip(by_size, SIZES, strict=True):
            if least <= problem.times < most:
                row.append(hit)
        if hit and problem.times >= 3.0:
            delays.append(5.0 * (int(span.argmax()) + 1))
    days = (len(scores) - begin) * scores.shape[1] / DAY
    large = by_size[2] + by_size[3]
    return Line(
        threshold,
        1000.0 * false / days,
        [_share(row) for row in by_size],
        _share(large),
        float(np.median(delays)) if delays else float("nan"),
    )


def at_rate(world: World, scores: Array, false: float, begin: int) -> Line:
    """The least threshold with at most so many false alerts per 1,000 series-days, found by halving."""
    low, high = 0.0, float(scores.max()) + 1.0
    for _ in range(14):
        middle = (low + high) / 2.0
        if line(world, scores, middle, begin).false <= false:
            high = middle
        else:
            low = middle
    return line(world, scores, high, begin)


def _share(row: list[bool]) -> float:
    return sum(row) / len(row) if row else float("nan")
