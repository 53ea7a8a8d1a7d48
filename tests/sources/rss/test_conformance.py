"""What every adapter promises (tests.sources.test_conformance), of feeds over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.client import HttpClient, HttpSettings
from sources.rss.adapter import RssAdapter, RssSettings
from sources.standins.faults import running
from sources.standins.held import Shelf
from sources.standins.rss.feeds import Feeds, Shape
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

# feedparser takes a millisecond an entry: fewer than the other cases have, and still more than a page.
ENTRIES = ROWS[:150]
SHAPES = {
    "rss": Shape(items=200),
    "atom": Shape("atom", items=200),
    "rdf in cp1251": Shape("rdf", "windows-1251", items=200),
    "bozo, no guid, no validators, html": Shape(bozo=True, guid=False, validators=False, html=True, items=200),
}


@pytest.fixture(params=SHAPES)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    shelf = Shelf()
    shelf.open("city")
    for row in ENTRIES:
        shelf.put("city", Post(id=str(row["id"]), text=row["text"], published_at=row["published_at"], author=row["author"]))
    feeds = Feeds(shelf, lambda: NOON)
    feeds.shapes["city"] = SHAPES[request.param]
    clients: list[HttpClient] = []

    def make() -> Any:
        clients.append(HttpClient(HttpSettings(LOOPBACK)))
        return RssAdapter(RssSettings(), clients[-1], FreeBudget(), b"key")

    async with running(feeds.app) as url:
        source = Source("rss:city", "rss", "feed", "test", f"{url}/city")
        yield Case(make, source, Source("rss:none", "rss", "feed", "test", f"{url}/none"), len(ENTRIES))
        for client in clients:
            await client.close()
