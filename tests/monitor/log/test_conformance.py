"""The rules of monitor.log.base, for every implementation (tests.monitor.log.places)."""

from __future__ import annotations

import asyncio

import pytest

from monitor.log.base import PAGES, WATCH, Append, Log, partition_of
from monitor.model.errors import LogError
from tests.monitor.log.places import PARTITIONS, Place

DAY = 86_400_000


def page(value: bytes | str, partition: int = 0, at: int = 0) -> Append:
    return Append(PAGES, partition, "key", value.encode() if isinstance(value, str) else value, at)


async def values(log: Log, topic: str = PAGES, partition: int = 0) -> list[bytes]:
    """All values kept of a partition, read to its end; their offsets are checked to be dense."""
    offset, end = await log.bounds(topic, partition)
    found: list[bytes] = []
    while offset < end:
        records = await log.read(topic, partition, offset)
        assert [record.offset for record in records] == list(range(offset, offset + len(records)))
        found += [record.value for record in records]
        offset += len(records)
    return found


async def test_offsets_are_dense_from_zero_in_each_partition(log: Log) -> None:
    assert await log.append([page("a", 0), page("b", 2), page("c", 0), Append(WATCH, 0, "r", b"d", 0)]) == [0, 0, 1, 0]
    assert await log.append([page("e", 2), page("f", 0)]) == [1, 2]
    assert [await log.bounds(PAGES, number) for number in range(3)] == [(0, 3), (0, 0), (0, 2)]
    assert await values(log) == [b"a", b"c", b"f"]
    assert await values(log, WATCH) == [b"d"]


async def test_a_record_is_read_as_it_was_appended(log: Log) -> None:
    value = bytes(range(256)) * 2000
    await log.append([Append(PAGES, 1, "vk:-1 Ёж", value, 1_700_000_000_123)])
    (record,) = await log.read(PAGES, 1, 0)
    assert record == (PAGES, 1, 0, "vk:-1 Ёж", value, 1_700_000_000_123)


async def test_everything_is_there_after_reopening(place: Place) -> None:
    log = await place.open()
    await log.append([page("a"), page("b", 1)], cursors={"s": "1", "t": "2"}, budgets={"vk": "3"})
    await log.append([], cursors={"s": "4"})
    await log.commit("triage", PAGES, 0, 1)
    identity = log.layout.identity
    await log.close()

    log = await place.open()
    assert (log.layout.identity, log.layout.epoch, dict(log.layout.partitions)) == (identity, 1, PARTITIONS)
    assert await values(log) == [b"a"]
    assert await log.cursors() == {"s": "4", "t": "2"}
    assert (await log.cursor("t"), await log.cursor("u"), await log.budget("vk"), await log.budget("ok")) == ("2", "", "3", "")
    assert (await log.committed("triage", PAGES, 0), await log.committed("triage", PAGES, 1)) == (1, None)
    assert await log.append([page("c")]) == [1]
    await log.close()


async def test_a_refused_append_leaves_nothing(log: Log) -> None:
    for topic, partition in ((PAGES, 3), (PAGES, -1), ("letters", 0)):
        with pytest.raises(LogError):
            await log.append([page("a"), Append(topic, partition, "k", b"b", 0)], cursors={"s": "1"})
    assert await log.bounds(PAGES, 0) == (0, 0)
    assert await log.cursors() == {}


async def test_what_the_log_has_not_is_refused(log: Log) -> None:
    for topic, partition in ((PAGES, 3), ("letters", 0)):
        for call in (
            log.read(topic, partition, 0),
            log.wait(topic, partition, 0, 0),
            log.bounds(topic, partition),
            log.commit("g", topic, partition, 0),
            log.committed("g", topic, partition),
        ):
            with pytest.raises(LogError):
                await call


async def test_reading_is_limited_by_count(log: Log) -> None:
    await log.append([page(str(number)) for number in range(10)])
    assert [record.value for record in await log.read(PAGES, 0, 4, 3)] == [b"4", b"5", b"6"]
    assert [record.value for record in await log.read(PAGES, 0, 8, 3)] == [b"8", b"9"]


async def test_reading_is_limited_by_size(log: Log) -> None:
    large = [bytes([number]) * 500_000 for number in range(20)]
    await log.append([page(value) for value in large])
    first = await log.read(PAGES, 0, 0)
    assert 1_000_000 <= sum(len(record.value) for record in first) <= 5_000_000
    assert await values(log) == large


async def test_the_end_is_empty_and_beyond_it_is_an_error(log: Log) -> None:
    assert await log.read(PAGES, 0, 0) == []
    await log.append([page("a")])
    assert await log.read(PAGES, 0, 1) == []
    with pytest.raises(LogError):
        await log.read(PAGES, 0, 2)
    with pytest.raises(LogError):
        await log.read(PAGES, 0, -1)


async def test_concurrent_appenders_keep_their_own_order(log: Log) -> None:
    async def appender(name: int) -> list[int]:
        return [(await log.append([page(f"{name} {number}")], cursors={str(name): str(number)}))[0] for number in range(25)]

    offsets = await asyncio.gather(*(appender(name) for name in range(20)))
    assert sorted(offset for own in offsets for offset in own) == list(range(500))
    found = await values(log)
    for name, own in enumerate(offsets):
        assert own == sorted(own)
        assert [found[offset] for offset in own] == [f"{name} {number}".encode() for number in range(25)]
    assert await log.cursors() == {str(name): "24" for name in range(20)}


async def test_waiting_ends_with_the_record(log: Log) -> None:
    waiting = [asyncio.ensure_future(log.wait(PAGES, 0, offset, 60)) for offset in (0, 1, 1)]
    await log.append([page("elsewhere", 1), Append(WATCH, 0, "r", b"", 0)])
    assert await log.wait(PAGES, 0, 0, 0) is False
    await log.append([page("a")])
    assert await waiting[0] is True
    assert not waiting[1].done()
    await log.append([page("b")])
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert await log.wait(PAGES, 0, 1, 0) is True


async def test_waiting_ends_with_the_time(log: Log) -> None:
    assert await log.wait(PAGES, 0, 0, 0.001) is False
    assert await log.wait(PAGES, 0, 0, 0) is False


async def test_a_wait_can_be_given_up(log: Log) -> None:
    waiting = asyncio.ensure_future(log.wait(PAGES, 0, 0, 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await log.append([page("a")]) == [0]


async def test_closing_finishes_what_was_asked_for_and_wakes_those_who_wait(place: Place) -> None:
    log = await place.open()
    waiting = asyncio.ensure_future(log.wait(WATCH, 0, 0, 60))
    appending = [asyncio.ensure_future(log.append([page(b"x" * 100_000)])) for _ in range(50)]
    await asyncio.sleep(0)
    await log.close()
    await log.close()
    assert sorted(offset for [offset] in await asyncio.gather(*appending)) == list(range(50))
    with pytest.raises(LogError, match="закрыт"):
        await waiting
    for call in (log.append([page(b"x")]), log.read(PAGES, 0, 0), log.cursors(), log.wait(PAGES, 0, 50, 1)):
        with pytest.raises(LogError, match="закрыт"):
            await call


async def test_commits_belong_to_groups_and_only_go_on(log: Log) -> None:
    await log.append([page(str(number)) for number in range(5)])
    for offset in (0, 2, 2, 5):
        await log.commit("triage", PAGES, 0, offset)
        assert await log.committed("triage", PAGES, 0) == offset
    assert await log.committed("delivery", PAGES, 0) is None
    for offset in (4, 6, -1):
        with pytest.raises(LogError):
            await log.commit("triage", PAGES, 0, offset)
    with pytest.raises(LogError):
        await log.commit("delivery", PAGES, 0, -1)
    assert await log.committed("triage", PAGES, 0) == 5
    assert await log.committed("delivery", PAGES, 0) is None


async def test_only_what_is_old_and_done_by_all_is_trimmed(place: Place) -> None:
    log = await place.open(retention_ms={PAGES: DAY})
    await log.append([page(str(number), at=number * DAY) for number in range(10)])
    await log.append([Append(WATCH, 0, "r", b"kept for ever", 0)])
    await log.commit("triage", PAGES, 0, 4)
    await log.commit("reprocess", PAGES, 0, 2)
    assert await log.trim(100 * DAY) == 2
    assert await log.bounds(PAGES, 0) == (2, 10)
    await log.commit("reprocess", PAGES, 0, 9)
    await log.commit("triage", PAGES, 0, 10)
    assert await log.trim(5 * DAY) == 2
    assert await log.trim(5 * DAY) == 0
    assert await values(log) == [b"4", b"5", b"6", b"7", b"8", b"9"]
    with pytest.raises(LogError):
        await log.read(PAGES, 0, 3)
    assert await log.trim(100 * DAY) == 5
    assert await values(log) == [b"9"]
    assert await values(log, WATCH) == [b"kept for ever"]
    await log.close()


async def test_a_group_that_has_not_begun_a_partition_needs_all_of_it(place: Place) -> None:
    log = await place.open(retention_ms={PAGES: DAY})
    await log.append([page("a", 0), page("b", 1), page("c", 2)])
    await log.commit("triage", PAGES, 0, 1)
    assert await log.trim(100 * DAY) == 1
    assert [await log.bounds(PAGES, number) for number in range(3)] == [(1, 1), (0, 1), (0, 1)]
    await log.close()


async def test_a_topic_without_groups_is_trimmed_by_age(place: Place) -> None:
    log = await place.open(retention_ms={PAGES: DAY})
    await log.append([page("old", at=0), page("young", at=5 * DAY), page("late", at=0)])
    assert await log.trim(6 * DAY) == 1
    assert await values(log) == [b"young", b"late"]
    await log.close()


async def test_offsets_go_on_where_all_was_trimmed(place: Place) -> None:
    log = await place.open(retention_ms={PAGES: DAY})
    await log.append([page("a"), page("b")])
    await log.commit("triage", PAGES, 0, 2)
    assert await log.trim(2 * DAY) == 2
    assert await log.bounds(PAGES, 0) == (2, 2)
    assert await log.read(PAGES, 0, 2) == []
    await log.close()

    log = await place.open(retention_ms={PAGES: DAY})
    assert await log.bounds(PAGES, 0) == (2, 2)
    assert await log.committed("triage", PAGES, 0) == 2
    with pytest.raises(LogError):
        await log.read(PAGES, 0, 1)
    assert await log.append([page("c")]) == [2]
    assert await values(log) == [b"c"]
    await log.close()


async def test_trimming_more_than_one_step_at_once(place: Place) -> None:
    log = await place.open(retention_ms={PAGES: DAY})
    await log.append([page(str(number)) for number in range(1001)])
    await log.commit("triage", PAGES, 0, 1000)
    trimming = asyncio.ensure_future(log.trim(2 * DAY))
    assert await log.append([page("meanwhile")]) == [1001]
    assert await trimming == 1000
    assert await values(log) == [b"1000", b"meanwhile"]
    await log.close()


async def test_a_new_log_takes_identity_and_epoch(place: Place) -> None:
    await (await place.open(identity="abc", epoch=3)).close()
    log = await place.open()
    assert (log.layout.identity, log.layout.epoch) == ("abc", 3)
    await log.close()
    await (await place.open(identity="abc", epoch=3)).close()


async def test_another_identity_epoch_or_layout_is_refused(place: Place) -> None:
    await (await place.open()).close()
    with pytest.raises(LogError, match="а не журнал abc"):
        await place.open(identity="abc")
    with pytest.raises(LogError, match="эпоха 2"):
        await place.open(epoch=2)
    for partitions in ({PAGES: 4, WATCH: 1}, {PAGES: 3}, {PAGES: 4, WATCH: 1, "letters": 1}):
        with pytest.raises(LogError, match=r"дочитать журнал .* начните эпоху 2"):
            await place.open(partitions)
    await (await place.open()).close()


async def test_settings_that_make_no_log_are_refused(place: Place) -> None:
    with pytest.raises(LogError, match="pages"):
        await place.open({PAGES: 0})
    with pytest.raises(LogError, match="letters"):
        await place.open(retention_ms={"letters": DAY})


def test_the_partition_of_a_key_never_changes() -> None:
    assert [partition_of(key, 16) for key in ("vk:-1", "tg:gorod", "ёж")] == [3, 12, 1]
