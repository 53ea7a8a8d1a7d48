"""Runs watch over one partition of the watch topic.

The order of effects: rows of a batch, its records for other topics; now and then a snapshot of each region, and only then the commit
of the offset that the snapshots stand at. Incidents, their appeals and alerts are there at once; histories, answers and series are
held back a moment: a snapshot waits for them, and so does whoever acted. A crash goes back to the snapshots and repeats what came
after: the same rows under the same versions, the same records under the same ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from monitor.clock import Clock
from monitor.log.base import WATCH, Append, Log, Record
from monitor.metrics.catalogue import Metrics
from monitor.metrics.loop_timer import LoopTimer
from monitor.model.errors import NabatError, RetryableError
from monitor.model.position import Position
from monitor.model.rows import IncidentEventRow, ReplyRow, Row, SeriesRow
from monitor.model.watch import Use, encode_record
from monitor.outgoing.write import appends
from monitor.runtime import faults
from monitor.runtime.behind import Behind
from monitor.runtime.board import Board
from monitor.runtime.held import HOLD, Held
from monitor.runtime.storing import ends, insist, store
from monitor.runtime.triage_runner import WAIT
from monitor.watch.effects import WatchEffects
from monitor.watch.stage import Watch
from sinks.base import SnapshotStore, Writer

log = logging.getLogger(__name__)

GROUP = "watch"
LINGER = 0.1
"""Seconds between two batches that are not full. Triage has waited already: more would gather only what other partitions bring."""
DUMPS = 20
"""Watch stands still while its state is taken: for at most one part in so many of the time, however large the state is."""


class WatchRunner:
    """Watch of one partition, until ``stop``; then a last snapshot, so that the next start has nothing to repeat.

    Once ``give_up`` is set a store that takes nothing is not waited for any more.
    """

    def __init__(
        self,
        stage: Watch,
        partition: int,
        log: Log,
        writer: Writer,
        snapshots: SnapshotStore,
        uses: list[Use],
        board: Board,
        metrics: Metrics,
        clock: Clock,
        *,
        batch: int = 200,
        linger: float = LINGER,
        hold: float = HOLD,
        snapshot_seconds: float = 60.0,
        fault: faults.Fault = faults.no_fault,
        give_up: asyncio.Event | None = None,
    ) -> None:
        self.stage = stage
        self.partition = partition
        self.ready = asyncio.Event()
        self._log = log
        self._writer = writer
        self._snapshots = snapshots
        self._uses = uses
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._batch = batch
        self._linger = linger
        self._snapshot_seconds = snapshot_seconds
        self._fault = fault
        self._give_up = give_up or asyncio.Event()
        self._stopping = False
        self._saving: asyncio.Task[None] | None = None
        self._saved = 0
        self._doubts = False
        self._behind = Behind()
        self._held = Held((IncidentEventRow, ReplyRow, SeriesRow), hold)
        self._storing = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, f"watch-{partition}")

    def stop(self) -> None:
        """The batch under way is finished, a last snapshot is taken, then ``run`` returns."""
        self._stopping = True

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        timer = LoopTimer(self._metrics.loop_seconds, "watch")
        offset = await self._recover()
        self.ready.set()
        snapshot_at = loop.time() + self._snapshot_seconds
        try:
            while not self._stopping:
                timer.enter("log")
                started = loop.time()
                records = await self._log.read(WATCH, self.partition, offset, self._batch)
                if records:
                    offset = await self._take(records, timer)
                else:
                    timer.enter("sink")
                    await self._behind.done()
                    if self._held and not self._held.due():
                        await self.flush()
                    timer.enter("wait")
                    due = snapshot_at - started if self._saving is None and offset > self._saved else WAIT
                    held = self._held.due() if self._held else WAIT
                    await self._log.wait(WATCH, self.partition, offset, min(WAIT, held, max(0.0, due)))
                if self._saving is not None and self._saving.done():
                    self._saving.result()
                    self._saving = None
                if loop.time() >= snapshot_at and self._saving is None and offset > self._saved:
                    timer.enter("sink")
                    await self._behind.done()
                    await self.flush()
                    timer.enter("snapshot")
                    began = loop.time()
                    self._saving = asyncio.create_task(self._save(await self._dump(), offset))
                    now = loop.time()
                    snapshot_at = now + max(self._snapshot_seconds, DUMPS * (now - began))
                if records and len(records) < self._batch and not self._stopping:
                    timer.enter("wait")
                    await asyncio.sleep(max(0.0, self._linger - (loop.time() - started)))
            timer.enter("sink")
            await self._behind.done()
            await self.flush()
            timer.enter("snapshot")
            if self._saving is not None:
                await self._saving
            if offset > self._saved:
                await self._save(await self._dump(), offset)
        finally:
            self._behind.cancel()
            if self._saving is not None:
                self._saving.cancel()
            timer.enter("wait")
            self._thread.shutdown(wait=False)

    async def _recover(self) -> int:
        """Every region as its last good snapshot has it; returns the offset from which the log is read again."""
        epoch = self._log.layout.epoch
        first, end = await self._log.bounds(WATCH, self.partition)
        offsets = []
        snapshots = {region: await self._snapshots.latest(region) for region in self.stage.regions}
        for region, found in snapshots.items():
            if found is None:
                # A region that was added later is told by the others that stand: this is their store, and it has nothing of it.
                lost = not any(snapshots.values()) or await self._snapshots.has(region)
                if first > 0 and lost:
                    raise NabatError(
                        f"журнал региона {region} начинается со смещения {first}, и ни один снимок до него не доходит: восстановите "
                        "базу из копии или начните новую эпоху журнала"
                    )
                offsets.append(first)
                continue
            number, state = found
            position = Position.unpack(number)
            if position.epoch != epoch or position.partition != self.partition or not first <= position.offset <= end:
                raise NabatError(
                    f"снимок региона {region} сделан на эпохе {position.epoch}, разделе {position.partition}, смещении "
                    f"{position.offset}; в журнале эпоха {epoch}, раздел {self.partition}, смещения от {first} до {end}: "
                    "журнал и база от разных установок"
                )
            self.stage.load(region, state, number)
            offsets.append(position.offset)
        offset = min(offsets, default=first)
        self._saved = offset
        await self._put_in_force(end)
        await self._board.note(WATCH, self.partition, offset)
        log.info("watch %d: продолжает с записи %d из %d", self.partition, offset, end)
        return offset

    async def _put_in_force(self, end: int) -> None:
        """Says in the log which model, profile and settings are in force from here on, where that has changed."""
        missing = [use for use in self._uses if self.stage.needs_use(use.region)]
        await self._log.append([Append(WATCH, self.partition, use.region, encode_record(use), self._clock.now()) for use in missing])

    async def _take(self, records: list[Record], timer: LoopTimer) -> int:
        loop = asyncio.get_running_loop()
        timer.enter("watch")
        with self._metrics.stage_seconds["watch"].time():
            effects = await loop.run_in_executor(self._thread, self.stage.process, records)
        timer.enter("sink")
        await self._behind.put(self._store(effects, records))
        return records[-1].offset + 1

    async def _store(self, effects: WatchEffects, records: list[Record]) -> None:
        async with self._storing:
            acted = any(type(row) is IncidentEventRow and row.kind == "action" for row in effects.rows)
            await self._write(self._held.pick(effects.rows, at_once=acted))
            now = self._clock.now()
            told = [*appends(effects.outgoing, self._log.layout.partitions, now)]
            await insist(lambda: self._log.append(told), "watch", self._metrics, self._give_up, "журнал")
            self._fault(faults.OUTGOING_APPENDED)
        await self._board.note(WATCH, self.partition, records[-1].offset + 1)
        self._count(len(records), effects, now)

    async def flush(self) -> None:
        """Returns when all rows are written that follow from what is done."""
        async with self._storing:
            await self._held.flush(self._write)

    async def _write(self, rows: list[Row]) -> None:
        await store(self._writer, rows, "watch", self._metrics, self._give_up)
        self._fault(faults.WATCH_ROWS)

    async def _dump(self) -> dict[str, bytes]:
        loop = asyncio.get_running_loop()
        return {region: await loop.run_in_executor(self._thread, self.stage.dump, region) for region in self.stage.regions}

    async def _save(self, states: dict[str, bytes], offset: int) -> None:
        """Snapshots first, the commit after them: what is committed is never needed again."""
        number = Position(self._log.layout.epoch, self.partition, offset).pack()
        with self._metrics.snapshot_seconds.time():
            for region, state in states.items():
                self._metrics.snapshot_bytes.set(len(state))
                await self._last(partial(self._snapshots.save, region, number, state))
        self._fault(faults.SNAPSHOT)
        await self._last(partial(self._log.commit, GROUP, WATCH, self.partition, offset))
        self._saved = offset
        self._fault(faults.WATCH_COMMIT)

    async def _last(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does what watch itself does not wait for, as soon as it can be done."""
        while True:
            try:
                return await work()
            except RetryableError as error:
                log.warning("watch %d: снимок сейчас не сохранить: %s", self.partition, error)
                if await ends(error.retry_after, self._give_up):
                    raise

    def _count(self, records: int, effects: WatchEffects, now: int) -> None:
        metrics = self._metrics
        metrics.pages["watch"].inc(records)
        metrics.duplicates["near"].inc(effects.matched)
        metrics.alerts.add(Counter(effects.alerts))
        metrics.clock_doubted.set(effects.doubted > 0)
        if effects.doubted and not self._doubts:
            log.error(
                "watch %d: время больше чем на неделю впереди всего прочитанного и всего, что датировали источники; ему не верят. "
                "Поставьте часы на машинах, где работают сбор и watch",
                self.partition,
            )
        self._doubts = effects.doubted > 0
        for fetched in effects.detected:
            metrics.detection_seconds.observe(max(0, now - fetched) / 1000)
