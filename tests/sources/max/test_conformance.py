"""What every adapter promises (tests.sources.test_conformance), of the history of a chat in MAX over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.client import HttpClient, HttpSettings
from sources.max.adapter import MaxAdapter
from sources.max.bot import MaxSettings
from sources.standins.held import Shelf
from sources.standins.max.api import HeldChats, MaxServer
from sources.wire import Booking
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK
from tests.sources.test_conformance import (  # noqa: F401 - the tests are collected here, with the case below
    NOON,
    ROWS,
    Case,
    test_a_new_adapter_goes_on_from_the_cursor_alone,
    test_a_source_that_is_not_there_is_refused,
    test_broken_items_are_kept_apart,
    test_covered_time_never_falls_and_early_parts_keep_the_old_cursor,
    test_ids_are_unique_but_for_later_versions,
    test_many_requests_bring_what_one_brings,
    test_no_personal_data_leaves,
    test_nothing_new_is_an_empty_page,
    test_pages_are_whole_bounded_and_of_their_source,
)


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    shelf = Shelf()
    shelf.open("-70")
    for row in ROWS:
        shelf.put("-70", Post(id=f"{row['id']:04}", text=row["text"], published_at=row["published_at"], author=row["author"][-1]))
    server = MaxServer(HeldChats(shelf, {-70: "chat"}, lambda: NOON), "token", lambda: NOON)
    async with server.running() as url:
        http = HttpClient(HttpSettings(LOOPBACK))
        budget = FreeBudget(Booking("main", "bot", "token"))
        source, absent = (Source(f"max:main/{chat}", "max", "community", "test", f"main/{chat}") for chat in (-70, -71))
        yield Case(lambda: MaxAdapter(url, MaxSettings(poll_seconds=0), http, budget, b"key"), source, absent, len(ROWS))
        await http.close()
