"""The incidents of a region: how one begins, what its figures are, and when it is forgotten.

Which incident an appeal joins is found by monitor.watch.joining; one that finds none founds a new one. Figures are those of the
active members; the theme is the one that most of them have.
"""

from __future__ import annotations

from collections import OrderedDict

from msgspec import structs

from monitor.model.incident import Appeal
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.profile.model import Profile
from monitor.triage.hashes import short_hash
from monitor.watch.incident import Incident
from monitor.watch.joining import Joining, Key
from monitor.watch.likeness import score
from monitor.watch.parents import Parents


class Incidents:
    """The incidents of a region that may still change, least recently touched first. ``find`` and ``key``: see Joining."""

    def __init__(self, profile: Profile, window: int) -> None:
        self._profile = profile
        # A plain dict walks over all that it has lost at its front to find its oldest key.
        self._incidents: OrderedDict[str, Incident] = OrderedDict()
        self._joining = Joining(profile, window, self._incidents)
        self.find = self._joining.find
        self.key = self._joining.key
        self.parents = Parents(profile, self._incidents.get)

    def __len__(self) -> int:
        return len(self._incidents)

    def get(self, incident: str) -> Incident | None:
        return self._incidents.get(incident)

    def open(self, appeal: Appeal, key: Key | None, at: int) -> Incident:
        """A new incident with this appeal as its first member (which still has to join)."""
        name = "i-" + short_hash(self._profile.id, appeal.id)
        if name in self._incidents:
            # Its first incident has gone on without this post, which was edited into another problem.
            name = "i-" + short_hash(self._profile.id, appeal.id, str(appeal.revision))
        verdict, place = appeal.verdict, appeal.verdict.place
        incident = self._incidents[name] = Incident(
            name,
            verdict.group,
            verdict.theme,
            place.territory,
            place.settlement,
            place.street,
            place.house,
            place.facility,
            appeal.id,
            at,
            body=verdict.body,
        )
        if place.street or place.house:
            # Asked of neighbours and streets alone.
            incident.also, incident.score = [theme for theme, _ in verdict.themes[1:]], score(verdict)
        self._joining.opened(incident, key)
        return incident

    def split(self, row: AppealRow, name: str, at: int) -> Incident:
        """An incident for one appeal that people took out of another. What the machine finds at its place stays with the other."""
        incident = self._incidents[name] = Incident(
            name,
            row.group,
            row.theme,
            row.territory,
            row.settlement,
            row.street,
            row.house,
            row.facility,
            row.id,
            at,
            body=row.body,
            alone=True,
        )
        return incident

    def touch(self, incident: Incident) -> None:
        self._incidents.move_to_end(incident.id)

    def join(self, incident: Incident, row: AppealRow) -> None:
        """Counts an active appeal in. Its figures grow; nothing is counted anew."""
        incident.members[row.id] = None
        theme = incident.theme
        incident.vote(row)
        if incident.theme != theme:
            self.parents.turned(incident)
        self._joining.index(incident, incident, row.theme)
        incident.heard(row)
        incident.active += 1
        incident.duplicates += row.cluster != row.id
        incident.first_seen = min(incident.first_seen or row.published_at, row.published_at)
        incident.last_seen = max(incident.last_seen, row.published_at)
        incident.urgency = max(incident.urgency, row.urgency)
        self.stand(incident)
        self.touch(incident)

    def stand(self, incident: Incident) -> None:
        """Open, closed by a person, or void: none of its members counts."""
        status = "void" if not incident.active else "closed" if incident.closed_at else "open"
        if incident.status != status:
            incident.status = status
            self.parents.turned(incident)

    def recount(self, incident: Incident, rows: dict[str, AppealRow]) -> None:
        """Figures anew from the active members, after one has gone or changed. No member left: the incident is void."""
        rows_of = [rows[member] for member in incident.members if member in rows]
        active = [row for row in rows_of if row.status == "active" and row.incident == incident.id]
        incident.authors, incident.telling, incident.themes = {}, {}, {}
        for row in active:
            incident.heard(row)
            incident.vote(row)
        incident.active = len(active)
        incident.duplicates = sum(row.cluster != row.id for row in active)
        incident.urgency = max((row.urgency for row in active), default=0)
        if active:
            incident.first_seen = min(row.published_at for row in active)
            incident.last_seen = max(row.published_at for row in active)
        self.stand(incident)
        self.parents.turned(incident)
        self.touch(incident)

    def forget_oldest(self) -> Incident:
        """Drops the incident that was touched longest ago and returns it, for its members to be dropped too."""
        _, incident = self._incidents.popitem(last=False)
        self._joining.forget(incident)
        self.parents.forget(incident)
        return incident

    def merge(self, older: Incident, younger: Incident) -> None:
        """What would have joined the younger one joins the older from here on. Members are the caller's to move."""
        self._joining.merged(older, younger)

    def dump(self) -> Plain:
        incidents = [structs.astuple(one) for one in self._incidents.values()]
        return [incidents, self._joining.dump(), self.parents.dump()]

    def load(self, state: Plain) -> None:
        incidents, joining, *parents = state
        for values in incidents:
            self._incidents[values[0]] = one = Incident(*values)
            one.more = [(place[0], place[1], place[2], place[3], place[4]) for place in one.more]
            one.keys = [(key[0], key[1], key[2], key[3]) for key in one.keys]
        self._joining.load(joining)
        if parents:
            self.parents.load(parents[0])
