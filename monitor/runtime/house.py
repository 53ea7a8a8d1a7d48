"""What has to be done now and then in the embedded runtime: the log is trimmed, what is open and what lies in the log is counted."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from monitor.clock import Clock
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from sinks.base import Reader

log = logging.getLogger(__name__)

TRIM_SECONDS = 300.0
COUNT_SECONDS = 15.0


class House:
    """``path`` is the log's file."""

    def __init__(self, events: Log, path: Path, reader: Reader, metrics: Metrics, clock: Clock) -> None:
        self._log = events
        self._path = path
        self._reader = reader
        self._metrics = metrics
        self._clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping`` is set."""
        trimmed = 0.0
        while not stopping.is_set():
            now = time.monotonic()
            if now - trimmed > TRIM_SECONDS:
                trimmed = now
                try:
                    await self._log.trim(self._clock.now())
                except RetryableError as error:
                    log.warning("журнал сейчас не укоротить: %s", error)
            await self._count()
            try:
                async with asyncio.timeout(COUNT_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue

    async def _count(self) -> None:
        try:
            rows = await self._reader.query("SELECT count() AS n FROM current_incidents WHERE status = 'open'")
            self._metrics.incidents_open.set(rows[0]["n"])
        except RetryableError as error:
            log.warning("база не отвечает: %s", error)
        self._metrics.log_bytes.set(self._path.stat().st_size)
