"""The night in Tolyatti as it is written: who posts what and when, in which source, and what it belongs to.

Minutes count from 03:00 of a Tuesday in January, in frost. ``kind`` is the truth: main (the burst main), copy (of one text), joke,
lift, far (another town), reply, late (06:30), old (an old text reposted).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from monitor.model.post import Post
from monitor.model.source import Source
from sources.standins.held import Shelf
from sources.standins.vk.world import Wall, Walls

MINUTE = 60_000
THREE = int(datetime(2026, 1, 12, 23, 0, tzinfo=UTC).timestamp() * 1000)
"""03:00 in Tolyatti (UTC+4), ms."""

CITY = Source("vk:-1", "vk", "community", "samara", "-1", "Подслушано Тольятти", "go-tolyatti", weight="critical")
OTHER = Source("vk:-2", "vk", "community", "samara", "-2", "Сызрань онлайн", "go-syzran", weight="critical")
SOURCES = [CITY, OTHER]


class Said(NamedTuple):
    """A post: minute from 03:00, author, text, truth, and its source."""

    minute: float
    author: int
    text: str
    kind: str = "main"
    source: Source = CITY


FIRST = Said(4, 1, "На улице Мира хлещет кипяток, прорвало трубу, вся дорога в пару!")
COPIED = "Прорвало трубу отопления на улице Мира, 14, хлещет кипяток, в квартирах нет отопления. Звоните все!"
HOUSES = (12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32)
_WORDS = (
    "Мира {}, нет отопления, батареи ледяные, дома 15 градусов, двое детей!",
    "У нас на улице Мира, {} прорвало теплотрассу, кипяток льётся прямо во двор",
    "Улица Мира {}: отопления нет с трёх часов ночи, на улице минус 24, замерзаем",
)


def burst() -> list[Said]:
    """34 posts of 27 authors about 11 houses from 03:04 to 03:20, six copies of one text among them."""
    said = [FIRST]
    said += [Said(6 + number, 2 + number, COPIED, "copy") for number in range(6)]
    for number in range(27):
        # Seven of them write a second time.
        author = 8 + number if number < 20 else number - 12
        house = HOUSES[number % len(HOUSES)]
        said.append(Said(6 + number * 0.5, author, _WORDS[number % 3].format(house)))
    return sorted(said, key=lambda one: one.minute)


def aside() -> list[Said]:
    """What stands apart: a joke, a broken lift, cold flats in another town."""
    return [
        Said(9, 101, "Ахаха, зато на Мира теперь своя баня, мойтесь на здоровье", "joke"),
        Said(11, 102, "На улице Юбилейной, 31 опять не работает лифт, вторая неделя", "lift"),
        Said(13, 103, "Сызрань, улица Советская, 7: в квартире холодно, нет отопления", "far", OTHER),
    ]


def late() -> list[Said]:
    """180 more people wake up."""
    said = []
    for number in range(180):
        text = _WORDS[number % 3].format(HOUSES[number % len(HOUSES)])
        said.append(Said(210 + number // 18, 200 + number, f"{text} Когда починят? Уже {number % 5 + 2} часа без тепла", "late"))
    return said


OLD = "Яма на улице Ленинградской, 12 уже третий год, машины бьются, сделайте ремонт дороги"


def reposted() -> list[Said]:
    """An old text about a pothole is reposted 60 times."""
    return [Said(290 + number // 12, 500 + number, OLD, "old") for number in range(60)]


def walls(now: Callable[[], int]) -> Walls:
    """VK as it holds the night: each community has an old post, under which people write as time (ms) goes by."""
    shelf = Shelf()
    for source in SOURCES:
        shelf.open(source.address, source.name)
        shelf.put(source.address, Post("7", "Доброй ночи, город!", THREE - 6 * 60 * MINUTE, author=source.address))
    for number, one in enumerate(sorted([*burst(), *aside(), *late(), *reposted()], key=lambda said: said.minute)):
        at = THREE + int(one.minute * MINUTE)
        shelf.put(one.source.address, Post(str(100 + number), one.text, at, "comment", author=str(one.author), thread="7"))
    return Walls(shelf, now, [Wall(int(source.address)) for source in SOURCES])
