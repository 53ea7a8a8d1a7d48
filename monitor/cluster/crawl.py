"""The crawl role: reads the sources whose partitions of pages are its own at the moment; a network with tokens is read as a whole.

A crawler that dies leaves its partitions to others, which go on from the cursors in the log. One that only seemed dead may append an
answer once more and put its cursor back: the posts are known then, and the next answer moves the cursor on. Each process takes pushes
for all sources; a proxy before them shares them out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

from monitor.clock import Clock
from monitor.cluster.lease import Lease
from monitor.cluster.process import Process
from monitor.cluster.settings import kafka_settings, sources_of
from monitor.config import Config
from monitor.intake.pushes import Pushes
from monitor.intake.receiver import Receiver
from monitor.log.base import PAGES, Log
from monitor.model.errors import RetryableError, SourceRefused
from monitor.model.source import Source
from monitor.profile.model import Profile
from monitor.runtime.appending import Appender
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from monitor.runtime.limits import ceilings_of
from monitor.runtime.networks import Connections, share_of
from monitor.runtime.storing import ends
from monitor.runtime.telling import Telling
from monitor.runtime.triage_runner import GROUP as TRIAGE
from sinks.base import Writer
from sources.base import Adapter, Fetched, Many, Past
from sources.wire import Inlet

log = logging.getLogger(__name__)

GROUP = "crawl"
LOOK_SECONDS = 0.5
"""Between two looks at how far triage is: crawling pauses by it."""
TRIM_SECONDS = 300.0
FINISH_SECONDS = 3.0
"""How long requests under way may still take when the sources go to another crawler, or the process ends."""


class ByRegion:
    """Fulfils sources.base.Adapter: that of the source's region. So all regions share one schedule, as they share the limits."""

    def __init__(self, network: str, adapters: Mapping[str, Mapping[str, Adapter]]) -> None:
        self.network = network
        self._adapters = adapters

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        return await self._adapters[source.region][self.network].fetch(source, cursor, now)

    @property
    def many(self) -> int:
        """See sources.base.Many; 1 where an adapter can't."""
        own = [one[self.network] for one in self._adapters.values() if self.network in one]
        return min((one.many if isinstance(one, Many) else 1 for one in own), default=1)

    def joins(self, source: Source, cursor: str, now: int) -> bool:
        adapter = self._adapters[source.region][self.network]
        return isinstance(adapter, Many) and adapter.joins(source, cursor, now)

    async def fetch_many(self, sources: Sequence[Source], cursors: Sequence[str], now: int) -> Mapping[str, Fetched | SourceRefused]:
        """A request for the sources of the first region among them."""
        region = sources[0].region
        some = [(source, cursor) for source, cursor in zip(sources, cursors, strict=True) if source.region == region]
        adapter = self._adapters[region][self.network]
        assert isinstance(adapter, Many)
        return await adapter.fetch_many([source for source, _ in some], [cursor for _, cursor in some], now)

    async def close(self) -> None:
        """The regions' own are closed by whoever has them."""


class ByRegionPast(ByRegion):
    """Fulfils sources.base.Past too, as those of all regions do."""

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        adapter = self._adapters[source.region][self.network]
        assert isinstance(adapter, Past)
        return await adapter.past(source, cursor, since, now)


def by_region(network: str, adapters: Mapping[str, Mapping[str, Adapter]]) -> ByRegion:
    """The adapter of a network for the sources of all regions."""
    can = all(isinstance(one[network], Past) for one in adapters.values() if network in one)
    return (ByRegionPast if can else ByRegion)(network, adapters)


class CrawlProcess(Process):
    """Crawls from ``start`` to ``stop``. ``adapters``: those of each region, by network; ``inlets``: those of all."""

    def __init__(
        self,
        config: Config,
        profiles: Sequence[Profile],
        adapters: Mapping[str, Mapping[str, Adapter]],
        clock: Clock,
        connections: Connections,
        inlets: Sequence[Inlet] = (),
    ) -> None:
        super().__init__(config)
        self._profiles = profiles
        self._adapters = adapters
        self._clock = clock
        self._connections = connections
        self._inlets = inlets
        self._receiver: Receiver | None = None
        self._mine: set[int] = set()
        self._crawler: Crawler | None = None
        self._under_way: list[asyncio.Task[None]] = []
        self._resting = asyncio.Event()

    async def start(self) -> None:
        """Opens store and log and joins the crawlers. Errors say what is wrong and what to do."""
        self._log: Log = await self.open()
        await self._connections.open(self._log)
        self._writer: Writer = self.store.writer()
        section = self.config.crawl
        self._appender = Appender(
            self._log,
            self.board,
            Health([], self._writer, self.metrics, self._clock),
            self.metrics,
            self._clock,
            page_bytes=section.page_bytes,
            post_bytes=section.post_bytes,
            queue_pages=section.queue_pages,
        )
        if self.config.push.port:
            pushes = Pushes(self._appender, self.metrics, self._clock, self.config.push.remember)
            self._receiver = Receiver(self._inlets, pushes, self.config.push)
        settings, session = kafka_settings(self.config), self.config.kafka.session_seconds
        self.run(Lease(settings, GROUP, PAGES, session, self._begin, self._end, self.fail).run())
        self.run(self._follow())
        if self._receiver is not None:
            await self._look()
            await self._receiver.open()
        self.run(self._keep_house())

    async def stop(self) -> None:
        """Requests under way are finished and appended; then the sources go to other crawlers."""
        self.ending.set()
        if self._receiver is not None:
            await self._receiver.close()
        await self._end()
        await self.close()
        for adapters in self._adapters.values():
            for adapter in adapters.values():
                await adapter.close()
        await self._connections.close()

    async def _begin(self, partitions: set[int]) -> None:
        if self.ending.is_set():
            return
        self._mine = partitions
        self._resting = asyncio.Event()
        count = self._log.layout.partitions[PAGES]
        everywhere = sources_of(self._profiles)
        mine = [source for source in everywhere if share_of(source.id, source.network, count, source.address) in partitions]
        log.info("crawl: разделы %s, источников %d", sorted(partitions), len(mine))
        health = Health(mine, self._writer, self.metrics, self._clock, Telling(self._log, self._clock))
        self._under_way.append(self.run(health.run(self._resting)))
        self._appender.health = health
        tokens = [one.id for one in self._connections.budgets.tokens if share_of(one.id, one.network, count) in partitions]
        self._under_way.append(self.run(self._own(tokens)))
        networks = sorted({network for adapters in self._adapters.values() for network in adapters})
        self._crawler = Crawler(
            mine,
            {network: by_region(network, self._adapters) for network in networks},
            self._appender,
            self._log,
            health,
            self._clock,
            concurrency=self.config.crawl.concurrency,
            settings=ceilings_of(self.config),
            budgets=self._connections.budgets,
            profiles=self._profiles,
            metrics=self.metrics,
            backfill_days=self.config.crawl.backfill_days,
        )
        self._under_way.append(self.run(self._crawler.run()))

    async def _own(self, tokens: list[str]) -> None:
        """Tokens rest for a lease before they are ours: whoever had them may still be asking."""
        while not self._resting.is_set():
            try:
                await self._connections.budgets.own(tokens)
            except RetryableError as error:
                log.warning("токены пока не принять: %s", error)
                await ends(error.retry_after, self._resting)
            else:
                return

    async def _end(self) -> None:
        if self._crawler is not None:
            self._crawler.stop()
        self._resting.set()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
            for task in late:
                task.cancel()
            await self._connections.budgets.own(())
        self._mine, self._crawler, self._under_way = set(), None, []

    async def _follow(self) -> None:
        while not self.ending.is_set():
            try:
                await self._look()
            except RetryableError as error:
                log.warning("не узнать, докуда дошёл разбор: %s", error)
            await ends(LOOK_SECONDS, self.ending)

    async def _look(self) -> None:
        """Notes how far triage is in all partitions: pushes and the sources of whole networks may be of any."""
        for partition in range(self._log.layout.partitions[PAGES]):
            committed = await self._log.committed(TRIAGE, PAGES, partition)
            first, _ = await self._log.bounds(PAGES, partition)
            await self.board.note(PAGES, partition, first if committed is None else committed)

    async def _keep_house(self) -> None:
        """Drops from the log what is old and done; whoever has the first partition does so for all."""
        trimmed = time.monotonic() - TRIM_SECONDS
        while not self.ending.is_set():
            if 0 in self._mine and time.monotonic() > trimmed + TRIM_SECONDS:
                trimmed = time.monotonic()
                try:
                    await self._log.trim(self._clock.now())
                except RetryableError as error:
                    log.warning("журнал сейчас не укоротить: %s", error)
            await ends(1.0, self.ending)
