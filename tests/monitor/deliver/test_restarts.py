"""The runner over a real log and a real store, stopped and started again: nobody is told twice, nobody is forgotten."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from monitor.deliver.channels.base import Letter
from monitor.deliver.duty import Duty
from monitor.deliver.journal import FORGET
from monitor.log.base import ALERTS, Append
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.rows import AlertRow
from monitor.profile.duty import Role
from monitor.profile.load import load_profile
from monitor.runtime.board import Board
from monitor.runtime.deliver_runner import GROUP, DeliverRunner
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from tests.monitor.deliver.alerts import NOW, alert, destinations, event

MINUTE = 60_000
ROLE = Role("desk", "", ("desk",), deputy=("deputy",), deputy_minutes=5, head=("head",), head_minutes=10)
PROFILE = replace(load_profile("samara"), duty=(ROLE,))


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        """It is moved only while nobody sleeps."""
        await asyncio.Event().wait()


@dataclass
class Inbox:
    name: str
    got: list[tuple[str, str]]
    news: asyncio.Event

    async def send(self, letter: Letter) -> str:
        self.got.append((self.name, letter.title))
        self.news.set()
        return ""

    async def close(self) -> None: ...


@dataclass
class House:
    log: SqliteLog
    writer: ClickHouseWriter
    reader: ClickHouseReader
    clock: Clock = field(default_factory=Clock)
    got: list[tuple[str, str]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    metrics: Metrics = field(default_factory=lambda: Metrics(CollectorRegistry()))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[DeliverRunner]:
        known = destinations(desk="telegram", deputy="telegram", head="email")
        channels = {name: Inbox(name, self.got, self.news) for name in known}
        board = Board()
        runner = DeliverRunner(
            0, self.log, self.writer, self.reader, {"samara": PROFILE}, known, channels, {"samara": Duty(PROFILE)},
            board, self.metrics, self.clock, chance=random.Random(1),
        )  # fmt: skip
        task = asyncio.create_task(runner.run())
        await asyncio.wait({task, asyncio.create_task(runner.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        yield runner
        runner.stop()
        await task

    async def tell(self, row: AlertRow) -> None:
        """As watch does: the row, then the event."""
        await self.writer.write([row])
        await self.log.append([Append(ALERTS, 0, row.id, event(row), self.clock.now())])

    async def arrived(self, count: int) -> list[tuple[str, str]]:
        async with asyncio.timeout(120):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()
        return self.got


@pytest.fixture
async def house(tmp_path: Path, clickhouse: Target) -> AsyncIterator[House]:
    log = await SqliteLog.open(tmp_path / "log.db")
    writer, reader = ClickHouseWriter(clickhouse), ClickHouseReader(clickhouse, threads=1)
    yield House(log, writer, reader)
    await log.close()
    await writer.close()
    await reader.close()


async def test_what_was_there_before_the_first_start_is_not_told(house: House) -> None:
    await house.tell(alert(1))
    async with house.running():
        await house.tell(alert(2))
        assert await house.arrived(1) == [("desk", "Срочно: Опасно: прорыв трубы, ул. Мира, 2")]
    assert await house.log.committed(GROUP, ALERTS, 0) == 2


async def test_an_unanswered_alert_over_restarts(house: House) -> None:
    title = "Опасно: прорыв трубы, ул. Мира, 1"
    async with house.running():
        await house.tell(alert(1))
        await house.arrived(1)
    for minutes, who in ((5, "deputy"), (10, "head")):
        house.clock.at = NOW + minutes * MINUTE
        async with house.running():
            await house.arrived(len(house.got) + 1)
            assert house.got[-1] == (who, f"Без ответа с 23:24. Срочно: {title}")
    # Grown within its level: nothing. A level louder: once, whatever was told before the restart.
    async with house.running():
        await house.tell(alert(1, authors=9, version=alert(2).version))
        await house.tell(alert(1, "flash", version=alert(3).version))
        await house.arrived(4)
    async with house.running():
        await house.tell(alert(1, "flash", authors=30, version=alert(4).version))
        await house.tell(alert(1, "flash", "resolved", version=alert(5).version))
        await house.arrived(5)
    assert house.got[3:] == [("desk", f"Уровень вырос. ОПАСНОСТЬ: {title}"), ("desk", f"Снято. ОПАСНОСТЬ: {title}")]
    rows = await house.reader.query("SELECT kind, event, status FROM current_deliveries WHERE attempt = 0 ORDER BY at, version, kind")
    assert [(row["kind"], row["event"]) for row in rows] == [
        ("alert", "fired"), ("escalation", "unanswered"), ("escalation", "unanswered"), ("alert", "louder"), ("alert", "resolved"),
    ]  # fmt: skip
    assert {row["status"] for row in rows} == {"sent"}


async def test_what_is_long_over_is_not_taken_up_for_ever(house: House, clickhouse: Target) -> None:
    # A country has some thousands of alerts a day, and a reader gives no more than so many rows.
    async with house.running():
        for number in range(1, 7):
            await house.tell(alert(number))
        await house.arrived(6)
        for number in range(2, 7):
            await house.tell(alert(number, status="resolved", version=alert(number + 10).version))
        await house.arrived(11)
    house.clock.at += FORGET + 120 * MINUTE
    few = ClickHouseReader(clickhouse, threads=1, max_rows=4)
    house.reader, reader = few, house.reader
    async with house.running() as runner:
        assert {alert for _, alert in runner._planner._told} == {alert(1).id}
        # What still goes on is no news.
        await house.tell(alert(1, authors=9, version=alert(30).version))
        await house.tell(alert(7, version=alert(31).version))
        await house.arrived(14)
    assert [title for name, title in house.got[11:] if name == "desk"] == ["Срочно: Опасно: прорыв трубы, ул. Мира, 7"]
    await few.close()
    house.reader = reader


async def test_an_answer_ends_the_waiting_and_a_snooze_reminds(house: House) -> None:
    answered = {"answered_by": "anna", "answered_at": NOW, "snoozed_until": NOW + 60 * MINUTE}
    async with house.running():
        await house.tell(alert(1))
        await house.arrived(1)
        await house.tell(alert(1, version=alert(2).version)._replace(**answered))  # type: ignore[arg-type]
    house.clock.at = NOW + 60 * MINUTE
    async with house.running():
        await house.tell(alert(1, version=alert(3).version))
        await house.arrived(2)
    assert [who for who, _ in house.got] == ["desk", "desk"]
    assert house.got[1][1].startswith("Напоминание. Срочно")
