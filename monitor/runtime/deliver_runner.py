"""Runs delivery over one partition of the alerts topic.

The order of effects: the messages of a batch are stored as queued, then the batch is committed; the couriers send them meanwhile,
each attempt stored before and after. A crash repeats the batch: what it had planned is known by its position and not planned again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from functools import partial
from typing import cast

from monitor.clock import Clock
from monitor.deliver.channels.base import Channel
from monitor.deliver.couriers import Couriers
from monitor.deliver.duty import Duty
from monitor.deliver.escalation import Escalations
from monitor.deliver.journal import Journal, message_row
from monitor.deliver.lane import Pace
from monitor.deliver.message import Message, Status
from monitor.deliver.planner import Destination, Planner
from monitor.deliver.text import Texts
from monitor.deliver.trials import Trials
from monitor.log.base import ALERTS, Log, Record
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import DeliveryChannel
from monitor.metrics.loop_timer import LoopTimer
from monitor.model.codec import DecodeError
from monitor.model.position import Position
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData
from monitor.profile.model import Profile
from monitor.runtime import faults
from monitor.runtime.board import Board
from monitor.runtime.storing import insist, store
from sinks.base import Reader, Writer

log = logging.getLogger(__name__)

GROUP = "deliver"
BATCH = 200
"""Events taken at once: with every destination of a region their messages fit into one insert, which is all there or not at all."""
WAIT = 1.0
FINISH_SECONDS = 3.0
"""How long an attempt under way may still take at a stop; one that is cut off is made again, marked as a repeat."""


class DeliverRunner:
    """Delivery of one partition, until ``stop``. ``channels`` by destination; with none the stage only keeps up with the log.

    The first start begins at the end of the topic: what was found before anybody was to be told is not told.
    """

    def __init__(
        self,
        partition: int,
        log: Log,
        writer: Writer,
        reader: Reader,
        profiles: Mapping[str, Profile],
        destinations: Mapping[str, Destination],
        channels: Mapping[str, Channel],
        routes: Mapping[str, Duty],
        board: Board,
        metrics: Metrics,
        clock: Clock,
        *,
        pace: Pace | None = None,
        console: str = "",
        chance: random.Random | None = None,
        fault: faults.Fault = faults.no_fault,
        give_up: asyncio.Event | None = None,
    ) -> None:
        self.partition = partition
        self.ready = asyncio.Event()
        self._log = log
        self._profiles = profiles
        self._destinations = destinations
        self._routes = routes
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._pace = pace or Pace()
        self._give_up = give_up or asyncio.Event()
        self._stopping = asyncio.Event()
        self._planned = -1
        self._taken = 0
        self._planner = Planner(destinations, routes, {})
        self._escalations = Escalations(destinations, routes)
        self._journal = Journal(lambda rows: store(writer, rows, "deliver", metrics, self._give_up), reader)
        self.couriers = Couriers(
            destinations,
            channels,
            self._journal,
            Texts(profiles, console, routes).letter,
            self._pace,
            clock,
            _Counts(metrics),
            (chance or random.Random()).random,
            fault,
        )

        self.trials = Trials(self.couriers, self._journal, reader, clock, self._position)

    def _position(self) -> int:
        return Position(self._log.layout.epoch, self.partition, self._taken).pack()

    def stop(self) -> None:
        """Attempts under way have a moment to end, no new ones begin; then ``run`` returns."""
        self._stopping.set()

    async def run(self) -> None:
        tasks = [asyncio.create_task(self._journal.run(), name="journal")]
        try:
            offset = await self._recover()
            self.ready.set()
            couriers = asyncio.create_task(self.couriers.run(), name="couriers")
            following = asyncio.create_task(self._follow(offset), name="planner")
            tasks += [couriers, following, asyncio.create_task(self._stop())]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            following.cancel()
            self.couriers.stop()
            await asyncio.wait([couriers], timeout=FINISH_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stop(self) -> None:
        await self._stopping.wait()

    async def _recover(self) -> int:
        """Takes up what an earlier process left; returns the offset from which the topic is read."""
        committed = await self._log.committed(GROUP, ALERTS, self.partition)
        if committed is None:
            _, committed = await self._log.bounds(ALERTS, self.partition)
            await self._log.commit(GROUP, ALERTS, self.partition, committed)
        left = await self._journal.left(self._log.layout.epoch, self.partition, self._clock.now() - self._pace.window)
        self._planned = left.planned
        self._planner = Planner(self._destinations, self._routes, left.told)
        self._escalations = Escalations(self._destinations, self._routes, left.escalated)
        for one in left.unanswered:
            told = read(ALERTS, one.payload.encode()).data
            if isinstance(told, AlertData):
                position = Position.unpack(one.version)._replace(item=0).pack()
                self._escalations.follow(told, one.event, one.payload, position, one.at)
        await self.couriers.take_up(left)
        self._taken = max(committed - 1, 0)
        await self._board.note(ALERTS, self.partition, committed)
        log.info("deliver %d: продолжает с записи %d, ждут сообщений: %d", self.partition, committed, len(left.waiting))
        return committed

    async def _follow(self, offset: int) -> None:
        timer = LoopTimer(self._metrics.loop_seconds, "deliver")
        while True:
            timer.enter("wait")
            self._show()
            await self._escalate()
            if not await self._log.wait(ALERTS, self.partition, offset, WAIT):
                continue
            records = await self._log.read(ALERTS, self.partition, offset, BATCH)
            if not records:
                continue
            timer.enter("sink")
            with self._metrics.stage_seconds["deliver"].time():
                messages = [message for record in records for message in self._plan(record)]
                await self._journal.write([message_row(message, "queued") for message in messages])
            offset = records[-1].offset + 1
            self._taken = records[-1].offset
            timer.enter("log")
            commit = partial(self._log.commit, GROUP, ALERTS, self.partition, offset)
            await insist(commit, "deliver", self._metrics, self._give_up, "журнал")
            await self._board.note(ALERTS, self.partition, offset)
            self._metrics.pages["deliver"].inc(len(records))
            self.couriers.put(messages)

    async def _escalate(self) -> None:
        """Who is told because nobody has answered; looked at once a second at least."""
        messages = self._escalations.due(self._clock.now())
        await self._journal.write([message_row(message, "queued") for message in messages])
        self.couriers.put(messages)

    def _plan(self, record: Record) -> list[Message]:
        version = Position(self._log.layout.epoch, record.partition, record.offset).pack()
        if version <= self._planned:
            return []
        try:
            told = read(ALERTS, record.value)
        except DecodeError as error:
            # Watch alone writes here: a newer one does. What it tells must not hold up what can be read.
            log.error("тревога в разделе %d, смещение %d, не читается и не разослана: %s", record.partition, record.offset, error)
            return []
        if not isinstance(told.data, AlertData) or told.data.region not in self._profiles:
            return []
        alert, payload, now = told.data, record.value.decode(), self._clock.now()
        event = self._planner.event(alert, told.version)
        if event is None:
            return []
        self._escalations.follow(alert, event, payload, version, now)
        return self._planner.take(alert, event, f"{told.subject}:{told.version:032x}", payload, version, now)

    def _show(self) -> None:
        waiting: dict[str, int] = {}
        states: dict[str, int] = {}
        for destination, count, failing in self.couriers.standing():
            waiting[destination.channel] = waiting.get(destination.channel, 0) + count
            state = "failing" if failing else "ok"
            states[state] = states.get(state, 0) + 1
        self._metrics.deliveries_waiting.put(waiting)
        self._metrics.destinations.put(states)


class _Counts:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def ended(self, channel: str, outcome: Status, seconds: float) -> None:
        self._metrics.deliveries.add({(channel, outcome): 1})
        if outcome == "sent":
            self._metrics.delivery_seconds[cast(DeliveryChannel, channel)].observe(seconds)
