"""The layout record of a log in Kafka, in a topic of its own; opening a log by it, and beginning a new epoch.

The topic's records are candidates: of those for an epoch the first one holds, so that of two processes that make the same log at once
one wins and the other follows it. Each has a key of its own, since compaction would keep the last.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping

import orjson
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from monitor.log.base import PAGES, WATCH, Layout
from monitor.log.kafka import topics
from monitor.log.kafka.groups import committed
from monitor.log.kafka.partition import Partition
from monitor.log.kafka.producer import Outgoing, Producer
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.topics import LAYOUT, TABLES, administration
from monitor.log.kafka.wire import BACKOFF, Wire
from monitor.model.errors import LogError


class LayoutRecord:
    """The layout as its topic has it."""

    def __init__(self, settings: KafkaSettings, wire: Wire) -> None:
        self._partition = Partition(settings, wire, LAYOUT, 0, compacted=True)
        self._next = 0
        self._layout: Layout | None = None

    async def latest(self) -> Layout | None:
        """The layout in force, None in a new log."""
        while records := await self._partition.read(self._next, 100):
            for record in records:
                found = orjson.loads(record.value)
                candidate = Layout(found["identity"], found["epoch"], found["partitions"])
                now = self._layout
                if now is None or (candidate.identity, candidate.epoch) == (now.identity, now.epoch + 1):
                    self._layout = candidate
            self._next = records[-1].offset + 1
        return self._layout

    async def propose(self, producer: Producer, layout: Layout) -> Layout:
        """Appends a candidate; returns the layout that is in force then."""
        value = orjson.dumps({"identity": layout.identity, "epoch": layout.epoch, "partitions": dict(layout.partitions)})
        key = f"{layout.epoch} {secrets.token_hex(8)}".encode()
        await producer.append([Outgoing(self._partition.slot.topic, 0, key, value, None)])
        latest = await self.latest()
        assert latest is not None
        return latest

    async def close(self) -> None:
        await self._partition.close()


async def establish(
    settings: KafkaSettings, partitions: Mapping[str, int], retention_ms: Mapping[str, int], identity: str, epoch: int
) -> Layout:
    """Creates the log or verifies what is there; returns the layout in force. See ``KafkaLog.open``."""
    async with administration(settings) as admin:
        found = await topics.existing(admin, settings)
        if LAYOUT not in found:
            await topics.create(admin, settings, {LAYOUT: 1}, {})
            await _visible(admin, settings, {LAYOUT: 1})
        wire, producer = await Wire.open(settings, [settings.topic(LAYOUT)]), Producer(settings)
        try:
            record = LayoutRecord(settings, wire)
            layout = await record.latest()
            if layout is None:
                wanted = dict(partitions) | dict.fromkeys(TABLES, 1)
                await topics.create(admin, settings, wanted, retention_ms)
                _refuse_others(settings, wanted, await _visible(admin, settings, wanted), epoch or 1)
                layout = await record.propose(producer, Layout(identity or secrets.token_hex(8), epoch or 1, dict(partitions)))
        finally:
            await producer.close()
            await wire.close()
        _agree(settings, layout, partitions, identity, epoch)
        every = dict(partitions) | dict.fromkeys(TABLES, 1)
        _refuse_others(settings, every, await topics.existing(admin, settings), layout.epoch)
        await topics.verify(admin, settings, every, retention_ms)
    return layout


async def begin_epoch(
    settings: KafkaSettings, partitions: Mapping[str, int], retention_ms: Mapping[str, int] | None = None
) -> Layout:
    """Gives a drained log more partitions or topics, in a new epoch; returns its layout.

    To be called when crawlers, stages and delivery are stopped, after their snapshots. LogError where something is still to be
    read or a worker runs, and where partitions would have to go: Kafka's topics only grow, which takes a new log under another
    prefix. A process that has the log open in the old epoch is refused by its next append (after at most a second).
    """
    async with administration(settings) as admin:
        found = await topics.existing(admin, settings)
        if LAYOUT not in found:
            raise LogError(f"Kafka ({settings.servers}): журнала {settings.prefix} нет")
        wire, producer = await Wire.open(settings, [settings.topic(topic) for topic in found]), Producer(settings)
        try:
            record = LayoutRecord(settings, wire)
            old = await record.latest()
            if old is None:
                raise LogError(f"Kafka ({settings.servers}): журнала {settings.prefix} нет")
            if less := sorted(topic for topic, count in old.partitions.items() if partitions.get(topic, 0) < count):
                raise LogError(f"разделы не убрать ({', '.join(less)}); начните новый журнал с другим prefix")
            if left := await _left(admin, settings, wire, old):
                raise LogError(f"журнал {settings.prefix} не дочитан, эпоху {old.epoch + 1} не начать: {'; '.join(left)}")
            await topics.create(admin, settings, partitions, retention_ms or {})
            more = {settings.topic(t): NewPartitions(n) for t, n in partitions.items() if found.get(t, n) < n}
            if more:
                await admin.create_partitions(more)
            await _visible(admin, settings, partitions)
            return await record.propose(producer, Layout(old.identity, old.epoch + 1, dict(partitions)))
        finally:
            await producer.close()
            await wire.close()


async def _left(admin: AIOKafkaAdminClient, settings: KafkaSettings, wire: Wire, layout: Layout) -> list[str]:
    """What keeps the epoch from ending, a phrase each."""
    left: list[str] = []
    slots = {
        TopicPartition(settings.topic(topic), number): Partition(settings, wire, topic, number)
        for topic, count in layout.partitions.items()
        for number in range(count)
    }
    ends = {slot: (await partition.bounds())[1] for slot, partition in slots.items()}
    read: set[str] = set()
    for group in await groups_of(admin, settings):
        members = [described[5] for answer in await admin.describe_consumer_groups([group]) for described in answer.groups]
        if any(members):
            left.append(f"у {group} есть работающие процессы")
        commits = await committed(wire, group, slots)
        for topic in sorted({slot.topic for slot in commits}):
            read.add(topic)
            behind = sum(end - commits.get(slot, 0) for slot, end in ends.items() if slot.topic == topic)
            if behind:
                left.append(f"группе {group} осталось записей {topic}: {behind}")
    written = {slot.topic for slot, end in ends.items() if end}
    unread = [topic for topic in (settings.topic(PAGES), settings.topic(WATCH)) if topic in written - read]
    return left + [f"{topic} никто не читал" for topic in unread]


async def groups_of(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> list[str]:
    """The groups of the log, by their full names. Those of other systems hold nothing up."""
    prefix = settings.group("")
    return sorted(name for name, *_ in await admin.list_consumer_groups() if name.startswith(prefix))


async def _visible(admin: AIOKafkaAdminClient, settings: KafkaSettings, wanted: Mapping[str, int]) -> dict[str, int]:
    """What there is, as soon as all topics wanted are: a broker learns of them a moment after the controller."""
    while True:
        found = await topics.existing(admin, settings)
        if wanted.keys() <= found.keys():
            return found
        await asyncio.sleep(BACKOFF)


def _refuse_others(settings: KafkaSettings, wanted: Mapping[str, int], found: Mapping[str, int], epoch: int) -> None:
    """LogError unless every topic has the partitions of the layout."""
    for topic, count in wanted.items():
        if topic not in found:
            raise LogError(f"темы Kafka {settings.topic(topic)} нет; верните её или начните новый журнал с другим prefix")
        if found[topic] != count:
            raise LogError(
                f"разделов у темы Kafka {settings.topic(topic)}: {found[topic]}, а в журнале {count}; дайте дочитать его и начните "
                f"с ними эпоху {epoch + 1} или начните новый журнал с другим prefix"
            )


def _agree(settings: KafkaSettings, stored: Layout, partitions: Mapping[str, int], identity: str, epoch: int) -> None:
    """LogError unless the log is the one that was asked for."""
    where = f"Kafka ({settings.servers}), {settings.prefix}"
    if identity not in ("", stored.identity) or epoch not in (0, stored.epoch):
        raise LogError(
            f"{where}: это журнал {stored.identity}, эпоха {stored.epoch}, а не журнал {identity or stored.identity}, "
            f"эпоха {epoch or stored.epoch}; укажите prefix нужного"
        )
    if dict(partitions) != stored.partitions:
        raise LogError(
            f"{where}: разделы журнала: {_words(stored.partitions)}; в настройках: {_words(partitions)}; верните прежние или дайте "
            f"всем стадиям дочитать журнал до конца, сделайте снимок и начните эпоху {stored.epoch + 1}"
        )


def _words(partitions: Mapping[str, int]) -> str:
    return ", ".join(f"{topic}: {count}" for topic, count in sorted(partitions.items()))
