"""Four small simulated regions in one cluster, each in a partition of its own: the region of the crash tests four times over."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace

from monitor.clock import SimulatedClock
from monitor.log.base import PAGES, Append, partition_of
from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.profile.model import Profile
from sources.simulated.world import World
from tests.crash import region
from tests.crash.region import HOUR, MINUTE, REGION, START

REGIONS = ("alpha", "beta", "delta", "iota")
PARTITIONS = 4
STEP = 5 * MINUTE


class Country:
    """Its worlds have ``posts_per_second`` each. The same arguments give the same pages in every process."""

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
            # Worlds give the same names to their sources and posts.
            value = encode(replace(page, region=name)).replace(b'"sim:', f'"sim:{name}.'.encode())
            record = Append(PAGES, partition_of(source, PARTITIONS), source, value, page.fetched_at)
            yield from [record] * (1 + (number % again == 0))

    def _walk(self, name: str, world: World) -> Iterator[tuple[str, Page]]:
        return ((name, page) for page in world.pages(START, self.end, step_ms=STEP, empty=True))


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
