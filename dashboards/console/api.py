"""The console's JSON API: figures, queues, cards, the map, and the one action. Shapes are in each handler's docstring."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
from aiohttp import web

from dashboards.console.access import who_of
from dashboards.console.asked import number
from dashboards.console.attempts import deliveries, undelivered
from dashboards.console.card import card, told
from dashboards.console.deps import ConsoleDeps
from dashboards.console.heat import YEAR, heat_map
from dashboards.console.heat_store import HeatStore
from dashboards.console.queue import queue_of
from dashboards.console.refusals import Refused, answer
from dashboards.console.spike_card import spike_card
from dashboards.console.spike_store import SpikeStore
from dashboards.console.standing import Standing
from dashboards.console.store import FLOW, HOUR, MINUTE, STEPS, Store
from dashboards.console.view import Views
from dashboards.console.watching import watching
from monitor.model.verdict import GROUPS
from monitor.model.watch import Action, ActionKind
from monitor.people.roles import Who

MONTH_HOURS = 31 * 24
DAY_MINUTES = 24 * 60

SHARED = 1000
"""Milliseconds for which all pages get the same status: it counts whole tables, and a wall of screens asks at once."""


class ActionRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What the page posts: see monitor.model.watch.Action. ``minutes``: how long a snooze lasts; ``into``: what is joined with;
    ``reason``: why an alert or an incident is closed.
    """

    kind: ActionKind
    region: str
    subject: str
    based_on: str
    minutes: int = 0
    into: str = ""
    reason: str = ""


REASON = 300
"""Characters of a reason that are kept: a line on the card."""
CORRECTED = {
    **dict.fromkeys(("not_appeal", "split"), "appeals"),
    **dict.fromkeys(("join", "apart", "resolve", "reopen"), "incidents"),
}
"""What actions correct; all others answer alerts."""

_actions = msgspec.json.Decoder(ActionRequest)


class Api:
    def __init__(self, deps: ConsoleDeps, views: Views) -> None:
        self._deps = deps
        self._views = views
        self._store = Store(deps.reader, deps.profile.id)
        self._heat = HeatStore(deps.reader, deps.profile.id)
        self._spikes = SpikeStore(deps.reader, deps.profile.id)
        self._standing = Standing(deps.log, deps.stages)
        self._status: asyncio.Task[dict[str, Any]] | None = None
        self._asked = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/region", self.region),
            web.get("/api/status", self.status),
            web.get("/api/alerts", self.alerts),
            web.get("/api/alerts/{id:.+}", self.alert),
            web.get("/api/incidents", self.incidents),
            web.get("/api/incidents/{id:.+}", self.incident),
            web.get("/api/map", self.map),
            web.get("/api/deliveries", self.deliveries),
            web.post("/api/actions", self.action),
        ]

    async def region(self, request: web.Request) -> web.Response:
        """``{id, name, notice, timezone, groups: [{id, name}], blocks, territories: [{id, name, kind, parent}]}``: what stays."""
        profile = self._deps.profile
        groups = sorted(({"id": slug, "name": self._deps.group_name(slug)} for slug in GROUPS), key=lambda group: group["name"])
        territories = sorted((t for t in profile.territories.values() if t.id != profile.id), key=lambda t: t.name)
        return answer(
            {
                "id": profile.id,
                "name": profile.name,
                "notice": self._deps.notice,
                "timezone": profile.calendar.timezone.key,
                "groups": groups,
                "blocks": sorted(set(profile.blocks.values())),
                "territories": [{"id": t.id, "name": t.name, "kind": t.kind, "parent": t.parent} for t in territories],
            }
        )

    async def status(self, request: web.Request) -> web.Response:
        """``{now, timezone, offset_minutes, sources, per_minute, day, open, overdue, banners}``.

        ``day`` is ``{posts, adverts, repetition, appeals, incidents, alerts}``: adverts and repetition are posts that count for
        nothing.
        ``sources`` is ``{total, watched, by_state, oldest: {id, name, age} or null}``, a banner
        ``{state, title, age, sources: [{id, name, age, error}]}``: see dashboards.console.watching, and standing.
        """
        now = self._deps.clock.now()
        if self._status is None or not 0 <= now - self._asked < SHARED:
            self._asked = now
            self._status = asyncio.create_task(self._figures(now))
        try:
            return answer(await asyncio.shield(self._status))
        except Exception:
            self._status = None
            raise

    async def _figures(self, now: int) -> dict[str, Any]:
        sources = watching(self._deps.profile, await self._store.sources(), now)
        banners = (
            await self._standing.banners() + sources.pop("banners") + undelivered(await self._store.undelivered(now - MINUTE), now)
        )
        figures = await self._store.figures(now)
        zone = self._deps.profile.calendar.timezone
        offset = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).utcoffset()
        return {
            "now": now,
            "timezone": zone.key,
            "offset_minutes": int(offset.total_seconds()) // 60 if offset else 0,
            "sources": sources,
            "per_minute": round(figures["flow"] / FLOW, 1),
            "day": {name: figures[name] for name in ("posts", "adverts", "repetition", "appeals", "incidents", "alerts")},
            "open": figures["open"],
            "overdue": figures["overdue"],
            "banners": banners,
        }

    async def alerts(self, request: web.Request) -> web.Response:
        """``{now, alerts: [alert]}``, those that fire first, the loudest of them, then the newest.

        An alert is Alert's fields, version, territory_name, problem.
        """
        rows = await self._store.alerts(number(request, "limit", 50, 1, 500))
        return answer({"now": self._deps.clock.now(), "alerts": [self._views.alert(row, row["version"]) for row in rows]})

    async def alert(self, request: web.Request) -> web.Response:
        """``{now, alert, spike, history}``: an alert, the card of its spike (see dashboards.console.spike_card), and what happened to
        it, as the card of an incident tells it.
        """
        now = self._deps.clock.now()
        row = await self._spikes.alert(request.match_info["id"])
        if row is None:
            raise Refused(404, "Такой тревоги нет", "Обновите страницу")
        spike = await spike_card(self._spikes, self._store, self._views, self._deps.profile, row, now)
        history = told(self._views, await self._spikes.history(row["id"]))
        return answer({"now": now, "alert": self._views.alert(row, row["version"]), "spike": spike, "history": history})

    async def incidents(self, request: web.Request) -> web.Response:
        """``{now, total, incidents: [incident]}``; an incident is IncidentRow's fields, version, names, growth and trend.

        ``growth`` counts posts of the last hour, ``trend`` posts in twelve steps of 10 min, oldest first.
        """
        limit, offset = number(request, "limit", 100, 1, 500), number(request, "offset", 0, 0, 100_000)
        queue = await queue_of(request, self._store, self._views, self._deps.profile, limit, offset)
        now = self._deps.clock.now()
        rows = await self._store.queue(queue, now)
        total = await self._store.queue_length(queue)
        return answer({"now": now, "total": total, "incidents": [self._incident(row) for row in rows]})

    async def incident(self, request: web.Request) -> web.Response:
        """``{now, incident, posts, replies, history}``: see dashboards.console.card."""
        now = self._deps.clock.now()
        row = await self._store.incident(request.match_info["id"], now)
        if row is None:
            raise Refused(404, "Такого инцидента нет", "Обновите очередь: возможно, он объединён с другим")
        return answer({"now": now, "incident": self._incident(row), **await card(self._store, self._views, row)})

    async def map(self, request: web.Request) -> web.Response:
        """``?hours=24&inside=TERRITORY``: see dashboards.console.heat. ``before`` is ``{since, complete}`` of the year
        before, null where nobody watched then.
        """
        hours = number(request, "hours", 24, 1, MONTH_HOURS)
        inside = request.query.get("inside", "") or self._deps.profile.id
        if inside not in self._deps.profile.territories and inside != self._deps.profile.id:
            raise Refused(404, "Такой территории нет")
        now = self._deps.clock.now()
        since = now - hours * HOUR
        before, complete = await self._heat.before(since - YEAR, now - YEAR)
        found = heat_map(self._deps.profile, inside, await self._heat.now(since, now), hours, before)
        groups = [{"id": slug, "name": self._views.problem(slug, "")} for slug in found["groups"]]
        year = None if before is None else {"since": since - YEAR, "complete": complete}
        return answer({"now": now, "hours": hours, "inside": inside, **found, "groups": groups, "before": year})

    async def action(self, request: web.Request) -> web.Response:
        """``{accepted, version}``, or 409 with ``{error, hint, version}`` where the row has changed since the person saw it."""
        try:
            asked = _actions.decode(await request.read())
        except msgspec.MsgspecError:
            raise Refused(400, "Действие не понято", "Обновите страницу и повторите") from None
        if asked.region != self._deps.profile.id or not asked.based_on.isdecimal():
            raise Refused(400, "Действие не понято", "Обновите страницу и повторите")
        who, now = who_of(request), self._deps.clock.now()
        await self._allow(request, who, asked)
        reason = " ".join(asked.reason.split())[:REASON] if asked.kind in ("close", "resolve") else ""
        until = now + max(0, min(asked.minutes, DAY_MINUTES)) * MINUTE if asked.kind == "snooze" else 0
        result = await self._deps.act(
            Action(uuid4().hex, asked.kind, asked.region, asked.subject, asked.based_on, who.name, now, until, asked.into, reason)
        )
        if result.accepted:
            return answer({"accepted": True, "version": result.version})
        error, hint = result.conflict.rstrip("."), "Посмотрите нынешнее состояние и решите снова"
        return answer({"error": error, "hint": hint, "version": result.version}, 409)

    async def _allow(self, request: web.Request, who: Who, asked: ActionRequest) -> None:
        """Raises Refused where the role may not do this, or the thing is not in a curator's hands."""
        table = CORRECTED.get(asked.kind, "alerts")
        allowed = who.may("close" if asked.kind in ("close", "resolve", "reopen") else "answer" if table == "alerts" else "correct")
        if allowed and who.role == "curator" and who.scope:
            rows = [await self._store.subject(name, table) for name in (asked.subject, asked.into) if name]
            allowed = all(row and who.concerns(self._deps.profile.path(row["territory"]), row["body"]) for row in rows)
        if self._deps.gate is not None:
            self._deps.gate.note(request, who, f"{asked.kind} {asked.subject}", allowed=allowed)
        if not allowed:
            raise Refused(403, "Это вашей роли не разрешено", "Обратитесь к дежурному или администратору пульта")

    async def deliveries(self, request: web.Request) -> web.Response:
        """``?alert=ID`` or ``?incident=ID``: ``{deliveries: [message]}``, of the alert or all alerts of the incident, oldest first.

        A message is ``{destination, channel, kind, event, level, status, at, reason, tries}``, a try ``{attempt, status, repeat, at,
        reason}``.
        """
        alert, incident = request.query.get("alert", ""), request.query.get("incident", "")
        if not alert and not incident:
            raise Refused(400, "Параметр alert или incident не указан")
        return answer({"deliveries": deliveries(await self._store.deliveries(alert, incident))})

    def _incident(self, row: dict[str, Any]) -> dict[str, Any]:
        trend = [0] * STEPS
        for age in row["steps"]:
            trend[STEPS - 1 - min(int(age), STEPS - 1)] += 1
        return {**self._views.incident(row, row["version"]), "growth": int(row["growth"]), "trend": trend}
