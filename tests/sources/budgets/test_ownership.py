"""Tokens among several crawlers: one owner at a time, an heir only after a lease, also where the dead wake up."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bench.virtual import VirtualClock, run
from monitor.model.errors import RetryableError, SourceUnavailable
from sources.budgets.budgets import Budgets
from sources.budgets.token import TokenState
from tests.sources.budgets.test_pool import START
from tests.sources.budgets.worlds import SMALL, Kept, Network, opened, tokens

LEASE = 10.0


class Stoppable(VirtualClock):
    """The time of a process that can be frozen: whatever it waited for goes on only when it is let go."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.running = asyncio.Event()
        self.running.set()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self.running.wait()


class Frozen(Kept):
    """The same records as another's, by the connection of a process that can be frozen."""

    def __init__(self, shared: Kept, clock: Stoppable) -> None:
        super().__init__(clock, 0.05)
        self.values = shared.values
        self._clock = clock

    async def read(self, name: str) -> str:
        value = await super().read(name)
        await self._clock.sleep(0.02)
        return value


async def _work(budgets: Budgets, network: Network, clock: Stoppable, draw: random.Random) -> None:
    budget = budgets["vk"]
    while True:
        await clock.sleep(draw.random())
        try:
            booking = await budget.book("wall.get")
        except (SourceUnavailable, RetryableError):
            continue
        takes = draw.random() * 2
        # What a frozen process has sent arrives all the same.
        await asyncio.sleep(takes / 2)
        network.arrive(booking.name, booking.kind, "wall.get", asyncio.get_running_loop().time())
        await clock.sleep(takes / 2)
        await budget.tell(booking, "wall.get", "ok")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), frozen_for=st.floats(0, 40), clean=st.booleans())
def test_an_heir_and_a_sleeper_never_exceed_a_limit_together(seed: int, frozen_for: float, clean: bool) -> None:
    async def main() -> tuple[Network, str, list[TokenState]]:
        draw = random.Random(seed)
        shared, network = Kept(), Network(SMALL)
        first, second = Stoppable(START), Stoppable(START)
        dying = await opened(tokens(1), first, Frozen(shared, first), SMALL, LEASE, "first")
        tasks = [asyncio.create_task(_work(dying, network, first, draw)) for _ in range(6)]
        await asyncio.sleep(draw.random() * 15)
        first.running.clear()
        if clean:
            for task in tasks:
                task.cancel()
        # Others learn of it after a session; the sleeper may wake up before, in the middle of it, or long after.
        waking = asyncio.create_task(_wake(first, frozen_for))
        await asyncio.sleep(LEASE)
        heir = await opened(tokens(1), second, Frozen(shared, second), SMALL, LEASE, "second")
        tasks += [asyncio.create_task(_work(heir, network, second, draw)) for _ in range(6)]
        await asyncio.sleep(60)
        await waking
        states = [dying.standings()[0].state, heir.standings()[0].state]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return network, shared.values["claim:vk/t0"], states

    network, claim, states = run(main)
    assert network.exceeded == []
    assert claim == "second"
    assert states[1] == "ready"
    assert clean or states[0] == "elsewhere"


async def _wake(clock: Stoppable, after: float) -> None:
    await asyncio.sleep(after)
    clock.running.set()


def test_an_heir_goes_on_with_the_counts_and_waits_a_lease() -> None:
    async def main() -> None:
        clock, shared = VirtualClock(START), Kept()
        first = await opened(tokens(1), clock, shared, SMALL, LEASE, "first")
        for _ in range(7):
            await first["vk"].tell(await first["vk"].book("wall.get"), "wall.get", "ok")
        before = clock.steady()
        heir = await opened(tokens(1), clock, shared, SMALL, LEASE, "second")
        assert clock.steady() - before >= LEASE
        # A block of one was written ahead: it may have been used.
        assert heir.standings()[0].used["wall.get"] in (7, 8)
        # What another has taken over is not used any more by whoever had it.
        await clock.sleep(LEASE)
        with pytest.raises(SourceUnavailable):
            await first["vk"].book("wall.get")
        assert first.standings()[0].state == "elsewhere"

    run(main)


def test_what_stays_ours_is_not_put_to_rest() -> None:
    async def main() -> None:
        clock, shared = VirtualClock(START), Kept()
        budgets = await opened(tokens(3), clock, shared, SMALL, LEASE, "first")
        before = clock.steady()
        await budgets.own(["vk/t0"])
        assert clock.steady() == before
        assert [one.state for one in budgets.standings()] == ["ready", "elsewhere", "elsewhere"]
        assert budgets["vk"].allowance("wall.get").a_second == 3

    run(main)
