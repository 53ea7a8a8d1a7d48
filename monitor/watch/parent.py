"""A cause that many places share, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from monitor.watch.systems import SYSTEMS
from monitor.watch.wording import plural

HOUR = 3_600_000


class Parent(Struct, gc=False):
    """Incidents with one cause. ``street`` (without its kind) is empty where several streets are hit.

    ``system`` is the one that most members tell of, ``systems`` are all that it takes more of.
    """

    head: str
    system: str
    territory: str
    settlement: str
    street: str
    begun: int
    last_seen: int
    members: dict[str, None] = {}
    systems: list[str] = []

    def told(self, counts: Mapping[str, int]) -> None:
        """Of how many members each system is; the most told one has the word: ice, and a stop that is buried in snow."""
        self.system = max((self.system, *counts), key=lambda system: counts.get(system, 0))

    def cause(self, places: int) -> str:
        """«одна авария: 11 адресов без тепла за 3 часа»."""
        system = SYSTEMS[self.system]
        hours = max(1, -(-(self.last_seen - self.begun) // HOUR))
        counted = plural(places, "адрес", "адреса", "адресов")
        return f"{system.kind}: {counted} {system.words} за {plural(hours, 'час', 'часа', 'часов')}"
