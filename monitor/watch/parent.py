"""A cause that many places share, and what is said of it."""

from __future__ import annotations

from msgspec import Struct

from monitor.watch.systems import SYSTEMS
from monitor.watch.wording import plural

HOUR = 3_600_000


class Parent(Struct, gc=False):
    """Incidents with one cause. ``street`` (without its kind) is empty where several streets are hit."""

    head: str
    system: str
    territory: str
    settlement: str
    street: str
    begun: int
    last_seen: int
    members: dict[str, None] = {}

    def cause(self, places: int) -> str:
        """«одна авария: 11 адресов без тепла за 3 часа»."""
        system = SYSTEMS[self.system]
        hours = max(1, -(-(self.last_seen - self.begun) // HOUR))
        counted = plural(places, "адрес", "адреса", "адресов")
        return f"{system.kind}: {counted} {system.words} за {plural(hours, 'час', 'часа', 'часов')}"
