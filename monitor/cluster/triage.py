"""The triage role: what a worker runs for each of its partitions of pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from monitor.clock import Clock
from monitor.cluster.settings import sources_of
from monitor.config import Config
from monitor.log.base import PAGES, Log
from monitor.metrics.catalogue import Metrics
from monitor.profile.model import Profile
from monitor.runtime import compose, faults
from monitor.runtime.board import Board
from monitor.runtime.store import Store
from monitor.runtime.triage_runner import GROUP, TriageRunner
from sinks.base import TriageReader, Writer

GATHER_SECONDS = 0.3
"""Seconds between two batches at least: ClickHouse likes few inserts, people like short waits."""


class TriageRole:
    """Makes runners; one writer and one reader a partition serve all that follow each other on it."""

    topic = PAGES
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
        seal: Callable[[bytes, bytes], bytes],
        give_up: asyncio.Event,
        *,
        fault: faults.Fault = faults.no_fault,
    ) -> None:
        self._config = config
        self._profiles = list(profiles)
        self._sources = sources_of(self._profiles)
        self._store = store
        self._board = board
        self._metrics = metrics
        self._clock = clock
        self._seal = seal
        self._give_up = give_up
        self._fault = fault
        self._clients: dict[int, tuple[Writer, TriageReader]] = {}

    def runner(self, partition: int, log: Log) -> TriageRunner:
        if partition not in self._clients:
            self._clients[partition] = self._store.writer(), self._store.triage_reader()
        writer, reader = self._clients[partition]
        config = self._config
        return TriageRunner(
            compose.triage_stage(config, self._profiles, self._sources, log.layout.epoch, self._seal),
            partition,
            log,
            writer,
            reader,
            compose.triage_settings(config),
            self._board,
            self._metrics,
            self._clock,
            batch=config.triage.batch,
            linger=0.0,
            fault=self._fault,
            give_up=self._give_up,
        )

    async def beside(self, kafka: Log, mine: Callable[[], list[int]]) -> None:
        """Beside the runners there is nothing to do."""
