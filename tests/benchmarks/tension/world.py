"""The world: counts of every series in 5-minute buckets, drawn from rates that are known.

40 territories x 18 groups. A rate is the product of a series' level (lognormal over territories and groups), the rhythms of day and
week, holidays, slow weather of a group over most territories, the problems that were injected, and noise that lasts for
an hour (gamma, so that counts are negative binomial). In an outage nothing is seen; what was written then comes in the
first bucket after it. Copies of a text are taken out before anything is counted, so a campaign is one post more.

Two rules keep the truth in line with what is asked of detectors. Noise alone must not do what counts as a problem: at a dispersion of
0.3 an hour has three times its usual rate in every series once in nine days, by no cause at all, and nobody could tell that
from an injected one; so groups have dispersions up to 0.12, where it happens less than once in 1,000 series-days. And a problem is
as large as it came: both its extra posts and its size are what was drawn, not what was planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
HOUR, DAY, WEEK = 12, 288, 2016
GROUPS = 18
START = 4 * 86_400_000
"""The first bucket: a Monday, so that weekends are where detectors that know the calendar expect them."""
DISPERSIONS = (0.03, 0.12)
"""Of the noise of an hour, by group: its variance where the mean is 1."""


class Problem(NamedTuple):
    """What was injected: the series, its first bucket, buckets; ``usual`` posts were expected meanwhile, ``extra`` came in all,
    ``hour`` of them in the first hour.
    """

    series: int
    begin: int
    length: int
    usual: float
    extra: int
    hour: int

    @property
    def times(self) -> float:
        """How many times the usual it was."""
        return 1.0 + self.extra / self.usual


@dataclass(slots=True)
class World:
    """Counts and true usual rates, (bucket, series); ``complete`` of each bucket; ``weather`` where a regime goes on;
    ``dispersion`` of each series; ``holidays``, days from the first.
    """

    counts: Array
    rates: Array
    complete: Array
    weather: Array
    problems: list[Problem]
    dispersion: Array
    holidays: list[int]


def make(seed: int, territories: int = 40, weeks: int = 12, problems: int = 240, quiet: int = 3, regimes: int | None = None) -> World:
    """Nothing is injected in the first ``quiet`` weeks; ``regimes`` of weather, one a month if not given."""
    random = np.random.default_rng(seed)
    series, length = territories * GROUPS, weeks * WEEK
    at = np.arange(length)
    hour, day = at % DAY / HOUR, at // DAY
    rhythm = (1.0 - 0.75 * np.cos((hour - 4.0) * np.pi / 12.0)) * np.where(day % 7 >= 5, 0.75, 1.1)
    holidays = sorted(random.choice(weeks * 7, max(1, weeks // 3), replace=False).tolist())
    rhythm[np.isin(day, holidays)] *= 0.6
    level = np.repeat(random.lognormal(0.0, 1.0, territories), GROUPS) * np.tile(random.lognormal(0.0, 0.8, GROUPS), territories)
    rates = (0.08 * level)[None, :] * rhythm[:, None]
    weather = np.zeros((length, series), bool)
    for _ in range(weeks // 4 if regimes is None else regimes):
        group, begin = int(random.integers(GROUPS)), int(random.integers(quiet * WEEK, length - WEEK))
        struck = np.nonzero((np.arange(series) % GROUPS == group) & (random.random(series) < 0.8))[0]
        weather[begin : begin + random.integers(2 * DAY, WEEK), struck] = True
    rates = rates * np.where(weather, 3.0, 1.0)
    dispersion = np.tile(random.uniform(*DISPERSIONS, GROUPS), territories)
    noise = np.repeat(random.gamma(1.0 / dispersion, dispersion, (length // HOUR, series)), HOUR, axis=0)
    counts = random.poisson(rates * noise).astype(np.int32)
    found = []
    for _ in range(problems):
        target, begin = int(random.integers(series)), int(random.integers(quiet * WEEK, length - 3 * DAY))
        lasts = int(np.exp(random.uniform(np.log(6), np.log(3 * DAY))))
        times = float(np.exp(random.uniform(np.log(1.5), np.log(10.0))))
        usual = rates[begin : begin + lasts, target]
        more = random.poisson(usual * (times - 1.0))
        counts[begin : begin + lasts, target] += more.astype(np.int32)
        found.append(Problem(target, begin, lasts, float(usual.sum()), int(more.sum()), int(more[:HOUR].sum())))
    complete = np.ones(length, bool)
    for begin in random.integers(WEEK, length - DAY, weeks).tolist():
        end = begin + int(random.integers(6, 3 * HOUR))
        counts[end] += counts[begin:end].sum(axis=0)
        counts[begin:end] = 0
        complete[begin:end] = False
    return World(counts, rates, complete, weather, found, dispersion, holidays)


def days_off(world: World) -> frozenset[int]:
    """The holidays as the settings of detectors have them: the calendar is known, what it does is not."""
    return frozenset(START // 86_400_000 + day for day in world.holidays)
