"""What brings pages into the log of the embedded runtime: the crawler, what is pushed, and how the sources stand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from monitor.intake.pushes import Pushes
from monitor.intake.receiver import Receiver
from monitor.runtime.appending import Appender
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from monitor.runtime.limits import ceilings_of
from monitor.runtime.shared import Shared
from monitor.runtime.telling import Telling
from sources.base import Adapter
from sources.budgets.budgets import Budgets
from sources.wire import Inlet


class Reading:
    """Reads the sources by ``adapters`` within ``budgets`` and takes what comes to ``inlets``; ``parked`` tells sources apart."""

    def __init__(
        self,
        shared: Shared,
        adapters: Mapping[str, Adapter],
        inlets: Sequence[Inlet],
        budgets: Budgets | None,
        parked: Callable[[str], bool],
    ) -> None:
        config, log, metrics, clock = shared.config, shared.log, shared.metrics, shared.clock
        self.health = Health(shared.sources, shared.store.writer(), metrics, clock, Telling(log, clock))
        self.appender = Appender(
            log,
            shared.board,
            self.health,
            metrics,
            clock,
            page_bytes=config.crawl.page_bytes,
            post_bytes=config.crawl.post_bytes,
            queue_pages=config.crawl.queue_pages,
            parked=parked,
            fault=shared.fault,
        )
        self.receiver = Receiver(inlets, Pushes(self.appender, metrics, clock, config.push.remember), config.push)
        self.crawler = Crawler(
            shared.sources,
            adapters,
            self.appender,
            log,
            self.health,
            clock,
            concurrency=config.crawl.concurrency,
            budgets=budgets,
            settings=ceilings_of(config),
            profiles=[shared.profile],
            metrics=metrics,
            backfill_days=config.crawl.backfill_days,
        )
        self._stopping = shared.stopping
        self._listens = bool(config.push.port)

    async def start(self, tasks: list[asyncio.Task[None]]) -> None:
        """Adds to ``tasks`` those that read; they end after ``stop``."""
        tasks.append(asyncio.create_task(self.health.run(self._stopping), name="health"))
        tasks.append(asyncio.create_task(self.crawler.run(), name="crawler"))
        if self._listens:
            await self.receiver.open()

    async def stop(self) -> None:
        """Nothing is taken any more; the tasks end when requests under way are in the log."""
        await self.receiver.close()
        self.crawler.stop()
