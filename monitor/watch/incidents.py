"""Appeals on the same problem in the same place: who joins what, and what an incident's figures are.

An appeal joins the incident of the post that it duplicates; else the open incident with the same theme at the same exact place
(where the house is known, also with the second or third theme of the appeal: a house has few problems at a time, and people write
of the cold both as heating and as management); else, where only a small territory is known, the one with the same theme there;
else it founds a new one. Figures are those of the active members.
"""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from monitor.model.incident import Appeal
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow, IncidentRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Profile
from monitor.triage.hashes import short_hash

SMALL = ("settlement", "district")
NARROW = 20_000
"""Settlements and districts with no more residents are small enough that the same theme within the window is taken for the same
problem; in larger ones only what is urgent is, since that is rare and must not wait for an address."""

Key = tuple[str, ...]
Spot = tuple[str, str, str, str]
"""Theme, street, house, facility: what an exact place is called in whatever territory."""


class Incident(Struct, gc=False):
    """An incident as watch keeps it. ``members`` holds all that ever joined and still count or may count again."""

    id: str
    group: str
    theme: str
    territory: str
    settlement: str
    street: str
    house: str
    facility: str
    first_member: str
    opened_at: int
    status: str = "open"
    body: str = ""
    urgency: int = 0
    deadline: int = 0
    first_seen: int = 0
    last_seen: int = 0
    active: int = 0
    duplicates: int = 0
    authors: dict[str, int] = {}
    members: dict[str, None] = {}
    replies: dict[str, None] = {}
    last_reply: str = ""
    overdue: bool = False

    def owes(self, at: int) -> bool:
        """Whether an answer of substance should have been there by this moment (ms)."""
        return self.status == "open" and self.last_reply != "substantive" and 0 < self.deadline <= at

    def row(self, region: str, version: int) -> IncidentRow:
        return IncidentRow(
            self.id,
            region,
            self.status,
            self.group,
            self.theme,
            self.territory,
            self.settlement,
            self.street,
            self.house,
            self.facility,
            self.body,
            self.urgency,
            self.first_member,
            self.opened_at,
            self.first_seen,
            self.last_seen,
            self.deadline,
            self.active,
            len(self.authors),
            self.duplicates,
            len(self.replies),
            self.last_reply,
            version,
        )


def _spot(incident: Incident) -> Spot:
    return (incident.theme, incident.street, incident.house, incident.facility)


def _author(row: AppealRow) -> str:
    """Who wrote it; where that is not known every post is taken for another person's."""
    return row.author or row.id


class Incidents:
    """The incidents of a region that may still change, least recently touched first."""

    def __init__(self, profile: Profile, window: int) -> None:
        self._profile = profile
        self._window = window
        # A plain dict walks over all that it has lost at its front to find its oldest key.
        self._incidents: OrderedDict[str, Incident] = OrderedDict()
        self._by_key: dict[Key, str] = {}
        self._by_spot: dict[Spot, dict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._incidents)

    def get(self, incident: str) -> Incident | None:
        return self._incidents.get(incident)

    def key(self, theme: str, place: Place | AppealRow, urgency: int) -> Key | None:
        """What the place and the problem are called for grouping; None where too little is known."""
        if not theme:
            return None
        if place.street or place.facility:
            return (theme, place.territory, place.settlement, place.street, place.house, place.facility)
        if theme.endswith(".other"):
            # What fits no theme is not one problem.
            return None
        territory = self._profile.territories.get(place.territory)
        if territory is None or territory.kind not in SMALL:
            return None
        if (territory.population or 0) > NARROW and urgency < Urgency.URGENT:
            return None
        return (theme, place.territory)

    def find(self, verdict: Verdict, key: Key | None, at: int, like: AppealRow | None) -> Incident | None:
        """The incident that an appeal of this key and time (ms) joins, if there is one; ``like`` is the post that it duplicates."""
        if like is not None:
            found = self._incidents.get(like.incident)
            if found is not None and found.status == "open":
                return found
        if verdict.place.exact:
            return self._at_spot(verdict, at)
        found = self._incidents.get(self._by_key.get(key, "")) if key else None
        return found if found is not None and self._goes_on(found, at) else None

    def _at_spot(self, verdict: Verdict, at: int) -> Incident | None:
        """The incident at the exact place of a verdict. Its territory may be known better or worse by others who write."""
        place = verdict.place
        others = [theme for theme, _ in verdict.themes if theme != verdict.theme] if place.house else []
        for theme in (verdict.theme, *others):
            names = self._by_spot.get((theme, place.street, place.house, place.facility), ()) if theme else ()
            here = [
                one
                for one in (self._incidents[name] for name in names)
                if self._goes_on(one, at)
                and (one.settlement == place.settlement or not (one.settlement and place.settlement))
                and self._meet(one.territory, place.territory)
            ]
            if here:
                return max(here, key=lambda one: (one.territory == place.territory, one.last_seen, one.id))
        return None

    def _goes_on(self, incident: Incident, at: int) -> bool:
        return incident.status == "open" and at - incident.last_seen <= self._window

    def _meet(self, one: str, other: str) -> bool:
        """True if one of two territories lies in the other. The same address in an unknown town may be another."""
        return one == other or one in self._profile.path(other) or other in self._profile.path(one)

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
        if place.exact:
            self._by_spot.setdefault(_spot(incident), {})[name] = None
        elif key:
            self._by_key[key] = name
        return incident

    def touch(self, incident: Incident) -> None:
        self._incidents.move_to_end(incident.id)

    def join(self, incident: Incident, row: AppealRow) -> None:
        """Counts an active appeal in. Its figures grow; nothing is counted anew."""
        incident.members[row.id] = None
        author = _author(row)
        incident.authors[author] = incident.authors.get(author, 0) + 1
        incident.active += 1
        incident.duplicates += row.cluster != row.id
        incident.first_seen = min(incident.first_seen or row.published_at, row.published_at)
        incident.last_seen = max(incident.last_seen, row.published_at)
        incident.urgency = max(incident.urgency, row.urgency)
        incident.status = "open"
        self.touch(incident)

    def recount(self, incident: Incident, rows: dict[str, AppealRow]) -> None:
        """Figures anew from the active members, after one has gone or changed. No member left: the incident is void."""
        rows_of = [rows[member] for member in incident.members if member in rows]
        active = [row for row in rows_of if row.status == "active" and row.incident == incident.id]
        incident.authors = {}
        for row in active:
            incident.authors[_author(row)] = incident.authors.get(_author(row), 0) + 1
        incident.active = len(active)
        incident.duplicates = sum(row.cluster != row.id for row in active)
        incident.urgency = max((row.urgency for row in active), default=0)
        if active:
            incident.first_seen = min(row.published_at for row in active)
            incident.last_seen = max(row.published_at for row in active)
        incident.status = "open" if active else "void"
        self.touch(incident)

    def forget_oldest(self) -> Incident:
        """Drops the incident that was touched longest ago and returns it, for its members to be dropped too."""
        _, incident = self._incidents.popitem(last=False)
        wide = (incident.theme, incident.territory)
        if self._by_key.get(wide) == incident.id:
            del self._by_key[wide]
        here = self._by_spot.get(_spot(incident), {})
        here.pop(incident.id, None)
        if not here:
            self._by_spot.pop(_spot(incident), None)
        return incident

    def dump(self) -> Plain:
        incidents = [[getattr(one, name) for name in Incident.__struct_fields__] for one in self._incidents.values()]
        return [incidents, [[list(key), name] for key, name in self._by_key.items()]]

    def load(self, state: Plain) -> None:
        incidents, keys = state
        self._incidents = OrderedDict((values[0], Incident(*values)) for values in incidents)
        # Snapshots of before hold exact places here too.
        self._by_key = {tuple(key): name for key, name in keys if len(key) == len(("theme", "territory"))}
        self._by_spot = {}
        for one in self._incidents.values():
            if one.street or one.facility:
                self._by_spot.setdefault(_spot(one), {})[one.id] = None
