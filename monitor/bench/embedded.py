"""The embedded runtime as a system to be measured."""

from __future__ import annotations

import os

from monitor.bench.load import LiveLoad
from monitor.bench.system import crawler
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.log.base import Log
from monitor.profile.model import Profile
from monitor.runtime.crawler import Crawler
from monitor.runtime.embedded import Embedded


class OneProcess:
    """The embedded runtime: log in SQLite, ClickHouse inside the process or on a server."""

    what = "nabat run: один процесс, журнал SQLite"

    def __init__(self, config: Config, profile: Profile) -> None:
        self._config = config
        self._sources = list(profile.sources.values())
        self._engine = Embedded(config, profile, self._sources, {}, SystemClock())
        self.log: Log

    async def open(self) -> None:
        await self._engine.open()
        self.log = self._engine.log

    async def start(self) -> None:
        await self._engine.start(crawl=False, console=False)

    def crawler(self, load: LiveLoad) -> Crawler:
        engine = self._engine
        return crawler(self._config, self._sources, load, self.log, engine.board, engine.health)

    async def rest(self) -> None:
        await self._engine.drain()

    async def stored(self) -> int:
        rows = await self._engine.reader.query("SELECT count() AS n FROM current_posts")
        return int(rows[0]["n"])

    def processor(self) -> dict[str, float]:
        times = os.times()
        return {"nabat run": times.user + times.system}

    async def stop(self) -> None:
        await self._engine.stop()
