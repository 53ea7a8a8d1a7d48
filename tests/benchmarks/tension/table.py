"""From scores to what people would feel: recall by size, delay, and false alerts, at swept thresholds."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tests.benchmarks.tension.world import DAY, HOUR, Array, World

_APART = 6 * HOUR
"""Buckets of calm that end an alert."""
SIZES = ((1.5, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0, 10.1))
ENOUGH = 12
"""Extra posts that a problem must have brought to be counted on."""


class Line(NamedTuple):
    """At one threshold: false alerts per 1,000 series-days; ``dark`` of them, and what chance makes of ``dark``, in outages and the
    hours after; recall of each size; minutes to the alert of each problem of at least 3 times (infinite: not found), and of those
    of them that brought enough in their first hour.
    """

    threshold: float
    false: float
    dark: int
    chance: float
    recall: list[float]
    delays: list[float]
    soon: list[float]

    @property
    def large(self) -> float:
        """Recall of those of at least 3 times."""
        return _share([delay < math.inf for delay in self.delays])

    @property
    def delay(self) -> float:
        """The median, of all of at least 3 times, so that who finds only the plainest is no quicker."""
        return float(np.median(self.delays)) if self.delays else math.nan


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
    begun = [at for series, at in alerts if not excused[at, series]]
    blind = ~world.complete
    for _ in range(HOUR):
        blind[1:] |= blind[:-1].copy()
    dark = sum(bool(blind[at]) for at in begun)
    by_size: list[list[bool]] = [[] for _ in SIZES]
    delays, soon = [], []
    for problem in world.problems:
        if problem.extra < ENOUGH or world.weather[problem.begin, problem.series]:
            continue
        span = high[problem.begin : problem.begin + problem.length + HOUR, problem.series]
        hit = bool(span.any())
        for row, (least, most) in zip(by_size, SIZES, strict=True):
            if least <= problem.times < most:
                row.append(hit)
        if problem.times >= 3.0:
            delays.append(5.0 * (int(span.argmax()) + 1) if hit else math.inf)
            if problem.hour >= ENOUGH:
                soon.append(delays[-1])
    days = (len(scores) - begin) * scores.shape[1] / DAY
    chance = (len(begun) - dark) * float(blind[begin:].mean()) / max(1e-9, 1.0 - float(blind[begin:].mean()))
    return Line(threshold, 1000.0 * len(begun) / days, dark, chance, [_share(row) for row in by_size], delays, soon)


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
