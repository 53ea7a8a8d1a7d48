"""How often a password may be tried: failures of an address, and of an address with a login, make it wait ever longer."""

from __future__ import annotations

from collections import OrderedDict

FREE = 5
"""Failures of one login from one address before there is a wait."""
FREE_ADDRESS = 20
FIRST = 30_000
LONGEST = 15 * 60_000
MOST = 10_000
"""Names remembered; of more the least recent go."""


class Attempts:
    """``now`` is ms. What succeeded is forgotten."""

    def __init__(self) -> None:
        self._failed: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def wait(self, login: str, address: str, now: int) -> int:
        """Milliseconds until this login may be tried again from this address; 0: now."""
        return max(self._rest((address, login), FREE, now), self._rest((address, ""), FREE_ADDRESS, now))

    def failed(self, login: str, address: str, now: int) -> None:
        for key in ((address, login), (address, "")):
            count, _ = self._failed.pop(key, (0, 0))
            self._failed[key] = count + 1, now
        while len(self._failed) > MOST:
            self._failed.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        self._failed.pop((address, login), None)

    def _rest(self, key: tuple[str, str], free: int, now: int) -> int:
        count, last = self._failed.get(key, (0, 0))
        if count < free:
            return 0
        rest: int = min(FIRST << min(count - free, 20), LONGEST)
        return max(0, last + rest - now)
