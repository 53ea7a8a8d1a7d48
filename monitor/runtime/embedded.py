"""Everything in one process: crawler, triage, watch, console, over the log in SQLite and ClickHouse embedded or on a server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry

from monitor.clock import Clock
from monitor.config import Config
from monitor.log.base import WATCH, Append, Log
from monitor.metrics.catalogue import Metrics
from monitor.model.source import Source
from monitor.model.watch import History, Tick, encode_record, parts
from monitor.profile.model import Profile
from monitor.runtime import compose, faults, folder, letters, probing, reprocessing, states
from monitor.runtime.beside import beside, regularly
from monitor.runtime.board import Board
from monitor.runtime.collector import settle
from monitor.runtime.deliver_runner import DeliverRunner
from monitor.runtime.delivery import Delivery
from monitor.runtime.erasing import Eraser
from monitor.runtime.held import HOLD
from monitor.runtime.keys import Sealer
from monitor.runtime.local import LocalSocket
from monitor.runtime.networks import Connections
from monitor.runtime.page import ConsolePage
from monitor.runtime.reading import Reading
from monitor.runtime.settled import settled
from monitor.runtime.shared import Shared
from monitor.runtime.stages import Stages
from monitor.runtime.store import Store
from monitor.runtime.ticking import Ticking
from monitor.runtime.triage_runner import LINGER
from sinks.clickhouse.connect import Target
from sources.base import Adapter
from sources.wire import Inlet

STOP_SECONDS = 6.0
"""How long a stop waits for a store that takes nothing: the log has what is not done then."""
GIVE_UP_SECONDS = 1.0


class Embedded:
    """One region in one process. ``open`` makes it ready, ``start`` lets it run, ``stop`` ends it cleanly.

    ``connections`` are what ``adapters`` ask networks by, None where they ask none; they are closed here.
    ``inlets`` take what is pushed, if the configuration has a port for it. ``delivery``: whom alerts are told to; None where nobody
    may be told (simulations, replays). ``target`` is another ClickHouse than the configuration names.
    """

    def __init__(
        self,
        config: Config,
        profile: Profile,
        sources: Sequence[Source],
        adapters: Mapping[str, Adapter],
        clock: Clock,
        *,
        connections: Connections | None = None,
        inlets: Sequence[Inlet] = (),
        delivery: Delivery | None = None,
        notice: str = "",
        accept_settings: bool = False,
        linger: float = LINGER,
        hold: float = HOLD,
        target: Target | None = None,
        fault: faults.Fault = faults.no_fault,
    ) -> None:
        self.config = config
        self.profile = profile
        self.sources = sources
        self.adapters = adapters
        self.clock = clock
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.board = Board()
        self.store = Store(config, self.metrics, target)
        self.address = ""
        self.deliver: DeliverRunner | None = None
        self._connections = connections
        self._inlets = inlets
        self._delivery = delivery
        self._notice = notice
        self._accept = accept_settings
        self._linger = linger
        self._hold = hold
        self._fault = fault
        self._stopping = asyncio.Event()
        self._give_up = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._opened = False
        self._page: ConsolePage | None = None

    async def open(self) -> None:
        """Opens log and store, brings the schema up to date, builds the stages. Errors say what is wrong and what to do."""
        config, profile, clock = self.config, self.profile, self.clock
        sealer = Sealer(await asyncio.to_thread(folder.prepare, config))
        self.log: Log = await folder.open_log(config)
        if self._connections is not None:
            await self._connections.open(self.log)
        await self.store.open()
        self.reader = self.store.reader()
        shared = self._shared = Shared(
            config,
            profile,
            self.sources,
            self.log,
            self.store,
            self.reader,
            self.board,
            self.metrics,
            clock,
            self._stopping,
            self._give_up,
            self._fault,
        )
        self._ticking = Ticking()
        self._stages = Stages(shared, sealer, self._delivery, accept=self._accept, linger=self._linger, hold=self._hold)
        self.deliver = self._stages.deliver
        budgets = self._connections.budgets if self._connections else None
        answers = letters.handlers(self.reader, self.log, sealer, [profile.id], clock)
        answers |= probing.handlers(profile.id, self.adapters, budgets, lambda: compose.classifier(config, profile), clock)
        answers |= states.handlers(self.reader, self.log)
        answers |= reprocessing.handlers(self.reader, self.log, clock)
        self.eraser = Eraser(self.store.erasure(), self.log, sealer, [profile.id], config.watch.snapshot_seconds)
        answers |= self.eraser.handlers(clock.now)
        self._local = LocalSocket(config.nabat.data, answers)
        reading = self._reading = Reading(shared, self.adapters, self._inlets, budgets, self._stages.parked)
        self.health, self.receiver, self.crawler = reading.health, reading.receiver, reading.crawler
        self._opened = True

    async def start(self, *, crawl: bool = True, ticks: bool = True, console: bool = True) -> None:
        """Starts the stages and whatever else is asked for; returns when watch has recovered and the console answers."""
        settle()
        await self._stages.start()
        self._tasks += beside(self._shared, self._stages, self._delivery)
        if ticks:
            ticking = regularly(self._shared, self._tick, self.config.watch.tick_seconds)
            self._tasks.append(asyncio.create_task(ticking, name="ticks"))
        if crawl:
            await self._reading.start(self._tasks)
        await self._local.open()
        if console:
            await self._open_console()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Runs until ``stop`` is set; raises what any part raises."""
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({waiting, *self._stages.tasks, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done - {waiting}:
            task.result()

    async def stop(self, patience: float | None = STOP_SECONDS) -> int:
        """Intake first, then triage, then watch with its last snapshot, then log and store. Safe to call after a failure.

        Returns how many records the stages leave in the log for the next start because after ``patience`` seconds (None: it is waited
        for) the store did not take them, else 0.
        """
        self._stopping.set()
        ending = asyncio.create_task(self._end())
        await asyncio.wait({ending}, timeout=patience)
        if not ending.done():
            self._give_up.set()
            if not self.store.target.embedded:
                # A server may not even answer.
                for task in (*self._tasks, *self._stages.tasks):
                    task.cancel()
        await ending
        for adapter in self.adapters.values():
            await adapter.close()
        if self._connections is not None:
            await self._connections.close()
        if self._delivery is not None:
            await self._delivery.close()
        left = 0
        if hasattr(self, "log"):
            left = await self._stages.left() if self._opened else 0
            await self.log.close()
        await self.store.close(GIVE_UP_SECONDS)
        return left

    async def _end(self) -> None:
        if self._page is not None:
            await self._page.close()
        if self._opened:
            await self._local.close()
            await self._reading.stop()
            await self._stages.end_delivery()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._stages.end()

    async def drain(self) -> None:
        """Returns when both stages have done all that is in the log now."""
        await self._stages.drain()

    async def teach(self, history: History) -> None:
        """Appends a region's past, once: a log that has a record already is not taught again."""
        _, following = await self.log.bounds(WATCH, 0)
        if following == 0:
            now = self.clock.now()
            await self.log.append([Append(WATCH, 0, one.region, encode_record(one), now) for one in parts(history)])

    async def tick(self, at: int) -> None:
        """Lets time pass in watch."""
        await self.log.append([Append(WATCH, 0, self.profile.id, encode_record(Tick(at)), self.clock.now())])

    async def _tick(self) -> None:
        now = self.clock.now()
        lead = self._ticking.lead(now, self._stages.watch.stage.clock)
        await self.tick(await settled(self.log, self._stages.triaged, now) + lead)

    async def _open_console(self) -> None:
        self._page = ConsolePage(
            self.config,
            self.profile,
            self.log,
            self.board,
            self.reader,
            self.clock,
            self.registry,
            self._notice,
            self.deliver.trials if self.deliver is not None else None,
        )
        await self._page.open()
        self.address = self._page.address
