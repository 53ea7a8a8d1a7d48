"""Dangerous incidents with one cause: a burst main leaves eleven houses cold, and that is one alert with eleven addresses.

Only what networks bring (heat, water, power) is taken together: the same street, or the same theme in the same town or district,
within some hours. A smell of gas in another house is another danger, and has a sound of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from monitor.model.plain import Plain
from monitor.model.rows import IncidentRow
from monitor.profile.model import Profile

NETWORKS = frozenset(("housing.heating", "housing.hot_water", "housing.cold_water", "housing.electricity", "energy.outage"))
WINDOW = 6 * 3_600_000
"""Ms since something was last heard of a cause, after which the like is another one."""
AUTHORS = 20_000
"""Distinct authors that are told apart; beyond them an alert has long been as loud as can be."""


class Member(NamedTuple):
    """What an incident brings: its figures and what it is called by."""

    theme: str
    street: str
    house: str
    members: int
    body: str


class Cause(Struct):
    """``incidents`` by id in the order in which they came; ``authors`` of all of them; ``seen``: when it last grew, ms."""

    group: str
    territory: str
    seen: int
    incidents: dict[str, Member]
    authors: dict[str, None]


class Whole(NamedTuple):
    """An alert's incident as the sum of its cause: row with the sums, the name of its most told problem, and its addresses."""

    row: IncidentRow
    addresses: int


class Causes:
    """The causes of a region's dangerous incidents by the alert that tells of them."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._causes: dict[str, Cause] = {}
        self._alert: dict[str, str] = {}
        self._towns: dict[tuple[str, str], dict[str, None]] = {}

    def known(self, incident: IncidentRow, at: int) -> str:
        """The alert that tells of an incident, or of what has the same cause; empty for none."""
        return self._alert.get(incident.id) or self._alert.get(incident.parent) or self._found(incident, at)

    def join(self, incident: IncidentRow, author: str, at: int) -> str:
        """Counts an incident in, as it stands now, with whoever has just written; returns the alert that tells of it."""
        name = self.known(incident, at) or f"urgent:{incident.id}"
        cause = self._causes.get(name)
        if cause is None:
            cause = self._causes[name] = Cause(incident.group, incident.territory, at, {}, {})
            self._towns.setdefault(self._town(cause.group, cause.territory), {})[name] = None
        self._alert[incident.id] = name
        cause.seen = max(cause.seen, at)
        cause.incidents[incident.id] = Member(incident.theme, incident.street, incident.house, incident.members, incident.body)
        if len(cause.authors) < AUTHORS:
            cause.authors[author] = None
        return name

    def leave(self, incident: str) -> str:
        """An incident is over; returns its alert if that tells of nothing else, and is over too."""
        name = self._alert.pop(incident, "")
        cause = self._causes.get(name)
        if cause is None:
            return ""
        cause.incidents.pop(incident, None)
        if cause.incidents:
            return ""
        del self._causes[name]
        town = self._town(cause.group, cause.territory)
        self._towns[town].pop(name)
        if not self._towns[town]:
            del self._towns[town]
        return name

    def whole(self, name: str, incident: IncidentRow) -> Whole:
        """``incident``: the one that has just grown; of a cause that is it alone it is told as it is."""
        cause = self._causes[name]
        if len(cause.incidents) == 1:
            return Whole(incident, 1)
        members = list(cause.incidents.values())
        told = max(members, key=lambda one: sum(other.members for other in members if other.theme == one.theme))
        streets = {one.street for one in members if one.street}
        row = incident._replace(
            id=next(iter(cause.incidents)),
            theme=told.theme,
            body=told.body,
            street=next(iter(streets)) if len(streets) == 1 else "",
            house="",
            facility="",
            territory=cause.territory,
            members=sum(one.members for one in members),
            authors=len(cause.authors),
        )
        return Whole(row, len({(one.street, one.house) for one in members if one.house}))

    def _found(self, incident: IncidentRow, at: int) -> str:
        town = self._town(incident.group, incident.territory)
        if incident.theme not in NETWORKS or not town[1]:
            return ""
        for name in self._towns.get(town, ()):
            cause = self._causes[name]
            near = incident.territory in self._profile.path(cause.territory) or cause.territory in self._profile.path(
                incident.territory
            )
            if not near or at - cause.seen > WINDOW:
                continue
            known = [one for one in cause.incidents.values() if one.theme in NETWORKS]
            if any(one.theme == incident.theme or (one.street and one.street == incident.street) for one in known):
                return name
        return ""

    def _town(self, group: str, territory: str) -> tuple[str, str]:
        """Group and the widest territory within the region; empty where only the region is known."""
        path = self._profile.path(territory)
        return group, path[-2] if len(path) > 1 else ""

    def dump(self) -> Plain:
        return {
            name: [one.group, one.territory, one.seen, {key: list(each) for key, each in one.incidents.items()}, list(one.authors)]
            for name, one in self._causes.items()
        }

    def load(self, state: Plain) -> None:
        self._causes = {
            name: Cause(group, territory, seen, {key: Member(*each) for key, each in incidents.items()}, dict.fromkeys(authors))
            for name, (group, territory, seen, incidents, authors) in state.items()
        }
        self._alert = {incident: name for name, one in self._causes.items() for incident in one.incidents}
        self._towns = {}
        for name, one in self._causes.items():
            self._towns.setdefault(self._town(one.group, one.territory), {})[name] = None
