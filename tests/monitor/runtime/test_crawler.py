"""The crawler: every source is read and goes on being read, whatever networks, log and its own process do."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.bench.virtual import VirtualClock, run
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.runtime import crawler
from sources.base import Fetched
from sources.budgets.budgets import Budgets
from sources.budgets.limits import ANY, SERVICE, Limits, Rate
from sources.budgets.token import Token
from tests.monitor.runtime.crawling import START, MemoryLog, Network, World, communities
from tests.sources.budgets.worlds import Kept

LIMITS = Limits({SERVICE: Rate(3)}, {"wall.get": 3000}, polls={ANY: "wall.get"})
# Made anew for each raise: a raised exception keeps the frames of every raise before.
ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: SourceUnavailable("", 3.0),
    lambda: SourceRefused("closed"),
    lambda: RetryableError(""),
    ZeroDivisionError,
)


async def budgets(limits: Limits = LIMITS) -> Budgets:
    made = Budgets([Token("vk", SERVICE, "one", "secret")], {"vk": limits}, VirtualClock(START))
    made.open(Kept())
    await made.own(["vk/one"])
    return made


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1 << 32), limited=st.booleans())
@example(seed=9, limited=True)
@example(seed=109, limited=True)
def test_nothing_is_lost_or_doubled_and_cursors_move_with_pages(seed: int, limited: bool) -> None:
    async def main() -> None:
        draw = random.Random(seed)
        sources = communities(12)
        log, network = MemoryLog(), Network(every=300.0, wait=120.0)

        def trouble(source: Source, now: int) -> None:
            if draw.random() < 0.2:
                raise draw.choice(ERRORS)()

        network.trouble = trouble
        owned = await budgets() if limited else None
        network.budget = owned
        for _ in range(3):
            world = World(sources, [network], log, budgets=owned)
            await world.run(draw.choice([100.0, 1500.0, 6000.0]))
            log.fails = draw.choice([0, 2])
            await (world.stop() if draw.random() < 0.5 else world.kill())
        network.trouble = lambda source, now: None
        log.fails = 0
        world = World(sources, [network], log, budgets=owned)
        await world.run(5000.0)
        await world.stop()
        for source in sources:
            pages = [page for page in log.pages if page.source == source.id]
            found = [post.id for page in pages for post in page.posts]
            assert len(found) == len(set(found)), "a page's cursor is there with the page"
            times = sorted(int(one.rsplit("_", 1)[1]) for one in found)
            assert all(later - earlier == 300_000 for earlier, later in pairwise(times))
            assert log.read[source.id] == pages[-1].cursor
            assert world.state(source) == "ok"

    run(main)


def test_a_network_that_hangs_holds_up_no_other() -> None:
    async def main() -> None:
        slow, quick = Network("vk", takes=5000.0), Network("ok", wait=10.0)
        sources = communities(30) + communities(5, "ok")
        world = World(sources, [slow, quick], concurrency=4)
        await world.run(1000.0)
        assert slow.most_under_way == 4
        assert min(len(quick.asked[source.id]) for source in sources if source.network == "ok") >= 90
        await world.kill()

    run(main)


def test_sources_in_trouble_are_tried_later_and_later_and_their_state_is_told() -> None:
    async def main() -> None:
        one, two, three, four = communities(4)
        network = Network(wait=300.0)
        kinds: dict[str, Callable[[], Exception]] = {
            one.id: lambda: SourceUnavailable("busy", 2.0, "limited"),
            two.id: lambda: SourceRefused("closed"),
            three.id: lambda: KeyError("x"),
        }

        def trouble(source: Source, now: int) -> None:
            if source.id in kinds and now < START + 7_200_000:
                raise kinds[source.id]()

        network.trouble = trouble
        world = World([one, two, three, four], [network])
        await world.run(7000.0)
        assert [world.state(source) for source in (one, two, three, four)] == ["limited", "forbidden", "broken", "ok"]
        assert "busy" in world.row(one).error
        waits = [later - earlier for earlier, later in pairwise(network.asked[one.id])]
        assert waits == sorted(waits)
        assert 890_000 < waits[-1] < 910_000
        assert len(network.asked[two.id]) == 2
        await world.run(5000.0)
        assert {world.state(source) for source in (one, two, three, four)} == {"ok"}
        assert world.row(one).error == ""
        await world.stop()

    run(main)


def test_states_of_what_comes() -> None:
    async def main() -> None:
        empty, broken, partly, gone = communities(4)
        network = Network()

        def answer(source: Source, cursor: str, now: int) -> Fetched | None:
            page = Page(source.id, source.region, "vk", now, now, str(now))
            if source is partly:
                page.posts = [Post(f"p{now}", "текст", now - 1)]
            if source is gone:
                raise SourceUnavailable("200 of an unknown form", 5.0, "broken")
            return Fetched([page], wait=60.0, broken=[({"raw": 1}, "no id")] if source in (broken, partly) else [])

        network.answer = answer
        world = World([empty, broken, partly, gone], [network])
        await world.run(400.0)
        assert [world.state(source) for source in (empty, broken, partly, gone)] == ["empty", "broken", "ok", "broken"]
        assert world.row(broken).error == "no id"
        assert all(page.broken for page in world.log.pages if page.source == broken.id), "they go to the dead letters"
        await world.stop()

    run(main)


@pytest.fixture
def rarely_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the figures show is made rarely: over days it would be most of the work."""
    monkeypatch.setattr(crawler, "SHOW_SECONDS", 300.0)


@pytest.mark.usefixtures("rarely_shown")
def test_silence_is_told_once_and_over_when_it_writes_again(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        (source,) = communities(1)
        network = Network(every=600.0, wait=1200.0)
        world = World([source], [network])
        await world.run(8 * 86_400.0)
        assert world.state(source) == "ok"
        network.silent_from = START + 8 * 86_400_000
        await world.run(14 * 3600.0)
        row = world.row(source)
        assert row.state == "silent"
        assert row.covered_until > START + 8 * 86_400_000, "it is read, and it is known up to when"
        network.silent_from = 1 << 60
        await world.run(2000.0)
        assert world.state(source) == "ok"
        await world.stop()

    run(main)
    assert [record.levelname for record in caplog.records if "молчит" in record.getMessage()] == ["WARNING", "WARNING"]


def test_what_was_learnt_outlives_the_process() -> None:
    async def main() -> None:
        sources = communities(3)
        log, network = MemoryLog(), Network()
        world = World(sources, [network], log)
        await world.run(4000.0)
        await world.stop()
        read = {source.id: len(network.asked[source.id]) for source in sources}
        network.trouble = _refuse
        again = World(sources, [network], log)
        await again.run(60.0)
        for source in sources:
            before, after = world.row(source), again.row(source)
            assert after.state == "forbidden"
            assert (after.covered_until, after.posts) == (before.covered_until, before.posts)
            assert read[source.id] > 10
        log.kept = dict.fromkeys(log.kept, "{")
        await again.kill()
        fresh = World(sources, [Network()], log)
        await fresh.run(60.0)
        assert fresh.state(sources[0]) == "empty", "it is not known any more that it ever wrote"
        await fresh.stop()

    run(main)


def test_a_source_that_has_just_shown_its_first_posts_is_not_empty_after_a_crash() -> None:
    async def main() -> None:
        wrote, never = communities(2)
        log, network = MemoryLog(), Network(every=50_000.0)
        network.answer = lambda source, cursor, now: (
            Fetched([Page(source.id, source.region, "vk", now, now, str(now))], wait=30.0) if source is never else None
        )
        world = World([wrote, never], [network], log)
        writing = asyncio.create_task(world.health.run(asyncio.Event()))
        await world.run(60.0)
        writing.cancel()
        await world.kill()
        again = World([wrote, never], [network], log)
        await again.run(60.0)
        assert (again.state(wrote), again.row(wrote).posts) == ("ok", world.row(wrote).posts)
        assert (again.state(never), again.row(never).posts) == ("empty", 0)
        await again.stop()

    run(main)


def _refuse(source: Source, now: int) -> None:
    raise SourceRefused("closed")


def test_crawling_pauses_while_pages_are_not_worked_off() -> None:
    async def main() -> None:
        sources = communities(20)
        network = Network(wait=5.0)
        world = World(sources, [network], queue_pages=10)
        await world.run(500.0)
        full = len(world.log.pages)
        assert full <= 2 * 10 + 8
        for partition in (0, 1):
            await world.board.note("pages", partition, 1_000_000)
        await world.run(100.0)
        assert len(world.log.pages) > full + 100
        await world.stop()

    run(main)


@pytest.mark.usefixtures("rarely_shown")
def test_budgets_and_ceilings_hold_together() -> None:
    async def main() -> None:
        sources = communities(2, weight="critical") + [
            Source(f"vk:r{number}", "vk", "community", "samara", "x", weight="rare") for number in range(60)
        ]
        network = Network()
        network.budget = await budgets()
        world = World(sources, [network], budgets=network.budget)
        await world.run(86_400.0)
        asked = network.asked
        assert sum(map(len, asked.values())) <= 3000
        assert sum(map(len, asked.values())) >= 2400
        for source in sources[:2]:
            assert max(later - earlier for earlier, later in pairwise([START, *asked[source.id]])) <= 300_000
        assert min(len(times) for times in asked.values()) >= 2
        assert world.crawler.late() < 0
        (lane,) = world.crawler.lanes()
        assert not lane.short
        await world.stop()

    run(main)


def test_danger_is_read_at_once() -> None:
    async def main() -> None:
        sources = communities(40, weight="rare", territory="togliatti")
        network = Network()
        network.budget = await budgets()
        world = World(sources, [network], budgets=network.budget)
        await world.run(3600.0)
        before = Counter({name: len(times) for name, times in network.asked.items()})
        hurried = world.crawler.hurry(["togliatti", "samara"])
        assert hurried > 10
        await world.run(30.0)
        assert sum(len(times) - before[name] for name, times in network.asked.items()) >= hurried
        await world.stop()

    run(main)


def test_a_stop_finishes_what_is_under_way() -> None:
    async def main() -> None:
        sources = communities(6)
        network = Network(takes=2.0, wait=1000.0)
        world = World(sources, [network], concurrency=3)
        await world.run(1.0)
        await world.stop()
        assert network.under_way == 0
        assert len(world.log.pages) == 3

    run(main)


def test_a_thousand_sources_in_flat_memory() -> None:
    async def main() -> tuple[int, int, int]:
        sources = communities(1000)
        network = Network(every=3600.0, wait=120.0, takes=0.05)
        log = MemoryLog()
        world = World(sources, [network], log)
        await world.run(400.0)
        tasks = len(asyncio.all_tasks())
        _forget(log, world, network)
        gc.collect()
        tracemalloc.start()
        await world.run(300.0)
        _forget(log, world, network)
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        read = len(world.crawler.lanes())
        await world.kill()
        return tasks, grown, read

    tasks, grown, lanes = run(main)
    assert tasks < 40, "no task for each source"
    assert grown < 1_500_000
    assert lanes == 1


def _forget(log: MemoryLog, world: World, network: Network) -> None:
    """What only the test keeps."""
    log.pages.clear()
    world.store.rows.clear()
    network.asked.clear()


def test_a_crawler_of_no_sources_waits_until_it_is_stopped() -> None:
    """A region whose profile names none yet, or a crawler of a cluster that has more crawlers than sources."""

    async def main() -> None:
        world = World([], [], MemoryLog())
        await world.run(1000.0)
        assert world.log.pages == []
        assert world.crawler.late() <= 0
        await world.stop()

    run(main)
