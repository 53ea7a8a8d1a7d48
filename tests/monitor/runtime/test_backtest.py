"""A backtest over rows in a real store: the same alerts with the same settings, others with others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from monitor.model.rows import AppealRow, Row, SeriesRow
from monitor.runtime.backtest import HOUR, backtest
from monitor.watch.alert_rows import AlertRows
from monitor.watch.backtest import Fired, compared
from monitor.watch.settings import Names, WatchSettings
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from tests.crash.region import REGION, START, profile

DAY = 24 * HOUR
BUCKET = 300_000
SINCE = START // DAY * DAY
BURST = SINCE + 30 * HOUR
SERIES = "grad-1|group|roads"
SETTINGS = WatchSettings(bucket=BUCKET)
STRICT = replace(SETTINGS, spikes=replace(SETTINGS.spikes, minimum=1000))


def appeal(number: int, at: int, group: str = "roads", territory: str = "grad-1", **fields: object) -> AppealRow:
    row = AppealRow(
        f"p{number}", REGION, "sim", "s1", "complaint", 900, group, f"{group}.holes", territory, "", "", "", "", "", 0, f"a{number}",
        at, at, "", "", f"p{number}", "", "active", 1, "", 1,
    )  # fmt: skip
    return row._replace(**fields)  # type: ignore[arg-type]


def rows() -> list[Row]:
    """Ten days of a complaint an hour, and thirty in half an hour of the last day but one."""
    found: list[Row] = [appeal(number, SINCE - 10 * DAY + number * HOUR + 1000) for number in range(12 * 24)]
    found += [appeal(1000 + number, BURST + number * 60_000) for number in range(30)]
    found += [appeal(2000 + number, BURST + number * 1000, cluster="p1000") for number in range(50)]
    found += [appeal(3000 + number, BURST + number * 1000, status="deleted") for number in range(50)]
    return found


def stored(series: str, at: int, until: int, level: str = "flash") -> Row:
    made = AlertRows(profile(), Names()).plain(f"spike:{series}:{at}", "spike", series, level, at, "Было", "", 1)
    return made._replace(since=at, at=until, status="resolved" if until else "firing")


@pytest.fixture
async def reader(clickhouse: Target) -> AsyncIterator[ClickHouseReader]:
    writer = ClickHouseWriter(clickhouse)
    await writer.write(
        [
            *rows(),
            stored(SERIES, BURST, BURST + 3 * HOUR),
            stored("luga|group|waste", BURST, BURST + HOUR),
            stored(SERIES, 5 * DAY, 0),
        ]
    )
    await writer.close()
    reader = ClickHouseReader(clickhouse, threads=1)
    yield reader
    await reader.close()


async def test_what_fired_fires_again_and_what_has_no_ground_does_not(reader: ClickHouseReader) -> None:
    shares: list[float] = []
    found = await backtest(reader, profile(), SETTINGS, SINCE, SINCE + 3 * DAY, shares.append)
    assert [one.series for one in found.then] == [SERIES, "luga|group|waste"]
    (now,) = found.now
    assert now.series == SERIES
    assert BURST - HOUR < now.since <= now.at <= BURST + HOUR
    assert now.until > BURST + HOUR
    assert (found.appeals, found.learned_days) == (2 * 24 + 30, 10)
    assert shares == [1 / 3, 2 / 3, 1.0]
    assert [(then is not None, other is not None) for then, other in compared(found.then, found.now)] == [(True, True), (True, False)]


async def test_stricter_settings_fire_less(reader: ClickHouseReader) -> None:
    assert (await backtest(reader, profile(), STRICT, SINCE, SINCE + 2 * DAY, lambda _: None)).now == []


async def test_a_bucket_that_was_not_read_whole_is_known(reader: ClickHouseReader, clickhouse: Target) -> None:
    """Three hours of an outage, then all of it at once: told by the series' rows."""
    writer = ClickHouseWriter(clickhouse)
    gap = [
        SeriesRow(REGION, f"{REGION}|all|", REGION, "all", "", at, 1, 1, 0, 0, False, True, 1)
        for at in range(SINCE + 3 * HOUR, SINCE + 6 * HOUR, BUCKET)
    ]
    await writer.write([*gap, *(appeal(5000 + number, SINCE + 6 * HOUR + number, "waste", "luga") for number in range(4))])
    await writer.close()
    found = await backtest(reader, profile(), SETTINGS, SINCE, SINCE + 2 * DAY, lambda _: None)
    assert [one.series for one in found.now] == [SERIES]


def test_alerts_stand_beside_those_that_they_meet() -> None:
    def fired(series: str, since: int, until: int) -> Fired:
        return Fired(series, "", "notice", since, since, until)

    then = [fired("a", 1, 5), fired("b", 2, 3), fired("a", 20, 0)]
    now = [fired("a", 4, 9), fired("b", 7, 8), fired("a", 30, 40)]
    assert compared(then, now) == [(then[0], now[0]), (then[1], None), (None, now[1]), (then[2], now[2])]
