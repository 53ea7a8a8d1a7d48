"""Habits: rates and weeks are learnt, borrowed, forgotten, and silence is what a source's own habit does not explain."""

from __future__ import annotations

import random

import pytest

from monitor.model.codec import decode, encode
from sources.schedule.habits import HOUR, WEEK, Habits, Known

DAY = 24 * HOUR
MONDAY = 1_789_948_800_000
assert (MONDAY // HOUR - 96) % WEEK == 0


def posts(rate: float, start: int, end: int, seed: int, hours: range = range(24)) -> list[int]:
    """A Poisson stream, only in these hours of the day (UTC)."""
    draw, at, found = random.Random(seed), float(start), []
    while (at := at + draw.expovariate(rate) * HOUR) < end:
        if int(at) // HOUR % 24 in hours:
            found.append(int(at))
    return found


def watch(habits: Habits, number: int, times: list[int], start: int, end: int, step: int) -> None:
    for at in range(start, end, step):
        habits.observe(number, at, at + step, [one for one in times if at < one <= at + step])
        if at % DAY < step:
            habits.advance(at + step)


def test_rates_are_learnt() -> None:
    habits = Habits([("samara", "ordinary")] * 3, [0] * 3, MONDAY)
    for number, rate in enumerate((0.2, 2.0, 10.0)):
        for day in range(14):
            start = MONDAY + day * DAY
            habits.observe(number, start, start + DAY, posts(rate, start, start + DAY, day * 3 + number))
    habits.advance(MONDAY + 14 * DAY)
    assert habits.rates == pytest.approx([0.2, 2.0, 10.0], rel=0.25)


def test_a_first_answer_tells_the_rate_and_a_pinned_post_does_not_mislead() -> None:
    habits = Habits([("samara", "ordinary")] * 2, [0] * 2, MONDAY)
    now = MONDAY + 3 * DAY
    shown = posts(5.0, now - 20 * HOUR, now, 1)
    habits.first(0, shown, now)
    habits.first(1, [*shown, now - 6 * DAY, now - 300 * DAY], now)
    habits.advance(now)
    assert habits.rates == pytest.approx([5.0, 5.0], rel=0.4)


def test_what_nobody_knows_is_borrowed_from_the_class() -> None:
    groups = [("samara", "critical")] * 4 + [("samara", "rare")] * 4
    habits = Habits(groups, [0] * 8, MONDAY)
    for number in range(3):
        habits.observe(number, MONDAY, MONDAY + DAY, posts(20.0, MONDAY, MONDAY + DAY, number))
        habits.observe(4 + number, MONDAY, MONDAY + DAY, posts(0.1, MONDAY, MONDAY + DAY, number))
    habits.advance(MONDAY + DAY)
    assert habits.rates[3] > 10
    assert habits.rates[7] < 0.3


def test_the_shape_of_the_week_is_borrowed_and_then_its_own() -> None:
    habits = Habits([("samara", "ordinary")] * 3, [0] * 3, MONDAY)
    days, nights = range(8, 20), range(0, 8)
    times = [posts(12.0, MONDAY, MONDAY + 21 * DAY, number, hours) for number, hours in enumerate((days, days, nights))]
    for start in range(MONDAY, MONDAY + 21 * DAY, 2 * HOUR):
        habits.advance(start)
        for number in (0, 2):
            new = [one for one in times[number] if start < one <= start + 2 * HOUR]
            habits.observe(number, start, start + 2 * HOUR, new)
    habits.advance(MONDAY + 22 * DAY)
    forecast = habits.forecast(MONDAY + 22 * DAY, 24)
    noon, night = 12, 3
    assert forecast[0, noon] > 5 * forecast[0, night]
    assert forecast[2, night] > 3 * forecast[2, noon]
    # The one of which nothing is known has the mean of the others, and they are as many by day as by night.
    assert forecast[1, noon] > 0.5 * forecast[1, night]


def test_local_time_rules() -> None:
    habits = Habits([("a", "rare"), ("b", "rare")], [0, 12 * HOUR], MONDAY)
    forecast = habits.forecast(MONDAY, 24)
    assert forecast[0, 0] == pytest.approx(forecast[1, 12])
    assert forecast[0].argmin() == (forecast[1].argmin() + 12) % 24


def test_a_burst_is_followed_and_forgotten() -> None:
    habits = Habits([("samara", "ordinary")], [0], MONDAY)
    watch(habits, 0, posts(1.0, MONDAY, MONDAY + 7 * DAY, 1), MONDAY, MONDAY + 7 * DAY, HOUR)
    now = MONDAY + 7 * DAY + 12 * HOUR
    habits.observe(0, MONDAY + 7 * DAY, now, [])
    before = habits.forecast(now, 2)[0, 0]
    habits.observe(0, now, now + HOUR // 2, [now + 60_000 * n for n in range(1, 25)])
    habits.advance(now + HOUR // 2)
    during = habits.forecast(now + HOUR // 2, 2)[0, 0]
    assert during > 3 * before
    habits.observe(0, now + HOUR // 2, now + DAY, [])
    habits.advance(now + DAY)
    assert habits.forecast(now + DAY, 2)[0, 0] < during / 2


@pytest.mark.parametrize(("rate", "least", "most"), [(10.0, 1, 12), (1.0, 10, 60), (0.1, 90, 500)])
def test_silence_is_longer_than_the_habit(rate: float, least: int, most: int) -> None:
    habits = Habits([("samara", "ordinary")], [0], MONDAY)
    start = MONDAY + 28 * DAY
    watch(habits, 0, posts(rate, MONDAY, start, 5), MONDAY, start, 6 * HOUR)
    assert not habits.silent(0)
    hours = 0
    while not habits.silent(0):
        habits.observe(0, start + hours * HOUR, start + (hours + 1) * HOUR, [])
        hours += 1
    assert least <= hours <= most
    rates = habits.rates[0]
    habits.observe(0, start + hours * HOUR, start + (hours + 400) * HOUR, [])
    habits.advance(start + (hours + 400) * HOUR)
    assert habits.rates[0] > 0.5 * rates, "silence is no habit"
    back = start + (hours + 401) * HOUR
    habits.observe(0, start + (hours + 400) * HOUR, back, [back - 1])
    assert not habits.silent(0)


def test_ordinary_sources_are_hardly_ever_called_silent() -> None:
    habits = Habits([("samara", "ordinary")] * 40, [0] * 40, MONDAY)
    alarms = 0
    times = [posts(0.3 * (number + 1), MONDAY, MONDAY + 14 * DAY, number, range(5, 20)) for number in range(40)]
    for start in range(MONDAY, MONDAY + 14 * DAY, 6 * HOUR):
        end = start + 6 * HOUR
        habits.advance(end)
        for number in range(40):
            new = [one for one in times[number] if start < one <= end]
            habits.observe(number, start, end, new)
            alarms += habits.silent(number)
    assert alarms <= 2


def test_one_that_was_never_seen_to_write_is_not_silent() -> None:
    habits = Habits([("samara", "rare")], [0], MONDAY)
    habits.observe(0, MONDAY, MONDAY + 90 * DAY, [])
    assert not habits.silent(0)


def test_what_is_known_outlives_the_process() -> None:
    habits = Habits([("samara", "ordinary")] * 2, [0] * 2, MONDAY)
    watch(habits, 0, posts(3.0, MONDAY, MONDAY + 7 * DAY, 1, range(10, 20)), MONDAY, MONDAY + 7 * DAY, 3 * HOUR)
    habits.advance(MONDAY + 7 * DAY)
    again = Habits([("samara", "ordinary")] * 2, [0] * 2, MONDAY + 7 * DAY)
    again.load(0, decode(encode(habits.dump(0)), Known))
    again.load(1, Known(1, 2, 3, [], []))
    again.advance(MONDAY + 8 * DAY)
    now = MONDAY + 8 * DAY
    assert again.rates[0] == pytest.approx(habits.rates[0], rel=0.2)
    assert again.forecast(now, 24)[0, 12] > 3 * again.forecast(now, 24)[0, 3]
