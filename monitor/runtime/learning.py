"""What the crawler learns of its sources from their pages, and what of it outlives the process: kept beside the log, an hour's worth.
That a source has shown its first post is kept at once.

An answer may come in several pages or requests: its posts count when the source has been read up to a later time than before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.model.errors import RetryableError
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.runtime.health import Health
from sources.schedule.habits import Known
from sources.schedule.schedule import Schedule

log = logging.getLogger(__name__)

SAVE_MS: Final = 3_600_000
PENDING: Final = 5000
"""Times of posts kept while a source catches up; beyond, a source writes so much that the rest changes nothing."""
LOADS: Final = 64
"""Records read at once."""


class Remembered(msgspec.Struct, array_like=True):
    """Of one source: when it was read, up to when, how many posts it had brought by then, and its habits."""

    read: int
    covered: int
    posts: int
    habits: Known


_decoder = msgspec.json.Decoder(Remembered)
_encoder = msgspec.json.Encoder()


class Learning:
    """Of all sources of a schedule."""

    def __init__(self, schedule: Schedule, health: Health, log: Log, clock: Clock) -> None:
        self._schedule = schedule
        self._health = health
        self._log = log
        self._clock = clock
        count = len(schedule.sources)
        self._covered = [0] * count
        self._read = [0] * count
        self._pending: dict[int, list[int]] = {}
        self._changed: set[int] = set()
        self._begun: set[int] = set()
        self._saved_at = clock.now()
        health.judge_by(self.silent)
        health.kept_by(self.keep)

    async def load(self) -> None:
        """What earlier processes have kept. RetryableError where the log can't be asked."""
        gate = asyncio.Semaphore(LOADS)

        async def one(number: int, source: Source) -> None:
            async with gate:
                value = await self._log.budget(_name(source))
            if not value:
                return
            try:
                known = _decoder.decode(value)
            except msgspec.DecodeError as error:
                log.warning("источник %s: выученное о нём не читается, учимся заново: %s", source.id, error)
                return
            self._read[number], self._covered[number] = known.read, known.covered
            self._schedule.habits.load(number, known.habits)
            self._schedule.remember(source.id, known.read)
            self._health.remember(source, known.read, known.covered, known.posts)

        await asyncio.gather(*(one(number, source) for number, source in enumerate(self._schedule.sources)))

    def take(self, source: Source, pages: Sequence[Page]) -> None:
        """Pages of one answer, before they go into the log."""
        number = self._schedule.number[source.id]
        habits = self._schedule.habits
        times = self._pending.setdefault(number, [])
        times += [post.published_at for page in pages for post in page.posts if not post.deleted and not post.official]
        del times[PENDING:]
        covered = pages[-1].covered_until
        before = self._covered[number]
        if covered <= before:
            return
        if before:
            habits.observe(number, before, covered, times)
        else:
            habits.first(number, times, covered)
        if times and not self._health.posts(source):
            self._begun.add(number)
        del self._pending[number]
        self._covered[number], self._read[number] = covered, pages[-1].fetched_at
        self._changed.add(number)

    def silent(self, source: str) -> bool:
        return self._schedule.habits.silent(self._schedule.number[source])

    async def save(self, *, now: bool = False) -> None:
        """Keeps what was learnt, if it is time. Where the log does not take it, it is kept later."""
        if not self._changed or (not now and self._clock.now() < self._saved_at + SAVE_MS):
            return
        changed, self._changed = sorted(self._changed), set()
        if await self._put(changed):
            self._saved_at = self._clock.now()
        else:
            self._changed.update(changed)

    async def keep(self) -> None:
        """Keeps at once that a source has shown its first posts: a process that is killed now would leave it as empty."""
        begun = sorted(number for number in self._begun if self._health.posts(self._schedule.sources[number]))
        self._begun.difference_update(begun)
        if begun and not await self._put(begun):
            self._begun.update(begun)

    async def _put(self, numbers: Sequence[int]) -> bool:
        values = {_name(self._schedule.sources[number]): self._written(number) for number in numbers}
        try:
            await self._log.append([], budgets=values)
        except RetryableError as error:
            log.warning("выученное об источниках сейчас не сохранить: %s", error)
            return False
        return True

    def _written(self, number: int) -> str:
        posts = self._health.posts(self._schedule.sources[number])
        known = Remembered(self._read[number], self._covered[number], posts, self._schedule.habits.dump(number))
        return _encoder.encode(known).decode()


def _name(source: Source) -> str:
    return f"source:{source.id}"
