"""Places as they are compared: a street with or without its kind, a house whatever bus passes it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

_KINDS = frozenset("улица проспект бульвар шоссе переулок проезд площадь набережная тракт тупик аллея линия квартал".split())
_PASSING = ("маршрут ", "троллейбус ", "трамвай ")


class Place(Protocol):
    """What has a place: a verdict's place, an appeal's row, an incident."""

    @property
    def territory(self) -> str: ...
    @property
    def settlement(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def house(self) -> str: ...
    @property
    def facility(self) -> str: ...


class Spot(NamedTuple):
    """What an exact place is called in whatever territory: the street's name without its kind, house, facility."""

    street: str
    house: str
    facility: str


@lru_cache(maxsize=20_000)
def bare(street: str) -> str:
    """A street without the word for its kind: people leave it out."""
    kept = [word for word in street.split() if word not in _KINDS]
    return " ".join(kept) if kept else street


def same_street(one: str, other: str) -> bool:
    """«кирова» may be «проспект кирова»; «улица победы» is not «проспект победы»."""
    return one == other or (bare(one) == bare(other) and (bare(one) == one or bare(other) == other))


def passing(place: Place) -> bool:
    """True for a route and nothing else: the place of what passes by."""
    return not place.street and not place.house and place.facility.startswith(_PASSING)


def spot(place: Place) -> Spot:
    """A route that is named beside a house is no part of the place: of one stop people write with the number of each bus."""
    return _spot(place.street, place.house, place.facility)


@lru_cache(maxsize=20_000)
def _spot(street: str, house: str, facility: str) -> Spot:
    passing = house and facility.startswith(_PASSING)
    return Spot(bare(street), house, "" if passing else facility)


def addresses(places: Iterable[Place]) -> int:
    """How many places these are. A street without a house is one where none of its houses is told of."""
    spots = {spot(one) for one in places if one.street or one.facility}
    housed = {one.street for one in spots if one.house}
    return sum(bool(one.house or one.facility or one.street not in housed) for one in spots)
