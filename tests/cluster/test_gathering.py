"""Lots: what one answer of the broker has of a partition, as one message of Faust's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP, ConsumerMessage

from monitor.cluster import gathering
from monitor.cluster.gathering import GatheringConsumer, Lot

FIRST, SECOND = TP("watch", 0), TP("watch", 1)


def record(partition: TP, offset: int, generation: int = 7) -> ConsumerMessage:
    value = f"{partition.partition}/{offset}".encode()
    return ConsumerMessage(*partition, offset, 1.5, 0, None, b"key", value, None, tp=partition, generation_id=generation)


def consumer(monkeypatch: pytest.MonkeyPatch, answers: list[list[ConsumerMessage]]) -> Any:
    """One that gets these answers of a broker, in generation 7."""

    async def getmany(self: Any, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        for one in answers.pop(0):
            yield one.tp, one

    monkeypatch.setattr(Consumer, "getmany", getmany)
    made: Any = object.__new__(GatheringConsumer)
    made.app = SimpleNamespace(consumer_generation_id=7, gather_seconds=0.3, conf=SimpleNamespace(broker_max_poll_records=3))
    return made


async def taken(one: Any) -> list[tuple[TP, Any]]:
    return [found async for found in one.getmany(1.0)]


def test_each_partition_gives_one_message_with_all_its_records(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [record(FIRST, 4), record(SECOND, 9), record(FIRST, 5), record(FIRST, 8)]
    found = asyncio.run(taken(consumer(monkeypatch, [answer])))
    assert [(partition, lot.offset, [one.offset for one in lot.records]) for partition, lot in found] == [
        (FIRST, 8, [4, 5, 8]),
        (SECOND, 9, [9]),
    ]
    assert all(isinstance(lot, Lot) and lot.tp == partition and lot.generation_id == 7 for partition, lot in found)


def test_what_a_rebalance_made_stale_is_left_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(taken(consumer(monkeypatch, [[record(FIRST, 4, generation=6), record(SECOND, 9, generation=6)]]))) == []
    found = asyncio.run(taken(consumer(monkeypatch, [[record(FIRST, 4, generation=6), record(SECOND, 9)]])))
    assert [partition for partition, _ in found] == [SECOND], "what was fetched after it is not"


def test_after_a_lot_the_broker_is_left_alone_and_then_asked_for_what_has_come_since(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        full = [record(FIRST, offset) for offset in (4, 5, 6)]
        ahead, since, alone = [record(FIRST, 2)], [record(FIRST, 3)], [record(FIRST, 8)]
        one = consumer(monkeypatch, [[record(FIRST, 1)], ahead, since, full, [record(FIRST, 7)], [], alone])
        slept: list[float] = []
        now = [100.0]

        async def sleep(seconds: float) -> None:
            slept.append(round(seconds, 6))
            now[0] += seconds

        async def offsets() -> list[int]:
            return [found.offset for _, lot in await taken(one) for found in lot.records]

        one.sleep = sleep
        monkeypatch.setattr(gathering, "time", SimpleNamespace(monotonic=lambda: now[0]))
        assert (await offsets(), slept) == ([1], [])
        assert (await offsets(), slept) == ([2, 3], [0.3])
        assert (await offsets(), slept) == ([4, 5, 6], [0.3, 0.3]), "a full lot is not added to"
        assert (await offsets(), slept) == ([7], [0.3, 0.3]), "behind a full lot there is more"
        now[0] += 0.1
        assert (await offsets(), slept) == ([], [0.3, 0.3, 0.2])
        assert (await offsets(), slept) == ([8], [0.3, 0.3, 0.2]), "what comes after a pause is taken at once"

    asyncio.run(main())
