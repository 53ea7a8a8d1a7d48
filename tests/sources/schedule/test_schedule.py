"""The schedule as a crawler uses it: ceilings, budgets, order, haste."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.source import Source, SourceClass
from sources.budgets.pool import UNLIMITED, Allowance
from sources.schedule.habits import HOUR
from sources.schedule.lanes import BOOST, BOOST_MOST, Lane, Settings
from sources.schedule.schedule import Schedule

NOW = 1_789_948_800_000
CLASSES: tuple[SourceClass, ...] = ("critical", "ordinary", "rare")
INF = float("inf")
CRITICAL: list[SourceClass] = ["critical"]
ORDINARY: list[SourceClass] = ["ordinary"]
RARE: list[SourceClass] = ["rare"]


def sources(classes: Sequence[SourceClass], territory: str = "") -> list[Source]:
    return [
        Source(f"vk:{number}", "vk", "community", "samara", str(number), territory=territory, weight=weight)
        for number, weight in enumerate(classes)
    ]


def made(classes: Sequence[SourceClass], lanes: str = "wall.get", territory: str = "") -> Schedule:
    return Schedule(sources(classes, territory), Settings(), lambda source: lanes, lambda source: 0, NOW)


def run(schedule: Schedule, allowed: Allowance, hours: float, *, rate: float = 0.0, fail: int = 0) -> dict[str, list[int]]:
    """Reads what is due, a second each, planned every ten minutes; every ``fail``-th request fails. When each source was read."""
    times: dict[str, list[int]] = {source.id: [] for source in schedule.sources}
    now, planned, requests = NOW, 0, 0
    while now < NOW + hours * HOUR:
        if now >= planned + 1_800_000:
            planned = now
            schedule.plan(now, lambda lane: allowed)
        source = schedule.take("vk", now)
        if source is None:
            now = max(now + 1, min(schedule.next("vk"), planned + 1_800_000))
            continue
        requests += 1
        began, now = now, now + 1000
        if fail and requests % fail == 0:
            schedule.failed(source, now, 20.0)
            continue
        times[source.id].append(began)
        number = schedule.number[source.id]
        posted = [began - 1] if rate and requests % 3 == 0 else []
        schedule.habits.observe(number, times[source.id][-2] if len(times[source.id]) > 1 else began - 1000, began, posted)
        schedule.read(source, began, now, wait=5.0)
    return times


@settings(max_examples=8, deadline=None)
@given(
    classes=st.lists(st.sampled_from(CLASSES), min_size=3, max_size=12),
    plenty=st.floats(1.3, 10),
    fail=st.sampled_from([0, 7]),
)
def test_ceilings_hold_at_night_too_and_nobody_starves(classes: list[SourceClass], plenty: float, fail: int) -> None:
    schedule = made(classes)
    ceilings = Settings().ceilings
    needed = sum(86_400 / ceilings[weight] for weight in classes)
    allowed = Allowance(needed * plenty * 1.2, 30.0, INF)
    times = run(schedule, allowed, 13, fail=fail)
    for source in schedule.sources:
        read = [NOW, *times[source.id], NOW + 13 * HOUR]
        longest = max(later - earlier for earlier, later in pairwise(read)) / 1000
        assert longest <= ceilings[source.weight] + (60 if fail else 0), source
    assert not any(lane.short for lane in schedule.lanes.values())


@settings(max_examples=6, deadline=None)
@given(count=st.integers(5, 30), a_day=st.floats(200, 1500))
def test_a_budget_is_kept_and_used(count: int, a_day: float) -> None:
    schedule = made(RARE * count)
    times = run(schedule, Allowance(a_day, 30.0, INF), 24)
    spent = sum(len(one) for one in times.values()) - count
    assert spent <= a_day
    if a_day > count * 4:
        assert spent >= min(a_day, count * 86_400 / 60) * 0.8


def test_a_budget_that_is_too_small_stretches_but_starves_nobody() -> None:
    schedule = made([*CRITICAL * 10, *RARE * 40])
    times = run(schedule, Allowance(1000.0, 30.0, INF), 40)
    (lane,) = schedule.lanes.values()
    assert lane.short
    assert min(len(one) for one in times.values()) >= 2
    assert min(len(times[f"vk:{number}"]) for number in range(10)) > 5 * min(len(times[f"vk:{number}"]) for number in range(10, 50))


def test_what_is_left_for_the_hour_bounds_it() -> None:
    schedule = made(RARE * 50)
    read = 0
    for second in range(0, 2 * 3600, 5):
        now = NOW + second * 1000
        if second % 600 == 0:
            # Another program has the same token: nothing comes back within these hours.
            schedule.plan(now, lambda lane: Allowance(20_000.0, 30.0, max(0.0, 120.0 - read)))  # noqa: B023
        while (source := schedule.take("vk", now)) is not None:
            schedule.read(source, now, now, wait=5.0)
            read += 1
    assert 100 <= read <= 130


def test_no_herd_at_the_start_and_later() -> None:
    schedule = made(ORDINARY * 100)
    times = sorted(at for one in run(schedule, Allowance(10_000.0, 3.0, INF), 3).values() for at in one)
    assert max(Counter(at // 10_000 for at in times).values()) <= 16, "half of the rate"


def test_critical_sources_are_read_first() -> None:
    schedule = made([*RARE * 50, *CRITICAL * 5])
    schedule.plan(NOW, lambda lane: Allowance(50_000.0, 3.0, INF))
    first: list[str] = []
    now = NOW
    while len(first) < 5:
        if (source := schedule.take("vk", now)) is not None:
            first.append(source.weight)
        now += 100
    assert first == ["critical"] * 5


def test_without_a_limit_adapters_say_when() -> None:
    schedule = made(RARE, lanes="")
    schedule.plan(NOW, lambda lane: UNLIMITED)
    source = schedule.take("vk", NOW)
    assert source is not None
    assert schedule.take("vk", NOW) is None, "one request at a time"
    schedule.read(source, NOW, NOW + 500, wait=42.0)
    assert schedule.next("vk") == NOW + 42_500
    schedule.plan(NOW + 10_000, lambda lane: UNLIMITED)
    assert schedule.next("vk") == NOW + 42_500


def test_an_answer_in_pieces_is_one_reading() -> None:
    schedule = made(CRITICAL)
    allowed = Allowance(10_000.0, 30.0, INF)
    schedule.plan(NOW, lambda lane: allowed)
    source = schedule.take("vk", NOW)
    assert source is not None
    for piece in range(4):
        schedule.read(source, NOW + piece * 1000, NOW + piece * 1000 + 900, wait=0.0, more=True)
        schedule.plan(NOW + piece * 1000 + 950, lambda lane: allowed)
        source = schedule.take("vk", NOW + (piece + 1) * 1000)
        assert source is not None
    schedule.read(source, NOW + 4000, NOW + 4900, wait=1.0)
    assert schedule.next("vk") <= NOW + 300_000, "counted from the first piece"
    assert schedule.late(NOW + 301_000) == 1.0


def test_what_an_earlier_process_has_read_is_not_read_again_at_once() -> None:
    schedule = made(ORDINARY * 2)
    schedule.remember("vk:0", NOW - 60_000)
    schedule.plan(NOW, lambda lane: Allowance(100.0, 3.0, INF))
    taken = [source.id for at in range(NOW, NOW + 10_000, 500) if (source := schedule.take("vk", at)) is not None]
    assert taken == ["vk:1"]


def test_danger_is_read_at_once_but_can_not_eat_the_budget() -> None:
    schedule = made(RARE * 60, territory="togliatti")
    allowed = Allowance(4000.0, 30.0, INF)
    schedule.plan(NOW, lambda lane: allowed)
    for at in range(NOW, NOW + 3_600_000, 500):
        if (source := schedule.take("vk", at)) is not None:
            schedule.read(source, at, at, wait=5.0)
    now = NOW + 3_600_000
    assert schedule.boost(["elsewhere"], now) == []
    hurried = schedule.boost(["togliatti"], now)
    assert len(hurried) == BOOST_MOST
    taken = [schedule.take("vk", now) for _ in hurried]
    assert {one.id for one in taken if one} == {one.id for one in hurried}
    for source in hurried:
        schedule.read(source, now, now, wait=5.0)
    assert schedule.boost(["togliatti"], now + 1000) == []
    boosted = 0
    for minute in range(60, 60 + 12 * 60):
        at = NOW + minute * 60_000
        if minute % 20 == 0:
            schedule.plan(at, lambda lane: allowed)
        boosted += len(schedule.boost(["togliatti"], at))
        while (one := schedule.take("vk", at)) is not None:
            schedule.read(one, at, at, wait=5.0)
    assert 4000 * BOOST * 0.3 <= boosted <= 4000 * BOOST * 0.5 + 1


def test_the_nearest_are_hurried_first() -> None:
    here, near = sources(RARE * 20, "center"), sources(RARE * 20, "town")
    every = near + [Source(f"{one.id}:h", "vk", "community", "samara", "x", territory="center", weight="rare") for one in here]
    schedule = Schedule(every, Settings(), lambda source: "wall.get", lambda source: 0, NOW)
    schedule.plan(NOW, lambda lane: Allowance(1000.0, 30.0, INF))
    for at in range(NOW, NOW + 60_000, 100):
        if (source := schedule.take("vk", at)) is not None:
            schedule.read(source, at, at, wait=1.0)
    hurried = schedule.boost(["center", "town"], NOW + 120_000)
    assert [one.territory for one in hurried] == ["center"] * 20 + ["town"] * 10


def test_what_fails_waits_as_long_as_it_is_told() -> None:
    schedule = made(CRITICAL)
    schedule.plan(NOW, lambda lane: Allowance(10_000.0, 30.0, INF))
    source = schedule.take("vk", NOW)
    assert source is not None
    schedule.failed(source, NOW, 3600.0)
    for minute in range(0, 60, 10):
        schedule.plan(NOW + minute * 60_000, lambda lane: Allowance(10_000.0, 30.0, INF))
        assert schedule.next("vk") == NOW + 3_600_000
    assert schedule.take("vk", NOW + 3_600_000) is source


def test_lanes_of_one_network_have_budgets_of_their_own() -> None:
    both = sources(ORDINARY * 4)
    schedule = Schedule(both, Settings(), lambda source: "a" if source.id < "vk:2" else "b", lambda source: 0, NOW)
    asked: list[str] = []

    def allowance(lane: Lane) -> Allowance:
        asked.append(lane.method)
        return Allowance(100.0 if lane.method == "a" else 10_000.0, 30.0, INF)

    schedule.plan(NOW, allowance)
    assert asked == ["a", "b"]
    assert {lane.method: lane.a_day for lane in schedule.lanes.values()} == {"a": pytest.approx(92), "b": pytest.approx(9200)}


@pytest.mark.parametrize("lanes", ["wall.get", ""])
def test_a_clock_that_is_put_back_holds_nothing_up(lanes: str) -> None:
    # For an hour everything would look freshly read, and nothing would say that nobody reads.
    schedule = made(CRITICAL * 3 + ORDINARY * 3, lanes)
    schedule.plan(NOW, lambda lane: Allowance(2000.0 if lanes else INF, 3.0, INF))
    source: Source | None = None
    now = NOW
    while source is None or now < NOW + HOUR:
        source = schedule.take("vk", now)
        if source is None:
            now = max(now + 1, schedule.next("vk"))
        elif now < NOW + HOUR:
            schedule.read(source, now, now + 200, wait=60.0)
    under_way = source, now
    now -= HOUR
    back, read = now, dict.fromkeys(range(6), now)
    schedule.read(under_way[0], under_way[1], now, wait=60.0)
    while now < back + 3 * HOUR:
        source = schedule.take("vk", now)
        if source is None:
            now = max(now + 1, min(schedule.next("vk"), now + 60_000))
            continue
        number = schedule.number[source.id]
        assert now - read[number] <= Settings().ceilings[source.weight] * 1000 + 1000
        read[number] = now
        schedule.read(source, now, now, wait=60.0)
    for number, source in enumerate(schedule.sources):
        assert now - read[number] <= Settings().ceilings[source.weight] * 1000 + 1000


def test_what_was_read_in_a_time_to_come_was_read_by_a_wrong_clock() -> None:
    schedule = made(CRITICAL)
    schedule.remember("vk:0", NOW + 24 * HOUR)
    schedule.plan(NOW, lambda lane: Allowance(5000.0, 3.0, INF))
    assert schedule.next("vk") <= NOW + 300_000
