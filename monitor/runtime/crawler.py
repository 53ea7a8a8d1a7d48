"""Reads sources into the log: one request, one append of its pages together with the source's cursor.

When which source is read is the schedule's affair (sources.schedule). Each network has slots of its own, so that one that is slow
holds up no other. Crawling pauses while too many pages are not worked off. A source in trouble is tried again later and later, and
its state says what is wrong.
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
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
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
from sources.base import Adapter, Fetched, Many
from sources.budgets.budgets import Budgets
from sources.budgets.pool import UNLIMITED, Allowance
from sources.schedule.lanes import Lane, Settings
from sources.schedule.schedule import Schedule

log = logging.getLogger(__name__)

REFUSED_WAIT: Final = 3600.0
"""Seconds after which a source that refused for good is asked again: people do reopen walls."""
LONGEST_WAIT: Final = 900.0
BUG_WAIT: Final = 60.0
ALONE_WAIT: Final = 60.0
"""Seconds at least for which sources are read one by one after a request for many has failed."""
ROOM_SECONDS: Final = 0.5
FULL_WAIT: Final = 0.1
"""Seconds for which a request waits for room in its partition, and then lets others go first, whose partition may have some."""
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
        self._failures: dict[str, int] = {}
        self._alone: dict[str, int] = {}
        self._cursors: dict[str, str] = {}
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
                group.create_task(self._read_network(network, schedule, learning, group))
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
                log.warning("what was learnt of the sources can't be read yet: %s", error)
                await self._rest(error.retry_after, self._stopping)
            else:
                return

    async def _plan(self, schedule: Schedule, learning: Learning) -> None:
        while not self._stopping.is_set():
            await self._rest(PLAN_SECONDS, self._stopping)
            schedule.plan(self._clock.now(), self._allowance)
            for lane in schedule.lanes.values():
                if lane.short:
                    log.warning("%s: the limit of %s does not cover the ceilings of its sources", lane.network, lane.method)
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

    async def _read_network(self, network: str, schedule: Schedule, learning: Learning, group: asyncio.TaskGroup) -> None:
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
                group.create_task(self._read_all(source, schedule, learning)).add_done_callback(done)
                continue
            slots.release()
            await self._rest(min((schedule.next(network) - self._clock.now()) / 1000, LONGEST_SLEEP), news)

    async def _read_all(self, source: Source, schedule: Schedule, learning: Learning) -> None:
        """One source that is due, and by the same request others that are, if its network answers for many at once."""
        began = self._clock.now()
        adapter = self._adapters[source.network]
        given: Mapping[str, Fetched | SourceRefused] = {}
        sources = [source]
        if isinstance(adapter, Many) and adapter.many > 1 and began >= self._alone.get(source.network, 0):
            try:
                cursors = await self._join(source, adapter, schedule, sources)
                given = await adapter.fetch_many(sources, cursors, began) if len(sources) > 1 else {}
            except SourceRefused as error:
                log.info("%s: sources are read one by one: %s", source.network, error)
                self._alone[source.network] = began + int(REFUSED_WAIT * 1000)
            except RetryableError as error:
                self._alone[source.network] = began + int(max(error.retry_after, ALONE_WAIT) * 1000)
            except Exception:
                log.exception("%s: reading many sources at once failed", source.network)
                self._alone[source.network] = began + int(BUG_WAIT * 1000)
        for one in sources:
            if one is not source and one.id not in given:
                schedule.give_back(one)
        self._news[source.network].set()
        for one in sources:
            if one is source or one.id in given:
                await self._read(one, schedule, learning, began, given.get(one.id))

    async def _join(self, source: Source, adapter: Many, schedule: Schedule, sources: list[Source]) -> list[str]:
        """Adds to ``sources`` what is due and can be read by the same request; the cursors of all of them."""
        cursors = [await self._cursor(source)]
        if not adapter.joins(source, cursors[0], self._clock.now()):
            return cursors
        others: list[Source] = []
        try:
            while len(sources) + len(others) < 2 * adapter.many and len(sources) < adapter.many:
                one = schedule.take(source.network, self._clock.now())
                if one is None:
                    break
                others.append(one)
                cursor = await self._cursor(one)
                if adapter.joins(one, cursor, self._clock.now()):
                    sources.append(others.pop())
                    cursors.append(cursor)
        finally:
            for one in others:
                schedule.give_back(one)
        return cursors

    async def _read(
        self, source: Source, schedule: Schedule, learning: Learning, began: int, given: Fetched | SourceRefused | None = None
    ) -> None:
        """One request, or what one has ``given`` already; whatever becomes of it, the schedule is told."""
        try:
            if not await self._appender.room(source, ROOM_SECONDS):
                schedule.failed(source, self._clock.now(), FULL_WAIT)
                return
            cursor = await self._cursor(source)
            # Known again when the log has the next one.
            self._cursors.pop(source.id, None)
            if isinstance(given, SourceRefused):
                raise given
            fetched = given or await self._adapters[source.network].fetch(source, cursor, began)
            if self._assigning.concerns(source):
                fetched.pages = await self._assigning.assign(source, fetched.pages)
            learning.take(source, fetched.pages)
            await self._appender.append(source, fetched, cursor)
            self._cursors[source.id] = fetched.pages[-1].cursor
        except SourceRefused as error:
            self._health.trouble(source, error.state, str(error))
            wait = REFUSED_WAIT
        except SourceUnavailable as error:
            self._failures[source.id] = failures = self._failures.get(source.id, 0) + 1
            self._health.trouble(source, error.state, str(error))
            wait = min(max(error.retry_after, 2.0 ** min(failures, 10)), LONGEST_WAIT)
        except RetryableError as error:
            # The log and not the source: what it does not have now is read again.
            log.warning("source %s: %s", source.id, error)
            wait = error.retry_after
        except Exception:
            # A bug met by one source: the others go on, this one is tried again, and everybody can see it.
            log.exception("source %s: reading failed", source.id)
            self._health.trouble(source, "broken", "ошибка в программе, см. журнал")
            wait = BUG_WAIT
        else:
            self._failures.pop(source.id, None)
            schedule.read(source, began, self._clock.now(), wait=fetched.wait, more=fetched.more)
            return
        schedule.failed(source, self._clock.now(), wait)

    async def _cursor(self, source: Source) -> str:
        """Where the source's next answer begins: the sources are ours as long as this crawler runs, nobody else moves them on."""
        known = self._cursors.get(source.id)
        return await self._log.cursor(source.id) if known is None else known

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
