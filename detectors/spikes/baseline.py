"""What is usual for one series: a slow level, a quick correction of it, and the rhythms of day and week.

Posts and buckets are counted with exponential forgetting: all, the recent ones, those of each hour of the day and of the week. Each
factor is the posts of its part over what the level alone would expect there, shrunk towards 1 by a number of posts: the
posterior mean of a rate with a gamma prior. So a series with few posts is flat, one with more has a rhythm of the day, and one with
many has one of the week; nothing switches, and a level that was wrong at first leaves no trace in the rhythm.
"""

from __future__ import annotations

from array import array

from detectors.spikes.plan import Plan
from detectors.spikes.settings import HOUR
from monitor.model.plain import Plain

_DAY = 24
_WEEK = 168
_JEFFREYS = 0.5
"""Posts that a series has always seen: the prior of Jeffreys for a rate. Nothing yet does not mean never."""


class Baseline:
    """Learned block by block. Blocks are numbered from the epoch of local time.

    The slow level is ``posts`` over ``exposure`` (in buckets); the more ``posts``, the better it is known.
    """

    __slots__ = ("_day", "_plan", "_recent", "_recent_exposure", "_scale", "_week", "exposure", "learned", "posts")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        prior = plan.settings.prior_rate
        # The prior weighs as much as one post.
        self.posts = 1.0 if prior > 0.0 else _JEFFREYS
        self.exposure = self.posts / prior if prior > 0.0 else 0.0
        self.learned = 0
        self._recent = self._recent_exposure = 0.0
        self._scale = 1.0
        self._day = array("d", bytes(16 * _DAY))
        self._week = array("d", bytes(16 * _WEEK))

    def level(self) -> float | None:
        """Posts a bucket without any rhythm; None where nothing is known."""
        if self.exposure <= 0.0:
            return None
        slow = self.posts / self.exposure
        return slow * self._ratio(self._recent, self._recent_exposure * slow)

    def rhythm(self, block: int) -> float:
        """The factor of a block's hour of day and of week; over a week they average to 1."""
        return self._factor(block * self._plan.block // HOUR) * self._scale

    def learn(self, block: int, count: float, clipped: float, buckets: float) -> None:
        """Takes a block of ``buckets`` complete buckets: its posts, and the same without what a burst brought."""
        plan = self._plan
        hour = block * plan.block // HOUR
        exposure = buckets * (self.rhythm(block) if self.exposure > 0.0 else 1.0)
        for cells, cell, keep in ((self._day, hour % _DAY, plan.keep_day), (self._week, hour % _WEEK, plan.keep_week)):
            cells[2 * cell] = cells[2 * cell] * keep + clipped
            cells[2 * cell + 1] = cells[2 * cell + 1] * keep + buckets
        self._recent = self._recent * plan.keep_fast + count
        self._recent_exposure = self._recent_exposure * plan.keep_fast + exposure
        self.posts = max(_JEFFREYS, self.posts * plan.keep_level) + clipped
        self.exposure = self.exposure * plan.keep_level + buckets
        self.learned += 1
        if hour % _DAY == 0:
            # The memories of level, day and week differ, so that the factors alone would not average to 1.
            self._scale = _WEEK / sum(self._factor(each) for each in range(_WEEK))

    def dump(self) -> Plain:
        numbers = [self.posts, self.exposure, self.learned, self._recent, self._recent_exposure, self._scale]
        return [numbers, self._day.tobytes(), self._week.tobytes()]

    def load(self, state: Plain) -> None:
        numbers, day, week = state
        self.posts, self.exposure, self.learned, self._recent, self._recent_exposure, self._scale = numbers
        self._day, self._week = array("d", day), array("d", week)

    def _factor(self, hour: int) -> float:
        slow = self.posts / self.exposure
        day, week = hour % _DAY * 2, hour % _WEEK * 2
        of_day = self._ratio(self._day[day], self._day[day + 1] * slow)
        return of_day * self._ratio(self._week[week], self._week[week + 1] * slow * of_day)

    def _ratio(self, seen: float, expected: float) -> float:
        posts = self._plan.settings.shrink_posts
        return (seen + posts) / (expected + posts)
