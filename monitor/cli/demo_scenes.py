"""What happens in the demo: an evening with two troubles, or one scene alone.

The scenes are those by which alerts are judged: a burst main is one flash, a snowfall one notice for the region, an old text
passed on sixty times and an outage with its catch-up are nothing (tests/monitor/watch/test_scenes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from monitor.model.source import Source
from monitor.profile.model import Profile
from sources.simulated.events import Burst, Scene, Surge

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
NAMES: Final = {
    "evening": "прорыв теплотрассы и сорванные автобусы",
    "main": "прорыв теплотрассы",
    "snow": "снегопад на всю область",
    "repost": "старый текст, который пересылают шестьдесят раз",
    "outage": "сбой ВКонтакте и наверстывание после него",
}
ONSET: Final = 2 * MINUTE
OUTAGE: Final = 8 * MINUTE
OLD: Final = 20 * MINUTE
"""Before the start: it was new then."""
TEXT: Final = "Вторую неделю не вывозят мусор во дворе на улице Мира, дом 5, контейнеры переполнены, всё разлетается, {}!"
COPIES: Final = 60
BETWEEN: Final = 30_000


@dataclass(slots=True, frozen=True)
class Happenings:
    """On top of the everyday. ``dark``: from when until when (ms) the largest network can't be read."""

    bursts: Sequence[Burst] = ()
    surges: Sequence[Surge] = ()
    scenes: Sequence[Scene] = ()
    dark: tuple[int, int] = (0, 0)


def happenings(name: str, profile: Profile, sources: Sequence[Source], start: int, size: int = 260) -> Happenings:
    """What happens in a scene that begins ``ONSET`` after ``start`` (ms). ``size``: posts of a burst, as the region writes much."""
    begins = start + ONSET
    largest, second = _cities(profile)
    main = Burst(begins, "housing", size=size, minutes=90, territory=second, id="demo")
    match name:
        case "evening":
            buses = Burst(begins, "transport", size=size, minutes=90, territory=largest, id="buses")
            return Happenings(bursts=[main, buses])
        case "main":
            return Happenings(bursts=[main])
        case "snow":
            return Happenings(surges=[Surge(begins, begins + 4 * HOUR, "roads", 6.0)])
        case "repost":
            return Happenings(scenes=_passed_on(second, sources, start))
        case "outage":
            return Happenings(dark=(begins, begins + OUTAGE))
    raise ValueError(f"there is no scene {name!r}")


def _cities(profile: Profile) -> tuple[str, str]:
    """The largest city and the next one; of one city alone, that twice."""
    cities = [one for one in profile.territories.values() if one.kind == "municipality" and one.population]
    cities.sort(key=lambda one: -(one.population or 0))
    return cities[0].id, cities[min(1, len(cities) - 1)].id


def _passed_on(city: str, sources: Sequence[Source], start: int) -> list[Scene]:
    """An old complaint, and the same text in many communities later: each second time with another word."""
    where = [source.id for source in sources if source.kind == "community"]

    def post(at: int, source: str, key: str, words: str, of: str = "") -> Scene:
        return Scene(at, source, key, TEXT.format(words), group="waste", territory=city, duplicate_of=of)

    again = [
        post(
            start + ONSET + number * BETWEEN,
            where[number % len(where)],
            f"again{number}",
            "помогите" if number % 2 else "помогите люди добрые",
            "old",
        )
        for number in range(COPIES)
    ]
    return [post(start - OLD, where[0], "old", "помогите"), *again]
