"""What a record brings about in watch: rows, and records for other topics."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from monitor.model.rows import AlertRow, AppealRow, IncidentEventRow, IncidentRow, ReplyRow, Row, SeriesRow
from monitor.outgoing import write
from monitor.outgoing.write import Outgoing


@dataclass(slots=True)
class WatchEffects:
    """Effects of a batch in order. ``detected`` are fetch times (ms) of what raised alerts, ``matched`` near-duplicates found,
    ``doubted`` records whose time was not believed."""

    rows: list[Row] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    detected: list[int] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    appeals: int = 0
    matched: int = 0
    repeats: int = 0
    doubted: int = 0


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
        self._place = f"{version:032x}"

    def event(self, incident: str, at: int, actor: str, kind: str, detail: dict[str, object], name: str = "") -> None:
        number = len(self.events)
        identity = name or f"{incident}:{self._place}:{number}"
        text = orjson.dumps(detail).decode()
        self.events.append(IncidentEventRow(identity, self.region, incident, at, actor, kind, text, self.version))

    def into(self, effects: WatchEffects, clock: int) -> None:
        """``clock``: the region's (ms), which is the time of what other systems are told."""
        rows = effects.rows
        rows.extend(self.appeals.values())
        rows.extend(self.replies.values())
        rows.extend(self.incidents.values())
        rows.extend(self.events)
        rows.extend(self.series.values())
        rows.extend(self.alerts.values())
        if self.incidents or self.alerts or self.replies:
            time = write.moment(clock)
            effects.outgoing.extend(write.incident(row, time) for row in self.incidents.values())
            effects.outgoing.extend(write.alert(row, time) for row in self.alerts.values())
            effects.outgoing.extend(write.reply(row, time) for row in self.replies.values())
