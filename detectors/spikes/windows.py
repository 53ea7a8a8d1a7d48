"""The last day of one series: the last hour bucket by bucket, what was before block by block."""

from __future__ import annotations

import math

from detectors.spikes.plan import Plan
from monitor.model.plain import Plain

Sum = tuple[int, float, int]
"""Posts, what was expected, and distinct authors of each bucket, added up."""
_NOTHING: Sum = (0, 0.0, 0)


class Windows:
    """Windows are numbered as in the plan.

    ``day`` counts the posts of all that is kept, ``seen`` the buckets of the current block, ``complete`` the ended blocks since
    the last bucket that was not complete (-1: there is one in the current block; never more than are kept).
    """

    __slots__ = ("_authors", "_before", "_blocks", "_expected", "_now", "_plan", "_posts", "complete", "day", "seen")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._posts: list[int] = []
        self._expected: list[float] = []
        self._authors: list[int] = []
        self._now = _NOTHING
        self._blocks: tuple[list[int], list[float], list[int]] = ([], [], [])
        self._before = [_NOTHING] * len(plan.long)
        self.day = self.seen = self.complete = 0

    def add(self, posts: int, expected: float, authors: int) -> None:
        """Takes a bucket into the current block."""
        ring = self._posts
        ring.append(posts)
        self._expected.append(expected)
        self._authors.append(authors)
        if len(ring) > self._plan.short[-1]:
            del ring[0], self._expected[0], self._authors[0]
        now = self._now
        self._now = (now[0] + posts, now[1] + expected, now[2] + authors)
        self.seen += 1
        self.day += posts

    def sum(self, window: int, minimum: int = 0) -> Sum | None:
        """A window that ends with the newest bucket; a long one begins with a whole block. None for fewer posts than ``minimum``."""
        short = self._plan.short
        if window < len(short):
            size = short[window]
            posts = sum(self._posts[-size:])
            return None if posts < minimum else (posts, sum(self._expected[-size:]), sum(self._authors[-size:]))
        now, before = self._now, self._before[window - len(short)]
        posts = now[0] + before[0]
        return None if posts < minimum else (posts, now[1] + before[1], now[2] + before[2])

    def turn(self, block: Sum | None = None) -> None:
        """Ends the current block, or takes a whole one that is known from elsewhere."""
        plan, blocks = self._plan, self._blocks
        if block is not None:
            self.day += block[0]
        ended = block or self._now
        blocks[0].append(ended[0])
        blocks[1].append(ended[1])
        blocks[2].append(ended[2])
        if len(blocks[0]) > plan.blocks:
            self.day -= blocks[0].pop(0)
            del blocks[1][0], blocks[2][0]
        self._now = _NOTHING
        self._before = [self.last(count - 1) for count in plan.long]
        self.seen = 0
        self.complete = min(self.complete + 1, plan.blocks)

    def last(self, count: int) -> Sum:
        """The last ended blocks, so many (at least one)."""
        posts, expected, authors = self._blocks
        return sum(posts[-count:]), sum(expected[-count:]), sum(authors[-count:])

    def pieces(self, size: int) -> list[tuple[float, float]]:
        """The current block cut from its end into (posts, expected) of ``size`` buckets; what is left over is left out."""
        posts, expected, _ = self._now
        if not posts and self.seen >= size:
            # All are alike but for the slope of the expectation: one stands for all, as most series rest most of the time.
            return [(0, expected * size / self.seen)]
        end = len(self._posts)
        cuts = range(end - size, max(0, end - self.seen) - 1, -size)
        return [(sum(self._posts[i : i + size]), sum(self._expected[i : i + size])) for i in cuts]

    def onset(self, window: int) -> tuple[int, int, float]:
        """Where the rise seen in ``window`` began: buckets back from the newest bucket's end, posts and expected since.

        The maximum likelihood estimate for Poisson counts whose rate was multiplied at an unknown time by the window's ratio
        (the turning point of Page's cumulative sum, Biometrika 1954). Within a long window it is exact to a block.
        """
        plan = self._plan
        if window < len(plan.short):
            steps = [(1, p, e) for p, e in zip(reversed(self._posts), reversed(self._expected), strict=True)]
        else:
            earlier = plan.long[window - len(plan.short)] - 1
            posts, expected, _ = self._blocks
            steps = [(self.seen, self._now[0], self._now[1])]
            steps += [
                (round(plan.buckets), p, e) for p, e in zip(posts[: -earlier - 1 : -1], expected[: -earlier - 1 : -1], strict=True)
            ]
        usual = _turning(self.sum(window) or _NOTHING)
        score = best = usual_since = 0.0
        back = since = 0
        found = (1, 0, 0.0)
        for buckets, step_posts, step_expected in steps:
            back += buckets
            since += step_posts
            usual_since += step_expected
            score += step_posts - usual * step_expected
            if score > best:
                best, found = score, (back, since, usual_since)
        return found

    def dump(self) -> Plain:
        rings = [list(self._posts), list(self._expected), list(self._authors)]
        return [rings, list(self._now), [list(row) for row in self._blocks], self.day, self.seen, self.complete]

    def load(self, state: Plain) -> None:
        rings, now, blocks, self.day, self.seen, self.complete = state
        self._posts, self._expected, self._authors = (list(ring) for ring in rings)
        self._now = (now[0], now[1], now[2])
        self._blocks = (list(blocks[0]), list(blocks[1]), list(blocks[2]))
        self._before = [self.last(count - 1) for count in self._plan.long]


def _turning(total: Sum) -> float:
    """Which multiple of the expectation is as likely before as after a rise by the ratio of ``total``."""
    ratio = total[0] / max(total[1], 1e-9)
    return (ratio - 1.0) / math.log(ratio) if ratio > 1.0 else 1.0
