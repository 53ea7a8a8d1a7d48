"""A compacted topic of one partition as a map of names to values: cursors and budgets.

Each question first takes in what was appended since the last one (one short request if nothing was), so that several crawlers see
each other's cursors, and whoever takes over a source goes on where the other stood.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from monitor.log.kafka.partition import Partition
from monitor.log.kafka.producer import Outgoing
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.wire import Wire

READ = 1000
"""Records a step: about as many as keep the event loop busy for a millisecond."""


class Table:
    """See the module. An empty value is a value: nothing is ever deleted."""

    def __init__(self, settings: KafkaSettings, wire: Wire, name: str) -> None:
        self._partition = Partition(settings, wire, name, 0, compacted=True)
        self._next = -1
        self._values: dict[str, str] = {}
        self._taking = asyncio.Lock()

    async def values(self) -> Mapping[str, str]:
        """All of it, as it stands now. Not to be changed."""
        async with self._taking:
            if self._next < 0:
                self._next, _ = await self._partition.bounds()
            while records := await self._partition.read(self._next, READ):
                for record in records:
                    self._values[record.key] = record.value.decode()
                self._next = records[-1].offset + 1
        return self._values

    def records(self, values: Mapping[str, str]) -> list[Outgoing]:
        """What is to be appended to store these values."""
        topic = self._partition.slot.topic
        return [Outgoing(topic, 0, name.encode(), value.encode(), None) for name, value in values.items()]

    async def close(self) -> None:
        await self._partition.close()
