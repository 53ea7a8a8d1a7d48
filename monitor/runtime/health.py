"""The visible state of every source: what the crawler last saw of it, kept for metrics, written to the store and told to watch.

| state | when |
|---|---|
| new | not read yet |
| ok, empty | an answer in order; ``empty``: the source has never shown a post |
| silent | an answer in order, but no post for longer than the source's own habit explains (sources.schedule.habits) |
| broken | an answer came in which the parser found nothing that it knows, or a bug |
| limited, unavailable | the network, or what is left of its limits, allows no reading now; the network does not answer |
| forbidden, gone | the network refuses: closed, or not there |
| parked | most of its posts become dead letters |
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, get_args

from monitor.clock import Clock
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import SourceState
from monitor.model.errors import SinkBackpressure
from monitor.model.rows import SourceHealthRow
from monitor.model.source import Source
from monitor.runtime.telling import WELL, Telling
from sinks.base import Writer

STATES: Final[Mapping[str, str]] = {
    "new": "ещё не читался",
    "ok": "в порядке",
    "empty": "пуст",
    "catching_up": "догоняет",
    "limited": "ограничен",
    "silent": "молчит",
    "unavailable": "недоступен",
    "broken": "не разобран",
    "forbidden": "закрыт",
    "gone": "исчез",
    "parked": "остановлен",
}
"""What each state is called in Russian."""

log = logging.getLogger(__name__)

FLUSH = 2.0
"""Real seconds between two writes of what changed: people look at it, nobody computes with it."""
SILENT = "сообщений нет дольше, чем бывает у этого источника"


class Health:
    """Latest state by source. The table's one writer. ``telling`` takes what changes to watch."""

    def __init__(
        self, sources: Sequence[Source], writer: Writer, metrics: Metrics, clock: Clock, telling: Telling | None = None
    ) -> None:
        self._writer = writer
        self._telling = telling
        self._metrics = metrics
        self._clock = clock
        self._rows = {source.id: self._row(source, "new", 0, 0, 0, "") for source in sources}
        self._changed = set(self._rows)
        self._silent: Callable[[str], bool] = lambda source: False
        self._keep: Callable[[], Awaitable[None]] | None = None

    def __contains__(self, source: Source) -> bool:
        return source.id in self._rows

    def judge_by(self, silent: Callable[[str], bool]) -> None:
        """Who knows whether a source is quiet for longer than its habit."""
        self._silent = silent

    def kept_by(self, keep: Callable[[], Awaitable[None]]) -> None:
        """Who keeps for later processes what must not wait. Asked whenever what changed is written."""
        self._keep = keep

    def remember(self, source: Source, fetched_at: int, covered_until: int, posts: int) -> None:
        """How the source stood when an earlier process last kept it: it is ``new`` to this one, but it has been read."""
        self._put(self._row(source, "new", fetched_at, covered_until, posts, ""))

    def posts(self, source: Source) -> int:
        """All that it has brought."""
        return self._rows[source.id].posts

    def covered(self, source: Source) -> int:
        """The time (ms) up to which it has certainly been read; 0: never."""
        return self._rows[source.id].covered_until

    def read(self, source: Source, state: SourceState, fetched_at: int, covered_until: int, posts: int) -> None:
        """An answer was appended that brought so many posts."""
        before = self._rows[source.id]
        covered = max(before.covered_until, covered_until)
        error = ""
        if state in ("ok", "empty"):
            state = "ok" if before.posts + posts else "empty"
        if state in ("ok", "empty") and self._silent(source.id):
            state, error = "silent", SILENT
        self._tell(before, state, error)
        self._put(self._row(source, state, fetched_at, covered, before.posts + posts, error))

    def trouble(self, source: Source, state: SourceState, error: str) -> None:
        """No answer, or one that can't be used; the source stays covered as far as it was."""
        before = self._rows[source.id]
        self._tell(before, state, error)
        self._put(self._row(source, state, before.fetched_at, before.covered_until, before.posts, error[:300]))

    async def run(self, stopping: asyncio.Event) -> None:
        """Writes what changed, and once more at the end."""
        while not stopping.is_set():
            try:
                async with asyncio.timeout(FLUSH):
                    await stopping.wait()
            except TimeoutError:
                pass
            await self._flush()

    async def _flush(self) -> None:
        now = self._clock.now()
        states = Counter(row.state for row in self._rows.values())
        for state in get_args(SourceState):
            self._metrics.sources[state].set(states[state])
        # One that was never read has a state that says so; it must not hide how old the others are.
        oldest = min((row.covered_until for row in self._rows.values() if row.covered_until), default=0)
        if oldest:
            self._metrics.oldest_source_seconds.set(max(0, now - oldest) / 1000)
        changed = sorted(self._changed)
        self._changed.clear()
        try:
            await self._writer.write([self._rows[name] for name in changed])
        except SinkBackpressure:
            # Only the latest state is of interest: what could not be written now is written with the next change.
            self._changed.update(changed)
        if self._telling is not None:
            await self._telling.append()
        if self._keep is not None:
            await self._keep()

    def _tell(self, before: SourceHealthRow, state: SourceState, error: str) -> None:
        """Once when it becomes so, and once when it is over."""
        if self._telling is not None:
            self._telling.note(before.region, before.source, state, error, self._clock.now())
        if state == before.state:
            return
        if state not in WELL:
            log.warning("источник %s: %s: %s", before.source, STATES[state], error)
        elif before.state not in WELL:
            log.warning("источник %s: снова %s, было: %s", before.source, STATES[state], STATES[before.state])

    def _row(self, source: Source, state: SourceState, fetched_at: int, covered: int, posts: int, error: str) -> SourceHealthRow:
        return SourceHealthRow(
            source.region,
            source.id,
            source.network,
            source.name,
            source.kind,
            source.territory,
            state,
            fetched_at,
            covered,
            posts,
            error,
            self._clock.now(),
        )

    def _put(self, row: SourceHealthRow) -> None:
        self._rows[row.source] = row
        self._changed.add(row.source)
