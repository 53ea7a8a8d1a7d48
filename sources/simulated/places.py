"""Where a problem is: streets and houses of the profile, as people of a community write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.profile.model import Profile, Territory, TerritoryKind
from sources.simulated.draw import Draw
from sources.simulated.mixture import NAMED_ADDRESS, NAMED_AREA
from sources.simulated.phrases import Theme, phrases

# Shares of a table: fine enough for fifty districts, small enough to be picked from at once.
_SLOTS: Final = 96
# A territory whose population is not known counts as a usual one of its kind.
_UNKNOWN_POPULATION: Final[dict[TerritoryKind, int]] = {
    "region": 1_000_000,
    "municipality": 25_000,
    "district": 60_000,
    "settlement": 600,
}
_TYPES: Final = ("проспект", "шоссе", "бульвар", "переулок", "проезд", "площадь", "тупик", "линия", "квартал", "тракт", "набережная")


@dataclass(slots=True, frozen=True)
class Spot:
    """A place in a text: how it is written (may be empty), and what it means. ``street`` is the profile's name of it."""

    text: str
    territory: str
    street: str = ""
    house: str = ""


@dataclass(slots=True, frozen=True)
class Target:
    """A territory that people of a community write about, with its streets and those whose name is not enough to find it."""

    territory: str
    area: str
    streets: tuple[str, ...]
    vague: frozenset[str]


class Places:
    """Picks places for communities; the shares of territories are those of their populations."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._streets: dict[str, list[str]] = {}
        for place in profile.places:
            if place.kind == "street":
                self._streets.setdefault(place.territory, []).append(place.name)
        self._tables: dict[str, tuple[Target, ...]] = {}
        self._known: dict[str, dict[tuple[str, str], Target]] = {}
        self._formats = phrases().parts["address"]

    def targets(self, territory: str) -> tuple[Target, ...]:
        """The territories in and under ``territory`` (empty: the region), as often as they are written about."""
        root = territory or self._profile.id
        if root not in self._tables:
            self._tables[root] = self._table(root)
        return self._tables[root]

    def spot(self, draw: Draw, territory: str, theme: Theme) -> Spot:
        """Where an appeal of a community of ``territory`` says that its problem is: a house, a part of the town, or nothing."""
        named = draw.chance(NAMED_ADDRESS if theme.address else NAMED_AREA)
        if not named:
            return Spot("", territory or self._profile.id)
        target = draw.pick(self.targets(territory))
        if theme.address:
            return self.written(draw, target, draw.pick(target.streets), house(draw))
        return Spot(target.area, target.territory)

    def at(self, draw: Draw, community: str, territory: str, street: str, number: str) -> Spot:
        """A given house as people of ``community`` write it."""
        if community not in self._known:
            self._known[community] = {(item.territory, name): item for item in self.targets(community) for name in item.streets}
        target = self._known[community].get((territory, street))
        if target is not None:
            return self.written(draw, target, street, number)
        return self.written(draw, Target(territory, self.name(territory), (street,), frozenset((street,))), street, number)

    def written(self, draw: Draw, target: Target, street: str, number: str) -> Spot:
        form = draw.pick(self._formats)
        bare = street.removeprefix("улица ").removeprefix("ул. ")
        if "по {s}" in form:
            bare = locative(bare)
        elif bare[0].isupper() and not any(word in bare.lower() for word in _TYPES) and draw.chance(45):
            bare = f"ул. {bare}" if draw.chance(60) else f"улица {bare}"
        text = form.replace("{s}", bare).replace("{h}", number)
        if street in target.vague or draw.chance(15):
            text = f"{target.area}, {text}"
        return Spot(text, target.territory, street, number)

    def name(self, territory: str) -> str:
        """A territory's name as it is said."""
        found = self._profile.territories.get(territory)
        name = found.name if found else self._profile.name
        return name.removeprefix("городской округ ").removeprefix("г.о. ").removeprefix("город ")

    def _table(self, root: str) -> tuple[Target, ...]:
        inside = [item for item in self._profile.territories.values() if root in self._profile.path(item.id)]
        parents = {item.parent for item in inside}
        found = [item for item in inside if item.id in self._streets or item.id not in parents] or inside
        counts: dict[str, int] = {}
        for item in found:
            for street in self._streets.get(item.id, ()):
                counts[street] = counts.get(street, 0) + 1
        targets = [self._target(item, counts, alone=len(inside) == 1) for item in found]
        if not targets:
            generic = phrases().parts["street"]
            return (Target(root, self.name(root), generic, frozenset(generic)),)
        return spread(targets, [self._residents(item) for item in found])

    def _residents(self, item: Territory) -> int:
        """People who live in the territory and in none of its parts; at least a fifth, for parts are often not known."""
        parts = sum(population(part) for part in self._profile.territories.values() if part.parent == item.id)
        return max(population(item) - parts, population(item) // 5)

    def _target(self, item: Territory, counts: dict[str, int], *, alone: bool) -> Target:
        streets = tuple(self._streets.get(item.id, ()))
        if not streets:
            # The profile knows no street here: some that nearly every town has, and never without the place's name.
            generic = phrases().parts["street"]
            return Target(item.id, self.name(item.id), generic, frozenset() if alone else frozenset(generic))
        return Target(item.id, self.name(item.id), streets, frozenset(street for street in streets if counts[street] > 1))


def population(territory: Territory) -> int:
    return territory.population or _UNKNOWN_POPULATION[territory.kind]


def spread(targets: list[Target], weights: list[int]) -> tuple[Target, ...]:
    """Each target as often as its weight says, by largest remainder; one too small for the table may be left out."""
    slots = max(_SLOTS, len(targets))
    total = sum(weights)
    exact = [weight * slots / total for weight in weights]
    counts = [int(share) for share in exact]
    order = sorted(range(len(targets)), key=lambda index: (counts[index] - exact[index], index))
    for index in order[: slots - sum(counts)]:
        counts[index] += 1
    return tuple(target for target, count in zip(targets, counts, strict=True) for _ in range(count))


def house(draw: Draw) -> str:
    """A house number as towns have them: low ones more often, some with a letter or a fraction."""
    number = 1 + draw.below(20 + draw.below(160))
    kind = draw.below(20)
    return f"{number}{'абв'[kind]}" if kind < 3 else f"{number}/{1 + draw.below(4)}" if kind == 3 else str(number)


def locative(street: str) -> str:
    """A street's name after «по»: adjectives change («по Садовой»), all others are left as they are."""
    if " " not in street and street.endswith("ая"):
        return street[:-2] + "ой"
    if " " not in street and street.endswith("яя"):
        return street[:-2] + "ей"
    return street
