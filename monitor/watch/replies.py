"""Answers of offices: which incident each is of, and which of an incident's counts."""

from __future__ import annotations

from detectors.answers.asked import asked
from monitor.model.incident import Reply
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow, ReplyRow
from monitor.profile.model import Profile
from monitor.watch import answers, rows
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents
from monitor.watch.overdue import Overdue
from monitor.watch.terms import Terms


class Replies:
    """The answers to the incidents that are kept. Methods return the incident whose figures have changed, if one has."""

    def __init__(self, profile: Profile, incidents: Incidents, alerts: Alerts, terms: Terms, overdue: Overdue) -> None:
        self.rows: dict[str, ReplyRow] = {}
        self._profile = profile
        self._incidents = incidents
        self._alerts = alerts
        self._terms = terms
        self._overdue = overdue

    def take(self, reply: Reply, appeal: AppealRow | None, changes: Changes) -> Incident | None:
        """An answer to an appeal, as far as that is known."""
        name = appeal.incident if appeal else ""
        row = rows.reply(reply, name, changes)
        changes.replies[row.id] = row
        incident = self._incidents.get(name)
        if incident is None:
            # It answers what watch does not keep: written for the reader, remembered by nobody.
            return None
        self.rows[row.id] = row
        incident.replies[row.id] = None
        self.judge(incident)
        detail: dict[str, object] = {"reply": reply.id, "quality": reply.quality}
        if reply.quality != "redirect" and (asks := asked(reply.text)):
            detail["asks"] = asks
        changes.event(name, reply.published_at, "", "reply", detail)
        if reply.quality in ("substantive", "interim"):
            known = self._profile.sources.get(reply.source)
            by = known.name if known else reply.source
            told = self._alerts.of(name), self._overdue.alert(name)
            for alert in answers.taken(self._alerts, told, by, reply.published_at, changes.version):
                changes.alerts[alert.id] = alert
                changes.event(name, reply.published_at, "", "taken", {"alert": alert.id, "reply": reply.id})
        if reply.quality == "interim":
            self._terms.extend(incident, reply.published_at)
        return incident

    def drop(self, reply: str, changes: Changes) -> Incident | None:
        """An answer was deleted."""
        row = self.rows.pop(reply)
        changes.replies[reply] = row._replace(deleted=True, version=changes.version)
        incident = self._incidents.get(row.incident)
        if incident is not None:
            incident.replies.pop(reply, None)
            self.judge(incident)
        return incident

    def move(self, appeal: str, old: Incident, new: Incident, changes: Changes) -> None:
        """An appeal has changed its incident: the answers to it go with it."""
        for name in [name for name in old.replies if self.rows[name].appeal == appeal]:
            del old.replies[name]
            new.replies[name] = None
            self.rows[name] = changes.replies[name] = self.rows[name]._replace(incident=new.id, version=changes.version)
        self.judge(new)
        self.judge(old)

    def judge(self, incident: Incident) -> None:
        """The latest answer counts, in whatever order answers came, were edited and were deleted."""
        replies = sorted((self.rows[name] for name in incident.replies), key=lambda row: row.published_at)
        incident.last_reply = replies[-1].quality if replies else ""

    def forget(self, incident: Incident) -> None:
        for reply in incident.replies:
            self.rows.pop(reply, None)

    def dump(self) -> Plain:
        return [rows.plain(row) for row in self.rows.values()]

    def load(self, state: Plain) -> None:
        # In place: others hold them too.
        self.rows.clear()
        self.rows.update((row[0], rows.restored(ReplyRow, row)) for row in state)
