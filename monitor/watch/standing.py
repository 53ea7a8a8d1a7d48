"""How an incident stands now, whatever has changed it: its row, and what follows for its alert and for the answer that it owes."""

from __future__ import annotations

from monitor.model.rows import IncidentRow
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.overdue import Overdue
from monitor.watch.terms import Terms


class Standing:
    """Of the incidents of one region. Times are ms."""

    def __init__(self, alerts: Alerts, overdue: Overdue, terms: Terms) -> None:
        self._alerts = alerts
        self._overdue = overdue
        self._terms = terms

    def show(self, incident: Incident, now: int, changes: Changes) -> IncidentRow:
        row = changes.incidents[incident.id] = incident.row(changes.region, changes.version)
        self._alerts.stands(row)
        for alert in self._alerts.regrouped(row, incident.authors, len(incident.telling), now, changes.version):
            changes.alerts[alert.id] = alert
        if incident.status == "void":
            for alert in self._alerts.over(incident.id, now, changes.version):
                changes.alerts[alert.id] = alert
        if incident.overdue and not incident.owes(now):
            self._overdue.settled(incident, now, changes)
        elif incident.overdue:
            self._overdue.shown(incident, now, changes)
        elif incident.owes(now):
            # Its deadline passed while it was void or answered, and now it is neither.
            self._terms.again(incident, now)
        return row
