"""Time as something that is passed in: nothing below the command line reads a wall clock of its own."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """The time now, ms since the Unix epoch, and a sleep of so many of its seconds."""

    def now(self) -> int: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SimulatedClock:
    """A clock that starts at ``start`` (ms) and runs ``speed`` times as fast as real time."""

    def __init__(self, start: int, speed: float = 1.0) -> None:
        self._start = start
        self._speed = speed
        self._origin = time.monotonic()

    def now(self) -> int:
        return self._start + int((time.monotonic() - self._origin) * 1000 * self._speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class ManualClock:
    """A clock for tests and replays: it stands still until it is moved; sleeping moves it."""

    def __init__(self, start: int = 0) -> None:
        self._now = start

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        self._now = max(self._now, now)

    async def sleep(self, seconds: float) -> None:
        self._now += int(seconds * 1000)
        await asyncio.sleep(0)
