"""A rate that can't be exceeded in any window, however long requests are on their way.

A network counts requests when they arrive, we know only when they leave and when they are answered. So a place is taken when a
request leaves, and is free again one window after its answer. If more than ``count`` requests arrived within one window, then the
one that left last would have found a place whose earlier request was answered, and so had arrived, a whole window before: a
contradiction. It costs little: with answers after 0.2 s three places of a second give 2.5 requests a second.
"""

from __future__ import annotations

from sources.budgets.limits import Rate

HOLD = 120.0
"""Seconds after which a request that nobody told the end of is taken for ended: longer than any time-out or long poll."""


class Places:
    """Times are seconds of a clock that only goes forward."""

    def __init__(self, rate: Rate, hold: float = HOLD) -> None:
        self._rate = rate
        self._hold = hold
        self._free = [float("-inf")] * rate.count
        self._away: dict[int, float] = {}
        self._paused = float("-inf")
        self._tickets = 0

    def take(self, now: float) -> int | None:
        """A ticket for one request, or None if none may leave now."""
        if self.wait(now) > 0:
            return None
        self._free.remove(min(self._free))
        self._tickets += 1
        self._away[self._tickets] = now
        return self._tickets

    def wait(self, now: float) -> float:
        """Seconds until a request may leave, as far as it is known: those under way may end earlier than it says."""
        for ticket in [one for one, left in self._away.items() if left + self._hold <= now]:
            self._back(ticket, self._away[ticket] + self._hold)
        soonest = min([*self._free, *(left + self._hold + self._rate.seconds for left in self._away.values())])
        return max(soonest, self._paused) - now

    def answered(self, ticket: int, now: float) -> None:
        """The request has ended, however. Nothing happens if it was taken for ended already."""
        if ticket in self._away:
            self._back(ticket, now)

    def unused(self, ticket: int) -> None:
        """The request was never sent."""
        if self._away.pop(ticket, None) is not None:
            self._free.append(float("-inf"))

    def pause(self, until: float) -> None:
        """Nothing leaves before."""
        self._paused = max(self._paused, until)

    def paused(self, now: float) -> float:
        """Seconds that a pause still lasts."""
        return max(0.0, self._paused - now)

    def idle(self, now: float) -> bool:
        """Nothing is under way and nothing is remembered: another one can be made in its place."""
        return not self._away and max(*self._free, self._paused, float("-inf")) <= now

    def _back(self, ticket: int, ended: float) -> None:
        del self._away[ticket]
        self._free.append(ended + self._rate.seconds)
