"""The budget of a network as adapters use it: what is booked, what rests, what is told."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bench.virtual import VirtualClock, run
from monitor.model.errors import RetryableError, SourceRefused, SourceUnavailable
from sources.budgets.budgets import WINDOW, Budgets
from sources.budgets.limits import COMMUNITY, USER, VK, Limits, Rate
from sources.budgets.time import SteadyTime
from sources.budgets.token import Token
from sources.wire import Booking, Outcome
from tests.sources.budgets.worlds import DAY, SMALL, Kept, Network, opened, tokens

START = 1_790_000_000_000


async def use(budgets: Budgets, network: Network, draw: random.Random, clock: VirtualClock, end: float) -> None:
    """One of many adapters at work: asks, waits for the answer, tells, in any order with the others."""
    budget = budgets["vk"]
    while clock.steady() < end:
        method = draw.choice(["wall.get", "wall.get", "wall.get", "wall.search", "users.get"])
        calls = draw.choice([1, 1, 1, 25]) if method == "wall.get" else 1
        try:
            booking = await budget.book(method, (USER,), calls=calls)
        except SourceUnavailable as error:
            await clock.sleep(min(error.retry_after, 3600.0) * draw.random())
            continue
        except RetryableError:
            await clock.sleep(1.0)
            continue
        takes = draw.choice([0.01, 0.2, 1.5, 20.0]) * draw.random()
        arrives = takes * draw.random()
        await clock.sleep(arrives)
        network.arrive(booking.name, booking.kind, method, clock.steady(), calls)
        await clock.sleep(takes - arrives)
        if draw.random() < 0.9:
            outcome: Outcome = "ok" if draw.random() < 0.9 else draw.choice(["failed", "rate", "flood"])
            await budget.tell(booking, method, outcome, draw.choice([0.0, 0.0, 2.0]))
        if draw.random() < 0.7:
            await clock.sleep(draw.random() * draw.choice([1.0, 600.0, 7200.0]))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), workers=st.integers(1, 12), slow=st.sampled_from([0.0, 0.05, 2.0]))
def test_no_limit_is_exceeded_by_any_interleaving_and_crash(seed: int, workers: int, slow: float) -> None:
    async def main() -> Network:
        draw = random.Random(seed)
        clock = VirtualClock(START)
        network, kept = Network(SMALL), Kept(clock, slow)
        while clock.steady() < 2.2 * DAY:
            budgets = await opened(tokens(2), clock, kept)
            kept.fails = draw.choice([0, 0, 3])
            life = draw.choice([0.5, 30.0, DAY / 4, DAY])
            working = [asyncio.create_task(use(budgets, network, draw, clock, 2.2 * DAY)) for _ in range(workers)]
            _, alive = await asyncio.wait(working, timeout=life)
            for task in alive:
                task.cancel()
            for result in await asyncio.gather(*working, return_exceptions=True):
                assert result is None or isinstance(result, asyncio.CancelledError)
        return network

    network = run(main)
    assert network.exceeded == []
    assert network.calls["t0", "wall.get"]


def test_quotas_are_used_up_and_come_back() -> None:
    async def main() -> float:
        clock = VirtualClock(START)
        budget = (await opened(tokens(2), clock, Kept()))["vk"]
        for _ in range(2 * SMALL.quotas["wall.search"]):
            await budget.tell(await budget.book("wall.search"), "wall.search", "ok")
        with pytest.raises(SourceUnavailable) as caught:
            await budget.book("wall.search")
        assert caught.value.state == "limited"
        await clock.sleep(caught.value.retry_after)
        await budget.book("wall.search")
        return clock.steady()

    assert DAY < run(main) < DAY + 3600


def test_who_may_call_what() -> None:
    async def main() -> None:
        budget = (await opened(tokens(2, COMMUNITY), VirtualClock(START), Kept(), VK))["vk"]
        with pytest.raises(SourceRefused):
            await budget.book("wall.get")
        with pytest.raises(SourceRefused):
            await budget.book("execute", (USER,))
        assert (await budget.book("execute")).kind == COMMUNITY

    run(main)


def test_a_named_token_is_given_and_no_other() -> None:
    async def main() -> None:
        budget = (await opened(tokens(3), VirtualClock(START), Kept(), VK))["vk"]
        assert [(await budget.book("wall.get", token="t1")).name for _ in range(3)] == ["t1"] * 3
        for kinds, name in (((), "t9"), ((COMMUNITY,), "t1")):
            with pytest.raises(SourceRefused, match=name):
                await budget.book("execute", kinds, token=name)

    run(main)


def test_a_call_of_many_is_one_request() -> None:
    async def main() -> int:
        clock = VirtualClock(START)
        budget = (await opened(tokens(1), clock, Kept(), VK))["vk"]
        await clock.sleep(WINDOW)
        for _ in range(3):
            await budget.book("wall.get", (USER,), calls=25)
        assert clock.steady() == WINDOW, "three requests at once are no more than the rate"
        return budget.standings()[0].used["wall.get"]

    assert run(main) == 75


@pytest.mark.parametrize(
    ("outcome", "method", "until"),
    [("dead", "", 0), ("captcha", "", 86_400), ("quota", "wall.get", 3600), ("flood", "wall.get", 600)],
)
def test_parked_tokens_rest_and_are_shown_also_after_a_restart(outcome: Outcome, method: str, until: int) -> None:
    async def main() -> None:
        clock, kept = VirtualClock(START), Kept()
        one, two = tokens(2)
        budgets = await opened([one, two], clock, kept)
        await clock.sleep(WINDOW)
        booking = await budgets["vk"].book("wall.get")
        await budgets["vk"].tell(booking, "wall.get", outcome)
        for _ in range(3):
            other = await budgets["vk"].book("wall.get")
            assert other.name != booking.name
            await budgets["vk"].tell(other, "wall.get", "ok")
        heir = await opened([one, two], clock, kept)
        for known in (budgets, heir):
            shown = next(one for one in known.standings() if one.name == booking.name)
            assert (shown.state, shown.reason, shown.method) == ("parked", outcome, method)
            assert shown.until == 0 if not until else abs(shown.until - clock.now() - until * 1000) < 5000
            assert "secret" not in repr((known.standings(), booking, known.tokens))
        assert "secret" not in repr(kept.values)
        assert budgets.ended() == {outcome: 1, "ok": 3}

    run(main)


def test_a_new_value_is_not_parked_but_its_counts_stay() -> None:
    async def main() -> None:
        clock, kept = VirtualClock(START), Kept()
        (token,) = tokens(1)
        budgets = await opened([token], clock, kept)
        await clock.sleep(WINDOW)
        await budgets["vk"].tell(await budgets["vk"].book("wall.get"), "wall.get", "dead")
        fresh = type(token)(token.network, token.kind, token.name, "another")
        (shown,) = (await opened([fresh], clock, kept)).standings()
        assert (shown.state, shown.used["wall.get"]) == ("resting", 2), "one, and the block written ahead"

    run(main)


def test_the_network_says_too_often_and_is_left_alone_longer_and_longer() -> None:
    async def main() -> list[float]:
        clock = VirtualClock(START)
        budget = (await opened(tokens(1), clock, Kept()))["vk"]
        pauses = []
        for _ in range(3):
            booking = await _booked(budget, clock)
            before = clock.steady()
            await budget.tell(booking, "users.get", "rate")
            await _booked(budget, clock)
            pauses.append(clock.steady() - before)
        return pauses

    assert run(main) == pytest.approx([1, 2, 4])


async def _booked(budget: object, clock: VirtualClock) -> Booking:
    while True:
        try:
            return await budget.book("users.get")  # type: ignore[attr-defined, no-any-return]
        except SourceUnavailable as error:
            await clock.sleep(error.retry_after)


def test_hosts_have_their_own_rates_and_forgotten_ones_come_back() -> None:
    async def main() -> float:
        clock = VirtualClock(START)
        budgets = Budgets([], {"rss": Limits(host=Rate(1, 2.0))}, clock)
        budget = budgets["rss"]
        for _ in range(3):
            for host in ("a.example", "b.example"):
                await budget.tell(await budget.book("feed", key=host), "feed", "ok")
        assert clock.steady() == 4.0
        await budget.tell(await budget.book("feed", key="c.example"), "feed", "rate", 900.0)
        with pytest.raises(SourceUnavailable) as caught:
            await budget.book("feed", key="c.example")
        for number in range(3000):
            await budget.tell(await budget.book("feed", key=f"h{number}"), "feed", "ok")
            await clock.sleep(0.01)
        assert len(budget.hosts) < 1500
        with pytest.raises(SourceUnavailable):
            await budget.book("feed", key="c.example")
        return caught.value.retry_after

    assert run(main) == 900.0


def test_a_wall_clock_that_jumps_changes_nothing() -> None:
    steady = [0.0]
    time = SteadyTime(START, lambda: steady[0], asyncio.sleep)
    steady[0] = 5.0
    assert time.now() == START + 5000


def test_a_machine_whose_clock_is_behind_takes_no_time_for_past() -> None:
    async def main() -> None:
        kept = Kept()
        clock = VirtualClock(START)
        budget = (await opened(tokens(1), clock, kept))["vk"]
        await clock.sleep(WINDOW)
        for _ in range(5):
            await budget.tell(await budget.book("wall.search"), "wall.search", "ok")
        behind = VirtualClock(0)
        again = (await opened(tokens(1), behind, kept))["vk"]
        await behind.sleep(WINDOW)
        with pytest.raises(SourceUnavailable) as caught:
            await again.book("wall.search")
        assert caught.value.retry_after <= 86_400 + 1800

    run(main)


def test_an_unreadable_record_counts_as_all_used() -> None:
    async def main() -> None:
        kept = Kept()
        kept.values["token:vk/t0"] = "{"
        clock = VirtualClock(START)
        budget = (await opened(tokens(1), clock, kept))["vk"]
        await clock.sleep(WINDOW)
        with pytest.raises(SourceUnavailable):
            await budget.book("wall.get")
        await budget.book("users.get")

    run(main)


def test_a_token_for_a_host_takes_a_place_of_both() -> None:
    async def main() -> list[float]:
        clock = VirtualClock(START)
        limits = Limits({"desk": Rate(1, 5.0)}, host=Rate(1, 2.0))
        budgets = Budgets([Token("appeal", "desk", "one", "secret")], {"appeal": limits}, clock)
        budgets.open(Kept())
        await budgets.own(["appeal/one"])
        times = []
        for kinds in (("desk",), ("desk",), (), ("desk",)):
            booking = await budgets["appeal"].book("appeals", kinds, key="a.example")
            times.append(clock.steady())
            assert booking.value == ("secret" if kinds else "")
            await budgets["appeal"].tell(booking, "appeals", "ok")
        return times

    assert run(main) == [5.0, 10.0, 12.0, 15.0]
