from __future__ import annotations

from pathlib import Path

from monitor.bench import regions
from monitor.bench.load import LiveLoad, stamp
from monitor.bench.told import Stored, Told, mark, percentiles, rate, told
from monitor.clock import ManualClock
from monitor.log.base import TOPICS, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.model.watch import Findings, Tick, encode_record


def page(source: str, posts: int) -> Page:
    return Page(source, "r", "sim", 0, posts=[Post(f"{source}:{number}") for number in range(posts)])


def test_percentiles_count_every_post() -> None:
    stored = [Stored(1100, 1000, 98), Stored(2000, 1000), Stored(6000, 1000)]
    assert percentiles(stored) == [0.1, 0.1, 1.0, 5.0]
    assert percentiles([Stored(7, 7)]) == [0.0] * 4
    assert percentiles([]) is None


def test_the_rate_leaves_the_first_batch_out() -> None:
    found = Told([Stored(1000, 0, 500), Stored(2000, 0, 300), Stored(3000, 0, 300)], [Stored(5000, 0)])
    assert rate(found) == 150
    assert rate(Told([Stored(1000, 0, 500)])) is None
    # Half of the second partition's batch may have been done when the first one's was.
    found = Told([Stored(1000, 0, 500), Stored(2000, 0, 500, 1), Stored(3000, 0, 500), Stored(3000, 0, 500, 1)])
    assert rate(found) == 500


async def test_what_was_stored_before_and_empty_pages_are_left_out(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log", dict.fromkeys(TOPICS, 1))

    async def find(offset: int, fetched: int, posts: int, at: int) -> None:
        record = encode_record(Findings((1, 0, offset), "r", "s", fetched, posts=posts))
        await log.append([Append(WATCH, 0, "r", record, at)])

    await find(1, 100, 5, 150)
    begun = await mark(log)
    await find(2, 200, 7, 260)
    await log.append([Append(WATCH, 0, "r", encode_record(Tick(1)), 300)])
    await find(3, 300, 0, 310)
    found = await told(log, begun)
    assert found.posts == [Stored(260, 200, 7)]
    assert found.incidents == []
    assert found.last == 260
    await log.close()


async def test_a_load_is_late_by_its_plan_and_not_by_its_reader() -> None:
    source = Source("sim:a", "sim", "community", "r", "a")
    load = LiveLoad([page("sim:a", 10), page("sim:b", 10), page("sim:a", 10)], 50_000, 100)
    assert (load.posts, load.end) == (30, 50_300)
    tail = LiveLoad([page("sim:a", 10)], 50_000, 100, tail=2.0)
    assert tail.end == 52_100
    early = await load.fetch(source, "", 49_000)
    assert [len(one.posts) for one in early.pages] == [0]
    assert 1 <= early.wait < 1.1
    # Whoever comes late gets all that was due, as of the time when it was due.
    late = await load.fetch(source, "", 60_000)
    assert [one.fetched_at for one in late.pages] == [50_000, 50_200]
    assert all(post.published_at <= one.fetched_at for one in late.pages for post in one.posts)
    other = await load.fetch(Source("sim:b", "sim", "community", "r", "b"), "", 60_000)
    assert [one.fetched_at for one in other.pages] == [50_100]
    await load.given(ManualClock(60_000))


def test_a_region_of_its_own_and_its_bursts(tmp_path: Path) -> None:
    first, second = (regions.make("samara", f"samara-{number}", tmp_path / str(number), number) for number in (1, 2))
    assert not first.profile.sources.keys() & second.profile.sources.keys()
    burst, usual = first.burst(0, 50, 10), list(first.pages(200, 10))
    assert {page.region for page in (*burst, *usual)} == {"samara-1"}
    assert {page.source for page in (*burst, *usual)} <= first.profile.sources.keys()
    assert {len(page.posts) for page in usual} == {10}
    ids = [post.id for page in (*burst, *usual) for post in page.posts]
    assert len(ids) == len(set(ids)) >= 250
    assert not set(ids) & {post.id for page in second.pages(200, 10) for post in page.posts}


def test_posts_are_written_in_the_second_before_the_fetch() -> None:
    times = [post.published_at for post in stamp(page("s", 4), 9_000).posts]
    assert times == [8_000, 8_250, 8_500, 8_750]
