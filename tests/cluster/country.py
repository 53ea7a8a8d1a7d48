"""Four small simulated regions in one cluster, each in a partition of its own: the region of the crash tests four times over."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import replace

from monitor.clock import SimulatedClock
from monitor.log.base import PAGES, Append, partition_of
from monitor.model.codec import decode, encode
from monitor.model.errors import SourceRefused
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.profile.model import Profile
from sources.base import Fetched
from sources.simulated.adapter import SimulatedAdapter
from sources.simulated.world import World
from tests.crash import region
from tests.crash.region import HOUR, MINUTE, REGION, START

REGIONS = ("alpha", "beta", "delta", "iota")
PARTITIONS = 4
STEP = 5 * MINUTE


class Country:
    """Its worlds have ``posts_per_second`` each. The same arguments give the same pages in every process."""

    network = "sim"

    def __init__(self, seed: int, posts_per_second: float = 0.06, communities: int = 8, hours: int = 2) -> None:
        self.end = START + hours * HOUR
        self.worlds = {name: region.world(seed + number, posts_per_second, communities) for number, name in enumerate(REGIONS)}
        self.profiles = [_profile(name, world) for name, world in self.worlds.items()]

    @property
    def sources(self) -> list[Source]:
        return [source for profile in self.profiles for source in profile.sources.values()]

    def clock(self) -> SimulatedClock:
        """Everything that the sources have to say is over."""
        return SimulatedClock(self.end)

    def pages(self, again: int = 7) -> Iterator[Append]:
        """All pages in order of time; every ``again``-th comes a second time."""
        walks = [self._walk(name, world) for name, world in self.worlds.items()]
        for number, (name, page) in enumerate(heapq.merge(*walks, key=lambda item: item[1].fetched_at)):
            source = renamed(name, page.source)
            record = Append(PAGES, partition_of(source, PARTITIONS), source, _moved(page, name), page.fetched_at)
            yield from [record] * (1 + (number % again == 0))

    def posts(self) -> set[str]:
        """The ids of all posts."""
        return {renamed(name, one.truth.id) for name, world in self.worlds.items() for one in world.happenings(START, self.end)}

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        """Fulfils sources.base.Adapter for all of its sources: each request brings STEP ms, and at the end they are closed."""
        begin = int(cursor or START)
        if begin >= self.end:
            raise SourceRefused("all was told", state="gone")
        name = source.region
        there = replace(source, id=source.id.replace(f"{name}.", ""))
        fetched = await SimulatedAdapter(self.worlds[name], START).fetch(there, cursor, begin + STEP)
        return replace(fetched, pages=[decode(_moved(page, name), Page) for page in fetched.pages], more=True)

    def told(self, cursors: Mapping[str, str]) -> float:
        """The share of the sources' time that has been read, by their cursors."""
        read = [int(cursors.get(source.id, START)) - START for source in self.sources]
        return sum(read) / (len(read) * (self.end - START))

    async def close(self) -> None:
        """Nothing is held."""

    def _walk(self, name: str, world: World) -> Iterator[tuple[str, Page]]:
        return ((name, page) for page in world.pages(START, self.end, step_ms=STEP, empty=True))


def _moved(page: Page, name: str) -> bytes:
    """The page as of the region ``name``: worlds give the same names to their sources and posts."""
    return encode(replace(page, region=name)).replace(b'"sim:', f'"sim:{name}.'.encode())


def renamed(name: str, source: str) -> str:
    return source.replace("sim:", f"sim:{name}.")


def _profile(name: str, world: World) -> Profile:
    profile = region.profile()
    territories = {
        one.id: one
        for old in profile.territories.values()
        for one in [replace(old, id=name if old.id == REGION else old.id, parent=name if old.parent == REGION else old.parent)]
    }
    sources = [replace(source, id=renamed(name, source.id), region=name) for source in world.sources]
    return replace(profile, id=name, territories=territories, sources={source.id: source for source in sources})
