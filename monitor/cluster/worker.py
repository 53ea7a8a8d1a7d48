"""A worker: one stage of the cluster in one process, with as many of its partitions as the group gives it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from monitor.cluster.membership import Membership
from monitor.cluster.process import Process
from monitor.cluster.settings import kafka_settings
from monitor.cluster.shards import Role, Shards
from monitor.config import Config
from monitor.runtime.watchdog import Watchdog

log = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""How long a stop waits for the batches under way and the last snapshots: the log has what is not done then."""
LEAVE_SECONDS = 2.0
"""How long it waits for Faust to leave the group; one that has not left is taken for dead a session later."""


class Worker(Process):
    """Runs a role from ``start`` to ``stop``."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.give_up = asyncio.Event()
        self._shards: Shards | None = None
        self._membership: Membership | None = None

    async def start(self, make: Callable[[Worker], Role]) -> None:
        """Opens store and log and joins the group. Errors say what is wrong and what to do."""
        config, kafka = self.config, await self.open()
        role = await asyncio.to_thread(make, self)
        self._shards = shards = Shards(role, kafka, self.metrics, self.give_up, self.fail)
        folder = Path(config.nabat.data) / "faust"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        session = config.kafka.session_seconds
        self._membership = Membership(kafka_settings(config), role.group, role.topic, folder, session, role.gather_seconds, shards)
        shards.group = self._membership

        def mine() -> list[tuple[str, int]]:
            return [(role.topic, partition) for partition in shards.mine()]

        watchdog = Watchdog(kafka, self.board, self.metrics, config.watchdog.stalled_seconds, time.monotonic, mine)
        self.run(self._membership.run())
        self.run(watchdog.run(self.ending))
        self.run(role.beside(kafka, shards.mine))

    async def stop(self) -> None:
        """Finishes what is under way, commits, leaves the group: others take over at once. Safe to call after a failure."""
        self.ending.set()
        if self._shards is not None:
            await self._shards.finish(FINISH_SECONDS)
        if self._membership is not None:
            try:
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._membership.leave()
            except TimeoutError:
                log.warning("группа не покинута за %.0f с; скоро она сочтёт этот процесс мёртвым", LEAVE_SECONDS)
        await self.close()
