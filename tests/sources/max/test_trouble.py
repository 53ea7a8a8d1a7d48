"""A chat is written, edited and cleaned up while MAX is in trouble and crawlers die: in the end all is as it is there."""

from __future__ import annotations

import random

import pytest

from monitor.clock import ManualClock
from monitor.model.errors import SourceUnavailable
from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.client import HttpClient, HttpSettings
from sources.max.adapter import MaxAdapter
from sources.max.bot import MaxSettings
from sources.standins.faults import Fault
from sources.standins.max.api import MaxMessage, MaxServer, Square
from sources.wire import Booking
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK

NOON = 1_768_219_200_000
MINUTE = 60_000
CHAT = -70
SOURCE = Source("max:main/-70", "max", "community", "test", f"main/{CHAT}")
# "hang" takes its time, and is met in test_adapter.
KINDS: tuple[Fault, ...] = ("429", "500", "503", "reset", "redirect", "html", "lost", "cut", "broken")


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_brought_is_what_is_there(seed: int) -> None:
    draw = random.Random(seed)
    square, clock = Square({CHAT: "chat"}), ManualClock(NOON)
    server = MaxServer(square, "token", clock.now)
    server.inclusive = draw.random() < 0.5
    server.faults.kinds = KINDS
    held: dict[str, Post] = {}
    cursor, number, now = "", 0, NOON
    async with server.running() as url:
        http = HttpClient(HttpSettings(LOOPBACK))
        # The first is never removed: what is older than all that a page shows is not known to be gone.
        settings = MaxSettings(poll_seconds=0, page=12, remember=12)
        adapter = MaxAdapter(url, settings, http, FreeBudget(Booking("main", "bot", "token")), b"key")
        for step in range(61):
            # The last step once more: the one before may have had to close a gap first.
            last = step >= 59
            now += draw.choice([1, 5, 30]) * MINUTE
            for _ in range(2 * (step == 59) if last else draw.choice([0, 1, 2, 3, 40])):
                number += 1
                # Four in a millisecond: pages end inside of one.
                square.put(CHAT, MaxMessage(f"mid.{number:05}", now - 40 + number // 4 % 40, f"пост {number}", author=1))
            newest = sorted(square.held.get(CHAT, {}).values(), key=lambda one: (one.at, one.mid))[-6:]
            for message in [] if last else draw.sample(newest, min(len(newest), draw.choice([0, 0, 1]))):
                if draw.random() < 0.5:
                    square.edit(CHAT, message.mid, f"{message.text}, исправлен в {now}")
                elif newest[0].at < message.at < newest[-1].at:
                    square.remove(CHAT, message.mid)
            server.faults.rate = 0.0 if last else draw.choice([0.0, 0.3])
            clock.set(now)
            more = True
            while more:
                try:
                    answer = await adapter.fetch(SOURCE, cursor, now)
                except SourceUnavailable:
                    more = not server.faults.rate or draw.random() < 0.9
                    continue
                if not last and draw.random() < 0.2:
                    # It died before pages and cursor were in the log, which takes them in one.
                    continue
                for post in (post for page in answer.pages for post in page.posts):
                    before = held.get(post.id)
                    if before is None or post.deleted or post.edited_at >= before.edited_at:
                        held[post.id] = post
                cursor, more = answer.pages[-1].cursor, answer.more
        await http.close()
    there = {f"max:{CHAT}_{one.mid}" for one in square.messages(CHAT)}
    assert there <= {post.id for post in held.values() if not post.deleted}
    newest = sorted(square.messages(CHAT), key=lambda one: (one.at, one.mid))[-12:]
    assert [held[f"max:{CHAT}_{one.mid}"].text for one in newest] == [one.text for one in newest]
