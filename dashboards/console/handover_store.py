"""What the handover of a shift asks of ClickHouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sinks.base import Reader

Row = dict[str, Any]

LISTED = 30
"""Rows of a list that is read on paper; how many there are beside them is counted."""
BODIES = 20
ALERTS = 200
ACTIONS = 10_000

_WITHIN = """published_at > fromUnixTimestamp64Milli({before:Int64}) AND published_at <= fromUnixTimestamp64Milli({now:Int64})"""
_OVERDUE = "toUnixTimestamp64Milli(deadline) > 0 AND deadline < fromUnixTimestamp64Milli({now:Int64})"


class HandoverStore:
    """Questions about one region and a shift from ``since`` to ``now`` (ms). ``before`` counts as long a time before the shift."""

    def __init__(self, reader: Reader, region: str, since: int, now: int) -> None:
        self._reader = reader
        self._times = {"region": region, "since": since, "now": now, "before": 2 * since - now}

    async def _ask(self, sql: str, **parameters: Any) -> list[Row]:
        return await self._reader.query(sql, {**self._times, **parameters})

    async def watched_before(self) -> bool:
        """Whether the region was watched for as long as that before the shift: else there is nothing to compare with."""
        rows = await self._ask(
            """SELECT count() AS n FROM (SELECT 1 FROM current_series WHERE region = {region:String}
                AND bucket <= fromUnixTimestamp64Milli({before:Int64}) LIMIT 1)"""
        )
        return bool(rows[0]["n"])

    async def posts(self) -> Row:
        """``posts`` and ``before``."""
        rows = await self._ask(
            f"""SELECT countIf(published_at > fromUnixTimestamp64Milli({{since:Int64}})) AS posts, count() - posts AS before
            FROM current_posts WHERE region = {{region:String}} AND NOT deleted AND {_WITHIN}"""
        )
        return rows[0]

    async def appeals(self, column: str) -> list[Row]:
        """``appeals``, ``complaints``, ``urgent`` and appeals ``before`` by ``name``, the most first. Column: group or territory."""
        return await self._ask(
            f"""SELECT `{column}` AS name, countIf(fresh) AS appeals, countIf(fresh AND kind = 'complaint') AS complaints,
                countIf(fresh AND urgency >= 2) AS urgent, countIf(NOT fresh) AS before
            FROM (SELECT `{column}`, kind, urgency, published_at > fromUnixTimestamp64Milli({{since:Int64}}) AS fresh
                FROM current_appeals WHERE region = {{region:String}} AND status = 'active' AND {_WITHIN})
            GROUP BY name ORDER BY appeals DESC, name"""
        )

    async def incidents(self) -> Row:
        """``opened`` in the shift, and of those that are open now: ``open``, ``overdue``, ``dangerous``."""
        rows = await self._ask(
            f"""SELECT countIf(status != 'void' AND opened_at > fromUnixTimestamp64Milli({{since:Int64}})) AS opened,
                countIf(status = 'open') AS open, countIf(status = 'open' AND {_OVERDUE}) AS overdue,
                countIf(status = 'open' AND urgency = 3) AS dangerous
            FROM current_incidents WHERE region = {{region:String}}"""
        )
        return rows[0]

    async def overdue(self) -> list[Row]:
        """Open incidents whose deadline has passed: the most dangerous first, then the longest overdue."""
        return await self._ask(
            f"""SELECT * FROM current_incidents WHERE region = {{region:String}} AND status = 'open' AND {_OVERDUE}
            ORDER BY urgency DESC, deadline, id LIMIT {{limit:UInt32}}""",
            limit=LISTED,
        )

    async def due(self, until: int) -> list[Row]:
        """Open incidents whose deadline passes up to ``until``, the next one first, with their number (``total``)."""
        return await self._ask(
            """SELECT *, count() OVER () AS total FROM current_incidents WHERE region = {region:String} AND status = 'open'
                AND deadline >= fromUnixTimestamp64Milli({now:Int64}) AND deadline <= fromUnixTimestamp64Milli({until:Int64})
            ORDER BY deadline, urgency DESC, id LIMIT {limit:UInt32}""",
            until=until,
            limit=LISTED,
        )

    async def bodies(self) -> list[Row]:
        """What each body has to do: ``body``, ``open``, ``overdue``, ``unanswered``, those that owe the most first."""
        return await self._ask(
            f"""SELECT body, count() AS open, countIf({_OVERDUE}) AS overdue, countIf(replies = 0) AS unanswered
            FROM current_incidents WHERE region = {{region:String}} AND status = 'open'
            GROUP BY body ORDER BY overdue DESC, open DESC, body LIMIT {{limit:UInt32}}""",
            limit=BODIES,
        )

    async def alerts(self) -> list[Row]:
        """Those that fire, the loudest first, then those that ended in the shift."""
        return await self._ask(
            """SELECT * FROM current_alerts WHERE region = {region:String}
                AND (status = 'firing' OR at > fromUnixTimestamp64Milli({since:Int64}))
            ORDER BY status = 'firing' DESC, indexOf(['flash', 'urgent', 'notice'], level), at DESC, id LIMIT {limit:UInt32}""",
            limit=ALERTS,
        )

    async def events(self) -> list[Row]:
        """What people did in the shift, oldest first: ``incident``, ``at``, ``actor``, ``detail``."""
        return await self._ask(
            """SELECT incident, at, actor, detail FROM current_incident_events WHERE region = {region:String} AND kind = 'action'
                AND at > fromUnixTimestamp64Milli({since:Int64}) ORDER BY at, version LIMIT {limit:UInt32}""",
            limit=ACTIONS,
        )

    async def closed(self, incidents: Sequence[str]) -> list[Row]:
        """Which of them are closed, with their number (``total``)."""
        return await self._ask(
            """SELECT *, count() OVER () AS total FROM current_incidents WHERE region = {region:String} AND status = 'closed'
                AND has({incidents:Array(String)}, id) ORDER BY urgency DESC, members DESC, id LIMIT {limit:UInt32}""",
            incidents=list(incidents),
            limit=LISTED,
        )

    async def replies(self) -> dict[str, int]:
        """Official answers of the shift by quality."""
        rows = await self._ask(
            """SELECT quality, count() AS n FROM current_replies WHERE region = {region:String} AND NOT deleted
                AND published_at > fromUnixTimestamp64Milli({since:Int64}) GROUP BY quality ORDER BY quality"""
        )
        return {row["quality"]: int(row["n"]) for row in rows}

    async def lost(self) -> list[Row]:
        """Messages of the shift that did not arrive: how many by ``destination``."""
        return await self._ask(
            """SELECT destination, count() AS messages FROM current_deliveries WHERE region = {region:String} AND attempt = 0
                AND status IN ('refused', 'expired') AND at > fromUnixTimestamp64Milli({since:Int64})
            GROUP BY destination ORDER BY messages DESC, destination LIMIT {limit:UInt32}""",
            limit=LISTED,
        )
