"""Faust's transport, told to gather: a record that comes alone costs a worker five times what it costs among others.

Faust takes what there is as soon as there is anything, and hands each record from task to task: two new ones and four turns of the
event loop for a record of a watch that takes hundreds a second. Under load one page follows the other by hundredths of a second, and
triage and watch wait for each other's batches anyway. So the broker is left alone for a moment after each answer, and what one
answer has of a partition goes through as one message.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP, ConsumerMessage, Message

FRESH_SECONDS = 0.05
"""Waited at most for what has come while a worker paused: the broker answers at once if there is anything."""


class Lot(ConsumerMessage):
    """``records`` of one partition, ascending; for Faust a message without content that stands where the last of them does."""

    def __init__(self, records: Sequence[Message]) -> None:
        last = records[-1]
        super().__init__(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp,
            last.timestamp_type,
            None,
            None,
            b"",
            None,
            tp=last.tp,
            generation_id=last.generation_id,
        )
        self.records = records


class GatheringConsumer(Consumer):
    """Brings lots. Between them the app's ``gather_seconds`` pass, unless one was full; what comes after a pause is taken at once."""

    _again = 0.0

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """See Faust's Consumer; ended by ``stop`` and cut short by it."""
        app: Any = self.app
        full = app.conf.broker_max_poll_records
        if (rest := self._again - time.monotonic()) > 0:
            await self.sleep(rest)
        lots: dict[TP, list[Message]] = {}
        found = await self._fetched(lots, timeout)
        if rest > 0 and 0 < found < full:
            # What was fetched ahead is as old as the pause; what has come since is asked for only now that its place is free.
            found += await self._fetched(lots, FRESH_SECONDS)
        again = time.monotonic() + app.gather_seconds
        for partition, records in lots.items():
            if records[-1].generation_id != app.consumer_generation_id:
                # A rebalance since: the partition's records come again from the commit on, to whose it is now. Others may be newer.
                continue
            yield partition, Lot(records)
        if 0 < found < full:
            self._again = again

    async def _fetched(self, lots: dict[TP, list[Message]], timeout: float) -> int:
        """Adds to ``lots`` what there is, as soon as there is anything; says how many records."""
        count = 0
        async for partition, record in super().getmany(timeout):
            lots.setdefault(partition, []).append(record)
            count += 1
        return count


class GatheringTransport(Transport):
    """Kafka by aiokafka, as without it."""

    Consumer = GatheringConsumer


def gather(app: Any, seconds: float) -> None:
    """Makes an app gather so long; before it is started."""
    app.gather_seconds = seconds
    app.transport = GatheringTransport(app.conf.broker_consumer, app)
