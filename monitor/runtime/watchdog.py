"""Watches progress, not life: a stage with work to do whose offset stands still is stalled, however alive its process is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from monitor.log.base import ALERTS, PAGES, WATCH, Log
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import Stage
from monitor.model.errors import NabatError, RetryableError
from monitor.runtime.board import Board

log = logging.getLogger(__name__)

STAGES: dict[str, Stage] = {PAGES: "triage", WATCH: "watch", ALERTS: "deliver"}
PERIOD = 2.0


class Stalled(NabatError):
    """A stage has stood still for too long: the process ends, so that whoever supervises it starts it afresh from the log."""


class Watchdog:
    """Looks at every partition's offset; ``now`` gives real seconds that never fall. Also exports the lag.

    ``mine`` are the partitions (with their topics) that this process does at the moment; None means all.
    """

    def __init__(
        self,
        log: Log,
        board: Board,
        metrics: Metrics,
        stalled_seconds: float,
        now: Callable[[], float],
        mine: Callable[[], Iterable[tuple[str, int]]] | None = None,
    ) -> None:
        self._log = log
        self._board = board
        self._metrics = metrics
        self._limit = stalled_seconds
        self._now = now
        self._mine = mine or self._all
        self._seen: dict[tuple[str, int], tuple[int, float]] = {}
        self._standing: set[Stage] = set()

    async def moves(self) -> bool:
        """Whether no stage of this process stands still, for whatever reason: also for one that is no fault of its own."""
        return not self._standing

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look()
            except RetryableError as error:
                # Nobody can get on without the log, and whoever uses it tells of the trouble. When it is back they need a moment.
                log.warning("сторож: %s", error)
                self._seen.clear()
            try:
                async with asyncio.timeout(PERIOD):
                    await stopping.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """One look. Raises Stalled after three times the limit; before that the metric and the log say it."""
        now = self._now()
        mine = list(self._mine())
        self._seen = {slot: seen for slot, seen in self._seen.items() if slot in mine}
        for topic, stage in STAGES.items():
            stalled = 0.0
            for partition in [partition for name, partition in mine if name == topic]:
                _, following = await self._log.bounds(topic, partition)
                done = self._board.done(topic, partition)
                self._metrics.lag_records.set(topic, partition, following - done)
                before, since = self._seen.get((topic, partition), (-1, now))
                if done != before or done >= following:
                    since = now
                self._seen[topic, partition] = (done, since)
                stalled = max(stalled, now - since)
            (self._standing.add if stalled > self._limit else self._standing.discard)(stage)
            waiting = self._metrics.backpressure_active[stage]._value.get() > 0
            late = stalled > self._limit and not waiting
            self._metrics.watchdog_stalled[stage].set(late)
            if late:
                log.error("%s: стоит %.0f с, хотя работа есть", stage, stalled)
            if late and stalled > 3 * self._limit:
                raise Stalled(f"{stage}: стоит {stalled:.0f} с; процесс завершается, после перезапуска он продолжит по журналу")

    def _all(self) -> list[tuple[str, int]]:
        return [(topic, partition) for topic in STAGES for partition in range(self._log.layout.partitions[topic])]
