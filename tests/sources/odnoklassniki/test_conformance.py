"""What every adapter promises (tests.sources.test_conformance), of a group over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.client import HttpClient, HttpSettings
from sources.odnoklassniki.adapter import OkAdapter, OkSettings
from sources.standins.faults import running
from sources.standins.held import Shelf
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
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

GROUP = "55348644610059"
# All of the list's first page, so that one request says that nothing is new; and a discussion of two pages of comments.
TOPICS = 40
BUSY = 130


@pytest.fixture(params=[True, False], ids=["numbers", "no numbers"])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    shelf = Shelf()
    shelf.open(GROUP)
    rows = ROWS[: TOPICS + BUSY + 10]
    for place, row in enumerate(rows):
        thread = "" if place < TOPICS else "1007" if place < TOPICS + BUSY else str(1000 + place % TOPICS)
        post = Post(id=str(1000 + place), text=row["text"], published_at=row["published_at"], author=f"7{place % 7}", thread=thread)
        shelf.put(GROUP, post)
    access = Access()
    api = OdnoklassnikiApi(shelf, lambda: NOON, [access])
    api.numbers = request.param
    clients: list[HttpClient] = []

    def make() -> Any:
        clients.append(HttpClient(HttpSettings(LOOPBACK)))
        budget = FreeBudget(Booking("one", "application", access.value()))
        return OkAdapter(OkSettings(f"{url}/fb.do"), clients[-1], budget, b"key")

    async with running(api.app) as url:
        source = Source("ok:city", "ok", "community", "test", f"https://ok.ru/group/{GROUP}")
        yield Case(make, source, Source("ok:none", "ok", "community", "test", "12345678"), len(rows))
        for client in clients:
            await client.close()
