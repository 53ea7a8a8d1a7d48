"""Where a log of each kind is kept in the tests: the one thing that a new implementation adds to join the conformance suite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from monitor.log.base import PAGES, WATCH, Log
from monitor.log.sqlite import SqliteLog

PARTITIONS = {PAGES: 3, WATCH: 1}


OPENERS: dict[str, Callable[..., Awaitable[Log]]] = {"sqlite": SqliteLog.open}
"""What opens or creates a log of each kind, with the arguments of SqliteLog.open."""


@dataclass(frozen=True)
class Place:
    """One log's kind and address; ``open`` again after ``close`` opens the same log."""

    kind: str
    address: str

    async def open(
        self,
        partitions: Mapping[str, int] = PARTITIONS,
        retention_ms: Mapping[str, int] | None = None,
        *,
        identity: str = "",
        epoch: int = 0,
    ) -> Log:
        return await OPENERS[self.kind](self.address, partitions, retention_ms or {}, identity=identity, epoch=epoch)
