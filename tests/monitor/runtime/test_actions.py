"""A person's action where watch runs in another process: its effect is looked for in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.clock import ManualClock
from monitor.log.base import WATCH
from monitor.log.sqlite import SqliteLog
from monitor.model.watch import Action, decode_record
from monitor.runtime import actions
from monitor.runtime.actions import Actions

ACTION = Action("a-1", "not_appeal", "samara", "vk:1", "7", "operator", 5)


class Watched:
    """A store in which the event appears at the ``third`` look."""

    def __init__(self, detail: str) -> None:
        self.looks = 0
        self._detail = detail

    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        if "current_appeals" in sql:
            return [{"version": "9"}]
        self.looks += 1
        return [{"detail": self._detail}] if self.looks == 3 else []

    async def close(self, patience: float | None = None) -> None: ...


@pytest.mark.parametrize(
    ("detail", "accepted", "conflict"),
    [('{"accepted":true,"conflict":""}', True, ""), ('{"accepted":false,"conflict":"changed"}', False, "Запись изменилась")],
)
async def test_the_effect_is_awaited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, detail: str, accepted: bool, conflict: str
) -> None:
    monkeypatch.setattr(actions, "LOOK", 0.001)
    log, store = await SqliteLog.open(tmp_path / "log", {WATCH: 2}), Watched(detail)
    result = await Actions(log, None, store, ManualClock(3)).act(ACTION)
    assert (result.accepted, result.version, store.looks) == (accepted, "9", 3)
    assert result.conflict.startswith(conflict)
    written = [decode_record(record.value) for number in range(2) for record in await log.read(WATCH, number, 0)]
    assert written == [ACTION]
    await log.close()


async def test_an_effect_that_does_not_come_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LOOK", 0.001)
    monkeypatch.setattr(actions, "PATIENCE", 0.02)
    log, store = await SqliteLog.open(tmp_path / "log", {WATCH: 1}), Watched("")
    store.looks = 10
    result = await Actions(log, None, store, ManualClock(3)).act(ACTION)
    assert not result.accepted
    assert "ещё не выполнено" in result.conflict
    await log.close()
