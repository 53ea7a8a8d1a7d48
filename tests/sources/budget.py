"""A budget for tests of adapters: it allows what it is told to, and remembers what was booked and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from sources.wire import Booking, Outcome


class FreeBudget:
    """Gives the tokens in turn; those told ``dead`` or ``captcha`` are given no more."""

    def __init__(self, *tokens: Booking) -> None:
        self.tokens = list(tokens) or [Booking("", "")]
        self.booked: list[tuple[str, str]] = []
        self.told: list[tuple[str, str, Outcome, float]] = []

    async def book(self, method: str, kinds: Sequence[str] = (), *, calls: int = 1, key: str = "", token: str = "") -> Booking:
        self.booked.append((method, key))
        found = next(one for one in self.tokens if (not kinds or one.kind in kinds) and token in ("", one.name))
        self.tokens.remove(found)
        self.tokens.append(found)
        return found

    async def tell(self, booking: Booking, method: str, outcome: Outcome, wait: float = 0.0) -> None:
        self.told.append((booking.name, method, outcome, wait))
        if outcome in ("dead", "captcha"):
            self.tokens.remove(booking)
