"""The writer's contract over every kind of store, and its behaviour in trouble over the HTTP front."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from monitor.model.errors import ConfigError, SinkBackpressure
from monitor.model.rows import DeadLetterRow, IncidentEventRow, Row
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.tables import ALL
from sinks.clickhouse.views import FIGURES, current
from sinks.clickhouse.writer import LONGEST_RETRY, ClickHouseWriter
from tests.fakes.clickhouse_http import ClickHouseFront
from tests.sinks.examples import appeal, at, post, revision


@pytest.fixture
async def writer(store: Target) -> AsyncIterator[ClickHouseWriter]:
    writer = ClickHouseWriter(store, batch_rows=10)
    yield writer
    await writer.close()


@pytest.fixture
async def reader(store: Target) -> AsyncIterator[ClickHouseReader]:
    reader = ClickHouseReader(store, threads=1)
    yield reader
    await reader.close()


async def count(reader: ClickHouseReader, what: str) -> int:
    return int((await reader.query(f"SELECT count() AS n FROM {what}"))[0]["n"])


async def views(reader: ClickHouseReader) -> dict[str, list[dict[str, object]]]:
    """All that anybody can read: every view, sorted."""
    names = [*(current(table) for table in ALL), *FIGURES]
    return {name: await reader.query(f"SELECT * FROM {name} ORDER BY ALL") for name in names}


async def test_what_is_written_is_read_back_unchanged(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    odd = "'; DROP TABLE posts; -- \\ \t\n\x00 ёж 🚨 {id:String}"
    rows = [post(1, text=odd, urgency=3, deleted=True, version=at(2**64 - 1, 2**32 - 1, 65535, 65535)), post(2, published_at=0)]
    await writer.write(rows)
    found = await reader.query("SELECT * FROM current_posts ORDER BY id")
    assert found == [{**row._asdict(), "version": str(row.version)} for row in rows]


async def test_bytes_are_read_back_unchanged(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    payload = bytes(range(256))
    await writer.write([DeadLetterRow("d1", "kursk", "vk:-1", "page", "decode", "", 5, payload, "dead", at(1))])
    found = await reader.query("SELECT hex(payload) AS payload, at FROM current_dead_letters")
    assert found == [{"payload": payload.hex().upper(), "at": 5}]


async def test_rows_of_several_tables_in_blocks(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    rows: list[Row] = [post(number) for number in range(25)]
    rows += [appeal(number) for number in range(3)]
    rows += [IncidentEventRow("e1", "kursk", "i1", 1, "", "opened", "", at(1)), post(99)]
    await writer.write(rows)
    assert (await count(reader, "posts"), await count(reader, "appeals"), await count(reader, "incident_events")) == (26, 3, 1)


async def test_the_greater_version_is_current_in_any_order_of_writing(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    await writer.write([appeal(1, version=at(7), theme="later")])
    await writer.write([appeal(1, version=at(3), theme="earlier")])
    assert await reader.query("SELECT theme, version FROM current_appeals") == [{"theme": "later", "version": str(at(7))}]


async def test_a_figure_moves_with_a_correction(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    await writer.write([appeal(1), appeal(2), appeal(3, duplicate_of="vk:-1_2")])
    figures = "SELECT theme, complaints, unique_complaints FROM figures WHERE theme IN {themes:Array(String)} ORDER BY theme"
    themes = {"themes": ["energy.outage", "roads.pit"]}
    assert await reader.query(figures, themes) == [{"theme": "energy.outage", "complaints": 3, "unique_complaints": 2}]
    await writer.write([appeal(1, version=at(100), theme="roads.pit", group="roads"), appeal(2, version=at(101), status="rejected")])
    assert await reader.query(figures, themes) == [
        {"theme": "energy.outage", "complaints": 1, "unique_complaints": 0},
        {"theme": "roads.pit", "complaints": 1, "unique_complaints": 1},
    ]


async def test_writing_the_same_rows_again_changes_nothing(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    rows: list[Row] = [*(post(number) for number in range(25)), *(appeal(number) for number in range(25))]
    rows += [revision(f"vk:-1_{number}", at(number)) for number in range(25)]
    rows += [DeadLetterRow("d1", "kursk", "vk:-1", "page", "decode", "", 5, b"", "dead", at(1))]
    await writer.write(rows)
    before = await views(reader)
    assert [len(before[name]) for name in ("current_posts", "current_post_revisions", "current_appeals")] == [25, 25, 25]
    await writer.write(rows)
    await writer.write(rows[5:])
    assert await views(reader) == before


async def test_rows_that_were_lost_after_their_block_was_noted_come_again(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    """A server that dies may have noted a block whose rows never got into place: the block must not be taken for a known one."""
    rows = [post(number) for number in range(5)]
    await writer.write(rows)
    await writer.command("DELETE FROM posts WHERE true", {})
    assert await count(reader, "current_posts") == 0
    await writer.write(rows)
    assert await count(reader, "current_posts") == 5


async def test_what_is_acknowledged_is_on_the_disk(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    synced = "SELECT sum(value) AS n FROM system.events WHERE event = {event:String}"

    async def syncs() -> list[int]:
        return [(await reader.query(synced, {"event": event}))[0]["n"] for event in ("FileSync", "DirectorySync")]

    await writer.write([post(1)])
    files, directories = await syncs()
    await writer.write([post(2)])
    assert (await syncs())[0] > files
    assert (await syncs())[1] > directories
    tables = await reader.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'ReplacingMergeTree'"
        " AND engine_full LIKE '%fsync_after_insert = 1, fsync_part_directory = 1%' ORDER BY name"
    )
    assert [row["name"] for row in tables] == sorted(table.name for table in ALL)


async def test_a_wrong_row_is_an_error_and_the_writer_goes_on(writer: ClickHouseWriter, reader: ClickHouseReader) -> None:
    with pytest.raises(TypeError, match=r"posts\.text"):
        await writer.write([post(1), post(2, text=None)])
    assert await count(reader, "posts") == 0
    await writer.write([post(1)])
    assert await count(reader, "posts") == 1


async def test_a_written_block_whose_answer_was_lost_changes_no_view(over_http: Target, calm: ClickHouseFront) -> None:
    inserted: list[tuple[str, int]] = []
    writer = ClickHouseWriter(over_http, batch_rows=10, on_insert=lambda table, rows, seconds: inserted.append((table, rows)))
    reader = ClickHouseReader(over_http, threads=1)
    rows: list[Row] = [*(post(number) for number in range(25)), *(appeal(number) for number in range(5))]
    await writer.write(rows[:10])
    calm.trouble("swallow", "INSERT INTO APPEALS")
    with pytest.raises(SinkBackpressure) as trouble:
        await writer.write(rows)
    assert trouble.value.retry_after > 0
    written = await views(reader)
    assert [len(written[name]) for name in ("current_posts", "current_appeals")] == [25, 5]
    before = calm.trouble()
    # Tables side by side.
    assert sorted(table for table, _ in before) == ["appeals", "posts", "posts", "posts"]
    await writer.write(rows)
    # Only the unacknowledged block came again, the same bytes.
    assert calm.trouble() == [one for one in before if one[0] == "appeals"]
    assert await views(reader) == written
    assert inserted == [("posts", 10), ("posts", 10), ("posts", 10), ("posts", 5), ("appeals", 5)]
    await writer.close()
    await reader.close()


async def test_after_a_cut_connection_the_same_bytes_come_again(over_http: Target, calm: ClickHouseFront) -> None:
    writer, reader = ClickHouseWriter(over_http), ClickHouseReader(over_http, threads=1)
    calm.trouble("cut", count=1)
    try:
        await writer.write([post(1)])
    except SinkBackpressure:
        await writer.write([post(1)])
    seen = calm.trouble()
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert await count(reader, "current_posts") == 1
    await writer.close()
    await reader.close()


async def test_a_refused_connection_is_backpressure_and_then_passes(over_http: Target, calm: ClickHouseFront) -> None:
    reasons: list[tuple[str, str]] = []
    writer = ClickHouseWriter(over_http, on_failure=lambda table, reason: reasons.append((table, reason)))
    calm.trouble("refuse")
    waits = []
    for _ in range(9):
        with pytest.raises(SinkBackpressure) as trouble:
            await writer.write([post(1)])
        waits.append(trouble.value.retry_after)
    assert waits == sorted(waits)
    assert waits[1] > waits[0]
    assert waits[-1] == LONGEST_RETRY
    assert set(reasons) == {("posts", "refused")}
    calm.trouble()
    await writer.write([post(1)])
    reader = ClickHouseReader(over_http, threads=1)
    assert await count(reader, "current_posts") == 1
    await writer.close()
    await reader.close()


async def test_a_hanging_server_is_backpressure(over_http: Target, calm: ClickHouseFront) -> None:
    reasons: list[str] = []
    writer = ClickHouseWriter(replace(over_http, timeout=1), on_failure=lambda table, reason: reasons.append(reason))
    calm.trouble("hang")
    with pytest.raises(SinkBackpressure):
        await writer.write([post(1)])
    assert reasons == ["timeout"]
    calm.trouble()
    await writer.write([post(1)])
    await writer.close()


async def test_an_overloaded_server_is_backpressure(over_http: Target, calm: ClickHouseFront) -> None:
    reasons: list[str] = []
    writer = ClickHouseWriter(over_http, on_failure=lambda table, reason: reasons.append(reason))
    calm.trouble("busy")
    with pytest.raises(SinkBackpressure):
        await writer.write([post(1)])
    assert reasons == ["overloaded"]
    await writer.close()


async def test_a_missing_table_says_what_to_do(store: Target) -> None:
    writer = ClickHouseWriter(store)
    await writer.command("DROP TABLE posts", {})
    with pytest.raises(ConfigError, match="nabat migrate"):
        await writer.write([post(1)])
    await writer.close()


async def test_a_wrong_password_says_so(over_http: Target) -> None:
    writer = ClickHouseWriter(replace(over_http, password="wrong"))
    with pytest.raises(ConfigError, match="password"):
        await writer.write([post(1)])
    await writer.close()
