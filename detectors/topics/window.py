"""The words of the last one to two hours in one place, and how far they are from their habits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from detectors.spikes.tail import surprise
from detectors.topics.habits import Habits
from detectors.topics.settings import TopicSettings
from monitor.model.plain import Plain

_BITS = 20
_COUNT = (1 << _BITS) - 1
_SOURCES = 40
"""Bits for sources beside a count: where a place has more, some share one, and a word has to be in more sources."""
_STRAY = 0.3
"""Variance beyond Poisson's, as a share of the squared mean: talk provokes talk."""
_WARM = 2
"""A word is looked at when so many times fewer people than needed wrote it within one hour: it has two."""


class Found(NamedTuple):
    """A word that is far from its habit: people who wrote it, how many were expected, in how many sources, surprise in decibels."""

    word: str
    people: int
    expected: float
    sources: int
    surprise: int


class Window:
    """One place. ``words``: whose habits are kept."""

    def __init__(self, settings: TopicSettings, words: int) -> None:
        self._settings = settings
        self._habits = Habits(words, settings.mean_hours, settings.peak_hours)
        self._warm = settings.people // _WARM
        # Word: people in the low bits, sources in the high ones.
        self._now: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._people = [0, 0]
        self._hot: dict[str, None] = {}

    def add(self, people: int, words: Mapping[str, int], source: int) -> None:
        """Counts a page of the source with that number in."""
        self._people[0] += people
        now, hot, warm = self._now, self._hot, self._warm
        have = now.get
        bit = 1 << (_BITS + source % _SOURCES)
        for word, count in words.items():
            value = now[word] = (have(word, 0) + count) | bit
            if value & _COUNT >= warm:
                hot[word] = None

    def turn(self, hour: int, passed: int) -> None:
        """``passed`` hours are over; ``hour`` is the number of the one that ended first. What leaves the window becomes a habit."""
        for step in range(min(passed, 2)):
            # The hour that leaves is the one before the one that ends.
            self._habits.learn(
                hour + step - 1, self._people[1], ((word, value & _COUNT) for word, value in self._last.items() if value & _COUNT > 1)
            )
            self._last, self._now = self._now, {}
            self._people = [0, self._people[0]]
        self._hot = dict.fromkeys(word for word, value in self._last.items() if value & _COUNT >= self._warm)

    def count(self, word: str) -> int:
        return (self._now.get(word, 0) & _COUNT) + (self._last.get(word, 0) & _COUNT)

    def rises(self, word: str) -> bool:
        """Whether twice as many people as are expected write a word."""
        people = self.count(word)
        return people > 2.0 * self._expected(word, people)

    def _expected(self, word: str, people: int) -> float:
        """How many would write a word in so many hours of usual talk as the window holds, by the others who write: whatever the hour,
        and whatever was caught up with.
        """
        others = sum(self._people) - people
        return max(0.5, others / max(1.0, self._habits.usual())) * self._habits.expected(word)

    def found(self) -> list[Found]:
        """Words that are far from their habits, in order of their first appearance; none before the habits are known."""
        settings, habits = self._settings, self._habits
        if habits.hours < settings.warm_hours:
            return []
        rows: list[tuple[str, int, float, int]] = []
        for word in self._hot:
            now, last = self._now.get(word, 0), self._last.get(word, 0)
            people, sources = (now & _COUNT) + (last & _COUNT), ((now | last) >> _BITS).bit_count()
            if people >= settings.people and sources >= settings.sources:
                expected = self._expected(word, people)
                if people > expected:
                    rows.append((word, people, expected, sources))
        if not rows:
            return []
        deep = depth([row[1] for row in rows], [row[2] for row in rows])
        return [Found(*row, value) for row, value in zip(rows, deep, strict=True) if value >= settings.surprise]

    def dump(self) -> Plain:
        return [dict(self._now), dict(self._last), list(self._people), list(self._hot), self._habits.dump()]

    def load(self, state: Plain) -> None:
        self._now, self._last, self._people, hot, habits = state
        self._hot = dict.fromkeys(hot)
        self._habits.load(habits)


def depth(people: list[int], expected: list[float]) -> list[int]:
    """The surprise of each count in decibels."""
    counts, means = np.array(people, float), np.array(expected, float)
    return [int(value + 0.5) for value in surprise(counts, means, np.full(len(counts), _STRAY))]
