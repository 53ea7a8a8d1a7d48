"""How often a stand-in was asked: by its own count and its own clock, so that a limit is judged by who imposes it."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable


class Counts:
    """Times of requests by key (a token, a method, a host). ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, list[float]] = defaultdict(list)

    def hit(self, key: str) -> int:
        """Counts one request; returns how many there were in the second that ends now, this one included."""
        now = self._clock()
        self._times[key].append(now)
        return self.within(key, 1.0)

    def total(self, key: str) -> int:
        return len(self._times[key])

    def within(self, key: str, seconds: float) -> int:
        """Requests in the ``seconds`` that end now."""
        return len(self._times[key]) - bisect_left(self._times[key], self._clock() - seconds + 1e-9)

    def most(self, key: str, seconds: float) -> int:
        """The greatest number of requests in any ``seconds`` in a row."""
        times = self._times[key]
        return max((place + 1 - bisect_left(times, at - seconds + 1e-9) for place, at in enumerate(times)), default=0)
