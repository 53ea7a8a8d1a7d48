"""The watch role: what a worker runs for each of its partitions of the watch topic, and the ticks that it appends there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from monitor.clock import Clock
from monitor.cluster.settings import folders_of, sources_of
from monitor.config import Config
from monitor.log.base import PAGES, WATCH, Append, Log, partition_of
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.model.watch import Tick, encode_record
from monitor.profile.model import Profile
from monitor.runtime import compose, faults, triage_runner
from monitor.runtime.board import Board
from monitor.runtime.planned import Planned
from monitor.runtime.settled import settled
from monitor.runtime.store import Store
from monitor.runtime.storing import ends
from monitor.runtime.ticking import Ticking
from monitor.runtime.watch_runner import GROUP, WatchRunner
from sinks.base import SnapshotStore, Writer

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.2
"""Seconds between two batches at least: workers of triage take turns, and each batch costs the store two inserts whatever is in it.
With half of this a machine at its limit fell behind."""


class WatchRole:
    """Makes runners, each for the regions whose records lie in its partition. ``accept`` as of compose.watch_stage."""

    topic = WATCH
    group = GROUP
    gather_seconds = GATHER_SECONDS

    def __init__(
        self,
        config: Config,
        profiles: Sequence[Profile],
        store: Store,
        board: Board,
        metrics: Metrics,
        clock: Clock,
        ending: asyncio.Event,
        give_up: asyncio.Event,
        *,
        accept: bool = False,
        fault: faults.Fault = faults.no_fault,
    ) -> None:
        self._config = config
        self._profiles = list(profiles)
        self._store = store
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._ending = ending
        self._give_up = give_up
        self._accept = accept
        self._fault = fault
        self._sources = sources_of(self._profiles)
        self._uses = {
            one.id: compose.use_of(config, one, compose.classifier(config, one), self._sources, clock.now()) for one in self._profiles
        }
        self._clients: dict[int, tuple[Writer, SnapshotStore]] = {}
        self._runners: dict[int, WatchRunner] = {}
        self._folders = folders_of(config)
        self._ticking: dict[int, Ticking] = {}
        self._planned: dict[str, tuple[WatchRunner, Planned]] = {}

    def runner(self, partition: int, log: Log) -> WatchRunner:
        if partition not in self._clients:
            self._clients[partition] = self._store.writer(), self._store.snapshots()
        writer, snapshots = self._clients[partition]
        config = self._config
        regions = self._regions(partition, log)
        uses = [self._uses[one.id] for one in regions]
        runner = WatchRunner(
            compose.watch_stage(config, regions, self._sources, uses, log.layout.epoch, accept=self._accept),
            partition,
            log,
            writer,
            snapshots,
            uses,
            self._board,
            self._metrics,
            self._clock,
            batch=config.watch.batch,
            linger=0.0,
            snapshot_seconds=config.watch.snapshot_seconds,
            fault=self._fault,
            give_up=self._give_up,
        )
        self._runners[partition] = runner
        return runner

    def _regions(self, partition: int, log: Log) -> list[Profile]:
        return [one for one in self._profiles if partition_of(one.id, log.layout.partitions[WATCH]) == partition]

    async def beside(self, kafka: Log, mine: Callable[[], list[int]]) -> None:
        """Appends ticks and planned works to the partitions that are ours and have recovered, until the worker ends."""

        async def done(partition: int) -> int:
            committed = await kafka.committed(triage_runner.GROUP, PAGES, partition)
            return (await kafka.bounds(PAGES, partition))[0] if committed is None else committed

        while not self._ending.is_set():
            ready = [partition for partition in mine() if partition in self._runners and self._runners[partition].ready.is_set()]
            keys = {partition: regions[0].id for partition in ready if (regions := self._regions(partition, kafka))}
            try:
                if keys:
                    now = self._clock.now()
                    told = await settled(kafka, done, now)
                    ticks = {number: Tick(told + self._lead(number, now)) for number in keys}
                    await kafka.append(
                        [Append(WATCH, number, keys[number], encode_record(one), now) for number, one in ticks.items()]
                    )
                    await self._plan(kafka, keys)
            except RetryableError as error:
                log.warning("время не отмечено: %s", error)
            await ends(self._config.watch.tick_seconds, self._ending)

    def _lead(self, partition: int, now: int) -> int:
        ticking = self._ticking.setdefault(partition, Ticking())
        return ticking.lead(now, self._runners[partition].stage.clock)

    async def _plan(self, kafka: Log, partitions: Iterable[int]) -> None:
        """Says what the files of planned works say, where that differs from what a partition's own state goes by."""
        for partition in partitions:
            runner = self._runners[partition]
            for profile in self._regions(partition, kafka):
                if profile.id not in self._folders:
                    continue
                made = self._planned.get(profile.id)
                if made is None or made[0] is not runner:
                    known = runner.stage.regions[profile.id].works
                    made = runner, Planned(kafka, self._folders[profile.id], profile, self._clock, known)
                    self._planned[profile.id] = made
                await made[1].look()
