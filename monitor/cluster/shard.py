"""One partition in this worker's hands: its feed, and the runner that reads from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from monitor.cluster.assigned import AssignedLog
from monitor.cluster.feed import Feed
from monitor.log.base import Log
from monitor.model.errors import RetryableError
from monitor.runtime.storing import ends

log = logging.getLogger(__name__)


class Runner(Protocol):
    """What the runtimes share: recovers, then does batch after batch until ``stop``."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


class Shard:
    """Runs one partition from its assignment to its end.

    A rebalance that gives the partition back to us interrupts nothing: what the runner knows is a function of the log up to where it
    stands, whoever did what meanwhile. Only if somebody else has committed more does it begin anew.
    """

    def __init__(
        self,
        kafka: Log,
        group: str,
        topic: str,
        partition: int,
        make: Callable[[int, Log], Runner],
        feed: Feed,
        commit: Callable[[int, int], Awaitable[None]],
        give_up: asyncio.Event,
    ) -> None:
        self.partition = partition
        self.feed = feed
        self.runner: Runner | None = None
        self._kafka = kafka
        self._group = group
        self._topic = topic
        self._make = make
        self._log = AssignedLog(kafka, group, topic, partition, feed, self._commit)
        self._send = commit
        self._give_up = give_up
        self._stopping = False
        self._anew = False
        self._done = 0
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Returns after ``stop``. Passing trouble that the runner does not wait out itself begins it anew from its commit."""
        while not self._stopping:
            try:
                await self._once()
            except RetryableError as error:
                log.warning("%s %d: начинает снова с отмеченного места: %s", self._group, self.partition, error)
                if await ends(error.retry_after, self._give_up):
                    raise

    async def _once(self) -> None:
        self._anew = False
        self._done = await self._committed()
        self.feed.begin(self._done)
        # A region's lexicons take a moment, in which others are not to stand still.
        self.runner = await asyncio.to_thread(self._make, self.partition, self._log)
        if self._stopping:
            return
        self._running = asyncio.create_task(self.runner.run())
        try:
            await asyncio.shield(self._running)
        except asyncio.CancelledError:
            self._running.cancel()
            await asyncio.wait([self._running])
            mine = asyncio.current_task()
            if not self._anew or (mine is not None and mine.cancelling()):
                raise

    async def kept(self) -> None:
        """The partition is ours again after a rebalance."""
        try:
            committed = await self._committed()
        except RetryableError as error:
            log.warning("%s %d: продолжает с того же места: %s", self._group, self.partition, error)
            return
        if self._running is not None and committed > max(self.feed.position, self._done):
            log.warning("%s %d: другой процесс уже ушёл дальше, начинает заново с %d", self._group, self.partition, committed)
            self._anew = True
            self._running.cancel()
        self.feed.begin(committed)
        if committed < self._done:
            # What was done during the rebalance could not be committed; a quiet partition would stand there until its next record.
            await self._send(self.partition, self._done)

    def stop(self) -> None:
        """The batch under way is finished, then ``run`` returns."""
        self._stopping = True
        if self.runner is not None:
            self.runner.stop()

    async def _commit(self, partition: int, offset: int) -> None:
        self._done = max(self._done, offset)
        await self._send(partition, offset)

    async def _committed(self) -> int:
        committed = await self._kafka.committed(self._group, self._topic, self.partition)
        return (await self._kafka.bounds(self._topic, self.partition))[0] if committed is None else committed
