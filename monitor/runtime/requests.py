"""One request to a network and what becomes of it: one append of its pages together with the source's cursor.

Reading pauses while too many pages are not worked off. A source in trouble is tried again later and later, and its state says what
is wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from monitor.model.source import Source
from monitor.runtime.appending import Appender
from monitor.runtime.assigning import Assigning
from monitor.runtime.health import Health
from monitor.runtime.learning import Learning
from sources.base import Adapter, Fetched, Many
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


class Requests:
    """Reads sources that are due. ``gave_back`` is told a network whose sources were taken from the schedule and put back."""

    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        appender: Appender,
        log: Log,
        health: Health,
        clock: Clock,
        assigning: Assigning,
        schedule: Schedule,
        learning: Learning,
        gave_back: Callable[[str], None],
    ) -> None:
        self._adapters = adapters
        self._appender = appender
        self._log = log
        self._health = health
        self._clock = clock
        self._assigning = assigning
        self._schedule = schedule
        self._learning = learning
        self._gave_back = gave_back
        self._failures: dict[str, int] = {}
        self._alone: dict[str, int] = {}
        self._cursors: dict[str, str] = {}

    async def read(self, source: Source) -> None:
        """One source that is due, and by the same request others that are, if its network answers for many at once."""
        began = self._clock.now()
        adapter = self._adapters[source.network]
        given: Mapping[str, Fetched | SourceRefused] = {}
        sources = [source]
        if isinstance(adapter, Many) and adapter.many > 1 and began >= self._alone.get(source.network, 0):
            try:
                cursors = await self._join(source, adapter, sources)
                given = await adapter.fetch_many(sources, cursors, began) if len(sources) > 1 else {}
            except SourceRefused as error:
                log.info("%s: источники читаются по одному: %s", source.network, error)
                self._alone[source.network] = began + int(REFUSED_WAIT * 1000)
            except RetryableError as error:
                self._alone[source.network] = began + int(max(error.retry_after, ALONE_WAIT) * 1000)
            except Exception:
                log.exception("%s: прочесть много источников сразу не удалось", source.network)
                self._alone[source.network] = began + int(BUG_WAIT * 1000)
        for one in sources:
            if one is not source and one.id not in given:
                self._schedule.give_back(one)
        self._gave_back(source.network)
        for one in sources:
            if one is source or one.id in given:
                await self._read_one(one, began, given.get(one.id))

    async def _join(self, source: Source, adapter: Many, sources: list[Source]) -> list[str]:
        """Adds to ``sources`` what is due and can be read by the same request; the cursors of all of them."""
        cursors = [await self._cursor(source)]
        if not adapter.joins(source, cursors[0], self._clock.now()):
            return cursors
        others: list[Source] = []
        try:
            while len(sources) + len(others) < 2 * adapter.many and len(sources) < adapter.many:
                one = self._schedule.take(source.network, self._clock.now())
                if one is None:
                    break
                others.append(one)
                cursor = await self._cursor(one)
                if adapter.joins(one, cursor, self._clock.now()):
                    sources.append(others.pop())
                    cursors.append(cursor)
        finally:
            for one in others:
                self._schedule.give_back(one)
        return cursors

    async def _read_one(self, source: Source, began: int, given: Fetched | SourceRefused | None = None) -> None:
        """One request, or what one has ``given`` already; whatever becomes of it, the schedule is told."""
        try:
            if not await self._appender.room(source, ROOM_SECONDS):
                self._schedule.failed(source, self._clock.now(), FULL_WAIT)
                return
            cursor = await self._cursor(source)
            # Known again when the log has the next one.
            self._cursors.pop(source.id, None)
            if isinstance(given, SourceRefused):
                raise given
            fetched = given or await self._adapters[source.network].fetch(source, cursor, began)
            if self._assigning.concerns(source):
                fetched.pages = await self._assigning.assign(source, fetched.pages)
            self._learning.take(source, fetched.pages)
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
            log.warning("источник %s: %s", source.id, error)
            wait = error.retry_after
        except Exception:
            # A bug met by one source: the others go on, this one is tried again, and everybody can see it.
            log.exception("источник %s: прочесть не удалось", source.id)
            self._health.trouble(source, "broken", "ошибка в программе, см. журнал")
            wait = BUG_WAIT
        else:
            self._failures.pop(source.id, None)
            self._schedule.read(source, began, self._clock.now(), wait=fetched.wait, more=fetched.more)
            return
        self._schedule.failed(source, self._clock.now(), wait)

    async def _cursor(self, source: Source) -> str:
        """Where the source's next answer begins: the sources are ours as long as this crawler runs, nobody else moves them on."""
        known = self._cursors.get(source.id)
        return await self._log.cursor(source.id) if known is None else known
