"""History: all of it, marked, resumed, never in the way of what is written now."""

from __future__ import annotations

import asyncio

from monitor.bench.virtual import run
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
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
        assert set(found) >= {f"{source.id}_p{START - number * HOUR}" for source in sources for number in range(25, 480)}
        assert len(set(found)) == len(found)
        young = [post.id for page in log.pages if page.origin == "backfill" for post in page.posts if post.published_at > START - DAY]
        assert young == [], "the live crawl brings these, and they may alarm"
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
        assert len(set(old(log))) >= 3 * 695

    run(main)


def test_it_is_told_how_far_it_is() -> None:
    async def main() -> None:
        sources = communities(10)
        network = Chronicle(every=3600.0, wait=600.0)
        world = World(sources, [network], backfill_days=10.0)
        await world.run(90.0)
        done, count, share = world.crawler.history()
        assert (done, count) == (1, 10), "the one that has no past counts as done"
        assert 0.1 < share < 0.9
        await world.run(4000.0)
        assert world.crawler.history() == (10, 10, 1.0)
        await world.stop()
        assert world.crawler.history() == (10, 10, 1.0)

    run(main)


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
