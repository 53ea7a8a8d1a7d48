"""What triage asks: always as it stood below a position, across partitions and epochs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from monitor.model.rows import DeadLetterRow, Row
from sinks.base import Known
from sinks.clickhouse import triage_reader
from sinks.clickhouse.connect import Target
from sinks.clickhouse.triage_reader import ClickHouseTriageReader
from sinks.clickhouse.writer import ClickHouseWriter
from tests.sinks.examples import T0, at, post, revision

HOUR = 3_600_000


@pytest.fixture
async def writer(store: Target) -> AsyncIterator[ClickHouseWriter]:
    writer = ClickHouseWriter(store)
    yield writer
    await writer.close()


@pytest.fixture
async def triage(store: Target) -> AsyncIterator[ClickHouseTriageReader]:
    triage = ClickHouseTriageReader(store)
    yield triage
    await triage.close()


async def test_known_is_the_latest_revision_below_the_position(writer: ClickHouseWriter, triage: ClickHouseTriageReader) -> None:
    await writer.write(
        [
            revision("a", at(1, 0), content_hash=1, revision=1),
            revision("a", at(5, 2), content_hash=2, revision=2, edited_at=T0 + 7, sent=True, deleted=True),
            revision("b", at(5, 3), content_hash=3),
            revision("c", at(9), content_hash=2**64 - 1),
        ]
    )
    first, second = Known(1, 0, False, False, 1), Known(2, T0 + 7, True, True, 2)
    assert await triage.known(["a", "b", "c", "d"], at(5, 2)) == {"a": first}
    assert await triage.known(["a", "b", "c", "d"], at(5, 3)) == {"a": second}
    assert await triage.known({"a": 0, "c": 0}.keys(), at(10)) == {"a": second, "c": Known(2**64 - 1, 0, False, False, 1)}
    assert await triage.known(["a"], at(0)) == {}
    assert await triage.known([], at(10)) == {}


async def test_earlier_epochs_count_in_full_and_this_one_only_in_the_same_partition(
    writer: ClickHouseWriter, triage: ClickHouseTriageReader
) -> None:
    await writer.write(
        [
            revision("old-low", at(2**40, partition=0, epoch=1)),
            revision("old-high", at(2**40, partition=9, epoch=2)),
            revision("here", at(4, partition=3, epoch=3)),
            revision("here-later", at(5, partition=3, epoch=3)),
            revision("lower-partition", at(1, partition=2, epoch=3)),
            revision("higher-partition", at(1, partition=4, epoch=3)),
            revision("future", at(0, partition=0, epoch=4)),
        ]
    )
    below = at(5, partition=3, epoch=3)
    everything = ["old-low", "old-high", "here", "here-later", "lower-partition", "higher-partition", "future"]
    seen = {"old-low", "old-high", "here"}
    assert set(await triage.known(everything, below)) == seen
    assert {row[0] for row in await triage.recent_posts(below, 100)} == seen
    assert {row[1] for row in await triage.recent_texts(below, 100)} == seen


async def test_known_takes_more_ids_than_one_query_does(
    writer: ClickHouseWriter, triage: ClickHouseTriageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage_reader, "IDS_AT_ONCE", 7)
    odd = ["it's", "back\\slash", "],[", "ёж"]
    await writer.write([revision(name, at(1, item)) for item, name in enumerate(odd + [f"p{number}" for number in range(40)])])
    assert set(await triage.known(odd + [f"p{number}" for number in range(0, 100, 3)], at(2))) == {
        *odd,
        *(f"p{number}" for number in range(0, 40, 3)),
    }


async def test_recent_posts_are_the_last_by_their_latest_revision(
    writer: ClickHouseWriter, triage: ClickHouseTriageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage_reader, "FIRST_OFFSETS", 2)
    await writer.write(
        [revision(f"p{number}", at(number), fetched_at=T0 + number) for number in range(30)]
        + [revision("p3", at(25, 1), fetched_at=T0 + 25, revision=2), revision("p28", at(40), revision=9)]
    )
    rows = await triage.recent_posts(at(29), 4)
    assert [(name, known.revision, fetched - T0) for name, known, fetched in rows] == [
        ("p3", 2, 25),
        ("p26", 1, 26),
        ("p27", 1, 27),
        ("p28", 1, 28),
    ]
    assert [row[0] for row in await triage.recent_posts(at(2), 100)] == ["p0", "p1"]
    assert await triage.recent_posts(at(29), 0) == []


async def test_recent_texts_are_the_revisions_that_entered_the_memory(
    writer: ClickHouseWriter, triage: ClickHouseTriageReader
) -> None:
    rows = [
        revision("a", at(1), text_hash=2**64 - 1, fetched_at=T0 + 1),
        revision("b", at(2), text_hash=2**64 - 1, first=False),
        revision("a", at(3), text_hash=7, fetched_at=T0 + 3),
        revision("c", at(4), text_hash=8, fetched_at=T0 + 4),
    ]
    # Written twice, in other blocks: as a worker thought dead and its heir do.
    await writer.write(rows)
    await writer.write(rows[1:])
    assert await triage.recent_texts(at(9), 9) == [(2**64 - 1, "a", T0 + 1), (7, "a", T0 + 3), (8, "c", T0 + 4)]
    assert await triage.recent_texts(at(4), 1) == [(7, "a", T0 + 3)]


async def test_recent_repeats_have_their_authors_and_places(writer: ClickHouseWriter, triage: ClickHouseTriageReader) -> None:
    rows: list[Row] = [
        revision("a", at(1)),
        revision("b", at(2), duplicate_of="a"),
        revision("c", at(3), duplicate_of="a"),
        revision("b", at(4), duplicate_of="a", revision=2),
        revision("d", at(5), duplicate_of="a"),
    ]
    posts = {"b": ("one", "", "vk:-1"), "c": ("two", "vk:-9_9", "vk:-2"), "d": ("one", "", "vk:-3")}
    rows += [
        post(number, at(number), id=name, author=author, thread=thread, source=source)
        for number, (name, (author, thread, source)) in enumerate(posts.items(), 2)
    ]
    await writer.write(rows)
    await writer.write(rows[1:])
    b, c, d = (("a", *posts[name]) for name in "bcd")
    assert await triage.recent_repeats(at(9), 9) == [b, c, b, d]
    assert await triage.recent_repeats(at(9), 2) == [b, d]
    assert await triage.recent_repeats(at(4), 9) == [b, c]


async def test_earlier_epochs_fill_up_by_time_before_this_one(writer: ClickHouseWriter, triage: ClickHouseTriageReader) -> None:
    day = 24 * HOUR
    await writer.write(
        [
            # The partitions of an old epoch ran side by side: their order is time.
            revision("far", at(1, partition=5, epoch=1), fetched_at=T0 - 400 * day),
            revision("older", at(2, partition=5, epoch=1), fetched_at=T0 - 20 * day),
            revision("newer", at(1, partition=1, epoch=1), fetched_at=T0 - 10 * day),
            revision("newest", at(1, partition=3, epoch=1), fetched_at=T0 - 5 * day),
            # Known of old and seen again since: one row, with what is known now.
            revision("again", at(9, partition=1, epoch=1), fetched_at=T0 - 1 * day),
            revision("again", at(2, partition=0, epoch=2), fetched_at=T0 - 30 * day, revision=2),
            revision("mine", at(3, partition=0, epoch=2), fetched_at=T0 - 40 * day),
        ]
    )
    below = at(4, partition=0, epoch=2)
    assert [row[0] for row in await triage.recent_posts(below, 99)] == ["far", "older", "newer", "newest", "again", "mine"]
    assert [row[0] for row in await triage.recent_posts(below, 4)] == ["newer", "newest", "again", "mine"]
    assert [row[0] for row in await triage.recent_posts(below, 5)] == ["older", "newer", "newest", "again", "mine"]
    assert [row[0] for row in await triage.recent_posts(below, 1)] == ["mine"]
    texts = await triage.recent_texts(below, 5)
    assert [name for _, name, _ in texts] == ["newer", "newest", "again", "again", "mine"]
    # Before its epoch began, this partition had nothing of its own.
    assert [row[0] for row in await triage.recent_posts(at(0, partition=0, epoch=2), 2)] == ["newest", "again"]


async def test_recent_outcomes_are_of_each_source_the_last(writer: ClickHouseWriter, triage: ClickHouseTriageReader) -> None:
    def letter(version: int, source: str, **changes: str) -> DeadLetterRow:
        row = DeadLetterRow(f"d{version}", "kursk", source, "post", "decode", "", T0, b"", "dead", version)
        return row._replace(**changes)  # type: ignore[arg-type]

    rows: list[Row] = [
        revision("a", at(1), source="s1"),
        letter(at(2), "s1"),
        revision("b", at(3), source="s1"),
        letter(at(4), "s2"),
        letter(at(5), "s1", reason="parked"),
        letter(at(6, partition=1), "s1"),
        letter(at(9), "s1"),
    ]
    await writer.write(rows)
    await writer.write(rows[1:3])
    assert await triage.recent_outcomes(at(9), 9) == [("s1", False), ("s1", True), ("s1", False), ("s2", True)]
    assert await triage.recent_outcomes(at(9), 2) == [("s1", True), ("s1", False), ("s2", True)]
    assert await triage.recent_outcomes(at(3), 9) == [("s1", False), ("s1", True)]


@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_recent_outcomes_of_many_sources_with_repeats(
    writer: ClickHouseWriter, triage: ClickHouseTriageReader, limit: int
) -> None:
    chance = random.Random(limit)
    outcomes = [(at(offset), f"s{chance.randrange(7)}", chance.random() < 0.3) for offset in range(400)]
    rows: list[Row] = [
        DeadLetterRow(f"d{version}", "kursk", source, "post", "decode", "", T0, b"", "dead", version)
        if dead
        else revision(f"p{version}", version, source=source)
        for version, source, dead in outcomes
    ]
    # A batch that was cut off comes again, more than once if it has to.
    for some in (rows, rows[-40:], rows[-40:]):
        await writer.write(some)
    left: Counter[str] = Counter()
    wanted = []
    for version, source, dead in reversed(outcomes):
        if version < at(390) and left[source] < limit:
            left[source] += 1
            wanted.append((source, dead))
    assert await triage.recent_outcomes(at(390), limit) == wanted[::-1]
