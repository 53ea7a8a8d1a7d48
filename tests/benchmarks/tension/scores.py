"""How surprising every bucket of every series is, by our detector, by rules of the trade, and by one who knows the rates.

Each gives (bucket, series); greater is more surprising; what the number means only matters to its own threshold.
"""

from __future__ import annotations

import numpy as np

from detectors.spikes import SpikeSettings
from detectors.spikes.bank import Bank
from detectors.spikes.plan import Plan
from detectors.spikes.pool import Pool
from detectors.spikes.tail import surprise
from tests.benchmarks.tension.world import DAY, HOUR, START, Array, World, days_off

_LEAST = 5
"""Posts in the last hour (by all rules): as in our settings."""


def ours(world: World) -> Array:
    """Decibels of the most surprising window."""
    bank = Bank(Plan(SpikeSettings(holidays=days_off(world))))
    bank.grow(world.counts.shape[1])
    nobody = np.zeros(world.counts.shape[1])
    found = np.empty(world.counts.shape, np.float32)
    for index, posts in enumerate(world.counts):
        found[index] = bank.step(START + index * 300_000, posts.astype(float), nobody, bool(world.complete[index]))[1].max(axis=0)
    return found


def standing(found: Array) -> Array:
    """Our scores less what the rate of alerts that the default settings ask for adds to all levels."""
    pool = Pool(Plan(SpikeSettings()))
    pool.grow(found.shape[1])
    return np.stack([row - pool.take((row + 0.5).astype(int)) for row in found])


def oracle(world: World) -> Array:
    """The same tail over the same windows, from the true rates and dispersion, with outages left out of them."""
    plan = Plan(SpikeSettings())
    sizes = [*plan.short, *(round(blocks * plan.buckets) for blocks in plan.long)]
    # What came late is expected when it comes.
    expected = world.rates.copy()
    for index in np.nonzero(~world.complete)[0]:
        expected[index + 1] += expected[index]
        expected[index] = 0.0
    found = np.zeros(world.counts.shape, np.float32)
    for size, correction in zip(sizes, plan.correction.tolist(), strict=True):
        posts, mean = rolling(world.counts, size), np.maximum(rolling(expected, size), 1e-6)
        # Noise lasts for an hour: so many independent hours are in the window.
        share = world.dispersion / max(1.0, size / HOUR)
        high = (posts >= _LEAST) & (posts > mean + 1.5 * np.sqrt(mean + share * mean * mean))
        shares = np.broadcast_to(share, high.shape)[high]
        deep = surprise(posts[high].astype(float), mean[high], shares) - correction
        found[high] = np.maximum(found[high], deep)
    return found


def clairvoyant(world: World) -> list[float]:
    """Of each problem, how surprising it is as a whole to one who also knows where it begins and ends, as if that were the
    only window: decibels. No detector that is right about chance can find more.
    """
    found = []
    for problem in world.problems:
        span = slice(problem.begin, problem.begin + problem.length)
        rates = world.rates[span, problem.series]
        hours = np.add.reduceat(rates, np.flatnonzero(np.diff(np.arange(span.start, span.stop) // HOUR, prepend=-1)))
        mean = rates.sum()
        share = world.dispersion[problem.series] * float((hours * hours).sum()) / mean**2
        count = float(world.counts[span, problem.series].sum())
        found.append(float(surprise(np.array([count]), np.array([mean]), np.array([share]))[0]))
    return found


def three_sigma(world: World) -> Array:
    """The last hour against mean and standard deviation of the hours of 14 days."""
    posts = rolling(world.counts, HOUR).astype(np.float32)
    mean, square = _before(posts, 14 * DAY), _before(posts * posts, 14 * DAY)
    return _enough(posts, (posts - mean) / np.sqrt(np.maximum(square - mean * mean, 0.05)))


def hour_against_twelve(world: World) -> Array:
    """The last hour over the mean of the twelve before."""
    posts = rolling(world.counts, HOUR).astype(np.float32)
    usual = (rolling(world.counts, 13 * HOUR) - posts) / 12.0
    return _enough(posts, posts / (usual + 0.5))


def seasonal_esd(world: World) -> Array:
    """Seasonal hybrid ESD (Twitter, 2015), online: the last hour less the median of its hour of day over 14 days, over the median
    absolute deviation of such remainders.
    """
    posts = rolling(world.counts, HOUR).astype(np.float32)
    days = posts.reshape(-1, DAY, posts.shape[1])
    found = np.zeros_like(days)
    for day in range(14, len(days)):
        past = days[day - 14 : day]
        usual = np.median(past, axis=0)
        spread = np.median(np.abs(past[:, ::HOUR] - usual[::HOUR]).reshape(-1, posts.shape[1]), axis=0)
        found[day] = (days[day] - usual) / (1.4826 * spread + 0.5)
    return _enough(posts, found.reshape(posts.shape))


def rolling(values: Array, size: int) -> Array:
    """Sums of the last ``size`` buckets."""
    total = np.cumsum(values, axis=0, dtype=np.float64)
    total[size:] -= total[:-size].copy()
    return total


def _before(values: Array, size: int) -> Array:
    """Means of the ``size`` buckets that end an hour ago; fewer at the beginning."""
    sums = rolling(values, size)
    number = np.minimum(np.arange(1, len(values) + 1), size)[:, None]
    shifted = np.zeros_like(sums)
    shifted[HOUR:] = (sums / number)[:-HOUR]
    return shifted


def _enough(posts: Array, score: Array) -> Array:
    return np.where(posts >= _LEAST, score, 0.0).astype(np.float32)
