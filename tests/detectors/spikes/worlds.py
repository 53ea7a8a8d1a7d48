"""Seeded series with the rhythms of day and week, drawn with random.Random only: its stream is the same in every version."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from detectors.base import Bucket, Judgement
from detectors.spikes import Spikes

BUCKET = 300_000
HOUR = 12
DAY = 288
HISTORY = 28 * DAY


def rhythm(index: int) -> float:
    """The factor of a bucket: 0.15 at night, 1.6 in the evening, less at weekends; on average about 1."""
    hour, weekday = index % DAY / HOUR, index // DAY % 7
    return (1.0 - 0.75 * math.cos((hour - 4.0) * math.pi / 12.0)) * (0.75 if weekday >= 5 else 1.1)


def poisson(random: Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def draw(seed: str, rate: float, days: int, noise: float = 0.0, factor: Callable[[int], float] = lambda _: 1.0) -> list[int]:
    """Counts a bucket; ``noise`` is the share of a negative binomial, ``factor`` multiplies the rate of a bucket."""
    random = Random(seed)
    counts = []
    for index in range(days * DAY):
        mean = rate * rhythm(index) * factor(index)
        if noise:
            mean *= random.gammavariate(1.0 / noise, noise)
        counts.append(poisson(random, mean))
    return counts


def hourly(counts: Sequence[int]) -> list[int]:
    return [sum(counts[i : i + HOUR]) for i in range(0, len(counts), HOUR)]


def bucket(index: int, posts: int, complete: bool = True) -> Bucket:
    return Bucket(index * BUCKET, posts, posts, complete)


def play(spikes: Spikes, name: str, counts: Sequence[int], first: int = 0) -> list[Judgement]:
    """Observes complete buckets in which everybody writes once."""
    return [spikes.observe(name, bucket(first + i, posts)) for i, posts in enumerate(counts)]


def taught(name: str, counts: Sequence[int], spikes: Spikes | None = None) -> Spikes:
    """A detector that knows the first four weeks by the hour."""
    spikes = spikes or Spikes()
    spikes.history(name, 0, HOUR * BUCKET, hourly(counts[:HISTORY]))
    return spikes
