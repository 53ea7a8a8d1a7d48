"""What the heat map asks of ClickHouse: complaints of a time, and of the same time a year before."""

from __future__ import annotations

from typing import Any

from sinks.base import Reader

Row = dict[str, Any]


class HeatStore:
    """Questions about one region; times are ms since the epoch."""

    def __init__(self, reader: Reader, region: str) -> None:
        self._reader = reader
        self._region = region

    async def now(self, since: int, now: int) -> list[Row]:
        """Active complaints published after ``since`` by territory and group: first posts and their duplicates apart."""
        return await self._ask(
            """SELECT territory, `group`, countIf(cluster IN ('', id) AND duplicate_of = '') AS posts, count() - posts AS duplicates
            FROM current_appeals WHERE region = {region:String} AND status = 'active' AND kind = 'complaint'
                AND published_at > fromUnixTimestamp64Milli({since:Int64}) AND published_at <= fromUnixTimestamp64Milli({now:Int64})
            GROUP BY territory, `group` ORDER BY territory, `group`""",
            since=since,
            now=now,
        )

    async def before(self, since: int, end: int) -> tuple[list[Row] | None, bool]:
        """Complaints of closed buckets by territory (with all within it) and group; None where the region was not watched from the
        beginning. And whether all of the time was read completely.
        """
        times = {"since": since, "end": end}
        of = """region = {region:String} AND dimension = 'group' AND closed
            AND bucket >= fromUnixTimestamp64Milli({since:Int64}) AND bucket < fromUnixTimestamp64Milli({end:Int64})"""
        known = await self._ask(
            f"""SELECT (SELECT count() FROM (SELECT 1 FROM current_series WHERE region = {{region:String}}
                    AND bucket <= fromUnixTimestamp64Milli({{since:Int64}}) LIMIT 1)) AS watched,
                (SELECT countIf(NOT complete) FROM current_series WHERE {of}) AS partial""",
            **times,
        )
        if not known[0]["watched"]:
            return None, False
        rows = await self._ask(
            f"""SELECT territory, value AS `group`, sum(posts) AS posts FROM current_series WHERE {of}
            GROUP BY territory, value ORDER BY territory, value""",
            **times,
        )
        return rows, not known[0]["partial"]

    async def _ask(self, sql: str, **parameters: Any) -> list[Row]:
        return await self._reader.query(sql, {"region": self._region, **parameters})
