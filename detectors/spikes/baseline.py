"""What is usual for one series: a level, a quick correction of it, and the rhythms of day and week.

Each is a ratio of posts seen to posts expected without it, both with exponential forgetting, shrunk towards 1 by a number of
posts: the posterior mean of a rate with a gamma prior. So a series with few posts is flat, one with more has a rhythm of the day,
and one with many has one of the week; nothing switches.
"""

from __future__ import annotations

from array import array

from detectors.spikes.plan import Plan
from detectors.spikes.settings import HOUR
from monitor.model.plain import Plain

_DAY = 24
_WEEK = 168


class Baseline:
    """Learned block by block. Blocks are numbered from the epoch of local time.

    The slow level is ``posts`` over ``exposure`` (in buckets); the more ``posts``, the better it is known.
    """

    __slots__ = ("_day", "_fast", "_fast_expected", "_plan", "_week", "exposure", "learned", "posts")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        prior = plan.settings.prior_rate
        # The prior weighs as much as one post.
        self.posts, self.exposure = (1.0, 1.0 / prior) if prior > 0.0 else (0.0, 0.0)
        self.learned = 0
        self._fast = self._fast_expected = 0.0
        self._day = array("d", bytes(16 * _DAY))
        self._week = array("d", bytes(16 * _WEEK))

    def level(self) -> float | None:
        """Posts a bucket without any rhythm; None where nothing is known."""
        if self.exposure <= 0.0:
            return None
        return self.posts / self.exposure * self._ratio(self._fast, self._fast_expected)

    def rhythm(self, block: int) -> float:
        """The factor of a block's hour of day and of week."""
        day, week = self._cells(block)
        return self._factor(self._day, day) * self._factor(self._week, week)

    def learn(self, block: int, count: float, clipped: float, buckets: float) -> None:
        """Takes a block of ``buckets`` complete buckets: its posts, and the same without what a burst brought."""
        plan = self._plan
        slow = self.posts / self.exposure if self.exposure > 0.0 else count / buckets
        flat = slow * self._ratio(self._fast, self._fast_expected) * buckets
        day, week = self._cells(block)
        of_day, of_week = self._factor(self._day, day), self._factor(self._week, week)
        self._week[week] = self._week[week] * plan.keep_week + clipped
        self._week[week + 1] = self._week[week + 1] * plan.keep_week + flat * of_day
        self._day[day] = self._day[day] * plan.keep_day + clipped
        self._day[day + 1] = self._day[day + 1] * plan.keep_day + flat
        exposure = of_day * of_week * buckets
        self._fast = self._fast * plan.keep_fast + count
        self._fast_expected = self._fast_expected * plan.keep_fast + slow * exposure
        self.posts = self.posts * plan.keep_level + clipped
        self.exposure = self.exposure * plan.keep_level + exposure
        self.learned += 1

    def dump(self) -> Plain:
        numbers = [self.posts, self.exposure, self.learned, self._fast, self._fast_expected]
        return [numbers, self._day.tobytes(), self._week.tobytes()]

    def load(self, state: Plain) -> None:
        numbers, day, week = state
        self.posts, self.exposure, self.learned, self._fast, self._fast_expected = numbers
        self._day, self._week = array("d", day), array("d", week)

    def _ratio(self, seen: float, expected: float) -> float:
        posts = self._plan.settings.shrink_posts
        return (seen + posts) / (expected + posts)

    def _factor(self, cells: array[float], cell: int) -> float:
        return self._ratio(cells[cell], cells[cell + 1])

    def _cells(self, block: int) -> tuple[int, int]:
        hour = block * self._plan.block // HOUR
        return hour % _DAY * 2, hour % _WEEK * 2
