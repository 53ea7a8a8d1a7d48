"""The rate of alerts that people asked for, held over all series of a region together.

How often, and how far, the series of a region rise above a floor is learned from all of them: the tail of peaks over a threshold,
exponential in decibels (the tail of a probability is a line there). Peaks are clipped, so that true events, which go far
beyond chance, do not raise the bar for the next ones. From the tail follows where the lowest level has to stand; a small region,
whose chance gives fewer alerts than people would take, keeps the levels of the settings.
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
_CLIP = 25
"""Decibels beyond the floor at which a peak counts no further: by chance one in three hundred."""
_SCALE = 10.0 / math.log(10.0)
"""Mean of the peaks beyond the floor where the model holds exactly."""
_RISES = 10.0
"""Weight of the settings' own thresholds, in rises."""
_MEMORY = 8.0
"""Weeks."""


class Pool(Columns):
    """``take`` gives by how many decibels all levels stand higher than in the settings."""

    _peak: Array
    _since: Array

    def __init__(self, plan: Plan) -> None:
        super().__init__({"_peak": ((), "i4"), "_since": ((), "i4")})
        settings = plan.settings
        self._rate = settings.per_week
        self._notice = settings.notice
        self._week = 7 * DAY / settings.bucket_ms
        self._apart = max(1, round(_APART / settings.bucket_ms))
        self._keep = math.exp(-1.0 / (_MEMORY * self._week))
        # As if, so far, the lowest level had held the rate.
        a_week = self._rate * math.exp((self._notice - _FLOOR) / _SCALE)
        self._number = _RISES
        self._beyond = _RISES * _SCALE
        self._weeks = _RISES / a_week

    def take(self, worst: Array) -> int:
        """Takes the surprise of each series in the next bucket; the answer follows from the buckets before."""
        shift = self._shift()
        self._number *= self._keep
        self._beyond *= self._keep
        self._weeks = self._weeks * self._keep + 1.0 / self._week
        self._since += 1
        over = (self._peak > 0) & (self._since > self._apart)
        if over.any():
            self._number += int(over.sum())
            self._beyond += int(np.minimum(self._peak[over] - _FLOOR, _CLIP).sum()) + 0.5 * int(over.sum())
            self._peak[over] = 0
        high = worst >= _FLOOR
        if high.any():
            self._peak[high] = np.maximum(self._peak[high], worst[high])
            self._since[high] = 0
        return shift

    def _shift(self) -> int:
        scale = self._beyond / self._number
        stand = _FLOOR + scale * math.log(max(self._number / self._weeks / self._rate, 1.0))
        return max(0, round(stand) - self._notice)

    def dump(self) -> Plain:
        return [[self._number, self._beyond, self._weeks], super().dump()]

    def load(self, state: Plain, count: int) -> None:
        (self._number, self._beyond, self._weeks), columns = state
        super().load(columns, count)
