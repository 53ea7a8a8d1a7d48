"""From an appeal to the alert of its incident: whether it is enough to wake somebody, and what of it stands in the history."""

from __future__ import annotations

from monitor.model.incident import Appeal
from monitor.model.rows import AppealRow, IncidentRow
from monitor.model.verdict import Urgency
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.voices import Voice


def danger(
    alerts: Alerts,
    row: AppealRow,
    incident: IncidentRow,
    telling: int,
    appeal: Appeal,
    heard: Voice,
    now: int,
    changes: Changes,
    effects: WatchEffects,
) -> None:
    """Tells of an urgent appeal that has joined its incident, of whose authors so many are ``telling`` of what is urgent.

    Of what an alert tells already each further one is a part.
    """
    if row.urgency < Urgency.URGENT:
        return
    before = alerts.telling(incident, now, heard.rare)
    if not 0 < heard.enough <= telling and (before is None or not before.incident):
        return
    joins = before is not None and before.kind == "spike" and not alerts.of(incident.id)
    told = alerts.danger(incident, telling, now, appeal.text, changes.version, row, heard.rare)
    changes.alerts |= {alert.id: alert for alert in told}
    if joins and before is not None:
        changes.event(incident.id, now, "", "spike", {"alert": before.id, "series": before.subject, "observed": before.observed})
    alert = told[-1] if told else None
    if alert is not None and alert.status == "firing" and (before is None or alert.sounds > before.sounds):
        effects.detected.append(appeal.fetched_at)
        effects.alerts.append((alert.kind, alert.level))
