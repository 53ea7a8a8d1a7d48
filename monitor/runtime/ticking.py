"""When it is for watch: the machine's clock, unless that was put back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

AHEAD: Final = 60_000
"""Ms by which what was read may be ahead of this machine's clock: crawlers have clocks of their own."""
SLOWER: Final = 2
"""A clock that was put back may have been wrong before or be wrong now. Time goes on until it is there again, so that deadlines pass
and sources fall silent, and at half the pace, so that it gets there."""


class Ticking:
    """Makes the times of the ticks of one partition. ``steady``: seconds that nobody sets."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._last = 0
        self._at = steady()

    def lead(self, now: int, known: int) -> int:
        """By how much (ms) the time to tell is ahead of what the machine's clock says, ``now``, where watch has got to ``known``."""
        steady = self._steady()
        passed, self._at = steady - self._at, steady
        known = max(known, self._last)
        self._last = now if known <= now + AHEAD else known + int(passed * 1000) // SLOWER
        return self._last - now
