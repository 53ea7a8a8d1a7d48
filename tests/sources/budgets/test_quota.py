"""Quotas: in no 24 hours more than the limit, over crashes and clocks; and nearly all of it can be used."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sources.budgets.quota import QUARTER, SPAN, USABLE, Quota

DAY = 86_400_000
HOUR = 3_600_000


@given(
    limit=st.integers(1, 600),
    steps=st.lists(
        st.tuples(st.integers(0, 3 * HOUR), st.integers(1, 30), st.sampled_from(["charge", "crash", "fail"])), max_size=80
    ),
)
def test_no_day_holds_more_than_the_quota(limit: int, steps: list[tuple[int, int, str]]) -> None:
    now = 1_000 * DAY
    quota = Quota(limit)
    durable: dict[int, int] = {}
    sent: list[tuple[int, int]] = []
    for later, calls, what in steps:
        now += later
        if what == "crash":
            quota = Quota(limit, durable)
        if quota.wait(calls, now) > 0:
            continue
        quarter = quota.charge(calls, now)
        if not quota.covered(quarter):
            draft = quota.draft(now)
            if what == "fail":
                quota.give_back(calls, quarter)
                continue
            durable = draft
            quota.wrote(draft)
        assert quota.covered(quarter)
        sent.append((now, calls))
    for start, _ in sent:
        assert sum(calls for at, calls in sent if start <= at < start + DAY) <= limit


def test_nearly_all_of_it_can_be_used_every_day() -> None:
    quota = Quota(5000)
    made, now = 0, 0
    for _ in range(5 * 24 * 60):
        now += 60_000
        while quota.wait(1, now) == 0:
            quota.charge(1, now)
            made += 1
    assert made / 5 >= 5000 * USABLE


def test_the_wait_is_until_enough_is_free() -> None:
    quota = Quota(10)
    quota.charge(6, 0)
    quota.charge(4, 2 * HOUR)
    assert quota.wait(3, 2 * HOUR) == (SPAN * QUARTER - 2 * HOUR) / 1000
    assert quota.freed(2 * HOUR, 24 * HOUR) == 6
    assert quota.wait(3, SPAN * QUARTER - 1) > 0
    assert quota.wait(3, SPAN * QUARTER) == 0
    assert quota.wait(11, 100 * DAY) == float("inf")


def test_a_clock_that_is_put_back_frees_nothing() -> None:
    quota = Quota(10)
    quota.charge(10, 10 * DAY)
    assert quota.left(8 * DAY) == 0
    assert quota.left(10 * DAY + 25 * HOUR) == 10


def test_few_writes() -> None:
    quota = Quota(5000)
    writes = 0
    for minute in range(24 * 60):
        for _ in range(3):
            if not quota.covered(quota.charge(1, minute * 60_000)):
                quota.wrote(quota.draft(minute * 60_000))
                writes += 1
    assert writes <= 24 * 60 * 3 / 12
