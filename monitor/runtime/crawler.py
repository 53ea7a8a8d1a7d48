"""Reads sources into the log: one request, one append of its pages together with the source's cursor.

A source is read again after the wait that its adapter names. Crawling pauses while too many pages are not worked off. A source in
trouble is tried again later and later, and its state says what is wrong; it never holds up another one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.runtime.appending import Appender
from monitor.runtime.health import Health
from sources.base import Adapter

log = logging.getLogger(__name__)

REFUSED_WAIT = 3600.0
"""Seconds after which a source that refused for good is asked again: people do reopen walls."""
LONGEST_WAIT = 900.0
BUG_WAIT = 60.0
LOOK_SECONDS = 1.0
"""Between two looks at whether everything stops, while crawling pauses."""


class Crawler:
    """Reads ``sources`` by the adapters of their networks until ``stop``."""

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
    ) -> None:
        self._sources = sources
        self._adapters = adapters
        self._appender = appender
        self._log = log
        self._health = health
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Requests under way are finished and appended, then ``run`` returns."""
        self._stopping.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(self._watch(source))

    async def replay(self, source: Source, now: int, on_page: Callable[[Page], None]) -> None:
        """Reads one source from its start to its end, as of ``now`` (ms); what is known already stays known."""
        cursor = ""
        more = True
        while more and not self._stopping.is_set():
            await self._room(source)
            fetched = await self._adapters[source.network].fetch(source, cursor, now)
            for page in await self._appender.append(source, fetched, cursor):
                on_page(page)
            cursor, more = fetched.pages[-1].cursor, fetched.more

    async def _watch(self, source: Source) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                await self._room(source)
                async with self._slots:
                    if self._stopping.is_set():
                        return
                    wait = await self._once(source)
                failures = 0
            except SourceRefused as error:
                self._health.trouble(source, error.state, str(error))
                wait = REFUSED_WAIT
            except SourceUnavailable as error:
                failures += 1
                self._health.trouble(source, "limited", str(error))
                wait = min(max(error.retry_after, 2.0**failures), LONGEST_WAIT)
            except RetryableError as error:
                # The log and not the source: what it does not have now is read again.
                log.warning("source %s: %s", source.id, error)
                wait = error.retry_after
            except Exception:
                # A bug met by one source: the others go on, this one is tried again, and everybody can see it.
                log.exception("source %s: reading failed", source.id)
                self._health.trouble(source, "broken", "an error in the program, see the log")
                wait = BUG_WAIT
            await self._rest(wait)

    async def _once(self, source: Source) -> float:
        cursor = await self._log.cursor(source.id)
        fetched = await self._adapters[source.network].fetch(source, cursor, self._clock.now())
        await self._appender.append(source, fetched, cursor)
        return 0.0 if fetched.more else fetched.wait

    async def _room(self, source: Source) -> None:
        """Waits until few enough pages of the source's partition are not worked off."""
        while not self._stopping.is_set() and not await self._appender.room(source, LOOK_SECONDS):
            continue

    async def _rest(self, seconds: float) -> None:
        """Sleeps by the clock, or until everything stops."""
        if seconds <= 0 or self._stopping.is_set():
            return
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleep, stop):
            task.cancel()
