"""A town whose houses fail one after another, minute by minute, and what is told of it."""

from __future__ import annotations

from typing import Literal

from monitor.model.incident import Appeal, Reply
from monitor.model.rows import AlertRow, AppealRow, IncidentRow, Row
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Action, ActionKind, Findings, Tick, Version, WatchRecord
from sources.simulated.world import World
from tests.crash.region import EPOCH, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record

DUE = 30
"""Minutes from an urgent appeal to its deadline; an interim answer gives 15 more."""


class Town:
    """Watch, its rows, and alerts and incidents as they stand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stage = watch(world)
        self.rows: list[Row] = []
        self.alerts: dict[str, AlertRow] = {}
        self.incidents: dict[str, IncidentRow] = {}
        self.minute = 0
        self._offset = self._page = 0
        self.take(use())

    def take(self, record: WatchRecord) -> None:
        new = self.stage.process([watch_record(self._offset, record)]).rows
        self._offset += 1
        self.rows += new
        self.alerts |= {row.id: row for row in new if isinstance(row, AlertRow)}
        self.incidents |= {row.id: row for row in new if isinstance(row, IncidentRow)}

    def at(self, minute: int) -> list[AlertRow]:
        """Time passes; returns the alerts of missed deadlines that fire."""
        self.minute = minute
        self.take(Tick(START + minute * MINUTE))
        return [row for row in self.alerts.values() if row.kind == "overdue" and row.status == "firing"]

    def cold(
        self, house: int, street: str = "мира", theme: str = "housing.heating", urgency: Urgency = Urgency.URGENT, who: str = ""
    ) -> str:
        """Somebody writes of it; its incident. ``who``: another one than the first."""
        place = Place("grad-1", "", street, str(house))
        verdict = Verdict("complaint", 900, theme.partition(".")[0], theme, [(theme, 900)], place, "b", urgency=urgency)
        name = f"{street}-{house}-{theme}{who}"
        at = START + self.minute * MINUTE
        self._find(appeals=[Appeal(name, f"{street} {house}, {theme}", at, at, "s", "sim", verdict, author=name)])
        return next(row.incident for row in reversed(self.rows) if isinstance(row, AppealRow) and row.id == name)

    def answer(self, incident: str, quality: Literal["interim", "substantive"]) -> None:
        post = self.incidents[incident].first_member
        self._find(replies=[Reply(f"r{self._page}", post, "Ответ", START + self.minute * MINUTE, "s", quality)])

    def delete(self, incident: str) -> None:
        self._find(versions=[Version(self.incidents[incident].first_member, 2, "deleted", None)])

    def act(self, kind: ActionKind, subject: str, into: str = "", version: int = 1, reason: str = "") -> None:
        at = START + self.minute * MINUTE
        self.take(Action(f"a{self._offset}", kind, REGION, subject, str(version), "anna", at, into=into, reason=reason))

    def restart(self) -> None:
        state = self.stage.dump(REGION)
        self.stage = watch(self.world)
        self.stage.load(REGION, state, 0)

    def _find(
        self, appeals: list[Appeal] | None = None, replies: list[Reply] | None = None, versions: list[Version] | None = None
    ) -> None:
        self._page += 1
        at = START + self.minute * MINUTE
        found = Findings(
            (EPOCH, 0, self._page), REGION, "s", at, at, 1, appeals=appeals or [], replies=replies or [], versions=versions or []
        )
        self.take(found)
