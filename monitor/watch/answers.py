"""What people do about alerts: acknowledge, claim, release, snooze, send the body its task, take it there, close.

Each is an action of the log, with its outcome in the history.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.rows import AlertRow
from monitor.model.watch import Action
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes

SNOOZE_LONGEST = 12 * 3_600_000
"""Ms; beyond a shift nobody remembers what was put off."""


def answer(action: Action, alerts: Alerts, changes: Changes) -> None:
    """Takes an action on an alert; its outcome is an event whose id is the action's. Of two people at once the first one wins.

    What has grown silently meanwhile is no conflict: while a burst is told of, nobody could ever take its alert.
    """
    row = alerts.get(action.subject)
    conflict = _conflict(action, row) or ("" if row is not None and alerts.holds(row, action.based_on) else "changed")
    if row is not None and not conflict and action.kind == "close":
        row = alerts.close(row._replace(at=action.at, version=changes.version), f"Закрыл {action.actor}: {action.reason}")
        changes.alerts[row.id] = row
    elif row is not None and not conflict:
        row = _answered(action, row)._replace(version=changes.version)
        alerts.put(row)
        alerts.asked(row)
        changes.alerts[row.id] = row
    detail: dict[str, object] = {
        "kind": action.kind,
        "alert": action.subject,
        "until": action.until,
        "accepted": not conflict,
        "conflict": conflict,
    }
    if action.reason:
        detail["reason"] = action.reason
    if row is not None and conflict == "claimed":
        detail["claimed_by"] = row.claimed_by
    changes.event(row.incident if row else "", action.at, action.actor, "action", detail, action.id)


def wake(alerts: Alerts, now: int, changes: Changes) -> None:
    """Alerts whose snooze is over, that nobody works on for long, or that works explain no more ask for an answer again."""
    for row in alerts.waiting(now):
        alerts.rang(row, now)
        changes.alerts[row.id] = again = alerts.put(row._replace(version=changes.version))
        alerts.asked(again)
    for row in alerts.expire(now, changes.version):
        changes.alerts[row.id] = row


def taken(alerts: Alerts, names: Iterable[str], by: str, replied: int, version: int) -> list[AlertRow]:
    """An office has answered at ``replied`` (ms): tasks of these alerts that were sent before are taken."""
    found = []
    for name in names:
        row = alerts.get(name)
        if row is not None and 0 < row.tasked_at <= replied and not row.taken_by:
            found.append(alerts.put(row._replace(taken_by=by, version=version)))
    return found


def _conflict(action: Action, row: AlertRow | None) -> str:
    if row is None:
        return "over"
    taken = row.claimed_by not in ("", action.actor)
    if taken and action.kind in ("claim", "release"):
        return "claimed"
    if action.kind == "task" and not row.body:
        return "no_body"
    if action.kind == "task" and row.tasked_at:
        return "tasked"
    if action.kind == "accept" and (row.taken_by or not row.tasked_at):
        return "taken" if row.taken_by else "no_task"
    if action.kind == "close" and not action.reason:
        return "no_reason"
    if action.kind == "snooze" and not 0 < action.until - action.at <= SNOOZE_LONGEST:
        return "too_long"
    return ""


def _answered(action: Action, row: AlertRow) -> AlertRow:
    match action.kind:
        case "release":
            # Nobody has it any more: it asks for an answer again.
            return row._replace(claimed_by="", answered_by="", answered_at=0, snoozed_until=0)
        case "claim":
            row = row._replace(claimed_by=action.actor)
        case "task":
            # Whoever sends it has answered; it is the body's turn now.
            row = row._replace(tasked_by=action.actor, tasked_at=action.at)
        case "accept":
            return row._replace(taken_by=action.actor)
        case "snooze":
            row = row._replace(snoozed_until=action.until)
    return row._replace(answered_by=action.actor, answered_at=action.at)
