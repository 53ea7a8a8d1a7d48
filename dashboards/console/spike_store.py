"""What the card of an alert asks of ClickHouse: its history, the series around it, and the complaints that it is made of.

Times go in and come out as ms since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sinks.base import Reader

TEXTS = 200
"""Complaints of a spike of which the typical ones are chosen: the newest."""
INCIDENTS = 3
SOURCES = 12

Row = dict[str, Any]

_OF_SPIKE = """region = {region:String} AND kind = 'complaint' AND status = 'active' AND has({territories:Array(String)}, territory)
    AND ({group:String} = '' OR `group` = {group:String}) AND ({theme:String} = '' OR theme = {theme:String})
    AND published_at >= fromUnixTimestamp64Milli({since:Int64}) AND published_at < fromUnixTimestamp64Milli({end:Int64})"""
_FIRSTS = f"{_OF_SPIKE} AND cluster IN ('', id)"


@dataclass(slots=True, frozen=True)
class Subject:
    """What a spike is about: its territories with all inside, group and theme (empty: all), from ``since`` to ``end``."""

    territories: Sequence[str]
    group: str
    theme: str
    since: int
    end: int

    def parameters(self) -> Mapping[str, Any]:
        return {
            "territories": list(self.territories),
            "group": self.group,
            "theme": self.theme,
            "since": self.since,
            "end": self.end,
        }


class SpikeStore:
    """Questions about one region."""

    def __init__(self, reader: Reader, region: str) -> None:
        self._reader = reader
        self._region = region

    async def _ask(self, sql: str, **parameters: Any) -> list[Row]:
        return await self._reader.query(sql, {"region": self._region, **parameters})

    async def alert(self, ident: str) -> Row | None:
        rows = await self._ask("SELECT * FROM current_alerts WHERE region = {region:String} AND id = {id:String}", id=ident)
        return rows[0] if rows else None

    async def history(self, ident: str) -> list[Row]:
        """What happened to an alert, whichever incident it stood with."""
        return await self._ask(
            """SELECT id, at, actor, kind, detail FROM current_incident_events
            WHERE region = {region:String} AND JSONExtractString(detail, 'alert') = {alert:String} ORDER BY at, version""",
            alert=ident,
        )

    async def series(self, name: str, since: int, end: int) -> list[Row]:
        """``bucket``, ``posts``, ``expected`` (thousandths) and ``complete`` of a series' closed buckets, oldest first; those without
        posts are missing.
        """
        return await self._ask(
            """SELECT bucket, posts, expected, complete FROM current_series
            WHERE region = {region:String} AND series = {series:String} AND closed
                AND bucket >= fromUnixTimestamp64Milli({since:Int64}) AND bucket < fromUnixTimestamp64Milli({end:Int64})
            ORDER BY bucket""",
            series=name,
            since=since,
            end=end,
        )

    async def total(self, name: str, since: int, end: int) -> int | None:
        """Posts of a series in a time that the region was watched in from its beginning; None where it was not."""
        rows = await self._ask(
            """SELECT
                (SELECT sum(posts) FROM current_series WHERE region = {region:String} AND series = {series:String} AND
                    bucket >= fromUnixTimestamp64Milli({since:Int64}) AND bucket < fromUnixTimestamp64Milli({end:Int64})) AS posts,
                (SELECT count() FROM (SELECT 1 FROM current_series WHERE region = {region:String}
                    AND bucket <= fromUnixTimestamp64Milli({since:Int64}) LIMIT 1)) AS watched""",
            series=name,
            since=since,
            end=end,
        )
        return int(rows[0]["posts"] or 0) if rows[0]["watched"] else None

    async def figures(self, subject: Subject) -> Row:
        """``posts`` without copies, ``copies``, and distinct ``authors`` of a spike."""
        rows = await self._ask(
            f"""SELECT countIf(cluster IN ('', id)) AS posts, count() - posts AS copies,
                uniqExactIf(if(author = '', id, author), cluster IN ('', id)) AS authors
            FROM current_appeals WHERE {_OF_SPIKE}""",
            **subject.parameters(),
        )
        return rows[0]

    async def sources(self, subject: Subject) -> list[Row]:
        """``source`` and its ``posts``, the most first."""
        return await self._ask(
            f"""SELECT source, count() AS posts FROM current_appeals WHERE {_FIRSTS}
            GROUP BY source ORDER BY posts DESC, source LIMIT {{limit:UInt32}}""",
            limit=SOURCES,
            **subject.parameters(),
        )

    async def incidents(self, subject: Subject) -> list[Row]:
        """The incidents most of it belongs to, with ``part``, the posts of the spike in each."""
        return await self._ask(
            f"""SELECT * EXCEPT (spiked) FROM
                (SELECT incident AS spiked, count() AS part FROM current_appeals WHERE {_FIRSTS} AND incident != ''
                    GROUP BY incident ORDER BY part DESC, incident LIMIT {{limit:UInt32}}) AS a
            INNER JOIN (SELECT * FROM current_incidents WHERE region = {{region:String}}) AS i ON i.id = a.spiked
            ORDER BY part DESC, id""",
            limit=INCIDENTS,
            **subject.parameters(),
        )

    async def texts(self, subject: Subject, *, first: bool) -> list[Row]:
        """The first complaint, or the newest ones, with their texts."""
        order, limit = ("ASC", 1) if first else ("DESC", TEXTS)
        return await self._ask(
            f"""SELECT a.id AS id, a.source AS source, a.published_at AS published_at, a.url AS url, a.incident AS incident,
                p.text AS text
            FROM (SELECT * FROM current_appeals WHERE {_FIRSTS} ORDER BY published_at {order}, id LIMIT {{limit:UInt32}}) AS a
            LEFT JOIN (SELECT id, text FROM current_posts WHERE id IN
                (SELECT id FROM current_appeals WHERE {_FIRSTS} ORDER BY published_at {order}, id LIMIT {{limit:UInt32}})) AS p
                ON p.id = a.id
            ORDER BY a.published_at {order}, a.id""",
            limit=limit,
            **subject.parameters(),
        )
