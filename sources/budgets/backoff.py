"""How long tokens and hosts are left alone: longer each time in a row, and never shorter than the network says."""

from __future__ import annotations

from collections import Counter
from typing import Final

# A network that says "too often" counts otherwise than we do: longer and longer pauses find out how.
RATE_REST: Final = 1.0
RATE_LONGEST: Final = 60.0
# VK blocks a call that is repeated too often for itself; nobody knows for how long.
FLOOD_REST: Final = 600.0
FLOOD_LONGEST: Final = 21_600.0
# Somebody else uses the token too. VK was seen to allow again half an hour after it had refused.
QUOTA_REST: Final = 3600.0
# A person has to look at it; the day after it may have been done.
CAPTCHA_REST: Final = 86_400.0


class Backoff:
    """What failed how often in a row, by token or host, method, and kind of failure."""

    def __init__(self) -> None:
        self._failures: Counter[tuple[str, str, str]] = Counter()

    def longer(self, name: str, method: str, what: str, wait: float, shortest: float, longest: float) -> float:
        """Seconds: twice as long as the last time in a row, within bounds; ``wait`` is what the network says."""
        self._failures[name, method, what] += 1
        return max(wait, min(shortest * 2.0 ** (self._failures[name, method, what] - 1), longest))

    def forget(self, name: str, method: str, what: str) -> None:
        """It went well."""
        self._failures.pop((name, method, what), None)
