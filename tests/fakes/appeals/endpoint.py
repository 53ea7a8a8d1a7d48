"""A reception's system with an endpoint of its own: a token, a filter by the time of change, pages by number, address or mark."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web

from sources.standins.faults import Faults

Paging = Literal["number", "address", "mark", "none"]


class Endpoint:
    """``items`` in order of change, each with ``changed`` in ms. ``asked`` are the queries that were answered."""

    def __init__(self, paging: Paging = "number", *, token: str = "", size: int = 100) -> None:
        self.items: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.size = size
        self.elsewhere = ""
        self.stuck = False
        self.faults = Faults()
        self._paging = paging
        self._token = token
        self.app = web.Application(middlewares=[self.faults.middleware])
        self.app.router.add_route("*", "/appeals", self._answer)

    def put(self, number: object, text: str, changed: int, **fields: Any) -> None:
        at = datetime.fromtimestamp(changed / 1000, UTC).isoformat()
        self.items.append({"number": number, "text": text, "changed": changed, "registered_at": at, "changed_at": at, **fields})

    async def _answer(self, request: web.Request) -> web.Response:
        if self._token and request.headers.get("Authorization") != f"Bearer {self._token}":
            return web.json_response({"error": "token"}, status=401)
        query = dict(request.query) if request.method == "GET" else await request.json()
        self.asked.append(query)
        since = query.get("since")
        least = datetime.fromisoformat(since).timestamp() * 1000 if since else 0
        found = [item for item in self.items if item["changed"] >= least]
        page = query.get("page", "1")
        number = int(page[1:]) + 1 if page.startswith("m") else int(page)
        begin = (number - 1) * self.size
        shown = found if self._paging == "none" else found[begin : begin + self.size]
        following = "" if begin + self.size >= len(found) else self._next(number, since)
        return web.json_response({"data": {"items": shown, "next": following or None}})

    def _next(self, number: int, since: str | None) -> str:
        if self._paging == "mark":
            return "m0" if self.stuck else f"m{number}"
        if self._paging == "address":
            return f"{self.elsewhere}/appeals?page=m{number}" + (f"&since={since.replace('+', '%2B')}" if since else "")
        return ""
