"""Reads sources into the log: one request, one append of its pages together with the source's cursor.

A source is read again after the wait that its adapter names. Crawling pauses while too many pages are not worked off. A source in
trouble is tried again later and later, and its state says what is wrong; it never holds up another one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from monitor.clock import Clock
from monitor.log.base import PAGES, Append, Log, partition_of
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import SourceState
from monitor.model.codec import encode
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from monitor.model.post import Broken, Page
from monitor.model.source import Source
from monitor.runtime import faults
from monitor.runtime.board import Board
from monitor.runtime.health import Health
from sources.base import Adapter, Fetched
from sources.masking import mask
from sources.paging import split

log = logging.getLogger(__name__)

BROKEN_BYTES = 20_000
"""A raw item in the dead letters is cut here: enough to see what it was, and twenty of them fit into a page."""
BROKEN_ITEMS = 20
REFUSED_WAIT = 3600.0
"""Seconds after which a source that refused for good is asked again: people do reopen walls."""
LONGEST_WAIT = 900.0
BUG_WAIT = 60.0


class Crawler:
    """Reads ``sources`` by the adapters of their networks until ``stop``."""

    def __init__(
        self,
        sources: Sequence[Source],
        adapters: Mapping[str, Adapter],
        log: Log,
        board: Board,
        health: Health,
        metrics: Metrics,
        clock: Clock,
        *,
        concurrency: int = 8,
        page_bytes: int = 512_000,
        post_bytes: int = 256_000,
        queue_pages: int = 200,
        parked: Callable[[str], bool] = lambda source: False,
        fault: faults.Fault = faults.no_fault,
    ) -> None:
        self._sources = sources
        self._adapters = adapters
        self._log = log
        self._board = board
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._page_bytes = page_bytes
        self._post_bytes = post_bytes
        self._queue_pages = queue_pages
        self._parked = parked
        self._fault = fault
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
            for page in await self._append(source, fetched, cursor):
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
        await self._append(source, fetched, cursor)
        return 0.0 if fetched.more else fetched.wait

    async def _append(self, source: Source, fetched: Fetched, before: str) -> list[Page]:
        if fetched.broken:
            fetched.pages[0].broken = [_broken(raw, reason) for raw, reason in fetched.broken[:BROKEN_ITEMS]]
            if len(fetched.broken) > BROKEN_ITEMS:
                rest = f"{len(fetched.broken) - BROKEN_ITEMS} more broken items in the same answer"
                fetched.pages[0].broken.append(Broken(rest, ""))
        limits = {"page_limit": self._page_bytes, "post_limit": self._post_bytes}
        pages = [part for page in fetched.pages for part in split(page, before, **limits)]
        now = self._clock.now()
        partition = self._partition(source)
        await self._log.append(
            [Append(PAGES, partition, source.id, encode(page), now) for page in pages],
            cursors={source.id: fetched.pages[-1].cursor},
        )
        self._fault(faults.PAGE_APPENDED)
        self._metrics.pages["crawl"].inc(len(pages))
        posts = sum(len(page.posts) for page in pages)
        state: SourceState = "parked" if self._parked(source.id) else "ok" if posts or before else "empty"
        self._health.read(source, state, pages[-1].fetched_at, pages[-1].covered_until, posts)
        return pages

    def _partition(self, source: Source) -> int:
        return partition_of(source.id, self._log.layout.partitions[PAGES])

    async def _room(self, source: Source) -> None:
        """Waits until few enough pages of the source's partition are not worked off."""
        partition = self._partition(source)
        while not self._stopping.is_set():
            _, following = await self._log.bounds(PAGES, partition)
            if following - self._board.done(PAGES, partition) < self._queue_pages:
                return
            try:
                async with asyncio.timeout(1.0):
                    await self._board.reached(PAGES, partition, following - self._queue_pages + 1)
            except TimeoutError:
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


def _broken(raw: Any, reason: str) -> Broken:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw if isinstance(raw, str) else None
    if text is None:
        text = orjson.dumps(raw, default=str).decode()
    return Broken(reason, mask(text[:BROKEN_BYTES].encode("utf-8", "replace").decode()))
