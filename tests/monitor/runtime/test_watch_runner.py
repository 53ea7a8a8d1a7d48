"""Watch with nothing to do waits, it does not turn round and round until the next snapshot; what it can begin from, and what not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.log.base import WATCH as WATCH_TOPIC
from monitor.log.base import Append
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import NabatError
from monitor.model.position import Position
from monitor.model.rows import Row
from monitor.model.watch import Tick, encode_record
from monitor.profile.load import load_profile
from monitor.runtime import compose
from monitor.runtime.board import Board
from monitor.runtime.triage_runner import WAIT
from monitor.runtime.watch_runner import GROUP, WatchRunner
from tests.crash.region import START, WATCH, use, watch, world


class Quiet:
    """A store that keeps nothing."""

    async def write(self, rows: Sequence[Row]) -> None:
        pass

    async def save(self, region: str, position: int, state: bytes) -> None:
        pass

    async def latest(self, region: str) -> tuple[int, bytes] | None:
        return None

    async def has(self, region: str) -> bool:
        return False

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


class Kept(Quiet):
    """Snapshots by region, and the regions of which watch has written anything."""

    def __init__(self, snapshots: dict[str, tuple[int, bytes]], written: frozenset[str]) -> None:
        self._snapshots = snapshots
        self._written = written

    async def latest(self, region: str) -> tuple[int, bytes] | None:
        return self._snapshots.get(region)

    async def has(self, region: str) -> bool:
        return region in self._written


@pytest.mark.parametrize(
    ("snapshots", "written", "begins"),
    [
        ({"samara"}, {"samara"}, True),
        ({"samara"}, {"samara", "kursk"}, False),
        (set(), {"samara"}, False),
        (set(), set(), False),
    ],
)
async def test_a_region_is_added_to_a_log_whose_beginning_is_gone(
    snapshots: set[str], written: set[str], begins: bool, tmp_path: Path
) -> None:
    log = await SqliteLog.open(tmp_path / "log.sqlite", retention_ms={WATCH_TOPIC: 1})
    await log.append([Append(WATCH_TOPIC, 0, "samara", encode_record(Tick(START)), START)] * 5)
    await log.commit(GROUP, WATCH_TOPIC, 0, 3)
    await log.trim(START + 1000)
    assert await log.bounds(WATCH_TOPIC, 0) == (3, 5)
    config, profiles = Config(), [load_profile("samara"), load_profile("kursk")]
    sources = [source for one in profiles for source in one.sources.values()]
    uses = [compose.use_of(config, one, compose.classifier(config, one), sources, START) for one in profiles]
    stage = compose.watch_stage(config, profiles, sources, uses, 1)
    kept = Kept({one: (Position(1, 0, 4).pack(), stage.dump(one)) for one in snapshots}, frozenset(written))
    runner = WatchRunner(stage, 0, log, kept, kept, uses, Board(), Metrics(CollectorRegistry()), ManualClock(START), linger=0.0)
    runner.stop()
    if begins:
        # Nothing of the new region can have been before it was there.
        assert await runner._recover() == 3
    else:
        with pytest.raises(NabatError, match="со смещения 3, и ни один снимок до него не доходит"):
            await runner._recover()
    await log.close()
