"""What the console asks of ClickHouse: one method a question, over the views of current rows only.

Times go in and come out as ms since the epoch, ages in seconds.
"""

from __future__ import annotations

from typing import Any

from dashboards.console.chosen import IN_QUEUE, Queue
from sinks.base import Reader

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

STEP = 10 * MINUTE
STEPS = 12
"""The small chart of an incident: two hours in twelve steps; growth is the later hour, so that both agree."""

FLOW = 10
"""Minutes over which the rate of posts is taken: shorter jumps with every page, longer hides a stop."""

DELIVERIES_IN_CARD = 500
POSTS_IN_CARD = 200

Row = dict[str, Any]


_TREND = """
    SELECT incident AS grown, countIf(published_at > fromUnixTimestamp64Milli({hour:Int64})) AS growth,
        groupArray(intDiv({now:Int64} - toUnixTimestamp64Milli(published_at), {step:Int64})) AS steps
    FROM current_appeals
    WHERE region = {region:String} AND status = 'active' AND incident != ''
        AND published_at > fromUnixTimestamp64Milli({from:Int64}) AND published_at <= fromUnixTimestamp64Milli({now:Int64})
    GROUP BY incident"""


class Store:
    """Questions about one region; ``now`` is the console's clock."""

    def __init__(self, reader: Reader, region: str) -> None:
        self._reader = reader
        self._region = region

    async def _ask(self, sql: str, **parameters: Any) -> list[Row]:
        return await self._reader.query(sql, {"region": self._region, **parameters})

    async def sources(self) -> list[Row]:
        """The health of every source that has been tried."""
        return await self._ask(
            """SELECT source, name, network, state, fetched_at, covered_until, error
            FROM current_source_health WHERE region = {region:String} ORDER BY source"""
        )

    async def source_names(self) -> dict[str, str]:
        """Names by source; one without a name goes by its id."""
        return {row["source"]: row["name"] or row["source"] for row in await self.sources()}

    async def figures(self, now: int) -> Row:
        """Posts, adverts and repetition among them, appeals, incidents and alerts of the last 24 h, posts taken in the last minutes,
        open and overdue incidents.
        """
        rows = await self._ask(
            """SELECT * FROM
            (SELECT countIf(published_at > fromUnixTimestamp64Milli({day:Int64}) AND NOT deleted) AS posts,
                countIf(fetched_at > fromUnixTimestamp64Milli({flow:Int64})) AS flow,
                countIf(published_at > fromUnixTimestamp64Milli({day:Int64}) AND appeal_kind = 'advert') AS adverts,
                countIf(published_at > fromUnixTimestamp64Milli({day:Int64}) AND appeal_kind = 'repetition') AS repetition
                FROM current_posts WHERE region = {region:String}) AS p,
            (SELECT count() AS appeals FROM current_appeals WHERE region = {region:String} AND status = 'active'
                AND published_at > fromUnixTimestamp64Milli({day:Int64})) AS a,
            (SELECT countIf(status != 'void' AND opened_at > fromUnixTimestamp64Milli({day:Int64})) AS incidents,
                countIf(status = 'open') AS open,
                countIf(status = 'open' AND toUnixTimestamp64Milli(deadline) > 0
                    AND deadline < fromUnixTimestamp64Milli({now:Int64})) AS overdue
                FROM current_incidents WHERE region = {region:String}) AS i,
            (SELECT count() AS alerts FROM current_alerts WHERE region = {region:String}
                AND at > fromUnixTimestamp64Milli({day:Int64})) AS l""",
            now=now,
            day=now - DAY,
            flow=now - FLOW * MINUTE,
        )
        return rows[0]

    async def alerts(self, limit: int) -> list[Row]:
        """Alerts: what fires before what is over, the loudest first, then the newest: a night of notices hides no danger."""
        return await self._ask(
            """SELECT * FROM current_alerts WHERE region = {region:String}
            ORDER BY status = 'firing' DESC, status = 'firing' ? indexOf(['notice', 'urgent', 'flash'], level) : 0 DESC, at DESC, id
            LIMIT {limit:UInt32}""",
            limit=limit,
        )

    async def queue(self, queue: Queue, now: int) -> list[Row]:
        """Incidents by urgency, then growth (posts of the last hour), with ``growth`` and ``steps`` (ages of posts in steps)."""
        return await self._ask(
            f"""SELECT * EXCEPT (grown) FROM (SELECT * FROM current_incidents WHERE {IN_QUEUE}) AS i
            LEFT JOIN ({_TREND}) AS t ON i.id = t.grown
            ORDER BY urgency DESC, growth DESC, last_seen DESC, id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}""",
            **queue.parameters(),
            limit=queue.limit,
            offset=queue.offset,
            **self._trend(now),
        )

    async def listing(self, queue: Queue) -> list[Row]:
        """Incidents by urgency, then the newest, each with ``text`` and ``url`` of its first message."""
        return await self._ask(
            f"""SELECT i.*, p.text AS text, p.url AS url
            FROM (SELECT * FROM current_incidents WHERE {IN_QUEUE}
                ORDER BY urgency DESC, opened_at DESC, id LIMIT {{limit:UInt32}}) AS i
            LEFT JOIN (SELECT id, text, url FROM current_posts WHERE id IN
                (SELECT first_member FROM current_incidents WHERE {IN_QUEUE}
                ORDER BY urgency DESC, opened_at DESC, id LIMIT {{limit:UInt32}})) AS p ON p.id = i.first_member
            ORDER BY i.urgency DESC, i.opened_at DESC, i.id""",
            **queue.parameters(),
            limit=queue.limit,
        )

    async def slugs(self) -> Row:
        """What incidents are about: lists of ``themes``, ``groups``, ``territories`` and ``bodies``."""
        rows = await self._ask(
            """SELECT groupUniqArray(theme) AS themes, groupUniqArray(`group`) AS groups, groupUniqArray(territory) AS territories,
                groupUniqArray(body) AS bodies FROM current_incidents WHERE region = {region:String}"""
        )
        return rows[0]

    async def queue_length(self, queue: Queue) -> int:
        rows = await self._ask(f"SELECT count() AS n FROM current_incidents WHERE {IN_QUEUE}", **queue.parameters())
        return int(rows[0]["n"])

    async def incident(self, ident: str, now: int) -> Row | None:
        rows = await self._ask(
            f"""SELECT * EXCEPT (grown) FROM
                (SELECT * FROM current_incidents WHERE region = {{region:String}} AND id = {{id:String}}) AS i
            LEFT JOIN ({_TREND}) AS t ON i.id = t.grown""",
            id=ident,
            **self._trend(now),
        )
        return rows[0] if rows else None

    async def members(self, ident: str, first: str) -> list[Row]:
        """The incident's appeals with their texts: the first member, then the newest; at most POSTS_IN_CARD."""
        return await self._ask(
            """SELECT a.id AS id, a.version AS version, a.network AS network, a.source AS source, a.kind AS kind, a.status AS status,
                a.urgency AS urgency, a.author AS author, a.published_at AS published_at, a.url AS url, a.cluster AS cluster,
                a.duplicate_of AS duplicate_of, a.revision AS revision, a.decided_by AS decided_by,
                a.settlement AS settlement, a.street AS street, a.house AS house, a.facility AS facility,
                p.text AS text, p.attachments AS attachments
            FROM (SELECT * FROM current_appeals WHERE region = {region:String} AND incident = {id:String}
                ORDER BY id = {first:String} DESC, published_at DESC, id LIMIT {limit:UInt32}) AS a
            LEFT JOIN (SELECT id, text, attachments FROM current_posts WHERE id IN
                (SELECT id FROM current_appeals WHERE region = {region:String} AND incident = {id:String})) AS p ON p.id = a.id
            ORDER BY a.id = {first:String} DESC, a.published_at DESC, a.id""",
            id=ident,
            first=first,
            limit=POSTS_IN_CARD,
        )

    async def replies(self, ident: str) -> list[Row]:
        return await self._ask(
            """SELECT r.id AS id, r.appeal AS appeal, r.source AS source, r.published_at AS published_at, r.quality AS quality,
                r.url AS url, r.deleted AS deleted, p.text AS text
            FROM (SELECT * FROM current_replies WHERE region = {region:String} AND incident = {id:String}) AS r
            LEFT JOIN (SELECT id, text FROM current_posts WHERE id IN
                (SELECT id FROM current_replies WHERE region = {region:String} AND incident = {id:String})) AS p ON p.id = r.id
            ORDER BY r.published_at, r.id""",
            id=ident,
        )

    async def history(self, ident: str) -> list[Row]:
        return await self._ask(
            """SELECT id, at, actor, kind, detail FROM current_incident_events
            WHERE region = {region:String} AND incident = {id:String} ORDER BY at, version""",
            id=ident,
        )

    async def cause(self, head: str) -> list[Row]:
        """Incidents with one cause, the head first."""
        return await self._ask(
            """SELECT id, cause, territory, settlement, street, house, facility, members FROM current_incidents
            WHERE region = {region:String} AND parent = {head:String} AND status != 'void'
            ORDER BY id = {head:String} DESC, opened_at, id LIMIT {limit:UInt32}""",
            head=head,
            limit=POSTS_IN_CARD,
        )

    async def subject(self, ident: str, table: str) -> Row | None:
        """Territory and body of one of the appeals, incidents, or alerts (with its incident's body)."""
        sql = f"SELECT territory, body FROM current_{table} WHERE region = {{region:String}} AND id = {{id:String}}"
        if table == "alerts":
            sql = """SELECT a.territory AS territory, i.body AS body
                FROM (SELECT * FROM current_alerts WHERE region = {region:String} AND id = {id:String}) AS a
                LEFT JOIN (SELECT id, body FROM current_incidents WHERE region = {region:String}) AS i ON i.id = a.incident"""
        rows = await self._ask(sql, id=ident)
        return rows[0] if rows else None

    async def deliveries(self, alert: str, incident: str) -> list[Row]:
        """The journal about an alert, or about the alerts of an incident: messages with their attempts, the oldest first."""
        return await self._ask(
            """SELECT id, attempt, destination, channel, kind, event, level, status, repeat, at, reason FROM current_deliveries
            WHERE region = {region:String} AND alert != '' AND (alert = {alert:String} OR alert IN
                (SELECT id FROM current_alerts WHERE region = {region:String} AND incident = {incident:String} AND incident != ''))
            ORDER BY version, id, attempt LIMIT {limit:UInt32}""",
            alert=alert,
            incident=incident,
            limit=DELIVERIES_IN_CARD,
        )

    async def undelivered(self, before: int) -> list[Row]:
        """Destinations for which messages wait that were queued before ``before``: since when, and why the last attempt failed."""
        return await self._ask(
            """SELECT q.destination AS destination, q.since AS since, f.reason AS reason
            FROM (SELECT destination, min(at) AS since FROM current_deliveries WHERE region = {region:String} AND attempt = 0
                AND status = 'queued' AND at < fromUnixTimestamp64Milli({before:Int64}) GROUP BY destination) AS q
            INNER JOIN (SELECT destination, argMax(reason, at) AS reason, argMax(status, at) AS status FROM current_deliveries
                WHERE region = {region:String} AND attempt > 0 GROUP BY destination) AS f ON f.destination = q.destination
            WHERE f.status = 'failed' ORDER BY destination""",
            before=before,
        )

    @staticmethod
    def _trend(now: int) -> Row:
        return {"now": now, "hour": now - HOUR, "from": now - STEPS * STEP, "step": STEP}
