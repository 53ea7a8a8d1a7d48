"""A small region and its world for the tests of this folder."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from monitor.profile.model import Calendar, PlaceName, Profile, Territory
from sources.simulated.world import Options, World

# Monday, 12 January 2026, 00:00 in Samara (UTC+4).
MONDAY = 1_768_161_600_000
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_TERRITORIES = (
    Territory("test", "Тестовая область", "region"),
    Territory("avto", "городской округ Автоград", "municipality", "test", 600_000),
    Territory("avto-1", "Первый район", "district", "avto", 400_000),
    Territory("avto-2", "Второй район", "district", "avto", 200_000),
    Territory("luga", "Луговой район", "municipality", "test", 40_000),
    Territory("zarechye", "Заречье", "municipality", "test", None),
)
_STREETS = {
    "avto-1": ("Революционная", "Юбилейная", "бульвар Кулибина", "Мира"),
    "avto-2": ("Мира", "Баныкина", "Лесная"),
    "luga": ("Советская", "Садовая"),
}


def profile() -> Profile:
    return Profile(
        id="test",
        name="Тестовая область",
        digest="0",
        calendar=Calendar(ZoneInfo("Europe/Samara")),
        territories={territory.id: territory for territory in _TERRITORIES},
        places=tuple(PlaceName(name, "street", territory) for territory, names in _STREETS.items() for name in names),
    )


def world(posts_per_second: float = 1.0, bursts_per_day: float = 0.0, communities: int = 30) -> World:
    return World(profile(), 7, Options(posts_per_second=posts_per_second, communities=communities, bursts_per_day=bursts_per_day))
