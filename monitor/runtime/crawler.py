"""Reads sources into the log as long as it runs.

When which source is read is the schedule's affair (sources.schedule), a single request that of monitor.runtime.requests. Each network
has slots of its own, so that one that is slow holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.profile.model import Profile
from monitor.runtime.appending import Appender
from monitor.runtime.assigning import Assigning
from monitor.runtime.backfill import Backfill
from monitor.runtime.danger import follow
from monitor.runtime.gauges import Gauges
from monitor.runtime.health import Health
from monitor.runtime.learning import Learning
from monitor.runtime.limits import lane_of
from monitor.runtime.requests import ROOM_SECONDS, Requests
from sources.base import Adapter
from sources.budgets.budgets import Budgets
from sources.budgets.pool import UNLIMITED, Allowance
from sources.schedule.lanes import Lane, Settings
from sources.schedule.schedule import Schedule

log = logging.getLogger(__name__)

PLAN_SECONDS: Final = 300.0
SHOW_SECONDS: Final = 5.0
LONGEST_SLEEP: Final = 60.0
"""Seconds; nothing depends on it, but a clock that jumps is noticed."""


class Crawler:
    """Reads ``sources`` by the adapters of their networks until ``stop``.

    ``concurrency``: requests under way at once of each network. ``budgets`` are opened by whoever made them. ``profiles`` of the
    sources' regions tell the local time, what lies near a danger, and whose place a search's finding names; without them it is UTC,
    nothing is hurried and nothing assigned.
    ``backfill_days``: how far back the history of sources is read that can be read back.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        adapters: Mapping[str, Adapter],
        appender: Appender,
        log: Log,
        health: Health,
        clock: Clock,
        *,
        concurrency: int = 8,
        settings: Settings | None = None,
        budgets: Budgets | None = None,
        profiles: Sequence[Profile] = (),
        metrics: Metrics | None = None,
        backfill_days: float = 0.0,
    ) -> None:
        self._sources = sources
        self._adapters = adapters
        self._appender = appender
        self._log = log
        self._health = health
        self._clock = clock
        self._concurrency = concurrency
        self._settings = settings or Settings()
        self._budgets = budgets
        self._limits = budgets.limits if budgets else {}
        self._profiles = profiles
        self._assigning = Assigning(profiles)
        self._metrics = metrics
        self._backfill_days = backfill_days
        self._stopping = asyncio.Event()
        self._news: dict[str, asyncio.Event] = {}
        self._schedule: Schedule | None = None
        self._backfill: Backfill | None = None

    def stop(self) -> None:
        """Requests under way are finished and appended, then ``run`` returns."""
        self._stopping.set()
        for news in self._news.values():
            news.set()

    async def run(self) -> None:
        now = self._clock.now()
        schedule = Schedule(self._sources, self._settings, lambda source: lane_of(source, self._limits), self._offset, now)
        learning = Learning(schedule, self._health, self._log, self._clock)
        await self._loaded(learning)
        schedule.plan(self._clock.now(), self._allowance)
        self._schedule = schedule
        self._news = {source.network: asyncio.Event() for source in self._sources}
        requests = Requests(
            self._adapters,
            self._appender,
            self._log,
            self._health,
            self._clock,
            self._assigning,
            schedule,
            learning,
            lambda network: self._news[network].set(),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(self._plan(schedule, learning))
            if self._profiles:
                group.create_task(follow(self._log, self._profiles, self.hurry, self._stopping))
            if self._metrics is not None:
                group.create_task(self._show(Gauges(self._metrics, self._budgets, schedule, lambda: self.history()[2])))
            if self._backfill_days > 0:
                self._backfill = self._make_backfill(schedule)
                group.create_task(self._backfill.run(self._stopping))
            for network in self._news:
                group.create_task(self._read_network(network, schedule, requests, group))
        await learning.save(now=True)

    async def replay(self, source: Source, now: int, on_page: Callable[[Page], None]) -> None:
        """Reads one source from its start to its end, as of ``now`` (ms); what is known already stays known."""
        cursor = ""
        more = True
        while more and not self._stopping.is_set():
            while not self._stopping.is_set() and not await self._appender.room(source, ROOM_SECONDS):
                continue
            fetched = await self._adapters[source.network].fetch(source, cursor, now)
            for page in await self._appender.append(source, fetched, cursor):
                on_page(page)
            cursor, more = fetched.pages[-1].cursor, fetched.more

    def hurry(self, territories: Sequence[str]) -> int:
        """Something dangerous happened in the first of these: their sources are read at once, within bounds. Says how many."""
        if self._schedule is None:
            return 0
        hurried = self._schedule.boost(territories, self._clock.now())
        for network in {source.network for source in hurried}:
            self._news[network].set()
        return len(hurried)

    def late(self) -> float:
        """Seconds by which the ceiling of a source's class is exceeded at most; below 0: all hold."""
        return self._schedule.late(self._clock.now()) if self._schedule else 0.0

    def lanes(self) -> list[Lane]:
        """What is shared by which sources, and whether it covers their ceilings."""
        return list(self._schedule.lanes.values()) if self._schedule else []

    def history(self) -> tuple[int, int, float]:
        """Sources whose history has been read, those whose history is read, and the share of the time that has been (none: 1)."""
        return self._backfill.progress() if self._backfill else (0, 0, 1.0)

    async def _loaded(self, learning: Learning) -> None:
        while not self._stopping.is_set():
            try:
                await learning.load()
            except RetryableError as error:
                log.warning("выученное об источниках пока не прочесть: %s", error)
                await self._rest(error.retry_after, self._stopping)
            else:
                return

    async def _plan(self, schedule: Schedule, learning: Learning) -> None:
        while not self._stopping.is_set():
            await self._rest(PLAN_SECONDS, self._stopping)
            schedule.plan(self._clock.now(), self._allowance)
            for lane in schedule.lanes.values():
                if lane.short:
                    log.warning("%s: ограничения %s не хватает на предельные сроки источников", lane.network, lane.method)
            for news in self._news.values():
                news.set()
            await learning.save()

    def _make_backfill(self, schedule: Schedule) -> Backfill:
        return Backfill(
            self._sources,
            self._adapters,
            self._appender,
            self._log,
            self._clock,
            self._backfill_days,
            schedule.history_pause,
            lambda network: schedule.next(network) <= self._clock.now(),
            self._health.covered,
        )

    async def _show(self, gauges: Gauges) -> None:
        while not self._stopping.is_set():
            gauges.show(self._clock.now())
            await self._rest(SHOW_SECONDS, self._stopping)

    async def _read_network(self, network: str, schedule: Schedule, requests: Requests, group: asyncio.TaskGroup) -> None:
        news, slots = self._news[network], asyncio.Semaphore(self._concurrency)

        def done(_: asyncio.Task[None]) -> None:
            slots.release()
            news.set()

        while True:
            await slots.acquire()
            if self._stopping.is_set():
                return
            news.clear()
            if (source := schedule.take(network, self._clock.now())) is not None:
                group.create_task(requests.read(source)).add_done_callback(done)
                continue
            slots.release()
            await self._rest(min((schedule.next(network) - self._clock.now()) / 1000, LONGEST_SLEEP), news)

    def _allowance(self, lane: Lane) -> Allowance:
        if self._budgets is None or lane.network not in self._budgets:
            return UNLIMITED
        return self._budgets[lane.network].allowance(lane.method)

    def _offset(self, source: Source) -> int:
        """Of the source's local time, ms."""
        zone = next((one.calendar.timezone for one in self._profiles if one.id == source.region), None)
        offset = datetime.fromtimestamp(self._clock.now() / 1000, zone).utcoffset() if zone else None
        return int(offset.total_seconds() * 1000) if offset else 0

    async def _rest(self, seconds: float, event: asyncio.Event) -> None:
        """Sleeps by the clock, or until the event."""
        if seconds <= 0 or event.is_set():
            return
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        waiting = asyncio.ensure_future(event.wait())
        await asyncio.wait({sleep, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleep, waiting):
            task.cancel()
