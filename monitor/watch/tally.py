"""The members of a cause, added up as they come: a cause of hundreds of addresses is asked for its sums with every appeal."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.watch.incident import Incident
from monitor.watch.spots import Spot, spot
from monitor.watch.systems import systems

PART = 3
"""A system that fewer than one in so many tell of, beside the one that most do, is no part of the cause."""


class Tally:
    """Of some open incidents: how many tell of each ``system`` (in order of their first), when last, and how many places they are.

    Nothing is ever taken out: whoever keeps one begins anew when a member closes, goes, or has another theme.
    """

    __slots__ = ("_exact", "_housed", "_lone", "last_seen", "systems")

    def __init__(self, members: Iterable[Incident]) -> None:
        self.systems: dict[str, int] = {}
        self.last_seen: int | None = None
        self._exact: set[Spot] = set()
        self._housed: set[str] = set()
        self._lone: set[str] = set()
        for one in members:
            self.add(one)

    def add(self, one: Incident) -> None:
        for system in systems(one.theme):
            self.systems[system] = self.systems.get(system, 0) + 1
        self.see(one)
        if not (one.street or one.facility):
            return
        place = spot(one)
        if place.house or place.facility:
            self._exact.add(place)
            if place.house:
                self._housed.add(place.street)
                self._lone.discard(place.street)
        elif place.street not in self._housed:
            self._lone.add(place.street)

    def see(self, one: Incident) -> None:
        """A member was told of again."""
        self.last_seen = one.last_seen if self.last_seen is None else max(self.last_seen, one.last_seen)

    def tells(self, system: str) -> bool:
        """Whether many tell of a system: where one cold house has no water either, the water of the street has not failed."""
        return PART * self.systems.get(system, 0) >= max(self.systems.values(), default=0)

    @property
    def places(self) -> int:
        """As ``spots.addresses`` counts them: a street is a place of its own where none of its houses is told of."""
        return len(self._exact) + len(self._lone)
