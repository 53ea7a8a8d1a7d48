"""Appeals on the same problem in the same place: who joins what, and what an incident's figures are.

An appeal joins the incident of the post that it duplicates; else the open incident at the same exact place on a related theme (one
system, or one of the appeal's first three themes; where the house is known, also what says too little to be another problem); else,
where only a small territory is known, the one with the same theme there; else it founds a new one. Figures are those of the
active members; the theme is the one that most of them have.
"""

from __future__ import annotations

from collections import OrderedDict

from monitor.model.incident import Appeal
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Profile
from monitor.triage.hashes import short_hash
from monitor.watch.incident import Incident, author_of
from monitor.watch.parents import Parents
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


class Incidents:
    """The incidents of a region that may still change, least recently touched first."""

    def __init__(self, profile: Profile, window: int) -> None:
        self._profile = profile
        self._window = window
        # A plain dict walks over all that it has lost at its front to find its oldest key.
        self._incidents: OrderedDict[str, Incident] = OrderedDict()
        self._by_key: dict[Key, str] = {}
        self._by_spot: dict[Key, dict[str, None]] = {}
        self.parents = Parents(profile, self._incidents.get)

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
        self._index(incident, incident, verdict.theme)
        if key and not place.exact:
            self._by_key[key] = name
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
        incident.vote(row)
        self._index(incident, incident, row.theme)
        author = author_of(row)
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
        incident.authors, incident.themes = {}, {}
        for row in active:
            incident.authors[author_of(row)] = incident.authors.get(author_of(row), 0) + 1
            incident.vote(row)
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
        for key in incident.keys:
            here = self._by_spot[key]
            del here[incident.id]
            if not here:
                del self._by_spot[key]
        self.parents.forget(incident)
        return incident

    def merge(self, older: Incident, younger: Incident) -> None:
        """What would have joined the younger one joins the older from here on. Members are the caller's to move."""
        places = [_fields(younger), *younger.more]
        older.more += [place for place in places if place not in (_fields(older), *older.more)]
        for place in older.more:
            for theme in (older.theme, younger.theme):
                self._index(older, Place(*place), theme)
        if self._by_key.get((younger.theme, younger.territory)) == younger.id:
            self._by_key[younger.theme, younger.territory] = older.id

    def _index(self, incident: Incident, place: PlaceLike, theme: str) -> None:
        if not (place.street or place.facility):
            return
        for key in keys(place, theme):
            self._by_spot.setdefault(key, {})[incident.id] = None
            if key not in incident.keys:
                incident.keys.append(key)

    def dump(self) -> Plain:
        incidents = [[getattr(one, name) for name in Incident.__struct_fields__] for one in self._incidents.values()]
        return [incidents, [[list(key), name] for key, name in self._by_key.items()], self.parents.dump()]

    def load(self, state: Plain) -> None:
        incidents, keys, *parents = state
        for values in incidents:
            self._incidents[values[0]] = one = Incident(*values)
            one.more = [(place[0], place[1], place[2], place[3], place[4]) for place in one.more]
            one.keys = [(key[0], key[1], key[2], key[3]) for key in one.keys]
            for key in one.keys:
                self._by_spot.setdefault(key, {})[one.id] = None
            if not one.keys and not one.alone:
                # Snapshots of before know no keys; what people split off has none.
                self._index(one, one, one.theme)
        # Snapshots of before hold exact places here too.
        self._by_key = {tuple(key): name for key, name in keys if len(key) == len(("theme", "territory"))}
        if parents:
            self.parents.load(parents[0])


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
