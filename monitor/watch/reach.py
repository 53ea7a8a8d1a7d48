"""How far a cause reaches: which incidents may be of one town, one street, one small territory."""

from __future__ import annotations

from functools import lru_cache

from monitor.profile.model import Profile
from monitor.watch.incident import Incident
from monitor.watch.joining import large
from monitor.watch.parent import Parent
from monitor.watch.spots import bare


class Reach:
    """Of one region. ``small``: territories so small that several streets of one may share a cause."""

    def __init__(self, profile: Profile) -> None:
        self._path = lru_cache(maxsize=1000)(profile.path)
        divided = {one.parent for one in profile.territories.values() if one.kind == "district"}
        self.small = {
            one.id
            for one in profile.territories.values()
            if one.kind in ("district", "settlement") or (one.kind == "municipality" and one.id not in divided)
        }
        self._villages = {one.id for one in profile.territories.values() if one.kind == "settlement" and not large(one)}

    def within(self, parent: Parent, incident: Incident) -> bool:
        """Whether an incident is where a cause is. Who names no address in a small place writes of what has failed there."""
        if incident.street or incident.facility or not parent.street:
            return incident.territory != "" if not parent.street else parent.street == bare(incident.street)
        return incident.territory == parent.territory and incident.territory in self._villages

    def town(self, found: list[Incident]) -> list[Incident]:
        """Of incidents that one may share a street's name with: those of the town that most of them may be of. Who names none, or
        the district around both, would make one street of those of two towns.
        """
        named = {(one.territory, one.settlement): one for one in found if one.territory}
        around = {above for one in named.values() for above in self._path(one.territory) if above != one.territory}
        towns = [one for one in named.values() if one.territory not in around]
        return max(([other for other in found if self.meet(one, other)] for one in towns), key=len, default=found)

    def meet(self, one: Parent | Incident, other: Incident) -> bool:
        """Whether both may be of one town: streets of other towns have the same name."""
        if one.settlement != other.settlement and one.settlement and other.settlement:
            return False
        mine, theirs = one.territory, other.territory
        # Where somebody names no town, the street and the hour are enough.
        return mine == theirs or "" in (mine, theirs) or mine in self._path(theirs) or theirs in self._path(mine)
