"""The store fails in the middle of the input: intake pauses, everybody can see it, and afterwards all is as if nothing had been."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sinks.clickhouse import writer
from sinks.clickhouse.connect import Target
from tests.crash.child import Order, configuration
from tests.crash.harness import make_key
from tests.crash.trouble import FULL, failed, run
from tests.crash.verify import differences
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.fakes.databases import Databases

ATTEMPTS = 3
SOURCES = 7


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseFront]:
    server = ClickHouseFront(tmp_path_factory.mktemp("front"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def databases(front: ClickHouseFront) -> Iterator[Databases]:
    found = Databases(Target(url=front.url, user=USER, password=PASSWORD))
    yield found
    front.trouble()
    found.close()


@pytest.mark.parametrize("mode", ["refuse", "hang", "swallow"])
async def test_trouble(
    mode: str,
    front: ClickHouseFront,
    databases: Databases,
    clickhouse: Target,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "FIRST_RETRY", 0.05)
    make_key(tmp_path)
    order = Order(tmp_path / "data", 11, partitions=1, crawl=True)
    order.folder.mkdir()
    outcome = await run(order, front, replace(databases.take(), timeout=1.0), mode, failed(ATTEMPTS))
    assert await differences(order, outcome.result, clickhouse) == []
    assert outcome.paused
    queue = configuration(order).crawl.queue_pages
    # A source that found room may still bring one answer.
    assert queue <= outcome.waiting < 2 * queue + SOURCES
    assert outcome.attempts >= ATTEMPTS
    assert outcome.told
    assert not outcome.tells
    said = [record.getMessage() for record in caplog.records if record.name == "monitor.runtime.storing"]
    assert any("база не принимает записи, приём приостановлен, ничего не потеряно" in message for message in said)
    assert any("база снова принимает записи" in message for message in said)


async def test_the_disk_of_the_log_is_full(
    front: ClickHouseFront, databases: Databases, clickhouse: Target, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_key(tmp_path)
    order = Order(tmp_path / "data", 12, partitions=1, crawl=True)
    order.folder.mkdir()
    async with asyncio.timeout(120):
        outcome = await run(order, front, databases.take(), FULL, failed(ATTEMPTS))
    assert await differences(order, outcome.result, clickhouse) == []
    assert outcome.paused
    assert outcome.told
    assert not outcome.tells
    said = [record.getMessage() for record in caplog.records if record.name == "monitor.runtime.storing"]
    assert any("журнал не принимает записи, приём приостановлен, ничего не потеряно" in message for message in said)
