"""What people decide about appeals and incidents; the outcome of each is an event whose id is the action's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.model.rows import AppealRow, IncidentRow
from monitor.model.watch import Action
from monitor.watch.closing import Closing
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents
from monitor.watch.regroup import Regroup
from monitor.watch.replies import Replies
from monitor.watch.terms import Terms

OF_INCIDENTS = ("join", "apart", "resolve", "reopen")
KINDS = ("not_appeal", "split", *OF_INCIDENTS)
"""Actions that are none about an alert."""

Stop = Callable[[AppealRow, str, int, int, Changes, str], None]
Show = Callable[[Incident, int, Changes], IncidentRow]


class Decisions:
    """``stop`` takes an appeal out of the count, ``show`` tells how an incident stands."""

    def __init__(
        self, incidents: Incidents, regroup: Regroup, closing: Closing, replies: Replies, terms: Terms, stop: Stop, show: Show
    ) -> None:
        self._incidents = incidents
        self._regroup = regroup
        self._closing = closing
        self._replies = replies
        self._terms = terms
        self._stop = stop
        self._show = show

    def act(self, action: Action, appeals: dict[str, AppealRow], now: int, changes: Changes) -> None:
        """Takes one of KINDS; ``now`` is ms."""
        row = appeals.get(action.subject)
        if action.kind in ("resolve", "reopen"):
            name, conflict = action.subject, self._closing.conflict(action)
        elif action.kind in OF_INCIDENTS:
            name, conflict = action.subject, self._regroup.conflict(action)
        elif row is None:
            name, conflict = "", "unknown"
        else:
            changed = "" if str(row.version) == action.based_on else "changed"
            name, conflict = row.incident, changed if row.status == "active" else row.status
            if action.kind == "split" and not conflict:
                conflict = self._regroup.alone(row)
        subject = "incident" if action.kind in OF_INCIDENTS else "post"
        detail: dict[str, object] = {"kind": action.kind, subject: action.subject, "accepted": not conflict, "conflict": conflict}
        if action.into:
            detail["into"] = action.into
        if action.reason:
            detail["reason"] = action.reason
        changes.event(name, action.at, action.actor, "action", detail, action.id)
        if conflict:
            return
        if action.kind == "not_appeal" and row is not None:
            self._stop(row, "rejected", row.revision, now, changes, action.actor)
        elif action.kind in ("resolve", "reopen"):
            self._closed(action, now, changes)
        else:
            self._regrouped(self._regroup.act(action, appeals, self._replies.rows, now, changes), appeals, now, changes)

    def _closed(self, action: Action, now: int, changes: Changes) -> None:
        for incident in self._closing.act(action, now):
            self._show(incident, now, changes)
        if (alert := self._closing.told(action, now, changes.version)) is not None:
            changes.alerts[alert.id] = alert

    def _regrouped(self, touched: Sequence[Incident], appeals: dict[str, AppealRow], now: int, changes: Changes) -> None:
        """Incidents that people have put together or taken apart: their figures, and a deadline for those that have none."""
        for incident in touched:
            self._incidents.recount(incident, appeals)
            self._replies.judge(incident)
            if incident.active and not incident.deadline:
                self._terms.owed(incident, now)
        moved = {one.id: one for incident in touched for one in (incident, *self._incidents.parents.again(incident))}
        for one in moved.values():
            self._show(one, now, changes)
