"""The words of the last one to two hours in one place, and how far they are from their habits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from detectors.spikes.tail import surprise
from detectors.topics.habits import Habits
from detectors.topics.settings import TopicSettings
from monitor.model.plain import Plain

_STRAY = 0.3
"""Variance beyond Poisson's, as a share of the squared mean: talk provokes talk."""
_WARM = 2
"""A word is looked at when so many times fewer people than needed wrote it within one hour: it has two."""


class Found(NamedTuple):
    """A word that is far from its habit: people who wrote it, how many were expected, surprise in decibels."""

    word: str
    people: int
    expected: float
    surprise: int


class Window:
    """One place. ``words``: whose habits are kept."""

    def __init__(self, settings: TopicSettings, words: int) -> None:
        self._settings = settings
        self._habits = Habits(words, settings.mean_hours, settings.peak_hours)
        self._now: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        self._people = [0, 0]

    def add(self, people: int, words: Iterable[str]) -> None:
        """Counts a page in; see detectors.topics.sketch."""
        self._people[0] += people
        self._now.update(words)

    def turn(self, hour: int, passed: int) -> None:
        """``passed`` hours are over; ``hour`` is the number of the one that ended first. What leaves the window becomes a habit."""
        for step in range(min(passed, 2)):
            # The hour that leaves is the one before the one that ends.
            self._habits.learn(hour + step - 1, self._people[1], [(word, count) for word, count in self._last.items() if count > 1])
            self._last, self._now = self._now, Counter()
            self._people = [0, self._people[0]]

    def count(self, word: str) -> int:
        return self._now.get(word, 0) + self._last.get(word, 0)

    def rises(self, word: str) -> bool:
        """Whether twice as many people as are expected write a word."""
        people = self.count(word)
        others = sum(self._people) - people
        return people > 2.0 * max(0.5, others / max(1.0, self._habits.usual())) * self._habits.expected(word)

    def found(self) -> list[Found]:
        """Words that are far from their habits, in order of their first appearance; none before the habits are known.

        What is expected are so many hours of usual talk as the window holds by the others who write in it: whatever the hour, and
        whatever was caught up with.
        """
        settings, habits = self._settings, self._habits
        if habits.hours < settings.warm_hours:
            return []
        rows: list[tuple[str, int, float]] = []
        now, last, expected, least = self._now, self._last, habits.expected, settings.people
        total, usual = sum(self._people), max(1.0, habits.usual())
        warm = least // _WARM
        for word in dict.fromkeys([word for some in (last, now) for word, count in some.items() if count >= warm]):
            people = now.get(word, 0) + last.get(word, 0)
            if people >= least:
                mean = max(0.5, (total - people) / usual) * expected(word)
                if people > mean:
                    rows.append((word, people, mean))
        if not rows:
            return []
        deep = depth([row[1] for row in rows], [row[2] for row in rows])
        return [Found(*row, value) for row, value in zip(rows, deep, strict=True) if value >= settings.surprise]

    def dump(self) -> Plain:
        return [dict(self._now), dict(self._last), list(self._people), self._habits.dump()]

    def load(self, state: Plain) -> None:
        now, last, self._people, habits = state
        self._now, self._last = Counter(now), Counter(last)
        self._habits.load(habits)


def depth(people: list[int], expected: list[float]) -> list[int]:
    """The surprise of each count in decibels."""
    counts, means = np.array(people, float), np.array(expected, float)
    return [int(value + 0.5) for value in surprise(counts, means, np.full(len(counts), _STRAY))]
