"""Which themes can have one cause in many places (a network that fails), and which say too little to tell problems apart."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class System(NamedTuple):
    """What many places share. ``wide``: one cause may hit several streets of a territory; else only places of one street.

    ``kind`` and ``words`` are said to people: «одна авария: 11 адресов без тепла».
    """

    name: str
    words: str
    kind: str = "одна авария"
    wide: bool = True


SYSTEMS = {
    system.name: system
    for system in (
        System("heat", "без тепла"),
        System("water", "без воды или с плохой водой"),
        System("sewage", "с жалобами на канализацию"),
        System("light", "без света"),
        System("gas", "без газа"),
        System("lamps", "без уличного освещения"),
        System("link", "без связи"),
        System("transport", "с жалобами на транспорт", "одна причина"),
        System("waste", "с невывезенным мусором", "одна причина"),
        System("air", "с жалобами на запах и дым", "одна причина"),
        System("smoke", "с жалобами на огонь и дым", "одна причина"),
        System("snow", "с неубранным снегом", "одна причина", wide=False),
    )
}
_OF = {
    "housing.heating": ("heat",),
    # A burst main takes the hot water with the heat; without any water there is no hot one either.
    "housing.hot_water": ("heat", "water"),
    "housing.cold_water": ("water",),
    "housing.utilities_private": ("water",),
    "housing.sewerage": ("sewage",),
    "housing.electricity": ("light",),
    "energy.outage": ("light",),
    "energy.voltage": ("light",),
    "energy.lines": ("light",),
    "energy.gas": ("gas",),
    "landscaping.lighting": ("lamps",),
    "communications.internet": ("link",),
    "communications.mobile": ("link",),
    "communications.landline": ("link",),
    "communications.tv": ("link",),
    "communications.lines": ("link",),
    "transport.schedule": ("transport",),
    "transport.routes": ("transport",),
    # A stop may be buried in snow.
    "transport.stops": ("transport", "snow"),
    "transport.trains": ("transport",),
    "transport.other": ("transport",),
    "waste.collection": ("waste",),
    "waste.sites": ("waste",),
    # People write of what lies there, or of how it smells.
    "waste.dumps": ("waste", "air"),
    "waste.other": ("waste",),
    "ecology.smells": ("air",),
    "ecology.air": ("air",),
    "ecology.burning": ("smoke", "air"),
    "ecology.other": ("air",),
    "waste.landfill": ("air", "waste"),
    "waste.burning": ("smoke", "air", "waste"),
    "safety.fire": ("smoke",),
    "roads.snow": ("snow",),
    "landscaping.cleaning": ("snow",),
    "landscaping.sidewalks": ("snow",),
}
_EVENTS = frozenset(("light", "smoke"))
"""Systems whose themes are names of one event: a house without light is an outage, a burning dump is smoke."""
_VAGUE = frozenset(
    ("services.appeals", "services.staff", "housing.management", "housing.payments", "energy.payments", "waste.payment")
)
"""How a problem is dealt with and what it costs: people write so of the very problem that their neighbours name."""


def systems(theme: str) -> tuple[str, ...]:
    """The systems that a theme tells of; labels of a region's own model belong to none."""
    return _OF.get(theme, ())


@lru_cache(maxsize=1000)
def kin(theme: str) -> frozenset[str]:
    """Themes whose appeals at one place are of one problem: those of the same system, and itself."""
    mine = set(systems(theme))
    return frozenset((theme, *(other for other, names in _OF.items() if mine & set(names))))


def vague(theme: str) -> bool:
    return not theme or theme in _VAGUE or theme.endswith(".other")


@lru_cache(maxsize=1000)
def sides(theme: str) -> tuple[str, ...]:
    """Themes that tell of the same event as this one where no address is told: a burning dump is smoke to those who live near."""
    mine = _EVENTS.intersection(systems(theme))
    return (theme, *(other for other, names in _OF.items() if other != theme and mine.intersection(names)))
