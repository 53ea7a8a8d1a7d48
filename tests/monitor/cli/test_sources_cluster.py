"""``nabat sources`` where the log is Kafka: how much history was read is known to the log alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import sources
from monitor.cli.main import main
from monitor.model.errors import RetryableError
from monitor.runtime.backfill import Mark, encode_mark, name_of
from tests.monitor.runtime.crawling import MemoryLog

DAY = 86_400_000
ROW = {
    "region": "samara",
    "source": "vk:-1",
    "network": "vk",
    "name": "Город",
    "kind": "community",
    "territory": "",
    "state": "ok",
    "fetched_at": 20 * DAY,
    "covered_until": 20 * DAY,
    "posts": 5,
    "error": "",
}


class Stored:
    """Stands in for the store that a cluster shares."""

    def __init__(self, *_: Any) -> None:
        self.closed = False

    async def open(self) -> None:
        """Nothing is to be opened."""

    def reader(self) -> Stored:
        return self

    async def query(self, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        return [dict(ROW, region="other")]

    async def close(self) -> None:
        self.closed = True


class Log(MemoryLog):
    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(sources, "Store", Stored)
    (tmp_path / "nabat.toml").write_text('[kafka]\nservers = "127.0.0.1:1"\ntimeout = 1\n')
    return ["sources", "--config", str(tmp_path / "nabat.toml"), "--data", str(tmp_path / "data")]


def test_history_is_told_of(command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    log.read[name_of("vk:-1")] = encode_mark(Mark("17", 20 * DAY, 10 * DAY, 16 * DAY))

    async def opened(_: object) -> Log:
        return log

    monkeypatch.setattr(sources, "open_kafka", opened)
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "история ████░░░░░░  40 % (с 17.01" in said
    assert "История: ████░░░░░░  40 %, прочитана у 0 из 1 источников" in said


def test_states_are_told_without_kafka(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def refused(_: object) -> Log:
        raise RetryableError("нет соединения")

    monkeypatch.setattr(sources, "open_kafka", refused)
    assert main(command) == 1
    said = capsys.readouterr()
    assert "vk:-1" in said.out
    assert "истори" not in said.out.lower()
    assert said.err == "Kafka (127.0.0.1:1) не отвечает: нет соединения. Сколько истории прочитано, не видно.\n"


def test_it_is_said_what_is_waited_for_and_the_wait_ends(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def silent(_: object) -> Log:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(sources, "open_kafka", silent)
    assert sources.SAID_AFTER < 5
    monkeypatch.setattr(sources, "SAID_AFTER", 0.0)
    assert main(command) == 1
    said = capsys.readouterr()
    assert "vk:-1" in said.out
    assert said.err.splitlines() == [
        "Жду ответа Kafka (127.0.0.1:1), не дольше 1 с …",
        "Kafka (127.0.0.1:1) не отвечает 1 с. Сколько истории прочитано, не видно.",
    ]
