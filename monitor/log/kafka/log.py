"""The log in Kafka, shared by all processes of a cluster.

Each of them may have it open. Records are confirmed by all replicas in sync; a call's cursors and budgets are appended when its
records are confirmed (see monitor.log.base on what a crash in between leaves). Commits are those of Kafka groups.

Errors: LogError where the log refuses (see monitor.log.base) or is damaged; RetryableError where Kafka does not answer within the
settings' time, is full, or takes no such record: then the call may have been done, wholly or in part, or be done a little later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from monitor.log.base import COMPACTED, EVENTS, TOPICS, Append, Layout, Record
from monitor.log.kafka import groups
from monitor.log.kafka.layout import LayoutRecord, establish, groups_of
from monitor.log.kafka.partition import Partition
from monitor.log.kafka.producer import Outgoing, Producer
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.table import Table
from monitor.log.kafka.topics import BUDGETS, CURSORS, TABLES, administration
from monitor.log.kafka.wire import RETRY_AFTER, Wire
from monitor.model.errors import LogError, RetryableError

LOOK = 1.0
"""Seconds between two looks at the layout by a process that appends: so long it may go on by the old one when an epoch has ended."""

EVENT_HEADERS = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
"""By this header the libraries of CloudEvents know the structured mode of its Kafka protocol binding."""


class KafkaLog:
    """See monitor.log.base.Log for the rules. Made by ``open``, used in that event loop only."""

    def __init__(self, settings: KafkaSettings, layout: Layout, wire: Wire, retention_ms: Mapping[str, int]) -> None:
        self.layout = layout
        self._settings = settings
        self._wire = wire
        self._retention = dict(retention_ms)
        self._producer = Producer(settings)
        self._partitions = {
            (topic, number): Partition(settings, wire, topic, number, compacted=topic in COMPACTED)
            for topic, count in layout.partitions.items()
            for number in range(count)
        }
        self._cursors, self._budgets = (Table(settings, wire, name) for name in (CURSORS, BUDGETS))
        self._record = LayoutRecord(settings, wire)
        self._looked = asyncio.get_running_loop().time()
        self._calls: set[asyncio.Future[None]] = set()
        self._closed = False

    @classmethod
    async def open(
        cls,
        settings: KafkaSettings,
        partitions: Mapping[str, int] | None = None,
        retention_ms: Mapping[str, int] | None = None,
        *,
        identity: str = "",
        epoch: int = 0,
    ) -> KafkaLog:
        """Opens the log or creates it. ``partitions`` by topic (default: one each), ``retention_ms`` by topic (missing: for ever).

        ``identity`` and ``epoch``, where given, must be those of the log; a new log takes them. LogError says what is wrong,
        RetryableError that Kafka does not answer.
        """
        wanted = dict.fromkeys(TOPICS, 1) if partitions is None else dict(partitions)
        if wrong := sorted(topic for topic, count in wanted.items() if count < 1):
            raise LogError(f"у темы хотя бы один раздел; задано иначе: {', '.join(wrong)}")
        if unknown := sorted(set(retention_ms or {}) - set(wanted)):
            raise LogError(f"срок хранения задан для тем, которых в журнале нет: {', '.join(unknown)}")
        layout = await establish(settings, wanted, retention_ms or {}, identity, epoch)
        wire = await Wire.open(settings, [settings.topic(topic) for topic in (*wanted, *TABLES)])
        return cls(settings, layout, wire, retention_ms or {})

    async def append(
        self,
        records: Sequence[Append],
        *,
        cursors: Mapping[str, str] | None = None,
        budgets: Mapping[str, str] | None = None,
    ) -> list[int]:
        rows = [self._outgoing(record) for record in records]
        async with self._call():
            await self._look()
            offsets = await self._producer.append(rows)
            for record, offset in zip(records, offsets, strict=True):
                self._partitions[record.topic, record.partition].note(0, offset + 1)
            await self._producer.append([*self._cursors.records(cursors or {}), *self._budgets.records(budgets or {})])
        return offsets

    async def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Record]:
        self._refuse_if_closed()
        return await self._partition(topic, partition).read(offset, limit)

    async def wait(self, topic: str, partition: int, offset: int, timeout: float) -> bool:
        self._refuse_if_closed()
        return await self._partition(topic, partition).wait(offset, timeout)

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        self._refuse_if_closed()
        return await self._partition(topic, partition).bounds()

    async def commit(self, group: str, topic: str, partition: int, offset: int) -> None:
        """Going back is refused as far as this process knows: of two that commit for one group at once the later one holds."""
        one = self._partition(topic, partition)
        async with self._call():
            before = await self.committed(group, topic, partition) or 0
            end = one.end if offset <= one.end else (await one.bounds())[1]
            if not before <= offset <= end:
                raise LogError(f"{group} не может отметить смещение {offset}: отмечено {before}, раздел кончается на {end}")
            await groups.commit(self._wire, self._settings.group(group), one.slot, offset)

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        slot = self._partition(topic, partition).slot
        self._refuse_if_closed()
        return (await groups.committed(self._wire, self._settings.group(group), [slot])).get(slot)

    async def cursor(self, source: str) -> str:
        self._refuse_if_closed()
        return (await self._cursors.values()).get(source, "")

    async def cursors(self) -> dict[str, str]:
        self._refuse_if_closed()
        return dict(sorted((await self._cursors.values()).items()))

    async def budget(self, name: str) -> str:
        self._refuse_if_closed()
        return (await self._budgets.values()).get(name, "")

    async def trim(self, now: int) -> int:
        """Groups are those whose name begins with the log's prefix. Compacted topics are the brokers' own affair."""
        topics = [topic for topic in self._retention if topic not in COMPACTED]
        partitions = [partition for (topic, _), partition in self._partitions.items() if topic in topics]
        async with self._call(), administration(self._settings) as admin:
            done = [
                await groups.committed(self._wire, group, [partition.slot for partition in partitions])
                for group in await groups_of(admin, self._settings)
            ]
            keep: dict[TopicPartition, int] = {}
            dropped = 0
            for (topic, _), partition in self._partitions.items():
                oldest = now - self._retention.get(topic, now)
                # Offsets by a time of 0 or less would mean something else to a broker, and nothing is as old as that.
                if topic not in topics or oldest <= 0:
                    continue
                first, end = await partition.bounds()
                began = [commits for commits in done if any(slot.topic == partition.slot.topic for slot in commits)]
                young = await partition.find(oldest)
                upto = min([end, *(commits.get(partition.slot, 0) for commits in began), *([young] if young >= 0 else [])])
                if upto > first:
                    keep[partition.slot] = upto
                    dropped += upto - first
                    partition.note(upto, upto)
            if keep:
                await admin.delete_records({slot: RecordsToDelete(upto) for slot, upto in keep.items()})
        return dropped

    async def close(self) -> None:
        """Finishes what was asked for, then closes the connections. Whoever waits for records gets LogError."""
        if self._closed:
            return
        self._closed = True
        if self._calls:
            await asyncio.wait(self._calls)
        for partition in self._partitions.values():
            await partition.close()
        for table in (self._cursors, self._budgets):
            await table.close()
        await self._record.close()
        await self._producer.close()
        await self._wire.close()

    @asynccontextmanager
    async def _call(self) -> AsyncIterator[None]:
        """A call that ``close`` waits for."""
        self._refuse_if_closed()
        done = asyncio.get_running_loop().create_future()
        self._calls.add(done)
        try:
            yield
        finally:
            self._calls.discard(done)
            done.set_result(None)

    async def _look(self) -> None:
        """LogError when the log has gone on to another epoch: its keys may lie in other partitions now."""
        now = asyncio.get_running_loop().time()
        if now < self._looked + LOOK:
            return
        self._looked = now
        latest = await self._record.latest()
        if latest is None or latest.epoch != self.layout.epoch:
            raise LogError(
                f"журнал {self._settings.prefix} начал эпоху {latest.epoch if latest else '?'}, а этот процесс работает в эпохе "
                f"{self.layout.epoch}; перезапустите его"
            )

    def _outgoing(self, record: Append) -> Outgoing:
        partition = self._partition(record.topic, record.partition)
        key = record.key.encode()
        if (size := len(key) + len(record.value)) > self._settings.max_record_bytes:
            raise RetryableError(
                f"запись для {partition.slot.topic} ({size} байт) больше max_record_bytes ({self._settings.max_record_bytes}); "
                "увеличьте его и max.message.bytes темы",
                RETRY_AFTER,
            )
        headers = EVENT_HEADERS if record.topic in EVENTS else ()
        return Outgoing(partition.slot.topic, record.partition, key, record.value, record.at, headers)

    def _partition(self, topic: str, number: int) -> Partition:
        partition = self._partitions.get((topic, number))
        if partition is None:
            raise LogError(f"в журнале нет {topic}/{number}; есть {dict(self.layout.partitions)}")
        return partition

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise LogError("журнал закрыт")
