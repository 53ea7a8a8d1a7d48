"""Runs triage over one partition of the pages topic.

The order of effects of a batch: rows (posts, revisions, dead letters), findings into the watch topic and what other systems are told
of dead letters into theirs, commit. A crash anywhere in between repeats the batch from the commit, with the memory as it stood there:
the same rows, the same findings, and watch knows repeated findings by their origin. While these effects come about the next batch is
worked on; its own begin after them. Revisions are what triage itself reads when it recovers: they are held back a moment, and the
commit waits for them.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from monitor.clock import Clock
from monitor.log.base import PAGES, WATCH, Append, Log, Record, partition_of
from monitor.metrics.catalogue import Metrics
from monitor.metrics.loop_timer import LoopTimer
from monitor.model.position import Position
from monitor.model.rows import RevisionRow, Row
from monitor.model.watch import encode_record
from monitor.outgoing.write import appends
from monitor.runtime import faults
from monitor.runtime.behind import Behind
from monitor.runtime.board import Board
from monitor.runtime.held import HOLD, Held
from monitor.runtime.storing import insist, store
from monitor.triage.memory import Parking
from monitor.triage.stage import Triage, TriageEffects, TriageSettings
from sinks.base import Known, TriageReader, Writer

log = logging.getLogger(__name__)

GROUP = "triage"
LINGER = 0.3
"""Seconds between two batches that are not full: ClickHouse likes few inserts, people like short waits."""
WAIT = 1.0
"""Seconds to wait for a record before looking whether to stop."""


class TriageRunner:
    """Triage of one partition, until ``stop``. Once ``give_up`` is set a store that takes nothing is not waited for any more."""

    def __init__(
        self,
        stage: Triage,
        partition: int,
        log: Log,
        writer: Writer,
        reader: TriageReader,
        settings: TriageSettings,
        board: Board,
        metrics: Metrics,
        clock: Clock,
        *,
        batch: int = 200,
        linger: float = LINGER,
        hold: float = HOLD,
        fault: faults.Fault = faults.no_fault,
        give_up: asyncio.Event | None = None,
    ) -> None:
        self.stage = stage
        self.partition = partition
        self._log = log
        self._writer = writer
        self._reader = reader
        self._settings = settings
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._batch = batch
        self._linger = linger
        self._fault = fault
        self._give_up = give_up or asyncio.Event()
        self._stopping = False
        self._behind = Behind()
        self._held = Held((RevisionRow,), hold)
        self._storing = asyncio.Lock()
        self._done = 0
        self._thread = ThreadPoolExecutor(1, f"triage-{partition}")

    def stop(self) -> None:
        """The batch under way is finished, then ``run`` returns."""
        self._stopping = True

    async def run(self) -> None:
        """Recovers, then takes batch after batch. Ends by ``stop`` or by an error that only people can mend."""
        loop = asyncio.get_running_loop()
        timer = LoopTimer(self._metrics.loop_seconds, "triage")
        offset = await self._recover()
        try:
            while not self._stopping:
                timer.enter("log")
                started = loop.time()
                records = await self._log.read(PAGES, self.partition, offset, self._batch)
                if not records:
                    timer.enter("sink")
                    await self._behind.done()
                    timer.enter("wait")
                    held = self._held.due() if self._held else WAIT
                    if not await self._log.wait(PAGES, self.partition, offset, min(WAIT, held)):
                        timer.enter("sink")
                        await self.flush()
                    continue
                offset = await self._take(records, timer)
                if len(records) < self._batch and not self._stopping:
                    timer.enter("wait")
                    await asyncio.sleep(max(0.0, self._linger - (loop.time() - started)))
            timer.enter("sink")
            await self._behind.done()
            await self.flush()
        finally:
            self._behind.cancel()
            timer.enter("wait")
            self._thread.shutdown(wait=False)

    async def _recover(self) -> int:
        """The memory as it stood below the first uncommitted record; returns that record's offset."""
        first, _ = await self._log.bounds(PAGES, self.partition)
        committed = await self._log.committed(GROUP, PAGES, self.partition)
        offset = first if committed is None else committed
        below = Position(self._log.layout.epoch, self.partition, offset).pack()
        self.stage.known.load(await self._reader.recent_posts(below, self._settings.remember_posts))
        self.stage.texts.load(await self._reader.recent_texts(below, self._settings.remember_texts))
        self.stage.repeats.load(await self._reader.recent_repeats(below, self._settings.remember_repeats))
        self.stage.parking.load(await self._reader.recent_outcomes(below, Parking.window))
        self.stage.erased.load(await self._reader.erased(below))
        await self._board.note(PAGES, self.partition, offset)
        log.info("triage %d: продолжает с записи %d, помнит сообщений: %d", self.partition, offset, len(self.stage.known))
        return offset

    async def _take(self, records: list[Record], timer: LoopTimer) -> int:
        loop = asyncio.get_running_loop()
        timer.enter("decode")
        decoded = await loop.run_in_executor(self._thread, self.stage.decode, records)
        recalled = await self._recall(self.stage.forgotten(decoded), records[0].offset)
        timer.enter("triage")
        with self._metrics.stage_seconds["triage"].time():
            effects = await loop.run_in_executor(self._thread, self.stage.process, decoded, recalled)
        timer.enter("sink")
        await self._behind.put(self._store(effects, records))
        return records[-1].offset + 1

    async def _store(self, effects: TriageEffects, records: list[Record]) -> None:
        async with self._storing:
            await self._write(self._held.pick(effects.rows))
            partitions, now = self._log.layout.partitions, self._clock.now()
            watch = partitions[WATCH]
            told = [
                *(Append(WATCH, partition_of(one.region, watch), one.region, encode_record(one), now) for one in effects.findings),
                *appends(effects.outgoing, partitions, now),
            ]
            await insist(lambda: self._log.append(told), "triage", self._metrics, self._give_up, "журнал")
            self._fault(faults.FINDINGS_APPENDED)
            self._done = records[-1].offset + 1
            if not self._held:
                await self._commit()
        await self._board.note(PAGES, self.partition, self._done)
        self._count(len(records), effects, now)

    async def flush(self) -> None:
        """Returns when all is written and committed that has been told of."""
        async with self._storing:
            if await self._held.flush(self._write):
                await self._commit()

    async def _write(self, rows: list[Row]) -> None:
        await store(self._writer, rows, "triage", self._metrics, self._give_up)
        self._fault(faults.TRIAGE_ROWS)

    async def _commit(self) -> None:
        commit = partial(self._log.commit, GROUP, PAGES, self.partition, self._done)
        await insist(commit, "triage", self._metrics, self._give_up, "журнал")
        self._fault(faults.TRIAGE_COMMIT)

    async def _recall(self, ids: set[str], offset: int) -> dict[str, Known]:
        """What the store knows of posts that fell out of memory, as it stood before this batch."""
        if not ids:
            return {}
        # The store is asked about all that came before this batch.
        await self._behind.done()
        await self.flush()
        below = Position(self._log.layout.epoch, self.partition, offset).pack()
        return await insist(lambda: self._reader.known(sorted(ids), below), "triage", self._metrics, self._give_up)

    def _count(self, pages: int, effects: TriageEffects, now: int) -> None:
        metrics = self._metrics
        metrics.pages["triage"].inc(pages)
        metrics.posts.add(effects.outcomes)
        metrics.duplicates["exact"].inc(effects.duplicates)
        metrics.appeals.add(effects.kinds)
        metrics.filtered.add(effects.filtered)
        metrics.dead_letters.add(effects.dead)
        metrics.parked_sources.set(len(self.stage.parking.sources()))
        for published in effects.published:
            metrics.end_to_end_seconds.observe(max(0, now - published) / 1000)
