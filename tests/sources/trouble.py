"""One town in five networks that have trouble, read by crawlers that are killed: at the end all must be in the store as it is there.

Everything is real but time and threads: crawler, schedule, budgets, adapters, HTTP over loopback, the log in SQLite, triage. Time is
that of a virtual loop, what would be done in a thread is done at once, so a run of a seed is the same run each time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final
from unittest.mock import patch

from prometheus_client import CollectorRegistry

from monitor.bench.virtual import VirtualClock
from monitor.config import Config
from monitor.log.base import PAGES, TOPICS, Record
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.rows import DeadLetterRow, Row
from monitor.model.source import Source
from monitor.runtime import crawler, health
from monitor.runtime.appending import Appender
from monitor.runtime.board import Board
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health
from monitor.runtime.networks import Connections, adapters_of
from monitor.triage.memory import SeenTexts
from monitor.triage.stage import Triage, TriageSettings
from sources.budgets.token import Token
from sources.standins.faults import FAULTS, Faults, running
from sources.standins.held import Shelf
from sources.standins.max.api import HeldChats as MaxChats
from sources.standins.max.api import MaxServer
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
from sources.standins.rss.feeds import Feeds
from sources.standins.telegram.chats import HeldChats as TelegramChats
from sources.standins.telegram.preview import PreviewServer
from sources.standins.vk.server import FakeToken, FakeVk, TokenKind
from sources.standins.vk.world import Wall, Walls
from tests.crash.region import EPOCH, REGION, SteadyClassifier
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import run_triage
from tests.sources.leaks import Leaks
from tests.sources.region import profile
from tests.sources.trouble_judge import Outcome, differences
from tests.sources.trouble_life import Loop, Mortal, Shown
from tests.sources.trouble_town import CHANNEL, CHAT, FEED, GROUP, VK_TOKENS, WALLS, Town

NOON: Final = 1_768_204_800_000
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
KEY: Final = b"key"
LIFE_HOURS: Final = 2
QUIET_HOURS: Final = 8
"""After the last change: the longest that the schedule may take to read anything again that has changed in these two hours."""
QUOTA: Final = 700
RARELY: Final = 300.0
MAX_TOKEN: Final = "max-bot-secret"


class Trouble:
    """One run."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.draw = random.Random(seed)
        self.folder = folder
        self.clock = VirtualClock(NOON)
        self.shelf = Shelf()
        self.faults = Faults(seed=seed, rate=self.draw.choice((0.05, 0.15, 0.3)), kinds=FAULTS)
        # Tokens of users read several walls by one request, those of services each by its own.
        self.kind: TokenKind = "user" if seed % 2 else "service"
        self.outcome = Outcome()
        self.access = Access(token="tkn1-0123456789")
        self.leaks = Leaks([*VK_TOKENS, MAX_TOKEN, self.access.token, self.access.secret])
        self.town = Town(self.shelf, self.draw, self.clock)

    async def run(self) -> Outcome:
        now = self.clock.now
        self.vk = FakeVk(
            Walls(self.shelf, now, [Wall(int(owner)) for owner in WALLS]),
            {value: FakeToken(self.kind) for value in VK_TOKENS},
            faults=self.faults,
            clock=self.clock.steady,
            quotas={"wall.get": QUOTA, "wall.search": QUOTA, "newsfeed.search": QUOTA},
            inside_rate=self.faults.rate,
            inside_seed=self.seed,
        )
        self.telegram = PreviewServer(TelegramChats(self.shelf, [CHANNEL], now), now, 1)
        self.chats = MaxServer(MaxChats(self.shelf, {int(CHAT): "chat"}, now), MAX_TOKEN, now, 2)
        self.telegram.faults = self.chats.faults = self.faults
        self.ok = OdnoklassnikiApi(self.shelf, now, [self.access], self.faults, rate=1)
        self.ok.counts._clock = self.clock.steady
        self.feeds = Feeds(self.shelf, now, self.faults)
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            at_feeds = await enter(running(self.feeds.app))
            self.config = self._config(
                f"{await enter(running(self.vk.app()))}/method",
                await enter(self.telegram.running()),
                f"{await enter(running(self.ok.app))}/fb.do",
                await enter(self.chats.running()),
            )
            self.sources = [
                *(Source(f"vk:{owner}", "vk", "community", REGION, owner, weight="critical") for owner in WALLS),
                Source(f"ok:{GROUP}", "ok", "community", REGION, GROUP, weight="critical"),
                Source(f"tg:{CHANNEL}", "tg", "community", REGION, CHANNEL, weight="critical"),
                Source(f"max:{CHAT}", "max", "community", REGION, f"bot/{CHAT}", weight="critical"),
                Source("rss:lenta", "rss", "feed", REGION, f"{at_feeds}/{FEED}", weight="critical"),
            ]
            log = await SqliteLog.open(self.folder / "log.sqlite", dict.fromkeys(TOPICS, 1))
            try:
                await self._lives(log)
                there = self.town.there()
                self.outcome.posts = len(there)
                rows = await self._stored(log)
                self.outcome.differs += differences(rows, there, self.town.feed())
                self.outcome.refused = Counter(row.reason for row in rows if isinstance(row, DeadLetterRow))
                self.outcome.faults = self.faults.seen
                self._judge_limits()
            finally:
                await log.close()
        self.leaks.files(self.folder)
        self.outcome.differs += [f"a token is seen in {where}" for where in self.leaks.found]
        self.outcome.looked = self.leaks.looked
        return self.outcome

    def _config(self, vk: str, telegram: str, ok: str, maximum: str) -> Config:
        config = Config()
        return replace(
            config,
            networks=replace(config.networks, allow_private="127.0.0.1"),
            crawl=replace(config.crawl, default_wait=300.0),
            vk=replace(config.vk, api=vk, wall_get_day=QUOTA, walls_a_request=25),
            telegram=replace(config.telegram, preview=telegram),
            odnoklassniki=replace(config.odnoklassniki, api=ok),
            max=replace(config.max, api=maximum),
        )

    async def _lives(self, log: SqliteLog) -> None:
        """Crawlers, one after the other, while the town lives and everything fails; the last one reads on in quiet."""
        ends = NOON + LIFE_HOURS * HOUR
        happening = asyncio.create_task(self.town.live(ends, self.vk.tokens))
        while self.clock.now() < ends:
            seconds = min(self.draw.choice((0.7, 5.0, 60.0, 300.0, 1200.0)) * self.draw.uniform(0.5, 1.5), 3600.0)
            await self._life(log, seconds, kill=self.draw.random() < 0.8)
        await happening
        self.faults.rate = self.vk.inside_rate = 0.0
        # A captcha was solved, and the account that VK had blocked is given up.
        await self._life(log, QUIET_HOURS * 3600.0, kill=False)

    async def _life(self, log: SqliteLog, seconds: float, *, kill: bool) -> None:
        mortal = Mortal(log)
        tokens = [Token("vk", self.kind, f"vk{number}", value) for number, value in enumerate(VK_TOKENS)]
        tokens += [Token("ok", "application", "ok", self.access.value()), Token("max", "bot", "bot", MAX_TOKEN)]
        connections = Connections(self.config, tokens, self.clock)
        await connections.open(mortal)
        adapters = adapters_of(self.config, profile(), KEY, connections)
        registry = CollectorRegistry()
        metrics = Metrics(registry)
        shown = Health(self.sources, Shown(self.leaks), metrics, self.clock)
        board = Board()
        appender = Appender(mortal, board, shown, metrics, self.clock, queue_pages=10**6)
        reading = Crawler(
            self.sources,
            adapters,
            appender,
            mortal,
            shown,
            self.clock,
            # One request at a time: while it hangs, several walls become due, and are read together.
            concurrency=1 if self.kind == "user" else 8,
            budgets=connections.budgets,
            metrics=metrics,
        )
        ending = asyncio.Event()
        showing = asyncio.create_task(shown.run(ending))
        living = asyncio.create_task(reading.run())
        await self.clock.sleep(seconds)
        if kill:
            self.outcome.kills += 1
            mortal.dead = True
            living.cancel()
        else:
            reading.stop()
        await asyncio.gather(living, return_exceptions=kill)
        ending.set()
        await showing
        self.leaks.metrics(registry)
        for adapter in adapters.values():
            await adapter.close()
        await connections.close()

    async def _stored(self, log: SqliteLog) -> list[Row]:
        """What triage makes of the pages."""
        first, following = await log.bounds(PAGES, 0)
        records: list[Record] = []
        while first + len(records) < following:
            records += await log.read(PAGES, 0, first + len(records))
        by_id = {source.id: source for source in self.sources}
        stage = Triage(EPOCH, {REGION: SteadyClassifier()}, by_id, TriageSettings(), lambda payload, place: payload)
        stage.texts = SeenTexts(1000, HOUR)
        rows: list[Row] = []
        found = run_triage(stage, records, 50, RowsReader(rows), rows).rows
        self.leaks.rows(found)
        return found

    def _judge_limits(self) -> None:
        found = self.outcome
        found.requests = sum(self.vk.counts.total(token) for token in self.vk.tokens) + self.ok.counts.total(self.access.token)
        found.batches = sum(one.method == "execute" for one in self.vk.asked)
        found.requests += len(self.telegram.asked) + len(self.chats.asked) + self.feeds.counts.total(FEED)
        found.differs += [f"VK asked too often: {what} {count}" for what, count in self.vk.exceeded.items()]
        for name, server in (("Telegram", self.telegram), ("MAX", self.chats)):
            if server.exceeded:
                found.differs.append(f"{name} asked too often: {server.exceeded}")
        if (most := self.ok.counts.most(self.access.token, 1.0)) > 1:
            found.differs.append(f"Odnoklassniki asked too often: {most} in a second")


def run(seed: int, folder: Path) -> Outcome:
    """One run, in virtual time."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(_run(seed, folder))


async def _run(seed: int, folder: Path) -> Outcome:
    trouble, root = Trouble(seed, folder), logging.getLogger()
    root.addHandler(trouble.leaks)
    try:
        # What people look at is shown rarely: in ten hours of virtual time it would be half of all the work.
        with patch.object(health, "FLUSH", RARELY), patch.object(crawler, "SHOW_SECONDS", RARELY):
            return await trouble.run()
    finally:
        root.removeHandler(trouble.leaks)
