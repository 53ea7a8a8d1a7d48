"""Where people tell of the same danger: a town that is new and a place with children or the sick are worth another sound."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.profile.model import Profile
from monitor.watch.wording import territory_name

VULNERABLE = ("школа", "гимназия", "лицей", "детский сад", "поликлиника", "больница", "роддом", "фап", "интернат", "хоспис")
"""How facilities begin (address normal form) whose people can't help themselves."""


class New(NamedTuple):
    """What is new, and its name for people."""

    why: Literal["territory", "facility"]
    name: str


class Place(Struct):
    """What is known of an alert beside its row: the street and urgency that works are compared with, and where people wrote of.

    ``rung`` is when it last asked for people's ears, ms; ``sources`` are those that told of it; ``shown`` is when its
    figures were last told, ms. ``asked`` is the version (hexadecimal) that last asked people for anything, or took
    an answer of theirs.
    """

    street: str = ""
    urgency: int = 0
    towns: list[str] = []
    facilities: list[str] = []
    rung: int = 0
    sources: list[str] = []
    shown: int = 0
    asked: str = ""


class Places:
    """By alert."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._known: dict[str, Place] = {}

    def of(self, alert: str) -> Place:
        """An empty one where nothing is known."""
        return self._known.get(alert) or Place()

    def begin(self, alert: str, street: str, urgency: int) -> Place:
        return self._known.setdefault(alert, Place(street, urgency))

    def drop(self, alert: str) -> None:
        self._known.pop(alert, None)

    def new(self, alert: str, row: AppealRow) -> New | None:
        """What an appeal adds to where people tell of the alert; remembers it. The first of each kind is where it began. Towns are
        news when their number has doubled: what spreads is told of, and not each step of it.
        """
        place = self._known[alert]
        found: New | None = None
        town = self._town(row.territory)
        if town and town not in place.towns:
            place.towns = [*place.towns, town]
            if len(place.towns) > 1 and len(place.towns).bit_count() == 1:
                found = New("territory", territory_name(self._profile, town))
        if row.facility.startswith(VULNERABLE) and row.facility not in place.facilities:
            found = New("facility", row.facility)
            place.facilities = [*place.facilities, row.facility]
        return found

    def _town(self, territory: str) -> str:
        kinds = self._profile.territories
        return next((one for one in self._profile.path(territory) if one in kinds and kinds[one].kind == "municipality"), "")

    def dump(self) -> Plain:
        return {
            name: [one.street, one.urgency, one.towns, one.facilities, one.rung, one.sources, one.shown, one.asked]
            for name, one in self._known.items()
        }

    def load(self, state: Plain) -> None:
        self._known = {name: Place(*values) for name, values in state.items()}
