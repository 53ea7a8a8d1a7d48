"""The last day of each series: the last hour bucket by bucket, what was before block by block."""

from __future__ import annotations

import math

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from monitor.model.plain import Plain

POSTS, EXPECTED, AUTHORS = 0, 1, 2
"""The rows of every sum: posts, what was expected, and distinct authors of each bucket, added up."""


class Windows(Columns):
    """Windows are numbered as in the plan.

    ``seen`` counts the buckets of the current block, ``complete`` the ended blocks since the last bucket that was not
    complete (-1: there is one in the current block; never more than are kept).
    """

    _ring: Array
    _blocks: Array
    _before: Array
    now: Array

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            {
                "_ring": ((plan.short[-1], 3), "f4"),
                "_blocks": ((plan.blocks, 3), "f4"),
                "_before": ((len(plan.long), 3), "f8"),
                "now": ((3,), "f8"),
            }
        )
        self._plan = plan
        self._newest = 0
        self.seen = self.complete = 0

    def add(self, posts: Array, expected: Array, authors: Array) -> None:
        """Takes a bucket into the current block."""
        self._newest = (self._newest + 1) % self._plan.short[-1]
        slot = self._ring[self._newest]
        slot[POSTS], slot[EXPECTED], slot[AUTHORS] = posts, expected, authors
        self.now += slot
        self.seen += 1

    def sums(self) -> Array:
        """All windows that end with the newest bucket, (window, 3, series); a long one begins with a whole block."""
        plan = self._plan
        short = len(plan.short)
        sums = np.empty((len(plan.sizes), *self.now.shape))
        done, total = 0, np.zeros_like(self.now)
        for window, size in enumerate(plan.short):
            while done < size:
                total += self._ring[(self._newest - done) % plan.short[-1]]
                done += 1
            sums[window] = total
        sums[short:] = self._before
        sums[short:] += self.now
        return sums

    def turn(self) -> None:
        """Ends the current block."""
        self._blocks = np.roll(self._blocks, 1, axis=0)
        self._blocks[0] = self.now
        self.now = np.zeros_like(self.now)
        for row, count in enumerate(self._plan.long):
            self._before[row] = self.last(count - 1)
        self.seen = 0
        self.complete = min(self.complete + 1, self._plan.blocks)

    def last(self, count: int) -> Array:
        """The last ended blocks, so many (at least one)."""
        total: Array = self._blocks[:count].sum(axis=0, dtype="f8")
        return total

    def clear(self) -> None:
        """Forgets all: what comes next follows on nothing."""
        for each in (self._ring, self._blocks, self._before, self.now):
            each[:] = 0.0
        self.seen = self.complete = 0

    def pieces(self, size: int) -> Array:
        """The current block, if all of its buckets are there, cut into sums of ``size`` buckets: (piece, 3, series)."""
        count = self._plan.short[-1]
        ring = np.roll(self._ring, -(self._newest + 1), axis=0)[count % size :]
        pieces: Array = ring.reshape(count // size, size, *self.now.shape).sum(axis=1, dtype="f8")
        return pieces

    def onset(self, series: int, window: int) -> tuple[int, int, float]:
        """Where the rise seen in ``window`` began: buckets back from the newest bucket's end, posts and expected since.

        The maximum likelihood estimate for Poisson counts whose rate was multiplied at an unknown time by the window's ratio
        (the turning point of Page's cumulative sum, Biometrika 1954). Within a long window it is exact to a block.
        """
        plan, ring = self._plan, self._ring
        if window < len(plan.short):
            size = plan.short[-1]
            steps = [(1, ring[(self._newest - back) % size, :2, series].tolist()) for back in range(size)]
            inside = plan.short[window]
        else:
            inside = plan.long[window - len(plan.short)]
            steps = [(self.seen, self.now[:2, series].tolist())]
            steps += [(round(plan.buckets), self._blocks[back, :2, series].tolist()) for back in range(inside - 1)]
        total = np.array([counts for _, counts in steps[:inside]]).sum(axis=0).tolist()
        usual = _turning(total[0], total[1])
        score = best = expected = 0.0
        back = posts = 0
        found = (1, 0, 0.0)
        for buckets, (step_posts, step_expected) in steps:
            back += buckets
            posts += round(step_posts)
            expected += step_expected
            score += step_posts - usual * step_expected
            if score > best:
                best, found = score, (back, posts, expected)
        return found

    def dump(self) -> Plain:
        return [[self._newest, self.seen, self.complete], super().dump()]

    def load(self, state: Plain, count: int) -> None:
        (self._newest, self.seen, self.complete), columns = state
        super().load(columns, count)


def _turning(posts: float, expected: float) -> float:
    """Which multiple of the expectation is as likely before as after a rise by the ratio of the two."""
    ratio = posts / max(expected, 1e-9)
    return (ratio - 1.0) / math.log(ratio) if ratio > 1.0 else 1.0
