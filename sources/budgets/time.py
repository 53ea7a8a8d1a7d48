"""The time that budgets count by: a wall clock is asked once, then only steady time passes.

A wall clock that is put forward in mid-day would make a quota look fresh, and one that is put back would stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol


class Time(Protocol):
    """``now``: ms since 1970, for what lasts days and is written down. ``steady``: seconds that only go forward."""

    def now(self) -> int: ...

    def steady(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SteadyTime:
    """Fulfils Time. ``steady``: seconds that only go forward; ``sleep`` takes such seconds."""

    def __init__(self, wall: int, steady: Callable[[], float], sleep: Callable[[float], Coroutine[Any, Any, None]]) -> None:
        self.steady = steady
        self.sleep = sleep
        self._offset = wall - steady() * 1000

    def now(self) -> int:
        return int(self._offset + self.steady() * 1000)
