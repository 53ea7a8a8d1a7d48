"""Partitions come, stay and go; what runs on them does so with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from monitor.cluster.shards import Shards
from monitor.log.base import PAGES, Append, Log
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import LogError, RetryableError

GROUP = "triage"
COUNT = 20


class Counting:
    """A runner that reads its partition and commits record by record; ``trouble`` is raised at an offset, once."""

    def __init__(self, role: Role, partition: int, log: Log) -> None:
        self.seen: list[int] = []
        self.ended: Callable[[], None] = lambda: None
        self._role = role
        self._partition = partition
        self._log = log
        self._stopping = False

    async def run(self) -> None:
        try:
            await self._run()
        except asyncio.CancelledError:
            self.ended()
            # As a batch under way does, it takes a moment to end.
            for _ in range(50):
                await asyncio.sleep(0)
            raise

    async def _run(self) -> None:
        offset = await self._log.committed(GROUP, PAGES, self._partition) or 0
        while not self._stopping:
            for record in await self._log.read(PAGES, self._partition, offset, 1):
                if record.offset in self._role.trouble:
                    raise self._role.trouble.pop(record.offset)
                self.seen.append(record.offset)
                offset = record.offset + 1
                await self._log.commit(GROUP, PAGES, self._partition, offset)
            await self._log.wait(PAGES, self._partition, offset, 0.01)
        if self._role.hangs:
            await asyncio.Event().wait()

    def stop(self) -> None:
        self._stopping = True


class Role:
    """Remembers the runners that it made."""

    topic, group, gather_seconds = PAGES, GROUP, 0.0

    def __init__(self) -> None:
        self.made: list[Counting] = []
        self.trouble: dict[int, Exception] = {}
        self.hangs = False

    def runner(self, partition: int, log: Log) -> Counting:
        self.made.append(Counting(self, partition, log))
        return self.made[-1]

    async def beside(self, kafka: Log, mine: Callable[[], list[int]]) -> None: ...


class Committing:
    """The membership, as far as it is needed: commits go into the log."""

    def __init__(self, log: Log) -> None:
        self.commits: list[tuple[int, int]] = []
        self._log = log

    async def commit(self, partition: int, offset: int) -> None:
        self.commits.append((partition, offset))
        await self._log.commit(GROUP, PAGES, partition, offset)

    def flow(self, partition: int, more: bool) -> None: ...


class Stand:
    """Shards over a log with COUNT records in each of two partitions."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.role = Role()
        self.group = Committing(log)
        self.failures: list[BaseException] = []
        self.give_up = asyncio.Event()
        self.shards = Shards(self.role, log, Metrics(CollectorRegistry()), self.give_up, self.failures.append)
        self.shards.group = self.group

    async def bring(self, partition: int, start: int, end: int) -> None:
        for record in await self.log.read(PAGES, partition, start, end - start):
            self.shards.put(record)

    async def seen(self, runner: Counting, offsets: list[int]) -> None:
        async with asyncio.timeout(10):
            while runner.seen != offsets:
                assert runner.seen == offsets[: len(runner.seen)]
                await asyncio.sleep(0.005)

    async def made(self, count: int) -> Counting:
        async with asyncio.timeout(10):
            while len(self.role.made) < count:  # noqa: ASYNC110 (runners tell nobody)
                await asyncio.sleep(0.005)
        return self.role.made[count - 1]


@pytest_asyncio.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    log = await SqliteLog.open(tmp_path / "log", {PAGES: 2})
    await log.append([Append(PAGES, number, "", b"x", 0) for number in range(2) for _ in range(COUNT)])
    made = Stand(log)
    yield made
    await made.shards.finish(1.0)
    await log.close()


async def test_a_partition_that_stays_is_not_interrupted(stand: Stand) -> None:
    await stand.shards.assigned({0})
    runner = await stand.made(1)
    await stand.bring(0, 0, 6)
    await stand.seen(runner, list(range(6)))
    stand.shards.revoked()
    await stand.shards.assigned({0, 1})
    await stand.bring(0, 4, COUNT)
    await stand.seen(runner, list(range(COUNT)))
    other = await stand.made(2)
    await stand.bring(1, 0, 3)
    await stand.seen(other, [0, 1, 2])
    assert stand.shards.mine() == [0, 1]


async def test_a_partition_that_goes_is_left_at_once_and_commits_nothing_more(stand: Stand) -> None:
    await stand.shards.assigned({0, 1})
    await stand.bring(0, 0, 3)
    runners = [await stand.made(1), await stand.made(2)]
    await stand.seen(runners[0], [0, 1, 2])
    stand.shards.revoked()
    await stand.bring(0, 3, 5)
    await stand.seen(runners[0], [0, 1, 2, 3, 4])
    assert stand.group.commits == [(0, 1), (0, 2), (0, 3)]
    await stand.shards.assigned({1})
    assert stand.shards.mine() == [1]
    await stand.shards.assigned({0, 1})
    heir = await stand.made(3)
    await stand.bring(0, 3, COUNT)
    await stand.seen(heir, list(range(3, COUNT)))


async def test_where_another_did_more_meanwhile_it_begins_anew(stand: Stand) -> None:
    await stand.shards.assigned({0})
    runner = await stand.made(1)
    await stand.bring(0, 0, 3)
    await stand.seen(runner, [0, 1, 2])
    stand.shards.revoked()
    await stand.log.commit(GROUP, PAGES, 0, 9)
    await stand.shards.assigned({0})
    heir = await stand.made(2)
    await stand.bring(0, 9, COUNT)
    await stand.seen(heir, list(range(9, COUNT)))
    assert runner.seen == [0, 1, 2]
    assert not stand.failures


async def test_passing_trouble_begins_it_again_from_its_commit(stand: Stand) -> None:
    stand.role.trouble[4] = RetryableError("the broker is away", 0.0)
    await stand.shards.assigned({0})
    await stand.bring(0, 0, COUNT)
    await stand.seen(await stand.made(2), list(range(4, COUNT)))
    assert not stand.failures


async def test_other_trouble_is_told(stand: Stand) -> None:
    stand.role.trouble[4] = LogError("no such offset")
    await stand.shards.assigned({0})
    await stand.bring(0, 0, COUNT)
    async with asyncio.timeout(10):
        while not stand.failures:  # noqa: ASYNC110 (failures tell nobody)
            await asyncio.sleep(0.005)
    assert [str(error) for error in stand.failures] == ["no such offset"]


@pytest.mark.parametrize("hangs", [False, True])
async def test_the_end_waits_for_runners_but_not_for_ever(stand: Stand, hangs: bool) -> None:
    stand.role.hangs = hangs
    await stand.shards.assigned({0})
    await stand.seen(await stand.made(1), [])
    await stand.shards.finish(0.2)
    assert stand.give_up.is_set()
    assert stand.shards.mine() == []
    await stand.shards.assigned({0, 1})
    assert stand.shards.mine() == []


async def test_what_could_not_be_committed_in_a_rebalance_is_committed_after_it(stand: Stand) -> None:
    # Ticks wait for triage's commits: one that is left out on a quiet partition would stop watch's time until its next page.
    await stand.shards.assigned({0})
    runner = await stand.made(1)
    await stand.bring(0, 0, 3)
    await stand.seen(runner, [0, 1, 2])
    stand.shards.revoked()
    await stand.bring(0, 3, 5)
    await stand.seen(runner, [0, 1, 2, 3, 4])
    assert await stand.log.committed(GROUP, PAGES, 0) == 3
    await stand.shards.assigned({0})
    async with asyncio.timeout(10):
        while await stand.log.committed(GROUP, PAGES, 0) != 5:  # noqa: ASYNC110 (commits tell nobody)
            await asyncio.sleep(0.005)
    assert not stand.failures


async def test_an_end_and_a_rebalance_at_once(stand: Stand) -> None:
    stand.role.hangs = True
    await stand.shards.assigned({0, 1})
    await stand.made(2)
    ending = asyncio.create_task(stand.shards.finish(0.01))
    async with asyncio.timeout(10):
        while stand.shards.mine() != [1]:  # noqa: ASYNC110 (it is about a turn of the event loop)
            await asyncio.sleep(0)
    await stand.shards.assigned(set())
    await ending
    assert stand.shards.mine() == []


async def test_one_that_goes_while_it_begins_anew_does_not_begin(stand: Stand) -> None:
    await stand.shards.assigned({0})
    runner = await stand.made(1)
    await stand.bring(0, 0, 3)
    await stand.seen(runner, [0, 1, 2])
    stand.shards.revoked()
    await stand.log.commit(GROUP, PAGES, 0, 9)
    asked, answer = asyncio.Event(), asyncio.Event()
    committed = stand.log.committed

    async def slow(group: str, topic: str, partition: int) -> int | None:
        asked.set()
        await answer.wait()
        return await committed(group, topic, partition)

    stand.log.committed = slow  # type: ignore[method-assign]
    await stand.shards.assigned({0})
    await asked.wait()
    stand.log.committed = committed  # type: ignore[method-assign]
    runner.ended = answer.set
    async with asyncio.timeout(10):
        await stand.shards.assigned(set())
    assert stand.shards.mine() == []
    assert len(stand.role.made) == 1
