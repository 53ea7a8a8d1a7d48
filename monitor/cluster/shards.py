"""The partitions that a worker has at the moment: begun as they are assigned, dropped as they go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from monitor.cluster.feed import Feed
from monitor.cluster.shard import Runner, Shard
from monitor.log.base import Log, Record
from monitor.metrics.catalogue import Metrics

log = logging.getLogger(__name__)


class Role(Protocol):
    """A stage as a worker needs it: the topic that it reads, its group, how long records are gathered for a batch, runners for
    partitions, and what it does beside them.
    """

    topic: str
    group: str
    gather_seconds: float

    def runner(self, partition: int, log: Log) -> Runner: ...

    async def beside(self, kafka: Log, mine: Callable[[], list[int]]) -> None:
        """Runs as long as the worker; ``mine`` are the partitions that it has."""


class Group(Protocol):
    """The part of Membership that is needed here."""

    async def commit(self, partition: int, offset: int) -> None: ...

    def flow(self, partition: int, more: bool) -> None: ...


class Shards:
    """Fulfils monitor.cluster.membership.Listener. ``failed`` is told what ends a partition but ``stop``."""

    def __init__(
        self, role: Role, kafka: Log, metrics: Metrics, give_up: asyncio.Event, failed: Callable[[BaseException], None]
    ) -> None:
        self.group: Group | None = None
        self._role = role
        self._kafka = kafka
        self._metrics = metrics
        self._give_up = give_up
        self._ending = False
        self._failed = failed
        self._held = False
        self._feeds: dict[int, Feed] = {}
        self._shards: dict[int, Shard] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._checks: set[asyncio.Task[None]] = set()

    def mine(self) -> list[int]:
        return sorted(self._shards)

    def put(self, record: Record) -> None:
        self._feed(record.partition).put(record)

    def revoked(self) -> None:
        self._held = False
        for feed in self._feeds.values():
            feed.forget()

    async def assigned(self, partitions: set[int]) -> None:
        kept, gone = self._shards.keys() & partitions, self._shards.keys() - partitions
        log.info("%s: разделы %s, остались %s из прежних %s", self._role.group, sorted(partitions), sorted(kept), self.mine())
        self._held = True
        for partition in sorted(gone):
            await self._drop(partition)
        if self._ending:
            return
        for partition in sorted(partitions):
            if partition in kept:
                self._watch(asyncio.create_task(self._shards[partition].kept()), self._checks)
            else:
                self._begin(partition)

    async def finish(self, seconds: float) -> None:
        """Lets every runner finish its batch and what else it ends with, for so long; then they are cut off."""
        self._ending = True
        for shard in self._shards.values():
            shard.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=seconds)
            if late:
                log.warning("%s: %d разделов не успели за %.0f с, работа повторится", self._role.group, len(late), seconds)
        self._give_up.set()
        for partition in self.mine():
            await self._drop(partition)

    def _begin(self, partition: int) -> None:
        role = self._role
        shard = Shard(self._kafka, role.group, role.topic, partition, role.runner, self._feed(partition), self._commit, self._give_up)
        self._shards[partition] = shard
        self._tasks[partition] = asyncio.create_task(shard.run(), name=f"{role.group} {partition}")
        self._watch(self._tasks[partition], set())

    async def _drop(self, partition: int) -> None:
        if partition not in self._tasks:
            # The end and a rebalance come at once now and then; the other one has it.
            return
        task = self._tasks.pop(partition)
        del self._shards[partition], self._feeds[partition]
        task.cancel()
        await asyncio.wait([task])
        self._metrics.lag_records.forget(self._role.topic, partition)

    def _watch(self, task: asyncio.Task[None], among: set[asyncio.Task[None]]) -> None:
        """Keeps a task and tells of its failure."""
        among.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            among.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                self._failed(error)

        task.add_done_callback(ended)

    async def _commit(self, partition: int, offset: int) -> None:
        if self._held and self.group is not None and partition in self._shards:
            await self.group.commit(partition, offset)

    def _feed(self, partition: int) -> Feed:
        if partition not in self._feeds:
            self._feeds[partition] = Feed(self._kafka, self._role.topic, partition, lambda more: self._flow(partition, more))
        return self._feeds[partition]

    def _flow(self, partition: int, more: bool) -> None:
        if self.group is not None:
            self.group.flow(partition, more)
