"""The engine of the night in a process of its own, which can be killed: ``python -m tests.night.engine FOLDER MAIL_PORT RECEIVERS``.

It takes commands as JSON lines and answers each with one. Its clock stands until it is moved.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from monitor.config import Config
from monitor.config.delivery import Deliver, Mail
from monitor.config.networks import Max, Networks, Telegram
from monitor.log.base import ALERTS, PAGES, Append
from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.model.rows import SourceHealthRow
from monitor.model.watch import Action, ActionKind
from monitor.profile.duty import Role
from monitor.profile.load import load_profile
from monitor.runtime.actions import Actions
from monitor.runtime.delivery import delivery_of
from monitor.runtime.embedded import Embedded
from tests.night.world import MINUTE, SOURCES, THREE, aside, burst, late, posts, reposted

ROLES = (
    Role("desk", "", ("desk",), deputy=("deputy",), deputy_minutes=10, head=("head",), head_minutes=20),
    Role(
        "teplo", "", ("teplo-hook", "teplo-mail"), bodies=frozenset({"teplo"}), deputy=("teplo-deputy",), deputy_minutes=5,
        head=("teplo-head",), head_minutes=10,
    ),
)  # fmt: skip
PROFILE = replace(load_profile("samara"), duty=ROLES, sources={source.id: source for source in SOURCES})
SAID = [*burst(), *aside(), *late(), *reposted()]


class StandingClock:
    """Stands until it is set; whoever sleeps wakes when it has passed their time."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._moved = asyncio.Event()

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        self._now = max(self._now, now)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        until = self._now + int(seconds * 1000)
        while self._now < until:
            await self._moved.wait()


class Night:
    def __init__(self, folder: Path, mail: int, receivers: str, port: int, now: int) -> None:
        config = Config()
        config = replace(
            config,
            nabat=replace(config.nabat, data=folder / "data"),
            console=replace(config.console, port=port),
            networks=Networks(allow_private="127.0.0.0/8"),
            telegram=Telegram(api=receivers),
            max=Max(api=receivers),
            mail=Mail(host="127.0.0.1", port=mail, security="none", sender="nabat@example.com"),
            deliver=Deliver(destinations_file=folder / "to.toml"),
        )
        self.clock = StandingClock(now)
        delivery = delivery_of(config, [PROFILE])
        self.engine = Embedded(config, PROFILE, SOURCES, {}, self.clock, delivery=delivery, linger=0.0, fault=self._fault)
        self._fatal = ""

    async def start(self) -> dict[str, Any]:
        await self.engine.open()
        await self.engine.start(crawl=False, ticks=False)
        return {"address": self.engine.address}

    def _fault(self, point: str) -> None:
        if point == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    async def die(self, point: str) -> dict[str, Any]:
        """From here on the process is killed where its work next comes to this point."""
        self._fatal = point
        return {}

    async def at(self, minute: float, since: float) -> dict[str, Any]:
        """The night goes on to ``minute``: what was written after ``since`` is fetched, time passes, everything is delivered."""
        now = THREE + int(minute * MINUTE)
        self.clock.set(now)
        for source in SOURCES:
            said = [one for one in SAID if since < one.minute <= minute and one.source is source]
            page = Page(source.id, PROFILE.id, "vk", now, now, str(now), posts=posts(said))
            await self.engine.log.append([Append(PAGES, 0, source.id, encode(page), now)])
        return await self.passed(minute)

    async def passed(self, minute: float) -> dict[str, Any]:
        """Time passes, and nothing is read."""
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

    async def captcha(self) -> dict[str, Any]:
        now = self.clock.now()
        rows = [
            SourceHealthRow(
                PROFILE.id, one.id, "vk", one.name, one.kind, one.territory, "limited", now, now - MINUTE, 40, "captcha", now
            )
            for one in SOURCES
        ]
        await self.engine.store.writer().write(rows)
        return {}

    async def act(self, kind: ActionKind, alert: str, version: str) -> dict[str, Any]:
        """What a person would do at the page."""
        actions = Actions(self.engine.log, self.engine.board, self.engine.reader, self.clock)
        now = self.clock.now()
        done = await actions.act(Action(f"act-{kind}-{now}", kind, PROFILE.id, alert, version, "anna", now))
        return {"accepted": done.accepted, "conflict": done.conflict}

    async def ask(self, sql: str) -> dict[str, Any]:
        return {"rows": await self.engine.reader.query(sql)}


async def main(folder: Path, mail: int, receivers: str, port: int, now: int) -> None:
    loop = asyncio.get_running_loop()
    night = Night(folder, mail, receivers, port, now)
    print(orjson.dumps(await night.start()).decode(), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *arguments = orjson.loads(line)
        print(orjson.dumps(await getattr(night, name)(*arguments), default=str).decode(), flush=True)
    await night.engine.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
