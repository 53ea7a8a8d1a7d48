"""The best that anybody can find in the world: one who knows all of it but what happens.

Rates and dispersions are known as they are, and so is how problems are drawn: when, how large and how long. What cannot be known is
left to Bayes' rule: whether a problem goes on, its size, its length, and the noise of the hour. The posterior odds of a problem that
counts (of nearly 3 times and more, and likely to bring enough) against none are the statistic of Shiryaev (Theory of Probability
and its Applications 1963), which finds most, and soonest, at so many false alerts; as problems end, by the forward recursion of a
hidden Markov model over size, length and noise.

At 1 false alert per 1,000 series-days (``python -m tests.benchmarks.tension.campaign --seeds 2001 2002 2003 --rates 1``) it found
96.3 % of 244 problems of at least 3 times with 12 extra posts, after a median of 105 minutes, and of 30 where 12 extra come in the
first hour; of 25 on the first two seeds if it looked for nothing but those. So 95 % can be found here; 15 minutes can't be had.
"""

from __future__ import annotations

import math

import numpy as np

from tests.benchmarks.tension.table import ENOUGH
from tests.benchmarks.tension.world import DAY, HOUR, Array, World

_TIMES = np.exp(np.linspace(math.log(2.6), math.log(10.0), 6))
"""Sizes, even on the scale on which they are drawn; those of 3 times and more are judged, and what came is near what was drawn."""
_LENGTHS = np.exp(np.linspace(math.log(8.0), math.log(3.0 * DAY), 4))
"""Buckets; a problem of each ends at any time alike, so that all together end as those that are drawn."""
_NODES = 5
"""Of the noise of an hour."""
_OFTEN = 1e-6
"""Problems that begin in a bucket of a series."""
_KIND = np.float32
_LEAST = np.float32(1e-30)
"""Of a likelihood: what no state explains leaves all as likely as they were."""
_LOGS = np.linspace(-6.0, 8.0, 1401)


def best(world: World, soon: bool = False) -> Array:
    """Decibels of the odds, (bucket, series), of a problem that brings enough; if ``soon``, of one that brings it in its first hour
    and of no other, so that all false alerts that are allowed are spent on being quick where it can be.
    """
    series = world.counts.shape[1]
    extra = (_TIMES - 1.0).astype(_KIND)
    nodes, weights = _noise(world.dispersion)
    # (size, 1, node, series) and, without size and length, of no problem.
    all_rates = np.concatenate([nodes[None], nodes + extra[:, None, None]])
    logs = np.log(all_rates)
    ends = (1.0 / _LENGTHS[:, None, None]).astype(_KIND)
    total = np.concatenate([np.zeros((1, series)), np.cumsum(world.rates, axis=0)])
    lasts = np.full(len(_LENGTHS), HOUR) if soon else np.round(_LENGTHS).astype(int)
    none, some = weights.copy(), np.zeros((len(_TIMES), len(_LENGTHS), _NODES, series), _KIND)
    counts, tail = world.counts.astype(_KIND), _tail()
    owed = np.zeros(series, _KIND)
    found = np.zeros(world.counts.shape, np.float32)
    for index, posts in enumerate(counts):
        if index % HOUR == 0:
            none = weights * none.sum(axis=0)
            some = weights * some.sum(axis=2, keepdims=True)
            ahead = total[np.minimum(index + lasts, len(counts))] - total[index]
            mean = extra[:, None, None] * ahead
            begins = _OFTEN / len(extra) / len(lasts) * np.interp(np.log(np.maximum(mean, 1e-9)), _LOGS, tail).astype(_KIND)
        ended = (some * ends).sum(axis=(0, 1))
        some *= 1.0 - ends
        some += begins[:, :, None, :] * none
        none = none + ended
        rate = (world.rates[index] + owed).astype(_KIND)
        if not world.complete[index]:
            owed = rate
            continue
        owed = np.zeros(series, _KIND)
        # Over that of the most likely rate, so that nothing overflows.
        peak = posts * np.log(np.maximum(posts, _LEAST) / rate) - posts
        likely = np.exp(posts * logs - rate * all_rates - peak) + _LEAST
        none *= likely[0]
        some *= likely[1:, None]
        scale = none.sum(axis=0)
        none /= scale
        some /= scale
        found[index] = np.maximum(0.0, 10.0 * np.log10(some.sum(axis=(0, 1, 2)) + 1e-12) + 40.0)
    return found


def _noise(dispersion: Array) -> tuple[Array, Array]:
    """Nodes and weights of each series, (node, series), of Gauss' quadrature over its gamma noise (Golub and Welsch 1969)."""
    nodes, weights = np.empty((2, _NODES, len(dispersion)))
    at = np.arange(_NODES)
    for share in np.unique(dispersion):
        shape = 1.0 / share
        beside = np.sqrt(at[1:] * (at[1:] + shape - 1.0))
        values, vectors = np.linalg.eigh(np.diag(2.0 * at + shape) + np.diag(beside, 1) + np.diag(beside, -1))
        nodes[:, dispersion == share] = (values * share)[:, None]
        weights[:, dispersion == share] = (vectors[0] ** 2)[:, None]
    return nodes.astype(_KIND), weights.astype(_KIND)


def _tail() -> Array:
    """The probability of enough posts, Poisson, for means whose logarithms are ``_LOGS``."""
    few = sum(np.exp(k * _LOGS - np.exp(_LOGS) - math.lgamma(k + 1)) for k in range(ENOUGH))
    return np.maximum(0.0, 1.0 - few)
