"""The rate of alerts that people asked for, held over all series of a region together.

How often the series of a region rise, and how far, is counted for all of them together, by height in decibels. Feedback from alerts
alone would take months, so it comes from near-alerts: from the height that is reached several times as often as asked for, the
tail of the rises (peaks over a threshold) is followed to where it has the rate. The tail of one series is exponential, as the tail
of a probability is a line in decibels; but some series stray more than others, and of the rarest alerts theirs are the most.
Exponential tails whose rates are gamma distributed are together a generalised Pareto tail (Pickands, Annals of Statistics 1975).
Heights far beyond are left out, so that true events do not raise the bar for the next ones.
"""

from __future__ import annotations

import math

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from detectors.spikes.settings import DAY, HOUR
from monitor.model.plain import Plain

_FLOOR = 15
"""Decibels: a rise that a series has once in a few days."""
_APART = 6 * HOUR
"""Rises of a series with less calm between them are one."""
_BINS = 80
"""Decibels above the floor that are told apart."""
_NEAR = 8.0
"""Near-alerts are so many times as frequent as alerts: enough of them to know their tail, and not far from it."""
_FEW = 60.0
"""Rises at least, to know a tail."""
_BEND = 0.08
"""Variance of the rates of tails among series, where their mean is 1: the shape of the tail of all."""
_CLIP = 20
"""Decibels beyond the near-alerts from which on heights are events and do not count: well above what is asked of alerts."""
_WIDEST = 12.0
"""Decibels of a tail's scale at most."""
_SCALE = 10.0 / math.log(10.0)
"""Mean height beyond any other where the model holds exactly."""
_RISES = 10.0
"""Weight of the settings' own thresholds, in rises."""
_MEMORY = 3.0
"""Weeks; at first half of what has passed, a quarter of a week at least: series that are hardly known rise seldom, and that ends."""
_YOUNG = 0.25
_EACH = 0.035
"""Alerts a week and series by chance, at which the lowest level falls no further: where few series are watched, people would be
told of nothing but chance."""
_KNOWN = 1.0
"""Weeks of rises before the lowest level falls."""


class Pool(Columns):
    """``take`` gives by how many decibels all levels stand higher than in the settings; below zero only the lowest one does, and
    stands lower.
    """

    _peak: Array
    _since: Array

    def __init__(self, plan: Plan) -> None:
        super().__init__({"_peak": ((), "i4"), "_since": ((), "i4")})
        settings = plan.settings
        self._rate = settings.per_week
        self._notice = settings.notice
        self._least = settings.calm - settings.notice
        self._week = 7 * DAY / settings.bucket_ms
        self._apart = max(1, round(_APART / settings.bucket_ms))
        self._age = 0
        # As if, so far, the lowest level had held the rate.
        tail = np.exp(-np.arange(_BINS + 1.0) / _SCALE)
        self._heights = _RISES * (tail[:-1] - tail[1:])
        self._weeks = _RISES / (self._rate * math.exp((self._notice - _FLOOR) / _SCALE))

    def take(self, worst: Array) -> int:
        """Takes the surprise of each series in the next bucket; the answer follows from the buckets before."""
        if not len(self._peak):
            # Weeks without any series tell nothing of what is usual.
            return 0
        shift = self._shift()
        self._age += 1
        keep = math.exp(-1.0 / min(_MEMORY * self._week, max(_YOUNG * self._week, self._age / 2.0)))
        self._heights *= keep
        self._weeks = self._weeks * keep + 1.0 / self._week
        self._since += 1
        over = (self._peak > 0) & (self._since > self._apart)
        if over.any():
            self._heights += np.bincount(np.minimum(self._peak[over] - _FLOOR, _BINS - 1), minlength=_BINS)
            self._peak[over] = 0
        high = worst >= _FLOOR
        if high.any():
            self._peak[high] = np.maximum(self._peak[high], worst[high])
            self._since[high] = 0
        return shift

    def _shift(self) -> int:
        up = self._stand(self._rate) - self._notice
        if up >= 0 or self._weeks < _KNOWN:
            return max(0, up)
        down = self._stand(min(self._rate, _EACH * len(self._peak))) - self._notice
        return max(self._least, min(0, down))

    def _stand(self, rate: float) -> int:
        """The height, in decibels, that is reached so many times a week."""
        asked = rate * self._weeks
        reached = np.cumsum(self._heights[::-1])[::-1]
        near = max(0, int(np.count_nonzero(reached >= max(_NEAR * asked, _FEW))) - 1)
        told = self._heights[near : near + _CLIP]
        number = float(told.sum())
        # A bin's heights are half a decibel above its number.
        mean = float((told * (np.arange(len(told)) + 0.5)).sum()) / number if number > 0.0 else _SCALE
        scale = _unclipped(mean, len(told))
        number /= -math.expm1(-len(told) / scale)
        rarer = math.log(max(number / asked, 1.0))
        return _FLOOR + near + round(scale * math.expm1(_BEND * rarer) / _BEND)

    def dump(self) -> Plain:
        return [[self._weeks, self._heights.tolist(), self._age], super().dump()]

    def load(self, state: Plain, count: int) -> None:
        (self._weeks, heights, *age), columns = state
        # Older snapshots lack the age: as many weeks as are remembered.
        self._age = age[0] if age else round(self._weeks * self._week)
        self._heights = np.array(heights)
        super().load(columns, count)


def _unclipped(mean: float, clip: float) -> float:
    """The scale of an exponential tail whose part below ``clip`` has this mean: the maximum of likelihood, by iteration."""
    scale = mean
    for _ in range(12):
        scale = min(mean + clip / math.expm1(clip / scale), _WIDEST)
    return scale
