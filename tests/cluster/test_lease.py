"""Crawlers share the partitions of pages, over a real broker."""

from __future__ import annotations

import asyncio

from monitor.cluster.lease import Lease
from monitor.log.base import PAGES
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.settings import KafkaSettings
from tests.kafka.broker import Broker

PARTITIONS = 3


class Holder:
    """Notes what it holds; ``trouble`` is raised when it is told."""

    def __init__(self, settings: KafkaSettings, trouble: Exception | None = None) -> None:
        self.held: set[int] = set()
        self.failures: list[BaseException] = []
        self._trouble = trouble
        self.running = asyncio.create_task(
            Lease(settings, "crawl", PAGES, 6.0, self._granted, self._withdrawn, self.failures.append).run()
        )

    async def _granted(self, partitions: set[int]) -> None:
        if self._trouble is not None:
            raise self._trouble
        self.held = partitions

    async def _withdrawn(self) -> None:
        self.held = set()

    async def leave(self) -> None:
        self.running.cancel()
        await asyncio.wait([self.running])


async def until(holders: list[Holder]) -> None:
    """Each partition has exactly one of them, and each of them some."""

    def shared() -> bool:
        held = sorted(partition for holder in holders for partition in holder.held)
        return held == list(range(PARTITIONS)) and all(holder.held for holder in holders)

    async with asyncio.timeout(60):
        while not shared():  # noqa: ASYNC110 (leases tell nobody)
            await asyncio.sleep(0.05)


async def test_every_partition_has_one_crawler_also_when_one_goes(kafka: Broker) -> None:
    settings = KafkaSettings(kafka.address, "lease", replication_factor=1, min_insync_replicas=1)
    log = await KafkaLog.open(settings, {PAGES: PARTITIONS})
    await log.close()
    first = Holder(settings)
    await until([first])
    second = Holder(settings)
    await until([first, second])
    await first.leave()
    await until([second])
    await second.leave()
    assert not first.failures
    assert not second.failures


async def test_what_goes_wrong_when_partitions_come_is_told(kafka: Broker) -> None:
    settings = KafkaSettings(kafka.address, "lease-trouble", replication_factor=1, min_insync_replicas=1)
    log = await KafkaLog.open(settings, {PAGES: 1})
    await log.close()
    holder = Holder(settings, ValueError("no sources"))
    async with asyncio.timeout(30):
        while not holder.failures:  # noqa: ASYNC110 (failures tell nobody)
            await asyncio.sleep(0.05)
    await holder.leave()
    assert str(holder.failures[0]) == "no sources"
