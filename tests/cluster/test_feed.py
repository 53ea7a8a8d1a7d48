"""A feed over whatever Faust may bring: in order, each once, none missing."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from monitor.cluster.feed import FULL_BYTES, Feed
from monitor.log.base import PAGES, Record


class Stretch:
    """The part of a log that a feed reads from: ``count`` records of one byte; what was asked for is noted."""

    def __init__(self, count: int) -> None:
        self.records = [Record(PAGES, 0, offset, "", b"x", 0) for offset in range(count)]
        self.asked: list[tuple[int, int]] = []

    async def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Record]:
        assert (topic, partition) == (PAGES, 0)
        self.asked.append((offset, limit))
        return self.records[offset : offset + limit]


def feed_of(log: Stretch, flows: list[bool] | None = None) -> Feed:
    return Feed(log, PAGES, 0, ([] if flows is None else flows).append)  # type: ignore[arg-type]


async def read_all(feed: Feed, start: int, limit: int = 7) -> list[int]:
    offsets: list[int] = []
    while records := await feed.read(start, limit):
        assert len(records) <= limit
        offsets += [record.offset for record in records]
        start = offsets[-1] + 1
    return offsets


async def test_what_the_stream_brings_is_not_read_from_the_log() -> None:
    log = Stretch(20)
    feed = feed_of(log)
    feed.begin(5)
    for record in log.records[5:]:
        feed.put(record)
    assert await read_all(feed, 5) == list(range(5, 20))
    assert log.asked == []


async def test_below_the_commit_and_in_holes_the_log_is_read() -> None:
    log = Stretch(20)
    feed = feed_of(log)
    feed.begin(5)
    for offset in (5, 6, 9, 10, 15):
        feed.put(log.records[offset])
    assert await read_all(feed, 2) == list(range(2, 16))
    assert [offset for offset, _ in log.asked] == [2, 7, 11]


async def test_a_rebalance_brings_all_again_and_the_reader_sees_it_once() -> None:
    log = Stretch(20)
    feed = feed_of(log)
    feed.begin(0)
    for record in log.records[:12]:
        feed.put(record)
    first = await feed.read(0, 4)
    feed.forget()
    feed.begin(0)
    for record in log.records:
        feed.put(record)
    assert [record.offset for record in first] + await read_all(feed, 4) == list(range(20))


async def test_a_stage_that_begins_again_gets_what_it_had_from_the_log() -> None:
    log = Stretch(10)
    feed = feed_of(log)
    feed.begin(0)
    for record in log.records:
        feed.put(record)
    assert len(await read_all(feed, 0)) == 10
    assert await read_all(feed, 3) == list(range(3, 10))


async def test_records_below_what_is_asked_for_do_not_wake_the_reader() -> None:
    log = Stretch(10)
    feed = feed_of(log)
    feed.begin(0)
    feed.put(log.records[0])
    assert not await feed.wait(5, 0.01)
    waiting = asyncio.create_task(feed.wait(5, 30))
    for record in log.records[1:6]:
        feed.put(record)
    assert await waiting


async def test_a_full_feed_stops_the_flow_and_an_emptied_one_lets_it_go_on() -> None:
    flows: list[bool] = []
    feed = feed_of(Stretch(0), flows)
    large = FULL_BYTES // 4
    for offset in range(6):
        feed.put(Record(PAGES, 0, offset, "", bytes(large), 0))
    assert flows == [False]
    await feed.read(0, 3)
    assert flows == [False]
    await feed.read(3, 2)
    assert flows == [False, True]


async def test_a_partition_that_is_taken_away_holds_nothing() -> None:
    flows: list[bool] = []
    feed = feed_of(Stretch(0), flows)
    for offset in range(4):
        feed.put(Record(PAGES, 0, offset, "", bytes(FULL_BYTES // 4), 0))
    feed.forget()
    assert flows == [False, True]
    assert not await feed.wait(0, 0)


@given(st.integers(0, 1 << 32))
def test_whatever_the_stream_does_every_record_is_read_once(seed: int) -> None:
    """The stream repeats, leaves out, begins again; the reader begins again from some commit."""
    asyncio.run(_disturbed(random.Random(seed)))


async def _disturbed(chance: random.Random) -> None:
    log = Stretch(60)
    feed = feed_of(log)
    committed = chance.randrange(10)
    feed.begin(committed)
    read, coming = committed, committed
    while read < 60:
        for _ in range(chance.randrange(8)):
            if coming < 60 and chance.random() < 0.9:
                feed.put(log.records[coming])
            coming += 1
        if chance.random() < 0.2:
            feed.forget()
            coming = committed
            feed.begin(committed)
        if chance.random() < 0.1:
            read = committed
        records = await feed.read(read, chance.randrange(1, 9))
        assert [record.offset for record in records] == list(range(read, read + len(records)))
        read += len(records)
        committed = max(committed, read - chance.randrange(5))
        if coming >= 60:
            # The end is told again and again until it is there.
            feed.put(log.records[59])
