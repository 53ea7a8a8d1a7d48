"""How much each source writes at which hour of the week, learnt from what is read of it.

A source's rate is a gamma-Poisson estimate that forgets by half in a week; what is not known of it yet is borrowed from its class.
The shape of its week is its own as far as it has written, else that of its class in its region, of its region, and at the very start
of people in general (they sleep). A factor with a memory of two hours follows what is going on now. All are ratios of counts to
expected counts, both with the same number added: the mean of a gamma distribution after Poisson counts, so little evidence moves
little.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOUR: Final = 3_600_000
WEEK: Final = 168
MONDAY: Final = 4 * 24
"""Hours from the epoch, a Thursday, to the first Monday."""

_RATE_HALF: Final = 7 * 24.0
_SHAPE_HALF: Final = 28 * 24.0
_NOW_HALF: Final = 2.0
"""Hours after which evidence counts half."""
_UNSEEN: Final = 0.5
"""Posts that the rate of the class is worth to a source's own."""
_SHAPE_OWN: Final = 10.0
_SHAPE_SHARED: Final = 200.0
_NOW: Final = 3.0
"""The same for the shapes, in posts of one hour of the week, and for what is going on now."""
_RATE: Final = 0.2
"""Posts an hour of a source of which nothing is known, nor of any other."""
# Of an hour of the day, relative: people sleep, and write least before five.
_DAY: Final = (4, 3, 2, 2, 2, 4, 8, 14, 20, 24, 26, 26, 26, 26, 26, 26, 27, 29, 32, 34, 34, 31, 23, 12)

_SCATTER: Final = 20.0
"""Rates vary more than Poisson counts do: silence is judged as if a rate were never known better than from so many posts.

Less where a source has been watched for less than a week: nobody knows its nights and week-ends then.
"""
_HABIT: Final = 36 * HOUR
"""A silence that ended sooner was a habit after all, and is learnt as one."""
_SILENT: Final = log(1e5)
"""A silence is longer than its habit when its chance is below this one: one in a hundred thousand."""


class Known(msgspec.Struct, array_like=True):
    """What is known of one source: posts, the hours in which they were counted, posts expected since the last one.

    ``counts`` and ``hours``: posts and hours by hour of the week.
    """

    posts: float
    exposure: float
    quiet: float
    counts: list[float]
    hours: list[float]


class Habits:
    """Of sources by number. ``groups``: (region, class) of each; ``offsets``: of its local time, ms. Times are ms."""

    def __init__(self, groups: Sequence[tuple[str, str]], offsets: Sequence[int], now: int) -> None:
        count = len(groups)
        self._offsets = list(offsets)
        self._groups = [np.array([n for n, one in enumerate(groups) if one == group]) for group in sorted(set(groups))]
        regions = sorted({region for region, _ in groups})
        self._regions = [np.array([n for n, one in enumerate(groups) if one[0] == region]) for region in regions]
        self._counts = np.zeros((count, WEEK))
        self._hours = np.zeros((count, WEEK))
        self._posts = [0.0] * count
        self._exposure = [0.0] * count
        self._recent = [0.0] * count
        self._expected = [0.0] * count
        self._recent_at = [now] * count
        self._quiet = [0.0] * count
        self._watched = [0.0] * count
        self._held: dict[int, int] = {}
        self._at = now
        self.rates: list[float] = []
        """Posts an hour of each source, over a week."""
        self._shapes: list[list[float]] = []
        self._shape = np.tile(_people(), (count, 1))
        self._shaped_at = now
        self._estimate(shapes=True)

    def first(self, number: int, times: Sequence[int], now: int) -> None:
        """The first answer of a source: the posts that it shows, newest or not. An odd old one (pinned) tells nothing."""
        seen = sorted((at for at in times if now - WEEK * HOUR < at <= now), reverse=True)
        seen = seen[: max(1, len(seen) * 9 // 10)]
        if seen:
            oldest = seen.pop()
            self.observe(number, oldest, now, seen)

    def observe(self, number: int, start: int, end: int, times: Sequence[int]) -> None:
        """The source was read up to ``end``: since ``start`` it has posted at ``times``."""
        if end <= start:
            return
        new = [at for at in times if start < at <= end]
        expected = self.expect(number, start, end)
        self._quiet[number] = self.expect(number, max(new), end) if new else self._quiet[number] + expected
        if number in self._held or self.silent(number):
            # A source that was closed or broken did not change its habits meanwhile; one that is quiet every night has this habit.
            began = self._held.setdefault(number, start)
            if not new:
                return
            del self._held[number]
            if end - began > _HABIT:
                return
            start = began
        fading = 0.5 ** ((end - self._recent_at[number]) / HOUR / _NOW_HALF) if end > self._recent_at[number] else 1.0
        self._recent[number] = self._recent[number] * fading + len(new)
        self._expected[number] = self._expected[number] * fading + expected
        self._recent_at[number] = max(end, self._recent_at[number])
        self._posts[number] += len(new)
        shape, hours, offset = self._shapes[number], self._hours[number], self._offsets[number]
        for at, length in _pieces(start, end):
            hour = _hour(at + offset)
            hours[hour] += length
            self._watched[number] += length
            self._exposure[number] += length * shape[hour]
        for at in new:
            self._counts[number, _hour(at + offset)] += 1.0

    def expect(self, number: int, start: int, end: int) -> float:
        """Posts that the source usually writes between two times."""
        shape, offset = self._shapes[number], self._offsets[number]
        return self.rates[number] * sum([length * shape[_hour(at + offset)] for at, length in _pieces(start, end)], 0.0)

    def silent(self, number: int) -> bool:
        """Whether the source has been quiet for longer than its habit explains, as of what was read last."""
        known = min(_UNSEEN + self._posts[number], _SCATTER * min(1.0, self._watched[number] / WEEK))
        return known > 0 and known * log(1 + self._quiet[number] / known) > _SILENT

    def advance(self, now: int) -> None:
        """Lets evidence fade, and estimates anew: to be called every few minutes."""
        hours = max(0, now - self._at) / HOUR
        self._at = max(now, self._at)
        fading = 0.5 ** (hours / _RATE_HALF)
        self._posts = [posts * fading for posts in self._posts]
        self._exposure = [exposure * fading for exposure in self._exposure]
        self._watched = [watched * 0.5 ** (hours / _SHAPE_HALF) for watched in self._watched]
        self._counts *= 0.5 ** (hours / _SHAPE_HALF)
        self._hours *= 0.5 ** (hours / _SHAPE_HALF)
        shapes = now >= self._shaped_at + HOUR
        if shapes:
            self._shaped_at = now
        self._estimate(shapes=shapes)

    def forecast(self, now: int, slots: int) -> Floats:
        """Posts an hour of each source in the hour that is now and those after it: sources by slots."""
        found = np.empty((len(self.rates), slots))
        rates = np.array(self.rates)
        going_on = np.array([self._going_on(number, now) for number in range(len(self.rates))])
        offsets = np.array(self._offsets, np.int64)  # of no sources too: without its type that is no index
        rows = np.arange(len(self.rates))
        for slot in range(slots):
            hours = ((now + offsets) // HOUR + slot - MONDAY) % WEEK
            found[:, slot] = rates * self._shape[rows, hours] * (1 + (going_on - 1) * 0.5 ** (slot / _NOW_HALF))
        return found

    def dump(self, number: int) -> Known:
        """What is known of a source, for ``load``."""
        counts, hours = self._counts[number].round(1).tolist(), self._hours[number].round(1).tolist()
        return Known(round(self._posts[number], 3), round(self._exposure[number], 3), round(self._quiet[number], 3), counts, hours)

    def load(self, number: int, known: Known) -> None:
        """What another process knew of the source. ``advance`` takes it into account."""
        self._posts[number], self._exposure[number], self._quiet[number] = known.posts, known.exposure, known.quiet
        if len(known.counts) == len(known.hours) == WEEK:
            self._counts[number], self._hours[number] = known.counts, known.hours
            self._watched[number] = sum(known.hours)

    def _going_on(self, number: int, now: int) -> float:
        """What it writes these hours, relative to what it usually does."""
        fading: float = 0.5 ** (max(0, now - self._recent_at[number]) / HOUR / _NOW_HALF)
        return (self._recent[number] * fading + _NOW) / (self._expected[number] * fading + _NOW)

    def _estimate(self, *, shapes: bool) -> None:
        posts, exposure = np.array(self._posts), np.array(self._exposure)
        rates = np.empty(len(posts))
        for group in self._groups:
            usual = (posts[group].sum() + _UNSEEN) / (exposure[group].sum() + _UNSEEN / _RATE)
            rates[group] = (posts[group] + _UNSEEN) / (exposure[group] + _UNSEEN / usual)
        self.rates = rates.tolist()
        if not shapes:
            return
        expected = rates[:, None] * self._hours
        people = _people()
        shared = np.empty_like(self._shape)
        for region in self._regions:
            shared[region] = _shape(self._counts[region].sum(0), expected[region].sum(0), people, _SHAPE_SHARED)
        for group in self._groups:
            shared[group] = _shape(self._counts[group].sum(0), expected[group].sum(0), shared[group[0]], _SHAPE_SHARED)
        self._shape = _shape(self._counts, expected, shared, _SHAPE_OWN)
        # Single numbers are read from lists several times as fast as from arrays.
        self._shapes = self._shape.tolist()


def _shape(counts: Floats, expected: Floats, prior: Floats, worth: float) -> Floats:
    """The relative rate by hour of the week, its mean 1: ``prior`` is worth so many posts of each hour.

    First the day is learnt, which is seen seven times as soon, then how the days of the week differ from it.
    """
    usual = (expected * prior).reshape(*counts.shape[:-1], 7, 24).sum(-2)
    found = prior * np.tile((counts.reshape(*counts.shape[:-1], 7, 24).sum(-2) + worth) / (usual + worth), 7)
    found = found / found.mean(axis=-1, keepdims=True)
    found = found * (counts + worth) / (expected * found + worth)
    return np.asarray(found / found.mean(axis=-1, keepdims=True), dtype=np.float64)


def _people() -> Floats:
    day = np.array(_DAY, dtype=np.float64)
    return np.tile(day / day.mean(), 7)


def _hour(local: int) -> int:
    return (local // HOUR - MONDAY) % WEEK


def _pieces(start: int, end: int) -> list[tuple[int, float]]:
    """The span cut at full hours: the beginning of each piece (ms) and its length in hours."""
    pieces = []
    while start < end:
        border = min(end, start - start % HOUR + HOUR)
        pieces.append((start, (border - start) / HOUR))
        start = border
    return pieces
