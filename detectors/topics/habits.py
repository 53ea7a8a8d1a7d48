"""The habits of words: how many people write each within an hour, on average and at most, fading with time.

Heavy hitters with decay: words that one person alone writes within an hour are not kept, their habit is less than one. When too many
are known the faintest go, and are as new as any other when they come again.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.plain import Plain

UNKNOWN = 0.5
"""People an hour who may write a word whose habit is not kept."""


class Habits:
    """``limit`` words; halves are half-lives in hours. Hours are numbers of hours, never falling."""

    def __init__(self, limit: int, mean_half: float, peak_half: float) -> None:
        self._limit = limit
        self._mean = 0.5 ** (1.0 / mean_half)
        # What is left after so many hours; after more it is nothing.
        self._left = [(0.5 ** (hours / mean_half), 0.5 ** (hours / peak_half)) for hours in range(int(20 * peak_half))]
        # Word: faded sum of people, faded highest hour, hour of both.
        self._words: dict[str, tuple[float, float, int]] = {}
        self._people = 0.0
        self._hours = 0
        self._last = 0
        # What was asked for since the last hour was learned.
        self._asked: dict[str, float] = {}

    @property
    def hours(self) -> int:
        """How many hours were learned."""
        return self._hours

    def learn(self, hour: int, people: int, words: Iterable[tuple[str, int]]) -> None:
        """An hour is over: how many people wrote at all, and each word that several of them wrote."""
        self._people = self._people * self._fade(hour - self._last)[0] + people if self._hours else float(people)
        self._hours += hour - self._last if self._hours else 1
        self._last = hour
        self._asked.clear()
        known = self._words
        get, left = known.get, self._left
        for word, count in words:
            habit = get(word)
            if habit is None:
                known[word] = (count, count, hour)
            else:
                total, peak, since = habit
                mean, highest = left[hour - since] if hour - since < len(left) else (0.0, 0.0)
                known[word] = (total * mean + count, max(peak * highest, count), hour)
        if len(known) > self._limit:
            self._forget(hour)

    def usual(self) -> float:
        """People who write within an hour."""
        return self._people / self._weight()

    def expected(self, word: str) -> float:
        """People who write a word within a usual hour, or within its highest, which was no surprise for long."""
        found = self._asked.get(word)
        if found is None:
            found = self._asked[word] = self._expected(word)
        return found

    def _expected(self, word: str) -> float:
        total, peak, since = self._words.get(word, (0.0, 0.0, self._last))
        mean, highest = self._fade(self._last - since)
        return float(max(total * mean / self._weight() + UNKNOWN, peak * highest))

    def _weight(self) -> float:
        return (1.0 - self._mean**self._hours) / (1.0 - self._mean) if self._hours else 1.0

    def _fade(self, hours: int) -> tuple[float, float]:
        return self._left[hours] if hours < len(self._left) else (0.0, 0.0)

    def _forget(self, hour: int) -> None:
        """Keeps nine tenths of the limit, so that this is seldom done."""
        known = self._words
        strength = {word: total * self._fade(hour - since)[0] for word, (total, _, since) in known.items()}
        kept = sorted(known, key=lambda word: (-strength[word], word))[: self._limit * 9 // 10]
        self._words = {word: known[word] for word in kept}

    def dump(self) -> Plain:
        return [[[word, *habit] for word, habit in self._words.items()], self._people, self._hours, self._last]

    def load(self, state: Plain) -> None:
        words, self._people, self._hours, self._last = state
        self._asked.clear()
        self._words = {word: (total, peak, since) for word, total, peak, since in words}
