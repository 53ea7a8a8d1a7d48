"""The region of these tests: small, simulated, with a classifier that knows all kinds, themes and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from zoneinfo import ZoneInfo

from detectors.duplicates import NearDuplicates
from detectors.spikes import Spikes, SpikeSettings
from monitor.model.post import Post
from monitor.model.verdict import CHATTER, Kind, Place, Quality, Urgency, Verdict
from monitor.model.watch import History, Use
from monitor.profile.model import Calendar, Deadline, PlaceName, Profile, Territory
from monitor.watch.region import Region
from monitor.watch.settings import Names, WatchSettings
from monitor.watch.stage import Watch
from sources.simulated.events import Burst
from sources.simulated.world import Options, World

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 1_768_222_800_000
"""Monday, 12 January 2026, 17:00 in Samara: a working hour is left, then the evening begins."""
END = START + HOUR
"""The processes that are killed live through one hour, in a smaller world: they have to be started often."""
REGION = "test"
EPOCH = 1

_TERRITORIES = (
    Territory(REGION, "Тестовая область", "region"),
    Territory("grad", "городской округ Град", "municipality", REGION, 600_000),
    Territory("grad-1", "Первый район", "district", "grad", 400_000),
    Territory("grad-2", "Второй район", "district", "grad", 200_000),
    Territory("luga", "Луговой район", "municipality", REGION, 40_000),
)
_STREETS = {"grad-1": ("Юбилейная", "Мира"), "grad-2": ("Мира", "Лесная"), "luga": ("Садовая",)}
_DEADLINES = (
    Deadline(Urgency.NORMAL, 0.6, "working", 0.5),
    Deadline(Urgency.RAISED, 1.0, interim_hours=0.5),
    Deadline(Urgency.URGENT, 0.5, interim_hours=0.25),
    Deadline(Urgency.DANGER, 0.25),
)
_THEMES = ("roads.holes", "roads.snow", "housing.heating", "housing.water", "waste.bins", "waste.other", "energy.outage")
_KINDS: tuple[Kind, ...] = ("complaint", "complaint", "complaint", "complaint", "question", "suggestion", "thanks", "chatter")
_QUALITIES: tuple[Quality, ...] = ("substantive", "interim", "formal", "redirect")


def profile() -> Profile:
    return Profile(
        id=REGION,
        name="Тестовая область",
        digest="0",
        calendar=Calendar(ZoneInfo("Europe/Samara")),
        territories={territory.id: territory for territory in _TERRITORIES},
        places=tuple(PlaceName(name, "street", territory) for territory, names in _STREETS.items() for name in names),
        deadlines={deadline.urgency: deadline for deadline in _DEADLINES},
    )


def world(seed: int, posts_per_second: float = 0.06, communities: int = 8) -> World:
    """Two evening hours of it have some 400 posts, and a burst from half an hour after START on."""
    burst = Burst(START + 30 * MINUTE, "housing", size=40, minutes=45, territory="grad-1", copies=40)
    options = Options(posts_per_second=posts_per_second, communities=communities, mean_words=12, bursts_per_day=0.0)
    return World(profile(), seed, options, bursts=[burst])


def small_world(seed: int) -> World:
    return world(seed, 0.03, 4)


class SteadyClassifier:
    """A meaning for every text, drawn from its hash: all kinds, urgencies and addresses come up, and few enough to meet again.

    It fails on a text with ``poison`` in it.
    """

    poison = "☠"
    version = "steady"

    def __init__(self, _: Profile | None = None, remember_words: int = 0, model: object = None) -> None:
        pass

    def classify(
        self, posts: Sequence[Post], territory: str | Sequence[str], words: Sequence[Sequence[bytes]] | None = None
    ) -> list[Verdict]:
        territories = [territory] * len(posts) if isinstance(territory, str) else territory
        return [self.one(post.text, place) for post, place in zip(posts, territories, strict=True)]

    def judge(self, posts: Sequence[Post]) -> list[Quality]:
        return [_QUALITIES[_digest(post.text)[0] % len(_QUALITIES)] for post in posts]

    def one(self, text: str, territory: str) -> Verdict:
        if self.poison in text:
            raise ValueError("a text that nobody expected")
        kind, theme, home, street, urgency, body = _digest(text)[:6]
        named = _KINDS[kind % len(_KINDS)]
        if named == "chatter":
            return CHATTER
        territory = territory or ("grad-1", "grad-2", "luga", "")[home % 4]
        place = Place(territory)
        if street % 3:
            place.street, place.house = f"улица {street % 2}", str(street % 4)
        slug = _THEMES[theme % len(_THEMES)] if theme % 9 else ""
        level = Urgency.DANGER if urgency < 6 else Urgency.URGENT if urgency < 30 else Urgency(urgency % 2)
        return Verdict(named, 500 + kind, slug.partition(".")[0], slug, place=place, body=f"body-{body % 3}", urgency=level)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def use(settings: str = "0") -> Use:
    return Use(START, REGION, SteadyClassifier.version, "0", settings)


def history(world: World) -> History:
    """Two days: enough to judge by, and learned in a moment."""
    counts = world.history(START - 7 * 24 * HOUR, 1)
    return History(REGION, START - 48 * HOUR, HOUR, {series: hours[-48:] for series, hours in counts.items()})


SPIKES = SpikeSettings(timezone_offset_ms=4 * HOUR)
WATCH = WatchSettings(duplicates=150, appeals=100_000, incidents=10_000, spikes=SPIKES)
"""Few near-duplicates are remembered, so that they come and go within the two hours."""


def watch(world: World, settings: WatchSettings = WATCH) -> Watch:
    region = profile()
    sources = [source.id for source in world.sources]

    def make() -> Region:
        return Region(region, settings, Names(), NearDuplicates(settings.duplicates), Spikes(settings.spikes), sources)

    return Watch(EPOCH, {REGION: make}, {REGION: use()})
