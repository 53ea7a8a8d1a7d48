"""What was sent about an alert, and what became of it, as the card shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_MESSAGE = ("id", "destination", "channel", "kind", "event", "level", "status", "at", "reason")
REASONS = {
    "unreachable": "нет связи",
    "server": "сбой у адресата",
    "limited": "слишком часто",
    "forbidden": "нет доступа: проверьте ключ и адрес",
    "refused": "отказ",
}
_TRY = ("attempt", "status", "repeat", "at", "reason")


def deliveries(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Messages with their attempts; ``rows`` are of the journal, each message before its attempts."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["attempt"] == 0:
            found[row["id"]] = {**{name: row[name] for name in _MESSAGE}, "tries": []}
        elif row["id"] in found:
            found[row["id"]]["tries"].append({name: row[name] for name in _TRY})
    return list(found.values())


def undelivered(rows: Iterable[Mapping[str, Any]], now: int) -> list[dict[str, Any]]:
    """The banner of destinations that are not reached, in the form of those of blind spots; none where all are."""
    found = [
        {
            "id": row["destination"],
            "name": row["destination"],
            "age": max(0, now - row["since"]) // 1000,
            "error": REASONS[row["reason"]],
        }
        for row in rows
    ]
    return [{"state": "undelivered", "title": "Оповещения не доходят", "age": None, "sources": found}] if found else []
