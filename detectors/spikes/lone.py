"""One series by itself: judged by what it did so far, at a rate of alerts of its own."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectors.spikes.alarm import Alarm
from detectors.spikes.bank import Bank
from detectors.spikes.habits import Habits
from detectors.spikes.plan import Plan
from detectors.spikes.settings import SpikeSettings
from monitor.model.incident import AlertLevel


class Seen(NamedTuple):
    """A bucket: posts expected, up to how many are usual, and, where a spike begins or rises, its level and what was seen since
    it began: posts, expected posts, surprise in decibels.
    """

    expected: float
    usual: float
    level: AlertLevel | None = None
    observed: int = 0
    since: float = 0.0
    surprise: int = 0


class Lone:
    """``per_week`` is how many alerts a week people want from a series that goes on as it did."""

    def __init__(self, settings: SpikeSettings) -> None:
        self._plan = Plan(settings, alone=True)
        self._per_week = settings.per_week
        self._bank = Bank(self._plan)
        self._habits = Habits(self._plan)
        self._bank.grow(1)
        self._habits.grow(1)
        self._alarm = Alarm(settings)

    def see(self, start: int, posts: int, complete: bool) -> Seen:
        """Judges the next bucket by those before."""
        expected, found = self._bank.step(start, np.array([float(posts)]), np.zeros(1), complete)
        rare = float(self._habits.rarity(found)[0]) * self._per_week
        # The alarm's lowest level stands where the rate does: a surprise as rare as once in 1/per_week weeks.
        level = self._alarm.judge(round(self._plan.settings.notice + 10.0 * math.log10(rare)) if rare > 0.0 else 0, start)
        mean, deviation = float(expected[0]), float(self._bank.deviation()[0])
        seen = Seen(mean, mean + 2.0 * deviation)
        if level is None:
            return seen
        _, since, usual = self._bank.windows.onset(0, int(found[:, 0].argmax()))
        return seen._replace(level=level, observed=since, since=usual, surprise=int(found.max() + 0.5))
