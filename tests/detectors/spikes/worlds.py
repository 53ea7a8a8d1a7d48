"""Seeded series with the rhythms of day and week, drawn with random.Random only: its stream is the same in every version."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random

from detectors.base import Judgement
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


def play(spikes: Spikes, counts: Mapping[str, Sequence[int]], first: int = 0) -> dict[str, list[Judgement]]:
    """Closes complete buckets in which everybody writes once."""
    found: dict[str, list[Judgement]] = {name: [] for name in counts}
    for i in range(len(next(iter(counts.values())))):
        for name, judgement in close(spikes, first + i, {name: each[i] for name, each in counts.items()}).items():
            found[name].append(judgement)
    return found


def close(spikes: Spikes, index: int, posts: Mapping[str, int], complete: bool = True) -> dict[str, Judgement]:
    return spikes.close(index * BUCKET, complete, {name: (count, count) for name, count in posts.items()})


def taught(counts: Mapping[str, Sequence[int]], spikes: Spikes | None = None) -> Spikes:
    """A detector that knows the first four weeks by the hour."""
    spikes = spikes or Spikes()
    spikes.history(0, HOUR * BUCKET, {name: hourly(each[:HISTORY]) for name, each in counts.items()})
    return spikes


def after(counts: Mapping[str, Sequence[int]], length: int | None = None) -> dict[str, Sequence[int]]:
    """What follows the history."""
    return {name: each[HISTORY : HISTORY + length if length else None] for name, each in counts.items()}
