"""One life of a crawler in tests.sources.trouble: its loop has no threads, and from its death on it writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

from monitor.bench.virtual import VirtualLoop
from monitor.log.base import Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import RetryableError
from tests.sources.leaks import Leaks

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Loop(VirtualLoop):
    """Threads would not know of virtual time: what is given to them is done here."""

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        made: asyncio.Future[T] = self.create_future()
        try:
            made.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 (it is whoever waits for the result that gets it)
            made.set_exception(error)
        return made


class Mortal:
    """The log as one crawler has it: from the moment of its death nothing is written any more."""

    def __init__(self, log: SqliteLog) -> None:
        self._log = log
        self.dead = False

    async def append(self, records: Sequence[Append], **more: Any) -> list[int]:
        if self.dead:
            raise RetryableError("dead")
        return await self._log.append(records, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Shown:
    """Where the health of sources is written to."""

    def __init__(self, leaks: Leaks) -> None:
        self._leaks = leaks

    async def write(self, rows: Sequence[Any]) -> None:
        self._leaks.said(rows)

    async def close(self, patience: float | None = None) -> None:
        """Nothing is held."""
