"""Puts what sources brought into the log: cut into pages, broken items masked, counted, and noted in the sources' health.

Crawlers and the receiver of pushes share it, so that the same holds for what was asked for and for what was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson

from monitor.clock import Clock
from monitor.log.base import PAGES, Append, Log, partition_of
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import SourceState
from monitor.model.codec import encode
from monitor.model.post import Broken, Page
from monitor.model.source import Source
from monitor.runtime import faults
from monitor.runtime.board import Board
from monitor.runtime.health import Health
from sources.base import Fetched
from sources.masking import mask
from sources.paging import split

BROKEN_BYTES: Final = 20_000
"""A raw item in the dead letters is cut here: enough to see what it was, and twenty of them fit into a page."""
BROKEN_ITEMS: Final = 20


class Appender:
    """Appends to the topic of pages; ``append`` and ``push`` return when all is durable, and raise as Log.append does.

    ``health`` may be set anew: a crawler of a cluster gets other sources now and then, while pushes may be of any.
    """

    def __init__(
        self,
        log: Log,
        board: Board,
        health: Health,
        metrics: Metrics,
        clock: Clock,
        *,
        page_bytes: int = 512_000,
        post_bytes: int = 256_000,
        queue_pages: int = 200,
        parked: Callable[[str], bool] = lambda source: False,
        fault: faults.Fault = faults.no_fault,
    ) -> None:
        self._log = log
        self._board = board
        self.health = health
        self._metrics = metrics
        self._clock = clock
        self._limits = {"page_limit": page_bytes, "post_limit": post_bytes}
        self._queue_pages = queue_pages
        self._parked = parked
        self._fault = fault
        self._following: dict[int, int] = {}

    async def append(self, source: Source, fetched: Fetched, before: str) -> list[Page]:
        """An answer to a request that was asked with the cursor ``before``; its own cursor is stored in the same step."""
        pages = self._pages(fetched, before)
        await self._put(self._records(source, pages), {source.id: fetched.pages[-1].cursor})
        self._fault(faults.PAGE_APPENDED)
        broken = [item.detail for page in pages for item in page.broken]
        if broken and not any(page.posts for page in pages) and not self._parked(source.id):
            # An answer in which the parser found nothing that it knows: what the source has written stays unseen.
            self._metrics.pages["crawl"].inc(len(pages))
            self.health.trouble(source, "broken", broken[0])
        else:
            self._note(source, pages, known=bool(before))
        return pages

    async def past(self, source: Source, fetched: Fetched, name: str, mark: str) -> None:
        """History, marked as such; ``mark`` is stored under ``name`` in the same step."""
        pages = [replace(page, origin="backfill", covered_until=0, cursor="") for page in self._pages(fetched, "")]
        await self._put(self._records(source, pages), {name: mark})
        self._metrics.pages["crawl"].inc(len(pages))

    async def push(self, taken: Sequence[tuple[Source, Fetched]]) -> None:
        """What one push brought; no cursor moves, since a push says nothing of what was not pushed."""
        brought = [(source, self._pages(fetched, "")) for source, fetched in taken]
        await self._put([record for source, pages in brought for record in self._records(source, pages)])
        self._fault(faults.PAGE_APPENDED)
        for source, pages in brought:
            self._note(source, pages, known=True)

    async def room(self, source: Source, seconds: float) -> bool:
        """Waits until few enough pages of the source's partition are not worked off, at most ``seconds``; says whether it is so."""
        partition = self._partition(source)
        following = self._following.get(partition)
        if following is None:
            _, following = await self._log.bounds(PAGES, partition)
        if following - self._board.done(PAGES, partition) < self._queue_pages:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._board.reached(PAGES, partition, following - self._queue_pages + 1)
        except TimeoutError:
            return False
        return True

    async def _put(self, records: Sequence[Append], cursors: Mapping[str, str] | None = None) -> None:
        offsets = await self._log.append(records, cursors=cursors)
        for record, offset in zip(records, offsets, strict=True):
            # Where a partition ends is told by each append, whoever else appends there: nobody has to be asked before the next one.
            self._following[record.partition] = offset + 1

    def _pages(self, fetched: Fetched, before: str) -> list[Page]:
        if fetched.broken:
            fetched.pages[0].broken = [_broken(raw, reason) for raw, reason in fetched.broken[:BROKEN_ITEMS]]
            if len(fetched.broken) > BROKEN_ITEMS:
                rest = f"и ещё непринятых в том же ответе: {len(fetched.broken) - BROKEN_ITEMS}"
                fetched.pages[0].broken.append(Broken(rest, ""))
        return [part for page in fetched.pages for part in split(page, before, **self._limits)]

    def _records(self, source: Source, pages: Sequence[Page]) -> list[Append]:
        now, partition = self._clock.now(), self._partition(source)
        return [Append(PAGES, partition, source.id, encode(page), now) for page in pages]

    def _note(self, source: Source, pages: Sequence[Page], *, known: bool) -> None:
        self._metrics.pages["crawl"].inc(len(pages))
        if source not in self.health:
            return
        posts = sum(len(page.posts) for page in pages)
        state: SourceState = "parked" if self._parked(source.id) else "ok" if posts or known else "empty"
        self.health.read(source, state, pages[-1].fetched_at, pages[-1].covered_until, posts)

    def _partition(self, source: Source) -> int:
        return partition_of(source.id, self._log.layout.partitions[PAGES])


def _broken(raw: Any, reason: str) -> Broken:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw if isinstance(raw, str) else None
    if text is None:
        text = orjson.dumps(raw, default=str).decode()
    return Broken(reason, mask(text[:BROKEN_BYTES].encode("utf-8", "replace").decode()))
