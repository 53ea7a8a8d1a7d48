"""What is usual for each series: a slow level, a quick correction of it, and the rhythms of day and week.

Posts and buckets are counted with exponential forgetting: all, the recent ones, those of each hour of the day and of the week. Each
factor is the posts of its part over what the level alone would expect there, shrunk by a number of posts towards that of all series
together: the posterior mean of a rate with a gamma prior. How far the rhythms of series differ, all of them show together. So a
series with few posts has the rhythm of the region, one with more its own day, and one with many its own week; nothing switches, and
a level that was wrong at first leaves no trace.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from detectors.spikes.settings import HOUR
from monitor.model.plain import Plain

_DAY = 24
_WEEK = 168
_FRIDAY, _SUNDAY = 1, 3
"""The first ones after 1970-01-01, a Thursday."""
_LIKE = 0.0025
"""Variance of the rhythms of series among each other, at least: 5 %."""
_CELLS = 10.0
"""Weight, in hours of one series, of what the settings assume of that variance."""
_CLIP = 9.0
"""Variances beyond which an hour of one series says no more of it."""
_SHIFT = 2.0
_DRIFT = 0.002
"""The quick correction counts by how many variances it outweighs so many of chance (the positive part of James and Stein's estimate):
half of Poisson's, as the memory fades, and what the level itself strays as a share."""
_NOISE = 0.1
"""Dispersion of an hour before any is known."""
_JEFFREYS = 0.5
"""Posts that a series has always seen: the prior of Jeffreys for a rate. Nothing yet does not mean never."""


class Baselines(Columns):
    """Learned block by block; blocks are numbered from the epoch of local time.

    A series that appears later was silent before, so how long was watched (``exposure``, in buckets, and by hour of day and week) is
    the same for all. ``posts`` over ``exposure`` is the slow level; the more ``posts``, the better it is known.
    """

    posts: Array
    _recent: Array
    _recent_exposure: Array
    _scale: Array
    _day: Array
    _week: Array
    _noise: Array

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            {
                "posts": ((), "f8"),
                "_recent": ((), "f8"),
                "_recent_exposure": ((), "f8"),
                "_scale": ((), "f8"),
                "_day": ((_DAY,), "f4"),
                "_week": ((_WEEK,), "f4"),
                "_noise": ((), "f4"),
            }
        )
        self._plan = plan
        self.exposure = 0.0
        self.learned = 0
        self._silent = 0.0
        self._day_exposure = np.zeros(_DAY)
        self._week_exposure = np.zeros(_WEEK)
        self._shape = np.ones((2, _WEEK))
        # Variance among series of their rhythms of day and week.
        self._unlike = [1.0 / plan.settings.shrink_posts] * 2

    def grow(self, count: int) -> None:
        super().grow(count)
        self.posts[-count:] = _JEFFREYS
        self._recent_exposure[-count:] = self._silent
        self._scale[-count:] = 1.0
        self._noise[-count:] = _NOISE

    def level(self) -> Array:
        """Posts a bucket without any rhythm; once something was learned."""
        slow = self.posts / self.exposure
        usual = self._recent_exposure * slow
        ratio = self._ratio(self._recent, usual, 1.0)
        if self._many():
            chance = _SHIFT * usual * (0.5 + _DRIFT * usual)
            ratio = 1.0 + (ratio - 1.0) * np.maximum(0.0, 1.0 - chance / np.maximum((self._recent - usual) ** 2, 1e-9))
        return slow * ratio

    def rhythm(self, block: int) -> Array:
        """The factor of a block's hour of day and of week; over a week they average to 1."""
        return self._factor(self._hour(block)) * self._scale

    def learn(self, block: int, clipped: Array, buckets: float, noise: Array | float = _NOISE) -> None:
        """Takes a block of ``buckets`` complete buckets: the posts of each series without what a burst brought; ``noise`` is the
        dispersion of an hour.
        """
        plan = self._plan
        self._noise[:] = noise
        hour = self._hour(block)
        self._recent_exposure *= plan.keep_fast
        self._recent_exposure += buckets * self.rhythm(block) if self.learned else buckets
        self._recent *= plan.keep_fast
        self._recent += clipped
        for cells, exposure, cell, keep in (
            (self._day, self._day_exposure, hour % _DAY, plan.keep_day),
            (self._week, self._week_exposure, hour % _WEEK, plan.keep_week),
        ):
            cells[cell] = cells[cell] * keep + clipped
            exposure[cell] = exposure[cell] * keep + buckets
        self.posts = np.maximum(_JEFFREYS, self.posts * plan.keep_level) + clipped
        self.exposure = self.exposure * plan.keep_level + buckets
        self._silent = self._silent * plan.keep_fast + buckets
        self.learned += 1
        if hour % _DAY == 0:
            self._settle()

    def dump(self) -> Plain:
        numbers = [self.exposure, self.learned, self._silent, *self._unlike]
        shared = [self._day_exposure.tobytes(), self._week_exposure.tobytes(), self._shape.tobytes()]
        return [numbers, shared, super().dump()]

    def load(self, state: Plain, count: int) -> None:
        numbers, shared, columns = state
        self.exposure, self.learned, self._silent, *unlike = numbers
        self._unlike = unlike or self._unlike
        self._day_exposure, self._week_exposure = (np.frombuffer(each).copy() for each in shared[:2])
        self._shape = np.frombuffer(shared[2]).reshape(2, _WEEK).copy()
        super().load(columns, count)

    def _hour(self, block: int) -> int:
        """The hour of the week as people live it, which for holidays is that of a Sunday."""
        hour = block * self._plan.block // HOUR
        day = hour // _DAY
        if day in self._plan.settings.holidays:
            day = _SUNDAY
        elif day in self._plan.settings.working:
            day = _FRIDAY
        return day * _DAY + hour % _DAY

    def _settle(self) -> None:
        """Once a day: the rhythm of all series together, and what makes each one's factors average to 1."""
        if self._many():
            slow = float(self.posts.sum()) / self.exposure
            day = self._ratio(self._day.sum(axis=1, dtype="f8"), self._day_exposure * slow, 1.0)
            days = np.tile(day, _WEEK // _DAY)
            week = self._ratio(self._week.sum(axis=1, dtype="f8"), self._week_exposure * slow * days, 1.0)
            self._shape = np.stack([days, week])
            each = self.posts / self.exposure
            self._unlike = [
                self._differ(self._day, self._day_exposure[:, None] * each * day[:, None], self._day_exposure, self._plan.keep_day),
                self._differ(
                    self._week,
                    self._week_exposure[:, None] * each * (days * week)[:, None],
                    self._week_exposure,
                    self._plan.keep_week,
                ),
            ]
        # The memories of level, day and week differ, so that the factors alone would not average to 1.
        total = np.zeros(len(self.posts))
        for hour in range(_WEEK):
            total += self._factor(hour)
        self._scale = _WEEK / total

    def _factor(self, hour: int) -> Array:
        slow = self.posts / self.exposure
        day, week = hour % _DAY, hour % _WEEK
        of_day = self._shrunk(0, self._day[day], slow, self._day_exposure[day], self._shape[0, week])
        return of_day * self._shrunk(1, self._week[week], slow * of_day, self._week_exposure[week], self._shape[1, week])

    def _shrunk(self, part: int, seen: Array, rate: Array, exposure: float, usual: float) -> Array:
        """The factor of an hour of the day (``part`` 0) or week (1), ``usual`` for all series together."""
        expected = exposure * rate
        if not self._many():
            return self._ratio(seen, expected, usual)
        keep = (self._plan.keep_day, self._plan.keep_week)[part]
        hours = exposure / self._plan.buckets
        posts = _fading(hours, keep) * (1.0 + expected * usual * self._noise / max(hours, 1.0)) / self._unlike[part]
        found: Array = (seen + posts * usual) / (expected + posts)
        return found

    def _differ(self, seen: Array, expected: Array, exposure: Array, keep: float) -> float:
        """The variance among series of the factors of hours, (hour, series), beyond that of chance."""
        hours = exposure[:, None] / self._plan.buckets
        chance = _fading(hours, keep) * (expected + expected * expected * (self._noise / np.maximum(hours, 1.0)))
        assumed = 1.0 / self._plan.settings.shrink_posts
        square = np.minimum((seen - expected) ** 2, _CLIP * (chance + assumed * expected * expected))
        root = self._plan.settings.shrink_posts + expected
        weight = float(((expected / root) ** 2).sum())
        return max(_LIKE, (float(((square - chance) / (root * root)).sum()) + assumed * _CELLS) / (weight + _CELLS))

    def _many(self) -> bool:
        return len(self.posts) >= self._plan.settings.population

    def _ratio(self, seen: Array, expected: Array, usual: float) -> Array:
        posts = self._plan.settings.shrink_posts
        return (seen + posts * usual) / (expected + posts)


def _fading(hours: Any, keep: float) -> Any:
    """Sum of squared weights over sum of weights, of a memory that keeps so much of what it had and holds so many hours."""
    return (2.0 - hours * (1.0 - keep)) / (1.0 + keep)
