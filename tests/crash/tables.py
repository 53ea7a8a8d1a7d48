"""The content of a store, as everybody reads it."""

from __future__ import annotations

from typing import Any

from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.tables import BY_NAME
from sinks.clickhouse.views import current

TRIAGE = ("posts", "post_revisions", "dead_letters")
WATCH = ("appeals", "replies", "incidents", "incident_events", "series", "alerts")

Rows = list[dict[str, Any]]


async def read_tables(target: Target) -> dict[str, Rows]:
    """The current rows of all tables but the runtime's own, with all columns, in the order of their keys."""
    reader = ClickHouseReader(target)
    try:
        found: dict[str, Rows] = {}
        for name in TRIAGE + WATCH:
            columns = "* REPLACE (hex(payload) AS payload)" if name == "dead_letters" else "*"
            found[name] = await reader.query(f"SELECT {columns} FROM {current(BY_NAME[name])} ORDER BY {BY_NAME[name].key}")
        return found
    finally:
        await reader.close()
