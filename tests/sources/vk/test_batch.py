"""Several walls by one execute."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.source import Source
from sources.base import Fetched
from sources.standins.vk import server
from sources.standins.vk.script import calls_of
from sources.standins.vk.server import FakeToken
from sources.vk.adapter import VkAdapter
from sources.vk.address import Address
from sources.vk.batch import script
from sources.vk.settings import VkSettings
from sources.wire import Answer, Booking
from tests.sources.budget import FreeBudget
from tests.sources.vk.town import MINUTE, NOON, Town, town


class Said:
    """Fulfils sources.wire.Http by one answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def post(self, url: str, **options: Any) -> Answer:
        return Answer(200, {}, self._body, url)

    get = post


def sources(here: Town, count: int) -> list[Source]:
    for place in range(count):
        here.open(-1000 - place)
        here.post(f"Запись {place}", owner=-1000 - place)
    return [here.source(str(-1000 - place)) for place in range(count)]


async def test_twenty_five_walls_cost_one_request_and_as_many_calls() -> None:
    async with town() as here:
        walls = sources(here, 30)
        found = await here.adapter().fetch_many(walls, [""] * 30, here.now)
        assert list(found) == [source.id for source in walls[:25]]
        for number, (source, fetched) in enumerate(found.items()):
            assert isinstance(fetched, Fetched)
            page = fetched.pages[-1]
            assert (page.source, [post.text for post in page.posts]) == (source, [f"Запись {number}"])
            assert (page.covered_until, fetched.more) == (here.now, False)
        assert here.methods() == ["execute"]
        assert here.budget.booked == {"wall.get": 25}
        assert here.budget.told == [("second", "wall.get", "ok", 0.0)]


async def test_both_ways_go_on_from_each_other() -> None:
    async with town() as here:
        walls = sources(here, 3)
        found = await here.adapter().fetch_many(walls, [""] * 3, here.now)
        for source in walls:
            fetched = found[source.id]
            assert isinstance(fetched, Fetched)
            here.cursors[source.id] = fetched.pages[-1].cursor
        here.now += MINUTE
        here.post("Новая", owner=-1001)
        assert [post.text for source in walls for post in await here.read(source)] == ["Новая"]
        here.now += MINUTE
        again = await here.adapter().fetch_many(walls, [here.cursors[source.id] for source in walls], here.now)
        assert all(isinstance(one, Fetched) and not one.pages[-1].posts for one in again.values())


async def test_walls_that_refuse_are_told_apart() -> None:
    async with town() as here:
        walls = sources(here, 5)
        here.world.add(here.open(-1001)).access = "closed"
        here.world.add(here.open(-1003)).access = "banned"
        found = await here.adapter().fetch_many(walls, [""] * 5, here.now)
        states = [one.state if isinstance(one, SourceRefused) else "ok" for one in found.values()]
        assert states == ["ok", "forbidden", "ok", "gone", "ok"]


async def test_walls_beyond_the_quota_are_left_out() -> None:
    async with town(quotas={"wall.get": 2}) as here:
        walls = sources(here, 4)
        found = await here.adapter().fetch_many(walls, [""] * 4, here.now)
        assert list(found) == [source.id for source in walls[:2]]
        assert here.budget.told == [("second", "wall.get", "quota", 0.0)]


@pytest.mark.parametrize("trouble", ["error", "silent", "cut", "script"])
async def test_what_fails_inside_is_read_alone(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the calls, some of them, the rest of them, or the script; the others are taken."""
    monkeypatch.setattr(server, "INSIDE", (trouble,))
    async with town() as here:
        walls = sources(here, 4)
        here.server.inside_rate = 0.5
        told: set[str] = set()
        for _ in range(30):
            try:
                found = await here.adapter().fetch_many(walls, [""] * 4, here.now)
            except SourceUnavailable:
                assert trouble in ("cut", "script")
                continue
            assert trouble != "script" or len(found) == 4
            assert all(isinstance(one, Fetched) and one.pages[-1].posts for one in found.values())
            told |= found.keys()
        assert told == {source.id for source in walls}
        assert here.server.faults.seen[f"execute: {trouble}"] > 10


async def test_nobody_is_blamed_for_anothers_refusal() -> None:
    """An error beside the answers says not which call it is of: where one call failed without any, it may be of another."""
    refused = b'{"method":"wall.get","error_code":15,"error_msg":"Access denied"}'
    whole = b'{"count":0,"items":[]}'
    for answers, states in (
        (b"[false," + whole + b"]", ["forbidden", "ok"]),
        (b"[false,false]", ["left out", "left out"]),
    ):
        http = Said(b'{"response":' + answers + b',"execute_errors":[' + refused + b"]}")
        adapter = VkAdapter(VkSettings(api="https://vk.example/method"), http, FreeBudget(Booking("u", "user", "x")), b"key")
        walls = [Source(f"vk:-{number}", "vk", "community", "test", f"-{number}") for number in (1, 2)]
        found = await adapter.fetch_many(walls, ["", ""], NOON)
        given = [found.get(source.id) for source in walls]
        assert ["ok" if isinstance(one, Fetched) else one.state if one else "left out" for one in given] == states


async def test_what_is_no_look_at_a_wall_is_left_out() -> None:
    async with town() as here:
        walls = sources(here, 2)
        number = here.post("Нет воды", owner=-1000)
        here.comment(number, "И у нас", owner=-1000)
        await here.fetch(walls[0])
        search = here.source("search:воды", "feed")
        found = await here.adapter().fetch_many([walls[0], search, walls[1]], [here.cursors[walls[0].id], "", ""], here.now)
        assert list(found) == [walls[1].id]
        assert await here.adapter().fetch_many([search], [""], here.now) == {}


async def test_without_a_token_of_a_user_it_is_refused() -> None:
    async with town() as here:
        walls = sources(here, 2)
        here.server.tokens["u1"] = FakeToken("service")
        with pytest.raises(SourceUnavailable, match="28"):
            await here.adapter().fetch_many(walls, ["", ""], here.now)
        assert here.budget.told[-1][2] == "dead"


def test_the_script_is_what_the_fake_understands() -> None:
    code = script([Address(owner=-5), Address(domain="gorod.ru")], 40)
    assert calls_of(code) == [
        ("wall.get", {"owner_id": "-5", "count": "40", "filter": "all"}),
        ("wall.get", {"domain": "gorod.ru", "count": "40", "filter": "all"}),
    ]
