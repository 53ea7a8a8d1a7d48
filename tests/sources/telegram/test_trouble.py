"""A channel is written, edited and cleaned up while its host is in trouble and crawlers die: in the end all is as it is there."""

from __future__ import annotations

import random

import pytest

from monitor.clock import ManualClock
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from sources.base import Fetched
from sources.http.client import HttpClient, HttpSettings
from sources.standins.faults import Fault
from sources.standins.telegram.chats import FakeMessage, Town
from sources.standins.telegram.preview import PreviewServer
from sources.telegram.adapter import TelegramAdapter
from sources.telegram.bot import BotAdapter, BotSettings
from sources.telegram.channel import ChannelAdapter, PreviewSettings
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK
from tests.sources.telegram.support import HOUR, KEY, MINUTE, NOON, source

GOROD = source("gorod")
# "hang" takes its time, and is met in test_channel.
KINDS: tuple[Fault, ...] = ("429", "500", "503", "reset", "redirect", "html", "lost", "cut", "broken")


class Reader:
    """A crawler that may die between the answer and the log, which takes pages and cursor in one; ``held``: what triage has then."""

    def __init__(self, adapter: ChannelAdapter, draw: random.Random) -> None:
        self.adapter = adapter
        self.draw = draw
        self.cursor = ""
        self.held: dict[str, Post] = {}
        self.brought: dict[str, list[Post]] = {}

    async def turn(self, now: int, dies: float = 0.2) -> bool:
        """One request; whether there is more to do at once."""
        try:
            answer: Fetched = await self.adapter.fetch(GOROD, self.cursor, now)
        except SourceUnavailable:
            return False
        if self.draw.random() < dies:
            return True
        for page in answer.pages:
            for post in page.posts:
                before = self.held.get(post.id)
                self.brought.setdefault(post.id, []).append(post)
                if before is None or post.deleted or post.edited_at >= before.edited_at:
                    self.held[post.id] = post
        self.cursor = answer.pages[-1].cursor
        return answer.more


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_brought_is_what_is_there(seed: int) -> None:
    draw = random.Random(seed)
    town, clock = Town({"gorod": {}}), ManualClock(NOON)
    server = PreviewServer(town, clock.now)
    server.faults.kinds = KINDS
    # As every channel does, it begins with a service message, which nobody deletes.
    last = 1
    town.put("gorod", FakeMessage(1, "Channel created", NOON, service=True))
    async with server.running() as url:
        http = HttpClient(HttpSettings(LOOPBACK))
        reader = Reader(ChannelAdapter(PreviewSettings(url, remember=1_000), http, FreeBudget(), KEY), draw)
        now = NOON
        for _ in range(20):
            now += draw.choice([1, 5, 30]) * MINUTE
            for _ in range(draw.choice([0, 1, 2, 3, 30])):
                last += 1
                town.put("gorod", FakeMessage(last, f"Пост {last}", now, service=draw.random() < 0.1))
            here = sorted(town.held["gorod"])[1:][-60:]
            for number in draw.sample(here, min(len(here), draw.choice([0, 0, 1, 3]))):
                if draw.random() < 0.5:
                    town.edit("gorod", number, f"Пост {number}, исправлен в {now}")
                elif number != last:
                    town.delete("gorod", number)
            server.faults.rate = draw.choice([0.0, 0.3, 0.7])
            clock.set(now)
            while await reader.turn(now):
                pass
        server.faults.rate = 0.0
        # What is read again last reaches back over everything that happened: the walk that doubles once more.
        last += 1
        town.put("gorod", FakeMessage(last, "последний", now))
        for step in range(32):
            clock.set(now + (step + 1) * 10 * MINUTE)
            while await reader.turn(now + (step + 1) * 10 * MINUTE, dies=0.0):
                pass
        await http.close()
    there = {f"tg:gorod_{one.number}": one.text for one in town.messages("gorod") if not one.service}
    kept = {post.id: post.text for post in reader.held.values() if not post.deleted}
    assert kept == there
    for versions in reader.brought.values():
        # No version comes back after another one, and none comes before it was written.
        texts = [post.text for post in versions if not post.deleted]
        assert [text for n, text in enumerate(texts) if text not in texts[:n]] == sorted(set(texts), key=texts.index)


async def test_an_address_leads_to_its_way_of_reading() -> None:
    http = HttpClient(HttpSettings(LOOPBACK))
    budget = FreeBudget()
    adapter = TelegramAdapter(
        ChannelAdapter(PreviewSettings("http://127.0.0.1:1"), http, budget, KEY),
        BotAdapter(BotSettings("http://127.0.0.1:1"), http, budget, KEY),
    )
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1"):
        await adapter.fetch(GOROD, "", NOON)
    with pytest.raises(SourceRefused, match="mtproto"):
        await adapter.fetch(source("comments:gorod"), "", NOON + HOUR)
    await adapter.close()
    await http.close()
