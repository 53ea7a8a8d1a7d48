"""How often each series strays so far: the tail of its own surprises, window by window.

What a model calls one in a million, a wild series does every week. So each window of each series keeps how many times it rose above
a floor and how far (peaks over a threshold, as Siffer and others do in "Anomaly detection in streams with extreme value
theory", KDD 2017), with forgetting; the tail of the decibels beyond the floor is taken for a power law, whose exponent is the mean
logarithm of peaks over floor (Hill's estimate). From it follows how rarely a surprise comes back.
"""

from __future__ import annotations

import math

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from detectors.spikes.settings import DAY, HOUR
from monitor.model.plain import Plain

FLOOR = 8.0
"""Decibels: rises that a series has several times a week."""
_APART = 6 * HOUR
"""Rises with less calm between them are one."""
_EXPONENT = 0.85
"""The tail before any rise was seen: ten times rarer at seven times the decibels."""
_RISES = 2.0
"""Weight of what is assumed, in rises."""
_A_WEEK = 6.0
"""Rises a week before any was seen."""
_MEMORY = 6.0
"""Weeks."""
_WINDOWS = 2.1
"""The windows overlap: they try as often as so many independent ones."""


class Habits(Columns):
    """``rarity``: in how many weeks once, for the rarest window of each series."""

    _number: Array
    _logs: Array
    _peak: Array
    _since: Array

    def __init__(self, plan: Plan) -> None:
        windows = len(plan.sizes)
        super().__init__(
            {
                "_number": ((windows,), "f8"),
                "_logs": ((windows,), "f8"),
                "_peak": ((windows,), "f4"),
                "_since": ((windows,), "i4"),
            }
        )
        bucket = plan.settings.bucket_ms
        self._week = 7 * DAY / bucket
        self._apart = max(1, round(_APART / bucket))
        self._keep = math.exp(-1.0 / (_MEMORY * self._week))
        self._weeks = _RISES / _A_WEEK

    def grow(self, count: int) -> None:
        super().grow(count)
        self._number[:, -count:] = _RISES
        self._logs[:, -count:] = _RISES * _EXPONENT

    def rarity(self, found: Array) -> Array:
        """Takes the surprises of the next bucket, (window, series). Judged by earlier rises only."""
        self._number *= self._keep
        self._logs *= self._keep
        self._weeks = self._weeks * self._keep + 1.0 / self._week
        rare = np.zeros(found.shape[1])
        high = found >= FLOOR
        if high.any():
            window, series = np.nonzero(high)
            number = self._number[window, series]
            beyond = np.log(found[window, series] / FLOOR) * number / self._logs[window, series]
            np.maximum.at(rare, series, self._weeks / number * np.exp(np.minimum(beyond, 100.0)) / _WINDOWS)
        # A rise ends when the window has been calm for long enough.
        self._since += 1
        over = (self._peak > 0.0) & (self._since > self._apart)
        if over.any():
            self._number[over] += 1.0
            self._logs[over] += np.log(self._peak[over] / FLOOR)
            self._peak[over] = 0.0
        if high.any():
            self._peak[high] = np.maximum(self._peak[high], found[high])
            self._since[high] = 0
        return rare

    def dump(self) -> Plain:
        return [self._weeks, super().dump()]

    def load(self, state: Plain, count: int) -> None:
        self._weeks, columns = state
        super().load(columns, count)
