"""What people decide about which appeals belong together. The machine does not undo it: decisions are kept with the incidents."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.rows import AppealRow, ReplyRow
from monitor.model.watch import Action
from monitor.triage.hashes import short_hash
from monitor.watch.effects import Changes
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents


class Regroup:
    """Splits, joins and takes apart. ``pins``: appeals whose incident a person has chosen, by id."""

    def __init__(self, region: str, incidents: Incidents) -> None:
        self._region = region
        self._incidents = incidents
        self.pins: dict[str, str] = {}

    def pinned(self, appeal: str) -> Incident | None:
        """The incident that a person has chosen for an appeal, whatever its later versions say."""
        return self._incidents.get(self.pins[appeal]) if appeal in self.pins else None

    def alone(self, row: AppealRow) -> str:
        """The reason why an appeal can't be split off, or nothing."""
        incident = self._incidents.get(row.incident)
        return "alone" if incident is None or incident.active < 2 else ""

    def conflict(self, action: Action) -> str:
        """Why two incidents can't be joined or one taken out of its cause, or nothing. Their figures may have moved meanwhile: an
        incident grows while people look at it, and that changes no decision.
        """
        incident = self._incidents.get(action.subject)
        if incident is None or incident.status != "open":
            return "gone"
        if action.kind == "apart":
            return "" if incident.parent else "alone"
        other = self._incidents.get(action.into)
        if other is None or other.status != "open":
            return "gone"
        return "same" if other is incident else ""

    def act(
        self, action: Action, appeals: dict[str, AppealRow], replies: dict[str, ReplyRow], now: int, changes: Changes
    ) -> list[Incident]:
        """Does what has no conflict; returns the incidents whose figures are to be counted anew."""
        match action.kind:
            case "split":
                row = appeals[action.subject]
                old = self._incidents.get(row.incident)
                new = self._incidents.split(row, "i-" + short_hash(self._region, row.id, f"{changes.version:x}"), now)
                changes.event(new.id, now, action.actor, "opened", {"post": row.id})
                self._move([row.id], old, new, appeals, replies, changes)
                return [new] if old is None else [old, new]
            case "join":
                found = [one for one in map(self._incidents.get, (action.subject, action.into)) if one is not None]
                older, younger = sorted(found, key=lambda one: (one.opened_at, one.first_seen, one.id))
                parted = self._incidents.parents.part(younger)
                self._incidents.merge(older, younger)
                self._move(list(younger.members), younger, older, appeals, replies, changes)
                changes.event(younger.id, now, action.actor, "joined", {"into": older.id})
                return [older, younger, *(one for one in parted if one not in (older, younger))]
        incident = self._incidents.get(action.subject)
        return self._incidents.parents.part(incident) if incident is not None else []

    def forget(self, incident: Incident) -> None:
        for post in incident.members:
            if self.pins.get(post) == incident.id:
                del self.pins[post]

    def _move(
        self,
        posts: Iterable[str],
        old: Incident | None,
        new: Incident,
        appeals: dict[str, AppealRow],
        replies: dict[str, ReplyRow],
        changes: Changes,
    ) -> None:
        """Appeals change their incident, with the answers to them."""
        moved = set(posts)
        for post in posts:
            if old is not None:
                old.members.pop(post, None)
            new.members[post] = None
            self.pins[post] = new.id
            if post in appeals:
                appeals[post] = changes.appeals[post] = appeals[post]._replace(incident=new.id, version=changes.version)
        for name in [name for name in old.replies if replies[name].appeal in moved] if old is not None else []:
            if old is not None:
                del old.replies[name]
            new.replies[name] = None
            replies[name] = changes.replies[name] = replies[name]._replace(incident=new.id, version=changes.version)
