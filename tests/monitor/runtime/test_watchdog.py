"""A stage that stands still with work to do is shown, and then ends its process; one that waits for a good reason is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from monitor.log.base import PAGES, Append
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.runtime.board import Board
from monitor.runtime.watchdog import Stalled, Watchdog

LIMIT = 60.0


class Stand:
    """A log with ten pages, of which the board says how many are done, and a clock that is put forward by hand."""

    def __init__(self, log: SqliteLog) -> None:
        self.log = log
        self.now = 1000.0
        self.board = Board()
        self.metrics = Metrics(CollectorRegistry())
        self.mine = [(PAGES, 0)]
        self.dog = Watchdog(log, self.board, self.metrics, LIMIT, lambda: self.now, lambda: self.mine)

    async def after(self, seconds: float) -> bool:
        """Looks so much later; whether triage is shown as stalled."""
        self.now += seconds
        await self.dog.look()
        return bool(self.metrics.watchdog_stalled["triage"]._value.get())


@pytest_asyncio.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    log = await SqliteLog.open(tmp_path / "log")
    await log.append([Append(PAGES, 0, "", b"x", 0)] * 10)
    yield Stand(log)
    await log.close()


async def test_standing_still_is_shown_and_then_ends_the_process(stand: Stand) -> None:
    await stand.board.note(PAGES, 0, 3)
    assert not await stand.after(0)
    assert not await stand.after(LIMIT)
    assert await stand.after(1)
    assert await stand.after(LIMIT)
    with pytest.raises(Stalled, match="triage: стоит"):
        await stand.after(2 * LIMIT)


async def test_whoever_gets_on_is_not_stalled_however_far_behind(stand: Stand) -> None:
    for done in range(10):
        await stand.board.note(PAGES, 0, done)
        assert not await stand.after(LIMIT)


async def test_more_work_alone_is_no_progress(stand: Stand) -> None:
    await stand.board.note(PAGES, 0, 3)
    await stand.after(0)
    await stand.log.append([Append(PAGES, 0, "", b"x", 0)] * 10)
    assert await stand.after(LIMIT + 1)


async def test_who_has_nothing_to_do_may_stand_still(stand: Stand) -> None:
    await stand.board.note(PAGES, 0, 10)
    assert not await stand.after(0)
    assert not await stand.after(100 * LIMIT)
    await stand.log.append([Append(PAGES, 0, "", b"x", 0)])
    assert not await stand.after(LIMIT)


async def test_who_waits_for_the_store_is_not_ended(stand: Stand) -> None:
    await stand.after(0)
    stand.metrics.backpressure_active["triage"].set(1)
    assert await stand.dog.moves()
    assert not await stand.after(100 * LIMIT)
    # Nobody is told of anything as long as it lasts: the outside has to notice.
    assert not await stand.dog.moves()
    await stand.board.note(PAGES, 0, 10)
    await stand.after(1)
    assert await stand.dog.moves()


async def test_a_partition_that_comes_back_begins_anew(stand: Stand) -> None:
    await stand.after(0)
    stand.mine = []
    assert not await stand.after(2 * LIMIT)
    stand.mine = [(PAGES, 0)]
    assert not await stand.after(2 * LIMIT)
    assert await stand.after(LIMIT + 1)


async def test_trouble_of_the_log_does_not_end_the_watch(stand: Stand) -> None:
    stopping = asyncio.Event()
    looks = 0

    async def bounds(topic: str, partition: int) -> tuple[int, int]:
        nonlocal looks
        looks += 1
        stopping.set()
        raise RetryableError("the broker is away", 1.0)

    stand.log.bounds = bounds  # type: ignore[method-assign]
    await stand.dog.run(stopping)
    assert looks == 1


async def test_the_time_without_the_log_does_not_count(stand: Stand) -> None:
    bounds, stopping = stand.log.bounds, asyncio.Event()

    async def away(topic: str, partition: int) -> tuple[int, int]:
        stopping.set()
        raise RetryableError("the broker is away", 1.0)

    assert not await stand.after(0)
    stand.log.bounds = away  # type: ignore[method-assign]
    await stand.dog.run(stopping)
    stand.log.bounds = bounds  # type: ignore[method-assign]
    # An hour later the broker is back, and nobody has had the time to do anything.
    assert not await stand.after(3600)
    assert await stand.after(LIMIT + 1)
