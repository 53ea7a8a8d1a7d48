"""With the real budgets no limit of VK is exceeded once, by the fake's own count."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.model.errors import SourceUnavailable
from sources.budgets.budgets import Budgets
from sources.budgets.limits import VK
from sources.budgets.token import Token
from sources.standins.vk.server import RATES, FakeToken, FakeVk
from sources.standins.vk.world import Wall
from sources.vk.adapter import VkAdapter
from tests.sources.budgets.worlds import Kept
from tests.sources.vk.town import KEY, NOON, OWNER, Town, town

QUOTA = 40


class Time:
    """Stands still but for those who sleep; an hour is as long as a second."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> int:
        return NOON + int(self.passed * 1000)

    def steady(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += max(seconds, 0.0)
        await asyncio.sleep(0)


async def budgets(time: Time, kept: Kept) -> Budgets:
    tokens = [Token("vk", "service", "first", "s1"), Token("vk", "user", "second", "u1"), Token("vk", "community", "own", "c1")]
    made = Budgets(tokens, {"vk": replace(VK, quotas={"wall.get": QUOTA})}, time)
    made.open(kept)
    await made.own([token.id for token in tokens])
    return made


async def read_until_nothing_is_left(here: Town, adapter: VkAdapter, time: Time, many: bool) -> None:
    sources = [here.source(str(OWNER - place)) for place in range(10)]
    while True:
        for source in sources:
            here.now = time.now()
            fetched = await adapter.fetch(source, here.cursors.get(source.id, ""), here.now)
            here.cursors[source.id] = fetched.pages[-1].cursor
        if many:
            await adapter.fetch_many(sources, [""] * len(sources), here.now)


@pytest.mark.parametrize("many", [False, True], ids=["alone", "together"])
async def test_rates_and_quotas_are_never_exceeded(many: bool) -> None:
    async with town() as here:
        for place in range(10):
            here.shelf.open(str(OWNER - place))
            here.world.add(Wall(OWNER - place))
            for _ in range(3):
                here.comment(here.post("Нет воды", owner=OWNER - place), "И у нас", owner=OWNER - place)
        time, kept = Time(), Kept()
        tokens = {"s1": FakeToken("service"), "u1": FakeToken("user"), "c1": FakeToken("community")}
        fake = FakeVk(here.world, tokens, clock=time.steady, quotas={"wall.get": QUOTA}, rates=RATES)
        async with fake.running() as url:
            settings = replace(here.settings, api=url)
            for _ in range(3):
                # Each time a new process, with what the last one wrote down.
                budget = (await budgets(time, kept))["vk"]
                with pytest.raises(SourceUnavailable, match="квота"):
                    await read_until_nothing_is_left(here, VkAdapter(settings, here.http, budget, KEY), time, many)
                await time.sleep(3 * 3600)
            assert fake.exceeded == {}
            assert {asked.error for asked in fake.asked} == {0}
            used = [fake.counts.total(f"{token} wall.get") for token in ("s1", "u1")]
            # Together only the user's token is used up: ten walls at once find no room in it before others do.
            assert QUOTA * 0.7 <= max(used) <= QUOTA
            assert max(fake.counts.most(token, 1.0) for token in ("s1", "u1")) == 3
            assert fake.counts.total("c1") == 0
