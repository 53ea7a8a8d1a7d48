"""Which incident an appeal joins: the same problem at the same place, however its theme and its territory were read.

An appeal joins the incident of the post that it duplicates; else the open incident at the same exact place on a related theme (one
system, or one of the appeal's first three themes; where the house is known, also what says too little to be another problem); else,
where only a small territory is known, the one with the same theme there.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Profile
from monitor.watch.incident import Incident
from monitor.watch.spots import Place as PlaceLike
from monitor.watch.spots import passing, same_street, spot
from monitor.watch.systems import kin, systems, vague

NARROW = 20_000
"""Settlements and districts with no more residents are small enough that the same theme within the window is taken for the same
problem; in larger ones only what is urgent is, since that is rare and must not wait for an address."""
EVENT = 3 * 3_600_000
"""Ms between two urgent appeals without an address of a large district that are about one event (a fire, a failed network), and
between two about one bus: that it is late again tomorrow is another trouble.
"""
ADDRESSLESS = 6 * 3_600_000
"""Ms between two appeals without an address of a small territory that are about one problem."""
DOUBTFUL = 300
"""Of 1000: a theme with a lower score is a guess."""
VAGUE_GAP = 12 * 3_600_000
"""Ms within which an appeal that names no problem is about the one that its house has."""

Key = tuple[str, ...]


class Joining:
    """Finds incidents by place and theme. ``incidents`` are those that are kept; ``window``: ms for which one goes on."""

    def __init__(self, profile: Profile, window: int, incidents: Mapping[str, Incident]) -> None:
        self._profile = profile
        self._window = window
        self._incidents = incidents
        self._by_key: dict[Key, str] = {}
        self._by_spot: dict[Key, dict[str, None]] = {}

    def key(self, theme: str, place: Place | AppealRow, urgency: int) -> Key | None:
        """What the place and the problem are called for grouping; None where too little is known."""
        if not theme:
            return None
        if place.street or place.facility:
            return (theme, place.territory, place.settlement, place.street, place.house, place.facility)
        if vague(theme):
            # What fits no theme is not one problem.
            return None
        territory = self._profile.territories.get(place.territory)
        if territory is None or territory.kind not in ("settlement", "district"):
            return None
        event = urgency >= Urgency.URGENT and (systems(theme) or theme.startswith("safety."))
        if self._large(place.territory) and not event:
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
        if found is None or not self._goes_on(found, at):
            return None
        return found if at - found.last_seen <= (EVENT if self._large(found.territory) else ADDRESSLESS) else None

    def opened(self, incident: Incident, key: Key | None) -> None:
        """What is alike joins this incident from here on."""
        self.index(incident, incident, incident.theme)
        if key and not (incident.street or incident.facility):
            self._by_key[key] = incident.id

    def index(self, incident: Incident, place: PlaceLike, theme: str) -> None:
        if not (place.street or place.facility):
            return
        for key in keys(place, theme):
            self._by_spot.setdefault(key, {})[incident.id] = None
            if key not in incident.keys:
                incident.keys.append(key)

    def merged(self, older: Incident, younger: Incident) -> None:
        """What would have joined the younger one joins the older from here on."""
        places = [_fields(younger), *younger.more]
        older.more += [place for place in places if place not in (_fields(older), *older.more)]
        for place in older.more:
            for theme in (older.theme, younger.theme):
                self.index(older, Place(*place), theme)
        if self._by_key.get((younger.theme, younger.territory)) == younger.id:
            self._by_key[younger.theme, younger.territory] = older.id

    def forget(self, incident: Incident) -> None:
        wide = (incident.theme, incident.territory)
        if self._by_key.get(wide) == incident.id:
            del self._by_key[wide]
        for key in incident.keys:
            here = self._by_spot[key]
            del here[incident.id]
            if not here:
                del self._by_spot[key]

    def _large(self, territory: str) -> bool:
        """Of most settlements the population is not known, and they are villages; districts are parts of large towns."""
        found = self._profile.territories[territory]
        unknown = 0 if found.kind == "settlement" else NARROW + 1
        return (unknown if found.population is None else found.population) > NARROW

    def _at_spot(self, verdict: Verdict, at: int) -> Incident | None:
        """The incident at the exact place of a verdict. Its territory may be known better or worse by others who write."""
        place = verdict.place
        names: dict[str, None] = {}
        for key in keys(place, verdict.theme):
            names |= self._by_spot.get(key, {})
        going = [one for one in (self._incidents[name] for name in names) if self._goes_on(one, at)]
        if passing(place):
            going = [one for one in going if at - one.last_seen <= EVENT]
        here = [one for one in going if self._same_place(one, place)]
        if not here and (lost := self._somewhere(going, verdict, at)) is not None:
            return lost
        related = [one for one in here if _related(one, verdict)]
        if not related and place.house:
            related = [one for one in here if abs(at - one.last_seen) <= VAGUE_GAP]
            if len(related) != 1 or not (_says_little(verdict) or vague(related[0].theme)):
                return None
        order = [(one.theme == verdict.theme, one.territory == place.territory, one.last_seen, one.id) for one in related]
        return related[order.index(max(order))] if order else None

    @staticmethod
    def _somewhere(going: list[Incident], verdict: Verdict, at: int) -> Incident | None:
        """The same house and problem within hours, where one of both names no town and no other town has the like."""
        near = [one for one in going if abs(at - one.last_seen) <= VAGUE_GAP and _related(one, verdict)]
        known = {one.territory for one in near} | {verdict.place.territory}
        return near[0] if near and verdict.place.house and "" in known and len(known) == 2 and len(near) == 1 else None

    def _goes_on(self, incident: Incident, at: int) -> bool:
        return incident.status == "open" and incident.first_seen - self._window <= at <= incident.last_seen + self._window

    def _same_place(self, one: Incident, place: Place) -> bool:
        places: list[PlaceLike] = [one, *(Place(*fields) for fields in one.more)]
        return any(
            spot(own) == spot(place)
            and same_street(own.street, place.street)
            and (own.settlement == place.settlement or not (own.settlement and place.settlement))
            and self._meet(own.territory, place.territory)
            for own in places
        )

    def _meet(self, one: str, other: str) -> bool:
        """True if one of two territories lies in the other. The same address in an unknown town may be another."""
        return one == other or one in self._profile.path(other) or other in self._profile.path(one)

    def dump(self) -> Plain:
        return [[list(key), name] for key, name in self._by_key.items()]

    def load(self, state: Plain) -> None:
        """After the incidents."""
        for one in self._incidents.values():
            for key in one.keys:
                self._by_spot.setdefault(key, {})[one.id] = None
            if not one.keys and not one.alone:
                # Snapshots of before know no keys; what people split off has none.
                self.index(one, one, one.theme)
        # Snapshots of before hold exact places here too.
        self._by_key = {tuple(key): name for key, name in state if len(key) == len(("theme", "territory"))}


def keys(place: PlaceLike, theme: str) -> list[tuple[str, str, str, str]]:
    """What an exact place is found by: a house has few problems at a time, a street many."""
    tags = ("",) if place.house else systems(theme) or (theme,)
    return [(tag, *spot(place)) for tag in tags]


def _fields(one: Incident) -> tuple[str, str, str, str, str]:
    return one.territory, one.settlement, one.street, one.house, one.facility


def _related(one: Incident, verdict: Verdict) -> bool:
    """Whether an incident at a verdict's very place is of the same problem. A street is long: there the system must be the same."""
    near = kin(verdict.theme)
    if one.theme == verdict.theme or (one.theme in near):
        return True
    themes = {theme for theme, _ in verdict.themes}
    near = kin(one.theme)
    return bool(verdict.place.house) and (verdict.theme in one.themes or not near.isdisjoint(themes))


def _says_little(verdict: Verdict) -> bool:
    """True for an appeal that names no problem, or none surely: at its house it is of the one that neighbours name."""
    return vague(verdict.theme) or not verdict.themes or verdict.themes[0][1] < DOUBTFUL
