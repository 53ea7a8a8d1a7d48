"""The states of all sources, from the store, for people: by the process that owns it, or without one."""

from __future__ import annotations

from typing import Any, Final

from monitor.runtime.local import Handler
from sinks.base import Reader

LIST: Final = "sources/list"
"""The question of the local socket."""


async def states(reader: Reader) -> list[dict[str, Any]]:
    """A row a source, of all regions; times in ms, 0: never."""
    return await reader.query(
        "SELECT region, source, network, name, kind, territory, state, fetched_at, covered_until, posts, error"
        " FROM current_source_health ORDER BY region, source",
        {},
    )


def handlers(reader: Reader) -> dict[str, Handler]:
    async def listed(body: bytes) -> list[dict[str, Any]]:
        return await states(reader)

    return {LIST: listed}
