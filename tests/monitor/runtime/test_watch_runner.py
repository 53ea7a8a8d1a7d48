"""Watch with nothing to do waits; it does not turn round and round until the next snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry

from monitor.clock import ManualClock
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.rows import Row
from monitor.runtime.board import Board
from monitor.runtime.triage_runner import WAIT
from monitor.runtime.watch_runner import WatchRunner
from tests.crash.region import START, WATCH, use, watch, world


class Quiet:
    """A store that keeps nothing."""

    async def write(self, rows: Sequence[Row]) -> None:
        pass

    async def save(self, region: str, position: int, state: bytes) -> None:
        pass

    async def latest(self, region: str) -> tuple[int, bytes] | None:
        return None

    async def close(self) -> None:
        pass


async def test_idle(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.sqlite")
    stage = watch(world(1), replace(WATCH, duplicates=10))
    metrics = Metrics(CollectorRegistry())
    waits: list[float] = []
    runner = WatchRunner(
        stage, 0, log, Quiet(), Quiet(), [use()], Board(), metrics, ManualClock(START), linger=0.0, snapshot_seconds=0.0
    )

    async def wait(topic: str, partition: int, offset: int, timeout: float) -> bool:
        waits.append(timeout)
        await asyncio.sleep(0)
        if len(waits) == 10:
            runner.stop()
        return False

    log.wait = wait  # type: ignore[method-assign]
    await runner.run()
    await log.close()
    # The snapshot of the first record is due at once; after it nothing is.
    assert waits[-3:] == [WAIT] * 3
