"""What begins a cause: so many places of one street or of one small territory within hours that the usual days don't explain them."""

from __future__ import annotations

from collections import Counter
from functools import partial

from monitor.watch.incident import Incident
from monitor.watch.nearby import HOUR, Nearby, place_key
from monitor.watch.reach import Reach
from monitor.watch.spots import bare, same_street, spot
from monitor.watch.systems import SYSTEMS, systems

HOUSES = 3
"""Of one street: two neighbours may each have a trouble of their own."""
SEVERAL = 3
"""Authors of one house: what they write of is no trouble of one flat."""
PLACES = 8
"""Of two streets or more, none of which counts for more than half of it."""
FRESH = 24 * HOUR
SUDDEN = HOUR
"""While less than FRESH has been watched the usual is not known: places of a territory have to come within SUDDEN."""


class Founders:
    """Looks through what was told of ``near`` an incident that has no parent."""

    def __init__(self, near: Nearby, reach: Reach) -> None:
        self._near = near
        self._reach = reach

    def street(self, system: str, incident: Incident) -> list[Incident]:
        """The places of the incident's street that begin a parent, or none."""
        if not incident.street:
            return []
        key = place_key(system, bare(incident.street), incident.territory)
        if self._near.count(key) < 2:
            return []
        found = self._reach.town(
            [
                one
                for one in self._near.recent(key, incident.first_seen)
                if not one.parent and same_street(one.street, incident.street) and self._reach.meet(one, incident)
            ]
        )
        places = {spot(one) for one in found}
        sure = {spot(one) for one in found if len(one.authors) >= SEVERAL}
        # One house that many write of has a trouble of its own; two have one in common.
        score = len(places) + max(0, len(sure) - 1)
        return found if self._near.unusual(key, incident.first_seen, score, HOUSES, partial(self._reach.meet, incident)) else []

    def territory(self, system: str, incident: Incident) -> list[Incident]:
        """The places of the incident's territory that begin a parent of several streets, or none."""
        if incident.territory not in self._reach.small or not SYSTEMS[system].wide:
            return []
        key = place_key(system, "", incident.territory)
        at = incident.first_seen
        if self._near.count(key) < PLACES:
            return []
        recent = self._near.recent(key, at)
        if at - self._near.since < FRESH:
            recent = [one for one in recent if abs(at - one.first_seen) <= SUDDEN]
        streets = Counter(spot(one).street or one.facility for one in recent)
        score = sum(min(PLACES // 2, count) for count in streets.values())
        return recent if self._near.unusual(key, at, score, PLACES, partial(self._reach.meet, incident)) else []

    def houseless(self, system: str, street: str, other: Incident) -> list[Incident]:
        """Who wrote of a street before any house was known, of what may be the same by another word: «на Мира хлещет кипяток»."""
        keys = [place_key(name, street, "") for name in SYSTEMS if name != system]
        return [
            one
            for one in {one.id: one for key in keys for one in self._near.recent(key, other.first_seen)}.values()
            if not (one.parent or one.house or one.facility)
            and self._reach.meet(other, one)
            and any(system in systems(theme) for theme in one.also)
        ]
