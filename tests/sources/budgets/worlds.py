"""A network's own limiter, and a log that can lose its writer at any moment: what budgets are judged by."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from monitor.model.errors import RetryableError
from sources.budgets.budgets import Budgets
from sources.budgets.limits import USER, Limits, Rate
from sources.budgets.time import Time
from sources.budgets.token import Token

DAY = 86_400.0
SMALL = Limits(
    {USER: Rate(3), "community": Rate(20)},
    {"wall.get": 60, "wall.search": 5},
    {"wall.get": frozenset({USER, "service"}), "wall.search": frozenset({USER, "service"})},
)
"""VK in small: a quota that a test can use up."""


class Network:
    """Counts requests by when they arrive, seconds of real time, and remembers each time that a limit was exceeded."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.arrivals: dict[str, list[float]] = defaultdict(list)
        self.calls: dict[tuple[str, str], deque[tuple[float, int]]] = defaultdict(deque)
        self.exceeded: list[str] = []

    def arrive(self, token: str, kind: str, method: str, at: float, calls: int = 1) -> None:
        rate = self._limits.rate(kind)
        times = self.arrivals[token]
        assert not times or at >= times[-1], "requests are told of when they arrive"
        times.append(at)
        if len(times) > rate.count and at - times[-1 - rate.count] < rate.seconds - 1e-9:
            self.exceeded.append(f"{token}: {rate.count + 1} requests from {times[-1 - rate.count]} to {at}")
        made = self.calls[token, method]
        made.append((at, calls))
        while made[0][0] <= at - DAY:
            made.popleft()
        quota = self._limits.quotas.get(method)
        if quota and sum(count for _, count in made) > quota:
            self.exceeded.append(f"{token}: {method} more than {quota} times in the day before {at}")


class Kept:
    """What is beside the log. ``fails``: how many of the next writes fail; ``slow``: seconds that each takes."""

    def __init__(self, time: Time | None = None, slow: float = 0.0) -> None:
        self.values: dict[str, str] = {}
        self.writes = 0
        self.fails = 0
        self._time = time
        self._slow = slow

    async def read(self, name: str) -> str:
        return self.values.get(name, "")

    async def write(self, values: Mapping[str, str]) -> None:
        if self._time and self._slow:
            await self._time.sleep(self._slow)
        if self.fails > 0:
            self.fails -= 1
            raise RetryableError("the disk is full")
        self.values.update(values)
        self.writes += 1


def tokens(count: int, kind: str = USER) -> list[Token]:
    return [Token("vk", kind, f"t{number}", f"secret-{number}") for number in range(count)]


async def opened(owned: list[Token], time: Time, kept: Kept, limits: Limits = SMALL, lease: float = 0.0, owner: str = "") -> Budgets:
    """Budgets of a process that has all of the tokens."""
    budgets = Budgets(owned, {"vk": limits}, time, lease=lease, owner=owner)
    budgets.open(kept)
    await budgets.own([token.id for token in owned])
    return budgets
