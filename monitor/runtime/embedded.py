"""Everything in one process: crawler, triage, watch, console, over the log in SQLite and ClickHouse embedded or on a server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from monitor.clock import Clock
from monitor.config import Config
from monitor.intake.pushes import Pushes
from monitor.intake.receiver import Receiver
from monitor.log.base import ALERTS, PAGES, TOPICS, WATCH, Append, Log
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.model.source import Source
from monitor.model.watch import History, Tick, encode_record, parts
from monitor.profile.load import profile_folder
from monitor.profile.model import Profile
from monitor.runtime import compose, faults, letters, probing, reprocessing, states
from monitor.runtime.appending import Appender
from monitor.runtime.board import Board
from monitor.runtime.collector import settle
from monitor.runtime.crawler import Crawler
from monitor.runtime.deliver_runner import DeliverRunner
from monitor.runtime.delivery import Delivery, pace_of, routes_of
from monitor.runtime.health import Health
from monitor.runtime.heartbeat import Heartbeat, stages_move
from monitor.runtime.house import House
from monitor.runtime.keys import Sealer, load_key
from monitor.runtime.limits import ceilings_of
from monitor.runtime.local import LocalSocket
from monitor.runtime.networks import Connections
from monitor.runtime.page import ConsolePage
from monitor.runtime.planned import Planned
from monitor.runtime.settled import settled
from monitor.runtime.store import Store
from monitor.runtime.telling import Telling
from monitor.runtime.triage_runner import LINGER, TriageRunner
from monitor.runtime.watch_runner import LINGER as WATCH_LINGER
from monitor.runtime.watch_runner import WatchRunner
from monitor.runtime.watchdog import Watchdog
from sinks.clickhouse.connect import Target
from sources.base import Adapter
from sources.wire import Inlet

log = logging.getLogger(__name__)

HOUR = 3_600_000
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
        self._fault = fault
        self._stopping = asyncio.Event()
        self._give_up = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stages: list[asyncio.Task[None]] = []
        self._page: ConsolePage | None = None

    async def open(self) -> None:
        """Opens log and store, brings the schema up to date, builds the stages. Errors say what is wrong and what to do."""
        config, profile = self.config, self.profile
        data = Path(config.nabat.data)
        sealer = Sealer(await asyncio.to_thread(_prepare, config, data))
        self.log: Log = await open_log(config)
        if self._connections is not None:
            await self._connections.open(self.log)
        await self.store.open()
        self.reader = self.store.reader()
        epoch = self.log.layout.epoch
        use = compose.use_of(config, profile, compose.classifier(config, profile), self.sources, self.clock.now())
        self.triage = [
            TriageRunner(
                compose.triage_stage(config, [profile], self.sources, epoch, sealer.seal),
                partition,
                self.log,
                self.store.writer(),
                self.store.triage_reader(),
                compose.triage_settings(config),
                self.board,
                self.metrics,
                self.clock,
                batch=config.triage.batch,
                linger=self._linger,
                fault=self._fault,
                give_up=self._give_up,
            )
            for partition in range(config.log.partitions)
        ]
        self.watch = WatchRunner(
            compose.watch_stage(config, [profile], self.sources, [use], epoch, accept=self._accept),
            0,
            self.log,
            self.store.writer(),
            self.store.snapshots(),
            [use],
            self.board,
            self.metrics,
            self.clock,
            batch=config.watch.batch,
            linger=min(self._linger, WATCH_LINGER),
            snapshot_seconds=config.watch.snapshot_seconds,
            fault=self._fault,
            give_up=self._give_up,
        )
        if self._delivery is not None:
            self.deliver = self._make_deliver(self._delivery)
        answers = letters.handlers(self.reader, self.log, sealer, [profile.id], self.clock)
        budgets = self._connections.budgets if self._connections else None
        answers |= probing.handlers(profile.id, self.adapters, budgets, lambda: compose.classifier(config, profile), self.clock)
        answers |= states.handlers(self.reader, self.log)
        answers |= reprocessing.handlers(self.reader, self.log, self.clock)
        self.local = LocalSocket(data, answers)
        telling = Telling(self.log, self.clock)
        self.health = Health(self.sources, self.store.writer(), self.metrics, self.clock, telling)
        self.appender = Appender(
            self.log,
            self.board,
            self.health,
            self.metrics,
            self.clock,
            page_bytes=config.crawl.page_bytes,
            post_bytes=config.crawl.post_bytes,
            queue_pages=config.crawl.queue_pages,
            parked=lambda source: any(runner.stage.parking.parked(source) for runner in self.triage),
            fault=self._fault,
        )
        pushes = Pushes(self.appender, self.metrics, self.clock, config.push.remember)
        self.receiver = Receiver(self._inlets, pushes, config.push)
        self.crawler = Crawler(
            self.sources,
            self.adapters,
            self.appender,
            self.log,
            self.health,
            self.clock,
            concurrency=config.crawl.concurrency,
            budgets=self._connections.budgets if self._connections else None,
            settings=ceilings_of(config),
            profiles=[profile],
            metrics=self.metrics,
            backfill_days=config.crawl.backfill_days,
        )

    def _make_deliver(self, delivery: Delivery) -> DeliverRunner:
        return DeliverRunner(
            0,
            self.log,
            self.store.writer(),
            self.reader,
            {self.profile.id: self.profile},
            delivery.destinations,
            delivery.channels,
            routes_of([self.profile]),
            self.board,
            self.metrics,
            self.clock,
            pace=pace_of(self.config),
            console=self.config.deliver.console_url,
            fault=self._fault,
            give_up=self._give_up,
        )

    async def start(self, *, crawl: bool = True, ticks: bool = True, console: bool = True) -> None:
        """Starts the stages and whatever else is asked for; returns when watch has recovered and the console answers."""
        settle()
        run = asyncio.create_task
        if self.deliver is not None:
            # Before watch: what it finds from now on is told.
            self._tasks.append(run(self.deliver.run(), name="deliver"))
            await self._first(self.deliver.ready.wait(), self._tasks)
        self._stages = [run(self.watch.run(), name="watch")]
        await self._first(self.watch.ready.wait())
        self._stages += [run(runner.run(), name=f"triage {runner.partition}") for runner in self.triage]
        stalled = self.config.watchdog.stalled_seconds
        watchdog = Watchdog(self.log, self.board, self.metrics, stalled, time.monotonic, self._staged)
        house = House(self.log, log_path(self.config), self.reader, self.metrics, self.clock)
        self._tasks += [run(watchdog.run(self._stopping), name="watchdog"), run(house.run(self._stopping), name="housekeeping")]
        planned = Planned(
            self.log,
            profile_folder(self.config.nabat.region),
            self.profile,
            self.clock,
            self.watch.stage.regions[self.profile.id].works,
        )
        self._tasks.append(run(planned.run(self._stopping), name="planned works"))
        if self._delivery is not None and self._delivery.http is not None and self.config.deliver.heartbeat_url:
            section, well = self.config.deliver, partial(stages_move, self.metrics)
            beats = Heartbeat(self._delivery.http, section.heartbeat_url, section.heartbeat_seconds, well, self.metrics, self.clock)
            self._tasks.append(run(beats.run(self._stopping), name="heartbeat"))
        if ticks:
            self._tasks.append(run(self._tick(), name="ticks"))
        if crawl:
            self._tasks.append(run(self.health.run(self._stopping), name="health"))
            self._crawling = run(self.crawler.run(), name="crawler")
            self._tasks.append(self._crawling)
            if self.config.push.port:
                await self.receiver.open()
        await self.local.open()
        if console:
            await self._open_console()

    def _staged(self) -> list[tuple[str, int]]:
        """The partitions that stages of this process work off."""
        topics = (PAGES, WATCH) if self.deliver is None else (PAGES, WATCH, ALERTS)
        return [(topic, partition) for topic in topics for partition in range(self.log.layout.partitions[topic])]

    async def _first(self, event: Awaitable[Any], also: Sequence[asyncio.Task[None]] = ()) -> None:
        """Waits for an event or for the first stage (or task of ``also``) to fail, whichever comes first."""
        waiting = asyncio.ensure_future(event)
        done, _ = await asyncio.wait({waiting, *self._stages, *also}, return_when=asyncio.FIRST_COMPLETED)
        if waiting not in done:
            waiting.cancel()
        for task in done - {waiting}:
            task.result()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Runs until ``stop`` is set; raises what any part raises."""
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({waiting, *self._stages, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
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
                for task in (*self._tasks, *self._stages):
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
            given_up = any(task.cancelled() or isinstance(task.exception(), RetryableError) for task in self._stages)
            left = await self._left() if given_up else 0
            await self.log.close()
        await self.store.close(GIVE_UP_SECONDS)
        return left

    async def _end(self) -> None:
        if self._page is not None:
            await self._page.close()
        if hasattr(self, "crawler"):
            await self.local.close()
            await self.receiver.close()
            self.crawler.stop()
        if self.deliver is not None:
            self.deliver.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for runner in getattr(self, "triage", []):
            runner.stop()
        await asyncio.gather(*self._stages[1:], return_exceptions=True)
        if self._stages:
            self.watch.stop()
            await asyncio.gather(self._stages[0], return_exceptions=True)

    async def _left(self) -> int:
        left = 0
        for topic in (PAGES, WATCH):
            for partition in range(self.log.layout.partitions[topic]):
                _, following = await self.log.bounds(topic, partition)
                left += following - self.board.done(topic, partition)
        return left

    async def drain(self) -> None:
        """Returns when both stages have done all that is in the log now."""
        for partition in range(self.log.layout.partitions[PAGES]):
            _, following = await self.log.bounds(PAGES, partition)
            await self._first(self.board.reached(PAGES, partition, following))
        _, following = await self.log.bounds(WATCH, 0)
        await self._first(self.board.reached(WATCH, 0, following))

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
        while not self._stopping.is_set():
            await self.tick(await settled(self.log, self._triaged, self.clock.now()))
            await self._rest(self.config.watch.tick_seconds)

    async def _triaged(self, partition: int) -> int:
        return self.board.done(PAGES, partition)

    async def _rest(self, seconds: float) -> None:
        sleep = asyncio.ensure_future(self.clock.sleep(seconds))
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        stop.cancel()

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


def log_path(config: Config) -> Path:
    return Path(config.nabat.data) / "log.sqlite"


async def open_log(config: Config) -> SqliteLog:
    """The log in the data folder, made if it is missing. LogError if another process has it or its layout is another."""
    section = config.log
    partitions = dict.fromkeys(TOPICS, 1) | {PAGES: section.partitions}
    hours = dict.fromkeys(TOPICS, section.outgoing_hours) | {PAGES: section.pages_hours, WATCH: section.watch_hours}
    return await SqliteLog.open(log_path(config), partitions, {topic: count * HOUR for topic, count in hours.items()})


def _prepare(config: Config, data: Path) -> bytes:
    """The data folder, made if it is missing, and the key of the dead letters."""
    data.mkdir(parents=True, exist_ok=True)
    return load_key(config.privacy.dead_letter_key_file, data / "keys" / "dead-letters.key")
