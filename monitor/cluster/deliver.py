"""The deliver role: what a worker runs for its partition of the alerts topic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from monitor.clock import Clock
from monitor.config import Config
from monitor.log.base import ALERTS, Log
from monitor.metrics.catalogue import Metrics
from monitor.profile.model import Profile
from monitor.runtime.board import Board
from monitor.runtime.deliver_runner import GROUP, DeliverRunner
from monitor.runtime.delivery import Delivery, pace_of, routes_of
from monitor.runtime.heartbeat import Heartbeat
from monitor.runtime.moving import Moving
from monitor.runtime.store import Store
from sinks.base import Reader, Writer

GATHER_SECONDS = 0.1
"""Seconds between two lots: people wait for these."""


class DeliverRole:
    """Makes runners; ``delivery`` is shared by those that follow each other."""

    topic = ALERTS
    group = GROUP
    gather_seconds = GATHER_SECONDS

    def __init__(
        self,
        config: Config,
        profiles: Sequence[Profile],
        delivery: Delivery,
        store: Store,
        board: Board,
        metrics: Metrics,
        clock: Clock,
        give_up: asyncio.Event,
    ) -> None:
        self._config = config
        self._profiles = {profile.id: profile for profile in profiles}
        self._delivery = delivery
        self._store = store
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._give_up = give_up
        self._clients: dict[int, tuple[Writer, Reader]] = {}

    def runner(self, partition: int, log: Log) -> DeliverRunner:
        if partition not in self._clients:
            self._clients[partition] = self._store.writer(), self._store.reader()
        return DeliverRunner(
            partition,
            log,
            *self._clients[partition],
            self._profiles,
            self._delivery.destinations,
            self._delivery.channels,
            routes_of(self._profiles.values()),
            self._board,
            self._metrics,
            self._clock,
            pace=pace_of(self._config),
            console=self._config.deliver.console_url,
            give_up=self._give_up,
        )

    async def beside(self, kafka: Log, mine: Callable[[], list[int]]) -> None:
        """Checks in outside, if an address is configured, until the worker's end; then closes the channels."""
        section, http = self._config.deliver, self._delivery.http
        ending = asyncio.Event()
        try:
            if section.heartbeat_url and http is not None:
                # This process runs but one of the stages whose standing still the outside is to hear of.
                well = Moving(kafka, self._config, time.monotonic).look
                await Heartbeat(http, section.heartbeat_url, section.heartbeat_seconds, well, self._metrics, self._clock).run(ending)
            await ending.wait()
        finally:
            await self._delivery.close()
