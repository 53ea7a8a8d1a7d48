"""What a region profile says, as immutable objects; monitor.profile.load reads them from files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from monitor.model.source import Source
from monitor.model.verdict import Urgency
from monitor.profile.duty import Role

TerritoryKind = Literal["region", "municipality", "district", "settlement"]
BodyLevel = Literal["municipal", "regional", "federal", "utility"]


@dataclass(slots=True, frozen=True)
class Territory:
    """A part of the region. ``population`` None means that it is not known, which is a state and not a zero.

    ``parent`` is the id of the territory around it; the region itself has none and its id is the profile's. ``aliases``
    are other names as people write them («Автозаводский», «АВТО»).
    """

    id: str
    name: str
    kind: TerritoryKind
    parent: str = ""
    population: int | None = None
    population_year: int | None = None
    population_source: str = ""
    lat: float | None = None
    lon: float | None = None
    oktmo: str = ""
    aliases: tuple[str, ...] = ()


PlaceKind = Literal["street", "microdistrict", "settlement", "facility"]


@dataclass(slots=True, frozen=True)
class PlaceName:
    """A name that tells a place: street, microdistrict («Безымянка»), settlement or facility, and the territory that it lies in."""

    name: str
    kind: PlaceKind
    territory: str
    aliases: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Body:
    """A responsible authority or utility (исполнитель). ``aliases`` are former and short names, as histories and people use them."""

    id: str
    name: str
    level: BodyLevel
    territory: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Route:
    """Who answers for what: the most specific match wins (theme before group, a territory before its parents).

    Empty ``theme`` or ``territory`` match all; ``group`` is always given.
    """

    group: str
    body: str
    theme: str = ""
    territory: str = ""


@dataclass(slots=True, frozen=True)
class Deadline:
    """How long a body has, in hours of the calendar (``working``) or around the clock (``always``), from registration."""

    urgency: Urgency
    hours: float
    clock: Literal["working", "always"] = "always"
    interim_hours: float = 0.0


@dataclass(slots=True, frozen=True)
class Calendar:
    """Working time of the region: minutes of the day, weekdays (0 = Monday), holidays, and weekend days that are worked."""

    timezone: ZoneInfo
    starts: int = 9 * 60
    ends: int = 18 * 60
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


@dataclass(slots=True, frozen=True)
class Thresholds:
    """Where a cell of the heat map (territory x group) turns yellow and red: messages per 1,000 residents in seven days."""

    yellow: float = 0.5
    red: float = 1.0


@dataclass(slots=True, frozen=True)
class Profile:
    """One region. ``digest`` is a hash of all its files: the name under which the log's ``use`` records refer to it.

    The duty directory is not in it: who is told changes no result, and it changes with every shift. Nor are ``blocks``, the region's
    own names by group and theme.
    """

    id: str
    name: str
    digest: str
    calendar: Calendar
    territories: dict[str, Territory] = field(default_factory=dict)
    places: tuple[PlaceName, ...] = ()
    bodies: dict[str, Body] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    deadlines: dict[Urgency, Deadline] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    duty: tuple[Role, ...] = ()
    blocks: dict[str, str] = field(default_factory=dict)

    def block(self, group: str, theme: str) -> str:
        """What the region calls this part of its problems; empty where it has no name of its own for it."""
        return self.blocks.get(theme) or self.blocks.get(group, "")

    def path(self, territory: str) -> list[str]:
        """The territory and those around it, narrowest first; ends with the region. Unknown or empty: the region alone."""
        found: list[str] = []
        while territory in self.territories and territory not in found:
            found.append(territory)
            territory = self.territories[territory].parent
        if not found or found[-1] != self.id:
            found.append(self.id)
        return found
