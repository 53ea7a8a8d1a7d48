"""From a post to people's phones: the whole engine in one process, stopped and started, until somebody takes the alert."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.config.delivery import Deliver
from monitor.config.networks import Networks, Telegram
from monitor.log.base import PAGES, Append
from monitor.model.codec import encode
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.model.watch import Action
from monitor.profile.duty import Role
from monitor.profile.load import load_profile
from monitor.runtime.actions import Actions
from monitor.runtime.delivery import delivery_of
from monitor.runtime.embedded import Embedded
from sinks.clickhouse.connect import Target
from tests.fakes.delivery.receivers import Receivers, visible

NIGHT = 1_770_001_200_000
MINUTE = 60_000
SOURCE = Source("vk:-1", "vk", "community", "samara", "-1", "Подслушано Тольятти", "go-tolyatti")
ROLE = Role("desk", "", ("desk",), deputy=("deputy",), deputy_minutes=5, head=("head",), head_minutes=10)
PROFILE = replace(load_profile("samara"), duty=(ROLE,))
SECRET = bytes(range(24))


class Night:
    def __init__(self, folder: Path, target: Target, receivers: Receivers, clock: ManualClock) -> None:
        file = folder / "to.toml"
        chats = [
            f'name = "{name}"\nchannel = "telegram"\naddress = "{number}"\ntoken = "123:abc"' for number, name in enumerate(CHATS)
        ]
        secret = base64.b64encode(SECRET).decode()
        hook = f'name = "system"\nchannel = "webhook"\naddress = "{receivers.url}/hook"\nsecrets = ["whsec_{secret}"]'
        file.write_text("".join(f"[[destination]]\n{entry}\n" for entry in (*chats, hook)))
        self.clock = clock
        self._target = target
        self._config = replace(
            Config(),
            nabat=replace(Config().nabat, data=folder / "data"),
            networks=Networks(allow_private="127.0.0.0/8"),
            telegram=Telegram(api=receivers.url),
            deliver=Deliver(destinations_file=file),
        )

    async def start(self) -> None:
        delivery = delivery_of(self._config, [PROFILE])
        self.engine = Embedded(self._config, PROFILE, [SOURCE], {}, self.clock, delivery=delivery, linger=0.0, target=self._target)
        await self.engine.open()
        await self.engine.start(crawl=False, ticks=False, console=False)

    async def write(self, text: str) -> None:
        now = self.clock.now()
        posts = [Post("vk:-1_7:c1", text, now - 30_000, "comment", author="a1", url="https://vk.com/wall-1_7")]
        page = Page(SOURCE.id, "samara", "vk", now, now, str(now), posts=posts)
        await self.engine.log.append([Append(PAGES, 0, SOURCE.id, encode(page), now)])
        await self.engine.drain()

    async def restart(self) -> None:
        await self.engine.stop()
        await self.start()


CHATS = ("desk", "deputy", "head")


@pytest.fixture
async def night(tmp_path: Path, clickhouse: Target) -> AsyncIterator[tuple[Night, Receivers]]:
    clock = ManualClock(NIGHT)
    receivers = Receivers(clock.now, [SECRET])
    async with receivers.running():
        found = Night(tmp_path, clickhouse, receivers, clock)
        await found.start()
        yield found, receivers
        await found.engine.stop()


async def test_a_night(night: tuple[Night, Receivers]) -> None:
    house, receivers = night
    await house.write("Прорвало трубу, на улице Мира хлещет кипяток, рядом дети!")
    first = (await receivers.arrived(1, "/bot"))[0]
    assert first.to == "0"
    assert "Опасно" in visible(first.text)
    await receivers.arrived(1, "/hook")
    await house.restart()
    house.clock.set(NIGHT + 5 * MINUTE)
    deputy = (await receivers.arrived(2, "/bot"))[1]
    assert deputy.to == "1"
    assert visible(deputy.text).startswith("Без ответа с ")
    await house.restart()

    engine = house.engine
    row = (await engine.reader.query("SELECT id, toString(version) AS version FROM current_alerts"))[0]
    actions = Actions(engine.log, engine.board, engine.reader, house.clock)
    at = house.clock.now()
    taken = Action("act-1", "claim", "samara", row["id"], row["version"], "anna", at)
    assert (await actions.act(taken)).accepted
    late = await actions.act(Action("act-2", "claim", "samara", row["id"], row["version"], "boris", at))
    assert (late.accepted, late.conflict) == (False, "Тревога уже в работе: anna.")
    hooks = await receivers.arrived(2, "/hook")
    assert [json.loads(one.text)["data"]["claimed_by"] for one in hooks] == ["", "operator"]
    house.clock.set(NIGHT + 30 * MINUTE)
    await house.restart()
    assert [one.to for one in receivers.got if one.path.startswith("/bot")] == ["0", "1"]
    history = await engine_history(house)
    assert history == [("anna", True), ("boris", False)]


async def engine_history(house: Night) -> list[tuple[str, bool]]:
    rows = await house.engine.reader.query("SELECT actor, detail FROM current_incident_events WHERE kind = 'action' ORDER BY version")
    return [(row["actor"], json.loads(row["detail"])["accepted"]) for row in rows]
