"""Rows and log records as the page shows them: one shape for what lists bring and what events push."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from dashboards.console.deps import ConsoleDeps
from monitor.watch.wording import capital

_ALERT = ("id", "kind", "subject", "level", "status", "at", "title", "text", "territory", "group", "theme", "incident")
_ALERT_FIGURES = ("since", "observed", "expected", "surprise", "authors", "complete")
_ALERT_ANSWER = ("claimed_by", "answered_by", "answered_at", "snoozed_until", "tasked_by", "tasked_at", "taken_by")
_ALERT_SOUND = ("sounds", "why", "note", "body")
_INCIDENT = ("id", "status", "group", "theme", "territory", "body", "urgency", "first_member", "opened_at", "first_seen")
_INCIDENT_FIGURES = ("last_seen", "deadline", "members", "authors", "duplicates", "replies", "last_reply", "parent", "cause")


def safe_url(url: str) -> str:
    """The address if it is one of the web, else nothing: ``javascript:`` and the like never reach the page."""
    return url if url.startswith(("https://", "http://")) else ""


def _strings(value: Any) -> list[str]:
    """A list of strings, given as one or as its JSON (a row's ``words`` and ``examples``)."""
    return list(orjson.loads(value or "[]")) if isinstance(value, str | bytes) else list(value)


class Views:
    """Makes views with the region's Russian names. An outgoing event's ``data`` is a row without its version, lists being lists."""

    def __init__(self, deps: ConsoleDeps) -> None:
        self._profile = deps.profile
        self._group = deps.group_name
        self._theme = deps.theme_name

    def territory(self, slug: str) -> str:
        """The territory's name; the region's own where none is known."""
        if slug in self._profile.territories:
            return self._profile.territories[slug].name
        return slug or self._profile.name

    def body(self, slug: str) -> str:
        return self._profile.bodies[slug].name if slug in self._profile.bodies else slug

    def problem(self, group: str, theme: str) -> str:
        """The narrowest name of what it is about."""
        if theme:
            return self._theme(theme)
        return self._group(group) if group else "Тема не определена"

    def clock(self, at: int) -> str:
        """The region's local time of day."""
        return datetime.fromtimestamp(at / 1000, self._profile.calendar.timezone).strftime("%H:%M")

    def where(self, row: Mapping[str, Any]) -> str:
        """The place within its territory, «Степана Разина, 14»; empty where only the territory is known."""
        settlement = capital(row["settlement"])
        if settlement.casefold() == self.territory(row.get("territory", "")).casefold():
            settlement = ""
        parts = [settlement, capital(row["facility"]), capital(row["street"]), row["house"]]
        return ", ".join(part for part in parts if part)

    def words(self, row: Mapping[str, Any]) -> list[str]:
        """The words of an alert, those that most of its texts share first."""
        return _strings(row["words"])

    def alert(self, row: Mapping[str, Any], version: object) -> dict[str, Any]:
        return {
            **{name: row[name] for name in _ALERT + _ALERT_FIGURES + _ALERT_ANSWER + _ALERT_SOUND},
            "version": str(version),
            "complete": bool(row["complete"]),
            "words": self.words(row),
            "examples": _strings(row["examples"]),
            "territory_name": self.territory(row["territory"]),
            "problem": self.problem(row["group"], row["theme"]),
            "body_name": self.body(row["body"]),
        }

    def incident(self, row: Mapping[str, Any], version: object) -> dict[str, Any]:
        return {
            **{name: row[name] for name in _INCIDENT + _INCIDENT_FIGURES},
            "version": str(version),
            "where": self.where(row),
            "territory_name": self.territory(row["territory"]),
            "group_name": self.problem(row["group"], ""),
            "block": self._profile.block(row["group"], row["theme"]),
            "problem": self.problem(row["group"], row["theme"]),
            "body_name": self.body(row["body"]),
        }
