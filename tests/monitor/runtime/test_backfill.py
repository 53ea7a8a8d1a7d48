"""History: all of it, marked, resumed, never in the way of what is written now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.bench.virtual import run
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.runtime.states import states
from sources.base import Fetched
from sources.budgets.pool import Allowance
from sources.schedule.lanes import HISTORY, Settings
from sources.schedule.schedule import Schedule
from tests.monitor.runtime.crawling import START, MemoryLog, Network, World, communities

HOUR = 3_600_000
DAY = 24 * HOUR


class Chronicle(Network):
    """Has a post for each hour of the past, a day a request. ``fails``: how many requests for it fail."""

    def __init__(self, **more: float) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.fails = 0
        self.asked_back: list[tuple[str, int, int]] = []

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        self.asked_back.append((source.id, now, self.under_way))
        await asyncio.sleep(self.takes)
        if source.id.endswith(":9"):
            raise SourceRefused("no past")
        if self.fails > 0:
            self.fails -= 1
            raise SourceUnavailable("busy", 5.0)
        end = int(cursor or START)
        posts = [Post(f"{source.id}_p{at}", "старое", at) for at in range(end - HOUR, end - DAY - 1, -HOUR) if at >= since]
        pages = [Page(source.id, source.region, self.network, now, now, str(end - DAY), posts=posts)]
        return Fetched(pages, more=end - DAY > since)


def old(log: MemoryLog) -> list[str]:
    assert all(page.covered_until == 0 and page.cursor == "" for page in log.pages if page.origin == "backfill")
    return [post.id for page in log.pages if page.origin == "backfill" for post in page.posts]


def test_all_of_it_once_over_restarts_and_faults() -> None:
    async def main() -> None:
        sources = communities(3)
        log, network = MemoryLog(), Chronicle(every=3600.0, wait=600.0)
        for seconds in (30.0, 45.0, 3000.0):
            world = World(sources, [network], log, backfill_days=20.0)
            network.fails = 2
            await world.run(seconds)
            await world.kill()
        found = old(log)
        assert set(found) >= {f"{source.id}_p{START - number * HOUR}" for source in sources for number in range(1, 480)}
        assert len(set(found)) == len(found)
        live = [post.id for page in log.pages if page.origin == "live" for post in page.posts]
        assert live
        assert not set(live) & set(found)
        assert {source.id: log.read[source.id].isdigit() for source in sources} == dict.fromkeys((one.id for one in sources), True)
        asked = len(network.asked_back)
        again = World(sources, [network], log, backfill_days=20.0)
        await again.run(100.0)
        assert len(network.asked_back) == asked, "what is done is done"
        await again.kill()
        longer = World(sources, [network], log, backfill_days=30.0)
        await longer.run(3000.0)
        await longer.kill()
        assert len(set(old(log))) >= 3 * 719

    run(main)


class Rows:
    """Stands in for sinks.base.Reader: the stored states of sources."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    async def query(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"source": source.id} for source in self._sources]


async def told(log: MemoryLog) -> None:
    """What ``nabat sources`` says while it goes on."""
    rows = await states(Rows(communities(11)), log)  # type: ignore[arg-type]
    begun = [row for row in rows if "history_percent" in row]
    assert 5 <= len(begun) <= 9, "neither the one without a past nor one that is not read"
    assert all(0 < row["history_percent"] < 100 for row in begun)
    assert all(row["history_from"] == START - row["history_percent"] * DAY // 10 for row in begun)


def test_it_is_told_how_far_it_is() -> None:
    async def main() -> None:
        sources = communities(10)
        network = Chronicle(every=3600.0, wait=600.0)
        log = MemoryLog()
        plain = World(sources, [network], log)
        plain.crawler._metrics = plain.metrics
        await plain.run(5.0)
        assert plain.registry.get_sample_value("nabat_backfill_ratio") == 1.0, "none is asked for"
        await plain.kill()
        world = World(sources, [network], log, backfill_days=10.0)
        world.crawler._metrics = world.metrics
        await world.run(90.0)
        done, count, share = world.crawler.history()
        assert (done, count) == (1, 10), "the one that has no past counts as done"
        assert 0.1 < share < 0.9
        shown = world.registry.get_sample_value("nabat_backfill_ratio")
        assert shown is not None
        assert share - 0.1 < shown <= share
        await told(log)
        await world.kill()
        world = World(sources, [network], log, backfill_days=10.0)
        await world.run(0.5)
        assert world.crawler.history()[2] >= share - 0.11, "a new process goes on, and says so at once"
        await world.run(4000.0)
        assert world.crawler.history() == (10, 10, 1.0)
        rows = await states(Rows(sources), log)  # type: ignore[arg-type]
        assert [row.get("history_percent") for row in rows] == [100] * 9 + [None], "what has no past is not asked again"
        await world.stop()
        assert world.crawler.history() == (10, 10, 1.0)

    run(main)


def test_what_is_young_is_left_to_the_live_crawl() -> None:
    """Marked as history it would alarm nobody."""

    async def main() -> None:
        sources = communities(2)
        network = Fresh(every=3600.0, wait=600.0)
        network.trouble = lambda source, now: refuse(source, now) if source.id == "vk:1" else None
        world = World(sources, [network], backfill_days=2.0)
        await world.run(3000.0)
        await world.kill()
        seen = {page.fetched_at for page in world.log.pages if page.source == "vk:0" and page.origin == "live"}
        pages = [page for page in world.log.pages if page.origin == "backfill"]
        assert len(pages) > 1
        assert all(post.published_at < max(at for at in seen if at <= page.fetched_at) for page in pages for post in page.posts)
        assert {page.source for page in pages} == {"vk:0"}, "and one that could not be read live yet has no history"

    run(main)


class Fresh(Chronicle):
    """Somebody writes just before history is asked for."""

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        fetched = await super().past(source, cursor, since, now)
        fetched.pages[0].posts += [Post(f"{source.id}_new{now}", "горит", now - 1)]
        return fetched


def refuse(source: Source, now: int) -> None:
    raise SourceUnavailable("not yet", 60.0)


def test_it_waits_while_sources_are_due() -> None:
    async def main() -> None:
        network = Chronicle(every=3600.0, wait=1.0, takes=3.0)
        world = World(communities(60), [network], backfill_days=10.0, concurrency=2)
        await world.run(600.0)
        assert network.asked_back == []
        await world.kill()

    run(main)


def test_it_takes_a_small_share_of_a_limit() -> None:
    sources = communities(5)
    schedule = Schedule(sources, Settings(), lambda source: "wall.get", lambda source: 0, START)
    schedule.plan(START, lambda lane: Allowance(10_000.0, 3.0, 10_000.0))
    assert 86_400 / schedule.history_pause(sources[0]) <= 10_000 * HISTORY
