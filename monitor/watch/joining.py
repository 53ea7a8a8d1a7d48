"""Which incident an appeal joins: the same problem at the same place, however its theme and its territory were read.

An appeal joins the incident of the post that it duplicates, unless its words may be of anywhere; else the open
incident at the same exact place on a related theme (one system, or one of the first three themes; where the house is known, see
monitor.watch.likeness); else, where only a small territory is known, the one that tells of the same event there.
"""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz

from monitor.model.incident import Appeal
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Profile, Territory
from monitor.watch.incident import Incident
from monitor.watch.likeness import VAGUE_GAP, neighbour, related
from monitor.watch.spots import Place as PlaceLike
from monitor.watch.spots import bare, passing, same_street, spot
from monitor.watch.systems import sides, systems, vague

NARROW = 20_000
"""Settlements and districts with no more residents are small enough that what fails as a whole there is one problem to all who name
no address; in larger ones only what is urgent is, since that is rare and must not wait for an address."""
EVENT = 3 * 3_600_000
"""Ms between two urgent appeals without an address of a large district that are about one event (a fire, a failed network), and
between two about one bus: that it is late again tomorrow, or cold, is another trouble.
"""
ADDRESSLESS = 6 * 3_600_000
"""Ms between two appeals without an address of a small territory that are about one problem."""
SHORT = 8
"""Words: a text of fewer that names no place says nothing that others don't say elsewhere."""
REPOSTED = 12 * 3_600_000
"""Ms after a text without an address in which the same words in another town are a repost, not another trouble."""
SHARED = 800
"""Of 1000: texts without an address that are less alike share some sentences, which anybody may write of a trouble of their own."""
COPIED = 950
"""Of 1000: texts that are more alike are copies, wherever and whenever; who adds an address to other people's words, or leaves it out
of them, writes of another trouble if they are less.
"""
ANOTHER = 60.0
"""Of 100: names of streets that are less alike are no misspellings of each other."""

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
        if vague(theme) or not (systems(theme) or theme.startswith("safety.")):
            # What fits no theme is not one problem; and of a village too one has a heap on the shore in mind, the next one his queue.
            return None
        territory = self._profile.territories.get(place.territory)
        if territory is None or territory.kind not in ("settlement", "district"):
            return None
        if large(territory) and urgency < Urgency.URGENT:
            return None
        return (theme, place.territory)

    def find(self, appeal: Appeal, key: Key | None, like: AppealRow | None, alike: int = 1000) -> Incident | None:
        """The incident that an appeal of this key joins, if there is one; ``like`` is the post that it duplicates (so much ``alike``,
        of 1000) or answers.
        """
        verdict, at = appeal.verdict, appeal.published_at
        if like is not None and (verdict.echo or self._repeats(appeal, like, alike)):
            found = self._incidents.get(like.incident)
            if found is not None and found.status != "void":
                return found
        if verdict.place.exact:
            return self._at_spot(verdict, at)
        return self._addressless(key, at) if key else None

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

    def _addressless(self, key: Key, at: int) -> Incident | None:
        """The latest incident without an address that tells of the event of this key (theme, territory)."""
        theme, territory = key
        gap = EVENT if large(self._profile.territories[territory]) else ADDRESSLESS
        names = (self._by_key.get((side, territory), "") for side in sides(theme))
        found = [one for one in map(self._incidents.get, names) if one and self._goes_on(one, at) and at - one.last_seen <= gap]
        return max(found, key=lambda one: (one.theme == theme, one.last_seen, one.id), default=None)

    def _repeats(self, appeal: Appeal, like: AppealRow, alike: int) -> bool:
        """Whether a text that is alike another tells of its trouble. Where no address is told, the same few words («свалка мусора»)
        are of anywhere, and longer ones of another town are a repost only for hours.
        """
        place = appeal.verdict.place
        if place.street and like.street:
            return fuzz.ratio(bare(place.street), bare(like.street)) >= ANOTHER
        if (place.exact and (like.street or like.facility)) or (appeal.author and appeal.author == like.author):
            return True
        gap = appeal.published_at - like.published_at
        near = self._meet(place.territory, like.territory)
        if place.exact or like.street or like.facility:
            return alike >= COPIED
        if alike < SHARED:
            return False
        if len(appeal.text.split(maxsplit=SHORT)) >= SHORT:
            return gap <= REPOSTED or (near and alike >= COPIED)
        return near and gap <= EVENT and not {place.territory, like.territory} & {"", self._profile.id}

    def _at_spot(self, verdict: Verdict, at: int) -> Incident | None:
        """The incident at the exact place of a verdict. Its territory may be known better or worse by others who write."""
        place = verdict.place
        names: dict[str, None] = {}
        for key in keys(place, verdict.theme):
            names |= self._by_spot.get(key, {})
        if not names:
            return None
        going = [one for one in (self._incidents[name] for name in names) if self._goes_on(one, at)]
        if passing(place):
            going = [one for one in going if at - one.last_seen <= EVENT and one.theme == verdict.theme]
        here = [one for one in going if self._same_place(one, place)]
        if not here and (lost := self._somewhere(going, verdict, at)) is not None:
            return lost
        found = [one for one in here if related(one, verdict, at)]
        if not found and place.house:
            found = [one for one in here if neighbour(one, verdict, at)]
        order = [(one.theme == verdict.theme, one.territory == place.territory, one.last_seen, one.id) for one in found]
        return found[order.index(max(order))] if order else None

    @staticmethod
    def _somewhere(going: list[Incident], verdict: Verdict, at: int) -> Incident | None:
        """The same house and problem within hours, where one of both names no town and no other town has the like."""
        near = [one for one in going if _told_of(one, verdict, at)]
        known = {one.territory for one in near} | {verdict.place.territory}
        return near[0] if near and verdict.place.house and "" in known and len(known) == 2 and len(near) == 1 else None

    def _goes_on(self, incident: Incident, at: int) -> bool:
        return incident.status != "void" and incident.first_seen - self._window <= at <= incident.last_seen + self._window

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


def large(territory: Territory) -> bool:
    """Of most settlements the population is not known, and they are villages; districts are parts of large towns."""
    unknown = 0 if territory.kind == "settlement" else NARROW + 1
    return (unknown if territory.population is None else territory.population) > NARROW


def _told_of(one: Incident, verdict: Verdict, at: int) -> bool:
    """Whether an incident of the same house, in whatever town, is of the same problem within hours."""
    return (abs(at - one.last_seen) <= VAGUE_GAP and related(one, verdict, at)) or neighbour(one, verdict, at)


def _fields(one: Incident) -> tuple[str, str, str, str, str]:
    return one.territory, one.settlement, one.street, one.house, one.facility
