"""Incidents that people close by hand, and open again; and what opens one by itself.

A closed incident takes what is written on, owes no answer, and its alert is over. A complaint that was written afterwards opens it
again, for it is not solved; that is seen in the queue and heard by nobody, until it grows dangerously: somebody is in danger now, or
as many more tell of what is urgent as begin an alert.
"""

from __future__ import annotations

from typing import Final

from monitor.model.rows import AlertRow, AppealRow
from monitor.model.verdict import Urgency
from monitor.model.watch import Action
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents
from monitor.watch.voices import Voice

NOTE: Final = "Инцидент закрыл"
"""How the note of an alert begins that is over with its incident."""


class Closing:
    """Of one region. Times are ms."""

    def __init__(self, incidents: Incidents, alerts: Alerts) -> None:
        self._incidents = incidents
        self._alerts = alerts

    def conflict(self, action: Action) -> str:
        """Why an incident can't be closed or opened, or nothing. It grows while people look at it, and that changes no decision."""
        incident = self._incidents.get(action.subject)
        if incident is None or incident.status == "void":
            return "gone"
        if action.kind == "reopen":
            return "" if incident.closed_at else "open"
        if incident.closed_at:
            return "closed"
        return "" if action.reason else "no_reason"

    def act(self, action: Action, now: int) -> list[Incident]:
        """Does what has no conflict; what else follows is for ``told``, when it is known how the incident stands."""
        incident = self._incidents.get(action.subject)
        if incident is None:
            return []
        if action.kind == "resolve":
            incident.closed_at, incident.hushed = now, len(incident.telling)
        else:
            incident.closed_at, incident.hushed = 0, -1
        self._incidents.stand(incident)
        return [incident]

    def told(self, action: Action, now: int, version: int) -> AlertRow | None:
        """What becomes of the alert of an incident that somebody has closed or opened; None for nothing."""
        alerts = self._alerts
        name = alerts.of(action.subject)
        firing, closed = alerts.get(name), alerts.closed(name)
        if action.kind == "resolve" and firing is not None and alerts.answered(name):
            return alerts.close(firing._replace(at=now, version=version), f"{NOTE} {action.actor}: {action.reason}")
        if action.kind == "reopen" and closed is not None and closed.note.startswith(NOTE):
            # As if nothing had been, without a sound.
            return alerts.back(closed._replace(at=now, version=version))
        return None

    def heard(self, incident: Incident, row: AppealRow, now: int, changes: Changes) -> bool:
        """Whether a new appeal opens an incident that somebody has closed."""
        counts = row.kind == "complaint" or row.urgency >= Urgency.URGENT
        if not incident.closed_at or not counts or row.published_at <= incident.closed_at:
            return False
        incident.closed_at = 0
        self._incidents.stand(incident)
        changes.event(incident.id, now, "", "reopened", {"post": row.id})
        return True

    def quiet(self, incident: Incident, voice: Voice) -> bool:
        """Whether a voice raises no alert since somebody has closed its incident; one that does ends that."""
        if incident.hushed < 0:
            return False
        fresh = len(incident.telling) - incident.hushed
        if incident.closed_at or not (voice.enough == 1 or 0 < voice.enough <= fresh):
            return True
        incident.hushed = -1
        self._alerts.forgive(self._alerts.of(incident.id))
        return False
