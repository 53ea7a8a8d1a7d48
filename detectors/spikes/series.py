"""One series: its baseline, its windows, how they stray, and its alarm."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detectors.base import Bucket, Judgement
from detectors.spikes.alarm import Alarm
from detectors.spikes.baseline import Baseline
from detectors.spikes.dispersion import Dispersion
from detectors.spikes.plan import Plan
from detectors.spikes.tail import surprise
from detectors.spikes.windows import Windows
from monitor.model.incident import Spike
from monitor.model.plain import Plain

_NEVER = -(1 << 62)
_LEAST = 1e-6
"""Posts expected of a window at least: an expectation of nothing would make any post infinitely surprising."""


class Series:
    """Judges bucket after bucket by what earlier ones taught. ``name`` is only repeated in what it says."""

    __slots__ = (
        "_alarm",
        "_base",
        "_block",
        "_buckets",
        "_doubt",
        "_expected",
        "_last",
        "_level",
        "_name",
        "_owed",
        "_plan",
        "_posts",
        "_rates",
        "_stray",
        "_windows",
    )

    def __init__(self, name: str, plan: Plan) -> None:
        self._name = name
        self._plan = plan
        self._base = Baseline(plan)
        self._stray = Dispersion(plan)
        self._windows = Windows(plan)
        self._alarm = Alarm(plan.settings)
        self._last = self._block = _NEVER
        # The complete buckets of the current block: their number, posts and expectation.
        self._buckets = 0
        self._posts = self._expected = 0.0
        self._owed = 0.0
        self._level: float | None = None
        self._doubt = 0.0
        self._rates = (0.0, 0.0, 0.0)

    def observe(self, bucket: Bucket) -> Judgement:
        """See SpikeDetector. Raises ValueError for a bucket that is not later than the one before."""
        start, posts, authors, complete = bucket
        if start <= self._last:
            raise ValueError(f"series {self._name}: the bucket at {start} is not after the one at {self._last}")
        self._last = start
        plan = self._plan
        local = start + plan.settings.timezone_offset_ms
        block = local // plan.block
        if block != self._block or not self._windows.seen:
            self._turn(block)
        windows = self._windows
        # The first block of a series without any prior is taken as it is.
        expected = float(posts) if self._level is None else self._rate(local - block * plan.block)
        late = 0.0
        if self._owed:
            # Posts that belong to earlier buckets are expected here, and teach nothing.
            late = min(self._owed, max(0.0, posts - expected))
            self._owed -= late
        windows.add(posts, expected + late, authors)
        worst, window = self._worst() if windows.day >= plan.settings.minimum else (0.0, -1)
        if complete:
            self._buckets += 1
            self._posts += posts - late
            self._expected += expected
            self._owed *= plan.keep_owed
        else:
            windows.complete = -1
            self._owed += max(0.0, expected - posts)
        found = int(worst + 0.5)
        level = self._alarm.judge(found, start)
        spike = None
        if level is not None:
            back, since, usual = windows.onset(window)
            onset = start - (back - 1) * plan.settings.bucket_ms
            spike = Spike(self._name, start, level, since, int(usual * 1000.0 + 0.5), found, onset)
        return Judgement(int(expected * 1000.0 + 0.5), found, spike, self._alarm.rank > 0)

    def history(self, start: int, step: int, counts: Sequence[int]) -> None:
        """See SpikeDetector. Steps longer than a block are spread evenly over their blocks, shorter ones are added up."""
        if self._last != _NEVER:
            raise ValueError(f"series {self._name}: history after the first bucket")
        plan = self._plan
        begin = start + plan.settings.timezone_offset_ms
        parts = max(1, step // plan.block)
        block, posts, length = begin // plan.block, 0, 0
        for index, count in enumerate(counts):
            for part in range(parts):
                at = (begin + index * step + part * plan.block) // plan.block
                if at != block and length:
                    self._teach(block, posts, length / plan.settings.bucket_ms)
                    posts = length = 0
                block = at
                posts += count * (part + 1) // parts - count * part // parts
                length += step // parts
        if length:
            self._teach(block, posts, length / plan.settings.bucket_ms)
        # What happened before anybody watched is no news: the windows begin with the first bucket.
        self._windows = Windows(plan)

    def dump(self) -> Plain:
        numbers = [self._last, self._block, self._buckets, self._posts, self._expected, self._owed]
        rates = [self._level, self._doubt, *self._rates]
        return [numbers, rates, self._base.dump(), self._stray.dump(), self._windows.dump(), self._alarm.dump()]

    def load(self, state: Plain) -> None:
        numbers, rates, base, stray, windows, alarm = state
        self._last, self._block, self._buckets, self._posts, self._expected, self._owed = numbers
        self._level, self._doubt, *three = rates
        self._rates = (three[0], three[1], three[2])
        self._base.load(base)
        self._stray.load(stray)
        self._windows.load(windows)
        self._alarm.load(alarm)

    def _rate(self, into: int) -> float:
        """Posts expected of the bucket that begins so many ms into the block: a line between the middles of the hours."""
        before, here, after = self._rates
        place = (into + self._plan.settings.bucket_ms / 2) / self._plan.block - 0.5
        return here + (after - here) * place if place > 0.0 else here + (here - before) * place

    def _worst(self) -> tuple[float, int]:
        """The surprise of the most surprising window, corrected for their number, and the window; (0.0, -1) for none."""
        settings = self._plan.settings
        sizes = self._plan.sizes
        level = self._level or 0.0
        worst, chosen = 0.0, -1
        for window in range(len(sizes) - 1, -1, -1):
            total = self._windows.sum(window, settings.minimum)
            if total is None:
                # The shorter ones lie within this one.
                break
            posts, mean, authors = total
            mean = max(mean, _LEAST)
            if posts <= mean or 0 < authors < settings.authors:
                continue
            dispersion = self._stray.share(window) * level * sizes[window] / mean + self._doubt
            # Within a standard deviation the correction leaves nothing.
            if (posts - mean) ** 2 > mean + dispersion * mean * mean:
                found = surprise(posts, mean, dispersion) - self._plan.correction
                if found > worst:
                    worst, chosen = found, window
        return worst, chosen

    def _turn(self, block: int) -> None:
        """Learns the block that has ended and sets the rates for a new one."""
        plan, windows = self._plan, self._windows
        if windows.seen:
            if windows.complete >= 0 and self._level is not None:
                for window, size in enumerate(plan.short):
                    self._stray.learn(window, self._level * size, windows.pieces(size))
            windows.turn()
            self._learn(self._block, self._posts, self._expected, float(self._buckets))
            self._buckets = 0
            self._posts = self._expected = 0.0
        if self._block not in (block, block - 1):
            # After a gap the last day is another one.
            self._windows = Windows(plan)
        self._block = block
        self._open(block)

    def _teach(self, block: int, posts: int, buckets: float) -> None:
        """Learns a block that is known as a whole only."""
        plan = self._plan
        self._open(block)
        expected = float(posts) if self._level is None else self._rates[1] * buckets
        if self._level is not None:
            for window, size in enumerate(plan.short):
                # The cautious case: noise that does not outlast a bucket, and averages out in the block.
                scale = plan.buckets / size
                self._stray.learn(window, self._level * buckets, [(posts, expected)], scale)
        self._windows.turn((posts, expected, 0))
        self._learn(block, posts, expected, buckets)
        self._block = block

    def _learn(self, block: int, posts: float, expected: float, buckets: float) -> None:
        plan, level = self._plan, self._level
        self._stray.forget()
        if not buckets:
            return
        if level is not None:
            for index, blocks in enumerate(plan.long):
                window = len(plan.short) + index
                if blocks <= self._windows.complete:
                    total = self._windows.last(blocks)
                    self._stray.learn(window, level * plan.sizes[window], [total[:2]])
        most = posts
        if level is not None and self._base.learned >= plan.youth:
            share = self._stray.share(len(plan.short) - 1)
            most = expected + plan.settings.clip * math.sqrt(1.0 + expected + share * expected * level * buckets)
        self._base.learn(block, posts, min(posts, most), buckets)

    def _open(self, block: int) -> None:
        base, youth = self._base, self._plan.youth
        self._level = level = base.level()
        if level is not None:
            self._rates = (level * base.rhythm(block - 1), level * base.rhythm(block), level * base.rhythm(block + 1))
            self._doubt = 1.0 / base.posts + (youth / (base.learned + youth / 3.0)) ** 2
