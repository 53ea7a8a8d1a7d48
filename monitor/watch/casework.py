"""Appeals, replies, incidents and deadlines of a region: what belongs together, what it is worth, who owes an answer."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.base import Duplicates, Match
from monitor.model.incident import Appeal, Reply
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.model.watch import Action, Version
from monitor.profile.model import Profile
from monitor.watch import rows
from monitor.watch.alerts import Alerts
from monitor.watch.closing import Closing
from monitor.watch.context import Contexts
from monitor.watch.dangers import danger
from monitor.watch.decisions import Decisions
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents
from monitor.watch.overdue import Overdue
from monitor.watch.regroup import Regroup
from monitor.watch.replies import Replies
from monitor.watch.settings import WatchSettings
from monitor.watch.standing import Standing
from monitor.watch.tension import Tension
from monitor.watch.terms import Terms
from monitor.watch.voices import voice


class Casework:
    """The cases of one region. Every method takes the region's clock (ms) as ``now``."""

    def __init__(self, profile: Profile, settings: WatchSettings, duplicates: Duplicates, tension: Tension, alerts: Alerts) -> None:
        self.appeals: dict[str, AppealRow] = {}
        self._profile = profile
        self._settings = settings
        self._duplicates = duplicates
        self._tension = tension
        self._alerts = alerts
        self._contexts = Contexts(profile, lambda name: self.appeals.get(name))
        self._incidents = Incidents(profile, settings.incident_window)
        self._regroup = Regroup(profile.id, self._incidents)
        self._terms = Terms(profile, self._incidents.get)
        self._overdue = Overdue(self._incidents, alerts)
        self._replies = Replies(profile, self._incidents, alerts, self._terms, self._overdue)
        self._closing = Closing(self._incidents, alerts)
        self._show = Standing(alerts, self._overdue, self._terms).show
        self._decisions = Decisions(self._incidents, self._regroup, self._closing, self._replies, self._terms, self._stop, self._show)

    def take(self, appeals: Sequence[Appeal], now: int, changes: Changes, effects: WatchEffects, *, past: bool = False) -> None:
        """Appeals, or later versions of some: finds their duplicates and their incidents, and counts them.

        ``past``: they were read back out of history. They form incidents, but owe nobody an answer yet and alarm nobody; so do those
        that were old when they were first read, except that an office owes an answer to what another system has registered.
        """
        judged = []
        for appeal in appeals:
            before = self.appeals.get(appeal.id)
            if before is not None and before.status == "rejected":
                # A person's decision outranks every later version of the post.
                self._put(before._replace(revision=appeal.revision, version=changes.version), changes)
            else:
                judged.append(appeal)
        direct = [appeal for appeal in judged if not appeal.verdict.echo]
        matches = self._duplicates.add_all([(appeal.id, appeal.text) for appeal in direct], now)
        for appeal, match in zip(direct, matches, strict=True):
            parent = self._contexts.parent(appeal)
            self._join(self._contexts.read(appeal, parent) if parent else appeal, match, now, changes, effects, past)
        # What they answer may be of the same page, in whatever order.
        for appeal in judged:
            if appeal.verdict.echo:
                self._echo(appeal, now, changes, effects, past)

    def _echo(self, appeal: Appeal, now: int, changes: Changes, effects: WatchEffects, past: bool) -> None:
        """A comment that is what the appeal is that it answers. «У нас тоже» is no duplicate of any other «у нас тоже»."""
        parent = self._contexts.parent(appeal)
        if parent is not None:
            self._duplicates.forget(appeal.id)
            read = self._contexts.read(appeal, parent)
            self._join(read, None, now, changes, effects, past, None if read.verdict.place.exact else parent)
        elif appeal.verdict.appeal:
            match = self._duplicates.add(appeal.id, appeal.text, now)
            self._join(appeal, match, now, changes, effects, past)
        elif (row := self.appeals.get(appeal.id)) is not None and row.status == "active":
            self._stop(row, "withdrawn", appeal.revision, now, changes)

    def _join(
        self,
        appeal: Appeal,
        match: Match | None,
        now: int,
        changes: Changes,
        effects: WatchEffects,
        past: bool,
        like: AppealRow | None = None,
    ) -> None:
        """``like``: the appeal whose incident is this one's too, where that still goes on."""
        old = past or appeal.past
        before = self.appeals.get(appeal.id)
        was_counted = before is not None and self._tension.uncount(before, changes)
        incident = self._incident(appeal, before, self.appeals.get(match.post) if match else like, match, now, changes)
        row = rows.appeal(appeal, match, incident.id, changes)
        self._put(row, changes)
        urgency = incident.urgency
        if before is None:
            self._incidents.join(incident, row)
            if self._closing.heard(incident, row, now, changes):
                self._terms.owed(incident, now)
        else:
            incident.members[row.id] = None
            self._incidents.recount(incident, self.appeals)
            self._left(before, row, incident, changes, now)
        if not (past if appeal.network == "appeal" else old) and (not incident.deadline or incident.urgency > urgency):
            # What history has opened is owed an answer from the moment on at which somebody writes of it anew.
            self._terms.owed(incident, incident.opened_at if incident.deadline else now)
        # What was counted as news stays so, though it is judged again in silence.
        self._tension.count(row, appeal.text, changes, past=old and not was_counted)
        effects.appeals += 1
        effects.matched += match is not None
        for other in self._incidents.parents.place(incident, [theme for theme, _ in appeal.verdict.themes]):
            if other is not incident:
                self._show(other, now, changes)
        shown = self._show(incident, now, changes)
        if not old:
            heard = voice(row, appeal.text, self.appeals.get(row.cluster), self._settings.rare)
            if self._closing.quiet(incident, heard):
                return
            danger(self._alerts, row, shown, len(incident.telling), appeal, heard, now, changes, effects)

    def later(self, later: Version, now: int, changes: Changes, effects: WatchEffects, *, past: bool = False) -> None:
        """A later version of a post that was sent before: edited, deleted, or chatter now."""
        if later.appeal is not None:
            self.take([later.appeal], now, changes, effects, past=past)
        elif later.id in self._replies.rows:
            self._answered(self._replies.drop(later.id, changes), now, changes)
        elif (row := self.appeals.get(later.id)) is not None:
            status = "deleted" if later.change == "deleted" else "withdrawn"
            self._stop(row, row.status if row.status == "rejected" else status, later.revision, now, changes)

    def reply(self, reply: Reply, now: int, changes: Changes) -> None:
        self._answered(self._replies.take(reply, self.appeals.get(reply.appeal), changes), now, changes)

    def _answered(self, incident: Incident | None, now: int, changes: Changes) -> None:
        if incident is not None:
            self._show(incident, now, changes)

    def erase(self, posts: Sequence[str], now: int, changes: Changes) -> None:
        """Posts of a person who is erased: they count no more, and nothing here tells whose they were or what they said."""
        for post in posts:
            if post in self._replies.rows:
                self._answered(self._replies.drop(post, changes), now, changes)
                changes.replies[post] = changes.replies[post]._replace(url="")
            row = self.appeals.get(post)
            if row is None:
                continue
            changes.alerts |= {alert.id: alert for alert in self._alerts.silenced(row, changes.version)}
            if row.status == "active":
                self._stop(row, "deleted", row.revision, now, changes)
            row = self.appeals[post]
            self._put(row._replace(author="", url="", street="", house="", facility="", version=changes.version), changes)
        self._tension.erase(posts)

    def act(self, action: Action, now: int, changes: Changes) -> None:
        """A person's decision: one of decisions.KINDS."""
        self._decisions.act(action, self.appeals, now, changes)

    def overdue(self, now: int, changes: Changes, effects: WatchEffects) -> None:
        """Marks the open incidents whose deadline has passed without an answer of substance, and tells of those that matter."""
        self._overdue.late(self._terms.passed(now), now, changes, effects)

    def forget(self) -> None:
        """Keeps within the bounds: whole incidents go, the least recently touched first, with all their appeals."""
        while len(self.appeals) > self._settings.appeals or len(self._incidents) > self._settings.incidents:
            gone = self._incidents.forget_oldest()
            for post in gone.members:
                if post in self.appeals and self.appeals[post].incident == gone.id:
                    del self.appeals[post]
            self._replies.forget(gone)
            self._regroup.forget(gone)
            self._alerts.gone(gone.id)
            self._overdue.forget(gone.id)
            self._terms.clear(len(self._incidents))

    def _incident(
        self, appeal: Appeal, before: AppealRow | None, like: AppealRow | None, match: Match | None, now: int, changes: Changes
    ) -> Incident:
        """The incident that an appeal belongs to: its own if the edit told of the same, another's, or a new one."""
        if (pinned := self._regroup.pinned(appeal.id)) is not None:
            return pinned
        verdict = appeal.verdict
        key = self._incidents.key(verdict.theme, verdict.place, verdict.urgency)
        if before is not None and (own := self._incidents.get(before.incident)) is not None:
            same = before.group == verdict.group and self._incidents.key(before.theme, before, before.urgency) == key
            if same:
                return own
        incident = self._incidents.find(appeal, key, like, match.score) if match else self._incidents.find(appeal, key, like)
        if incident is None:
            incident = self._incidents.open(appeal, key, now)
            changes.event(incident.id, now, "", "opened", {"post": appeal.id})
        return incident

    def _left(self, before: AppealRow, row: AppealRow, incident: Incident, changes: Changes, now: int) -> None:
        """An appeal that was edited into another problem leaves its old incident, with the answers to it."""
        old = self._incidents.get(before.incident)
        if old is None or old is incident:
            return
        old.members.pop(row.id, None)
        self._replies.move(row.id, old, incident, changes)
        self._incidents.recount(old, self.appeals)
        self._show(old, now, changes)

    def _stop(self, row: AppealRow, status: str, revision: int, now: int, changes: Changes, actor: str = "") -> None:
        """An appeal stops counting: deleted, edited into chatter, or rejected by a person."""
        self._tension.uncount(row, changes)
        row = row._replace(status=status, revision=revision, decided_by=actor or row.decided_by, version=changes.version)
        self._put(row, changes)
        self._duplicates.forget(row.id)
        incident = self._incidents.get(row.incident)
        if incident is not None:
            self._incidents.recount(incident, self.appeals)
            changes.event(incident.id, now, actor, status, {"post": row.id})
            self._show(incident, now, changes)

    def _put(self, row: AppealRow, changes: Changes) -> None:
        self.appeals[row.id] = changes.appeals[row.id] = row

    def dump(self) -> Plain:
        return {
            "appeals": [rows.plain(row) for row in self.appeals.values()],
            "replies": self._replies.dump(),
            "incidents": self._incidents.dump(),
            "deadlines": self._terms.dump(),
            "overdue": self._overdue.dump(),
            "duplicates": self._duplicates.dump(),
            "pinned": self._regroup.pins,
        }

    def load(self, state: Plain) -> None:
        self.appeals = {row[0]: rows.restored(AppealRow, row) for row in state["appeals"]}
        self._replies.load(state["replies"])
        self._incidents.load(state["incidents"])
        self._terms.load(state["deadlines"])
        self._overdue.load(state.get("overdue"))
        self._duplicates.load(state["duplicates"])
        self._regroup.pins = state.get("pinned", {})
