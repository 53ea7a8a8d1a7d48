"""Sources that are due at the same time are read by one request, where the network answers for many."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor.bench.virtual import run
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.source import Source
from monitor.runtime.appending import Appender
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from sources.base import Fetched
from tests.monitor.runtime.crawling import Network, World, communities
from tests.sources.vk.town import Town, town


class Crowd(Network):
    """Answers for five even ones at once; ``refused`` is closed, ``missed`` gets no answer, the next requests fail by ``fails``."""

    many = 5

    def __init__(self, **more: float) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.groups: list[list[str]] = []
        self.refused = self.missed = ""
        self.fails: list[Exception] = []
        self.busy: set[str] = set()

    def joins(self, source: Source, cursor: str, now: int) -> bool:
        return int(source.address) % 2 == 0

    async def fetch_many(self, sources: Sequence[Source], cursors: Sequence[str], now: int) -> dict[str, Fetched | SourceRefused]:
        names = [source.id for source in sources]
        assert self.busy.isdisjoint(names), "one request at a time for each"
        assert all(self.joins(source, "", now) for source in sources)
        assert len(names) <= self.many
        self.groups.append(names)
        self.busy |= set(names)
        await asyncio.sleep(self.takes)
        self.busy -= set(names)
        if self.fails:
            raise self.fails.pop()
        found: dict[str, Fetched | SourceRefused] = {}
        for source, cursor in zip(sources, cursors, strict=True):
            if source.id == self.refused:
                found[source.id] = SourceRefused("закрыто")
            elif source.id != self.missed:
                found[source.id] = self.usual(source, cursor, now)
        return found

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        assert source.id not in self.busy
        self.busy.add(source.id)
        try:
            return await super().fetch(source, cursor, now)
        finally:
            self.busy.discard(source.id)


def test_what_is_due_together_is_read_together() -> None:
    async def main() -> None:
        network = Crowd(wait=60.0)
        world = World(communities(40), [network], concurrency=2)
        await world.run(50.0)
        await world.stop()
        together = [name for group in network.groups for name in group]
        assert len(together) == len(set(together))
        assert max(map(len, network.groups)) == 5
        assert len(together) > 12
        assert set(together) | set(network.asked) == {source.id for source in world.sources}
        assert not set(together) & set(network.asked), "each once"
        assert all(world.state(source) == "ok" for source in world.sources)
        assert set(world.log.read) == {source.id for source in world.sources}

    run(main)


def test_it_goes_on_as_ever() -> None:
    """Nobody starves, whichever way they are read; who refuses is told apart, who was missed is read alone."""

    async def main() -> None:
        network = Crowd(wait=60.0)
        network.refused, network.missed = "vk:4", "vk:6"
        world = World(communities(12), [network], concurrency=2)
        await world.run(1800.0)
        await world.stop()
        states = {source.id: world.state(source) for source in world.sources}
        assert {name for name, state in states.items() if state != "ok"} == {"vk:4"}
        assert states["vk:4"] == "forbidden"
        readings = {name: len(times) for name, times in network.asked.items()}
        for group in network.groups:
            for name in group:
                readings[name] = readings.get(name, 0) + 1
        assert all(readings[f"vk:{number}"] > 20 for number in range(12) if number != 4)
        assert network.asked["vk:6"]

    run(main)


def test_without_a_token_for_it_sources_are_read_alone() -> None:
    async def main() -> None:
        for error, groups in ((SourceRefused("нет токена"), 1), (SourceUnavailable("квота", 2000.0), 1)):
            network = Crowd(wait=60.0)
            network.fails = [error]
            world = World(communities(12), [network], concurrency=2)
            await world.run(1500.0)
            assert len(network.groups) == groups
            assert all(len(times) > 15 for times in network.asked.values())
            assert len(network.asked) == 12
            await world.run(2500.0)
            network.takes = 20.0
            await world.run(400.0)
            assert len(network.groups) > groups, "it is tried again"
            await world.stop()

    run(main)


class NoonClock:
    """The town's time, and real sleep."""

    def __init__(self, here: Town) -> None:
        self._here = here

    def now(self) -> int:
        return self._here.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def test_walls_of_vk_are_read_by_execute() -> None:
    async with town() as here:
        walls = []
        for number in range(60):
            here.open(-1000 - number)
            here.post(f"Запись {number}", owner=-1000 - number)
            walls.append(here.source(str(-1000 - number)))
        here.world.add(here.open(-1007)).access = "closed"
        world = World(walls, [])
        clock, log = NoonClock(here), world.log
        health = Health(walls, world.store, world.metrics, clock)  # type: ignore[arg-type]
        appender = Appender(log, world.board, health, world.metrics, clock)  # type: ignore[arg-type]
        crawler = Crawler(walls, {"vk": here.adapter()}, appender, log, health, clock, concurrency=1)  # type: ignore[arg-type]
        running = asyncio.create_task(crawler.run())
        for _ in range(2000):
            await asyncio.sleep(0.01)
            if len(log.read) == 59 and health._rows["vk:-1007"].state != "new":
                break
        crawler.stop()
        await running
        assert sorted(post.text for page in log.pages for post in page.posts) == sorted(
            f"Запись {number}" for number in range(60) if number != 7
        )
        assert set(log.read) == {source.id for source in walls} - {"vk:-1007"}
        assert health._rows["vk:-1007"].state == "forbidden"
        assert here.methods().count("execute") == 3
        assert not here.server.exceeded
