"""What a record brings about in watch: rows, and records for other topics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from monitor.log.base import ALERTS, INCIDENTS
from monitor.model.rows import AlertRow, AppealRow, IncidentEventRow, IncidentRow, ReplyRow, Row, SeriesRow


@dataclass(slots=True)
class Outgoing:
    """A record for an outgoing topic; ``key`` is the subject's id."""

    topic: str
    key: str
    value: bytes


@dataclass(slots=True)
class WatchEffects:
    """Effects of a batch in order. ``detected`` are fetch times (ms) of what raised alerts, ``matched`` near-duplicates found."""

    rows: list[Row] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    detected: list[int] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    appeals: int = 0
    matched: int = 0
    repeats: int = 0


class Changes:
    """What one record changes. Of several changes to the same thing the last one stands: one row a key and record."""

    def __init__(self, region: str, version: int) -> None:
        self.region = region
        self.version = version
        self.appeals: dict[str, AppealRow] = {}
        self.replies: dict[str, ReplyRow] = {}
        self.incidents: dict[str, IncidentRow] = {}
        self.series: dict[tuple[int, str], SeriesRow] = {}
        self.alerts: dict[str, AlertRow] = {}
        self.events: list[IncidentEventRow] = []

    def event(self, incident: str, at: int, actor: str, kind: str, detail: dict[str, object], name: str = "") -> None:
        number = len(self.events)
        identity = name or f"{incident}:{self.version:032x}:{number}"
        text = orjson.dumps(detail).decode()
        self.events.append(IncidentEventRow(identity, self.region, incident, at, actor, kind, text, self.version))

    def into(self, effects: WatchEffects) -> None:
        rows = effects.rows
        rows.extend(self.appeals.values())
        rows.extend(self.replies.values())
        rows.extend(self.incidents.values())
        rows.extend(self.events)
        rows.extend(self.series.values())
        rows.extend(self.alerts.values())
        for incident in self.incidents.values():
            effects.outgoing.append(Outgoing(INCIDENTS, incident.id, _envelope(incident.id, incident)))
        for alert in self.alerts.values():
            effects.outgoing.append(Outgoing(ALERTS, alert.id, _envelope(alert.id, alert)))


def _envelope(subject: str, row: IncidentRow | AlertRow) -> bytes:
    data: dict[str, Any] = dict(zip(row._fields, row, strict=True))
    version = data.pop("version")
    for name in ("words", "examples"):
        if name in data:
            data[name] = orjson.Fragment(data[name])
    return orjson.dumps({"id": subject, "version": str(version), "data": data})
