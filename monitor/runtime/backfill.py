"""History of the sources, read back as far as configured: the lowest class, which never delays what is written now.

A request for history leaves only while no source of its network is due, and at most as often as a small share of the network's limits
allows; the schedule has left this share out of its plans. Where a source stands is kept with its pages, so a restart goes on.
The pages are marked as history, which alarms nobody; so what the live crawl has not come to yet is left to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.model.errors import RetryableError, SourceRefused
from monitor.model.source import Source
from monitor.runtime.appending import Appender
from sources.base import Adapter, Past

log = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
MARGIN_MS: Final = 600_000
"""Clocks of networks differ from ours, and posts are shown late: what is so young may not have been seen by the live crawl."""
TOLD_MS: Final = 600_000
"""Between two lines in the log on how far it is."""
BUSY_SECONDS: Final = 1.0
"""While sources are due, it is looked again so often whether they still are."""


class Mark(msgspec.Struct):
    """How far back a source has been read: the adapter's cursor, and times in ms. ``began``: when reading back began."""

    cursor: str = ""
    began: int = 0
    since: int = 0
    reached: int = 0
    done: bool = False

    def share(self) -> float:
        """Of the time that is asked for, how much has been read: 0 to 1."""
        if self.done:
            return 1.0
        return (self.began - max(self.reached, self.since)) / (self.began - self.since) if self.began > self.since else 0.0


_decoder = msgspec.json.Decoder(Mark)
_encoder = msgspec.json.Encoder()


def encode_mark(mark: Mark) -> str:
    """As it is kept among the log's cursors."""
    return _encoder.encode(mark).decode()


class Backfill:
    """Of those ``sources`` whose adapters can read back. ``pause(source)``: seconds between two requests for history of its network.

    ``busy(network)``: a source of it is due, or nobody knows. ``covered(source)``: up to when (ms) it has been read live.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        adapters: Mapping[str, Adapter],
        appender: Appender,
        events: Log,
        clock: Clock,
        days: float,
        pause: Callable[[Source], float],
        busy: Callable[[str], bool],
        covered: Callable[[Source], int],
    ) -> None:
        self._adapters = {name: adapter for name, adapter in adapters.items() if isinstance(adapter, Past)}
        self._sources = [source for source in sources if source.network in self._adapters]
        self._appender = appender
        self._log = events
        self._clock = clock
        self._days = days
        self._pause = pause
        self._busy = busy
        self._covered = covered
        self._marks: dict[str, Mark] = {}
        self._told = 0

    def progress(self) -> tuple[int, int, float]:
        """Sources that are done, all sources, and the share of the time that has been read, 0 to 1."""
        shares = [self._marks.get(source.id, Mark()).share() for source in self._sources]
        return shares.count(1.0), len(shares), sum(shares) / len(shares) if shares else 1.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Until all is read, or everything stops."""
        await self._look()
        async with asyncio.TaskGroup() as group:
            for network, adapter in self._adapters.items():
                mine = [source for source in self._sources if source.network == network]
                group.create_task(self._network(mine, adapter, stopping))

    async def _look(self) -> None:
        """How far earlier processes came, so that it can be told at once."""
        for source in self._sources:
            try:
                self._marks[source.id] = await self._load(source)
            except RetryableError as error:
                log.warning("пока не узнать, докуда прочитано прошлое: %s", error)
                return

    async def _network(self, sources: list[Source], adapter: Past, stopping: asyncio.Event) -> None:
        """One request of each in turn: all histories grow alike."""
        while sources and not stopping.is_set():
            for source in list(sources):
                if stopping.is_set():
                    return
                try:
                    if await self._step(source, adapter, stopping):
                        sources.remove(source)
                except SourceRefused as error:
                    log.warning("источник %s: прошлого нет: %s", source.id, error)
                    self._marks[source.id] = Mark(done=True)
                    sources.remove(source)
                except RetryableError as error:
                    await self._rest(error.retry_after, stopping)
                except Exception:
                    # One source's history is given up until the next start; the others go on.
                    log.exception("источник %s: прочесть прошлое не удалось", source.id)
                    sources.remove(source)
            self._tell()

    async def _step(self, source: Source, adapter: Past, stopping: asyncio.Event) -> bool:
        """One request; whether the source is done."""
        mark = self._marks.get(source.id) or await self._load(source)
        self._marks[source.id] = mark
        if mark.done:
            return True
        await self._rest(self._pause(source), stopping)
        while self._busy(source.network) or not await self._appender.room(source, 0.0):
            if stopping.is_set():
                return False
            await self._rest(BUSY_SECONDS, stopping)
        live = self._covered(source) - MARGIN_MS
        if live < 0:
            # The present comes first.
            return False
        fetched = await adapter.past(source, mark.cursor, mark.since, self._clock.now())
        times = [post.published_at for page in fetched.pages for post in page.posts if post.published_at]
        reached = min([mark.reached, *times])
        for page in fetched.pages:
            page.posts = [post for post in page.posts if post.published_at <= live]
        after = Mark(fetched.pages[-1].cursor, mark.began, mark.since, reached, not fetched.more)
        await self._appender.past(source, fetched, name_of(source.id), encode_mark(after))
        self._marks[source.id] = after
        return after.done

    async def _load(self, source: Source) -> Mark:
        """Where an earlier process stood. A longer history than it was asked for begins anew: what is known stays known."""
        now = self._clock.now()
        since = now - int(self._days * DAY_MS)
        name = name_of(source.id)
        mark = mark_of({name: await self._log.cursor(name)}, source.id)
        if mark.began and mark.since <= mark.began - int(self._days * DAY_MS):
            return mark
        return Mark("", now, since, now)

    def _tell(self) -> None:
        if self._clock.now() >= self._told + TOLD_MS:
            self._told = self._clock.now()
            done, count, share = self.progress()
            log.info("прошлое: источников %d из %d, времени %.0f %%", done, count, 100 * share)

    async def _rest(self, seconds: float, stopping: asyncio.Event) -> None:
        if seconds <= 0 or stopping.is_set():
            return
        sleep, stop = asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(stopping.wait())
        await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        stop.cancel()


def mark_of(cursors: Mapping[str, str], source: str) -> Mark:
    """How far a source has been read back, by the log's cursors; an empty mark where it was not begun."""
    written = cursors.get(name_of(source))
    try:
        return _decoder.decode(written) if written else Mark()
    except msgspec.DecodeError:
        return Mark()


def name_of(source: str) -> str:
    """Of the cursor that keeps a mark: no source is called so, since ids begin with their network."""
    return f"past:{source}"
