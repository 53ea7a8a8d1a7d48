"""Appends to partitions, confirmed by all replicas that are in sync.

The producer is idempotent: what it repeats after trouble with a broker is stored once, in order. Memory is bounded: a partition holds
the batch under way and one that fills, and who finds both full waits, at most the settings' time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, RequestTimedOutError

from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.wire import bootstrap, unavailable

log = logging.getLogger(__name__)

BATCH_BYTES = 1 << 20
"""About as much as one batch of a partition holds: more would make small appends wait long for large ones."""

OVERHEAD_BYTES = 1 << 16
"""What a batch and a record may take besides key and value; topics are created with this much room above the largest record."""


class Outgoing(NamedTuple):
    """A record on its way: the full topic name, ``at`` in ms (None: now)."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    at: int | None
    headers: Sequence[tuple[str, bytes]] = ()


class Producer:
    """See the module. Connects with the first append."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._current: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """Appends in order; returns the offsets when all are confirmed.

        RetryableError: some or all of them may be in the log all the same, or get there later.
        """
        if not records:
            return []
        try:
            async with asyncio.timeout(self._settings.timeout):
                producer = await self._producer()
                confirmations: list[asyncio.Future[Any]] = []
                try:
                    for topic, partition, key, value, at, headers in records:
                        # One by one: what was sent before trouble has to be known.
                        sent = await producer.send(topic, value, key, partition, timestamp_ms=at, headers=[*headers])
                        confirmations.append(sent)
                finally:
                    outcomes = asyncio.gather(*confirmations, return_exceptions=True)
                return [self._offset(producer, outcome) for outcome in await outcomes]
        except (TimeoutError, KafkaError) as error:
            raise unavailable(self._settings, "запись", error) from None

    async def close(self) -> None:
        if self._current is not None:
            self._retire(self._current)
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def _producer(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._current is None:
                producer = AIOKafkaProducer(
                    **self._settings.client(),
                    enable_idempotence=True,
                    acks="all",
                    max_batch_size=BATCH_BYTES,
                    max_request_size=self._settings.max_record_bytes + OVERHEAD_BYTES,
                )
                try:
                    await bootstrap(producer.start)
                except BaseException:
                    await producer.stop()
                    raise
                self._current = producer
            return self._current

    def _offset(self, producer: AIOKafkaProducer, outcome: Any) -> int:
        if isinstance(outcome, BaseException):
            # A batch that was refused leaves a gap in the sequence numbers, and every later one of its partition would be refused
            # for that: a new producer begins a new sequence.
            if producer is self._current and isinstance(outcome, KafkaError):
                self._retire(producer)
            raise outcome
        if outcome.offset < 0:
            raise unavailable(self._settings, "запись", KafkaError("запись уже была, её смещение не сообщено"))
        return int(outcome.offset)

    def _retire(self, producer: AIOKafkaProducer) -> None:
        self._current = None
        task = asyncio.create_task(self._stop(producer))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _stop(self, producer: AIOKafkaProducer) -> None:
        """Lets it finish, for a while: an idempotent producer would try for ever, and whoever appended was told of the trouble."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.timeout):
                await producer.flush()
        producer._message_accumulator.fail_all(RequestTimedOutError())
        try:
            async with asyncio.timeout(self._settings.timeout):
                await producer.stop()
        except (TimeoutError, KafkaError, KeyError) as error:
            # KeyError: a batch that was just failed is put back by a request that was under way.
            log.debug("a producer did not stop cleanly: %r", error)
            await producer.client.close()
