"""A quota that can't be exceeded in any 24 hours, whatever a network takes for its day, and what of it is written down.

VK does not say when its day begins. What holds in every span of 24 hours holds in every calendar day too, so requests are counted in
quarters of an hour, and all that may lie in the last 24 hours are summed; one quarter more stands for requests on their way. It costs
two hundredths of the quota. Counts are written down ahead, a block at a time: who dies loses the rest of a block and gains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

QUARTER: Final = 900_000
"""Milliseconds."""
SPAN: Final = 98
"""Quarters: those that 24 hours can touch (97), and one."""
USABLE: Final = 96 / SPAN
"""The share of a quota that can be spent for ever."""


class Quota:
    """Of one method of one token. Times are ms; a time before an earlier one counts as that one."""

    def __init__(self, limit: int, written: Mapping[int, int] | None = None) -> None:
        self.limit = limit
        # In small steps, so that little is lost; in few, so that the log has little to write.
        self._block = max(1, min(50, limit // 250))
        self._used = dict(written or {})
        self._written = dict(self._used)
        self._quarter = max(self._used, default=0)
        self._total = sum(self._used.values())

    def used(self, now: int) -> int:
        """Requests that may lie in the last 24 hours."""
        self._roll(now)
        return self._total

    def left(self, now: int) -> int:
        return max(0, self.limit - self.used(now))

    def freed(self, now: int, ahead: int) -> int:
        """Requests that will be free again within ``ahead`` ms, because they will be older than 24 hours."""
        self._roll(now)
        last = self._quarter - SPAN + ahead // QUARTER
        return sum(count for quarter, count in self._used.items() if quarter <= last)

    def wait(self, calls: int, now: int) -> float:
        """Seconds until ``calls`` may be made; infinity if there are more of them than the quota."""
        missing = calls - self.left(now)
        if missing <= 0:
            return 0.0
        for quarter in sorted(self._used):
            missing -= self._used[quarter]
            if missing <= 0:
                return ((quarter + SPAN) * QUARTER - now) / 1000
        return float("inf")

    def charge(self, calls: int, now: int) -> int:
        """Counts them; gives the quarter in which they were counted. The caller has seen that so many are left."""
        self._roll(now)
        self._used[self._quarter] = self._used.get(self._quarter, 0) + calls
        self._total += calls
        return self._quarter

    def give_back(self, calls: int, quarter: int) -> None:
        """They were never made."""
        if quarter in self._used:
            self._used[quarter] -= calls
            self._total -= calls

    def covered(self, quarter: int) -> bool:
        """Whether all that was counted in the quarter is written down."""
        return self._used.get(quarter, 0) <= self._written.get(quarter, 0)

    def draft(self, now: int) -> dict[int, int]:
        """What is to be written down next: all counts, with room for a block in the quarter that is now."""
        self._roll(now)
        current = self._used.get(self._quarter, 0)
        return {**self._used, self._quarter: max(current, min(current + self._block, self.limit))}

    def wrote(self, draft: Mapping[int, int]) -> None:
        """The draft is durable."""
        self._written = dict(draft)

    def _roll(self, now: int) -> None:
        """Forgets what is older than the span. Where a clock was put back time stands still until it is there again."""
        if now // QUARTER <= self._quarter:
            return
        self._quarter = now // QUARTER
        for quarter in [one for one in self._used if one <= self._quarter - SPAN]:
            self._total -= self._used.pop(quarter)
