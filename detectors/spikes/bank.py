"""Many series at once: what is expected of each, and how surprising each of its windows is."""

from __future__ import annotations

import numpy as np

from detectors.spikes.baseline import Baselines
from detectors.spikes.columns import Array, Columns
from detectors.spikes.dispersion import Dispersions
from detectors.spikes.odds import Odds
from detectors.spikes.plan import Plan
from detectors.spikes.tail import surprise
from detectors.spikes.windows import AUTHORS, EXPECTED, POSTS, Windows
from monitor.model.plain import Plain

_NEVER = -(1 << 62)
_NEAR = 2.25
"""Variances: within one and a half standard deviations the correction leaves next to nothing, and most rises are not worth a tail."""
_LEAST = 1e-6
"""Posts expected of a window at least: an expectation of nothing would make any post infinitely surprising."""


class Bank(Columns):
    """Judges bucket after bucket by what earlier ones taught. All arrays are in the order in which series were added."""

    _owed: Array
    _level: Array
    _rates: Array
    _doubt: Array
    _good: Array
    _heat: Array
    _hot: Array
    _calm: Array

    def __init__(self, plan: Plan) -> None:
        # ``_good``: posts and expectation of the complete buckets of the current block; ``_heat``: its greatest surprise;
        # ``_hot``: how many blocks, of late, had too much of it; ``_calm``: for how many none had.
        super().__init__(
            {
                "_owed": ((), "f8"),
                "_level": ((), "f8"),
                "_rates": ((3,), "f8"),
                "_doubt": ((), "f8"),
                "_good": ((2,), "f8"),
                "_heat": ((), "f4"),
                "_hot": ((), "i4"),
                "_calm": ((), "i4"),
            }
        )
        self._plan = plan
        self._sizes = np.array(plan.sizes)
        self._parts = Baselines(plan), Dispersions(plan), Windows(plan), Odds(plan)
        self._base, self._stray, self.windows, self._odds = self._parts
        self.count = self._buckets = 0
        self.last = self._block = _NEVER

    def grow(self, count: int) -> None:
        for part in self._parts:
            part.grow(count)
        super().grow(count)
        self.count += count
        if self._block != _NEVER:
            self._open(self._block)

    def bytes_each(self) -> int:
        return super().bytes_each() + sum(part.bytes_each() for part in self._parts)

    def step(self, start: int, posts: Array, authors: Array, complete: bool) -> tuple[Array, Array]:
        """Takes the bucket that begins at ``start``; gives the posts expected of each series, and the surprise of each window in
        decibels, (window, series). Raises ValueError for a bucket that is not later than the one before.
        """
        if start <= self.last:
            raise ValueError(f"the bucket at {start} is not after the one at {self.last}")
        self.last = start
        plan, windows = self._plan, self.windows
        local = start + plan.settings.timezone_offset_ms
        block = local // plan.block
        if block != self._block or not windows.seen:
            self._turn(block)
        # The first block ever is taken as it is.
        expected = self._rate(local - block * plan.block) if self._base.learned else posts.astype(float)
        # Posts that belong to earlier buckets are expected here, and teach nothing.
        late = np.minimum(self._owed, np.maximum(0.0, posts - expected))
        self._owed -= late
        windows.add(posts, expected + late, authors)
        found = np.zeros((len(plan.sizes), self.count))
        if self._base.learned:
            found = self._judge()
            if self.count >= plan.settings.population:
                self._heat = np.maximum(self._heat, found.max(axis=0)).astype("f4")
                if complete:
                    self._odds.add(posts, np.maximum(expected, _LEAST), self._level, late == 0.0)
                found = self._odds.weigh(found)
        if complete:
            self._buckets += 1
            self._good[0] += posts - late
            self._good[1] += expected
            self._owed *= plan.keep_owed
        else:
            windows.complete = -1
            self._owed += np.maximum(0.0, expected - posts)
        return expected, found

    def deviation(self) -> Array:
        """The standard deviation of each series' newest bucket, as it is expected."""
        sums = self.windows.sums()[0]
        mean = np.maximum(sums[EXPECTED], _LEAST)
        rhythm = mean / np.maximum(self._level * self._sizes[0], _LEAST)
        deviation: Array = np.sqrt(mean + self._stray.relative(0, rhythm) * mean * mean)
        return deviation

    def teach(self, start: int, step: int, counts: Array) -> None:
        """Learns the past: counts per ``step`` ms from ``start``, (step, series). Raises ValueError after the first bucket.

        Steps longer than a block are spread evenly over their blocks, shorter ones are added up.
        """
        if self.last != _NEVER:
            raise ValueError("history after the first bucket")
        plan = self._plan
        begin = start + plan.settings.timezone_offset_ms
        parts = max(1, step // plan.block)
        block, posts, length = begin // plan.block, np.zeros(self.count), 0
        for index in range(len(counts)):
            for part in range(parts):
                at = (begin + index * step + part * plan.block) // plan.block
                if at != block and length:
                    self._teach(block, posts, length / plan.settings.bucket_ms)
                    posts, length = np.zeros(self.count), 0
                block = at
                posts += counts[index] * (part + 1) // parts - counts[index] * part // parts
                length += step // parts
        if length:
            self._teach(block, posts, length / plan.settings.bucket_ms)
        # What happened before anybody watched is no news: the windows begin with the first bucket.
        self.windows.clear()

    def dump(self) -> Plain:
        base, stray, windows, odds = (part.dump() for part in self._parts)
        return [[self.count, self.last, self._block, self._buckets], [base, stray, windows, super().dump(), odds]]

    def load(self, state: Plain, count: int = 0) -> None:
        (self.count, self.last, self._block, self._buckets), (base, stray, windows, own, *odds) = state
        for part, each in zip(self._parts, (base, stray, windows, odds[0] if odds else {}), strict=True):
            part.load(each, self.count)
        super().load(own, self.count)
        if not odds:
            self._open(self._block)

    def _rate(self, into: int) -> Array:
        """Posts expected of the bucket that begins so many ms into the block: a line between the middles of the hours."""
        before, here, after = self._rates
        place = (into + self._plan.settings.bucket_ms / 2) / self._plan.block - 0.5
        slope: Array = after - here if place > 0.0 else here - before
        rate: Array = here + slope * place
        return rate

    def _judge(self) -> Array:
        """The surprise of each window, less what it has to outweigh."""
        settings, plan = self._plan.settings, self._plan
        sums = self.windows.sums()
        posts, authors = sums[:, POSTS], sums[:, AUTHORS]
        found = np.zeros(posts.shape)
        rise = posts - sums[:, EXPECTED]
        window, series = np.nonzero((rise > 0.0) & (posts >= settings.minimum) & ((authors == 0.0) | (authors >= settings.authors)))
        if not len(window):
            return found
        counts, rise = posts[window, series], rise[window, series]
        mean = np.maximum(sums[window, EXPECTED, series], _LEAST)
        share = self._stray.shares()[window, series]
        usual = self._level[series] * self._sizes[window]
        dispersion = share * usual / mean * self._stray.tilt(mean / usual, window) + self._doubt[series]
        far = rise * rise > _NEAR * (mean + dispersion * mean * mean)
        window, series = window[far], series[far]
        deep = surprise(counts[far], mean[far], dispersion[far]) - plan.correction[window]
        found[window, series] = np.maximum(0.0, deep)
        return found

    def _turn(self, block: int) -> None:
        """Learns the block that has ended and sets the rates for a new one."""
        plan, windows = self._plan, self.windows
        if windows.seen:
            if windows.complete >= 0 and self._base.learned and windows.seen == plan.short[-1]:
                shares = self._stray.shares()
                calm = self._heat < plan.settings.hot
                for window, size in enumerate(plan.short):
                    pieces = windows.pieces(size)
                    self._stray.learn(window, shares[window], self._level * size, pieces[:, POSTS], pieces[:, EXPECTED], calm)
            windows.turn()
            self._learn(self._block, self._good[0], self._good[1], float(self._buckets))
            self._buckets = 0
            self._good[:] = 0.0
        if self._block not in (block, block - 1):
            # After a gap the last day is another one.
            windows.clear()
            self._odds.clear()
        self._odds.turn()
        self._open(block)

    def _teach(self, block: int, posts: Array, buckets: float) -> None:
        """Learns a block that is known as a whole only."""
        plan = self._plan
        self._open(block)
        expected = self._rates[1] * buckets if self._base.learned else posts
        if self._base.learned:
            shares = self._stray.shares()
            for window, size in enumerate(plan.short):
                # The cautious case: noise that does not outlast a bucket, and averages out in the block.
                scale = plan.buckets / size
                self._stray.learn(window, shares[window], self._level * buckets, posts[None], expected[None], scale=scale)
        self.windows.now[POSTS], self.windows.now[EXPECTED] = posts, expected
        self.windows.turn()
        self._learn(block, posts, expected, buckets)

    def _learn(self, block: int, posts: Array, expected: Array, buckets: float) -> None:
        plan, base = self._plan, self._base
        self._stray.forget()
        if not buckets:
            return
        most = posts
        hot = self._heat >= plan.settings.hot
        self._calm = np.where(hot, 0, self._calm + 1).astype("i4")
        if base.learned:
            shares = self._stray.shares()
            for index, blocks in enumerate(plan.long):
                window = len(plan.short) + index
                if blocks <= self.windows.complete:
                    total, size = self.windows.last(blocks), plan.sizes[window]
                    calm = self._calm >= blocks
                    self._stray.learn(window, shares[window], self._level * size, total[None, POSTS], total[None, EXPECTED], calm)
        held = hot & (self._hot < plan.held)
        self._hot = np.where(hot, self._hot + 1, np.maximum(self._hot - 1, 0)).astype("i4")
        self._heat[:] = 0.0
        if base.learned >= plan.youth:
            share = self._stray.shares()[len(plan.short) - 1]
            most = expected + plan.settings.clip * np.sqrt(1.0 + expected + share * expected * self._level * buckets)
            # A rise that goes on would hide itself.
            most[held] = expected[held]
        base.learn(block, np.minimum(posts, most), buckets, self._stray.shares()[len(plan.short) - 1])
        if base.learned % plan.day == 0:
            self._stray.settle()

    def _open(self, block: int) -> None:
        base, youth = self._base, self._plan.youth
        self._block = block
        if base.learned:
            self._level = base.level()
            self._rates = self._level * np.stack([base.rhythm(block - 1), base.rhythm(block), base.rhythm(block + 1)])
            self._doubt = 1.0 / base.posts + (youth / (base.learned + youth / 3.0)) ** 2
            rhythm = np.maximum(self._rates[1], _LEAST) / np.maximum(self._level, _LEAST)
            self._odds.spread(self._stray.relative(len(self._plan.short) - 1, rhythm) + self._doubt)
