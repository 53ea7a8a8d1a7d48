"""What triage asks of the store, always as it stood below a position of its partition.

Positions below (e, p, o): everything of epochs before e, and of epoch e only partition p below offset o. Other partitions of the
same epoch belong to other workers' sources. Where lists are cut, newer means: by position within the current epoch; before it by
fetched_at, as the old epochs' partitions have no order among each other.

Every question is bounded: ids go in portions, and the last N are looked for in a window that grows until it holds N.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from clickhouse_connect.driver.client import Client

from monitor.model.position import Position
from sinks.base import Known
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import Queries

IDS_AT_ONCE = 1000
FIRST_OFFSETS = 2000
"""Records below the position that the first window spans; each further one spans eight times as many."""
FIRST_MS = 7 * 86_400_000
"""Time that the first window into earlier epochs spans."""
WIDER = 8

_BELOW = "(version < {epoch:UInt128} OR (version >= {start:UInt128} AND version < {below:UInt128}))"
_LATEST = (
    "id, argMax(content_hash, version), toUnixTimestamp64Milli(argMax(edited_at, version)), "
    "argMax(deleted, version), argMax(sent, version), argMax(revision, version), "
    "toUnixTimestamp64Milli(argMax(fetched_at, version)) AS fetched, max(version) AS latest"
)
_FROM = "fromUnixTimestamp64Milli({from:Int64})"
_REPEAT = "any(duplicate_of), id, toUnixTimestamp64Milli(any(fetched_at)) AS fetched, version AS latest"
_WRITTEN = (
    "SELECT id, argMax(author, version), argMax(thread, version), argMax(source, version) FROM posts "
    "WHERE id IN {ids:Array(String)} GROUP BY id"
)
_ENTRY = "any(text_hash), id, toUnixTimestamp64Milli(any(fetched_at)) AS fetched, version AS latest"

# Only the latest versions of each source are kept while all are looked through: sorting all of them took three times as long. One
# version is one revision or one letter; what was inserted twice and is not merged yet leaves room for as many again.
_REPEATS = 4


def _outcomes(limit: int) -> str:
    last = f"arrayJoin(arrayDistinct(groupArraySorted({_REPEATS * limit:d})(bitNot(version)))) AS back"
    taken = f"SELECT source, 0 AS dead, {last} FROM post_revisions WHERE {_BELOW} GROUP BY source"
    letters = f"dead_letters WHERE status = 'dead' AND reason != 'parked' AND {_BELOW}"
    dead = f"SELECT source, 1 AS dead, {last} FROM {letters} GROUP BY source"
    newest = f"SELECT * FROM ({taken} UNION ALL {dead}) ORDER BY back LIMIT {limit:d} BY source"
    return f"SELECT source, dead FROM ({newest}) ORDER BY back DESC"


class ClickHouseTriageReader:
    """Implements sinks.base.TriageReader. Errors as of Queries.run."""

    def __init__(self, target: Target) -> None:
        # The memory of a partition is as large as its horizon: the bound is the caller's limit.
        self._queries = Queries(target, threads=1, max_rows=0, max_seconds=target.server_timeout)

    async def known(self, ids: Collection[str], below: int) -> dict[str, Known]:
        wanted = list(ids)
        found: dict[str, Known] = {}
        for start in range(0, len(wanted), IDS_AT_ONCE):
            parameters = {"ids": wanted[start : start + IDS_AT_ONCE], **_bounds(below)}
            sql = f"SELECT {_LATEST} FROM post_revisions WHERE id IN {{ids:Array(String)}} AND {_BELOW} GROUP BY id"
            rows = await self._queries.run(lambda client, p=parameters, q=sql: client.query(q, p).result_rows)  # type: ignore[misc]
            found.update((row[0], Known(*row[1:6])) for row in rows)
        return found

    async def recent_posts(self, below: int, limit: int) -> list[tuple[str, Known, int]]:
        rows = await self._queries.run(lambda client: _recent(client, below, limit, _LATEST, "1", "id"))
        return [(row[0], Known(*row[1:6]), row[6]) for row in rows]

    async def recent_texts(self, below: int, limit: int) -> list[tuple[int, str, int]]:
        rows = await self._queries.run(lambda client: _recent(client, below, limit, _ENTRY, "first", "id, version"))
        return [(row[0], row[1], row[2]) for row in rows]

    async def recent_repeats(self, below: int, limit: int) -> list[tuple[str, str, str, str]]:
        rows = await self._queries.run(lambda client: _recent(client, below, limit, _REPEAT, "duplicate_of != ''", "id, version"))
        ids = sorted({row[1] for row in rows})
        written: dict[str, tuple[str, str, str]] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            parameters = {"ids": ids[start : start + IDS_AT_ONCE]}
            posts = await self._queries.run(lambda client, p=parameters: client.query(_WRITTEN, p).result_rows)  # type: ignore[misc]
            written.update((post, (author, thread, source)) for post, author, thread, source in posts)
        return [(row[0], *written.get(row[1], ("", "", ""))) for row in rows]

    async def recent_outcomes(self, below: int, limit: int) -> list[tuple[str, bool]]:
        rows = await self._queries.run(lambda client: client.query(_outcomes(limit), _bounds(below)).result_rows)
        return [(row[0], bool(row[1])) for row in rows]

    async def erased(self, below: int) -> list[str]:
        sql = f"SELECT DISTINCT subject FROM erasures WHERE {_BELOW} ORDER BY subject"
        rows = await self._queries.run(lambda client: client.query(sql, _bounds(below)).result_rows)
        return [row[0] for row in rows]

    async def close(self, patience: float | None = None) -> None:
        await self._queries.close(patience)


def _bounds(below: int) -> dict[str, Any]:
    """The query parameters of a position: start of its epoch, start of its partition there, itself."""
    position = Position.unpack(below)
    return {
        "epoch": Position(position.epoch, 0, 0).pack(),
        "start": Position(position.epoch, position.partition, 0).pack(),
        "below": below,
    }


def _recent(client: Client, below: int, limit: int, select: str, where: str, group: str) -> list[Any]:
    """The last ``limit`` groups, oldest first: of the current epoch, and if they are too few, of earlier ones before them."""
    if limit <= 0:
        return []
    current = _current_epoch(client, below, limit, select, where, group)
    if len(current) == limit:
        return current
    return _earlier_epochs(client, below, limit - len(current), select, where, group) + current


def _current_epoch(client: Client, below: int, limit: int, select: str, where: str, group: str) -> list[Any]:
    bounds = _bounds(below)
    span = FIRST_OFFSETS << 32
    while True:
        low = max(bounds["start"], below - span)
        sql = (
            f"SELECT {select} FROM post_revisions WHERE version >= {{low:UInt128}} AND version < {{below:UInt128}} AND {where} "
            f"GROUP BY {group} ORDER BY latest DESC LIMIT {{limit:UInt64}}"
        )
        rows = client.query(sql, {"low": low, "below": below, "limit": limit}).result_rows
        if len(rows) == limit or low == bounds["start"]:
            return list(reversed(rows))
        span *= WIDER


def _earlier_epochs(client: Client, below: int, limit: int, select: str, where: str, group: str) -> list[Any]:
    bounds = _bounds(below)
    oldest, newest, there = client.query(
        "SELECT toUnixTimestamp64Milli(min(fetched_at)), toUnixTimestamp64Milli(max(fetched_at)), count() FROM post_revisions "
        "WHERE version < {epoch:UInt128}",
        bounds,
    ).result_rows[0]
    if not there:
        return []
    # A post that has come again in the current epoch is among its rows already.
    again = " AND id NOT IN (SELECT id FROM post_revisions WHERE version >= {start:UInt128} AND version < {below:UInt128})"
    sql = (
        f"SELECT {select} FROM post_revisions WHERE version < {{epoch:UInt128}} AND {where} AND id IN "
        f"(SELECT id FROM post_revisions WHERE version < {{epoch:UInt128}} AND fetched_at >= {_FROM})"
        f"{again if group == 'id' else ''} "
        f"GROUP BY {group} HAVING fetched >= {{from:Int64}} ORDER BY fetched DESC, latest DESC LIMIT {{limit:UInt64}}"
    )
    span = FIRST_MS
    while True:
        start = max(oldest, newest - span)
        rows = client.query(sql, {**bounds, "from": start, "limit": limit}).result_rows
        if len(rows) == limit or start == oldest:
            return list(reversed(rows))
        span *= WIDER
