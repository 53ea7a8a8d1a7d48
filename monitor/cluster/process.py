"""What all roles of a cluster are: a process with a log, a store and metrics, that ends as soon as one of its parts does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from prometheus_client import CollectorRegistry

from monitor.cluster.endpoint import Endpoint
from monitor.cluster.settings import kafka_settings, open_log
from monitor.config import Config
from monitor.log.kafka.log import KafkaLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import ConfigError
from monitor.runtime.board import Board
from monitor.runtime.store import Store

GIVE_UP_SECONDS = 1.0
"""How long an end waits for requests to a store that does not answer."""


class Process:
    """Opened by ``open``, closed by ``close``. ``ending`` is set where the end begins; made in the event loop that runs it.

    Whatever fails in it ends ``run_until``: whoever supervises the process starts it again.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.ending = asyncio.Event()
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.board = Board()
        self.store = Store(config, self.metrics)
        self.endpoint = Endpoint(config.metrics, self.registry)
        self._kafka: KafkaLog | None = None
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> KafkaLog:
        """Opens metrics, store and log. Errors say what is wrong and what to do."""
        kafka_settings(self.config)
        if self.store.target.embedded:
            raise ConfigError(
                ["clickhouse.url: не задан; процессам кластера нужен общий сервер ClickHouse, например http://host:8123"]
            )
        await self.endpoint.start()
        await self.store.open()
        self._kafka = await open_log(self.config)
        return self._kafka

    async def run_until(self, stop: asyncio.Event) -> None:
        """Runs until ``stop`` is set; raises what any part raises."""
        waiting: asyncio.Future[Any] = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, self._failed], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._failed.done():
            self._failed.result()

    async def close(self) -> None:
        """Ends all parts. Safe to call after a failure, and where ``open`` failed."""
        self.ending.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.endpoint.stop()
        if self._kafka is not None:
            await self._kafka.close()
        await self.store.close(GIVE_UP_SECONDS)
        if self._failed.done():
            self._failed.exception()

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs a part beside the others, whose failure ends the process."""
        task = asyncio.create_task(work)
        self._tasks = [*(one for one in self._tasks if not one.done()), task]
        task.add_done_callback(self._ended)
        return task

    def fail(self, error: BaseException) -> None:
        """The first error counts."""
        if not self._failed.done():
            self._failed.set_exception(error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)
