"""The reader: values as JSON can carry them, read-only, parameters that stay values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import orjson
import pytest

from monitor.model.errors import ConfigError, RetryableError, SinkBackpressure
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from tests.fakes.clickhouse_http import ClickHouseFront
from tests.sinks.examples import T0, at, post


@pytest.fixture
async def reader(store: Target) -> AsyncIterator[ClickHouseReader]:
    writer = ClickHouseWriter(store)
    await writer.write([post(1), post(2)])
    await writer.close()
    reader = ClickHouseReader(store, threads=2, max_rows=1000)
    yield reader
    await reader.close()


async def test_values_can_go_straight_into_json(reader: ClickHouseReader) -> None:
    sql = (
        "SELECT id, published_at, toStartOfDay(published_at) AS day, toDateTime64(published_at, 6) AS micro, "
        "toDateTimeOrNull('x') AS none, version, deleted, ['a', 'б'] AS list "
        "FROM current_posts WHERE published_at >= fromUnixTimestamp64Milli({since:Int64}) ORDER BY id"
    )
    rows = await reader.query(sql, {"since": T0 + 2})
    day = T0 // 86_400_000 * 86_400_000
    assert rows == [
        {
            "id": "vk:-1_2",
            "published_at": T0 + 2,
            "day": day,
            "micro": T0 + 2,
            "none": None,
            "version": str(at(2)),
            "deleted": False,
            "list": ["a", "б"],
        }
    ]
    assert orjson.loads(orjson.dumps(rows)) == rows


async def test_no_rows_is_an_empty_list(reader: ClickHouseReader) -> None:
    assert await reader.query("SELECT * FROM current_posts WHERE id = 'none'") == []
    assert await reader.query("SELECT * FROM current_posts LIMIT 0") == []


HOSTILE = (
    "' OR 1 = 1 --",
    "\\' OR 1 = 1 --",
    "vk:-1_1'; DROP TABLE posts; --",
    "{id:String}",
    "%s %(id)s $1",
    "x\\",
    "tab\there\nand\rthere",
    "'')) UNION ALL SELECT * FROM posts --",
)


async def test_a_parameter_stays_a_value(reader: ClickHouseReader) -> None:
    for value in HOSTILE:
        parameters = {"id": value, "ids": [value, "]", "',"]}
        assert (
            await reader.query("SELECT id FROM current_posts WHERE id = {id:String} OR has({ids:Array(String)}, id)", parameters)
            == []
        )
        assert await reader.query("SELECT {id:String} AS id, {ids:Array(String)} AS ids", parameters) == [parameters]
    for value in ("1 OR 1 = 1", "1; DROP TABLE posts", "", "x"):
        with pytest.raises(ValueError, match="rejected"):
            await reader.query("SELECT id FROM current_posts WHERE revision = {revision:UInt32}", {"revision": value})
    assert len(await reader.query("SELECT id FROM posts")) == 2


async def test_nothing_but_reading_is_possible(reader: ClickHouseReader) -> None:
    for sql in (
        "INSERT INTO posts (id) VALUES ('x')",
        "DROP TABLE posts",
        "TRUNCATE TABLE posts",
        "ALTER TABLE posts DELETE WHERE 1",
        "CREATE TABLE other (x UInt8) ENGINE = Memory",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT 1 SETTINGS max_execution_time = 0",
        "SET readonly = 0",
    ):
        with pytest.raises(ValueError, match=r"code (164|62) "):
            await reader.query(sql)
    assert len(await reader.query("SELECT id FROM posts")) == 2


async def test_too_many_rows_and_wrong_sql_are_errors(reader: ClickHouseReader) -> None:
    with pytest.raises(ValueError, match="rejected"):
        await reader.query("SELECT number FROM numbers(1001)")
    with pytest.raises(ValueError, match="code 62"):
        await reader.query("SELEC 1")
    with pytest.raises(ConfigError, match="nabat migrate"):
        await reader.query("SELECT * FROM current_nothing")


async def test_a_query_beyond_its_time_is_ended(store: Target) -> None:
    reader = ClickHouseReader(store, threads=1, max_seconds=0.2)
    with pytest.raises(RetryableError, match="timeout"):
        await reader.query("SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))")
    await reader.close()


async def test_a_server_that_is_away_is_passing_trouble(over_http: Target, calm: ClickHouseFront) -> None:
    reader = ClickHouseReader(replace(over_http, timeout=1), threads=1)
    assert await reader.query("SELECT 1 AS one") == [{"one": 1}]
    for mode in ("hang", "refuse"):
        calm.trouble(mode, "SELECT")
        with pytest.raises(RetryableError) as trouble:
            await reader.query("SELECT 2 AS two")
        assert not isinstance(trouble.value, SinkBackpressure)
    calm.trouble()
    assert await reader.query("SELECT 3 AS three") == [{"three": 3}]
    await reader.close()
