"""One town in five networks that have trouble, read by crawlers that are killed: at the end all must be in the store as it is there.

Everything is real but time and threads: crawler, schedule, budgets, adapters, HTTP over loopback, the log in SQLite, triage. Time is
that of a virtual loop, what would be done in a thread is done at once, so a run of a seed is the same run each time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple
from unittest.mock import patch

from prometheus_client import CollectorRegistry

from monitor.bench.virtual import VirtualClock, VirtualLoop
from monitor.config import Config
from monitor.log.base import PAGES, TOPICS, Append, Record
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.model.post import Post
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow, Row
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

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

NOON: Final = 1_768_204_800_000
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
KEY: Final = b"key"
WALLS: Final = ("-11", "-12", "-13")
GROUP: Final = "57000000000001"
CHANNEL: Final = "gorod"
CHAT: Final = "-700001"
FEED: Final = "lenta"
PLACES: Final = (*WALLS, GROUP, CHANNEL, CHAT, FEED)
THREADED: Final = (*WALLS, GROUP)
LIFE_HOURS: Final = 2
QUIET_HOURS: Final = 8
"""After the last change: the longest that the schedule may take to read anything again that has changed in these two hours."""
QUOTA: Final = 700
TOKENS: Final = 3
RARELY: Final = 300.0
VK_TOKENS: Final = [f"vk1.a.secret-{number}" for number in range(TOKENS)]
MAX_TOKEN: Final = "max-bot-secret"


class Loop(VirtualLoop):
    """Threads would not know of virtual time: what is given to them is done here."""

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        made: asyncio.Future[T] = self.create_future()
        try:
            made.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 (it is whoever waits for the result that gets it)
            made.set_exception(error)
        return made


class Mortal:
    """The log as one crawler has it: from the moment of its death nothing is written any more."""

    def __init__(self, log: SqliteLog) -> None:
        self._log = log
        self.dead = False

    async def append(self, records: Sequence[Append], **more: Any) -> list[int]:
        if self.dead:
            raise RetryableError("dead")
        return await self._log.append(records, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Shown:
    """Where the health of sources is written to."""

    def __init__(self, leaks: Leaks) -> None:
        self._leaks = leaks

    async def write(self, rows: Sequence[Any]) -> None:
        self._leaks.said(rows)

    async def close(self, patience: float | None = None) -> None:
        """Nothing is held."""


@dataclass
class Outcome:
    """``differs``: what is not as it should be, in words. The figures say that something has been tried at all."""

    differs: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    requests: int = 0
    posts: int = 0
    batches: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    looked: dict[str, int] = field(default_factory=dict)


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
        self._last = self._written = 0
        self._alive: dict[str, list[str]] = {place: [] for place in PLACES}
        self._comments: dict[str, dict[str, str]] = {place: {} for place in PLACES}
        for place in PLACES:
            self.shelf.open(place)

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
                self._judge(await self._stored(log))
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
        happening = asyncio.create_task(self._happen(ends))
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

    async def _happen(self, ends: int) -> None:
        """The town: people write, correct and delete; tokens are asked for captchas, and one dies."""
        dying = self.draw.randrange(TOKENS * 2)
        while self.clock.now() < ends:
            await self.clock.sleep(self.draw.choice((1.0, 20.0, 60.0, 200.0)))
            for _ in range(self.draw.choice((0, 1, 2, 5))):
                self._act(self.draw.choice(PLACES))
            if self.draw.random() < 0.01:
                self.vk.tokens[VK_TOKENS[0]].trouble = self.draw.choice((14, 0))
            if dying < TOKENS and self.draw.random() < 0.02:
                self.vk.tokens[VK_TOKENS[max(1, dying)]].trouble = 5
        self.vk.tokens[VK_TOKENS[0]].trouble = 0
        for place in PLACES:
            # What is deleted while it is the newest of a channel is seen when something newer stands above it.
            self._write(place)

    def _act(self, place: str) -> None:
        alive, comments = self._alive[place], self._comments[place]
        act = self.draw.random()
        if act < 0.35 or not alive:
            self._write(place)
        elif act < 0.75 and place in THREADED:
            post = self.draw.choice(alive[-20:])
            under = [comment for comment, of in comments.items() if of == post]
            answers = self.draw.choice(under) if under and self.draw.random() < 0.5 else ""
            comments[self._write(place, "comment", post, answers)] = post
        elif act < 0.9:
            number = self.draw.choice([*alive, *comments])
            self.shelf.edit(place, number, f"Правка {self.draw.random()}", self.clock.now())
        elif act < 0.95 and comments:
            number = self.draw.choice(list(comments))
            # Comments that answer a deleted one stay, as in the networks.
            del comments[number]
            self.shelf.delete(place, number, self.clock.now())
        elif place != FEED and len(alive) > 2:
            # Not the first one of all: nothing older would show that it is missing.
            number = alive.pop(self.draw.randrange(1, len(alive)))
            self._comments[place] = {comment: of for comment, of in comments.items() if of != number}
            self.shelf.delete(place, number, self.clock.now())

    def _write(self, place: str, kind: Any = "post", thread: str = "", answers: str = "") -> str:
        self._last += 1
        number = str(self._last)
        text = f"Запись {number} {self.draw.random()}"
        # No two in one ms: MAX does not tell whether the one that is missing was before or after the page's last.
        self._written = max(self._written + 1, self.clock.now())
        self.shelf.put(place, Post(number, text, self._written, kind, author="5001", thread=thread, reply_to=answers))
        if not thread:
            self._alive[place].append(number)
        return number

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

    def _judge(self, rows: list[Row]) -> None:
        found = self.outcome
        latest: dict[str, PostRow] = {}
        for row in rows:
            if isinstance(row, PostRow) and (row.id not in latest or latest[row.id].version < row.version):
                latest[row.id] = row
        kept = {name: row.text for name, row in latest.items() if not row.deleted and not name.startswith("rss:")}
        there = self._there()
        found.posts = len(there)
        found.differs += [f"missing: {name}" for name in sorted(there.keys() - kept.keys())]
        found.differs += [f"too much: {name}" for name in sorted(kept.keys() - there.keys())]
        found.differs += [f"not the latest: {name}" for name in sorted(there.keys() & kept.keys()) if there[name] != kept[name]]
        feed = sorted(row.text for name, row in latest.items() if name.startswith("rss:"))
        shown = sorted(post.text for post in self.shelf.posts(FEED, self.clock.now()))
        found.differs += [f"feed, too much: {text}" for text in feed if text not in shown]
        found.differs += [f"feed, missing: {text}" for text in shown if text not in feed]
        before: dict[str, tuple[int, bool]] = {}
        for revision in sorted((row for row in rows if isinstance(row, RevisionRow)), key=lambda row: row.version):
            if before.get(revision.id) == (revision.content_hash, revision.deleted):
                found.differs.append(f"twice: {revision.id}")
            before[revision.id] = (revision.content_hash, revision.deleted)
        self._judge_limits()
        found.faults = self.faults.seen
        found.refused = Counter(row.reason for row in rows if isinstance(row, DeadLetterRow))

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

    def _there(self) -> dict[str, str]:
        """By the ids that Nabat gives them: all that a network shows now."""
        found = {}
        for place in PLACES:
            posts = [post for post in self.shelf.posts(place, self.clock.now()) if not post.deleted]
            opened = {post.id for post in posts if not post.thread}
            for post in posts:
                if post.thread and post.thread not in opened:
                    continue
                if place in WALLS:
                    found[f"vk:{place}_{post.thread}:c{post.id}" if post.thread else f"vk:{place}_{post.id}"] = post.text
                elif place == GROUP:
                    found[f"ok:{post.thread}:c{post.id}" if post.thread else f"ok:{post.id}"] = post.text
                elif place == CHANNEL:
                    found[f"tg:{place}_{post.id}"] = post.text
                elif place == CHAT:
                    found[f"max:{place}_mid.{post.id}"] = post.text
        return found


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
