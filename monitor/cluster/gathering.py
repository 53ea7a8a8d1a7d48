"""Faust's transport, told to gather: a record that comes alone costs a worker five times what it costs among others.

Faust takes what there is as soon as there is anything, and hands each lot from thread to thread and task to task. Under load one page
follows the other by hundredths of a second, and triage and watch wait for each other's batches anyway.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP, Message

GATHER_SECONDS = 0.1
"""Between two lots. What comes after a pause is taken at once."""


class GatheringConsumer(Consumer):
    """Leaves the broker alone for a moment after each lot."""

    _again = 0.0

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """See Faust's Consumer; ended by ``stop`` and cut short by it."""
        if (rest := self._again - time.monotonic()) > 0:
            await self.sleep(rest)
        met = False
        async for found in super().getmany(timeout):
            met = True
            yield found
        if met:
            self._again = time.monotonic() + GATHER_SECONDS


class GatheringTransport(Transport):
    """Kafka by aiokafka, as without it."""

    Consumer = GatheringConsumer


def gather(app: Any) -> None:
    """Makes an app gather; before it is started."""
    app.transport = GatheringTransport(app.conf.broker_consumer, app)
