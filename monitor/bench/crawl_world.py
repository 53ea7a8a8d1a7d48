"""The region of ``nabat bench crawl``: communities, their rates by the hour, and when each of their posts is written."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from monitor.model.source import Source, SourceClass
from sources.schedule.habits import HOUR
from sources.simulated.draw import mix
from sources.simulated.rhythm import Rhythm, activity

ZONE: Final = ZoneInfo("Europe/Samara")
OFFSET: Final = 4 * HOUR
START: Final = 1_789_934_400_000
"""A Monday, 00:00 in Samara."""
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
SIGMA: Final = 1.5
FARTHEST: Final = 0.9938

Times = NDArray[np.int64]


@dataclass(slots=True, frozen=True)
class World:
    """``posts``: times (ms, ascending) by source, from a week before START on. ``rates``: posts an hour, by source and hour."""

    sources: list[Source]
    posts: list[Times]
    rates: NDArray[np.float64]


def make(communities: int, days: int, posts_a_day: float, seed: int) -> World:
    """The region: the same for the same arguments."""
    normal = NormalDist()
    units = [(mix(seed * 1_000_003 + number) % 10**9 + 0.5) / 10**9 for number in range(communities)]
    relative = np.array([exp(SIGMA * normal.inv_cdf(min(max(unit, 1 - FARTHEST), FARTHEST))) for unit in units])
    mean = relative / relative.sum() * posts_a_day / 24
    rhythm = Rhythm(ZONE)
    hours = [START - WEEK + number * HOUR for number in range((7 + days) * 24)]
    shape = np.array(
        [rhythm.mean(at, HOUR) for at in [hours[0] - 2 * HOUR, hours[0] - HOUR, *hours, hours[-1] + HOUR, hours[-1] + 2 * HOUR]]
    )
    order = np.argsort(-mean)
    critical = {int(number) for number in order[: communities * 2 // 100]}
    rare = {int(number) for number in order[communities * 6 // 10 :]}
    draw = np.random.default_rng(seed)
    sources, posts, rates = [], [], np.empty((communities, days * 24))
    for number in range(communities):
        shift = mix(seed ^ (number << 20)) % 5
        lively = np.array([activity(mix(seed + number), at) for at in hours])
        rate = mean[number] * shape[shift : shift + len(hours)] * lively
        rates[number] = rate[7 * 24 :]
        counts = draw.poisson(rate)
        starts = np.repeat(np.array(hours, dtype=np.int64), counts)
        posts.append(np.sort(starts + draw.integers(0, HOUR, int(counts.sum()))))
        weight: SourceClass = "critical" if number in critical else "rare" if number in rare else "ordinary"
        sources.append(Source(f"vk:-{number + 1}", "vk", "community", "samara", str(number + 1), weight=weight))
    return World(sources, posts, rates)
