"""A person's action on its way: appended to the log, awaited, and its outcome read back: whoever acted sees their own write."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from dashboards.console.deps import ActionResult
from monitor.clock import Clock
from monitor.log.base import WATCH, Append, Log, partition_of
from monitor.model.watch import Action, encode_record
from monitor.runtime.board import Board
from sinks.base import Reader

PATIENCE = 15.0
"""Seconds a person waits for the effect; after them the action is still in the log and will take effect."""

CONFLICTS = {
    "unknown": "Обращение больше не хранится в памяти, изменить его нельзя.",
    "changed": "Запись изменилась, пока вы смотрели. Обновите карточку и решите снова.",
    "rejected": "Кто-то уже решил, что это не обращение.",
    "withdrawn": "Автор изменил текст: это больше не обращение.",
    "deleted": "Автор удалил это обращение.",
    "alone": "Отделять не от чего: инцидент или обращение и так отдельно.",
    "gone": "Одного из инцидентов больше нет. Обновите карточку.",
    "same": "Это один и тот же инцидент.",
    "over": "Тревога уже снята.",
    "claimed": "Тревога уже в работе.",
    "too_long": "Отложить можно не больше чем на 12 часов.",
    "no_body": "Исполнитель не определён: задание отправить некому.",
    "tasked": "Задание уже отправлено.",
    "no_task": "Задания ещё нет.",
    "no_reason": "Напишите, почему можно закрыть.",
    "closed": "Инцидент уже закрыт.",
    "open": "Инцидент и так открыт.",
    "taken": "Задание уже принято исполнителем.",
}

TABLES = {
    **dict.fromkeys(("not_appeal", "split"), "current_appeals"),
    **dict.fromkeys(("join", "apart", "resolve", "reopen"), "current_incidents"),
}
"""Where the subject of an action is; that of all others is an alert."""

LOOK = 0.2
"""Seconds between two looks for the effect, where the store has to be asked."""


class Actions:
    """Carries actions through the watch topic. ``board`` tells how far watch is; None where it runs in another process."""

    def __init__(self, log: Log, board: Board | None, reader: Reader, clock: Clock) -> None:
        self._log = log
        self._board = board
        self._reader = reader
        self._clock = clock

    async def act(self, action: Action) -> ActionResult:
        partition = partition_of(action.region, self._log.layout.partitions[WATCH])
        record = Append(WATCH, partition, action.region, encode_record(action), self._clock.now())
        offset = (await self._log.append([record]))[0]
        try:
            async with asyncio.timeout(PATIENCE):
                events = await self._events(action, partition, offset)
        except TimeoutError:
            return ActionResult(False, "Действие принято, но ещё не выполнено: хранилище занято. Обновите карточку позже.")
        table = TABLES.get(action.kind, "current_alerts")
        rows = await self._reader.query(
            f"SELECT toString(version) AS version FROM {table} WHERE region = {{region:String}} AND id = {{id:String}}",
            {"region": action.region, "id": action.subject},
        )
        detail = orjson.loads(events[0]["detail"]) if events else {"accepted": False, "conflict": "unknown"}
        version = str(rows[0]["version"]) if rows else ""
        conflict = str(detail["conflict"])
        if conflict == "claimed":
            return ActionResult(False, f"Тревога уже в работе: {detail['claimed_by']}.", version)
        return ActionResult(bool(detail["accepted"]), CONFLICTS.get(conflict, conflict), version)

    async def _events(self, action: Action, partition: int, offset: int) -> list[dict[str, Any]]:
        """What watch made of it, as soon as it has done so."""
        if self._board is not None:
            await self._board.reached(WATCH, partition, offset + 1)
        while True:
            events = await self._reader.query(
                "SELECT detail FROM current_incident_events WHERE region = {region:String} AND id = {id:String}",
                {"region": action.region, "id": action.id},
            )
            if events or self._board is not None:
                return events
            await asyncio.sleep(LOOK)
