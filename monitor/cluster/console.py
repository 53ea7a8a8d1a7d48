"""The console role: one region's page over the store and the log of the cluster."""

from __future__ import annotations

import logging

from monitor.clock import Clock
from monitor.cluster.process import Process
from monitor.config import Config
from monitor.model.errors import RetryableError
from monitor.profile.model import Profile
from monitor.runtime.page import ConsolePage
from monitor.runtime.storing import ends

log = logging.getLogger(__name__)

COUNT_SECONDS = 15.0


class ConsoleProcess(Process):
    """Serves the page from ``start`` to ``stop``."""

    def __init__(self, config: Config, profile: Profile, clock: Clock) -> None:
        super().__init__(config)
        self.address = ""
        self._profile = profile
        self._clock = clock
        self._page: ConsolePage | None = None

    async def start(self) -> None:
        """Opens store and log, and the page. Errors say what is wrong and what to do."""
        kafka = await self.open()
        self._reader = self.store.reader()
        self._page = ConsolePage(self.config, self._profile, kafka, None, self._reader, self._clock, self.registry)
        await self._page.open()
        self.address = self._page.address
        self.run(self._count())

    async def stop(self) -> None:
        """Safe to call after a failure."""
        self.ending.set()
        if self._page is not None:
            await self._page.close()
        await self.close()

    async def _count(self) -> None:
        """What no stage can tell: how many incidents are open."""
        while not self.ending.is_set():
            try:
                rows = await self._reader.query(
                    "SELECT count() AS n FROM current_incidents WHERE status = 'open' AND region = {region:String}",
                    {"region": self._profile.id},
                )
                self.metrics.incidents_open.set(rows[0]["n"])
            except RetryableError as error:
                log.warning("база не отвечает: %s", error)
            await ends(COUNT_SECONDS, self.ending)
