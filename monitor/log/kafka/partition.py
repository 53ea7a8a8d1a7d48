"""One partition as it is read: fetched in pieces of a few megabytes, the next one while this one is being worked on.

``end`` is the greatest end of the partition that anybody told us: an answer of the broker, or the acknowledgement of an append.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.record.memory_records import MemoryRecords

from monitor.log.base import Record
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.wire import BACKOFF, Wire, check, unavailable
from monitor.model.errors import LogError, RetryableError

FETCH_BYTES = 4 << 20
"""About as much as one request brings. A partition in use holds two such pieces: the one being read, and the next."""

POLL_MS = 500
"""How long the broker holds a request for news that there are not."""

EARLIEST, LATEST = -2, -1
"""What a request for offsets calls the first one kept and the one to come."""


class Piece(NamedTuple):
    """What a fetch brought; the records are decoded as they are taken."""

    records: Iterator[Record]
    empty: bool


class Partition:
    """See the module. ``name`` and ``number`` are those of the log's topic; ``compacted``: offsets may have gaps."""

    def __init__(self, settings: KafkaSettings, wire: Wire, name: str, number: int, *, compacted: bool = False) -> None:
        self.slot = TopicPartition(settings.topic(name), number)
        self.first = 0
        self.end = 0
        self._settings = settings
        self._wire = wire
        self._name = name
        self._compacted = compacted
        self._reading = asyncio.Lock()
        self._piece: Piece | None = None
        self._ahead: asyncio.Task[Piece] | None = None
        # Where the records not yet taken begin for the reader, and in the log: compaction leaves gaps.
        self._asked = -1
        self._position = -1
        self._waiting: set[asyncio.Future[None]] = set()
        self._following: asyncio.Task[None] | None = None
        self._poll: Wire | None = None
        self._closed = False

    async def bounds(self) -> tuple[int, int]:
        """First offset kept and the one to come, as the leader has them now."""
        first, end = await asyncio.gather(self.find(EARLIEST), self.find(LATEST))
        self.note(first, end)
        return first, end

    async def find(self, time: int) -> int:
        """The first offset whose record is not from before ``time`` (ms), or EARLIEST or LATEST; -1 if there is none."""

        def parse(response: Any) -> int:
            ((_, ((_, code, _, offset),)),) = response.topics
            check(code)
            return int(offset)

        request = OffsetRequest(-1, 0, [(self.slot.topic, [(self.slot.partition, time)])])
        return await self._wire.ask(self.slot, request, parse, f"asking for offsets of {self.slot.topic}")

    def note(self, first: int, end: int) -> None:
        """Takes what was learned of the partition's bounds; wakes those who wait for more."""
        self.first = max(self.first, first)
        if end > self.end:
            self.end = end
            self._wake()

    async def read(self, offset: int, limit: int) -> list[Record]:
        """Up to ``limit`` records and about FETCH_BYTES; empty only at the end. LogError outside the bounds."""
        async with self._reading:
            if offset != self._asked or offset < self.first:
                self._forget(offset)
            deadline = asyncio.get_running_loop().time() + self._settings.timeout
            while asyncio.get_running_loop().time() < deadline:
                if self._piece is None:
                    ahead, self._ahead = self._ahead, None
                    self._piece = await (ahead or self._fetch(self._wire, self._position, 0))
                records = list(islice(self._piece.records, max(1, limit)))
                if records:
                    return self._taken(records, limit)
                empty, self._piece = self._piece.empty, None
                if empty and self._position >= self.end:
                    return []
                if empty:
                    await asyncio.sleep(BACKOFF)
            raise unavailable(self._settings, f"чтение {self.slot.topic}", TimeoutError())

    async def wait(self, offset: int, timeout: float) -> bool:
        """See Log.wait. Passing trouble with the brokers is waited out; ``read`` tells of it."""
        if self.end <= offset and timeout <= 0:
            await self.bounds()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.end <= offset:
                    await self._news()
        return self.end > offset

    async def close(self) -> None:
        self._closed = True
        self._wake()
        for task in (self._ahead, self._following):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        if self._poll is not None:
            await self._poll.close()

    def _forget(self, offset: int) -> None:
        if self._ahead is not None:
            self._ahead.cancel()
        self._piece, self._ahead = None, None
        self._asked = self._position = offset

    def _taken(self, records: list[Record], limit: int) -> list[Record]:
        if not self._compacted and records[0].offset != self._asked:
            raise LogError(f"журнал повреждён: записи {self.slot.topic}/{self.slot.partition}/{self._asked} нет")
        self._asked = records[-1].offset + 1
        self._position = max(self._position, self._asked)
        if len(records) < limit:
            self._piece = None
            if self._position < self.end:
                self._ahead = asyncio.create_task(self._fetch(self._wire, self._position, 0))
        return records

    async def _fetch(self, wire: Wire, offset: int, wait: int) -> Piece:
        """Asks for records from ``offset`` on, and for ``wait`` ms if there are none yet."""

        def parse(response: Any) -> tuple[int, int, bytes]:
            ((_, ((_, code, end, *rest),)),) = response.topics
            check(code)
            return rest[1], end, rest[-1] or b""

        request = FetchRequest(wait, 1, FETCH_BYTES, 0, [(self.slot.topic, [(self.slot.partition, offset, FETCH_BYTES)])])
        try:
            what = f"чтение {self.slot.topic}"
            first, end, data = await wire.ask(self.slot, request, parse, what, expected=OffsetOutOfRangeError)
        except OffsetOutOfRangeError:
            first, end = await self.bounds()
            raise LogError(
                f"в {self.slot.topic}/{self.slot.partition} смещения от {first} до {end}, а нужно {offset}; если Kafka удалила то, "
                "что ещё нужно, увеличьте retention.ms темы"
            ) from None
        self.note(first, end)
        return Piece(self._decode(data, offset), not data)

    def _decode(self, data: bytes, offset: int) -> Iterator[Record]:
        """The records of a response; the batch in which ``offset`` lies may begin before it. LogError where they are damaged."""
        name, number, batches = self._name, self.slot.partition, MemoryRecords(data)
        while True:
            try:
                if not batches.has_next():
                    return
                batch = batches.next_batch()
                whole = batch.validate_crc()
                found = list(batch) if whole and not batch.is_control_batch else []
            except KafkaError as error:
                raise LogError(f"журнал повреждён: {self.slot.topic}/{number} после {self._position} ({error})") from error
            if not whole:
                raise LogError(f"журнал повреждён: {self.slot.topic}/{number} после {self._position} не то, что было записано")
            for record in found:
                if record.offset >= offset:
                    yield Record(
                        name,
                        number,
                        record.offset,
                        (record.key or b"").decode(errors="replace"),
                        record.value or b"",
                        record.timestamp,
                    )
            self._position = max(self._position, batch.next_offset)

    async def _news(self) -> None:
        """Returns when the partition has grown, or is closed (LogError)."""
        if self._closed:
            raise LogError("журнал закрыт")
        news = asyncio.get_running_loop().create_future()
        self._waiting.add(news)
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow())
        try:
            await news
        finally:
            self._waiting.discard(news)

    async def _follow(self) -> None:
        """Long polls while somebody waits. What they bring is kept for the next read if it goes on there."""
        while self._waiting:
            try:
                if self._poll is None:
                    self._poll = await Wire.open(self._settings, [self.slot.topic])
                offset = self.end
                piece = await self._fetch(self._poll, offset, POLL_MS)
                idle = self._piece is None and self._ahead is None and not self._reading.locked()
                if idle and self._asked == offset and not piece.empty:
                    self._piece = piece
            except (RetryableError, LogError):
                await asyncio.sleep(BACKOFF)

    def _wake(self) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(None)
