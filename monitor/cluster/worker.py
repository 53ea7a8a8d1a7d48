"""A worker: one stage of the cluster in one process, with as many of its partitions as the group gives it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from monitor.cluster.endpoint import Endpoint
from monitor.cluster.membership import Membership
from monitor.cluster.settings import kafka_settings, open_log
from monitor.cluster.shards import Role, Shards
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.runtime.board import Board
from monitor.runtime.store import Store
from monitor.runtime.watchdog import Watchdog

log = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""How long a stop waits for the batches under way and the last snapshots: the log has what is not done then."""
LEAVE_SECONDS = 3.0
"""How long it waits for Faust to leave the group; one that has not left is taken for dead a session later."""
GIVE_UP_SECONDS = 1.0


class Worker:
    """Runs a role between ``start`` and ``stop``. Whatever fails in it ends ``run_until``: whoever supervises it starts it again."""

    def __init__(self, config: Config) -> None:
        self.ending = asyncio.Event()
        self.give_up = asyncio.Event()
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.board = Board()
        self.store = Store(config, self.metrics)
        self.endpoint = Endpoint(config.metrics, self.registry)
        self._config = config
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._kafka: Log | None = None
        self._shards: Shards | None = None
        self._membership: Membership | None = None

    async def start(self, make: Callable[[Worker], Role]) -> None:
        """Opens store and log and joins the group. Errors say what is wrong and what to do."""
        config = self._config
        await self.endpoint.start()
        await self.store.open()
        role = await asyncio.to_thread(make, self)
        self._kafka = kafka = await open_log(config)
        self._shards = shards = Shards(role, kafka, self.metrics, self.give_up, self._fail)
        folder = Path(config.nabat.data) / "faust"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        settings = kafka_settings(config)
        self._membership = Membership(settings, role.group, role.topic, folder, config.kafka.session_seconds, shards)
        shards.group = self._membership

        def mine() -> list[tuple[str, int]]:
            return [(role.topic, partition) for partition in shards.mine()]

        watchdog = Watchdog(kafka, self.board, self.metrics, config.watchdog.stalled_seconds, time.monotonic, mine)
        self._run(self._membership.run())
        self._run(watchdog.run(self.ending))
        self._run(role.beside(kafka, shards.mine))

    async def run_until(self, stop: asyncio.Event) -> None:
        """Runs until ``stop`` is set; raises what any part raises."""
        waiting: asyncio.Future[Any] = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, self._failed], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._failed.done():
            self._failed.result()

    async def stop(self) -> None:
        """Finishes what is under way, commits, leaves the group: others take over at once. Safe to call after a failure."""
        self.ending.set()
        if self._shards is not None:
            await self._shards.finish(FINISH_SECONDS)
        if self._membership is not None:
            try:
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._membership.leave()
            except TimeoutError:
                log.warning("the group was not left in %.0f s; it takes us for dead soon", LEAVE_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.endpoint.stop()
        if self._kafka is not None:
            await self._kafka.close()
        await self.store.close(GIVE_UP_SECONDS)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)
