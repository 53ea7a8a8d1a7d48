"""``/api/handover``: what one shift tells the next: what came, what is open, what fired and who answered, what was out of sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from aiohttp import web

from dashboards.console.asked import number
from dashboards.console.card import DECISIONS
from dashboards.console.deps import ConsoleDeps
from dashboards.console.handover_store import HandoverStore
from dashboards.console.refusals import answer
from dashboards.console.store import HOUR, Store
from dashboards.console.view import Views
from dashboards.console.watching import watching

LONGEST: Final = 72
"""Hours: a weekend and its Monday."""
TERRITORIES: Final = 10

Row = dict[str, Any]


class Handover:
    def __init__(self, deps: ConsoleDeps, views: Views) -> None:
        self._deps = deps
        self._views = views
        self._store = Store(deps.reader, deps.profile.id)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/handover", self.shift)]

    async def shift(self, request: web.Request) -> web.Response:
        """``?hours=12``: ``{now, since, hours, region, timezone, notice, came, groups, territories, open, overdue, due,
        closed, bodies, alerts, silent, sources, people, lost}``.

        ``came`` is ``{posts, posts_before, appeals, appeals_before, complaints, opened, closed, replies}``, ``replies`` by quality;
        ``groups`` and ``territories`` are ``[{name, appeals, complaints, urgent, before}]``; ``before`` counts as long a time before
        the shift, and is null where nobody watched then.
        ``open`` is ``{open, overdue, dangerous, due}``, ``overdue`` and ``due`` (in as many hours as the shift has) lists of
        incidents, ``closed`` incidents that people closed in the shift, with ``at``, ``who`` and ``reason``, ``bodies``
        ``[{name, open, overdue, unanswered}]``. ``alerts`` and those of sources, ``silent``, have ``answers``
        ``[{at, who, text}]``; ``sources`` is as in ``/api/status``. ``people`` is ``[{name, actions}]``, ``lost``
        ``[{destination, messages}]``: what did not arrive.
        """
        hours = number(request, "hours", 12, 1, LONGEST)
        profile, now = self._deps.profile, self._deps.clock.now()
        since = now - hours * HOUR
        store = HandoverStore(self._deps.reader, profile.id, since, now)
        posts, groups, incidents = await store.posts(), await store.appeals("group"), await store.incidents()
        territories = [row for row in await store.appeals("territory") if row["appeals"]][:TERRITORIES]
        compared = await store.watched_before()
        events = [(row, detail) for row in await store.events() if (detail := orjson.loads(row["detail"] or "{}")).get("accepted")]
        answers = _answers(events)
        decided = {row["incident"]: (row, detail) for row, detail in events if detail.get("kind") == "resolve"}
        closed = await store.closed(list(decided))
        due = await store.due(now + hours * HOUR)
        alerts = [{**self._views.alert(row, row["version"]), "answers": answers.get(row["id"], [])} for row in await store.alerts()]
        came = {
            "posts": posts["posts"],
            "posts_before": posts["before"] if compared else None,
            **{name: sum(row[name] for row in groups) for name in ("appeals", "complaints")},
            "appeals_before": sum(row["before"] for row in groups) if compared else None,
            "opened": incidents["opened"],
            "closed": closed[0]["total"] if closed else 0,
            "replies": await store.replies(),
        }
        return answer(
            {
                "now": now,
                "since": since,
                "hours": hours,
                "region": profile.name,
                "timezone": profile.calendar.timezone.key,
                "notice": self._deps.notice,
                "came": came,
                "groups": [_counted(row, self._views.problem(row["name"], ""), compared) for row in groups],
                "territories": [_counted(row, self._views.territory(row["name"]), compared) for row in territories],
                "open": {
                    **{name: incidents[name] for name in ("open", "overdue", "dangerous")},
                    "due": due[0]["total"] if due else 0,
                },
                "overdue": self._incidents(await store.overdue()),
                "due": self._incidents(due),
                "closed": [self._closed(row, *decided[row["id"]]) for row in closed],
                "bodies": [{**row, "name": self._views.body(row["body"])} for row in await store.bodies()],
                "alerts": [one for one in alerts if one["kind"] != "silent"],
                "silent": [one for one in alerts if one["kind"] == "silent"],
                "sources": watching(profile, await self._store.sources(), now),
                "people": [{"name": who, "actions": count} for who, count in _people(events)],
                "lost": await store.lost(),
            }
        )

    def _closed(self, row: Row, event: Row, detail: Mapping[str, Any]) -> Row:
        incident = self._views.incident(row, row["version"])
        return {**incident, "at": event["at"], "who": event["actor"], "reason": str(detail.get("reason", ""))}

    def _incidents(self, rows: Iterable[Row]) -> list[Row]:
        return [self._views.incident(row, row["version"]) for row in rows]


def _counted(row: Row, name: str, compared: bool) -> Row:
    return {**row, "name": name, "before": row["before"] if compared else None}


def _answers(events: Iterable[tuple[Row, Mapping[str, Any]]]) -> dict[str, list[Row]]:
    """What was done about each alert, oldest first."""
    found: dict[str, list[Row]] = {}
    for row, detail in events:
        if alert := str(detail.get("alert", "")):
            said = [DECISIONS.get(str(detail.get("kind")), ""), str(detail.get("reason", ""))]
            found.setdefault(alert, []).append({"at": row["at"], "who": row["actor"], "text": ": ".join(filter(None, said))})
    return found


def _people(events: Iterable[tuple[Row, Mapping[str, Any]]]) -> list[tuple[str, int]]:
    """Who acted, the busiest first."""
    return sorted(Counter(row["actor"] for row, _ in events).items(), key=lambda one: (-one[1], one[0]))
