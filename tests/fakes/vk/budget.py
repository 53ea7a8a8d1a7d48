"""A budget for tests of adapters: tokens in turn, no waiting; it writes down what it was asked for and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.wire import Booking, Outcome


class PlainBudget:
    """Fulfils sources.wire.Budget. ``tokens``: name, kind, value. A token that is told dead, captcha or quota is not used again."""

    def __init__(self, tokens: Sequence[tuple[str, str, str]]) -> None:
        self._tokens = [Booking(*token) for token in tokens]
        self._parked: set[str] = set()
        self.booked: Counter[str] = Counter()
        self.told: list[tuple[str, str, Outcome, float]] = []
        self._open = 0

    async def book(self, method: str, kinds: Sequence[str] = (), *, calls: int = 1, key: str = "", token: str = "") -> Booking:
        able = [one for one in self._tokens if (not kinds or one.kind in kinds) and token in ("", one.name)]
        if not able:
            raise SourceRefused(f"no token may call {method}")
        ready = [one for one in able if one.name not in self._parked]
        if not ready:
            raise SourceUnavailable("all tokens rest", 60.0)
        self.booked[method] += calls
        self._open += 1
        return ready[sum(self.booked.values()) % len(ready)]

    async def tell(self, booking: Booking, method: str, outcome: Outcome, wait: float = 0.0) -> None:
        self._open -= 1
        self.told.append((booking.name, method, outcome, wait))
        if outcome in ("dead", "captcha", "quota"):
            self._parked.add(booking.name)

    @property
    def untold(self) -> int:
        """Bookings of which nobody told how they ended."""
        return self._open
