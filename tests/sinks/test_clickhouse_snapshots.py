"""Snapshots: whole or not there, damage falls back, three are kept."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator

import pytest

from monitor.model.errors import SinkBackpressure
from monitor.model.rows import SnapshotRow
from sinks.clickhouse import snapshots as module
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from sinks.clickhouse.writer import ClickHouseWriter
from tests.fakes.clickhouse_http import ClickHouseFront
from tests.sinks.examples import at

CHUNK_BYTES = 4096
STATE = random.Random(1).randbytes(3 * CHUNK_BYTES + 17)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", CHUNK_BYTES)


@pytest.fixture
async def snapshots(store: Target) -> AsyncIterator[ClickHouseSnapshots]:
    snapshots = ClickHouseSnapshots(store)
    yield snapshots
    await snapshots.close()


async def stored(target: Target) -> list[tuple[int, int]]:
    """(version, chunk) of all that is there, by the base table."""
    reader = ClickHouseReader(target, threads=1)
    rows = await reader.query("SELECT version, chunk FROM snapshots ORDER BY version, chunk")
    await reader.close()
    return [(int(row["version"]), row["chunk"]) for row in rows]


async def test_the_newest_comes_back_byte_for_byte(snapshots: ClickHouseSnapshots) -> None:
    assert await snapshots.latest("kursk") is None
    await snapshots.save("kursk", at(2**60, epoch=3), STATE)
    await snapshots.save("kursk", at(1), b"older, written later")
    await snapshots.save("samara", at(9, epoch=9), b"")
    assert await snapshots.latest("kursk") == (at(2**60, epoch=3), STATE)
    assert await snapshots.latest("samara") == (at(9, epoch=9), b"")
    assert await snapshots.latest("ku") is None


async def test_three_are_kept(snapshots: ClickHouseSnapshots, store: Target) -> None:
    await snapshots.save("samara", at(0), b"another region")
    for number in range(1, 6):
        await snapshots.save("kursk", at(number), STATE[: CHUNK_BYTES + number])
    assert await stored(store) == [(at(0), -1), (at(0), 0)] + [(at(number), chunk) for number in (3, 4, 5) for chunk in (-1, 0, 1)]
    assert await snapshots.latest("kursk") == (at(5), STATE[: CHUNK_BYTES + 5])


async def test_what_was_deleted_can_be_saved_again(snapshots: ClickHouseSnapshots) -> None:
    await snapshots.save("kursk", at(1), b"one")
    await snapshots._writer.command("DELETE FROM snapshots WHERE region = {region:String}", {"region": "kursk"})
    assert await snapshots.latest("kursk") is None
    await snapshots.save("kursk", at(1), b"one")
    assert await snapshots.latest("kursk") == (at(1), b"one")


@pytest.mark.parametrize("part", [0, 2, -1])
async def test_damage_falls_back_to_the_older_one(clickhouse: Target, part: int, caplog: pytest.LogCaptureFixture) -> None:
    snapshots, writer = ClickHouseSnapshots(clickhouse), ClickHouseWriter(clickhouse)
    await snapshots.save("kursk", at(1), b"sound")
    await snapshots.save("kursk", at(2), STATE)
    reader = ClickHouseReader(clickhouse, threads=1)
    found = await reader.query(
        "SELECT id, hex(data) AS data, hash FROM current_snapshots WHERE version = {v:UInt128} AND chunk = {c:Int32}",
        {"v": at(2), "c": part},
    )
    data = bytearray.fromhex(found[0]["data"])
    data[len(data) // 2] ^= 1
    await writer.write([SnapshotRow("kursk", found[0]["id"], part, bytes(data), found[0]["hash"], at(2) + 1)])
    with caplog.at_level(logging.WARNING):
        assert await snapshots.latest("kursk") == (at(1), b"sound")
    assert "не годится" in caplog.text
    for closing in (snapshots, writer, reader):
        await closing.close()


async def test_a_missing_chunk_falls_back_too(clickhouse: Target) -> None:
    snapshots = ClickHouseSnapshots(clickhouse)
    await snapshots.save("kursk", at(1), b"sound")
    await snapshots.save("kursk", at(2), STATE)
    await snapshots._writer.command("DELETE FROM snapshots WHERE version = {v:UInt128} AND chunk = 1", {"v": at(2)})
    assert await snapshots.latest("kursk") == (at(1), b"sound")
    await snapshots._writer.command("TRUNCATE TABLE snapshots", {})
    assert await snapshots.latest("kursk") is None
    await snapshots.close()


async def test_without_a_manifest_it_is_not_there(over_http: Target, calm: ClickHouseFront) -> None:
    snapshots = ClickHouseSnapshots(over_http)
    await snapshots.save("kursk", at(1), b"sound")
    big = random.Random(2).randbytes(20 * CHUNK_BYTES)
    writer = snapshots._writer
    sent: list[str] = []

    # The second block of chunks is refused: what is there then is half a snapshot.
    def first_block(table: str, rows: int, seconds: float) -> None:
        sent.append(table)
        calm.trouble("busy")

    writer._on_insert = first_block
    with pytest.raises(SinkBackpressure):
        await snapshots.save("kursk", at(2), big)
    assert sent == ["snapshots"]
    calm.trouble()
    assert await snapshots.latest("kursk") == (at(1), b"sound")
    writer._on_insert = lambda table, rows, seconds: None
    await snapshots.save("kursk", at(2), big)
    assert await snapshots.latest("kursk") == (at(2), big)
    await snapshots.close()


async def test_whether_a_region_was_ever_there(snapshots: ClickHouseSnapshots) -> None:
    await snapshots.save("samara", at(5), b"state")
    assert await snapshots.has("samara")
    assert not await snapshots.has("kursk")
