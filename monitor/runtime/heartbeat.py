"""The dead man's switch: a check-in at an outside address, which raises the alarm when none comes.

It is withheld while a stage stands still, for whatever reason, so that silence means one thing: somebody has to look here. That the
network is down, or this machine, needs no word of ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from monitor.clock import Clock
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import HeartbeatOutcome
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.wire import Http

log = logging.getLogger(__name__)

TIMEOUT = 10.0


class Heartbeat:
    """Checks in at ``url`` every ``seconds``. ``well`` says whether it may."""

    def __init__(
        self, http: Http, url: str, seconds: float, well: Callable[[], Awaitable[bool]], metrics: Metrics, clock: Clock
    ) -> None:
        self._http = http
        self._url = url
        self._seconds = seconds
        self._well = well
        self._metrics = metrics
        self._clock = clock
        self._failing = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping`` is set; the first check-in at once."""
        while not stopping.is_set():
            self._metrics.heartbeats[await self.beat()].inc()
            sleep, stop = asyncio.ensure_future(self._clock.sleep(self._seconds)), asyncio.ensure_future(stopping.wait())
            await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
            sleep.cancel()
            stop.cancel()

    async def beat(self) -> HeartbeatOutcome:
        if not await self._well():
            log.error("стадия стоит: отметка не отправлена, чтобы снаружи это заметили")
            return "withheld"
        try:
            answer = await self._http.get(self._url, timeout=TIMEOUT, limit=100_000)
            error = "" if 200 <= answer.status < 300 else f"answered {answer.status}"
        except (SourceUnavailable, SourceRefused) as failed:
            error = str(failed)
        if error and not self._failing:
            log.warning("отметка не дошла: %s", error)
        self._failing = bool(error)
        return "failed" if error else "sent"
