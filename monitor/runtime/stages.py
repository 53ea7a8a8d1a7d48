"""The stages of the embedded runtime: built, started, waited for and ended, each in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from monitor.log.base import ALERTS, PAGES, WATCH
from monitor.model.errors import RetryableError
from monitor.runtime import compose
from monitor.runtime.deliver_runner import DeliverRunner
from monitor.runtime.delivery import Delivery, pace_of, routes_of
from monitor.runtime.keys import Sealer
from monitor.runtime.shared import Shared
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.triage_runner import TriageRunner
from monitor.runtime.watch_runner import LINGER as WATCH_LINGER
from monitor.runtime.watch_runner import WatchRunner


class Stages:
    """Triage, watch and, if ``delivery`` says whom to tell, delivery. ``linger`` and ``hold`` as of runners, ``accept`` of Watch."""

    def __init__(
        self, shared: Shared, sealer: Sealer, delivery: Delivery | None, *, accept: bool, linger: float, hold: float
    ) -> None:
        config, profile, sources = shared.config, shared.profile, shared.sources
        self._log = shared.log
        self._board = shared.board
        self._tasks: list[asyncio.Task[None]] = []
        self._delivering: list[asyncio.Task[None]] = []
        epoch = shared.log.layout.epoch
        use = compose.use_of(config, profile, compose.classifier(config, profile), sources, shared.clock.now())
        self.triage = [
            TriageRunner(
                compose.triage_stage(config, [profile], sources, epoch, sealer.seal),
                partition,
                shared.log,
                shared.store.writer(),
                shared.store.triage_reader(),
                compose.triage_settings(config),
                shared.board,
                shared.metrics,
                shared.clock,
                batch=config.triage.batch,
                linger=linger,
                hold=hold,
                fault=shared.fault,
                give_up=shared.give_up,
            )
            for partition in range(config.log.partitions)
        ]
        self.watch = WatchRunner(
            compose.watch_stage(config, [profile], sources, [use], epoch, accept=accept),
            0,
            shared.log,
            shared.store.writer(),
            shared.store.snapshots(),
            [use],
            shared.board,
            shared.metrics,
            shared.clock,
            batch=config.watch.batch,
            linger=min(linger, WATCH_LINGER),
            hold=hold,
            snapshot_seconds=config.watch.snapshot_seconds,
            fault=shared.fault,
            give_up=shared.give_up,
        )
        self.deliver = _deliver(shared, delivery) if delivery is not None else None

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        return [*self._delivering, *self._tasks]

    def partitions(self) -> list[tuple[str, int]]:
        """The partitions that stages of this process work off."""
        topics = (PAGES, WATCH) if self.deliver is None else (PAGES, WATCH, ALERTS)
        return [(topic, partition) for topic in topics for partition in range(self._log.layout.partitions[topic])]

    def parked(self, source: str) -> bool:
        return any(runner.stage.parking.parked(source) for runner in self.triage)

    async def start(self) -> None:
        """Returns when watch has recovered."""
        run = asyncio.create_task
        if self.deliver is not None:
            # Before watch: what it finds from now on is told.
            self._delivering.append(run(self.deliver.run(), name="deliver"))
            await self._first(self.deliver.ready.wait())
        self._tasks.append(run(self.watch.run(), name="watch"))
        await self._first(self.watch.ready.wait())
        self._tasks += [run(runner.run(), name=f"triage {runner.partition}") for runner in self.triage]

    async def drain(self) -> None:
        """Returns when triage and watch have done all that is in the log now."""
        for partition in range(self._log.layout.partitions[PAGES]):
            _, following = await self._log.bounds(PAGES, partition)
            await self._first(self._board.reached(PAGES, partition, following))
        _, following = await self._log.bounds(WATCH, 0)
        await self._first(self._board.reached(WATCH, 0, following))
        await self._first(asyncio.gather(*(runner.flush() for runner in self.triage), self.watch.flush()))

    async def _first(self, event: Awaitable[Any]) -> None:
        """Waits for an event or for the first stage to fail, whichever comes first."""
        waiting = asyncio.ensure_future(event)
        done, _ = await asyncio.wait({waiting, *self.tasks}, return_when=asyncio.FIRST_COMPLETED)
        if waiting not in done:
            waiting.cancel()
        for task in done - {waiting}:
            task.result()

    async def triaged(self, partition: int) -> int:
        """The offset of a partition of pages below which all is done."""
        return self._board.done(PAGES, partition)

    async def end_delivery(self) -> None:
        if self.deliver is not None:
            self.deliver.stop()
        await asyncio.gather(*self._delivering, return_exceptions=True)

    async def end(self) -> None:
        """Triage, then watch with its last snapshot."""
        for runner in self.triage:
            runner.stop()
        await asyncio.gather(*self._tasks[1:], return_exceptions=True)
        self.watch.stop()
        await asyncio.gather(*self._tasks[:1], return_exceptions=True)

    async def left(self) -> int:
        """How many records triage and watch leave in the log because the store did not take them."""
        if not any(task.cancelled() or isinstance(task.exception(), RetryableError) for task in self._tasks):
            return 0
        _, following = await self._log.bounds(WATCH, 0)
        left = following - self._board.done(WATCH, 0)
        for partition in range(self._log.layout.partitions[PAGES]):
            _, following = await self._log.bounds(PAGES, partition)
            left += following - (await self._log.committed(TRIAGE, PAGES, partition) or 0)
        return left


def _deliver(shared: Shared, delivery: Delivery) -> DeliverRunner:
    return DeliverRunner(
        0,
        shared.log,
        shared.store.writer(),
        shared.reader,
        {shared.profile.id: shared.profile},
        delivery.destinations,
        delivery.channels,
        routes_of([shared.profile]),
        shared.board,
        shared.metrics,
        shared.clock,
        pace=pace_of(shared.config),
        console=shared.config.deliver.console_url,
        fault=shared.fault,
        give_up=shared.give_up,
    )
