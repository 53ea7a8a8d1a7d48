"""The states of all sources, from the store, for people: by the process that owns it, or without one."""

from __future__ import annotations

from typing import Any, Final

from monitor.log.base import Log
from monitor.runtime.backfill import mark_of
from monitor.runtime.local import Handler
from sinks.base import Reader

LIST: Final = "sources/list"
"""The question of the local socket."""


async def states(reader: Reader, log: Log | None) -> list[dict[str, Any]]:
    """A row a source, of all regions; times in ms, 0: never.

    ``history_percent``: how much of the history that is asked for has been read, ``history_from``: back to when. Without them it is
    not asked for, or ``log`` is None.
    """
    rows = await reader.query(
        "SELECT region, source, network, name, kind, territory, state, fetched_at, covered_until, posts, error"
        " FROM current_source_health ORDER BY region, source",
        {},
    )
    if log is not None:
        # Asked for at once: each question to Kafka is a request.
        cursors = await log.cursors()
        for row in rows:
            mark = mark_of(cursors, row["source"])
            if mark.began:
                row["history_percent"] = int(100 * mark.share())
                row["history_from"] = mark.since if mark.done else max(mark.reached, mark.since)
    return rows


def handlers(reader: Reader, log: Log) -> dict[str, Handler]:
    async def listed(body: bytes) -> list[dict[str, Any]]:
        return await states(reader, log)

    return {LIST: listed}
