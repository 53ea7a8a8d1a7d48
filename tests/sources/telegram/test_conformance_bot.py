"""What every adapter promises (tests.sources.test_conformance), of bots; what they confirm does not come a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model.post import Post
from sources.http.client import HttpClient, HttpSettings
from sources.standins.telegram.bot_api import BotServer, FakeChat
from sources.standins.telegram.chats import message_of
from sources.telegram.adapter import TelegramAdapter
from sources.telegram.bot import BotAdapter, BotSettings
from sources.telegram.channel import ChannelAdapter, PreviewSettings
from sources.wire import Booking
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK
from tests.sources.telegram.support import KEY, source
from tests.sources.test_conformance import (  # noqa: F401 - the tests are collected here, with the case below
    NOON,
    ROWS,
    Case,
    test_a_source_that_is_not_there_is_refused,
    test_broken_items_are_kept_apart,
    test_covered_time_never_falls_and_early_parts_keep_the_old_cursor,
    test_ids_are_unique_but_for_later_versions,
    test_no_personal_data_leaves,
    test_nothing_new_is_an_empty_page,
    test_pages_are_whole_bounded_and_of_their_source,
)

TOKEN = "11:token"


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    server = BotServer([TOKEN], lambda: NOON)
    group = FakeChat(-1002000000007, "supergroup")
    for row in ROWS[1:]:
        author = str(int(row["author"].rpartition(" ")[2]) + 500)
        post = Post(id=str(row["id"]), text=row["text"], published_at=row["published_at"], author=author)
        server.happened(TOKEN, group, message_of(post))
    server.update(TOKEN, {"message": {"text": "без чата"}})
    async with server.running() as url:
        http = HttpClient(HttpSettings(LOOPBACK))
        budget = FreeBudget(Booking("main", "bot", TOKEN))

        def make() -> TelegramAdapter:
            bots = BotAdapter(BotSettings(url, poll_seconds=0), http, budget, KEY)
            return TelegramAdapter(ChannelAdapter(PreviewSettings(url), http, budget, KEY), bots)

        yield Case(make, source("bot:main", "intake"), source("bot:", "intake"), len(ROWS) - 1, broken=1)
        await http.close()
