"""What was sent about an alert, and what became of it, as the card shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_MESSAGE = ("destination", "channel", "kind", "event", "level", "status", "at", "reason")
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
