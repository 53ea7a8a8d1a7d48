"""An event loop whose time passes only when there is nothing to do: a week of waiting takes no time, and each run is the same run."""

from __future__ import annotations

import asyncio
import contextvars
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

MOMENT: Final = 2e-9
"""Seconds; a loop runs what is due within a nanosecond at once, and its time stands still. Whoever waits for less asks for ever."""


class _Skipping(selectors.DefaultSelector):
    """Waits for nobody: where the loop would sleep, its time jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout == 0:
            # Something is to be done first; whatever comes from outside can wait for it.
            return []
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """``time`` begins at 0, seconds. Threads and sockets work, but time does not wait for them."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        return super().call_at(max(when, self.time() + MOMENT), callback, *args, context=context)


class VirtualClock:
    """Fulfils monitor.clock.Clock and sources.budgets.time.Time by the running virtual loop, from ``start`` (ms) on."""

    def __init__(self, start: int) -> None:
        self._start = start

    def now(self) -> int:
        return self._start + int(self.steady() * 1000)

    def steady(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs to the end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
