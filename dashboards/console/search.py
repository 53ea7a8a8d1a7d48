"""Search in the texts of posts: ``/api/search``. All that was taken is searched, also what is no appeal."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from dashboards.console.asked import number
from dashboards.console.deps import ConsoleDeps
from dashboards.console.patterns import marked, patterns
from dashboards.console.queue import inner
from dashboards.console.refusals import Refused, answer
from dashboards.console.store import HOUR, Store
from dashboards.console.view import Views, safe_url
from monitor.model.errors import RetryableError

LIMIT: Final = 100
"""Posts of an answer: whoever needs more asks more exactly."""
LONGEST: Final = 31 * 24
"""Hours of a search: it reads all texts of them."""
STEPS: Final = (24, 72, 168)
"""Hours after which a search has found enough or goes on: what is new is found at once, whatever the period is."""
PATIENCE: Final = 15.0
"""Seconds after which it goes no further back; each step may take as long as the reader's queries."""
SNIPPET: Final = 300
"""Characters that are shown of a text."""
CLOSE: Final = 10_000
"""Of a longer text what was found is shown only where it stands in the beginning."""

Row = dict[str, Any]


class Search:
    def __init__(self, deps: ConsoleDeps, views: Views) -> None:
        self._deps = deps
        self._views = views
        self._store = Store(deps.reader, deps.profile.id)
        # A month of texts is seconds of the store: one search at a time, so that the page goes on.
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/search", self.posts)]

    async def posts(self, request: web.Request) -> web.Response:
        """``?words=&hours=24&territory=&group=``: ``{now, since, more, posts: [post]}``, the newest first. ``more``: there are older
        ones; else all were found from ``since`` on, which is later than asked for where that would have taken too long.

        A post is ``{id, source_name, network, published_at, url, problem, territory_name, urgency, incident, parts}``: ``problem``
        and ``territory_name`` are empty where nothing is known of them, ``incident`` where it belongs to none; ``parts`` are pieces
        of its text, every second one what was asked for.
        """
        asked = patterns(request.query.get("words", ""))
        if not asked:
            raise Refused(400, "Не сказано, что искать", "Введите слово или несколько")
        hours = number(request, "hours", 24, 1, LONGEST)
        now = self._deps.clock.now()
        territories = inner(self._deps.profile, request.query.get("territory", ""))
        chosen = {"territories": list(territories), "group": request.query.get("group", "")}
        async with self._turn:
            rows, since = await self._back(asked, now, hours, chosen)
        incidents = await self._incidents([row["id"] for row in rows])
        names = await self._store.source_names()
        found = [self._post(row, asked, names, incidents.get(row["id"], "")) for row in rows[:LIMIT]]
        return answer({"now": now, "since": since, "more": len(rows) > LIMIT, "posts": found})

    async def _back(self, asked: tuple[str, ...], now: int, hours: int, chosen: dict[str, Any]) -> tuple[list[Row], int]:
        """Posts from now back, and the time from which on all were found. Raises Refused where not even a step was done."""
        rows: list[Row] = []
        reached, began = now, asyncio.get_running_loop().time()
        for step in (*(step for step in STEPS if step < hours), hours):
            try:
                rows += await self._find(asked, now - step * HOUR, reached, LIMIT + 1 - len(rows), chosen)
            except RetryableError:
                if reached == now:
                    raise Refused(503, "Поиск не успел", "Сократите срок, добавьте слово или повторите позже") from None
                break
            reached = now - step * HOUR
            if len(rows) > LIMIT or asyncio.get_running_loop().time() - began > PATIENCE:
                break
        return rows, reached

    async def _find(self, asked: tuple[str, ...], since: int, until: int, limit: int, chosen: dict[str, Any]) -> list[Row]:
        has = " AND ".join(f"match(folded, {{word{place}:String}})" for place in range(len(asked)))
        return await self._deps.reader.query(
            f"""SELECT id, source, network, published_at, url, `group`, theme, territory, urgency,
                substringUTF8(text, 1, {{close:UInt32}}) AS beginning, replaceAll(lowerUTF8(text), 'ё', 'е') AS folded
            FROM current_posts WHERE region = {{region:String}} AND NOT deleted
                AND published_at > fromUnixTimestamp64Milli({{since:Int64}})
                AND published_at <= fromUnixTimestamp64Milli({{until:Int64}})
                AND (empty({{territories:Array(String)}}) OR has({{territories:Array(String)}}, territory))
                AND ({{group:String}} = '' OR `group` = {{group:String}}) AND {has}
            ORDER BY published_at DESC, id LIMIT {{limit:UInt32}}""",
            {
                "region": self._deps.profile.id,
                "since": since,
                "until": until,
                "limit": limit,
                **chosen,
                "close": CLOSE,
                **{f"word{place}": pattern for place, pattern in enumerate(asked)},
            },
        )

    async def _incidents(self, posts: list[str]) -> dict[str, str]:
        """The incidents of posts that have one."""
        rows = await self._deps.reader.query(
            """SELECT id, incident FROM current_appeals WHERE region = {region:String} AND incident != ''
                AND has({posts:Array(String)}, id)""",
            {"region": self._deps.profile.id, "posts": posts},
        )
        return {row["id"]: row["incident"] for row in rows}

    def _post(self, row: Row, asked: tuple[str, ...], names: dict[str, str], incident: str) -> Row:
        return {
            **{name: row[name] for name in ("id", "network", "published_at", "urgency")},
            "source_name": names.get(row["source"], row["source"]),
            "url": safe_url(row["url"]),
            "problem": self._views.problem(row["group"], row["theme"]) if row["group"] else "",
            "territory_name": self._views.territory(row["territory"]) if row["territory"] else "",
            "incident": incident,
            "parts": marked(row["beginning"], asked, SNIPPET),
        }
