"""Where a log of each kind is kept in the tests: the one thing that a new implementation adds to join the conformance suite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.log.base import PAGES, WATCH, Log
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.sqlite import SqliteLog

PARTITIONS = {PAGES: 3, WATCH: 1}


def settings(address: str) -> KafkaSettings:
    """Of a Kafka log at ``host:port/prefix``."""
    servers, _, prefix = address.partition("/")
    return KafkaSettings(servers, prefix, replication_factor=1, min_insync_replicas=1)


async def open_kafka(address: str, *arguments: Any, **more: Any) -> Log:
    return await KafkaLog.open(settings(address), *arguments, **more)


OPENERS: dict[str, Callable[..., Awaitable[Log]]] = {"sqlite": SqliteLog.open, "kafka": open_kafka}
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
