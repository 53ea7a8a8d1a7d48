"""A crawler's surroundings in memory and virtual time: a log, a store, a network with faults."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry

from monitor.bench.virtual import VirtualClock
from monitor.log.base import PAGES, WATCH, Append, Layout
from monitor.metrics.catalogue import Metrics
from monitor.model.codec import decode
from monitor.model.errors import RetryableError
from monitor.model.post import Page, Post
from monitor.model.rows import Row, SourceHealthRow
from monitor.model.source import Source, SourceClass
from monitor.model.watch import SourceStates, decode_record
from monitor.runtime.appending import Appender
from monitor.runtime.board import Board
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from monitor.runtime.telling import Telling
from sources.base import Fetched
from sources.budgets.budgets import Budgets

START = 1_789_948_800_000


class MemoryLog:
    """What a crawler needs of monitor.log.base.Log. ``fails``: how many of the next appends fail. ``told``: to watch."""

    def __init__(self) -> None:
        self.layout = Layout("memory", partitions={PAGES: 2, WATCH: 1})
        self.pages: list[Page] = []
        self.told: list[SourceStates] = []
        self.kept: dict[str, str] = {}
        self.read: dict[str, str] = {}
        self.fails = 0
        self._ends = Counter[int]()

    async def append(
        self, records: Sequence[Append], *, cursors: Mapping[str, str] | None = None, budgets: Mapping[str, str] | None = None
    ) -> list[int]:
        await asyncio.sleep(0)
        if self.fails > 0:
            self.fails -= 1
            raise RetryableError("the disk is full", 5.0)
        offsets = []
        for record in records:
            if record.topic == WATCH:
                states = decode_record(record.value)
                assert isinstance(states, SourceStates)
                self.told.append(states)
                offsets.append(len(self.told) - 1)
                continue
            self.pages.append(decode(record.value, Page))
            offsets.append(self._ends[record.partition])
            self._ends[record.partition] += 1
        self.read |= cursors or {}
        self.kept |= budgets or {}
        return offsets

    async def cursor(self, source: str) -> str:
        return self.read.get(source, "")

    async def cursors(self) -> dict[str, str]:
        return dict(self.read)

    async def budget(self, name: str) -> str:
        return self.kept.get(name, "")

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        return 0, self._ends[partition]


class Store:
    """Fulfils sinks.base.Writer."""

    def __init__(self) -> None:
        self.rows: list[SourceHealthRow] = []

    async def write(self, rows: Sequence[Row]) -> None:
        self.rows += [row for row in rows if isinstance(row, SourceHealthRow)]


class Network:
    """Fulfils sources.base.Adapter: each source writes every ``every`` seconds. ``trouble`` may raise instead of an answer."""

    def __init__(self, network: str = "vk", every: float = 600.0, wait: float = 30.0, takes: float = 0.2) -> None:
        self.network = network
        self.every = every
        self.wait = wait
        self.takes = takes
        self.trouble: Callable[[Source, int], None] = lambda source, now: None
        self.answer: Callable[[Source, str, int], Fetched | None] = lambda source, cursor, now: None
        self.asked: dict[str, list[int]] = {}
        self.budget: Budgets | None = None
        self.under_way = self.most_under_way = 0
        self.silent_from = 1 << 60

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            booking = await self.budget[self.network].book("wall.get") if self.budget else None
            self.asked.setdefault(source.id, []).append(now)
            await asyncio.sleep(self.takes)
            if self.budget and booking:
                await self.budget[self.network].tell(booking, "wall.get", "ok")
            self.trouble(source, now)
            return self.answer(source, cursor, now) or self.usual(source, cursor, now)
        finally:
            self.under_way -= 1

    def usual(self, source: Source, cursor: str, now: int) -> Fetched:
        step = int(self.every * 1000)
        first = max(int(cursor or now - 20 * step), START - 20 * step) // step + 1
        times = [number * step for number in range(first, now // step + 1) if number * step < self.silent_from]
        posts = [Post(f"{source.id}_{at}", "текст", at) for at in times]
        return Fetched([Page(source.id, source.region, self.network, now, now, str(now), posts=posts)], wait=self.wait)

    async def close(self) -> None:
        """Nothing is held."""


class World:
    """A crawler over networks; ``run`` lets so many seconds pass."""

    def __init__(self, sources: Sequence[Source], networks: Sequence[Network], log: MemoryLog | None = None, **more: Any) -> None:
        self.sources = sources
        self.clock = VirtualClock(START)
        self.log = log or MemoryLog()
        self.store = Store()
        self.registry = CollectorRegistry()
        metrics = self.metrics = Metrics(self.registry)
        self.board = Board()
        telling = Telling(self.log, self.clock)  # type: ignore[arg-type]
        self.health = Health(sources, self.store, metrics, self.clock, telling)  # type: ignore[arg-type]
        queue = more.pop("queue_pages", 1_000_000)
        parked = more.pop("parked", lambda source: False)
        appender = Appender(self.log, self.board, self.health, metrics, self.clock, queue_pages=queue, parked=parked)  # type: ignore[arg-type]
        adapters = {one.network: one for one in networks}
        self.crawler = Crawler(sources, adapters, appender, self.log, self.health, self.clock, **more)  # type: ignore[arg-type]
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self, seconds: float) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self.crawler.run())]
        done, _ = await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        self.crawler.stop()
        for task in self._tasks:
            await task
        stopped = asyncio.Event()
        stopped.set()
        await self.health.run(stopped)

    async def kill(self) -> None:
        """As a crash: nothing more is done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def state(self, source: Source) -> str:
        return self.row(source).state

    def row(self, source: Source) -> SourceHealthRow:
        """As it will be stored next."""
        return self.health._rows[source.id]


def communities(count: int, network: str = "vk", weight: SourceClass = "ordinary", territory: str = "") -> list[Source]:
    return [
        Source(f"{network}:{number}", network, "community", "samara", str(number), territory=territory, weight=weight)
        for number in range(count)
    ]
