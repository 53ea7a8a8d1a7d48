"""The engine of the night in a process of its own, which can be killed: ``python -m tests.night.engine ARGUMENTS``, see House.start.

It takes commands as JSON lines and answers each with one. Its clock stands until it is moved; all else is as in a product run: the
crawler reads the town's walls from the stand-in of VK by the adapter, with the budget of its token.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from monitor.config import Config
from monitor.config.delivery import Deliver, Mail
from monitor.config.networks import Max, Networks, Telegram, Vk
from monitor.log.base import ALERTS
from monitor.model.watch import Action, ActionKind
from monitor.profile.duty import Role
from monitor.profile.load import load_profile
from monitor.runtime.actions import Actions
from monitor.runtime.delivery import delivery_of
from monitor.runtime.embedded import Embedded
from monitor.runtime.networks import Connections, adapters_of
from sources.budgets.token import Token
from tests.night.world import MINUTE, SOURCES, THREE

ROLES = (
    Role("desk", "", ("desk",), deputy=("deputy",), deputy_minutes=10, head=("head",), head_minutes=20),
    Role(
        "teplo", "", ("teplo-hook", "teplo-mail"), bodies=frozenset({"teplo"}), deputy=("teplo-deputy",), deputy_minutes=5,
        head=("teplo-head",), head_minutes=10,
    ),
)  # fmt: skip
PROFILE = replace(load_profile("samara"), duty=ROLES, sources={source.id: source for source in SOURCES})
KEY = bytes(64)
OFTEN = 10.0
"""Seconds between two readings of a wall: each step of the night is longer, so that it is read in each."""


class StandingClock:
    """Stands until it is set; whoever sleeps wakes when it has passed their time. Fulfils sources.budgets.time.Time too."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._moved = asyncio.Event()

    def now(self) -> int:
        return self._now

    def steady(self) -> float:
        return self._now / 1000

    def set(self, now: int) -> None:
        self._now = max(self._now, now)
        self._moved.set()
        self._moved = asyncio.Event()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """From now on, not from when it is first waited for: the clock may be moved in between."""
        return self._until(self._now + int(seconds * 1000))

    async def _until(self, until: int) -> None:
        while self._now < until:
            await self._moved.wait()


class Night:
    def __init__(self, folder: Path, mail: int, receivers: str, port: int, now: int, vk: str, token: str) -> None:
        config = Config()
        config = replace(
            config,
            crawl=replace(config.crawl, critical_seconds=OFTEN, default_wait=OFTEN / 2),
            vk=Vk(api=vk, service_rate=100.0, wall_get_day=100_000),
            nabat=replace(config.nabat, data=folder / "data"),
            console=replace(config.console, port=port),
            networks=Networks(allow_private="127.0.0.0/8"),
            telegram=Telegram(api=receivers),
            max=Max(api=receivers),
            mail=Mail(host="127.0.0.1", port=mail, security="none", sender="nabat@example.com"),
            deliver=Deliver(destinations_file=folder / "to.toml"),
        )
        self.clock = StandingClock(now)
        connections = Connections(config, [Token("vk", "service", "first", token)], self.clock)
        self.engine = Embedded(
            config,
            PROFILE,
            SOURCES,
            adapters_of(config, PROFILE, KEY, connections),
            self.clock,
            connections=connections,
            delivery=delivery_of(config, [PROFILE]),
            linger=0.0,
            fault=self._fault,
        )
        self._fatal = ""

    async def start(self) -> dict[str, Any]:
        await self.engine.open()
        await self.engine.start(ticks=False)
        now = self.clock.now()
        # A token rests for a second after a start.
        self.clock.set(now + 2_000)
        await self._read(now)
        return {"address": self.engine.address}

    async def _read(self, now: int) -> None:
        """Returns when all walls have been read up to ``now``; the crawler tells nobody."""
        while any(self.engine.health.covered(source) < now for source in SOURCES):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    def _fault(self, point: str) -> None:
        if point == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    async def die(self, point: str) -> dict[str, Any]:
        """From here on the process is killed where its work next comes to this point."""
        self._fatal = point
        return {}

    async def at(self, minute: float) -> dict[str, Any]:
        """The night goes on to ``minute``: the walls are read, time passes, everything is delivered."""
        now = THREE + int(minute * MINUTE)
        self.clock.set(now)
        await self._read(now)
        return await self.passed(minute)

    async def passed(self, minute: float) -> dict[str, Any]:
        """Time passes; nobody waits for the walls to be read."""
        now = THREE + int(minute * MINUTE)
        self.clock.set(now)
        await self.engine.drain()
        await self.engine.tick(now)
        await self.engine.drain()
        assert self.engine.deliver is not None
        _, following = await self.engine.log.bounds(ALERTS, 0)
        await self.engine.board.reached(ALERTS, 0, following)
        while any(waiting and not failing for _, waiting, failing in self.engine.deliver.couriers.standing()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return {}

    async def act(self, kind: ActionKind, alert: str, version: str) -> dict[str, Any]:
        """What a person would do at the page."""
        actions = Actions(self.engine.log, self.engine.board, self.engine.reader, self.clock)
        now = self.clock.now()
        done = await actions.act(Action(f"act-{kind}-{now}", kind, PROFILE.id, alert, version, "anna", now))
        return {"accepted": done.accepted, "conflict": done.conflict}

    async def ask(self, sql: str) -> dict[str, Any]:
        return {"rows": await self.engine.reader.query(sql)}


async def main(folder: Path, mail: int, receivers: str, port: int, now: int, vk: str, token: str) -> None:
    loop = asyncio.get_running_loop()
    night = Night(folder, mail, receivers, port, now, vk, token)
    print(orjson.dumps(await night.start()).decode(), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *arguments = orjson.loads(line)
        print(orjson.dumps(await getattr(night, name)(*arguments), default=str).decode(), flush=True)
    await night.engine.stop()


if __name__ == "__main__":
    place, mail, told, console, began, network, secret = sys.argv[1:]
    asyncio.run(main(Path(place), int(mail), told, int(console), int(began), network, secret))
