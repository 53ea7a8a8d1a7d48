"""Whether the stages of a cluster move, by what they have committed: a process that runs one of them sees the others only so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from monitor.config import Config
from monitor.log.base import ALERTS, PAGES, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import RetryableError
from monitor.runtime.deliver_runner import GROUP as DELIVER
from monitor.runtime.moving import SNAPSHOTS, Moving
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHING

CONFIG = Config()
CONFIG = replace(CONFIG, watchdog=replace(CONFIG.watchdog, stalled_seconds=60.0), watch=replace(CONFIG.watch, snapshot_seconds=10.0))
LIMITS = {(TRIAGE, PAGES): 60.0, (WATCHING, WATCH): 60.0 + SNAPSHOTS * 10.0, (DELIVER, ALERTS): 60.0}


class Stand:
    """A log in which nobody has anything to do, and a clock that is put forward by hand."""

    def __init__(self, log: SqliteLog) -> None:
        self.log = log
        self.now = 1000.0
        self.moving = Moving(log, CONFIG, lambda: self.now)

    async def after(self, seconds: float) -> bool:
        self.now += seconds
        return await self.moving.look()


@pytest_asyncio.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    log = await SqliteLog.open(tmp_path / "log")
    yield Stand(log)
    await log.close()


@pytest.mark.parametrize(("group", "topic"), LIMITS)
async def test_each_stage_that_stands_is_noticed(stand: Stand, group: str, topic: str) -> None:
    assert await stand.after(0)
    assert await stand.after(100_000)
    await stand.log.append([Append(topic, 0, "", b"x", 0)] * 3)
    await stand.log.commit(group, topic, 0, 1)
    assert await stand.after(1)
    assert await stand.after(LIMITS[group, topic])
    assert not await stand.after(1)
    await stand.log.commit(group, topic, 0, 2)
    assert await stand.after(1)
    assert not await stand.after(LIMITS[group, topic] + 1)
    await stand.log.commit(group, topic, 0, 3)
    assert await stand.after(1)
    assert await stand.after(100_000)


async def test_one_that_has_never_committed_stands_too(stand: Stand) -> None:
    await stand.log.append([Append(PAGES, 0, "", b"x", 0)])
    assert await stand.after(0)
    assert not await stand.after(61)


async def test_without_the_log_nothing_moves(stand: Stand) -> None:
    async def committed(group: str, topic: str, partition: int) -> int | None:
        raise RetryableError("the broker is away", 1.0)

    assert await stand.after(0)
    stand.log.committed = committed  # type: ignore[method-assign]
    assert not await stand.after(1)
